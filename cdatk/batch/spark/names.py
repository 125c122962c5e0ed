"""The names of documents that come from a cluster's file system or from a table.

The rule: the same names as the local engine gives: relative, free of ``..``, in characters that JSON and a file
system can hold.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_LONGEST: Final = 1000  # bytes of a whole name
_PLACE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(//[^/]*)?")  # scheme and authority


@dataclass(frozen=True, slots=True)
class Names:
    """``folders``: qualified URI of a folder, and what its documents' names begin with (empty or ending in ``/``);
    ``files``: names by the URI of a document. Both are empty for a table, which gives names itself.
    """

    folders: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def of(self, source: str) -> str:
        """The name of a document; its whole path where nothing else is known."""
        if source in self.files:
            return safe(self.files[source] or path_of(source))
        for folder, start in self.folders:
            if source.startswith(folder + "/"):
                return safe(start + source[len(folder) + 1 :])
        return safe(path_of(source) if self.folders or self.files else source)


def path_of(uri: str) -> str:
    """The path of a URI without its scheme and authority."""
    place = _PLACE.match(uri)
    return uri[place.end() :] if place else uri


def safe(name: str) -> str:
    """A relative name without ``.`` and ``..``; one that is far too long is cut and marked by a checksum."""
    text = name.encode("utf-8", "backslashreplace").decode()
    text = text.replace("\\", "%5C").replace("\0", "%00")
    steps = ["__" if step == ".." else step for step in text.split("/") if step not in ("", ".")]
    whole = "/".join(steps)
    if len(whole.encode()) <= _LONGEST:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:12]
    return whole.encode()[: _LONGEST - 13].decode("utf-8", "ignore") + "~" + mark
