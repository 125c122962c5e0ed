"""The page is valid HTML and CSS. The rule: the Nu checker of the W3C finds no error (remarks are not errors: it
takes no hash of a style for one, and tells of narrative tables whose rows differ in length).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from browser.conftest import Shown

pytestmark = pytest.mark.browser


def test_every_page_is_valid(pages: list[Shown], packages: Path) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("no Java here (the package default-jre-headless)")
    jar = packages / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [java, "-Xss4m", "-jar", str(jar), "--format", "json", "--html", *(str(p.file) for p in pages)]
    said = subprocess.run(command, capture_output=True, check=False).stderr
    found = [
        f"{Path(message['url']).name}:{message.get('lastLine')}: {message['message']} {message.get('extract', '')}"
        for message in json.loads(said)["messages"]
        if message["type"] != "info"
    ]
    assert not found, f"{len(found)}\n" + "\n".join(found[:60])
