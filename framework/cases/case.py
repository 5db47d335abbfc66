"""The frozen records of a parsed suite: cases, steps, checks.

Nothing is rendered yet: a value that may hold references is a template (see ``template``). Every record
carries the span of its text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from framework.base.jsonpath import Json, Path
from framework.base.source import Span
from framework.cases.quarantine import Quarantine
from framework.cases.template import PathTemplate, Template

SubjectKind = Literal[
    "status_code",
    "url",
    "elapsed_ms",
    "header",
    "body",
    "body.size",
    "body.size_kb",
    "body.kind",
    "path",
    "variable",
]
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
    """What a check selects. ``text`` is as written; ``name`` the header or variable; ``path`` for ``$…`` and
    inside ``each``.

    ``singular``: selects one value; otherwise a list of values.
    """

    kind: SubjectKind
    text: str
    span: Span
    name: str = ""
    path: PathTemplate | None = None
    singular: bool = True


@dataclass(frozen=True, slots=True)
class MatcherCall:
    """``name: argument``, for example ``less_than: 2000``."""

    name: str
    argument: Template
    span: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """A matcher whose number is judged by matchers: ``length: {at_least: 1, at_most: 10}``."""

    name: str
    calls: tuple[Call, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Each:
    """``each: {…}``: the checks judge every selected record; their paths are relative to it."""

    checks: tuple[CheckNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CombinedCalls:
    """``not``, ``all_of`` or ``any_of`` among matchers: branches of matchers on the same subject."""

    kind: CombinationKind
    branches: tuple[tuple[Call, ...], ...]
    span: Span


Call = MatcherCall | Measure | Each | CombinedCalls


@dataclass(frozen=True, slots=True)
class Check:
    """A subject and the matchers that judge it.

    If ``may_be_empty``, a list subject that selects nothing passes.
    """

    subject: Subject
    calls: tuple[Call, ...]
    span: Span
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class CombinedChecks:
    """``not``, ``all_of`` or ``any_of`` in place of a subject: branches of whole checks."""

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
    """How to read all pages of a list.

    Attributes:
        page: address of the page number in the request.
        size: address of the page size in the request.
        more: path in a page that says whether another page follows.
        items: path in a page to its list.
        total: path in a page to the number of items on all pages.
        key: the member that identifies an item.
        max_pages: a walk that needs more pages is broken off.
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
    """``for_each: {name: list}``: the step runs once for each item, which is the variable *name*."""

    name: str
    values: Template
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One request and the checks of its reply.

    ``request`` renders to a mapping with the keys of the requests library. ``repeat`` is how many times it is
    sent. With ``walk``, or a ``repeat`` above 1, there are several replies: then ``checks`` judge all of them
    together, and ``each_reply`` every single one.
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
    """When a request is sent again; checks are never repeated.

    ``interval`` is in seconds. ``on`` holds statuses, ``timeout`` and ``connection``.
    """

    attempts: int
    interval: float
    on: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class KnownDefect:
    """A known defect of the service.

    A violation is this defect if all the given conditions match: ``path`` (``*`` matches any index), ``rule``
    (a matcher or a rule of policy_text) and ``id`` (of the record).
    """

    reason: str
    link: str
    span: Span
    path: str = ""
    rule: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """The definition of a variable.

    ``scope`` is ``--var``, ``parametrize``, ``case``, ``suite``, ``_shared`` or ``environment``.
    ``shadows`` is the weaker definition of the same name, if there is one.
    """

    name: str
    value: Template
    scope: str
    span: Span | None = None
    shadows: Definition | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One runnable case: a case of a suite or, if it is parametrized, one row of it.

    ``id`` identifies the case inside its file: ``page-size[many]``. It holds nothing that differs between
    runs, so that a case keeps its history.
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
