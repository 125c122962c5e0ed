"""Map each coded value of a document to its pivot concept in the European catalogue (MVC).

The rule: a code is looked up in the value sets its profile names, in that order; what is not found is kept and said.
The source value never changes (translation-semantics R1, R2, R11–R14).
"""

from __future__ import annotations

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Document, Mapped, Standing
from cdatk.oids import TIMING_EVENT, VALUE_SET_ARC
from cdatk.profiles import Binding, Profile
from cdatk.terminology.lookup import Terminology
from cdatk.terminology.rows import Concept

IMPLIED_SYSTEMS = {"event": TIMING_EVENT}  # EIVL events may leave out the only code system the standard allows
LABEL_POSITIONS = frozenset({"code", "qualifier-name"})


class Mapper:
    """Maps the codes of documents of one profile; answers are kept for the next document."""

    def __init__(self, terminology: Terminology, profile: Profile) -> None:
        self._terminology = terminology
        self._bindings = profile.bindings()
        self._structural_systems = frozenset(profile.structural.systems)
        self._structural = {(s, row.code) for row in profile.structural.codes for s in row.systems}
        self._labels = {row.code for row in profile.structural.codes}
        self._known: dict[tuple[str, str, str], Mapped] = {}
        self._null = Mapped(Standing.NULL)
        self._agreeing: set[tuple[str, str, str]] = set()  # system, code and displayName that agree

    def map_codes(self, document: Document, report: Report) -> tuple[Mapped, ...]:
        """One ``Mapped`` for each of ``document.codes``, in their order; findings of family TRM-."""
        roles = document.roles
        mapped: list[Mapped] = []
        said: set[tuple[str, str, str]] = set()
        for value in document.codes:
            path = roles.get(value.index, "")
            result = self._map(value, path)
            mapped.append(result)
            key = (path, value.system, value.code)
            if key not in said:
                said.add(key)
                self._say(value, path, result, report)
        return tuple(mapped)

    def _map(self, value: CodedValue, path: str) -> Mapped:
        if not value.code:
            return self._null
        if self._is_structural(value):
            return Mapped(Standing.STRUCTURAL, value.system, self._uri(value.system), value.code)
        system = value.system or IMPLIED_SYSTEMS.get(value.name, "")
        key = (path, system, value.code)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._look_up(system, value.code, self._bindings.get(path))
        return known

    def _is_structural(self, value: CodedValue) -> bool:
        """A label of its statement: by position, code and system; a label without a system is one too."""
        if value.name not in LABEL_POSITIONS:
            return False
        if value.system in self._structural_systems or (value.system, value.code) in self._structural:
            return True
        return not value.system and value.code in self._labels

    def _uri(self, oid: str) -> str:
        system = self._terminology.system(oid) if oid else None
        return (system.uri or "") if system is not None else ""

    def _look_up(self, oid: str, code: str, binding: Binding | None) -> Mapped:
        sets = tuple(VALUE_SET_ARC + number for number in binding.value_sets) if binding is not None else ()
        system = self._terminology.system(oid) if oid else None
        if system is None:
            standing = Standing.UNKNOWN_SYSTEM if _is_identifier(oid) else Standing.NO_SYSTEM
            return self._transcoded(oid, code, sets) or Mapped(standing, oid, "", code, "", sets)
        uri = system.uri or ""
        concept = self._terminology.concept(oid, code)
        if concept is None:
            return self._transcoded(oid, code, sets) or Mapped(Standing.UNKNOWN_CODE, oid, uri, code, "", sets)
        if self._outside(sets, oid, code):
            other = self._transcoded(oid, code, sets)
            return other or Mapped(Standing.OUTSIDE, oid, uri, code, _english(concept), sets)
        return Mapped(Standing.KNOWN, oid, uri, code, _english(concept), sets)

    def _outside(self, sets: tuple[str, ...], oid: str, code: str) -> bool:
        """True only when every expected set is held whole and none has the code."""
        return bool(sets) and all(self._terminology.is_member(s, oid, code) is False for s in sets)

    def _transcoded(self, oid: str, code: str, sets: tuple[str, ...]) -> Mapped | None:
        """The pivot of a national code, through the first valid association into an expected value set."""
        for row in self._terminology.associations(oid, code):
            member = any(self._terminology.is_member(s, row.target_system, row.target_code) for s in sets)
            if row.target_code and (member or not sets):
                concept = self._terminology.concept(row.target_system, row.target_code)
                english = _english(concept) if concept is not None else ""
                uri = self._uri(row.target_system)
                return Mapped(Standing.KNOWN, row.target_system, uri, row.target_code, english, sets, True)
        return None

    def _say(self, value: CodedValue, path: str, mapped: Mapped, report: Report) -> None:
        """Findings for one (path, system, code) of the document; the first place is named."""
        binding = self._bindings.get(path)
        system = value.system or "-"
        at, code = value.element, value.code
        match mapped.standing:
            case Standing.STRUCTURAL | Standing.NULL:
                pass
            case Standing.UNKNOWN_SYSTEM:
                report.add("TRM-001" if binding is not None else "TRM-015", at, system=system, code=code)
            case Standing.UNKNOWN_CODE:
                report.add("TRM-002", at, system=system, code=code)
            case Standing.NO_SYSTEM:
                report.add("TRM-005", at, system=system, code=code)
            case Standing.OUTSIDE:
                numbers = ", ".join(s.removeprefix(VALUE_SET_ARC) for s in mapped.value_sets)
                report.add("TRM-003", at, system=system, code=code, value_set=numbers)
            case Standing.KNOWN:
                self._say_known(value, mapped, report)
        usable = mapped.standing in (Standing.KNOWN, Standing.STRUCTURAL, Standing.OUTSIDE)
        if binding is not None and binding.usage == "R" and not usable:
            report.add("TRM-010", at, path=path, code=code or value.null_flavor or "-", system=system)

    def _say_known(self, value: CodedValue, mapped: Mapped, report: Report) -> None:
        if mapped.transcoded:
            report.add("TRM-014", value.element, system=value.system, code=value.code, target=mapped.code)
            return
        system = self._terminology.system(value.system) if value.system else None
        if system is not None and system.oid != value.system:
            report.add("TRM-011", value.element, system=value.system, current=system.oid)
        key = (value.system, value.code, value.display)
        if value.display and mapped.value_sets and key not in self._agreeing:
            if self._same_words(value, mapped):
                self._agreeing.add(key)
            else:
                report.add("TRM-006", value.element, system=value.system, code=value.code)

    def _same_words(self, value: CodedValue, mapped: Mapped) -> bool:
        said = _plain(value.display)
        held = [mapped.english, *(d.text for d in self._terminology.designations(value.system, value.code))]
        return any(_plain(words) == said for words in held)


def _english(concept: Concept) -> str:
    return (concept.english or "").strip()


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _is_identifier(system: str) -> bool:
    """True for an OID or UUID, false for a name standing in the place of one."""
    return bool(system) and (system.replace(".", "").isdigit() or (len(system) == 36 and system.count("-") == 4))
