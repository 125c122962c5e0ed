"""Catalogues made on the spot for tests, cell by cell and byte by byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from cdatk.diagnostics import Report
from cdatk.terminology.catalogue import Import, Summary, import_catalogues
from cdatk.terminology.importers.source import Options
from cdatk.terminology.lookup import Terminology

SNOMED, LOINC = "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1"
ICD10, ATC = "1.3.6.1.4.1.12559.11.10.1.3.1.44.2", "2.16.840.1.113883.6.73"
VS = "1.3.6.1.4.1.12559.11.10.1.3.1.42."
HEAD = ("Code System ID", "Code System Version", "Concept Code", "Description", "en-GB", "fr-FR")
Cell = str | float | None


def sheet(rows: Sequence[Sequence[Cell]], extra: str = "") -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = ""
        for column, value in enumerate(row):
            place = f"{chr(65 + column)}{number}"
            if isinstance(value, float):
                cells += f'<c r="{place}"><v>{value!r}</v></c>'
            elif value is not None:
                cells += f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        lines.append(f'<row r="{number}">{cells}</row>')
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{"".join(lines)}</sheetData>{extra}</worksheet>'


def workbook(sheets: dict[str, str]) -> bytes:
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    named = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, 1))
    tied = "".join(f'<Relationship Id="r{i}" Target="worksheets/s{i}.xml"/>' for i in range(1, len(sheets) + 1))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", f'<workbook xmlns:r="{relation}"><sheets>{named}</sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{tied}</Relationships>")
        for number, content in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/s{number}.xml", content)
    return stream.getvalue()


def value_set(*rows: Sequence[Cell], oid: str = "2.999.9.1", name: str = "Colours", head: Sequence[Cell] = HEAD) -> str:
    return sheet(value_set_rows(*rows, oid=oid, name=name, head=head))


def value_set_rows(
    *rows: Sequence[Cell], oid: str = "2.999.9.1", name: str = "Colours", head: Sequence[Cell] = HEAD
) -> list[Sequence[Cell]]:
    top = [("Value Set ID", oid), ("Value Set Name", name), (), ("Value Set Version", "202404"), ()]
    return [*top, head, *rows]


def svs(*concepts: tuple[str, str, str], oid: str = "2.999.9.2", language: str = "", version: str = "1") -> bytes:
    tag = f' xml:lang="{language}"' if language else ""
    rows = "".join(
        f'<Concept code="{code}" codeSystem="{system}" displayName="{escape(name)}"/>'
        for system, code, name in concepts
    )
    return (
        '<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008">'
        f'<ValueSet id="{oid}" displayName="Set" version="{version}"><ConceptList{tag}>{rows}</ConceptList></ValueSet>'
        "</RetrieveValueSetResponse>"
    ).encode()


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def bring(
    store: Path, *paths: Path, embedded: bool = False, strict: bool = False, fresh: bool = False, **options: object
) -> tuple[tuple[Summary, ...], Report]:
    report = Report(strict=strict)
    wanted = [Import(path, Options(**options), imported="2026-01-01T00:00:00+00:00") for path in paths]  # type: ignore[arg-type]
    return import_catalogues(store, wanted, report, embedded=embedded, fresh=fresh), report


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report}


def texts(terminology: Terminology, system: str, code: str, language: str) -> list[str]:
    return [d.text for d in terminology.designations(system, code) if d.language == language]


def strings(node: object) -> Iterator[str]:
    """Every string of a bundle, or of any other JSON."""
    if isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node
