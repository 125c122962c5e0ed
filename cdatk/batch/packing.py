"""Compressed outputs: gzip and Zstandard.

The rule: every document is packed by itself, and the same bytes give the same packed bytes; a packed stream is a chain
of such parts, which every tool unpacks as one file, and of which each can be found by the journal and replaced.
"""

from __future__ import annotations

import gzip
import struct
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final, Literal

Packing = Literal["", "gzip", "zstd"]
PACKINGS: Final[tuple[Packing, ...]] = ("gzip", "zstd")
ENDINGS: Final = MappingProxyType({"": "", "gzip": ".gz", "zstd": ".zst"})
_GZIP_EMPTY: Final = 21  # bytes of an empty member with an empty comment
_SKIPPED: Final = 0x184D2A50  # RFC 8878, 3.1.2: a frame of this number is content for nobody


def usable(packing: Packing) -> bool:
    """Whether the library for it is there: ``zstd`` needs the extra of this name."""
    return packing != "zstd" or find_spec("zstandard") is not None


def pack(data: bytes, packing: Packing) -> bytes:
    """One gzip member or one Zstandard frame; ``data`` itself for none."""
    if packing == "gzip":
        return gzip.compress(data, 6, mtime=0)
    if packing == "zstd":
        import zstandard

        return zstandard.ZstdCompressor(level=3).compress(data)
    return data


def blanks(length: int, packing: Packing) -> bytes:
    """``length`` bytes that say nothing where a document stood: blanks, a member or a frame without content.

    Raises ValueError where a gzip member is too short to be one.
    """
    if packing == "gzip":
        if length < _GZIP_EMPTY:
            raise ValueError(length)
        comment = b" " * (length - _GZIP_EMPTY) + b"\0"
        return b"\x1f\x8b\x08\x10\0\0\0\0\0\xff" + comment + b"\x03\0" + bytes(8)  # RFC 1952
    if packing == "zstd":
        return struct.pack("<II", _SKIPPED, length - 8) + bytes(length - 8)
    return b" " * length
