"""The page on paper: the HTML page printed to PDF by a Chromium of this machine.

The rule: the browser gets one local file, whose policy allows no script, and no network; without a browser there is
no output and a finding says so. The PDF holds the time it was made, so two runs differ there and nowhere else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
SECONDS: Final = 120
_ARGUMENTS: Final = (
    "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--no-first-run", "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
)  # fmt: skip


class PdfError(Exception):
    """The PDF could not be made. The message holds no text of the document."""


def find_browser() -> str:
    """The program that prints, "" when there is none on the search path."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def print_page(page: bytes, browser: str) -> bytes:
    """A page as PDF.

    :param page: the HTML page, as ``emit_html`` makes it.
    :param browser: the browser's program, as ``find_browser`` gives it.
    :raises PdfError: the browser could not be started, took too long, or made no PDF.
    """
    with tempfile.TemporaryDirectory(prefix="cdatk-pdf-") as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_bytes(page)
        command = [browser, *_ARGUMENTS, *_as_root(), f"--user-data-dir={folder}/profile"]
        command += [f"--print-to-pdf={target}", source.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise PdfError(f"the browser did not end within {SECONDS} seconds") from None
        except OSError as error:
            raise PdfError(f"the browser cannot be started ({error.strerror})") from None
        if not target.is_file():
            raise PdfError("the browser made no PDF")
        return target.read_bytes()


def _as_root() -> tuple[str, ...]:
    """Chromium keeps its sandbox, except where it refuses to start with it."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
