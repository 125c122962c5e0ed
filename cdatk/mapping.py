"""Map each coded value of a document to its pivot concept in the European catalogue (MVC).

The rule: a code is looked up in the value sets its profile names, in that order; what is not found is kept and said.
The source value never changes (translation-semantics R1, R2, R11–R14).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdatk.diagnostics import Diagnostic, Report
from cdatk.model import CodedValue, Document, Mapped, Standing
from cdatk.oids import TIMING_EVENT, VALUE_SET_ARC
from cdatk.profiles import Binding, Profile
from cdatk.terminology.hints import nearest
from cdatk.terminology.lookup import Terminology
from cdatk.terminology.rows import Association, Concept

IMPLIED_SYSTEMS = {"event": TIMING_EVENT}  # EIVL events may leave out the only code system the standard allows
# Words of FHIR ConceptMap, nearest first. A target that says more than its source (narrower, specializes) or something
# else besides (inexact) is shown by "terminology lookup", and never put in the place of what an author wrote.
_NEARNESS = {"equal": 0, "equivalent": 0, "relatedto": 1, "wider": 2, "subsumes": 2}
_WIDER = frozenset({"wider", "subsumes"})
KEPT = 8_192  # answers kept from one document to the next; then they are begun anew, so that memory stays flat
_Place = tuple[str, str, str, str]  # path, code system, code, name of the element
Remark = tuple[str, dict[str, str]]  # code of a finding with its context
LABEL_POSITIONS = frozenset({"code", "qualifier-name"})


class Mapper:
    """Maps the codes of documents of one profile; answers are kept for the next document."""

    def __init__(self, terminology: Terminology, profile: Profile) -> None:
        self._terminology = terminology
        self._bindings = profile.bindings()
        self._structural_systems = frozenset(profile.structural.systems)
        self._structural = {(s, row.code) for row in profile.structural.codes for s in row.systems}
        self._labels = {row.code for row in profile.structural.codes}
        self._known: dict[_Place, Mapped] = {}
        self._remarks: dict[tuple[_Place, str], tuple[Diagnostic, ...]] = {}  # by what stands there besides
        self._routes: dict[tuple[str, str, str, str], tuple[str, tuple[str, ...]]] = {}  # how a pivot was found
        self._null = Mapped(Standing.NULL)

    def map_codes(self, document: Document, report: Report) -> tuple[Mapped, ...]:
        """One ``Mapped`` for each of ``document.codes``, in their order; findings of family TRM-."""
        role, known = document.roles.get, self._known
        if len(known) + len(self._remarks) > KEPT:
            known.clear()
            self._remarks.clear()
        mapped: list[Mapped] = []
        said: set[tuple[str, str, str]] = set()
        for value in document.codes:
            path, system, code = role(value.index, ""), value.system, value.code
            place = (path, system, code, value.name)
            result = known.get(place)
            if result is None:
                result = known[place] = self._map(value, path)
            mapped.append(result)
            if value.system_version and ("@version", system, value.system_version) not in said:
                said.add(("@version", system, value.system_version))
                self._say_version(value, report)
            key = (path, system, code)
            if key not in said:
                said.add(key)
                self._say(value, place, result, report)
        return tuple(mapped)

    def _map(self, value: CodedValue, path: str) -> Mapped:
        if not value.code:
            return self._null
        if self._is_structural(value):
            return Mapped(Standing.STRUCTURAL, value.system, self._uri(value.system), value.code)
        system = value.system or IMPLIED_SYSTEMS.get(value.name, "")
        return self._look_up(system, value.code, self._bindings.get(path))

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
        member = self._membership(sets, oid, code)
        if member is not True:  # a code that no expected set is known to list may be a national one
            other = self._transcoded(oid, code, sets)
            if other is not None:
                return other
        standing = Standing.OUTSIDE if member is False else Standing.KNOWN
        return Mapped(standing, oid, uri, code, _english(concept), sets)

    def _membership(self, sets: tuple[str, ...], oid: str, code: str) -> bool | None:
        """True when an expected set has the code; False when every one is held whole and none has it; else None."""
        found = {self._terminology.is_member(s, oid, code) for s in sets}
        if True in found:
            return True
        return False if found == {False} else None

    def _transcoded(self, oid: str, code: str, sets: tuple[str, ...]) -> Mapped | None:
        """The pivot of a national code: an association into an expected value set that adds no meaning.

        A target that an expected set lists comes first, then the nearest in meaning, then the catalogue's order. A
        target that no set is known to list counts where sets are not held whole, for a source that no set lists.
        """
        rows = sorted(
            (row for row in self._terminology.associations(oid, code) if row.equivalence in _NEARNESS),
            key=lambda row: _NEARNESS[row.equivalence],
        )
        listed = [row for row in rows if self._membership(sets, row.target_system, row.target_code) is True]
        if not listed and rows and not self._terminology.sets_of(oid, code):
            listed = [row for row in rows if self._may_be_pivot(row, sets)]
        if not listed:
            return None
        row = listed[0]
        concept = self._terminology.concept(row.target_system, row.target_code)
        others = tuple(r.target_code for r in listed if _rivals(r, row))
        self._routes[oid, code, row.target_system, row.target_code] = row.equivalence, others
        english, uri = _english(concept) if concept is not None else "", self._uri(row.target_system)
        return Mapped(Standing.KNOWN, row.target_system, uri, row.target_code, english, sets, True)

    def _may_be_pivot(self, row: Association, sets: tuple[str, ...]) -> bool:
        """Whether a target that no expected set lists may stand for its source all the same."""
        if self._terminology.concept(row.target_system, row.target_code) is None:
            return False
        if sets:
            open_to_it = (s for s in sets if self._terminology.draws_from(s, row.target_system))
            return any(self._terminology.is_member(s, row.target_system, row.target_code) is None for s in open_to_it)
        if (
            row.source_system == row.target_system
            and self._terminology.concept(row.source_system, row.source_code) is None
        ):
            return True  # the successor of a code that is held no longer
        return bool(self._terminology.sets_of(row.target_system, row.target_code))

    def _say(self, value: CodedValue, place: _Place, mapped: Mapped, report: Report) -> None:
        """Findings for one (path, system, code) of the document; the first place is named."""
        words = (place, value.display if value.code else value.null_flavor)
        remarks = self._remarks.get(words)
        if remarks is None:
            made = Report()
            for code, context in self._judge(value, place[0], mapped):
                made.add(code, None, None, **context)
            remarks = self._remarks[words] = tuple(made)
        if remarks:
            report.again(remarks, value.element)

    def _judge(self, value: CodedValue, path: str, mapped: Mapped) -> Iterator[Remark]:
        binding = self._bindings.get(path)
        own = {"system": value.system or "-", "code": value.code}
        match mapped.standing:
            case Standing.STRUCTURAL | Standing.NULL:
                pass
            case Standing.UNKNOWN_SYSTEM:
                yield "TRM-001" if binding is not None else "TRM-015", own
            case Standing.UNKNOWN_CODE:
                yield "TRM-002", own
                near = nearest(self._terminology, value.system, value.code)
                if near is not None:
                    yield "TRM-026", {**own, "near": near.code, "nearness": near.why.value}
            case Standing.NO_SYSTEM:
                yield "TRM-005", own
            case Standing.OUTSIDE:
                numbers = ", ".join(s.removeprefix(VALUE_SET_ARC) for s in mapped.value_sets)
                yield "TRM-003", {**own, "value_set": numbers}
            case Standing.KNOWN:
                yield from self._judge_known(value, mapped)
        usable = mapped.standing in (Standing.KNOWN, Standing.STRUCTURAL, Standing.OUTSIDE)
        if binding is not None and binding.usage == "R" and not usable:
            yield "TRM-010", {"path": path, "code": value.code or value.null_flavor or "-", "system": own["system"]}

    def _judge_known(self, value: CodedValue, mapped: Mapped) -> Iterator[Remark]:
        if mapped.transcoded:
            yield from self._judge_transcoded(value, mapped)
            return
        system = self._terminology.system(value.system) if value.system else None
        if system is not None and system.oid != value.system:
            yield "TRM-011", {"system": value.system, "current": system.oid}
        if value.display and mapped.value_sets and not self._same_words(value, mapped):
            yield "TRM-006", {"system": value.system, "code": value.code}

    def _say_version(self, value: CodedValue, report: Report) -> None:
        """A version that no catalogue names never stops the look-up (R11); it is said once for a code system."""
        held = self._terminology.system_versions(value.system) if value.system else ()
        if held and value.system_version not in held:
            report.add("TRM-025", value.element, system=value.system, version=value.system_version, held=held[0])

    def _judge_transcoded(self, value: CodedValue, mapped: Mapped) -> Iterator[Remark]:
        code, target = value.code, mapped.code
        source = value.system or IMPLIED_SYSTEMS.get(value.name, "")
        equivalence, others = self._routes[source, code, mapped.system, target]
        own = {"system": value.system or "-", "code": code, "target": target}
        yield "TRM-024" if equivalence in _WIDER else "TRM-014", own
        if others:
            yield "TRM-023", {**own, "others": ", ".join(others)}

    def _same_words(self, value: CodedValue, mapped: Mapped) -> bool:
        said = _plain(value.display)
        held = [mapped.english, *(d.text for d in self._terminology.designations(value.system, value.code))]
        return any(_plain(words) == said for words in held)


def _rivals(row: Association, chosen: Association) -> bool:
    """Whether a catalogue gives a code another target that is as near as the chosen one."""
    same = row.source == chosen.source and _NEARNESS[row.equivalence] == _NEARNESS[chosen.equivalence]
    return same and (row.target_system, row.target_code) != (chosen.target_system, chosen.target_code)


def _english(concept: Concept) -> str:
    return (concept.english or "").strip()


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _is_identifier(system: str) -> bool:
    """True for an OID or UUID, false for a name standing in the place of one."""
    return bool(system) and (system.replace(".", "").isdigit() or (len(system) == 36 and system.count("-") == 4))
