"""Rules of others: ISO Schematron packs, compiled once, run in a Saxon that can open nothing.

The rule: a pack gives findings of the family SCH-; a rule set that cannot be used, does not exist for this document or
fires no rule is told as such and never passes for a clean verdict.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cdatk.diagnostics import Report
from cdatk.safe_xml import Element
from cdatk.validate.schematron.compile import compile_rules, documents_of
from cdatk.validate.schematron.compiled import Compiled, Store
from cdatk.validate.schematron.errors import PackError
from cdatk.validate.schematron.findings import Finding, Outcome, names_for, outcome_of, tell
from cdatk.validate.schematron.load import ALL, DEFAULT
from cdatk.validate.schematron.pack import Pack
from cdatk.validate.schematron.saxon import RunError, Saxon
from cdatk.validate.schematron.sheet import FAILED

if TYPE_CHECKING:
    from saxonche import PyXsltExecutable

__all__ = ["ALL", "DEFAULT", "Finding", "Outcome", "PackError", "SchematronCheck"]

_OWN_SPACE: Final = "urn:cdatk:schematron"


class _Loaded(msgspec.Struct):
    compiled: Compiled
    executable: PyXsltExecutable


class SchematronCheck:
    """A pack with its compiled rule sets, each compiled when a document first needs it.

    One call at a time a processor: make one in each process, after a fork.
    """

    def __init__(self, place: Path, phase: str = DEFAULT, cache: Path | None = None) -> None:
        """Take the pack at ``place``: a ``.sch`` file, a folder, a zip archive, or a file within an archive.

        :param phase: id of a phase, ``#ALL`` or ``#DEFAULT`` (the default phase of the rule set, else all patterns).
        :param cache: folder for compiled rule sets; None keeps them only as long as this object.
        """
        self._place: Final = place
        self._phase: Final = phase
        self._store: Final = Store(cache)
        self._pack: Pack | None = None
        self._names: tuple[str, ...] = ()
        self._saxon: Saxon | None = None
        self._loaded: dict[tuple[str, bool], _Loaded] = {}  # by name, and whether careful
        self._broken: dict[tuple[str, bool], PackError] = {}

    def check(self, root: Element, report: Report) -> None:
        """Judge a document; everything that is to be said is added to ``report``."""
        try:
            outcome = self.outcome(root)
        except PackError as error:
            report.add("SCH-005", pack=self._place.name, fault=error.fault, detail=error.detail)
            return
        if outcome is None:
            report.add("SCH-008", root, pack=self._place.name)
        else:
            tell(outcome, report)

    def outcome(self, root: Element) -> Outcome | None:
        """All findings; None when the pack has no rule set for this type of document.

        Raises PackError when the pack or the rule set cannot be used.
        """
        name = self.rule_set(root)
        if name is None:
            return None
        outcome = self._judged(name, root, careful=False)
        return outcome if outcome is not None else self._judged(name, root, careful=True)

    def _judged(self, name: str, root: Element, careful: bool) -> Outcome | None:
        """The findings of a rule set; None when an expression failed and the sheet is not the careful one."""
        loaded = self._load(name, careful)
        try:
            result, said = self._ready().run(loaded.executable, root)
        except RunError as error:
            if careful:
                raise PackError("stopped", f"{name} {error.code}".strip()) from None
            return None
        failed = tuple(text.split()[-1] for text in said if text.startswith(FAILED))
        return outcome_of(loaded.compiled, result, root, failed) if careful or not failed else None

    def rule_set(self, root: Element) -> str | None:
        """Name of the rule set for a document: the only one of the pack, or the one named after its type.

        Raises PackError when the pack cannot be used.
        """
        names = self._rule_sets()
        if len(names) == 1:
            return names[0]
        wanted = names_for(root)
        fitting = [name for name in names if _stem(name) in wanted or _bare(_stem(name)) in wanted]
        return fitting[0] if len(fitting) == 1 else _closest(fitting, wanted)

    def _rule_sets(self) -> tuple[str, ...]:
        if self._pack is None:
            pack = Pack(self._place)
            self._names = pack.rule_sets()
            self._pack = pack
        return self._names

    def _load(self, name: str, careful: bool) -> _Loaded:
        """The executable of a rule set; a fault is found once and told for every document."""
        key = (name, careful)
        if key in self._broken:
            raise self._broken[key]
        if key not in self._loaded:
            try:
                self._loaded[key] = self._made(name, careful)
            except PackError as error:
                self._broken[key] = error
                raise
        return self._loaded[key]

    def _made(self, name: str, careful: bool) -> _Loaded:
        pack, saxon = self._pack, self._ready()
        assert pack is not None
        kept_as = f"{self._phase} careful" if careful else self._phase
        compiled = self._store.get(pack, name, kept_as)
        fresh = compiled is None
        if compiled is None:
            compiled = compile_rules(Pack(self._place), name, self._phase, saxon, careful)
        executable = saxon.executable(compiled.sheet, compiled.sets, documents_of(compiled, pack), _OWN_SPACE)
        if fresh:
            self._store.put(pack, kept_as, compiled)
        return _Loaded(compiled, executable)

    def _ready(self) -> Saxon:
        if self._saxon is None:
            self._saxon = Saxon()
        return self._saxon


def _stem(name: str) -> str:
    return posixpath.basename(name).removesuffix(".sch")


def _bare(stem: str) -> str:
    """A name without the prefix of its publisher."""
    return re.sub(r"^[A-Za-z0-9]+[-_]", "", stem, count=1)


def _closest(fitting: list[str], wanted: tuple[str, ...]) -> str | None:
    """Of several that fit, the one that is called exactly so."""
    exact = [name for name in fitting if _stem(name) in wanted]
    return exact[0] if len(exact) == 1 else None
