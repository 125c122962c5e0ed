"""``cdatk terminology``: the group of commands on catalogues, and what they share.

The rule: thin. A command is loaded when it is called; the store is the one named, else the user's own, else the
embedded one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Localised, Refused, Worded, lang_option, store_option
from cdatk.cli.failure import Failure
from cdatk.cli.files import STANDARD, write_output, write_standard
from cdatk.cli.messages import say
from cdatk.cli.work import with_tables
from cdatk.diagnostics import ExitCode

if TYPE_CHECKING:
    from cdatk.terminology.lookup import Terminology
    from cdatk.terminology.rows import Release

PARTS: Final = MappingProxyType({
    "import": "cdatk.cli.terminology_import",
    "list": "cdatk.cli.terminology_list",
    "lookup": "cdatk.cli.terminology_lookup",
    "diff": "cdatk.cli.terminology_diff",
    "coverage": "cdatk.cli.terminology_coverage",
    "export": "cdatk.cli.terminology_export",
})  # fmt: skip


class Part(Localised):
    """A command of the group; its help is given, because its messages are not named like a command."""

    def __init__(self, name: str, language: str, help_text: str, **attributes: Any) -> None:
        """Make the command for ``fr`` or ``en``."""
        self.language = language
        debug = click.Option(["--debug"], is_flag=True, expose_value=False, help=say(language, "debug-option"))
        shared = [store_option(language), lang_option(language, "messages-lang-option"), debug]
        params = [*attributes.pop("params"), *shared]
        metavar = say(language, "options-metavar")
        click.Command.__init__(self, name, help=help_text, options_metavar=metavar, params=params, **attributes)
        self.allow_extra_args = True


class Group(Worded, click.Group):
    """The group; without a command it shows its help."""

    def __init__(self, language: str) -> None:
        """Make the group for ``fr`` or ``en``."""
        self.language = language
        super().__init__(
            "terminology",
            help=f"{say(language, 'terminology')}\n\n{say(language, 'terminology-more')}",
            options_metavar=say(language, "options-metavar"),
            subcommand_metavar=say(language, "command-metavar"),
            params=[lang_option(language, "messages-lang-option")],
            callback=_help_when_alone,
            invoke_without_command=True,
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands in the order of a catalogue's life."""
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in PARTS:
            return None
        command: click.Command = importlib.import_module(PARTS[cmd_name]).command(self.language)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with our own complaint about an unknown command."""
        if args and args[0] not in PARTS and not args[0].startswith("-"):
            raise Refused(say(self.language, "no-such-command", name=args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, then commands with their one-line help."""
        super().format_options(ctx, formatter)
        rows = [(name, (command.help or "").partition("\n")[0]) for name in PARTS if (command := self._part(ctx, name))]
        with formatter.section(say(self.language, "commands")):
            formatter.write_dl(rows)

    def _part(self, ctx: click.Context, name: str) -> click.Command | None:
        return self.get_command(ctx, name)


def command(language: str) -> click.Command:
    """The group, with its help in ``fr`` or ``en``."""
    return Group(language)


@click.pass_context
def _help_when_alone(ctx: click.Context, lang: str | None) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def form_option(language: str, forms: Sequence[str]) -> click.Option:
    """``--format`` with the first of the forms as default."""
    kind = click.Choice(tuple(forms))
    return click.Option(["--format", "form"], type=kind, default=forms[0], help=say(language, "form-option"))


def release_option(language: str) -> click.Option:
    """``--release``: an import in the store."""
    return click.Option(["--release"], metavar=say(language, "name"), help=say(language, "which-release-option"))


def store_path(store: Path | None) -> Path:
    """The store named, else the user's own (which may not be there yet)."""
    from cdatk.terminology.embedded import user_store

    return store if store is not None else user_store()


def open_store(store: Path | None) -> Terminology:
    """Open the store named, else the user's own, else the embedded one; Failure (exit code 4) when unusable."""
    from cdatk.terminology.embedded import open_embedded
    from cdatk.terminology.lookup import Terminology

    path = store_path(store)
    if store is not None or path.exists():
        return with_tables(lambda: Terminology.open(path))
    return with_tables(open_embedded)


def find_release(terminology: Terminology, name: str | None) -> Release | None:
    """The import a caller names, None where none is named; Failure (exit code 2) for an unknown one."""
    from cdatk.terminology.content import release_of

    if name is None:
        return None
    found = release_of(terminology, name)
    if found is None:
        raise Failure(ExitCode.USAGE, "no-such-release", name=name)
    return found


def existing(path: str) -> Path:
    """A path that is there; Failure (exit code 3) otherwise."""
    found = Path(path)
    if not found.exists():
        raise Failure(ExitCode.UNREADABLE, "no-such-path", path=path)
    return found


def deliver(data: bytes | str, output: str | None) -> None:
    """Put an output into a file, whole, or on standard output."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    if output is None or output == STANDARD:
        write_standard(raw)
    else:
        write_output(Path(output), raw)


def encode(form: Mapping[str, object]) -> str:
    """A JSON form, indented."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(form), indent=2).decode("utf-8") + "\n"


def progress_line(caller: Caller, text: str) -> None:
    """A line that is written over, for a person who watches."""
    if caller.terminal:
        click.echo(f"\r\x1b[K{text[:100]}\r", err=True, nl=False)
        sys.stderr.flush()
