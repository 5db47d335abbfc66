"""What a matcher is, and what it returns.

A matcher is a pure function of a value and its argument to an Outcome; it never raises and knows nothing of
paths, steps or reports. ``evaluate`` gives each Violation its place, and the words for expected and actual where
the matcher left them out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from framework.base.jsonpath import Json, Location
from framework.base.messages import tr
from framework.cases.case import MatcherKind
from framework.checks.equality import kind_of
from framework.checks.logic import State
from framework.checks.shown import short


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not as expected, inside what was judged.

    ``at``: the index in the list that was judged; ``below``: the way from that item (or from the value) down
    to the place.
    ``expected`` and ``actual`` are None where the matcher's own words and the value say it. ``peer``: the
    index of another item the violation is about; its place stands in for ``{peer}`` in ``what``. ``rule``: the
    stable name of the rule that found it, where a matcher holds several.
    """

    expected: str | None = None
    actual: str | None = None
    what: str = ""
    at: int | None = None
    below: Location = ()
    peer: int | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``type_mismatch``: the value is of a type the matcher cannot judge, so it fails under ``not`` too (rule
    2).

    ``notes``: what is worth a look and fails nothing.
    """

    ok: bool
    type_mismatch: bool = False
    violations: tuple[Violation, ...] = ()
    notes: tuple[Violation, ...] = ()

    @property
    def state(self) -> State:
        """The outcome in the truth table of ``logic``."""
        if self.type_mismatch:
            return "unjudgeable"
        return "held" if self.ok else "violated"


PASS: Final = Outcome(ok=True)
FAIL: Final = Outcome(ok=False, violations=(Violation(),))


class Contract(Protocol):
    """A compiled reply contract."""

    def violations(self, document: Json) -> tuple[Violation, ...]: ...


class ContractSource(Protocol):
    """Finds a contract by name; what a matcher may ask for besides the value and its argument."""

    def contract(self, name: str) -> Contract: ...


class Sources(ContractSource, Protocol):
    """The same, and the folder of the case file in which the argument stands: its data files are relative to
    it.
    """

    @property
    def folder(self) -> Path: ...


def as_given(argument: Json, _contracts: ContractSource) -> Json:
    """The preparation of a matcher that takes its argument as it is."""
    return argument


def short_argument(argument: Json) -> str:
    return short(argument, 60)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One row of the table; satisfies ``cases.case.MatcherSpec``.

    ``words``: what it says of a subject, with ``{argument}``; ``doc``: one line for the manual; ``example``:
    a piece of YAML.
    ``prepare`` turns a rendered argument into what ``judge`` takes, once for all values. ``judge`` gets a
    value (kind
    ``value``) or a list of values (kind ``list``). ``measure``: where the argument may be matchers on a
    number, how to get that number, or the outcome that says why there is none. ``nothing_to_judge``: on an
    empty list it could never fail.
    ``show``: the argument as it stands in ``words``. ``needs_record``: ``judge`` also gets the record the
    value stands in.
    """

    name: str
    kind: MatcherKind
    words: str
    doc: str
    example: str
    accepts: Callable[[Json], str | None]
    judge: Callable[..., Outcome]
    prepare: Callable[[Json, Sources], Any] = as_given
    measure: Callable[[Any], int | float | Outcome] | None = None
    nothing_to_judge: bool = False
    show: Callable[[Json], str] = short_argument
    needs_record: bool = False

    @property
    def measures(self) -> bool:
        return self.measure is not None


def passed(ok: bool) -> Outcome:
    """Return the outcome whose words and value say everything."""
    return PASS if ok else FAIL


def failed(*violations: Violation) -> Outcome:
    return Outcome(ok=False, violations=violations)


def judged(violations: Sequence[Violation]) -> Outcome:
    """Return PASS where there is no violation."""
    return Outcome(ok=False, violations=tuple(violations)) if violations else PASS


def mismatch(wanted: str, value: Json, at: int | None = None) -> Outcome:
    """Return the outcome for a value of a type that the matcher cannot judge; *wanted* in the reader's
    language.
    """
    what = tr("类型不对:需要{wanted},实际是{kind}", wanted=wanted, kind=kind_name(value))
    return Outcome(
        ok=False, type_mismatch=True, violations=(Violation(actual=short(value), what=what, at=at),)
    )


def kind_name(value: Json) -> str:
    """Return the JSON kind of *value* in the reader's language."""
    return tr(_KINDS[kind_of(value)])


_KINDS = {
    "string": "字符串",
    "number": "数字",
    "boolean": "布尔值",
    "null": "null",
    "array": "列表",
    "object": "对象",
}
