"""Document type, level, sections: what is asked of every document.

The rule: what is required comes from the profile; here stand only the questions.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cache
from itertools import chain
from typing import Final

from lxml import etree
from lxml.etree import XPath

from cdatk.diagnostics import Report
from cdatk.model import Document, Section
from cdatk.profiles import GUIDES, Guide, Profile, SectionRule, all_profiles
from cdatk.profiles.schema import Level
from cdatk.safe_xml import HL7, Element, local
from cdatk.validate.rules.paths import all_of, compiled, xpath

_UNICODE: Final = frozenset({"", "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "US-ASCII", "ASCII"})
_UTF_8: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_OTHER: Final[dict[str, Level]] = {"L1": "L3", "L3": "L1"}


def check_source(root: Element, report: Report) -> bool:
    """The root, its bytes and the document code, before a profile can be chosen; False after a fatal finding."""
    if root.tag != f"{{{HL7}}}ClinicalDocument":
        report.add("XML-010", root, root=local(root))
        return False
    encoding = root.getroottree().docinfo.encoding or ""
    if encoding.upper() not in _UNICODE and _misread(root, encoding):
        report.add("XML-011", root, encoding=encoding)
    codes = [e for e in root if e.tag == f"{{{HL7}}}code"]
    if len(codes) > 1:
        report.add("CDA-002", codes[1], count=len(codes))
    elif not codes or not codes[0].get("code", "").strip():
        report.add("CDA-001", codes[0] if codes else root)
    return not report.fatal


def _misread(root: Element, encoding: str) -> bool:
    """True when the letters read by this encoding of one byte a letter are the bytes of UTF-8.

    Text that is really so encoded rarely looks like it: an accented capital would have to stand before the right
    sign. Letters written as references are no bytes of the document, hence the comparison of numbers.
    """
    try:
        data = etree.tostring(root, encoding="unicode").encode(encoding, "xmlcharrefreplace")
    except (LookupError, UnicodeError):
        return False
    if data.isascii():
        return False
    rest, found = _UTF_8.subn(b"", data)
    return found > len(rest.translate(None, bytes(range(128))))


def guide_of(templates: Set[str], profile: Profile) -> Guide:
    """The generation of the rules that a document follows: the newest one whose template ids it carries."""
    for guide in reversed(GUIDES):
        if not templates.isdisjoint(profile.guides.get(guide, ())):
            return guide
    return GUIDES[0]


def is_european(document: Document, profile: Profile) -> bool:
    """True when a template id of the document or of a section is an eHDSI or IHE PCC one."""
    families = tuple(f"{family}." for family in profile.families)
    carried = chain(document.header.template_ids, *(section.template_ids for section in document.sections))
    return any(template.startswith(families) for template in carried)


def check_type(document: Document, profile: Profile, report: Report) -> None:
    """Is the type known, does the document name templates of this type and of this level?"""
    header = document.header
    code = header.code.code if header.code is not None else ""
    if profile.key == "unknown":
        report.add("CDA-003", header.code.element if header.code is not None else document.element, code=code)
        return
    if not is_european(document, profile):
        report.add("CDA-004", document.element, code=code)
    other = _OTHER.get(document.level)
    of_other_level = profile.templates.get(other, ()) if other is not None else ()
    for template in header.template_ids:
        if template in of_other_level:
            report.add("CDA-018", document.element, level=document.level, template=template)
        elif template in _document_templates() and not any(template in own for own in profile.templates.values()):
            report.add("CDA-059", document.element, code=code, template=template)


@cache
def _document_templates() -> frozenset[str]:
    """The document template ids of all types."""
    return frozenset(t for p in all_profiles().values() for found in p.templates.values() for t in found)


def check_header(document: Document, profile: Profile, report: Report) -> None:
    """Header elements that must stand in a document of this type; an L3 summary names its source document."""
    incomplete, present = _header_questions(profile.header.required)
    if incomplete(document.element):
        for path, found in present:
            if not found(document.element):
                report.add("CDA-017", document.element, element=path)
    if document.level in profile.linked and set(profile.templates["L3"]).intersection(document.header.template_ids):
        sources = [related for related in document.header.related if related.type_code == "XFRM"]
        if not any(identifier.root for related in sources for identifier in related.ids):
            report.add("CDA-053", document.element)


@cache
def _header_questions(required: tuple[str, ...]) -> tuple[XPath, tuple[tuple[str, XPath], ...]]:
    """Whether anything may be missing, and for each path whether it is there."""
    paths = [(path, f"boolean({xpath(path)})") for path in required]
    return compiled(f"not({all_of(required)})"), tuple((path, compiled(asked)) for path, asked in paths)


def check_sections(document: Document, profile: Profile, guide: Guide, report: Report) -> None:
    """Sections: known, once, flat, with content; of European documents, the mandatory ones and their templates.

    A document of a known type that names no European template follows another guide, which asks for other sections:
    CDA-004 says so.
    """
    if not document.sections:
        report.add("CDA-006", document.element)
    rules = profile.sections()
    european = profile.key != "unknown" and is_european(document, profile)
    seen: set[str] = set()
    for section in document.sections:
        code = section.code.code if section.code is not None else ""
        rule = rules.get(code)
        if not code:
            report.add("CDA-008", section.element)
        elif rule is None:
            report.add("CDA-009", section.element, section=code)
        if code and code in seen:
            report.add("CDA-011", section.element, section=code)
        seen.add(code)
        if section.depth:
            report.add("CDA-010", section.element, section=code or "-")
        _check_content(section, code, european and rule is not None and rule.required, report)
        if rule is not None and european:
            _check_template(section, rule, guide, report)
    for rule in profile.section if european else ():
        if rule.required and rule.code not in seen and document.sections:
            report.add("CDA-007", document.element, section=rule.code, title_fr=rule.fr, title_en=rule.en)


def _check_content(section: Section, code: str, required: bool, report: Report) -> None:
    if required and not section.entries and not section.null_flavor:
        report.add("CDA-012", section.element, section=code)
    if section.entries and section.narrative is None:
        report.add("CDA-022", section.element, section=code or "-")


def _check_template(section: Section, rule: SectionRule, guide: Guide, report: Report) -> None:
    """Documents of 2020 and later carry the eHDSI template of the section; older ones may carry that of IHE PCC."""
    accepted = rule.templates if guide != GUIDES[0] else rule.templates + rule.older_templates
    if accepted and not set(accepted).intersection(section.template_ids):
        report.add("CDA-052", section.element, section=rule.code, template=accepted[0])
