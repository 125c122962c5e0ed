"""Every word of the command line exists in both languages and follows the house style."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ended
from french import faults

from cdatk.cli.commands import COMMANDS
from cdatk.cli.language import language_of
from cdatk.cli.messages import MESSAGES, say

PLACEHOLDER = re.compile(r"\{(\w*)\}")
CALLS = {"say": 1, "tell": 0, "note": 0, "lang_option": 1}  # function -> position of the message's key


def keys_used(root: Path) -> set[str]:
    """Keys that stand as a string in a call of the functions that word messages, and keys of failures."""
    found = set()
    for path in (*(root / "cdatk" / "cli").glob("*.py"), *(root / "cdatk" / "batch" / "spark").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            position = {"Failure": 1, "SparkRefusal": 0}.get(name, CALLS.get(name))
            if position is None:
                continue
            for argument in ast.walk(node.args[position]):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
    return found & MESSAGES.keys() | found - {"", "-more", "-"}


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_both_languages_say_the_same_things(key: str) -> None:
    french, english = MESSAGES[key]
    assert french and english
    assert sorted(PLACEHOLDER.findall(french)) == sorted(PLACEHOLDER.findall(english))
    assert not faults(french)


def test_no_message_is_missing_and_none_is_left_over(root: Path) -> None:
    used = keys_used(root) | set(COMMANDS) | {f"{name}-more" for name in COMMANDS}
    assert used == set(MESSAGES)


def test_an_unknown_message_is_a_bug() -> None:
    with pytest.raises(KeyError):
        say("fr", "no such message")


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "fr_FR.UTF-8"}, "fr"),
        ([], {"LANG": "fr"}, "fr"),
        ([], {"LANG": "fr_FR", "LC_MESSAGES": "en_GB"}, "en"),
        ([], {"LC_MESSAGES": "fr_BE", "LC_ALL": "C"}, "en"),
        ([], {"LC_ALL": "", "LANG": "fr_CH"}, "fr"),
        ([], {"LANG": "fro"}, "en"),
        ([], {"LANG": "fur_IT"}, "en"),
        (["--lang", "fr"], {"LC_ALL": "en_GB"}, "fr"),
        (["convert", "x", "--lang=en"], {"LC_ALL": "fr_FR"}, "en"),
        (["--lang", "xx"], {"LC_ALL": "fr_FR"}, "fr"),
        (["--lang"], {}, "en"),
        (["convert", "--", "--lang", "fr"], {}, "en"),
    ],
)
def test_language(arguments: list[str], environment: dict[str, str], language: str) -> None:
    assert language_of(arguments, environment) == language


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_in_the_language_of_the_caller(command: str, cdatk: Callable[..., Ended]) -> None:
    words = [command] if command else []
    french, english = cdatk(*words, "--help", LANG="fr_FR.UTF-8"), cdatk(*words, "--help")
    assert (french.code, english.code, french.err, english.err) == (0, 0, "", "")
    assert french.text.startswith("Utilisation\u00a0: cdatk") and english.text.startswith("Usage: cdatk")
    assert "Show this" not in french.text and "Options\u00a0:" in french.text
    assert "Afficher" not in english.text
    assert cdatk(*words, "--help", "--lang", "fr").text == french.text
    assert not faults(re.sub(r"<\w+>|\S+:\d+", "", french.text))


def test_the_group_lists_its_commands(cdatk: Callable[..., Ended]) -> None:
    assert all(f"\n  {name} " in cdatk().text for name in COMMANDS)
    assert cdatk().text == cdatk("--help").text
