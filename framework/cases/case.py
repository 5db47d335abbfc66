"""The frozen model of what a user wrote: suites, cases, steps, checks.

Nothing here is rendered yet: values that may hold references are templates (see ``template``). Every record
carries the span of the text it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from framework.base.jsonpath import Json, Path
from framework.base.source import Span
from framework.cases.quarantine import Quarantine
from framework.cases.subjects import Part, SubjectRow
from framework.cases.template import PathTemplate, Template

SubjectKind = Literal["part", "path", "variable"]
MatcherKind = Literal["value", "list", "presence"]
CombinationKind = Literal["not", "all_of", "any_of"]


class MatcherSpec(Protocol):
    """What the parser must know of a matcher; ``checks.matchers`` holds the table."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> MatcherKind:
        """``value``: judges each selected value; ``list``: the values together; ``presence``: whether there
        is one.
        """

    @property
    def measures(self) -> bool:
        """True where the argument may itself be matchers, on a number: ``length: {at_most: 10}``."""

    @property
    def accepts(self) -> Callable[[Json], str | None]:
        """Return what is wrong with a constant argument, in the reader's language, or None."""


Vocabulary = Mapping[str, MatcherSpec]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check selects.

    ``text`` is as written. ``kind`` ``part`` is a part of the reply: its ``row`` of the table of subjects, and
    the ``name`` of a header or cookie. ``variable`` has the ``name`` and, below it, a ``path``; ``path`` is
    ``$…``, or relative to the record inside ``each``. If ``singular``, it selects one value, else a list.
    """

    kind: SubjectKind
    text: str
    span: Span
    name: str = ""
    path: PathTemplate | None = None
    singular: bool = True
    row: SubjectRow | None = None

    def reads(self, part: Part) -> bool:
        """Return whether the subject is about this part of the reply."""
        return self.row is not None and self.row.part == part


@dataclass(frozen=True, slots=True)
class MatcherCall:
    """``name: argument``, for example ``less_than: 2000``."""

    name: str
    argument: Template
    span: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """A matcher whose argument is matchers on its number: ``length: {at_least: 1, at_most: 10}``."""

    name: str
    calls: tuple[Call, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Each:
    """``each: {…}``: the checks go into every selected record, their paths relative to it."""

    checks: tuple[CheckNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CombinedCalls:
    """``not``, ``all_of``, ``any_of`` beside matchers: branches of calls on the same subject."""

    kind: CombinationKind
    branches: tuple[tuple[Call, ...], ...]
    span: Span


Call = MatcherCall | Measure | Each | CombinedCalls


@dataclass(frozen=True, slots=True)
class Check:
    """A subject and the matchers that judge it. ``may_be_empty``: an empty selection of a list subject is
    right.
    """

    subject: Subject
    calls: tuple[Call, ...]
    span: Span
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class CombinedChecks:
    """``not``, ``all_of``, ``any_of`` in the place of a subject: branches of whole checks."""

    kind: CombinationKind
    branches: tuple[tuple[CheckNode, ...], ...]
    span: Span


CheckNode = Check | CombinedChecks


@dataclass(frozen=True, slots=True)
class Extract:
    """``name: path`` or ``name: {path, as, distinct}``."""

    name: str
    subject: Subject
    span: Span
    convert: Literal["integer", "number", "text"] | None = None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """How to read all pages of a list. ``page`` and ``size``: addresses in the request; ``more``, ``items``,
    ``total``: paths in each page; ``key``: the member that identifies an item; ``max_pages``: where a walk
    that does not end is ended.
    """

    name: str
    page: tuple[str, ...]
    size: tuple[str, ...]
    more: Path
    items: Path
    total: Path
    key: str
    max_pages: int
    span: Span


@dataclass(frozen=True, slots=True)
class ForEach:
    """``for_each: {name: list}``: the step runs once for each item, which *name* stands for."""

    name: str
    values: Template
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One request and what is checked of its reply. ``request`` renders to a mapping of requests' own keys.

    ``checks`` look at the reply, or with ``walk`` or ``repeat`` at all replies together: then ``each_reply``
    are the checks of every single one. ``repeat``: how many times the request is sent (1: once, no more than
    a reply to look at).
    """

    name: Template
    request: Template
    checks: tuple[CheckNode, ...]
    extracts: tuple[Extract, ...]
    span: Span
    retry: Retry | None = None
    each_reply: tuple[CheckNode, ...] = ()
    walk: Walk | None = None
    repeat: int = 1
    for_each: ForEach | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Repeats the request, never the check. ``interval`` in seconds; ``on``: statuses, ``timeout`` or
    ``connection``.
    """

    attempts: int
    interval: float
    on: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class KnownDefect:
    """A defect of the service that is known: a finding is it where every one of the given ``path`` (a place,
    ``*`` for any index), ``rule`` (a matcher or a rule of policy_text) and ``id`` (of the record) fits.
    """

    reason: str
    link: str
    span: Span
    path: str = ""
    rule: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """Where a variable got its value: ``scope`` is ``--var``, ``parametrize``, ``case``, ``suite``,
    ``_shared``, ``environment``;
    ``shadows`` is the weaker definition of the same name that it hides."""

    name: str
    value: Template
    scope: str
    span: Span | None = None
    shadows: Definition | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One runnable case: a case of a suite and, where it is parametrized, one row.

    ``id`` is the identity inside its file, ``page-size[many]``; it never holds anything that differs between
    runs.
    """

    id: str
    name: Template
    suite: str
    span: Span
    steps: tuple[Step, ...]
    checks: tuple[CheckNode, ...] = ()
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    allure: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    description: str = ""
    assumes: tuple[str, ...] = ()
    skip: str = ""
    only_in: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    known_defects: tuple[KnownDefect, ...] = ()
    level: Literal["error", "warning"] = "error"
    quarantine: Quarantine | None = None
