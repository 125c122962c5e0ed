"""In which language the command line speaks.

The rule: ``--lang`` wins, then the locale as POSIX orders it (LC_ALL, LC_MESSAGES, LANG), then English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdatk.cli.messages import LANGUAGES


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """``fr`` or ``en`` for these arguments and this environment."""
    return _asked(arguments) or _of_locale(environment)


def _asked(arguments: Sequence[str]) -> str:
    """The value of ``--lang``, looked for before the options are parsed, because help and errors need it."""
    found = ""
    for number, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            found = argument.partition("=")[2]
        elif argument == "--lang" and number + 1 < len(arguments):
            found = arguments[number + 1]
    return found if found in LANGUAGES else ""


def _of_locale(environment: Mapping[str, str]) -> str:
    value = next((environment[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(n)), "")
    return "fr" if value[:2].lower() == "fr" and not value[2:3].isalpha() else "en"
