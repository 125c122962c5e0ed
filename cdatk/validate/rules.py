"""Profile rules: document type, level, required sections and header elements, dates and quantities.

The rule: what is required comes from the profile; here stand only the questions that are asked of every document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cdatk.diagnostics import Report
from cdatk.model import Document, Section
from cdatk.profiles import Profile
from cdatk.safe_xml import HL7, Element, local

_TIME = re.compile(
    r"\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\d|3[01])(([01]\d|2[0-4])([0-5]\d([0-5]\d(\.\d+)?)?)?)?)?)?([+-]\d{4})?"
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
TIME_TAGS = frozenset({f"{{{HL7}}}{name}" for name in ("effectiveTime", "time", "birthTime", "low", "high", "center")})


def check_source(root: Element, report: Report) -> bool:
    """The root and the document code, before a profile can be chosen; False after a fatal finding."""
    if root.tag != f"{{{HL7}}}ClinicalDocument":
        report.add("XML-010", root, root=local(root))
        return False
    codes = [e for e in root if e.tag == f"{{{HL7}}}code"]
    if len(codes) > 1:
        report.add("CDA-002", codes[1], count=len(codes))
    elif not codes or not codes[0].get("code", "").strip():
        report.add("CDA-001", codes[0] if codes else root)
    return not report.fatal


def check_document(document: Document, profile: Profile, report: Report) -> None:
    """All profile rules that need the document as read."""
    _check_type(document, profile, report)
    _check_header(document, profile, report)
    if document.level == "L1":
        _check_l1(document, report)
    else:
        _check_sections(document, profile, report)
    _check_values(document.element, report)


def _check_type(document: Document, profile: Profile, report: Report) -> None:
    header = document.header
    code = header.code.code if header.code is not None else ""
    if profile.key == "unknown":
        report.add("CDA-003", header.code.element if header.code is not None else document.element, code=code)
        return
    if not _of_family(document, profile):
        report.add("CDA-004", document.element, code=code)
    other = {"L1": "L3", "L3": "L1"}.get(document.level, "")
    for template in header.template_ids:
        if template in profile.templates.get(other, ()):  # type: ignore[call-overload]
            report.add("CDA-018", document.element, level=document.level, template=template)


def _of_family(document: Document, profile: Profile) -> bool:
    """True when a template id of the document or of a section is an eHDSI or IHE PCC one."""
    templates: Iterable[str] = document.header.template_ids
    sections = (t for s in document.sections for t in s.template_ids)
    return any(t.startswith(family + ".") for t in (*templates, *sections) for family in profile.families)


def _check_header(document: Document, profile: Profile, report: Report) -> None:
    for path in profile.header.required:
        steps = "/".join(f"{{{HL7}}}{name}" for name in path.split("/"))
        if document.element.find(steps) is None:
            report.add("CDA-017", document.element, element=path)


def _check_l1(document: Document, report: Report) -> None:
    if document.attachment is None:
        report.add("CDA-005", document.element)


def _check_sections(document: Document, profile: Profile, report: Report) -> None:
    if not document.sections:
        report.add("CDA-006", document.element)
    rules = profile.sections()
    seen: set[str] = set()
    for section in document.sections:
        code = section.code.code if section.code is not None else ""
        if not code:
            report.add("CDA-008", section.element)
        elif code not in rules:
            report.add("CDA-009", section.element, section=code)
        if code and code in seen:
            report.add("CDA-011", section.element, section=code)
        seen.add(code)
        if section.depth:
            report.add("CDA-010", section.element, section=code or "-")
        _check_content(section, code, rules[code].required if code in rules else False, report)
    for rule in profile.section:
        if rule.required and rule.code not in seen and document.sections:
            report.add("CDA-007", document.element, section=rule.code, title_fr=rule.fr, title_en=rule.en)


def _check_content(section: Section, code: str, required: bool, report: Report) -> None:
    if required and not section.entries and not section.null_flavor:
        report.add("CDA-012", section.element, section=code)
    if section.entries and section.narrative is None:
        report.add("CDA-022", section.element, section=code or "-")


def _check_values(root: Element, report: Report) -> None:
    """Dates that are no HL7 dates and doses that are no numbers; each place is named."""
    for element in root.iter(*TIME_TAGS):
        value = element.get("value")
        if (
            value is not None
            and element.get("unit") is None
            and not _TIME.fullmatch(value.strip())
            and not _is_quantity(element)
        ):
            report.add("CDA-019", element, element=local(element))
    for element in root.iter(f"{{{HL7}}}doseQuantity", f"{{{HL7}}}quantity"):
        value = element.get("value")
        if value is not None and not _NUMBER.fullmatch(value.strip()):
            report.add("CDA-020", element, element=local(element))


def _is_quantity(element: Element) -> bool:
    """low, high and center also bound quantities: those of a dose, an offset or an observation value."""
    parent = element.getparent()
    name = local(parent) if parent is not None else ""
    return local(element) in ("low", "high", "center") and name in (
        "doseQuantity",
        "rateQuantity",
        "offset",
        "value",
    )
