"""The matchers that compare a reply with the accepted one: ``same_as_accepted``, ``shape_as_accepted``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from framework.base.errors import BaselineError, Problem, did_you_mean
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.baseline import files, shapes
from framework.baseline.record_changes import ChangedRecord, RecordChanges, compare_records
from framework.baseline.records import RecordForm
from framework.checks.declare import matcher
from framework.checks.outcome import Outcome, ProposedFile, Slot, Sources, Violation, judged

SEVERITIES: Final = ("fail", "warn", "note")
"""What a difference is: a failure, a warning that waits to be accepted, or a note."""
_KEYS: Final = ("key", "text", "ignore", "label", "changed", "added", "removed")
_DEFAULTS: Final = {"changed": "warn", "added": "note", "removed": "warn"}
_MASS_SHARE: Final = 0.05
_MASS_LEAST: Final = 3
_SHAPE: Final = "shape.json"


class RecordsArgument(NamedTuple):
    """``severity``: that of each kind of difference, by ``changed``, ``added`` and ``removed``."""

    form: RecordForm
    severity: Mapping[str, str]
    slot: Slot | None


# -- records


def records_argument(argument: Json) -> str | None:
    """``{key: id, text: [policyText], ignore: [priority], changed: fail}``."""
    if not isinstance(argument, dict) or not isinstance(argument.get("key"), str) or not argument["key"]:
        return tr("要写 {key: 记录的键}，例如 {key: id, text: [policyText]}")
    for name, value in argument.items():
        wrong = _wrong_part(name, value)
        if wrong:
            return wrong
    return None


def _wrong_part(name: str, value: Json) -> str | None:
    if name not in _KEYS:
        hint = did_you_mean(name, _KEYS)
        return tr("；").join(filter(None, (tr("没有 {name} 这一项", name=name), hint)))
    if name in _DEFAULTS and value not in SEVERITIES:
        return tr("{name} 是 {choices} 之一", name=name, choices=tr("、").join(SEVERITIES))
    if name in ("text", "ignore"):
        named = isinstance(value, list) and value and all(isinstance(it, str) and it for it in value)
        return None if named else tr("{name} 是字段名的列表，例如 [policyText]", name=name)
    if name in ("key", "label") and not isinstance(value, str):
        return tr("{name} 是一个字段名", name=name)
    return None


def _prepared(argument: Json, sources: Sources) -> RecordsArgument:
    form = RecordForm(
        argument["key"],
        tuple(argument.get("text", ())),
        tuple(argument.get("ignore", ())),
        argument.get("label", ""),
    )
    given = {name: argument.get(name, default) for name, default in _DEFAULTS.items()}
    return RecordsArgument(form, given, sources.slot)


@matcher(
    example="$.items: {same_as_accepted: {key: id, text: [policyText], ignore: [priority]}}",
    kind="list",
    accepts=records_argument,
    doc="与认可时相同，逐条、逐字段；text 里的字段逐段比，ignore 里的不比",
    words="与认可时相同（按 {argument}）",
    prepare=_prepared,
    show=lambda argument: str(argument.get("key", "")),
    alone=True,
)
def same_as_accepted(records: Sequence[Json], argument: RecordsArgument) -> Outcome:
    """Compare the records of a list with the accepted ones."""
    form, slot = argument.form, argument.slot
    wrong = tuple(_wrong_records(records, form.key))
    if wrong:
        return judged(wrong)
    if slot is None:
        return _unaccepted()
    masked = [slot.masked(form.kept(record)) for record in records]
    hidden = tuple(_hidden_keys(records, masked, form))
    if hidden:
        return judged(hidden)
    kept = {_key(record, form): (at, record) for at, record in enumerate(masked)}
    accepted = slot.accepted()
    if accepted is None:
        slot.propose([slot.about(key=form.key, text=[*form.text]), *_first(kept, form)])
        return _unaccepted(len(kept))
    before = _accepted_records(accepted, form)
    changes = compare_records(before, kept, form)
    slot.propose(_proposals(changes, kept, before, form))
    return _outcome(changes, before, argument)


def _wrong_records(records: Sequence[Json], key: str) -> Iterator[Violation]:
    seen: dict[str, int] = {}
    for at, record in enumerate(records):
        value = record.get(key) if isinstance(record, dict) else None
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            yield Violation(at=at, what=tr("没有 {key}，认不出是哪一条", key=key), kind="missing")
            continue
        if str(value) in seen:
            what = tr("{key} 与 {{peer}} 相同，认不出是哪一条", key=key)
            yield Violation(at=at, what=what, peer=seen[str(value)], kind="repeated")
        seen.setdefault(str(value), at)


def _hidden_keys(records: Sequence[Json], masked: Sequence[Json], form: RecordForm) -> Iterator[Violation]:
    for at, (record, shown) in enumerate(zip(records, masked, strict=True)):
        if _key(record, form) != _key(shown, form):
            what = tr("{key} 里有密钥或个人信息，写下来是遮盖的，不能按它认记录；换一个 key", key=form.key)
            yield Violation(at=at, what=what, kind="masked-key")


def _key(record: Json, form: RecordForm) -> str:
    return str(record[form.key])


def _first(kept: Mapping[str, tuple[int, Json]], form: RecordForm) -> Iterator[ProposedFile]:
    for key, (_at, record) in kept.items():
        words = tr("认可 {name}", name=_called(key, record, form))
        yield ProposedFile(files.file_name(key), form.written(record), words)


def _called(key: str, record: Json, form: RecordForm) -> str:
    name = form.name_of(record)
    if not name:
        return f"{form.key}={key}"
    return tr("《{name}》（{key}={value}）", name=name, key=form.key, value=key)


def _accepted_records(accepted: Mapping[str, Json], form: RecordForm) -> dict[str, Json]:
    """Return the accepted records by key, as they are compared today.

    Raises:
        BaselineError: they were accepted by another key.
    """
    about = accepted[files.ABOUT]
    if about["key"] != form.key:
        what = tr("认可时按 {old} 认记录，现在按 {key}", old=about["key"], key=form.key)
        how = tr("删去 baselines/ 里这个用例的文件夹，重新认可")
        raise BaselineError(Problem("baseline-key", what, how))
    then = RecordForm(form.key, tuple(about["text"]), form.ignore)
    read = (then.kept(then.read(value)) for name, value in accepted.items() if name != files.ABOUT)
    return {_key(record, form): record for record in read}


def _proposals(
    changes: RecordChanges,
    kept: Mapping[str, tuple[int, Json]],
    accepted: Mapping[str, Json],
    form: RecordForm,
) -> Iterator[ProposedFile]:
    for changed in changes.changed:
        record = kept[changed.key][1]
        words = tr("改动 {name}", name=_called(changed.key, record, form))
        name = files.file_name(changed.key)
        yield ProposedFile(name, form.written(record), words, new_members=changed.new_members)
    for key, _at in changes.added:
        record = kept[key][1]
        yield ProposedFile(
            files.file_name(key), form.written(record), tr("新增 {name}", name=_called(key, record, form))
        )
    for key in changes.removed:
        words = tr("撤下 {key}", key=_called(key, accepted[key], form))
        yield ProposedFile(files.file_name(key), None, words, True)


def _outcome(changes: RecordChanges, accepted: Mapping[str, Json], argument: RecordsArgument) -> Outcome:
    form, severity = argument.form, argument.severity
    found: dict[str, list[Violation]] = {name: [] for name in SEVERITIES}
    if _is_mass(changes):
        severity = {**severity, "changed": "fail", "removed": "fail"}
        found["fail"].append(_mass(changes))
    for changed in changes.changed:
        found[severity["changed"]] += _changed(changed)
    for key in changes.removed:
        name = _called(key, accepted[key], form)
        found[severity["removed"]].append(
            Violation(tr("还在"), tr("没有了"), tr("撤下了 {name}", name=name), kind="removed")
        )
    for _, at in changes.added:
        found[severity["added"]].append(Violation("", "", tr("认可之后新增的"), at=at, kind="added"))
    failed, pending, notes = (tuple(found[name]) for name in SEVERITIES)
    return Outcome(not failed, violations=failed, notes=notes, pending=pending)


def _is_mass(changes: RecordChanges) -> bool:
    return changes.lost >= _MASS_LEAST and changes.lost > changes.accepted * _MASS_SHARE


def _mass(changes: RecordChanges) -> Violation:
    what = tr(
        "一次改动 {changed} 条、撤下 {removed} 条，超过认可的 {all} 条的 5%：多半不是逐条的更新",
        changed=len(changes.changed),
        removed=len(changes.removed),
        all=changes.accepted,
    )
    expected = tr("至多 {n} 条", n=max(_MASS_LEAST - 1, int(changes.accepted * _MASS_SHARE)))
    return Violation(expected, tr("{n} 条", n=changes.lost), what, kind="mass")


def _changed(changed: ChangedRecord) -> Iterator[Violation]:
    for change in changed.changes:
        what = tr("与认可时不同") + (tr("：") + change.what if change.what else "")
        yield Violation(change.before, change.after, what, changed.at, change.below, kind="changed")


def _unaccepted(size: int | None = None) -> Outcome:
    what = tr("还没有认可过，无从比较")
    if size is not None:
        what += tr("；这一次的 {n} 条可以认可：python -m framework accept", n=size)
    return Outcome(True, pending=(Violation("", "", what, kind="unaccepted"),), unaccepted=True)


# -- shapes


def _only_true(argument: Json) -> str | None:
    return None if argument is True else tr("写 true；不想比就删去这一行")


@matcher(
    example="$: {shape_as_accepted: true}",
    accepts=_only_true,
    doc="字段、类型、null 与少数几个取值，与认可时一样",
    words="的结构与认可时一样",
    prepare=lambda _argument, sources: sources.slot,
    show=lambda _argument: "",
    alone=True,
)
def shape_as_accepted(value: Json, slot: Slot | None) -> Outcome:
    """Compare the shape of a value with the accepted one."""
    if slot is None:
        return _unaccepted()
    try:
        actual = shapes.shape_of(slot.masked(value))
    except shapes.TooManyPlacesError:
        what = tr("字段超过 {n} 个，字段名多半是数据", n=shapes.MOST_PLACES)
        return judged([Violation(what=what, kind="too-many")])
    accepted = slot.accepted()
    if accepted is None:
        shape = {name: place.json() for name, place in actual.items()}
        slot.propose([slot.about(), ProposedFile(_SHAPE, shape, tr("认可结构"))])
        return _unaccepted()
    before = shapes.shape_from(accepted[_SHAPE])
    changes = tuple(shapes.shape_changes(before, actual))
    slot.propose(_shape_proposal(changes, before, actual))
    by_severity = {
        severity: tuple(map(_shape_violation, (it for it in changes if it.severity == severity)))
        for severity in ("breaking", "additive", "data")
    }
    breaking, additive, data = by_severity.values()
    return Outcome(not breaking, violations=breaking, pending=additive, notes=data)


def _shape_violation(change: shapes.ShapeChange) -> Violation:
    what = tr("与认可时不同：{place} {what}", place=change.place, what=change.what)
    return Violation(change.expected, change.actual, what, kind=f"shape-{change.severity}")


def _shape_proposal(
    changes: Sequence[shapes.ShapeChange], before: shapes.Shape, actual: shapes.Shape
) -> Iterator[ProposedFile]:
    told = [change for change in changes if change.severity != "data"]
    if told:
        shape = {name: place.json() for name, place in shapes.joined(before, actual).items()}
        words = tr("；").join(f"{change.place} {change.what}" for change in told[:5])
        new = tuple(dict.fromkeys(change.new_member for change in told if change.new_member))
        yield ProposedFile(_SHAPE, shape, tr("结构：{words}", words=words), new_members=new)
