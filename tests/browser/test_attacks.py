"""Hostile documents in a real browser. The rule: even without the policy of the page (bypassed here, so that the sheets
alone are tested) nothing executes, nothing is fetched, nothing moves away, and the page stays whole.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.attacks import attacks
from browser.chromium import Chromium

from cdatk import Toolkit
from cdatk.emit.html import HtmlEmitter

pytestmark = pytest.mark.browser

PROVOKE = """(async () => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  for (const e of document.querySelectorAll('body *'))
    for (const kind of ['mouseover', 'mouseenter', 'focus', 'toggle', 'error', 'load'])
      e.dispatchEvent(new Event(kind));
  for (const a of document.querySelectorAll('main a')) if (!/^(https?|mailto):/i.test(a.getAttribute('href') || '') && !a.download) a.click();
  await new Promise(done => setTimeout(done, 30));
  const all = [...document.querySelectorAll('*')];
  return {
    pwned: typeof window.pwned !== 'undefined',
    handlers: all.flatMap(e => [...e.attributes]).filter(a => /^on|^style$|^srcdoc$|^formaction$/i.test(a.name)).map(a => a.name),
    tags: all.map(e => e.localName).filter(n => ['script', 'iframe', 'embed', 'svg', 'math', 'form', 'base', 'link', 'input', 'video'].includes(n)),
    addresses: all.flatMap(e => ['href', 'src', 'data'].map(n => e.getAttribute(n)).filter(v => v !== null))
      .filter(v => !/^(#|https?:|mailto:|data:(application\\/pdf|image\\/(png|jpeg));base64,[A-Za-z0-9+\\/=]*$)/.test(v)),
    whole: !!document.getElementById('legende') && !!document.querySelector('.colophon') && document.title.length > 0,
    place: location.protocol,
  };
})()"""
EXPECTED = {"pwned": False, "handlers": [], "tags": [], "addresses": [], "whole": True, "place": "file:"}
OWN = ("file:", "data:", "chrome-extension:")  # the last is the browser's own viewer of PDF
DOCUMENTS = list(attacks())


@pytest.fixture(scope="module")
def pages_of_attacks(toolkit: Toolkit, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """Each as the toolkit shows it and, as some are no documents to it, as the sheets alone do."""
    folder, emitter, made = tmp_path_factory.mktemp("attacks"), HtmlEmitter(), []
    for name, document in DOCUMENTS:
        shown = {"sheets": emitter.emit_html(document, "fr"), "toolkit": toolkit.convert(document, "html").output}
        for way, page in shown.items():
            if page is not None:
                file = folder / f"{name}-{way}.html"
                file.write_bytes(page)
                made.append((f"{name} {way}", file))
    return made


def test_there_are_enough() -> None:
    assert len(DOCUMENTS) >= 60


def test_the_probe_sees_what_acts(chromium: Chromium, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<!DOCTYPE html><title>x</title><img src=x onerror=window.pwned=1><a href=javascript:1>x</a>")
    chromium.open(file)
    state = chromium.evaluate(PROVOKE)
    assert state["pwned"] and state["handlers"] == ["onerror"] and state["addresses"] and not state["whole"]


def test_nothing_acts(chromium: Chromium, pages_of_attacks: list[tuple[str, Path]]) -> None:
    faults = []
    chromium.call("Page.setBypassCSP", enabled=True)
    try:
        for name, file in pages_of_attacks:
            chromium.open(file)
            state = chromium.evaluate(PROVOKE)
            if state != EXPECTED:
                faults.append(f"{name}: { {k: v for k, v in state.items() if v != EXPECTED[k]} }")
            for event in chromium.events:
                method, told = event["method"], event["params"]
                if method == "Page.javascriptDialogOpening":
                    faults.append(f"{name}: dialog")
                if method == "Network.requestWillBeSent" and not told["request"]["url"].startswith(OWN):
                    faults.append(f"{name}: asks for {told['request']['url'][:80]}")
    finally:
        chromium.call("Page.setBypassCSP", enabled=False)
    assert not faults, f"{len(faults)} of {len(pages_of_attacks)}\n" + "\n".join(faults[:40])


def test_the_policy_of_the_page_lets_its_own_parts_through(
    chromium: Chromium, pages_of_attacks: list[tuple[str, Path]]
) -> None:
    """With the policy in force the browser reports nothing refused, and the style is applied."""
    chromium.open(pages_of_attacks[0][1])
    said = [e["params"]["entry"]["text"] for e in chromium.events if e["method"] == "Log.entryAdded"]
    assert not said
    assert chromium.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
