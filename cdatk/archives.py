"""What makes a member of an archive unsafe, whoever reads it.

The rule: nothing is unpacked to disk here or anywhere; a member whose name leads out of the archive, or that is a link
or a device, is never read.
"""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import PurePosixPath
from typing import Final

_LINK: Final = 0o12  # the kind of file in the upper bits of its Unix mode


def leads_out(name: str) -> bool:
    """Whether the name of a member points outside the archive, on any system: absolute, ``..``, a drive letter."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (path.parts[:1] != () and path.parts[0][1:2] == ":")


def is_content(member: zipfile.ZipInfo | tarfile.TarInfo) -> bool:
    """Whether a member is a file or a folder: no link, no device."""
    if isinstance(member, tarfile.TarInfo):
        return member.isfile() or member.isdir()
    return member.external_attr >> 28 != _LINK
