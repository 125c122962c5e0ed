"""A headless Chromium for the tests, spoken to in its own protocol over two pipes: no driver, no port.

The rule: a browser sees only files and data that the test gives it; what it wants besides is recorded.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--hide-scrollbars", "--mute-audio", "--force-color-profile=srgb",
)  # fmt: skip


def executable() -> str | None:
    """The browser of this machine (CDATK_CHROMIUM names another), or None."""
    named = os.environ.get("CDATK_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


class Chromium:
    """One browser process with one tab."""

    def __init__(self, program: str) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="cdatk-browser-")
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        high = [os.dup(to_browser), os.dup(from_browser)]

        def on_three_and_four() -> None:  # where --remote-debugging-pipe looks
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self._process = subprocess.Popen(
            [program, *ARGUMENTS, f"--user-data-dir={self._home.name}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=on_three_and_four,
        )  # fmt: skip
        for end in (*high, to_browser, from_browser):
            os.close(end)
        self._number, self._buffer = 0, b""
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Network.setCacheDisabled", cacheDisabled=True)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        for end in (self._write, self._read):
            os.close(end)
        self._home.cleanup()

    def call(self, method: str, timeout: float = 120, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol; RuntimeError when the browser refuses it."""
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        answer = self._until(lambda m: m.get("id") == number, timeout)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result

    def _until(self, wanted: Callable[[dict[str, Any]], bool], timeout: float) -> dict[str, Any]:
        end = time.monotonic() + timeout
        while True:
            head, separator, rest = self._buffer.partition(b"\0")
            if separator:
                self._buffer = rest
                message: dict[str, Any] = json.loads(head)
                if message.get("method") == "Page.javascriptDialogOpening":
                    self._dismiss()
                if "method" in message:
                    self.events.append(message)
                if wanted(message):
                    return message
                continue
            if not select.select([self._read], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            self._buffer += os.read(self._read, 1 << 20)

    def _dismiss(self) -> None:
        self._number += 1
        message = {
            "id": self._number, "method": "Page.handleJavaScriptDialog", "params": {"accept": False},
            "sessionId": self._session,
        }  # fmt: skip
        os.write(self._write, json.dumps(message).encode() + b"\0")

    def open(self, page: Path, timeout: float = 120) -> None:
        """Load a file and forget earlier events."""
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        if not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._until(lambda m: m.get("method") == "Page.loadEventFired", timeout)

    def evaluate(self, script: str, timeout: float = 300) -> Any:
        """The value of a script, after its promise."""
        answer = self.call(
            "Runtime.evaluate", timeout, expression=script, returnByValue=True, awaitPromise=True
        )  # fmt: skip
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "script failed"))
        return answer["result"].get("value")

    def width(self, pixels: int, height: int = 900, media: str = "screen", **features: str) -> None:
        """Size of the window, kind of medium and preferences such as ``prefers_color_scheme="dark"``."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=pixels, height=height, deviceScaleFactor=1, mobile=False
        )  # fmt: skip
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", media=media, features=wanted)

    def screenshot(self, target: Path, whole: bool = False) -> None:
        """The window as PNG, or the whole page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        target.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self) -> bytes:
        """The page on paper."""
        self.call("Emulation.setEmulatedMedia", media="print", features=[])
        self.call("Emulation.clearDeviceMetricsOverride")
        printed = self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(printed["data"])
