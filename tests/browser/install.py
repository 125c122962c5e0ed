"""Installs what the browser checks need from npm, outside the checkout, and prints the folder.

The rule: the versions are those of package-lock.json; a folder that is there already is used as it is.

    python tests/browser/install.py

The folder is in CDATK_BROWSER_CACHE, else in the user's cache folder. Chromium and Java come from the system.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = ("package.json", "package-lock.json")


def folder() -> Path:
    """Where the packages of this lock file are, or would be."""
    stamp = hashlib.sha256((HERE / FILES[1]).read_bytes()).hexdigest()[:16]
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cdatk-browser"
    return Path(os.environ.get("CDATK_BROWSER_CACHE") or default) / stamp


def main() -> int:
    target = folder()
    if not (target / "ready").exists():
        npm = shutil.which("npm")
        if npm is None:
            print("npm is not here (on Debian and Ubuntu: the package npm)", file=sys.stderr)
            return 2
        target.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(HERE / name, target / name)
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run([npm, "ci", *quiet], cwd=target, check=True)
        (target / "ready").touch()
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
