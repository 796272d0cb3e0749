"""A real browser without a window, told what to do as a reader would do it: with a pointer and keys.

Chromium's DevTools protocol through two pipes (`--remote-debugging-pipe`): JSON messages with a zero byte between.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome-headless-shell")
_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe")
_PATIENCE = 60.0
"""Seconds after which a browser that does not answer is given up."""


def executable() -> str | None:
    """Chromium or what is built on it, where there is one."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Browser:
    """One tab. `problems` holds what the pages complained about: exceptions, errors and warnings of the console."""

    def __init__(self, program: str, profile: Path) -> None:
        self.problems: list[str] = []
        self._number, self._loaded, self._session, self._received = 0, False, "", b""
        read, self._write = os.pipe()
        self._read, write = os.pipe()
        arguments = [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        # The browser reads from descriptor 3 and writes to 4.
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" 3<&{read} 4>&{write}', *arguments],
            pass_fds=(read, write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read)
        os.close(write)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._read)
        os.close(self._write)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the browser answers to one message of its protocol."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self._note(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, page: Path | str, width: int, height: int = 900) -> None:
        """Load a page into a window of this size (CSS pixels)."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self._loaded = False
        self.call("Page.navigate", url=page if isinstance(page, str) else page.as_uri())
        while not self._loaded:
            self._note(self._next())

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, of a promise when it is kept."""
        found = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["exception"].get("description", expression))
        return found["result"].get("value")

    def wait(self, expression: str) -> None:
        """Until it is true."""
        end = time.monotonic() + _PATIENCE
        while not self.evaluate(expression):
            if time.monotonic() > end:
                raise TimeoutError(f"never true: {expression}; {self.problems}")
            time.sleep(0.05)

    def press(self, key: str, code: int) -> None:
        """Strike a key; code: its Windows virtual key code, which the protocol wants."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def point(self, x: float, y: float) -> None:
        """Move the pointer there."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the left button at `start`, move and let it go at `end`."""
        self.point(*start)
        self._button("mousePressed", *start, held=1)
        for share in (0.25, 0.5, 0.75, 1.0):
            x, y = (first + share * (last - first) for first, last in zip(start, end, strict=True))
            self._button("mouseMoved", x, y, held=1)
        self._button("mouseReleased", *end, held=0)

    def allow(self, permissions: list[str], origin: str) -> None:
        """Grant pages of an origin what a reader would be asked for."""
        self.call("Browser.grantPermissions", permissions=permissions, origin=origin)
        self.call("Page.bringToFront")

    def picture(self, path: Path) -> None:
        """Save what the window shows as a PNG: for a look while a test is written."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def _button(self, kind: str, x: float, y: float, held: int) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=held, clickCount=1)

    def _next(self) -> dict[str, Any]:
        watchdog = threading.Timer(_PATIENCE, self._process.kill)
        watchdog.start()
        try:
            while b"\0" not in self._received:
                more = os.read(self._read, 1 << 16)
                if not more:
                    raise RuntimeError(f"the browser is gone; {self.problems}")
                self._received += more
            text, _, self._received = self._received.partition(b"\0")
            return json.loads(text)
        finally:
            watchdog.cancel()

    def _note(self, event: dict[str, Any]) -> None:
        method, found = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Runtime.exceptionThrown":
            self.problems.append(found["exceptionDetails"]["exception"].get("description", "exception"))
        elif method == "Runtime.consoleAPICalled" and found["type"] in ("error", "warning"):
            self.problems.append(" ".join(str(part.get("value", part)) for part in found["args"]))
        elif method == "Log.entryAdded" and found["entry"]["level"] in ("error", "warning"):
            self.problems.append(found["entry"]["text"])
