"""The matcher ``official_source``: compares a policyText with the text of the official publication.

A similarity ratio is no verdict: a long document that lost forty characters at its head still has a ratio of
0.997. So each edit is judged. A missing head or tail, more than three characters removed or added, and any
change in a number, a date or the name of an authority fail. Smaller edits are notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from framework.base.cutting import masked_slice
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.declare import matcher
from framework.checks.outcome import Outcome, Sources, Violation, failed, mismatch
from framework.checks.shown import shorten
from framework.policy.datafiles import path_problem, read_data
from framework.policy.document import Document
from framework.policy.normalization import NormalizedText, normalize_lines
from framework.policy.text_edits import Edit, find_edits

MAX_SOURCE_BYTES: Final = 16 * 1024 * 1024
MAX_REPORTED_EDITS: Final = 10
TOLERATED_CHARACTERS: Final = 3
_WORD = re.compile(r"[^\W_]")
# A single changed character here changes the meaning: numbers, percentages and dates.
_NUMBER = re.compile(r"[\d〇零一二三四五六七八九十百千万亿两%]|年|月|日")
_AUTHORITY = re.compile(
    r"[一-鿿]{1,16}(?:委员会|管委会|人民政府|政府|办公厅|办公室|法院|检察院|海关|银行|集团|公司|大学|学院|协会|联合会|中心|局|厅|部|委|院|署|处)"
)
_EXCERPT_CONTEXT = 12


def accepts(argument: Json) -> str | None:
    """Return the problem with the argument, or None; it is the name of a data file."""
    return path_problem(argument)


@dataclass(frozen=True, slots=True)
class OfficialText:
    """The publication, and the name of its file for messages."""

    name: str
    text: NormalizedText


def prepare(argument: Json, sources: Sources) -> OfficialText:
    """Read the official text.

    Raises:
        CaseFileError: the file is missing or is not UTF-8 text.
    """
    path = sources.folder / argument
    modified_ns = path.stat().st_mtime_ns if path.is_file() else 0
    return _read_official_text(sources.folder, argument, modified_ns)


# The time of the last change is part of the key, so that an edited file is read again.
@lru_cache(maxsize=8)
def _read_official_text(folder: Path, name: str, _modified_ns: int) -> OfficialText:
    lines = read_data(folder, name, MAX_SOURCE_BYTES).text.splitlines()
    return OfficialText(name, normalize_lines(lines, page=True))


@matcher(
    doc="正文与官方公布的原文一致：缺头尾、缺多三字以上、改数字日期机关都判为不符；文件放在套件旁边",
    words="与官方原文 {argument} 一致",
    example="$.data.result[0].policyText: {official_source: sources/yfb-2024-27.txt}",
    accepts=accepts,
    prepare=prepare,
    needs_record=True,
)
def official_source(value: Json, original: OfficialText, record: Json) -> Outcome:
    """Judge the whole text.

    The publication may begin with the title and the issue number of *record*, even if the policyText does
    not.
    """
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    document = Document(value, record)
    actual = normalize_lines((paragraph.raw for paragraph in document.paragraphs), page=False)
    expected = original.text
    edits = find_edits(expected.text, actual.text)
    same = len(expected.text) - sum(edit.expected_end - edit.expected_start for edit in edits)
    # Less than half of the shorter text in common: a list of edits would not help.
    if same * 2 < min(len(expected.text), len(actual.text)) or not same:
        return failed(_other_document(original.name, same))
    violations: list[Violation] = []
    notes: list[Violation] = []
    for edit in edits:
        reason = _failure_reason(edit, expected, actual, document)
        target = violations if reason else notes
        target.append(_describe_edit(edit, expected, actual, reason or tr("不同")))
    return Outcome(not violations, violations=tuple(_limited(violations)), notes=tuple(_limited(notes)))


def _other_document(name: str, same: int) -> Violation:
    return Violation(
        tr("与 {name} 是同一份文件", name=name),
        tr("相同的只有 {n} 字", n=same),
        tr("正文不是 {name} 这一份", name=name),
        rule="official_source",
    )


def _failure_reason(edit: Edit, expected: NormalizedText, actual: NormalizedText, document: Document) -> str:
    """Return why an edit fails the check, or an empty string if it does not."""
    removed_text = expected.text[edit.expected_start : edit.expected_end]
    added_text = actual.text[edit.actual_start : edit.actual_end]
    removed, added = len(_WORD.findall(removed_text)), len(_WORD.findall(added_text))
    if not removed and not added:
        return ""
    # At the edges any loss counts, because a cut text is the most frequent defect.
    if edit.expected_start == 0 and removed > added:
        return "" if _is_masthead(removed_text, document) else tr("开头缺字")
    if edit.expected_end == len(expected.text) and removed > added:
        return tr("结尾缺字")
    if _NUMBER.search(removed_text) or _NUMBER.search(added_text):
        return tr("数字或日期不同")
    removed_from_authority = _is_inside_authority(expected.text, edit.expected_start, edit.expected_end)
    if removed_from_authority or _is_inside_authority(actual.text, edit.actual_start, edit.actual_end):
        return tr("机关名称不同")
    if removed > TOLERATED_CHARACTERS:
        return tr("缺 {n} 字", n=removed)
    return tr("多 {n} 字", n=added) if added > TOLERATED_CHARACTERS else ""


def _is_masthead(removed_text: str, document: Document) -> bool:
    """Whether the text removed at the head is only the title and the issue number of the record."""
    rest = removed_text
    for name in ("policyTitle", "issueNumber"):
        value = normalize_lines([document.text_field(name)], page=False).text
        if value:
            rest = rest.replace(value, "")
    return not _WORD.search(rest)


def _is_inside_authority(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` lies inside the name of an authority."""
    # Text inserted between two characters is inside a name only if the name contains both of them.
    first = start if end > start else start - 1
    candidates = _AUTHORITY.finditer(text, max(0, start - 20), min(len(text), end + 12))
    return any(name.start() <= first and start < name.end() and end <= name.end() for name in candidates)


def _describe_edit(edit: Edit, expected: NormalizedText, actual: NormalizedText, reason: str) -> Violation:
    line, _ = expected.original_position(edit.expected_start)
    paragraph, offset = actual.original_position(edit.actual_start)
    what = tr(
        "原文第 {line} 行，正文 ¶{n} 第 {at} 字：{why}", line=line + 1, n=paragraph, at=offset, why=reason
    )
    return Violation(
        _excerpt(expected.text, edit.expected_start, edit.expected_end),
        _excerpt(actual.text, edit.actual_start, edit.actual_end),
        what,
        rule="official_source",
    )


def _excerpt(text: str, start: int, end: int) -> str:
    """Return ``text[start:end]`` in 【】 with a few characters around it."""
    before = shorten(masked_slice(text, max(0, start - _EXCERPT_CONTEXT), start))
    after = shorten(masked_slice(text, end, end + _EXCERPT_CONTEXT))
    return f"…{before}【{shorten(masked_slice(text, start, end), 60)}】{after}…"


def _limited(violations: list[Violation]) -> Iterator[Violation]:
    yield from violations[:MAX_REPORTED_EDITS]
    rest = len(violations) - MAX_REPORTED_EDITS
    if rest > 0:
        yield Violation("", "", tr("另有 {n} 处不同", n=rest), rule="official_source")
