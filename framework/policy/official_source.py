"""``official_source``: a policyText against the text of the official publication, judged by what was changed.

A ratio is no verdict: cutting forty characters off the head of a long document leaves 0.997. What fails: a
head or a tail that is lost, more than three characters gone or added, any change in a number, a date or the
name of a body. Smaller edits are notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.declare import matcher
from framework.checks.outcome import Outcome, Sources, Violation, mismatch
from framework.checks.shown import shorten
from framework.policy.datafiles import path_problem, read_data
from framework.policy.document import Document
from framework.policy.edits import Edit, edits
from framework.policy.normal import Normal, normal

MAX_SOURCE: Final = 16 * 1024 * 1024
MOST: Final = 10
TOLERATED: Final = 3
_WORD = re.compile(r"[^\W_]")
_NUMBER = re.compile(r"[\d〇零一二三四五六七八九十百千万亿两%]|年|月|日")
_BODY = re.compile(
    r"[一-鿿]{1,16}(?:委员会|管委会|人民政府|政府|办公厅|办公室|法院|检察院|海关|银行|集团|公司|大学|学院|协会|联合会|中心|局|厅|部|委|院|署|处)"
)
_AROUND = 12


def accepts(argument: Json) -> str | None:
    return path_problem(argument)


@dataclass(frozen=True, slots=True)
class Original:
    name: str
    text: Normal


def prepare(argument: Json, sources: Sources) -> Original:
    """Read the official text.

    Raises:
        CaseFileError: there is no such file, or it is no text.
    """
    path = sources.folder / argument
    return _original(sources.folder, argument, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=8)
def _original(folder: Path, name: str, _stamp: int) -> Original:
    return Original(name, normal(read_data(folder, name, MAX_SOURCE).text.splitlines(), page=True))


@matcher(
    doc="正文与官方公布的原文一致:缺头尾、缺多三字以上、改数字日期机关都判失败;文件放在套件旁边",
    words="与官方原文 {argument} 一致",
    example="$.data.result[0].policyText: {official_source: sources/yfb-2024-27.txt}",
    accepts=accepts,
    prepare=prepare,
    needs_record=True,
)
def official_source(value: Json, original: Original, record: Json) -> Outcome:
    """Judge the whole text; *record* tells which title and number may stand before it in the publication."""
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    document = Document(value, record)
    found, wanted = normal((paragraph.raw for paragraph in document.paragraphs), page=False), original.text
    changes = edits(wanted.text, found.text)
    same = len(wanted.text) - sum(change.end - change.start for change in changes)
    if same * 2 < min(len(wanted.text), len(found.text)) or not same:
        return Outcome(
            False,
            violations=(
                Violation(
                    tr("与 {name} 是同一份文件", name=original.name),
                    tr("相同的只有 {n} 字", n=same),
                    tr("正文不是 {name} 这一份", name=original.name),
                    rule="official_source",
                ),
            ),
        )
    violations: list[Violation] = []
    notes: list[Violation] = []
    for change in changes:
        why = _verdict(change, wanted, found, document)
        (violations if why else notes).append(_told(change, wanted, found, why or tr("不同")))
    return Outcome(not violations, violations=tuple(_limited(violations)), notes=tuple(_limited(notes)))


def _verdict(change: Edit, wanted: Normal, found: Normal, document: Document) -> str:
    """Return why an edit fails, or an empty text."""
    gone, new = wanted.text[change.start : change.end], found.text[change.at : change.to]
    lost, added = len(_WORD.findall(gone)), len(_WORD.findall(new))
    if not lost and not added:
        return ""
    if change.start == 0 and lost > added:
        return "" if _is_masthead(gone, document) else tr("开头缺字")
    if change.end == len(wanted.text) and lost > added:
        return tr("结尾缺字")
    if _NUMBER.search(gone) or _NUMBER.search(new):
        return tr("数字或日期不同")
    if _names_body(wanted.text, change.start, change.end) or _names_body(found.text, change.at, change.to):
        return tr("机关名称不同")
    if lost > TOLERATED:
        return tr("缺 {n} 字", n=lost)
    return tr("多 {n} 字", n=added) if added > TOLERATED else ""


def _is_masthead(gone: str, document: Document) -> bool:
    """Whether what the text lacks at its head is only its record's title and number."""
    rest = gone
    for name in ("policyTitle", "issueNumber"):
        rest = rest.replace(normal([document.field(name)], page=False).text or "\0", "")
    return not _WORD.search(rest)


def _names_body(text: str, start: int, end: int) -> bool:
    """Whether the place lies inside the name of a body."""
    window = _BODY.finditer(text, max(0, start - 20), min(len(text), end + 12))
    first = (
        start if end > start else start - 1
    )  # what was put between two characters is inside a name that holds both
    return any(found.start() <= first and start < found.end() and end <= found.end() for found in window)


def _told(change: Edit, wanted: Normal, found: Normal, why: str) -> Violation:
    line, _ = wanted.place(change.start)
    paragraph, offset = found.place(change.at)
    what = tr("原文第 {line} 行,正文 ¶{n} 第 {at} 字:{why}", line=line + 1, n=paragraph, at=offset, why=why)
    return Violation(
        _shown(wanted.text, change.start, change.end),
        _shown(found.text, change.at, change.to),
        what,
        rule="official_source",
    )


def _shown(text: str, start: int, end: int) -> str:
    """Return the place with a few characters around it, what differs in 【】."""
    return f"…{shorten(text[max(0, start - _AROUND) : start])}【{shorten(text[start:end], 60)}】{shorten(text[end : end + _AROUND])}…"


def _limited(violations: list[Violation]) -> Iterator[Violation]:
    yield from violations[:MOST]
    if len(violations) > MOST:
        yield Violation("", "", tr("另有 {n} 处不同", n=len(violations) - MOST), rule="official_source")
