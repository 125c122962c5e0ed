"""Profile rules: what a document of its type and of the age of its guide must hold.

The rule: what is asked stands as data in cdatk/profiles; every finding has its own code and is said once a cause.
To add a rule: a row in ``cdatk/profiles/rules``, its code in ``diagnostics.toml``, a passing and a failing case in
``tests/validate/cases``.
"""

from __future__ import annotations

from typing import Final

from cdatk.diagnostics import Report
from cdatk.model import Document
from cdatk.profiles import Profile
from cdatk.validate.rules.codes import check_codes
from cdatk.validate.rules.engine import checks_for, rules_for, run
from cdatk.validate.rules.links import check_identifiers, check_links
from cdatk.validate.rules.paths import compiled, strings
from cdatk.validate.rules.structure import check_header, check_sections, check_source, check_type, guide_of
from cdatk.validate.rules.times import Times
from cdatk.validate.rules.walk import suspects_of, together, walk

__all__ = ["check_document", "check_source"]


_TEMPLATES: Final = compiled("/descendant::h:templateId/@root")


def check_document(document: Document, profile: Profile, report: Report) -> None:
    """All profile rules, on the document as read and on its source."""
    root = document.element
    times = Times()
    suspects, looks = suspects_of(checks_for(profile))
    walk(root, together(looks, times.looks()))
    templates = {oid.strip() for oid in strings(_TEMPLATES, root)}
    guide = guide_of(templates, profile)
    check_type(document, profile, report)
    check_header(document, profile, report)
    if document.level == "L1":
        if document.attachment is None:
            report.add("CDA-005", root)
    else:
        check_sections(document, profile, guide, report)
        check_links(document, profile, guide, report)
    check_identifiers(root, report)
    times.check(root, report)
    check_codes(document, profile, guide, report)
    run(root, templates, suspects, rules_for(profile, guide), report)
