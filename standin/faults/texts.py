"""Faults of the policyText."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

from standin.faults.fault import Fault, in_policies, in_record
from standin.paging import Page
from standin.policy import Policy

NUMBERED_PARAGRAPH = re.compile(
    r"<p>(?:第[一二三四五六七八九十百零]+条 |\([二三四五六七八九]\)|[2-9]\.)[^<]*</p>"
)


def _in_text(number: int, name: str, effect: str, change: Callable[[str], str]) -> Fault:
    def altered(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
        return {**record, "policyText": change(record["policyText"])}

    return in_record(number, name, effect, altered)


def _head_cut(text: str) -> str:
    head, end, rest = text.removeprefix("<p>").partition("</p>")
    return f"<p>{head[len(head) // 2 :]}{end}{rest}"


def _with_replacement_characters(text: str) -> str:
    middle = len(text) // 2
    stop = max(2, text.find("。", middle))
    return text[: stop - 2] + "\ufffd\ufffd" + text[stop:]


def _article_dropped(text: str) -> str:
    found = list(NUMBERED_PARAGRAPH.finditer(text))
    # A text without numbered paragraphs stays sound.
    if not found:
        return text
    dropped = found[len(found) // 2]
    return text[: dropped.start()] + text[dropped.end() :]


def _texts_moved(policies: list[Policy], page: Page) -> list[Policy]:
    texts = [policy.text for policy in policies]
    return [replace(policy, text=text) for policy, text in zip(policies, texts[1:] + texts[:1], strict=True)]


def _signed_later(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Date the signature in the year after the publication."""
    later = int(policy.publish_time[:4]) + 1
    return {**record, "policyText": SIGNED.sub(rf"<p>{later}年\2", record["policyText"])}


SIGNED = re.compile(r"<p>(\d{4})年(\d{1,2}月\d{1,2}日</p>)")
SCRIPT = "<script>alert(document.cookie)</script><img src=x onerror=alert(1)>"

TEXTS = (
    _in_text(51, "head-cut", "正文开头缺失", _head_cut),
    _in_text(52, "tail-cut", "正文末尾断在标签内", lambda text: text[:-2]),
    _in_text(53, "cut-at-4000", "正文截断为 4000 字", lambda text: text[:4000]),
    _in_text(54, "mojibake", "正文出现替换字符", _with_replacement_characters),
    _in_text(55, "double-escaped", "正文被二次转义", escape),
    _in_text(56, "script-in-text", "正文带脚本", lambda text: text + SCRIPT),
    _in_text(57, "article-dropped", "正文漏一条", _article_dropped),
    in_policies(58, "text-of-another", "正文属于另一政策", _texts_moved),
    _in_text(59, "tabs-stripped", "表格制表符丢失", lambda text: text.replace("\t", "")),
    in_record(115, "signed-in-the-future", "落款的年份在发布之后", _signed_later),
)
