"""Controls headless Chromium with the DevTools protocol over a pair of pipes.

It needs no package and opens no port. A page is opened from disk, as a person opens it. Its requests and
messages are recorded.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--remote-debugging-pipe",
    "--window-size=1400,1000",
)
_MAX_SECONDS = 60.0
_MAX_ADDRESS = 500  # the scripts of the page are data: addresses of a megabyte


class BrowserError(Exception):
    """The browser rejected a command, ended, or took too long."""


def find() -> str | None:
    """Return the path of the browser, None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """One page.

    ``requests``: addresses of all its requests. ``dialogs``: texts of its alerts. ``messages``: its errors
    and log entries.
    """

    def __init__(self, commands: int, replies: int) -> None:
        self._commands, self._replies = commands, replies
        self._pending = b""
        self._number = 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.messages: list[str] = []

    def attach(self) -> None:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, seconds: float = _MAX_SECONDS, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result. Events that arrive meanwhile are recorded."""
        self._number += 1
        number = self._number
        command = {
            "id": number,
            "method": method,
            "params": parameters,
            **({"sessionId": self._session} if self._session else {}),
        }
        _write(self._commands, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + seconds
        while True:
            message = self._read(deadline, method)
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                return dict(message["result"])
            self._record_event(message)

    def _read(self, deadline: float, awaited: str) -> dict[str, Any]:
        while b"\0" not in self._pending:
            ready, _, _ = select.select([self._replies], [], [], max(0.0, deadline - time.monotonic()))
            received = os.read(self._replies, 1 << 20) if ready else b""
            if not received:
                raise BrowserError(f"{awaited}: the browser {'ended' if ready else 'took too long'}")
            self._pending += received
        line, _, self._pending = self._pending.partition(b"\0")
        return dict(json.loads(line))

    def _record_event(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"][:_MAX_ADDRESS])
            case "Page.javascriptDialogOpening":
                self.dialogs.append(parameters["message"])
                _write(
                    self._commands,
                    json.dumps(
                        {
                            "id": 0,
                            "method": "Page.handleJavaScriptDialog",
                            "params": {"accept": True},
                            "sessionId": self._session,
                        }
                    ).encode()
                    + b"\0",
                )
            case "Runtime.exceptionThrown":
                self.messages.append(
                    parameters["exceptionDetails"]
                    .get("exception", {})
                    .get("description", parameters["exceptionDetails"]["text"])
                )
            case "Log.entryAdded":
                self.messages.append(parameters["entry"]["text"])

    def before_any_script(self, script: str) -> None:
        """Run *script* in every document that is opened from now on, before its own scripts."""
        self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def open(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def value(self, expression: str) -> Any:
        """Return the value of *expression*. If it is a promise, wait for it."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(
                f"{expression}: {result['exceptionDetails'].get('exception', {}).get('description')}"
            )
        return result["result"].get("value")

    def wait_for(self, expression: str, seconds: float = _MAX_SECONDS) -> None:
        """Return when *expression* is true. The page itself waits between two evaluations."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.value(f"new Promise(resolve => setTimeout(() => resolve(!!({expression})), 20))"):
                    return
            except BrowserError as error:
                if "navigated" not in str(error) and "context" not in str(error):
                    raise
                # the page is being replaced by another document
        raise BrowserError(f"{expression} did not come true in {seconds:g} s")


def _write(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]


@contextmanager
def opened(executable: str) -> Iterator[Tab]:
    """Run the browser with a temporary profile and yield a page. The browser ends with the block."""
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [executable, *_OPTIONS, f"--user-data-dir={profile}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            start_new_session=True,
            # Popen itself cannot give a child the descriptors 3 and 4.
            preexec_fn=_as_three_and_four(theirs_in, theirs_out),  # noqa: PLW1509
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            tab = Tab(ours_out, ours_in)
            tab.attach()
            yield tab
        finally:
            os.close(ours_out)
            os.close(ours_in)
            process.kill()
            process.wait()


def _as_three_and_four(commands: int, replies: int) -> Callable[[], None]:
    """Return a function that moves the pipes to 3 and 4, where the browser reads and writes."""

    def arrange() -> None:
        high = [os.dup(descriptor) for descriptor in (commands, replies)]
        while min(high) < 5:
            high = [os.dup(descriptor) for descriptor in high]
        for descriptor, place in zip(high, (3, 4), strict=True):
            os.dup2(descriptor, place)

    return arrange
