"""What an attacker may write into a document, and the places to write it. The rule: data only, for test_attacks.py."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

ACT = "window.pwned=1"
URLS = (
    f"javascript:{ACT}", f"JaVaScRiPt:{ACT}", f" java\tscript:{ACT}", f"java\nscript:{ACT}", f"\x01javascript:{ACT}".replace("\x01", " "),
    f"javascript&colon;{ACT}", f"vbscript:{ACT}", f"data:text/html,<script>{ACT}</script>",
    f"data:text/html;base64,{base64.b64encode(f'<script>{ACT}</script>'.encode()).decode()}",
    f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{ACT}'/>", f"feed:javascript:{ACT}",
    f"view-source:javascript:{ACT}", f"blob:javascript:{ACT}", f"//{ACT}", f"https://a.invalid/\"onclick=\"{ACT}",
    f"https://a.invalid/'onmouseover='{ACT}", f"mailto:a@b.invalid?\" autofocus onfocus={ACT}", f"#\"><script>{ACT}</script>",
    f"file:///etc/passwd#{ACT}", f"jar:javascript:{ACT}!/", f"http://[javascript:{ACT}]/",
)  # fmt: skip
TEXTS = (
    f"<script>{ACT}</script>", f"</script><script>{ACT}</script>", f"</style><script>{ACT}</script>",
    f"</title><script>{ACT}</script>", f"--><script>{ACT}</script><!--", f"]]><script>{ACT}</script>",
    f"\"><script>{ACT}</script>", f"'><script>{ACT}</script>", f"\" onmouseover=\"{ACT}\" x=\"", f"' onfocus='{ACT}' autofocus='",
    f"<img src=x onerror={ACT}>", f"<svg onload={ACT}>", f"<body onload={ACT}>", f"<iframe srcdoc='<script>parent.{ACT}</script>'>",
    f"<details open ontoggle={ACT}>", f"<math><mtext><table><mglyph><style><img src=x onerror={ACT}>",
    f"<a href=javascript:{ACT}>x</a>", "<meta http-equiv=refresh content=0;url=https://a.invalid/>",
    "<base href=https://a.invalid/>", "<link rel=stylesheet href=https://a.invalid/a.css>",
    "<style>*{background:url(https://a.invalid/)}</style>", "<form action=https://a.invalid/><button>x</button></form>",
    f"&lt;script&gt;{ACT}&lt;/script&gt;", f"&amp;lt;script&amp;gt;{ACT}", f"\u2028<script>{ACT}</script>",
    f"?><script>{ACT}</script><?x", f"\" text=\"<script>{ACT}</script>\" state=\"translated", f"{{{ACT}}}", f"${{{ACT}}}",
    f"`-{ACT}-`", f"expression({ACT})", "x\u202egnp.exe", "\ufeff<scr\u0000ipt>".replace("\u0000", ""),
)  # fmt: skip
X, S = 'xmlns="http://www.w3.org/1999/xhtml"', 'xmlns="http://www.w3.org/2000/svg"'
MARKUP = (
    f"<script>{ACT}</script>", f"<script {X}>{ACT}</script>", f'<img {X} src="x" onerror="{ACT}"/>',
    f'<svg {S} onload="{ACT}"><script>{ACT}</script></svg>', f'<svg {S}><animate onbegin="{ACT}" attributeName="x" dur="1s"/></svg>',
    f'<math xmlns="http://www.w3.org/1998/Math/MathML" href="javascript:{ACT}">x</math>',
    f'<iframe {X} src="javascript:parent.{ACT}"/>', f'<iframe {X} srcdoc="&lt;script&gt;parent.{ACT}&lt;/script&gt;"/>',
    f'<object {X} data="data:text/html,&lt;script&gt;{ACT}&lt;/script&gt;"/>', f'<embed {X} src="javascript:{ACT}"/>',
    f'<content onclick="{ACT}" onmouseover="{ACT}" style="background:url(https://a.invalid/)" styleCode="x&quot; onload=&quot;{ACT}">y</content>',
    f'<table onmouseover="{ACT}" border="1" background="https://a.invalid/"><tbody><tr><td style="x:expression({ACT})" onclick="{ACT}">z</td></tr></tbody></table>',
    f'<input {X} autofocus="" onfocus="{ACT}"/>', f'<a {X} href="javascript:{ACT}">a</a>', f'<body {X} onload="{ACT}">b</body>',
    f'<style {X}>@import "https://a.invalid/a.css"; *{{behavior:url(x)}}</style>', f'<link {X} rel="stylesheet" href="https://a.invalid/a.css"/>',
    f'<meta {X} http-equiv="refresh" content="0;url=https://a.invalid/"/>', f'<base {X} href="https://a.invalid/"/>',
    f'<video {X} onerror="{ACT}"><source src="https://a.invalid/a"/></video>', f'<details {X} open="" ontoggle="{ACT}"><summary>s</summary></details>',
    f'<template {X}><script>{ACT}</script></template>', f'<noscript {X}><p title="&lt;/noscript&gt;&lt;script&gt;{ACT}&lt;/script&gt;"/></noscript>',
    f'<paragraph ID="x&quot;&gt;&lt;script&gt;{ACT}&lt;/script&gt;">p</paragraph>', f'<list listType="ordered" onclick="{ACT}"><item onclick="{ACT}">i</item></list>',
    '<renderMultiMedia referencedObject="evil"/>', f'<footnoteRef IDREF="x&quot; onclick=&quot;{ACT}"/>',
    f'<form {X} action="javascript:{ACT}"><button formaction="javascript:{ACT}">f</button></form>',
    f'<paragraph language="fr&quot; onclick=&quot;{ACT}">l</paragraph>', f'<td colspan="2&quot; onclick=&quot;{ACT}">t</td>',
)  # fmt: skip
HTML = base64.b64encode(f"<html><script>top.{ACT};{ACT}</script></html>".encode()).decode()
SVG = base64.b64encode(f'<svg {S} onload="{ACT}"><script>{ACT}</script></svg>'.encode()).decode()
POLYGLOT = base64.b64encode(f"%PDF-1.4 <script>{ACT}</script>".encode()).decode()
GIF = base64.b64encode(f"GIF89a=1;{ACT}".encode()).decode()
ATTACHMENTS = (
    ("text/html", HTML), ("application/pdf", HTML), ("image/svg+xml", SVG), ("image/png", SVG), ("application/pdf", POLYGLOT),
    ("image/gif", GIF), ("text/html", POLYGLOT), (f'application/pdf" onload="{ACT}', POLYGLOT), ("application/xhtml+xml", HTML),
    ("image/png", f'iVBORw0KGgo=" onerror="{ACT}'), ("image/jpeg", f"/9j/'><script>{ACT}</script>"), ("text/javascript", HTML),
)  # fmt: skip
FRAME = """<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="2.999.1" extension={a}/><code code="{kind}" codeSystem="2.16.840.1.113883.6.1" displayName={a}/><title>{t}</title>
<effectiveTime value={a}/><languageCode code="pt-PT"/><recordTarget><patientRole><id root={a} extension={a} assigningAuthorityName={a}/>
<addr use={a}><streetAddressLine>{t}</streetAddressLine><country>{t}</country></addr><telecom value={a} use={a}/><patient>
<name><family>{t}</family><given>{t}</given></name><administrativeGenderCode code={a} displayName={a}/><birthTime value={a}/>
</patient></patientRole></recordTarget><author><time value={a}/><assignedAuthor><id root={a}/><assignedPerson><name>{t}</name>
</assignedPerson></assignedAuthor></author><component>{body}</component></ClinicalDocument>"""
ENTRY = """<entry><act classCode="ACT" moodCode={a}><code code="CONC"/><statusCode code={a}/><entryRelationship typeCode={a}>
<observation classCode={a} moodCode="EVN"><code code={a} codeSystem={a} codeSystemName={a} displayName={a}/><text><reference value={a}/></text>
<effectiveTime><low value={a}/><high nullFlavor={a}/></effectiveTime><value xsi:type="CD" code={a} codeSystem={a} displayName={a}>
<originalText>{t}<reference value={a}/></originalText><qualifier><name code={a}/><value code={a} displayName={a}/></qualifier>
<translation code={a} displayName={a}/></value><value xsi:type="PQ" value={a} unit={a}/></observation></entryRelationship></act></entry>
<entry><observationMedia ID="evil" classCode="OBS" moodCode="EVN"><value mediaType={a} representation="B64">{html}</value></observationMedia></entry>"""


def filled(kind: str, body: str, text: str) -> bytes:
    """The frame with the same text in all its places."""
    return FRAME.format(a=quoteattr(text), t=escape(text), kind=kind, body=body).encode()


def section(narrative: str, text: str) -> str:
    entries = ENTRY.format(a=quoteattr(text), t=escape(text), html=HTML)
    head = f'<code code="11450-4" codeSystem="2.16.840.1.113883.6.1" displayName={quoteattr(text)}/><title>{escape(text)}</title>'
    inside = f"<section>{head}<text>{narrative}</text>{entries}</section>"
    return f"<structuredBody><component>{inside}</component></structuredBody>"


def attacks() -> Iterator[tuple[str, bytes]]:
    """Name and document of each attack."""
    for number, text in enumerate(TEXTS):
        yield f"text-{number}", filled("60591-5", section(f"<paragraph>{escape(text)}</paragraph>", text), text)
    for number, url in enumerate(URLS):
        quoted = quoteattr(url)
        links = f"<linkHtml href={quoted}>link</linkHtml><paragraph><linkHtml href={quoted}/></paragraph>"
        yield f"url-{number}", filled("60591-5", section(links, url), url)
    for number, markup in enumerate(MARKUP):
        yield f"markup-{number}", filled("60591-5", section(markup, "x"), "x")
    for number, (media, data) in enumerate(ATTACHMENTS):
        body = f'<nonXMLBody><text mediaType={quoteattr(media)} representation="B64">{escape(data)}</text></nonXMLBody>'
        yield f"attachment-{number}", filled("60591-5", body, "x")
