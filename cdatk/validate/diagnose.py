"""A second, slower look at a document the schema refused: every breach, also those libxml2 stops before.

The rule: the verdict stays libxml2's. The ``xmlschema`` package only adds findings to a document that is invalid
already, in the same codes; what it cannot do (it gives up on an xsi:type that does not resolve) costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from cdatk.diagnostics import Report
from cdatk.safe_xml import Element
from cdatk.validate.schema import SchemaCheck, tell
from cdatk.validate.schema_messages import (
    Violation,
    form,
    label,
    names,
    unexpected_attribute,
    unexpected_element,
    violation,
)

if TYPE_CHECKING:
    import xmlschema

_MISSING = re.compile(r"missing required attribute '([^']*)'")
_NOT_ALLOWED = re.compile(r"'([^']*)' attribute not allowed")
_WITH_VALUE = re.compile(r"attribute ([^\s='\"]+)=")
_FIXED = re.compile(r"attribute '([^']*)' has a fixed value")
_BUILT_IN: Final = MappingProxyType({
    "integer": "int", "double": "real", "decimal": "real", "anyURI": "url", "base64Binary": "bin",
})  # fmt: skip


class Diagnosis:
    """The schemas of a ``SchemaCheck`` in the form the ``xmlschema`` package wants, built when first needed.

    The package is imported when a document is diagnosed, not before: it takes a quarter of a second.
    """

    def __init__(self, check: SchemaCheck) -> None:
        self._check = check
        self._built: dict[Path, xmlschema.XMLSchema] = {}

    def check(self, root: Element, report: Report) -> bool:
        """The verdict of ``SchemaCheck.check``; for an invalid document, with all findings of both engines.

        Raises SchemaError when a schema of the user's folder does not compile.
        """
        found = self._check.violations(root)
        if found and found[0].code != "XSD-014":
            found = _together(found, self._more(root))
        tell(found, report)
        return not found

    def _more(self, root: Element) -> list[Violation]:
        import xmlschema

        more: list[Violation] = []
        path = self._check.entry_point(root)
        try:
            if path not in self._built:
                self._built[path] = xmlschema.XMLSchema(str(path), allow="local", validation="lax")
            for error in self._built[path].iter_errors(root):
                more.extend(_violations(error))
        except (xmlschema.XMLSchemaException, RecursionError):
            # it stopped half way (an unknown xsi:type, a schema it finds fault with, a very deep document): the
            # findings of libxml2 and those made so far stand
            return more
        return more


def _together(found: list[Violation], more: list[Violation]) -> list[Violation]:
    """Both lists, each cause at an element once; nothing is said of the attributes of an element without a type."""
    seen = {(v.element, v.about) for v in found}
    result = list(found)
    for added in more:
        key = (added.element, added.about)
        if key not in seen and (added.element, "type") not in seen:
            seen.add(key)
            result.append(added)
    return result


def _violations(error: xmlschema.XMLSchemaValidationError) -> Iterator[Violation]:
    """What one error of the package means in our codes: nothing, or one violation."""
    import xmlschema
    from xmlschema import XsdElement
    from xmlschema.validators import XsdGroup

    element, reason = cast("Element", error.elem), error.reason or ""  # of the tree that was given: lxml's
    if isinstance(error, xmlschema.XMLSchemaChildrenValidationError):
        yield _of_children(error, element)
    elif reason.startswith("character data"):
        yield violation("XSD-006", element)
    elif "cannot substitute" in reason and isinstance(error.validator, XsdGroup):
        return  # said again of the element itself
    elif isinstance(error.validator, XsdElement) and ("abstract" in reason or "substitute" in reason):
        yield violation("XSD-008" if "abstract" in reason else "XSD-009", element)
    else:
        yield _of_attributes(error, element, reason)


def _of_children(error: xmlschema.XMLSchemaChildrenValidationError, parent: Element) -> Violation:
    from xmlschema.validators import XsdGroup

    wanted = [e.name for e in error.expected or () if e.name]
    if error.invalid_tag is None:
        return violation("XSD-002", parent, expected=names(wanted))
    children = list(parent.iterchildren("*"))
    child = children[error.index] if error.index < len(children) else parent
    if not wanted and isinstance(error.validator, XsdGroup):
        # all that may follow is optional and the package names nothing: what the parent may hold at all
        wanted = [e.name for e in error.validator.iter_elements() if e.name]
    return unexpected_element(child, names(wanted))


def _of_attributes(error: xmlschema.XMLSchemaValidationError, element: Element, reason: str) -> Violation:
    """The reason begins with the name of the attribute; the value that may follow is left behind."""
    for code, start in (("XSD-004", _MISSING), ("XSD-003", _NOT_ALLOWED)):
        match = start.match(reason)
        if match is not None and code == "XSD-004":
            return violation(code, element, attribute=label(match[1]))
        if match is not None:
            return unexpected_attribute(element, match[1])
    match = _WITH_VALUE.match(reason) or _FIXED.match(reason)
    expected = _expected(error)
    if match is not None:
        return violation("XSD-005", element, attribute=label(match[1]), expected=expected)
    if expected:
        return violation("XSD-007", element, expected=expected)
    return violation("XSD-013", element, reason=type(error.validator).__name__.lower())


def _expected(error: xmlschema.XMLSchemaValidationError) -> str:
    """What a value should have been, from the part of the schema that refused it; "" when it was no value."""
    from xmlschema import XsdAttribute
    from xmlschema.validators import XsdAtomicBuiltin, XsdEnumerationFacets, XsdPatternFacets

    refused = error.validator
    if isinstance(refused, XsdEnumerationFacets):
        return ", ".join(str(value) for value in refused.enumeration or ())
    if isinstance(refused, XsdPatternFacets):
        return form(str(refused.regexps[0]))
    if isinstance(refused, XsdAttribute):
        return refused.fixed or ""
    if isinstance(refused, XsdAtomicBuiltin):
        name = refused.local_name or ""
        return _BUILT_IN.get(name, name)
    return "st" if type(refused).__name__ == "XsdMinLengthFacet" else ""
