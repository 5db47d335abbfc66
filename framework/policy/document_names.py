"""Compares the names of documents: titles in full and in short, with and without their edition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from framework.policy.document import compact

_QUOTATION_MARKS = re.compile(r"[《》〈〉“”\"]")
_QUOTED_NAME = re.compile(r"《([^《》]{2,120})》")
# Two editions of a document have the same name apart from the year or the word in brackets.
_EDITION = re.compile(r"\((?:\d{4}.{0,12}|试行|暂行|修订|草案|修正|征求意见稿|.{0,6}版)\)$")
# Words that many names share. If only they agree, two names are not those of one document.
_GENERIC_WORDS = re.compile(
    r"^[一-鿿]{2,3}[省市区县州]|关于|若干|实施|行动|管理|工作|发展|促进|支持|推动|加快|(?:方案|办法|计划|规划|措施|意见|细则|规定|政策|通知|条例|要点|指南|规则)$"
)
_SUBJECT = re.compile(
    r"关于(?:印发|发布|公布|转发|开展|做好)?(.{4,120}?)(?:的(?:通知|意见|实施意见|决定|公告|通告|通报|批复|函|指导意见))?$"
)


def without_quotation_marks(text: str) -> str:
    return _QUOTATION_MARKS.sub("", text)


def core_name(name: str) -> str:
    """Return a name in the form for comparison: compact, without its edition and its quotation marks."""
    return without_quotation_marks(_EDITION.sub("", compact(name)))


def quoted_names(title: str) -> list[str]:
    """Return the core names of the documents that a title names in 《》."""
    return [core_name(name) for name in _QUOTED_NAME.findall(title)]


def subject_of(title: str) -> str:
    """Return the subject of a title: the part between 关于 (印发) and 的通知."""
    found = _SUBJECT.search(core_name(title))
    return found[1] if found else core_name(title)


def bigram_share(name: str, text: str) -> float:
    """Return the share, from 0 to 1, of the pairs of adjacent characters in *name* that *text* contains."""
    pairs = {name[index : index + 2] for index in range(len(name) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 1.0


def name_different_places(title: str, other: str) -> bool:
    """Whether both titles name places, and not the same ones."""
    if not _place_names(title) or not _place_names(other):
        return False
    return _place_names(core_name(title)) != _place_names(core_name(other))


def _place_names(text: str) -> list[str]:
    return re.findall(r"[一-鿿]{2}[区县市]", text)[:4]


def may_be_same_document(name: str, other: str) -> bool:
    """Whether two names may be the full and the short name of one document."""
    if name in other or other in name:
        return True
    if name_different_places(name, other):
        return False
    specific, other_specific = _GENERIC_WORDS.sub("", name), _GENERIC_WORDS.sub("", other)
    # If nothing specific is left, the names are too general to contradict each other.
    if len(specific) < 2 or len(other_specific) < 2:
        return True
    return max(bigram_share(specific, other), bigram_share(other_specific, name)) >= 0.5


def have_same_subject(title: str, other_title: str, title_names: Sequence[str]) -> bool:
    """Whether two titles are about the same document; *title_names* are the quoted names of *title*."""
    core, other_core = core_name(title), core_name(other_title)
    if other_core in core or core in other_core:
        return True
    other_names = quoted_names(other_title)
    if other_names and title_names:
        return any(_contains_or_is_in(name, title_names) for name in other_names)
    if _contains_or_is_in(other_core, title_names):
        return True
    share = min(bigram_share(core, other_core), bigram_share(other_core, core))
    return share >= 0.8 and _place_names(core) == _place_names(other_core)


def _contains_or_is_in(name: str, others: Sequence[str]) -> bool:
    return any(name in other or other in name for other in others)
