"""The matcher ``official_source``: compares a policyText with the text of the official publication.

A similarity ratio is no verdict: a long document that lost forty characters at its head still has a ratio of
0.997, and one that lost a single 不 says the opposite. So each edit is judged, and every changed, lost or
added word fails. Differences of layout do not count (``normalization`` lists them), and those of punctuation
are notes. A case may tolerate some characters at each place, but none in a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from framework.base.cutting import masked_slice
from framework.base.errors import did_you_mean
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.declare import matcher
from framework.checks.outcome import Outcome, Sources, Violation, failed, mismatch
from framework.checks.shown import shorten
from framework.policy.datafiles import path_problem, read_data
from framework.policy.differences import Difference, Texts, at_paragraphs, differences
from framework.policy.document import Document
from framework.policy.masthead import Alignment, Masthead
from framework.policy.normalization import NormalizedText, normalize_lines
from framework.policy.text_edits import Edit, find_edits

MAX_SOURCE_BYTES: Final = 16 * 1024 * 1024
MAX_REPORTED_EDITS: Final = 10
MOST_TOLERATED: Final = 20
_KEYS: Final = ("file", "tolerate")
_EXCERPT_CONTEXT = 12


def accepts(argument: Json) -> str | None:
    """Return the problem with the argument, or None: the name of a data file, or ``{file, tolerate}``."""
    if not isinstance(argument, dict):
        return path_problem(argument)
    for key in argument:
        if key not in _KEYS:
            suggestion = did_you_mean(key, _KEYS)
            return tr("没有 {key} 这个键", key=key) + (tr("：") + suggestion if suggestion else "")
    tolerate = argument.get("tolerate", 1)
    if isinstance(tolerate, bool) or not isinstance(tolerate, int) or not 1 <= tolerate <= MOST_TOLERATED:
        return tr("tolerate 是每一处最多容许几个字不同，写 1 到 {most}", most=MOST_TOLERATED)
    return path_problem(argument.get("file"))


@dataclass(frozen=True, slots=True)
class OfficialText:
    """The publication, the name of its file for messages, and the characters that a place may differ in."""

    name: str
    text: NormalizedText
    tolerate: int = 0


def prepare(argument: Json, sources: Sources) -> OfficialText:
    """Read the official text.

    Raises:
        CaseFileError: the file is missing or is not UTF-8 text.
    """
    options = argument if isinstance(argument, dict) else {"file": argument}
    name = options["file"]
    path = sources.folder / name
    modified_ns = path.stat().st_mtime_ns if path.is_file() else 0
    return OfficialText(
        name, _read_official_text(sources.folder, name, modified_ns), options.get("tolerate", 0)
    )


# The time of the last change is part of the key, so that an edited file is read again.
@lru_cache(maxsize=8)
def _read_official_text(folder: Path, name: str, _modified_ns: int) -> NormalizedText:
    return normalize_lines(read_data(folder, name, MAX_SOURCE_BYTES).text.splitlines(), page=True)


def show(argument: Json) -> str:
    """Return the argument as people read it in the title of the check."""
    if not isinstance(argument, dict):
        return str(argument)
    tolerated = tr("（每处容许 {n} 字不同）", n=argument["tolerate"]) if "tolerate" in argument else ""
    return f"{argument['file']}{tolerated}"


@matcher(
    doc="正文与官方公布的原文一致：改字、缺字、多字、次序不同都判为不符，标点不同只提示，排版不计；"
    "文件放在套件旁边",
    words="与官方原文 {argument} 一致",
    example="$.data.result[0].policyText: {official_source: sources/yfb-2024-27.txt}",
    accepts=accepts,
    prepare=prepare,
    show=show,
    needs_record=True,
)
def official_source(value: Json, original: OfficialText, record: Json) -> Outcome:
    """Judge the whole text.

    One of the two may lack the masthead: title and issue number of *record*, and the authority.
    """
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    document = Document(value, record)
    actual = normalize_lines((paragraph.raw for paragraph in document.paragraphs), page=False)
    expected = original.text
    masthead = Masthead(document)
    alignment = masthead.align(expected, actual)
    edits = _edits(expected, actual, alignment)
    same = len(expected.text) - alignment.expected_start - sum(map(_removed, edits))
    # Less than half of the shorter text in common: a list of edits would not help.
    if same * 2 < min(len(expected.text), len(actual.text)) or not same:
        return failed(_other_document(original.name, same))
    texts = Texts(expected, actual, alignment.expected_start)
    of_text = [
        edit
        for edit in (at_paragraphs(edit, texts) for edit in edits)
        if not _is_of_masthead(edit, texts, masthead, alignment)
    ]
    violations: list[Violation] = []
    notes: list[Violation] = []
    for difference in differences(of_text, texts):
        is_tolerated = difference.kind == "wording" and difference.size <= original.tolerate
        target = notes if difference.kind == "layout" or is_tolerated else violations
        target.append(_violation(difference, texts))
    return Outcome(not violations, violations=tuple(_limited(violations)), notes=tuple(_limited(notes)))


def _edits(expected: NormalizedText, actual: NormalizedText, alignment: Alignment) -> list[Edit]:
    starts = alignment.expected_start, alignment.actual_start
    found = find_edits(expected.text[starts[0] :], actual.text[starts[1] :])
    return [edit.shifted(*starts) for edit in found]


def _removed(edit: Edit) -> int:
    return edit.expected_end - edit.expected_start


def _is_of_masthead(edit: Edit, texts: Texts, masthead: Masthead, alignment: Alignment) -> bool:
    """Whether an edit only takes a line of the masthead away, or adds one."""
    before, after = texts.removed(edit), texts.added(edit)
    is_beyond = edit.expected_start >= alignment.expected_end and edit.actual_start >= alignment.actual_end
    if is_beyond or (before and after):
        return False
    is_line = texts.expected.paragraphs_in(
        edit.expected_start, edit.expected_end
    ) or texts.actual.paragraphs_in(edit.actual_start, edit.actual_end)
    return masthead.has(before or after) if is_line else masthead.is_name(before or after)


def _other_document(name: str, same: int) -> Violation:
    return Violation(
        tr("与 {name} 是同一份文件", name=name),
        tr("相同的只有 {n} 字", n=same),
        tr("正文不是 {name} 这一份", name=name),
        rule="official_source",
    )


def _violation(difference: Difference, texts: Texts) -> Violation:
    edit = difference.edit
    line, column = texts.expected.place(edit.expected_start)
    paragraph, at = texts.actual.place(edit.actual_start)
    what = tr(
        "原文第 {line} 段第 {column} 字，正文第 {n} 段第 {at} 字：{why}",
        line=line,
        column=column,
        n=paragraph,
        at=at,
        why=difference.words,
    )
    return Violation(
        _excerpt(texts.expected.text, edit.expected_start, edit.expected_end),
        _excerpt(texts.actual.text, edit.actual_start, edit.actual_end),
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
