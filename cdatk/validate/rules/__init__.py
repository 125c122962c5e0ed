"""Profile rules: what a document of its type and of the age of its guide must hold.

The rule: what is asked stands as data in cdatk/profiles; every finding has its own code and is said once a cause.
To add a rule: a row in ``cdatk/profiles/rules``, its code in ``diagnostics.toml``, a passing and a failing case in
``tests/validate/cases``.
"""

from __future__ import annotations

from cdatk.diagnostics import Report
from cdatk.model import Document
from cdatk.profiles import Profile
from cdatk.validate.rules.codes import check_codes
from cdatk.validate.rules.engine import TEMPLATE, run
from cdatk.validate.rules.links import IDENTIFIER, check_identifiers, check_links
from cdatk.validate.rules.rows import rules_for, tags_for
from cdatk.validate.rules.structure import check_header, check_sections, check_source, check_type, guide_of
from cdatk.validate.rules.times import TIMED, Times
from cdatk.validate.rules.walk import walk

__all__ = ["check_document", "check_source"]


def check_document(document: Document, profile: Profile, report: Report) -> None:
    """All profile rules, on the document as read and on its source."""
    root = document.element
    found = walk(root, {TEMPLATE, IDENTIFIER, *TIMED, *tags_for(profile)})
    templates = [(template.get("root", "").strip(), template) for template in found[TEMPLATE]]
    guide = guide_of({oid for oid, _ in templates}, profile)
    check_type(document, profile, report)
    check_header(document, profile, report)
    if document.level == "L1":
        if document.attachment is None:
            report.add("CDA-005", root)
    else:
        check_sections(document, profile, guide, report)
        check_links(document, profile, guide, report)
    check_identifiers(found[IDENTIFIER], report)
    Times().check(root, found, report)
    check_codes(document, profile, guide, report)
    run(root, found, templates, rules_for(profile, guide), report)
