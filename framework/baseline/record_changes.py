"""Compares the records of a list with the accepted ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from framework.base.jsonpath import Json, Location
from framework.base.messages import tr
from framework.baseline.records import RecordForm, member_names
from framework.baseline.text_changes import text_changes
from framework.checks.equality import kind_of, same
from framework.checks.shown import short, text_difference

_MOST_IN_A_RECORD = 5


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A place in a record that is not as accepted. ``what`` is a sentence, with the place if it is a text."""

    below: Location
    before: str
    after: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """``at``: its index in the list; ``new_members``: names that no accepted record of this key has."""

    key: str
    at: int
    changes: tuple[MemberChange, ...]
    new_members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordChanges:
    """``changed`` and ``added`` in the order of the list, ``removed`` the keys in their own order."""

    changed: tuple[ChangedRecord, ...] = ()
    added: tuple[tuple[str, int], ...] = ()
    removed: tuple[str, ...] = ()
    accepted: int = field(default=0)

    @property
    def lost(self) -> int:
        return len(self.changed) + len(self.removed)


def compare_records(
    accepted: Mapping[str, Json], records: Mapping[str, tuple[int, Json]], form: RecordForm
) -> RecordChanges:
    """Compare *records*, by key with index and kept record, with the *accepted* ones."""
    changed, added = [], []
    for key, (at, record) in records.items():
        if key not in accepted:
            added.append((key, at))
        elif not same(accepted[key], record):
            changes = tuple(_member_changes(accepted[key], record, form, ()))
            known = set(member_names(accepted[key]))
            new = tuple(dict.fromkeys(name for name in member_names(record) if name not in known))
            changed.append(ChangedRecord(key, at, changes[:_MOST_IN_A_RECORD], new))
    removed = tuple(sorted(key for key in accepted if key not in records))
    return RecordChanges(tuple(changed), tuple(added), removed, len(accepted))


def _member_changes(before: Json, after: Json, form: RecordForm, below: Location) -> Iterator[MemberChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _object_changes(before, after, form, below)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(before, after, form, below)
    elif same(before, after):
        return
    elif isinstance(before, str) and isinstance(after, str):
        yield from _string_changes(before, after, _is_text(form, below), below)
    elif kind_of(before) != kind_of(after):
        yield MemberChange(below, short(before), short(after), tr("类型变了"))
    else:
        yield MemberChange(below, short(before), short(after))


def _object_changes(
    before: Mapping[str, Json], after: Mapping[str, Json], form: RecordForm, below: Location
) -> Iterator[MemberChange]:
    for key, value in before.items():
        if key not in after:
            yield MemberChange((*below,), short(value), tr("没有"), tr("字段 {name} 没有了", name=key))
        else:
            yield from _member_changes(value, after[key], form, (*below, key))
    for key, value in after.items():
        if key not in before:
            yield MemberChange((*below, key), tr("没有"), short(value), tr("多了字段 {name}", name=key))


def _list_changes(
    before: Sequence[Json], after: Sequence[Json], form: RecordForm, below: Location
) -> Iterator[MemberChange]:
    if len(before) != len(after):
        sizes = {"before": len(before), "after": len(after)}
        yield MemberChange(below, short(before), short(after), tr("{before} 项变成 {after} 项", **sizes))
        return
    for at, (left, right) in enumerate(zip(before, after, strict=True)):
        yield from _member_changes(left, right, form, (*below, at))


def _string_changes(before: str, after: str, is_text: bool, below: Location) -> Iterator[MemberChange]:
    if is_text:
        for change in text_changes(before, after):
            yield MemberChange(below, change.before, change.after, change.what)
        return
    if max(len(before), len(after)) <= _SHORT:
        yield MemberChange(below, short(before), short(after))
        return
    old, new, what = text_difference(before, after)
    yield MemberChange(below, old, new, what)


_SHORT = 80


def _is_text(form: RecordForm, below: Location) -> bool:
    return ".".join(part for part in below if isinstance(part, str)) in form.text
