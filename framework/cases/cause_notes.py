"""Reads causes.yaml: the owner of a cause, its ticket and its notes.

::

    causes:
      - {pattern: $.data.totalNum 类型*, owner: 张三, link: https://tracker.example/123, state: in_progress,
         note: 网关升级后变成了数字}

A pattern is a part of the text of a cause; ``*`` stands for any characters. The file belongs to the project,
so that triage is done once and survives the nights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from framework.base.errors import CaseFileError
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.problem_limits import start_of
from framework.cases.reader import Reader
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import Node
from framework.cases.yaml.textfile import read_source

FILE = "causes.yaml"
STATES = {"open": "待处理", "in_progress": "处理中", "fixed": "已修，待发布", "wont_fix": "不修"}
_KEYS = ("pattern", "owner", "link", "note", "state")


@dataclass(frozen=True, slots=True)
class CauseNote:
    """The notes of people about the causes that *pattern* fits. Empty texts were not given."""

    pattern: str
    owner: str
    link: str
    note: str
    state: str
    span: Span

    def fits(self, text: str) -> bool:
        """Return whether the pattern fits the text of a cause."""
        parts = map(re.escape, self.pattern.split("*"))
        return re.search(".*".join(parts), text) is not None


def load_cause_notes(root: Path) -> tuple[CauseNote, ...]:
    """Return the notes of the project, in the order written; none without the file.

    Raises:
        CaseFileError: the file cannot be read or has mistakes; it holds all of them.
    """
    if not (root / FILE).exists():
        return ()
    return parse_cause_notes(read_source(root / FILE, FILE))


def parse_cause_notes(source: Source) -> tuple[CauseNote, ...]:
    """Return the notes in the text of a causes.yaml.

    Raises:
        CaseFileError: it has mistakes.
    """
    reader = Reader()
    top = reader.mapping(parse_yaml(source), FILE, ("causes",))
    items = reader.sequence(top.get("causes") if top else None, "causes")
    notes = [_note(item, reader) for item in items]
    if reader.problems:
        raise CaseFileError(*sorted(reader.problems, key=start_of))
    return tuple(note for note in notes if note is not None)


def note_of(text: str, notes: Iterable[CauseNote]) -> CauseNote | None:
    """Return the first note that fits the text of a cause."""
    return next((note for note in notes if note.fits(text)), None)


def _note(node: Node, reader: Reader) -> CauseNote | None:
    mapping = reader.mapping(node, "causes", _KEYS)
    if mapping is None:
        return None
    pattern, owner, link, note, state = (reader.text(mapping.get(key), key) for key in _KEYS)
    if mapping.get("pattern") is None:
        what = tr("这一项没有写 pattern")
        how = tr("抄报告里原因的文字，不定的部分写 *，例如 pattern: $.data.totalNum*")
        reader.problem("cause-pattern", what, how, mapping.span)
    elif pattern and not pattern.strip("* "):
        what = tr("pattern 对每个原因都成立")
        reader.problem("cause-pattern", what, tr("写出原因文字的一部分"), mapping.span)
    place = mapping.get("link")
    if link and place is not None and not _is_page(link):
        reader.problem("cause-link", tr("link 要写成 http 或 https 的地址"), "", place.span)
    place = mapping.get("state")
    if state and place is not None and state not in STATES:
        how = reader.suggest(state, STATES) or tr("可以写：{names}", names=tr("、").join(STATES))
        reader.problem("cause-state", tr("state 没有 {state} 这种", state=state), how, place.span)
    return CauseNote(pattern, owner, link, note, state, mapping.span)


def _is_page(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https")
    except ValueError:
        return False
