"""``cdatk explain``: what a finding means and what to do about it.

The rule: everything said comes from the catalogue; nothing of the pipeline is loaded.
"""

from __future__ import annotations

import difflib

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Localised, Refused, lang_option
from cdatk.cli.messages import say
from cdatk.diagnostics import Entry, Severity, catalogue, words


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    return Localised(
        "explain",
        language,
        callback=explain,
        params=[
            click.Argument(["code"], required=False, metavar=f"[{say(language, 'code')}]"),
            lang_option(language, "messages-lang-option"),
        ],
    )


@click.pass_obj
def explain(caller: Caller, code: str | None, lang: str | None) -> int:
    """Explain one finding, or list all of them."""
    if code is None:
        for entry in catalogue().values():
            click.echo(f"{entry.code}  {_severity(entry.severity, caller):<14} {_plain(entry.texts[caller.language])}")
        return 0
    entry_or_none = catalogue().get(code.upper())
    if entry_or_none is None:
        raise Refused(_unknown(code, caller.language))
    click.echo("\n".join(_explanation(entry_or_none, caller)))
    return 0


def _explanation(entry: Entry, caller: Caller) -> list[str]:
    language = caller.language
    means = words()["consequence"][entry.severity.value][language]
    return [
        click.style(f"{entry.code} ({_severity(entry.severity, caller)})", bold=True),
        "",
        _plain(entry.texts[language]),
        "",
        f"{say(language, 'what-to-do')} {_plain(entry.hints[language])}",
        f"{say(language, 'severity')} {_severity(entry.severity, caller)}, {means}.",
        f"{say(language, 'exit-code')} {int(entry.exit) if entry.severity.rank >= Severity.ERROR.rank else 0}",
        f"{say(language, 'reference')} {entry.reference}",
    ]


def _plain(template: str) -> str:
    """A sentence without a document to speak of: its placeholders as words in angle brackets."""
    return template.replace("{", "<").replace("}", ">")


def _severity(severity: Severity, caller: Caller) -> str:
    return words()["severity"][severity.value][caller.language]


def _unknown(code: str, language: str) -> str:
    text = say(language, "no-such-code", code=code)
    near = difflib.get_close_matches(code.upper(), catalogue(), n=3)
    return f"{text} {say(language, 'perhaps', names=', '.join(near))}" if near else text
