"""Finds the line that says why pytest ended, in its last output."""

from __future__ import annotations

import re

from framework.base.messages import tr
from framework.report.words import cut_at_word

_LONGEST_REASON = 200
_BEFORE_A_REASON = re.compile(r"^(?:ERROR: |E +|Exit: )|^[\w./-]+: error: ")
_RAISED = re.compile(r"E +\S|(?:\w+\.)*\w+(?:Error|Exception|Exit|Interrupt)\b.*: ")


def reason_in(text: str) -> str:
    """Return the line of pytest's last words that says why it ended, empty if it said nothing."""
    lines = [line for line in text.splitlines() if line.strip()]
    raised = [line for line in lines if _RAISED.match(line)]
    usage = [line for line in lines if re.search(r"^\S+: error: ", line)]
    stated = [line for line in lines if line.startswith("ERROR: ") and not line.startswith("ERROR: usage:")]
    line = next(iter([*usage[-1:], *stated[:1], *raised[-1:], *lines[-1:]]), "")
    reason = _BEFORE_A_REASON.sub("", line).strip().removeprefix(tr("错误：{what}", what=""))
    return cut_at_word(reason, _LONGEST_REASON)
