"""Tells the chat group what changed, once a night. The only module that imports apprise.

The address is a secret: whoever has it can write to the group. So it goes to a process of its own through that process's
standard input, nothing that process says is shown, and a hang of the far side ends with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.environments import stored_value
from framework.night.summary_page import Night, category_word, verdict_line
from framework.report.causes import grouped
from framework.report.run_record import verdict_of

VARIABLE = "HARNESS_NOTIFY_URL"
SECONDS = 30.0
_MOST = 10
_BAD_ADDRESS, _REFUSED, _NO_APPRISE = 3, 4, 5
_SAID = {
    _BAD_ADDRESS: "环境变量 HARNESS_NOTIFY_URL 不是通知地址",
    _REFUSED: "对方没有收下",
    _NO_APPRISE: "没有安装 apprise(scripts/nightly 会装)",
}


def notify_address(root: Path) -> str:
    """Return the address to notify, from the process's environment or .env; empty where there is none."""
    return stored_value(root, VARIABLE).strip()


def message(night: Night) -> tuple[str, str]:
    """Return title and text. The text holds what changed and nothing that who read of the night before knows."""
    run, changes = night.run, night.changes
    title = tr("接口回归 {environment}:{verdict}", environment=run.environment, verdict=verdict_line(run))
    lines = list(verdict_of(run)[1])
    lines += _causes(
        tr("新不符"), [(change.case.category, change.case.cause, change.case.id) for change in changes.broke]
    )
    lines += _causes(tr("没有评判"), [(case.category, case.cause, case.id) for case in changes.unjudged])
    lines += _cases(tr("恢复"), [change.case.id for change in changes.recovered])
    lines += _cases(tr("用例文件没有载入"), changes.new_problems)
    lines += _cases(tr("用例不见了"), changes.gone)
    lines += [tr("报告: {report}", report=night.report)] if night.report else []
    return _harmless(title), "\n".join(map(_harmless, lines))


def _causes(word: str, cases: Sequence[tuple[str, str, str]]) -> list[str]:
    groups = grouped(cases)
    lines = [
        f"{word} {len(ids)} × [{category_word(category)}] {cause}" for category, cause, ids in groups[:_MOST]
    ]
    return lines if len(groups) <= _MOST else [*lines, tr("… 另有 {n} 个原因", n=len(groups) - _MOST)]


def _cases(word: str, cases: Sequence[str]) -> list[str]:
    shown = tr("、").join(cases[:_MOST])
    return (
        [f"{word} {len(cases)}{tr(':')}{shown}" + (tr(" 等") if len(cases) > _MOST else "")] if cases else []
    )


def _harmless(text: str) -> str:
    """A reply's text must not call the whole group: ``@all`` is a command to some chat services."""
    return visible(text).replace("@", "\uff20")[:500]


def send(address: str, title: str, text: str, seconds: float = SECONDS) -> str:
    """Send, and return why it could not be sent, empty where it was. Never raises, never takes longer than
    *seconds*.
    """
    command = [sys.executable, "-m", __name__]
    given = json.dumps({"addresses": address.split(), "title": title, "text": text})
    try:
        done = subprocess.run(
            command,
            input=given,
            encoding="utf-8",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return tr("{seconds:.0f} 秒内没有送达", seconds=seconds)
    except OSError as error:
        return type(error).__name__
    return tr(_SAID.get(done.returncode, "通知程序出错")) if done.returncode else ""


def unsent(night: Night) -> str:
    """Return why nothing needs to be told, empty where something does."""
    return "" if night.changes.news else tr("与上一夜相同,没有发通知")


def _deliver(addresses: Sequence[str], title: str, text: str) -> int:
    try:
        import apprise  # noqa: PLC0415  # 0.3 s, and only the nightly run has it
    except ImportError:
        return _NO_APPRISE
    group = apprise.Apprise()
    if not addresses or not all(group.add(address) for address in addresses):
        return _BAD_ADDRESS
    return 0 if group.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT) else _REFUSED


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    sys.exit(_deliver(asked["addresses"], asked["title"], asked["text"]))
