"""JSON of catalogues, read with care for what is missing or of another kind.

The ONE rule: a value of another kind than expected counts as missing; it never stops an import with a traceback.
"""

from __future__ import annotations

import msgspec

from cdatk.terminology.importers.source import Refused

Node = dict[str, object]


def parse(data: bytes) -> object:
    """The content of a JSON file; raises Refused where it is none."""
    try:
        found: object = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("TRM-104", "json") from error
    return found


def text(node: Node, name: str, strip: bool = True) -> str:
    """A string of a node, "" where it is missing or something else."""
    value = node.get(name)
    if not isinstance(value, str):
        return ""
    return value.strip() if strip else value


def nodes(node: Node, name: str) -> list[Node]:
    """The nodes in a list of a node, none where it is missing or something else; a single node counts as a list."""
    value = node.get(name)
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
