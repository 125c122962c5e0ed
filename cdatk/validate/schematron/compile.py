"""From a pack to a compiled rule set.

The rule: all of the pack that is needed later goes into the result; the pack is not opened again while documents
are judged, except for catalogues that are needed whole.
"""

from __future__ import annotations

import posixpath
from typing import Final

import msgspec
from lxml import etree

from cdatk.resources import xslt_dir
from cdatk.validate.schematron.catalogues import Catalogues
from cdatk.validate.schematron.compiled import Compiled, CompiledCheck, CompiledRule, Hole
from cdatk.validate.schematron.errors import PackError
from cdatk.validate.schematron.load import load
from cdatk.validate.schematron.pack import Pack, parsed
from cdatk.validate.schematron.rules import Check
from cdatk.validate.schematron.saxon import Saxon
from cdatk.validate.schematron.sheet import OWN, SheetWriter

_RUNTIME: Final = "schematron/runtime.xsl"


def compile_rules(pack: Pack, name: str, phase: str, saxon: Saxon, careful: bool = False) -> Compiled:
    """Compile a rule set of a pack for a phase.

    :param careful: an expression that fails is told by itself and does not stop the others; slower.
    :raises PackError: the pack cannot be used.
    """
    rules = load(pack, name, phase)
    catalogues = Catalogues(pack, posixpath.dirname(name), OWN)
    written = SheetWriter(rules, catalogues, careful).write(_runtime())
    spaces = dict(rules.namespaces)
    sets = []
    for file, path in catalogues.sets:
        texts = saxon.texts(_bytes(pack, file), path, spaces)
        sets.append(msgspec.json.encode(dict.fromkeys(texts, True)).decode())
    return Compiled(
        name=name,
        sheet=written.sheet,
        checks=tuple(_check(check) for check in written.checks),
        rules=tuple(CompiledRule(p.id, n, r.id, r.role or p.role) for n, p, r in written.rules),
        sets=tuple(sets),
        documents=tuple(catalogues.documents),
        seen=pack.seen(),
    )


def documents_of(compiled: Compiled, pack: Pack) -> tuple[bytes, ...]:
    """The catalogues a rule set needs whole. Raises PackError when one is gone or is no XML."""
    return tuple(_bytes(pack, file) for file in compiled.documents)


def _bytes(pack: Pack, file: str) -> bytes:
    data = pack.read(file)
    if data is None:
        raise PackError("missing", file)
    return data


def _check(check: Check) -> CompiledCheck:
    message = tuple(part if isinstance(part, str) else Hole(part.plain) for part in check.message)
    return CompiledCheck(check.kind, check.id, check.role, check.written, message)


def _runtime() -> str:
    """The declarations of ``xslt/schematron/runtime.xsl``."""
    root = parsed((xslt_dir() / _RUNTIME).read_bytes(), _RUNTIME)
    return "\n".join(etree.tostring(e, encoding="unicode", with_tail=False) for e in root.iterchildren("*"))
