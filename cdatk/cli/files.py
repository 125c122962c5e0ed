"""Reading inputs and writing outputs.

The rule: an output appears whole or not at all (temporary file beside it, fsync, rename), and what stood there
before stays untouched until then.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

from cdatk.cli.failure import Failure
from cdatk.diagnostics import ExitCode

STANDARD = "-"


def read_input(name: str, limit: int) -> bytes:
    """The bytes of a file, or of standard input for ``-``; never more than one byte above ``limit``.

    Raises Failure when there is no such file, when it is a folder, or when it may not be read.
    """
    if name == STANDARD:
        return sys.stdin.buffer.read(limit + 1)
    try:
        with open(name, "rb") as file:
            return file.read(limit + 1)
    except FileNotFoundError as error:
        raise Failure(ExitCode.UNREADABLE, "not-found", path=name) from error
    except IsADirectoryError as error:
        raise Failure(ExitCode.UNREADABLE, "is-folder", path=name.rstrip("/")) from error
    except PermissionError as error:
        raise Failure(ExitCode.UNREADABLE, "not-allowed", path=name) from error
    except (OSError, ValueError) as error:
        raise Failure(ExitCode.UNREADABLE, "not-readable", path=name, reason=_reason(error)) from error


def write_output(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, whole; a link is followed. Raises Failure and leaves nothing behind."""
    target = path.resolve() if path.is_symlink() else path
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # a pipe or a device: there is nothing to rename over
        else:
            _replace(target, data)
    except OSError as error:
        raise Failure(ExitCode.UNUSABLE, "not-written", path=path, reason=_reason(error)) from error


def _replace(target: Path, data: bytes) -> None:
    temporary = target.with_name(f".{target.name[:80]}.{os.urandom(6).hex()}.part")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(OSError):  # gone already when all went well
            os.unlink(temporary)


def make_folder(path: Path) -> None:
    """Make a folder and its parents. Raises Failure."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(ExitCode.UNUSABLE, "not-written", path=path, reason=_reason(error)) from error


def write_standard(data: bytes) -> None:
    """Put ``data`` on standard output."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
