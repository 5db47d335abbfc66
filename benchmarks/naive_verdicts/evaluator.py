"""A naive evaluator of checks, written from docs/matchers.md and docs/writing-cases.md and sharing no code with
the harness: ``verdict(checks, reply)`` is ``"passed"`` or ``"failed"``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from benchmarks.naive_verdicts.matchers import (
    LIST_MATCHERS,
    VALUE_MATCHERS,
    Verdict,
    all_hold,
    any_holds,
    negated,
)
from benchmarks.naive_verdicts.paths import Segment, Selection, parse_path, select

MISSING = object()
WHOLE_REFERENCE = re.compile(r"\$\{(.+)\}")
NOT_JSON = object()


@dataclass(frozen=True)
class NaiveReply:
    """A reply as plain values; ``body`` is the text of a reply that is not JSON."""

    document: Any = None
    body: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json;charset=UTF-8"})

    @property
    def text(self) -> str:
        return json.dumps(self.document, ensure_ascii=False) if self.body is None else self.body


@dataclass(frozen=True)
class Place:
    """Where a check is evaluated: the reply, the variables and, inside ``each``, the record."""

    reply: NaiveReply
    variables: dict[str, Any]
    record: Any = MISSING


@dataclass(frozen=True)
class Subject:
    """What a line is about. ``parents`` is what its path selects without the last segment; None if it has none."""

    selection: Selection
    parents: Selection | None = None
    last: Segment | None = None


def verdict(checks: dict[str, Any], reply: NaiveReply, variables: dict[str, Any] | None = None) -> str:
    return "passed" if lines_hold(checks, Place(reply, variables or {})) is True else "failed"


def lines_hold(lines: dict[str, Any], place: Place) -> Verdict:
    return all_hold([line_holds(key, value, place) for key, value in lines.items()])


def line_holds(key: str, value: Any, place: Place) -> Verdict:
    if key == "not":
        return negated(lines_hold(value, place))
    if key == "all_of":
        return all_hold([lines_hold(lines, place) for lines in value])
    if key == "any_of":
        return any_holds([lines_hold(lines, place) for lines in value])
    matchers = value if isinstance(value, dict) else {"equals": value}
    return matchers_hold(matchers, find_subject(key, place), place)


# -- subjects --


def find_subject(key: str, place: Place) -> Subject:
    if key.startswith("${"):
        return _single(resolve(key, place))
    if key.startswith("$"):
        document = NOT_JSON if place.reply.body is not None else place.reply.document
        return _located(document, parse_path(key[1:]))
    if place.record is not MISSING:
        return _located(place.record, parse_path(key))
    if key.startswith("headers."):
        by_name = {name.lower(): value for name, value in place.reply.headers.items()}
        return _located(by_name, [Segment("name", key[len("headers.") :].lower())])
    text = place.reply.text
    known = {"status_code": place.reply.status, "body": text, "body.size": len(text.encode())}
    return _single(known[key])


def _single(value: Any) -> Subject:
    return Subject(Selection(() if value is MISSING else (value,), True))


def _located(document: Any, segments: list[Segment]) -> Subject:
    if document is NOT_JSON:
        is_singular = all(segment.is_singular for segment in segments)
        return Subject(Selection((), is_singular))
    if not segments:
        return Subject(select(document, []))
    return Subject(select(document, segments), select(document, segments[:-1]), segments[-1])


def resolve(argument: Any, place: Place) -> Any:
    """*argument* with its references replaced; MISSING if one of them selects nothing."""
    if isinstance(argument, list):
        items = [resolve(item, place) for item in argument]
        return MISSING if any(item is MISSING for item in items) else items
    if isinstance(argument, dict):
        members = {name: resolve(item, place) for name, item in argument.items()}
        return MISSING if any(item is MISSING for item in members.values()) else members
    match = WHOLE_REFERENCE.fullmatch(argument) if isinstance(argument, str) else None
    if match is None:
        return argument
    name = match.group(1)
    if name[0] not in "@$":
        return place.variables.get(name, MISSING)
    found = select(place.record if name[0] == "@" else place.reply.document, parse_path(name[1:]))
    if not found.is_singular:
        return list(found.values)
    return found.values[0] if found.values else MISSING


# -- matchers --


def matchers_hold(matchers: dict[str, Any], subject: Subject, place: Place) -> Verdict:
    """All *matchers* hold for what *subject* selects."""
    rest = {name: argument for name, argument in matchers.items() if name != "may_be_empty"}
    if matchers.get("may_be_empty") is True and is_empty_list(subject.selection):
        return True
    return all_hold([matcher_holds(name, argument, subject, place) for name, argument in rest.items()])


def is_empty_list(selection: Selection) -> bool:
    if selection.is_singular:
        return selection.values == ([],)
    return selection.is_legitimately_empty


def matcher_holds(name: str, argument: Any, subject: Subject, place: Place) -> Verdict:
    if name in ("not", "all_of", "any_of"):
        return combination_holds(name, argument, subject, place)
    if name == "each":
        return each_holds(argument, subject.selection, place)
    if name == "absent":
        return is_absent(subject)
    resolved = resolve(argument, place)
    if resolved is MISSING:
        return None
    if name in LIST_MATCHERS:
        return list_matcher_holds(name, resolved, subject.selection)
    verdicts = [VALUE_MATCHERS[name](value, resolved) for value in subject.selection.values]
    return all_hold(verdicts) if verdicts else None


def combination_holds(name: str, argument: Any, subject: Subject, place: Place) -> Verdict:
    """A combination with a value matcher in it holds for every value; one of list matchers only, for the list."""
    branches = [argument] if isinstance(argument, dict) else argument
    values = subject.selection.values
    if len(values) > 1 and any(looks_at_values(branch) for branch in branches):
        verdicts = [_combined(name, branches, subject, value, place) for value in values]
        return all_hold(verdicts)
    return _combined(name, branches, subject, MISSING, place)


def looks_at_values(matchers: dict[str, Any]) -> bool:
    for name, argument in matchers.items():
        if name in VALUE_MATCHERS:
            return True
        branches = argument if name in ("all_of", "any_of") else [argument] if name == "not" else []
        if any(looks_at_values(branch) for branch in branches):
            return True
    return False


def _combined(name: str, branches: list[dict[str, Any]], subject: Subject, value: Any, place: Place) -> Verdict:
    verdicts = [_branch_holds(branch, subject, value, place) for branch in branches]
    if name == "not":
        return negated(all_hold(verdicts))
    return all_hold(verdicts) if name == "all_of" else any_holds(verdicts)


def _branch_holds(branch: dict[str, Any], subject: Subject, value: Any, place: Place) -> Verdict:
    """*branch* for one *value* of the selection; list matchers in it still look at the whole selection."""
    if value is MISSING:
        return matchers_hold(branch, subject, place)
    one = Subject(Selection((value,), False), subject.parents, subject.last)
    verdicts = []
    for name, argument in branch.items():
        if name == "may_be_empty":
            continue
        if name in ("not", "all_of", "any_of"):
            inner = [argument] if isinstance(argument, dict) else argument
            verdicts.append(_combined(name, inner, subject, value, place))
        else:
            verdicts.append(matcher_holds(name, argument, one if name in VALUE_MATCHERS else subject, place))
    return all_hold(verdicts)


def list_matcher_holds(name: str, argument: Any, selection: Selection) -> Verdict:
    items = listed(selection)
    if items is None or (not items and name != "count"):
        return None
    takes_list = name.endswith(("_as", "_of", "_from"))
    if takes_list and not isinstance(argument, list):
        return None
    return LIST_MATCHERS[name](items, argument)


def listed(selection: Selection) -> list[Any] | None:
    """The selected values, or the items of the array under a singular path; None if there is no such list."""
    if selection.is_singular:
        value = selection.values[0] if selection.values else None
        return value if isinstance(value, list) else None
    if not selection.values and not selection.is_legitimately_empty:
        return None
    return list(selection.values)


def each_holds(lines: dict[str, Any], selection: Selection, place: Place) -> Verdict:
    records = listed(selection)
    if records is None and selection.is_singular and selection.values:
        records = list(selection.values)
    if not records:
        return None
    return all_hold([lines_hold(lines, Place(place.reply, place.variables, record)) for record in records])


def is_absent(subject: Subject) -> Verdict:
    """The parents exist and can have such a member, and have none."""
    if subject.selection.values:
        return False
    if subject.parents is None or subject.last is None or not subject.parents.values:
        return None
    fitting = {"name": dict, "index": list, "slice": list}.get(subject.last.kind, (dict, list))
    return True if all(isinstance(parent, fitting) for parent in subject.parents.values) else None
