"""click commands whose help and complaints are in the language of the caller, and a group that loads them late.

The rule: click's own English never reaches a person; ``cdatk --help`` imports no command.
"""

from __future__ import annotations

import difflib
import importlib
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import click

from cdatk.cli.messages import LANGUAGES, say

COMMANDS: Final = MappingProxyType({
    "convert": "cdatk.cli.convert",
    "validate": "cdatk.cli.validate",
    "inspect": "cdatk.cli.inspect",
    "compare": "cdatk.cli.compare",
    "batch": "cdatk.cli.batch",
    "test": "cdatk.cli.test",
    "sample": "cdatk.cli.sample",
    "explain": "cdatk.cli.explain",
    "terminology": "cdatk.cli.terminology",
})  # fmt: skip


class Refused(click.UsageError):
    """Wrong usage, already worded in the language of the caller."""


class Worded(click.Command):
    """Says usage, options and help in ``language``."""

    language = "en"

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help`` with its own help in the caller's language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say(self.language, "help-option")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=say(self.language, "usage"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options; arguments are told in the help text."""
        records = [p.get_help_record(ctx) for p in self.get_params(ctx) if isinstance(p, click.Option)]
        with formatter.section(say(self.language, "options")):
            formatter.write_dl([record for record in records if record is not None])


class Localised(Worded):
    """A command whose help is the messages ``name`` and ``name-more``."""

    def __init__(self, name: str, language: str, **attributes: Any) -> None:
        """Make the command for ``fr`` or ``en``."""
        self.language = language
        text = f"{say(language, name)}\n\n{say(language, name + '-more')}"
        super().__init__(name, help=text, options_metavar=say(language, "options-metavar"), **attributes)
        self.params += [_debug_option(language)]
        self.allow_extra_args = True  # refused below, in the caller's language

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; arguments that nobody asked for are refused."""
        if ctx.args:
            raise Refused(say(self.language, "unexpected-argument", names=" ".join(ctx.args)), ctx)
        return super().invoke(ctx)


class Program(Worded, click.Group):
    """The group of all commands; a command's module is imported when it is called."""

    def __init__(self, language: str) -> None:
        """Make the group for ``fr`` or ``en``."""
        self.language = language
        super().__init__(
            "cdatk",
            help=say(language, "program"),
            epilog=say(language, "exit-codes"),
            options_metavar=say(language, "options-metavar"),
            subcommand_metavar=say(language, "command-metavar"),
            params=[
                lang_option(language, "messages-lang-option"),
                _version_option(language),
                _debug_option(language),
            ],
            callback=_help_when_alone,
            invoke_without_command=True,
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, the main job first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name]).command(self.language)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with our own complaint about an unknown command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            complaint = say(self.language, "no-such-command", name=args[0])
            raise Refused(_with_guesses(complaint, self.language, args[0], list(COMMANDS)), ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, then commands with their one-line help."""
        super().format_options(ctx, formatter)
        with formatter.section(say(self.language, "commands")):
            formatter.write_dl([(name, say(self.language, name)) for name in COMMANDS])


def lang_option(language: str, key: str) -> click.Option:
    """``--lang``; its value is found beforehand, here it is checked and explained."""
    return click.Option(["--lang"], type=click.Choice(LANGUAGES), help=say(language, key))


def store_option(language: str) -> click.Option:
    """``--store``: the terminology store to read in place of the user's own."""
    kind = click.Path(path_type=Path)
    return click.Option(["--store"], type=kind, metavar=say(language, "file"), help=say(language, "store-option"))


CHECKS: Final = {"none": (False, False), "rules": (True, False), "schema": (True, True)}
"""What each level checks: profile rules and bindings, XML schema."""


def checks_option(language: str) -> click.Option:
    """``--checks``: how much is checked before a document is converted."""
    levels = click.Choice(tuple(CHECKS))
    return click.Option(["--checks"], type=levels, default="rules", help=say(language, "checks-option"))


def complaint(error: click.UsageError, language: str) -> str:
    """What is wrong with the arguments, in the caller's language."""
    if isinstance(error, Refused):
        return error.message
    if isinstance(error, click.NoSuchOption):
        text = say(language, "no-such-option", name=error.option_name)
        return _with_guesses(text, language, error.option_name, error.possibilities or [])
    if isinstance(error, click.MissingParameter):
        return say(language, "missing-argument", name=_name_of(error.param))
    if isinstance(error, click.BadOptionUsage):
        return say(language, "needs-value", name=error.option_name)
    if isinstance(error, click.BadParameter) and error.param is not None:
        kind = error.param.type
        allowed = ", ".join(kind.choices) if isinstance(kind, click.Choice) else kind.name
        return say(language, "bad-value", name=_name_of(error.param), allowed=allowed)
    return error.format_message()


def _name_of(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Argument):
        return parameter.make_metavar(click.Context(click.Command("")))
    return max(parameter.opts, key=len) if parameter is not None else ""


def _with_guesses(text: str, language: str, asked: str, known: list[str]) -> str:
    near = difflib.get_close_matches(asked, known, n=2)
    return f"{text} {say(language, 'perhaps', names=', '.join(near))}" if near else text


@click.pass_context
def _help_when_alone(ctx: click.Context, lang: str | None) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _debug_option(language: str) -> click.Option:
    """``--debug``; the program looks for it before the options are parsed."""
    return click.Option(["--debug"], is_flag=True, expose_value=False, help=say(language, "debug-option"))


def _version_option(language: str) -> click.Option:
    def show(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            from cdatk.version import VERSION

            click.echo(f"cdatk {VERSION}")
            ctx.exit()

    return click.Option(
        ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=show,
        help=say(language, "version-option"),
    )  # fmt: skip
