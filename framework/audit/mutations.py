"""The table of mutations of a JSON value. Each is a pure function from a site to an edit of its holder.

A mutation depends on the content only, so that the same fault can be put into every reply. It returns None if
it does not apply. ``edit_of`` drops an edit that leaves the value equal (``checks.equality``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from framework.audit import texts
from framework.audit.places import REMOVED, Edit, Removed, Site
from framework.base.jsonpath import Json
from framework.checks.equality import is_number, kind_of, same

EXTRA_KEY = "unexpectedKey"
_NOT_APPLICABLE = object()


@dataclass(frozen=True, slots=True)
class Mutation:
    """One mutation.

    ``name``: stable. ``words``: the Chinese name. ``severity``: from 1 (a small deviation) to 5 (data lost or
    dangerous).
    """

    name: str
    words: str
    severity: int
    make: Callable[[Site], Edit | None]


def edit_of(mutation: Mutation, at: Site) -> Edit | None:
    """Return the edit; None if the mutation does not apply or would change nothing."""
    edit = mutation.make(at)
    if edit is None:
        return None
    # An equal value cannot be noticed, so it would count against the suite unfairly.
    changed = any(isinstance(new, Removed) or not same(new, _member(at, key)) for key, new in edit.items())
    return edit if changed else None


def _member(at: Site, key: int | str) -> Json:
    return at.value if key in ("", at.key) else at.holder[key]


# -- from functions of a value to functions of a site --


def _for_values(change: Callable[[Json], Json], *kinds: type) -> Callable[[Site], Edit | None]:
    """Turn a function of a value into one of a site. It applies to exactly *kinds*: bool is not int."""

    def make(at: Site) -> Edit | None:
        if kinds and type(at.value) not in kinds:
            return None
        new = change(at.value)
        key = "" if at.key is None else at.key
        return None if new is _NOT_APPLICABLE else {key: new}

    return make


def _for_text(change: Callable[[str], str | None], *, prose: bool = False) -> Callable[[Site], Edit | None]:
    def changed(text: str) -> Json:
        new = change(text) if text and (not prose or texts.is_prose(text)) else None
        return _NOT_APPLICABLE if new is None else new

    return _for_values(changed, str)


def _for_lists(change: Callable[[list[Json]], list[Json]], least: int = 1) -> Callable[[Site], Edit | None]:
    return _for_values(lambda items: change(items) if len(items) >= least else _NOT_APPLICABLE, list)


# -- any value --


def _removed(at: Site) -> Edit | None:
    # Only members of objects: a list without an item is the mutation "row_lost".
    return {at.key: REMOVED} if isinstance(at.key, str) else None


def _other_type(value: Json) -> Json:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 400 else [value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return str(value)
    if isinstance(value, list):
        return {str(at): item for at, item in enumerate(value)}
    return [value] if isinstance(value, dict) else ""


def _emptied(value: Json) -> Json:
    if isinstance(value, (str, list, dict)):
        return type(value)()
    return 0 if is_number(value) else _NOT_APPLICABLE


def _swapped(at: Site) -> Edit | None:
    """Swap the value with the next member of the same JSON type that has another value."""
    if not isinstance(at.key, str):
        return None
    names = sorted(at.holder)
    position = names.index(at.key)
    for name in names[position + 1 :] + names[:position]:
        other = at.holder[name]
        same_kind = other is not None and kind_of(other) == kind_of(at.value)
        if same_kind and not same(other, at.value):
            return {at.key: other, name: at.value}
    return None


# -- lists


def _row_lost(items: list[Json]) -> list[Json]:
    middle = len(items) // 2
    return items[:middle] + items[middle + 1 :]


def _lengthened(items: list[Json]) -> list[Json]:
    return [*items, _similar_row(items[-1])]


def _similar_row(item: Json) -> Json:
    """Return a row that is not in the list: the digits in its short texts are different."""
    if isinstance(item, dict):
        return {
            key: _similar_row(value) if isinstance(value, str) and len(value) < 40 else value
            for key, value in item.items()
        }
    if isinstance(item, str):
        return texts.off_by_one(item) or texts.digit_changed(item) or item
    return item


def _row_repeated(items: list[Json]) -> list[Json]:
    middle = len(items) // 2
    return [*items[:middle], items[middle - 1], *items[middle + 1 :]]


def _neighbours_swapped(items: list[Json]) -> list[Json]:
    middle = len(items) // 2
    return [*items[: middle - 1], items[middle], items[middle - 1], *items[middle + 1 :]]


MUTATIONS: Final = (
    # any value
    Mutation("removed", "去掉", 5, _removed),
    Mutation("null", "变成 null", 5, _for_values(lambda value: _NOT_APPLICABLE if value is None else None)),
    Mutation("type", "换成别的类型", 4, _for_values(_other_type)),
    Mutation("emptied", "清空", 5, _for_values(_emptied)),
    Mutation("swapped", "与旁边的字段互换", 4, _swapped),
    Mutation("extra_key", "多出一个键", 3, _for_values(lambda value: {**value, EXTRA_KEY: 1}, dict)),
    # by a little
    Mutation("flipped", "真假颠倒", 5, _for_values(lambda value: not value, bool)),
    Mutation("number", "数字差一", 3, _for_values(lambda value: value + 1, int, float)),
    Mutation("off_by_one", "数字差一", 4, _for_text(texts.off_by_one)),
    Mutation("digit", "改了一位数字", 2, _for_text(texts.digit_changed)),
    Mutation("character", "改了一个字", 1, _for_text(texts.character_changed)),
    Mutation("moment", "时间晚一点", 2, _for_text(texts.a_little_later)),
    Mutation("zone", "时间差八小时", 3, _for_text(texts.other_zone)),
    Mutation("rounded", "末几位变成 0", 4, _for_text(texts.rounded)),
    # lists
    Mutation("shortened", "少了最后一项", 4, _for_lists(lambda items: items[:-1])),
    Mutation("row_lost", "中间少了一项", 4, _for_lists(_row_lost, 3)),
    Mutation("lengthened", "多出一项", 4, _for_lists(_lengthened)),
    Mutation("doubled", "整个重复一遍", 4, _for_lists(lambda items: items * 2)),
    Mutation("row_repeated", "一项重复,占了另一项的位置", 4, _for_lists(_row_repeated, 2)),
    Mutation("reordered", "次序颠倒", 3, _for_lists(lambda items: items[::-1], 2)),
    Mutation("neighbours", "相邻两项互换", 2, _for_lists(_neighbours_swapped, 2)),
    # texts
    Mutation("head_cut", "开头被截掉", 3, _for_text(texts.head_cut, prose=True)),
    Mutation("tail_cut", "结尾被截掉", 3, _for_text(texts.tail_cut, prose=True)),
    Mutation("truncated", "只剩前一半", 4, _for_text(texts.truncated, prose=True)),
    Mutation("paragraph_lost", "中间少了一段", 3, _for_text(texts.paragraph_lost, prose=True)),
    Mutation("mojibake", "乱码", 4, _for_text(texts.mojibake, prose=True)),
    Mutation("escaped_twice", "多转义了一次", 3, _for_text(texts.escaped_twice, prose=True)),
    Mutation("script", "带上了脚本", 5, _for_text(texts.script_added, prose=True)),
)
