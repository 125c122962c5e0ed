"""The schema stage: is the document built as CDA R2 wants it, and if not, where and what was expected.

The rule: the verdict is libxml2's on the schemas in ``schemas/`` (or on a user's own); this module only turns its
messages into findings that name a place and what was expected, never the value found there, each cause once.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lxml import etree

from cdatk.diagnostics import Report
from cdatk.resources import data_file
from cdatk.safe_xml import EPSOS, PHARM, Element, namespace, parser
from cdatk.validate.schema_messages import (
    FOREIGN,
    Violation,
    foreign,
    foreign_attributes,
    violation,
    violations,
)

PLACES: Final = 5  # places named for one cause; further ones are counted
# libxml2 names the place of an error in a time that grows with the brothers before it: beyond these numbers, far
# above those of any real document, a hostile one could keep it busy for hours
MOST_ELEMENTS: Final = 300_000
MOST_BROTHERS: Final = 10_000

# no document with fewer elements can have so many brothers, and none of ours has so many elements
_MANY: Final = etree.XPath(f"boolean(/descendant::*[{MOST_BROTHERS + 1}])")
_TOO_MANY: Final = etree.XPath(
    f"count(/descendant-or-self::*) > {MOST_ELEMENTS} or boolean(//*[*[{MOST_BROTHERS + 1}]])"
)
_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_EXTENSIONS: Final[tuple[str, ...]] = (EPSOS, PHARM)
_NO_EXTENSION: Final = ""
_ROUNDS: Final = 8  # namespaces of extensions that are taken out, one after the other


class SchemaError(ValueError):
    """A folder of schemas that cannot be used.

    ``reason`` is ``folder`` (there is none), ``document`` (no file in it declares ClinicalDocument) or ``file`` (a
    schema file cannot be read or compiled: ``name`` says which, ``detail`` what libxml2 says of it).
    """

    def __init__(self, reason: str, name: str, detail: str = "") -> None:
        """Keep what a caller needs to say it in its own words."""
        words = {"folder": "no such folder", "document": "no schema file in it declares ClinicalDocument"}
        super().__init__(f"{name}: {words.get(reason, detail)}")
        self.reason = reason
        self.name = name
        self.detail = detail


class SchemaCheck:
    """The compiled schemas, each compiled once, when a document first needs it. Not for several threads at once.

    ``folder`` holds a user's own schemas (an official CDA set) in place of ours: the files that declare
    ``ClinicalDocument`` and that no other file there includes are its entry points.

    Raises SchemaError when the folder is none or has no such file.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._entries = _own() if folder is None else _entries(folder)
        self._compiled: dict[Path, etree.XMLSchema] = {}

    def prepare(self) -> None:
        """Compile every entry point now.

        Raises SchemaError when one of them does not compile.
        """
        for path in self._entries.values():
            self._compile(path)

    def valid(self, root: Element) -> bool:
        """The bare verdict; False for a document too big to be judged.

        Raises SchemaError when a schema of the user's folder does not compile.
        """
        return not _too_big(root) and bool(self._schema(root).validate(root))

    def check(self, root: Element, report: Report) -> bool:
        """The verdict, and in ``report`` a finding (family ``XSD-``) for each cause and place.

        Raises SchemaError when a schema of the user's folder does not compile.
        """
        found = self.violations(root)
        tell(found, report)
        return not found

    def violations(self, root: Element) -> list[Violation]:
        """Every breach libxml2 finds, one per element and cause; empty for a valid document.

        Raises SchemaError when a schema of the user's folder does not compile.
        """
        if _too_big(root):
            return [violation("XSD-014", root, elements=str(MOST_ELEMENTS), brothers=str(MOST_BROTHERS))]
        schema = self._schema(root)
        return [] if schema.validate(root) else _all(schema, root)

    def entry_point(self, root: Element) -> Path:
        """The schema file for this document: the one with the medication extension it uses."""
        used = PHARM if next(root.iter(f"{{{EPSOS}}}*"), None) is None else EPSOS
        return self._entries.get(used) or next(iter(self._entries.values()))

    def _schema(self, root: Element) -> etree.XMLSchema:
        return self._compile(self.entry_point(root))

    def _compile(self, path: Path) -> etree.XMLSchema:
        if path not in self._compiled:
            try:
                self._compiled[path] = etree.XMLSchema(etree.parse(str(path), parser()))
            except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as error:
                raise SchemaError("file", path.name, str(error)) from error
        return self._compiled[path]


def tell(found: Iterable[Violation], report: Report) -> None:
    """Report violations: the first places of each cause by name, the number of the others."""
    seen: Counter[tuple[str, ...]] = Counter()
    beyond: dict[tuple[str, ...], Violation] = {}
    for each in found:
        seen[each.cause] += 1
        if seen[each.cause] <= PLACES:
            report.add(each.code, each.element, None, **dict(each.context))
        else:
            beyond.setdefault(each.cause, each)
    for cause, each in beyond.items():
        report.add("XSD-012", each.element, rule=each.code, count=seen[cause] - PLACES)


def _all(schema: etree.XMLSchema, root: Element) -> list[Violation]:
    """Violations of a document that ``schema`` has just refused.

    What stands in a foreign namespace is named and taken out, and the rest judged again: libxml2 stops at the
    first unexpected child, so an extension would hide all that follows it.
    """
    found = list(violations(schema, root))
    spaces: set[str] = set()
    for _ in range(_ROUNDS):
        new = {dict(v.context)["namespace"] for v in found if v.code in FOREIGN} - spaces
        if not new:
            break
        spaces |= new
        rest, originals = _without(root, spaces)
        schema.validate(rest)
        found = [v.moved(originals[v.element]) for v in violations(schema, rest)]
    return foreign(root, spaces) + [v for v in found if v.code not in FOREIGN]


def _without(root: Element, spaces: set[str]) -> tuple[Element, dict[Element, Element]]:
    """A copy without the elements and attributes of these namespaces, and the original of each element in it."""
    rest = copy.deepcopy(root)
    originals = dict(zip(rest.iter("*"), root.iter("*"), strict=True))
    for element in list(originals):
        for name in foreign_attributes(element, spaces):
            del element.attrib[name]
    for element in [e for e in originals if namespace(e) in spaces]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return rest, originals


def _too_big(root: Element) -> bool:
    return bool(_MANY(root)) and bool(_TOO_MANY(root))


def _own() -> dict[str, Path]:
    folder = data_file("validate/schemas")
    return {PHARM: folder / "cda-pharm.xsd", EPSOS: folder / "cda-epsos.xsd"}


def _entries(folder: Path) -> dict[str, Path]:
    """Entry points of a folder by the medication extension they import, "" for one without."""
    if not folder.is_dir():
        raise SchemaError("folder", str(folder))
    files = [path.resolve() for path in sorted(folder.glob("*.xsd"))]
    included = {target for path in files for link, target in _links(path) if not link.get("namespace")}
    entries: dict[str, Path] = {}
    for path in files:
        if path in included:
            continue
        reached, spaces = _reach(path)
        if _declares_document(reached):
            for space in [s for s in _EXTENSIONS if s in spaces] or [_NO_EXTENSION]:
                entries.setdefault(space, path)
    if not entries:
        raise SchemaError("document", str(folder))
    return dict(sorted(entries.items(), key=lambda entry: entry[0], reverse=True))


def _reach(start: Path) -> tuple[set[Path], set[str]]:
    """The files a schema file includes or imports, itself among them, and the namespaces it imports."""
    files, spaces, waiting = {start}, set(), [start]
    while waiting:
        for link, target in _links(waiting.pop()):
            spaces.add(link.get("namespace", _NO_EXTENSION))
            if target not in files:
                files.add(target)
                waiting.append(target)
    return files, spaces


def _links(path: Path) -> list[tuple[Element, Path]]:
    """What a schema file includes or imports from files that are there; nothing is fetched."""
    links = _root_of(path).iterchildren(f"{_XS}include", f"{_XS}import", f"{_XS}redefine")
    found = [(link, (path.parent / link.get("schemaLocation", "")).resolve()) for link in links]
    return [(link, target) for link, target in found if target.is_file()]


def _declares_document(files: Iterable[Path]) -> bool:
    elements = (e for path in files for e in _root_of(path).iterchildren(f"{_XS}element"))
    return any(element.get("name") == "ClinicalDocument" for element in elements)


def _root_of(path: Path) -> Element:
    try:
        return etree.parse(str(path), parser()).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        raise SchemaError("file", path.name, str(error)) from error
