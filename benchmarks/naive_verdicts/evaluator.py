"""A naive evaluator of checks, written from docs/matchers.md and docs/writing-cases.md.

It shares no code with the harness. A check holds, does not hold, or cannot be judged (None): a wrong type, or
nothing selected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.naive_verdicts.matchers import (
    LIST_MATCHERS,
    VALUE_MATCHERS,
    Verdict,
    all_hold,
    any_holds,
    negated,
    parse_time,
)
from benchmarks.naive_verdicts.paths import Segment, Selection, kind_of, parse_path, select

MISSING = object()
WHOLE_REFERENCE = re.compile(r"\$\{(.+)\}")
NOT_JSON = object()
COMBINATIONS = ("not", "all_of", "any_of")
ALWAYS_HOLD_ON_NOTHING = ("unique", "sorted", "sum", "all_equal", "subset_of", "disjoint_from")


@dataclass(frozen=True)
class NaiveReply:
    """A reply as plain values; ``body`` is the text of a reply that is not JSON."""

    document: Any = None
    body: str | None = None
    status: int = 200
    headers: dict[str, str] = field(
        default_factory=lambda: {"Content-Type": "application/json;charset=UTF-8"}
    )

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
    """What a line is about. ``parents`` is what its path selects without the last segment, if it has one."""

    selection: Selection
    parents: Selection | None = None
    last: Segment | None = None
    may_be_empty: bool = False

    @property
    def accepts_nothing(self) -> bool:
        """The check says that the list may be empty, and it is."""
        return self.may_be_empty and self.selection.is_legitimately_empty


class UnfitVariableError(Exception):
    """A variable has a value that its matcher cannot take: the case is broken, not the service."""


def verdict(checks: dict[str, Any], reply: NaiveReply, variables: dict[str, Any] | None = None) -> str:
    """``passed``, ``failed`` or ``broken``."""
    try:
        return "passed" if lines_hold(checks, Place(reply, variables or {})) is True else "failed"
    except UnfitVariableError:
        return "broken"


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
    if matchers.get("may_be_empty") is True:
        subject = replace(subject, may_be_empty=True)
    names = [name for name in matchers if name != "may_be_empty"]
    return all_hold([matcher_holds(name, matchers[name], subject, place) for name in names])


def matcher_holds(name: str, argument: Any, subject: Subject, place: Place) -> Verdict:
    if name in COMBINATIONS:
        return combination_holds(name, argument, subject, place)
    if name == "absent":
        return is_absent(subject)
    if name == "count":
        return count_holds(argument, subject, place)
    if not subject.selection.values and not subject.accepts_nothing:
        return None
    if name == "each":
        return each_holds(argument, subject, place)
    resolved = argument_of(name, argument, place)
    if resolved is MISSING:
        return None
    if name in LIST_MATCHERS:
        return list_matcher_holds(name, resolved, subject)
    return all_hold([VALUE_MATCHERS[name](value, resolved) for value in subject.selection.values])


def argument_of(name: str, argument: Any, place: Place) -> Any:
    """The argument that *name* compares with; MISSING if the reply does not give one that fits.

    Raises:
        UnfitVariableError: a variable does not fit.
    """
    resolved = resolve(argument, place)
    if resolved is MISSING or fits(name, resolved):
        return resolved
    if isinstance(argument, str) and not argument.startswith(("${@", "${$")):
        raise UnfitVariableError(argument)
    return MISSING


def fits(name: str, argument: Any) -> bool:
    """Whether *argument*, which a reference gave, could be written in its place."""
    if name in ("superset_of", "disjoint_from"):
        return isinstance(argument, list) and argument != []
    if name in ("same_sequence_as", "same_items_as", "subset_of"):
        return isinstance(argument, list)
    if name in ("starts_with", "ends_with"):
        return isinstance(argument, str) and argument != ""
    if name in ("contains", "not_contains"):
        return argument != ""
    if name in ("less_than", "at_most", "greater_than", "at_least"):
        return kind_of(argument) == "number"
    return name not in ("before", "after") or parse_time(argument) is not None


def count_holds(argument: Any, subject: Subject, place: Place) -> Verdict:
    selection = subject.selection
    if not selection.is_singular and (selection.values or selection.has_list):
        return LIST_MATCHERS["count"](list(selection.values), argument)
    return LIST_MATCHERS["count"](selection.values[0], argument) if has_one_list(selection) else None


def has_one_list(selection: Selection) -> bool:
    return selection.is_singular and len(selection.values) == 1 and isinstance(selection.values[0], list)


def combination_holds(name: str, argument: Any, subject: Subject, place: Place) -> Verdict:
    """A combination holds for every value; list matchers in it look at the whole selection each time."""
    branches = [argument] if isinstance(argument, dict) else argument
    leaves = {leaf for branch in branches for leaf in leaf_names(branch)}
    if leaves <= VALUE_MATCHERS.keys() and subject.accepts_nothing:
        return holds_for_no_value(name, branches, place)
    if len(subject.selection.values) > 1 and not leaves.isdisjoint(VALUE_MATCHERS):
        return all_hold(
            [_combined(name, branches, subject, [value], place) for value in subject.selection.values]
        )
    return _combined(name, branches, subject, list(subject.selection.values), place)


def holds_for_no_value(name: str, branches: list[dict[str, Any]], place: Place) -> Verdict:
    """What is asked of every value holds if there is none, unless an argument cannot be compared with."""
    verdicts = [all_hold([_leaf_can_compare(*leaf, place) for leaf in branch.items()]) for branch in branches]
    return any_holds(verdicts) if name == "any_of" else all_hold(verdicts)


def _leaf_can_compare(name: str, argument: Any, place: Place) -> Verdict:
    if name in COMBINATIONS:
        return holds_for_no_value(name, [argument] if name == "not" else argument, place)
    return None if argument_of(name, argument, place) is MISSING else True


def leaf_names(matchers: dict[str, Any]) -> Iterator[str]:
    for name, argument in matchers.items():
        if name in COMBINATIONS:
            for branch in [argument] if name == "not" else argument:
                yield from leaf_names(branch)
        else:
            yield name


def _combined(
    name: str, branches: list[dict[str, Any]], subject: Subject, values: list[Any], place: Place
) -> Verdict:
    verdicts = [_branch_holds(branch, subject, values, place) for branch in branches]
    if name == "not":
        return negated(all_hold(verdicts))
    return all_hold(verdicts) if name == "all_of" else any_holds(verdicts)


def _branch_holds(branch: dict[str, Any], subject: Subject, values: list[Any], place: Place) -> Verdict:
    """*branch* for the value at hand, or for no value; list matchers in it look at the whole selection."""
    verdicts = []
    for name, argument in branch.items():
        if name in COMBINATIONS:
            verdicts.append(_nested_holds(name, argument, subject, values, place))
        elif name in VALUE_MATCHERS:
            at_hand = replace(subject.selection, values=tuple(values))
            verdicts.append(matcher_holds(name, argument, replace(subject, selection=at_hand), place))
        else:
            verdicts.append(matcher_holds(name, argument, subject, place))
    return all_hold(verdicts)


def _nested_holds(name: str, argument: Any, subject: Subject, values: list[Any], place: Place) -> Verdict:
    if not values:
        return combination_holds(name, argument, subject, place)
    return _combined(name, [argument] if name == "not" else argument, subject, values, place)


def list_matcher_holds(name: str, argument: Any, subject: Subject) -> Verdict:
    selection = subject.selection
    if selection.is_singular and not has_one_list(selection):
        return None
    items = selection.values[0] if selection.is_singular else list(selection.values)
    if not items and name in ALWAYS_HOLD_ON_NOTHING and not subject.may_be_empty:
        return None
    return LIST_MATCHERS[name](items, argument)


def each_holds(lines: dict[str, Any], subject: Subject, place: Place) -> Verdict:
    selection = subject.selection
    records = selection.values[0] if has_one_list(selection) else selection.values
    if not records:
        return True if subject.may_be_empty else None
    return all_hold([lines_hold(lines, Place(place.reply, place.variables, record)) for record in records])


def is_absent(subject: Subject) -> Verdict:
    """The parents exist and can have such a member, and have none."""
    if subject.selection.values:
        return False
    if subject.accepts_nothing:
        return True
    if subject.parents is None or subject.last is None or not subject.parents.values:
        return None
    return True if all(subject.last.can_be_in(parent) for parent in subject.parents.values) else None
