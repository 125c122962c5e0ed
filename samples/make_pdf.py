"""Writes the small PDF of a PDF-in-CDA sample from a plain text file, with nothing but the PDF syntax.

Usage: python samples/make_pdf.py TEXT.txt OUT.pdf

A line of three dashes begins a new page; the first line of a page is set large.  The text is selectable:
standard Helvetica in WinAnsi, and a Type 3 font of our own for the letters WinAnsi lacks (Ġ, ħ, ř, ů ...),
each drawn from a plain letter and its mark and named by a ToUnicode map.  The one rule: the same text
gives the same bytes (no clock, no random identifier).
"""

from __future__ import annotations

import sys
from pathlib import Path

DOT, RING, CARON, BAR = 0xC7, 0xCA, 0xCF, 0  # codes of the marks in StandardEncoding; BAR is a drawn line
EXTRA = {  # letter outside WinAnsi: plain letter, its width in Helvetica, mark
    "Ġ": ("G", 778, DOT), "ġ": ("g", 556, DOT), "Ħ": ("H", 722, BAR), "ħ": ("h", 556, BAR),
    "Ż": ("Z", 611, DOT), "ż": ("z", 500, DOT), "Ċ": ("C", 722, DOT), "ċ": ("c", 500, DOT),
    "č": ("c", 500, CARON), "Č": ("C", 722, CARON), "ě": ("e", 556, CARON), "ň": ("n", 556, CARON),
    "ř": ("r", 333, CARON), "Ř": ("R", 722, CARON), "ů": ("u", 556, RING),
}
CODES = {letter: code for code, letter in enumerate(EXTRA, 65)}
PAGE = (595, 842)  # A4 in points


def runs(text: str, size: int) -> bytes:
    """The commands that show one line, changing font where a letter needs it."""
    drawn: list[bytes] = []
    for letter in text:
        font = b"F2" if letter in EXTRA else b"F1"
        code = CODES[letter] if letter in EXTRA else letter.encode("cp1252")[0]
        shown = b"\\" + bytes([code]) if code in b"()\\" else bytes([code])
        if drawn and drawn[-1].startswith(b"/" + font):
            drawn[-1] = drawn[-1][:-4] + shown + b") Tj"
        else:
            drawn.append(b"/%s %d Tf (%s) Tj" % (font, size, shown))
    return b" ".join(drawn)


def content(lines: list[str]) -> bytes:
    """The drawing commands of one page."""
    drawn = [b"BT 56 780 Td", runs(lines[0], 18), b"0 -14 Td"]
    drawn += [b"0 -16 Td " + runs(line, 11) for line in lines[1:]]
    return b"\n".join([*drawn, b"ET"])


def glyph(plain: str, width: int, mark: int) -> bytes:
    """One letter of the Type 3 font: the plain letter, then its mark above or its bar across."""
    base = b"%d 0 d0 BT /F1 1000 Tf (%s) Tj ET" % (width, plain.encode())
    if mark == BAR:
        left, right = (40, width - 80) if plain == "H" else (-10, 320)
        return base + b" %d %d %d 55 re f" % (left, 545 if plain == "H" else 570, right)
    rise = 190 if plain.isupper() else 0
    return base + b" BT /F3 1000 Tf %d %d Td (%s) Tj ET" % ((width - 333) // 2, rise, bytes([mark]))


def to_unicode() -> bytes:
    """The map that lets a reader copy and search the letters of the Type 3 font."""
    rows = b"\n".join(b"<%02X> <%04X>" % (CODES[letter], ord(letter)) for letter in EXTRA)
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CMapName /Sample def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar\n%s\nendbfchar\nendcmap end end"
        % (len(EXTRA), rows)
    )


def stream(data: bytes) -> bytes:
    """A stream object's body."""
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def fonts(first_glyph: int) -> list[bytes]:
    """Objects 3 to 6: Helvetica twice (text, marks), the Type 3 font and its ToUnicode map."""
    names = b" ".join(b"/g%d" % code for code in CODES.values())
    procs = b" ".join(b"/g%d %d 0 R" % (code, first_glyph + i) for i, code in enumerate(CODES.values()))
    widths = b" ".join(b"%d" % width for _, width, _ in EXTRA.values())
    last = 64 + len(EXTRA)
    return [
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /StandardEncoding >>",
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 -250 1000 1150] /FontMatrix [0.001 0 0 0.001 0 0] "
        b"/CharProcs << %s >> /Encoding << /Type /Encoding /Differences [65 %s] >> /FirstChar 65 "
        b"/LastChar %d /Widths [%s] /ToUnicode 6 0 R /Resources << /Font << /F1 3 0 R /F3 4 0 R >> >> >>"
        % (procs, names, last, widths),
        stream(to_unicode()),
    ]


def build(pages: list[list[str]]) -> bytes:
    """The whole file: catalogue, pages, fonts, glyphs, and the cross-reference table over them."""
    first_page = 7 + len(EXTRA)
    kids = b" ".join(b"%d 0 R" % (first_page + 2 * index) for index in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        *fonts(7),
        *(stream(glyph(*parts)) for parts in EXTRA.values()),
    ]
    for index, lines in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 5 0 R >> >> >>" % (*PAGE, first_page + 1 + 2 * index)
        )
        objects.append(stream(content(lines)))
    return assemble(objects)


def assemble(objects: list[bytes]) -> bytes:
    """Number the objects and write header, cross-reference table and trailer around them."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def main(source: str, target: str) -> None:
    """Read the text, write the PDF."""
    parts = Path(source).read_text(encoding="utf-8").strip("\n").split("\n---\n")
    Path(target).write_bytes(build([part.split("\n") for part in parts]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
