"""The row of a matcher, and the outcome that it returns.

A matcher is a pure function of a value and its argument to an Outcome. It never raises and knows nothing of
paths, steps or reports. The evaluation gives each Violation its place, and the words for expected and actual
if the matcher left them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from framework.base.jsonpath import Json, Location
from framework.base.messages import tr
from framework.cases.case import MatcherKind
from framework.cases.logic import State
from framework.checks.equality import kind_of
from framework.checks.regex import SlowPatternError
from framework.checks.shown import short


@dataclass(frozen=True, slots=True)
class Violation:
    """One deviation inside the judged value.

    ``expected`` and ``actual`` are None if the matcher's words and the value say it already; ``what`` is a
    sentence for people. ``at`` is the index in a judged list, ``below`` the location from that item (or from
    the value) down to the place. ``peer`` is the index of another item that the violation is about; its place
    replaces ``{peer}`` in ``what``. ``rule`` is the stable name of the rule, if a matcher has several;
    ``kind`` that of the kind of difference, if the rule does not say it.
    """

    expected: str | None = None
    actual: str | None = None
    what: str = ""
    at: int | None = None
    below: Location = ()
    peer: int | None = None
    rule: str = ""
    kind: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a matcher on one value, or on one list.

    ``type_mismatch``: the matcher cannot judge a value of this type, so it fails under ``not`` too (rule 2).
    ``notes`` are worth a look and fail nothing. ``pending``: differences that fail nothing and wait for
    somebody to accept them; ``unaccepted``: nothing was accepted yet, so nothing could be judged.
    """

    ok: bool
    type_mismatch: bool = False
    violations: tuple[Violation, ...] = ()
    notes: tuple[Violation, ...] = ()
    pending: tuple[Violation, ...] = ()
    unaccepted: bool = False

    @property
    def state(self) -> State:
        """The outcome in the truth table of ``logic``."""
        if self.type_mismatch:
            return "unjudgeable"
        return "held" if self.ok else "violated"


PASS: Final = Outcome(ok=True)
FAIL: Final = Outcome(ok=False, violations=(Violation(),))


@dataclass(frozen=True, slots=True)
class LearnedValue:
    """A value that breaks a rule, and that somebody may accept all the same.

    Of a contract, ``place`` is where it is, ``$.data.result[*].policyType``, and ``value`` the value itself,
    or its size if the keyword limits the size. Of a text, ``place`` is the id of the record, ``keyword`` the
    rule, and ``value`` a few words of the text.
    """

    place: str
    keyword: str
    value: Json


IsAccepted = Callable[[LearnedValue], bool]
"""Returns whether somebody has accepted the value."""


class AcceptedValues(Protocol):
    """The values of one kind that were accepted in the environment."""

    @property
    def exist(self) -> bool:
        """Whether any was accepted yet."""

    def is_accepted(self, value: LearnedValue) -> bool:
        """Return whether the value was accepted; if not, offer it for acceptance."""


class Contract(Protocol):
    """A compiled reply contract."""

    def violations(self, document: Json, is_accepted: IsAccepted | None = None) -> tuple[Violation, ...]:
        """Return the violations in a document, apart from values that are accepted (*is_accepted*)."""


class ContractSource(Protocol):
    """Finds a contract by name."""

    def contract(self, name: str) -> Contract: ...


class Slot(Protocol):
    """The accepted value of one check of a case, and the value that its reply proposes instead."""

    def accepted(self) -> Mapping[str, Json] | None:
        """Return the accepted values by file name; None if nothing was accepted.

        Raises:
            BaselineError: a file cannot be read.
        """

    def about(self, **facts: Json) -> ProposedFile:
        """Return the file that says how the others are to be read; *facts* are the matcher's own."""

    def masked(self, value: Json) -> Json:
        """Return *value* as a baseline may have it: without secrets and personal data."""

    def propose(self, files: Iterable[ProposedFile]) -> None:
        """Propose the value of the reply for acceptance."""


@dataclass(frozen=True, slots=True)
class ProposedFile:
    """A file of a baseline as a reply would have it; ``value`` is None if there should be no such file.

    ``words``: the description of the change, ``new_members`` names in it that nobody has accepted yet.
    """

    name: str
    value: Json
    words: str
    is_removal: bool = False
    new_members: tuple[str, ...] = ()


class Sources(ContractSource, Protocol):
    """Also has the folder of the case file with the argument: data files are relative to it."""

    @property
    def folder(self) -> Path: ...

    @property
    def now(self) -> Callable[[], datetime]:
        """Returns the time that ``${now}`` is."""

    @property
    def slot(self) -> Slot | None:
        """The accepted value of this check; None outside the run of a case."""

    def accepted_values(self, kind: str) -> AcceptedValues | None:
        """Return the accepted values of a kind, such as ``contracts/NAME``; None outside a run."""


_NO_SOURCES: Any = None
"""A matcher that is self-contained prepares its argument without them."""


def as_given(argument: Json, _contracts: ContractSource) -> Json:
    """Return the argument unchanged: the preparation of most matchers."""
    return argument


def short_argument(argument: Json) -> str:
    return short(argument, 60)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One row of the table of matchers; satisfies ``cases.case.MatcherSpec``.

    ``words`` is the predicate in a report, with ``{argument}``, which ``show`` formats. ``doc`` is one line
    of the manual, ``example`` a line of YAML. ``accepts`` returns why an argument is wrong, or None.
    ``prepare`` turns the rendered argument into the second parameter of ``judge``, once for all values.
    ``judge`` gets a value (kind ``value``) or a list of values (kind ``list``); with ``needs_record`` also
    the record that the value is part of.
    ``measure`` returns the number that an argument of matchers is about (``length: {at_most: 10}``), or the
    outcome that says why there is none. ``nothing_to_judge``: on an empty list it could never fail.
    ``exact``: the result depends on equality, order and type alone, and ``judge`` takes the argument as is.
    ``self_contained``: the result depends on value and argument alone, so it is known before a run for a
    known value. ``alone``: it may not be inside ``each``, ``not``, ``all_of`` or ``any_of``.
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
    exact: bool = False
    self_contained: bool = False
    alone: bool = False

    @property
    def measures(self) -> bool:
        return self.measure is not None

    def state_of(self, value: Json, argument: Json) -> State | None:
        """Return the state for a value; None if it depends on more than the value and the argument."""
        if not (self.exact or self.self_contained):
            return None
        try:
            return self.judge(value, self.prepare(argument, _NO_SOURCES)).state
        except SlowPatternError:
            return None

    def measure_of(self, value: Json) -> int | float | None:
        """Return the number that ``length: {…}`` is about; None if the value has none."""
        found = self.measure(value) if self.measure is not None else None
        return None if isinstance(found, Outcome) else found


def passed(ok: bool) -> Outcome:
    """Return PASS, or a failure whose words and value say everything."""
    return PASS if ok else FAIL


def failed(*violations: Violation) -> Outcome:
    return Outcome(ok=False, violations=violations)


def judged(violations: Sequence[Violation]) -> Outcome:
    """Return PASS if there is no violation."""
    return Outcome(ok=False, violations=tuple(violations)) if violations else PASS


def mismatch(wanted: str, value: Json, at: int | None = None) -> Outcome:
    """Return the outcome for a value of the wrong type; *wanted* is a type in the reader's language."""
    what = tr("类型不对：需要{wanted}，实际是{kind}", wanted=wanted, kind=kind_name(value))
    violation = Violation(actual=short(value), what=what, at=at, kind=type_kind(value))
    return Outcome(ok=False, type_mismatch=True, violations=(violation,))


def type_kind(value: Json) -> str:
    """Return the kind of the difference that a value of a wrong type is: ``type:number``."""
    return f"type:{kind_of(value)}"


def kind_name(value: Json) -> str:
    """Return the JSON kind of *value* in the reader's language."""
    return kind_word(kind_of(value))


def kind_word(kind: str) -> str:
    """Return the word for a JSON kind in the reader's language."""
    return tr(_KINDS[kind])


_KINDS = {
    "string": "字符串",
    "number": "数字",
    "boolean": "布尔值",
    "null": "null",
    "array": "列表",
    "object": "对象",
}
