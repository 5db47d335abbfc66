"""Sends the night's changes to the chat group through apprise.

The address is a secret: everyone who has it can write to the group. So apprise runs in a process of its own,
which gets the address on standard input and whose output is dropped. It is killed if the chat service hangs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from framework.base.messages import tr
from framework.cases.environments import stored_value
from framework.night.summary_page import Night

VARIABLE = "HARNESS_NOTIFY_URL"
SECONDS = 30.0
_BAD_ADDRESS, _REFUSED, _NO_APPRISE = 3, 4, 5
_MESSAGES = {
    _BAD_ADDRESS: "环境变量 HARNESS_NOTIFY_URL 不是通知地址",
    _REFUSED: "对方没有收下",
    _NO_APPRISE: "没有安装 apprise（scripts/nightly 会装）",
}


def notify_address(root: Path) -> str:
    """Return the address of the chat group from the environment or .env; empty if there is none."""
    return stored_value(root, VARIABLE).strip()


def send(address: str, title: str, text: str, seconds: float = SECONDS) -> str:
    """Send the message within *seconds*; return why that failed, empty if it did not. Never raises."""
    command = [sys.executable, "-m", __name__]
    request = json.dumps({"addresses": address.split(), "title": title, "text": text})
    try:
        finished = subprocess.run(
            command,
            input=request,
            encoding="utf-8",
            stdout=subprocess.DEVNULL,  # apprise may print the address
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],  # so that ``-m`` finds this module
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return tr("{seconds:.0f} 秒内没有送达", seconds=seconds)
    except OSError as error:
        return type(error).__name__
    if finished.returncode == 0:
        return ""
    return tr(_MESSAGES.get(finished.returncode, "通知程序出错"))


def reason_not_to_send(night: Night) -> str:
    """Return why no message is needed; empty if one is."""
    return "" if night.changes.is_news else tr("与上一夜相同，没有发通知")


def _deliver(addresses: Sequence[str], title: str, text: str) -> int:
    try:
        import apprise  # noqa: PLC0415  # takes 0.3 s, and only the nightly run has it
    except ImportError:
        return _NO_APPRISE
    group = apprise.Apprise()
    if not addresses or not all(group.add(address) for address in addresses):
        return _BAD_ADDRESS
    return 0 if group.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT) else _REFUSED


if __name__ == "__main__":
    request = json.load(sys.stdin)
    sys.exit(_deliver(request["addresses"], request["title"], request["text"]))
