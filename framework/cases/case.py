"""The frozen model of suites, cases, steps and checks, as users wrote them.

Nothing is rendered yet: a value that may have references is a template (see ``template``). Every record has
the span of its text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from framework.base.jsonpath import Json, Path
from framework.base.source import Span
from framework.cases.logic import CombinationKind, State
from framework.cases.quarantine import Quarantine
from framework.cases.subjects import Part, SubjectRow
from framework.cases.template import PathTemplate, Template

SubjectKind = Literal["part", "path", "variable", "redirects"]
MatcherKind = Literal["value", "list", "presence"]
Phase = Literal["setup", "call", "teardown"]
"""The part of a case that a step belongs to, in pytest's words."""


HookKind = Literal["functions", "signers", "decoders"]
"""The files in which a team has functions that cases name."""


class Hook(Protocol):
    """A function of the team, as far as the parser needs it."""

    def refusal(self, names: Collection[str]) -> str:
        """Return why it cannot be called with arguments of these names; empty if it can."""


Hooks = Callable[[HookKind], Mapping[str, Hook]]


class Judgement(Protocol):
    """The outcome of a matcher, as far as the parser needs it."""

    @property
    def state(self) -> State: ...


class MatcherSpec(Protocol):
    """The facts about a matcher that the parser needs; ``checks.matchers`` has the table."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> MatcherKind:
        """``value``: judges each value; ``list``: all values together; ``presence``: whether there is one."""

    @property
    def measures(self) -> bool:
        """Whether the argument may be matchers on a number: ``length: {at_most: 10}``."""

    @property
    def exact(self) -> bool:
        """Whether the result depends on equality, order and type of value and argument alone."""

    @property
    def judge(self) -> Callable[..., Judgement]:
        """Judges a value; if ``exact``, from the value and the argument."""

    def state_of(self, value: Json, argument: Json) -> State | None:
        """Return the state for a value; None if it depends on more than the value and the argument."""

    def measure_of(self, value: Json) -> int | float | None:
        """Return the number that ``length: {…}`` is about; None if the value has none."""

    @property
    def alone(self) -> bool:
        """Whether it may not be inside ``each``, ``not``, ``all_of`` or ``any_of``."""

    @property
    def accepts(self) -> Callable[[Json], str | None]:
        """Returns why a constant argument is wrong, in the reader's language, or None."""


Vocabulary = Mapping[str, MatcherSpec]


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a check.

    ``text`` is as written. ``kind`` ``part`` is a part of the reply: its ``row`` of the table of subjects,
    and the ``name`` of a header or cookie. ``redirects`` has a path into the list of redirects that were
    followed. ``variable`` has the ``name`` and, below it, a ``path``; ``path``
    is
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
    """A subject and the matchers that judge it. ``may_be_empty``: a list subject may select nothing."""

    subject: Subject
    calls: tuple[Call, ...]
    span: Span
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class CombinedChecks:
    """``not``, ``all_of``, ``any_of`` in the place of a subject: branches of whole checks.

    ``names`` are those of the alternatives of an ``any_of``, empty if they have none. ``place`` is where it
    is in its ``validate``: ``any_of``, or ``all_of[1].any_of``.
    """

    kind: CombinationKind
    branches: tuple[tuple[CheckNode, ...], ...]
    span: Span
    names: tuple[str, ...] = ()
    place: str = ""


CheckNode = Check | CombinedChecks


@dataclass(frozen=True, slots=True)
class Extract:
    """``name: path`` or ``name: {path, as, distinct, secret, decode}``.

    ``decode`` has the names of decoders, which are applied in this order. ``secret`` is None if the case does
    not say whether the value is a secret.
    """

    name: str
    subject: Subject
    span: Span
    convert: Literal["integer", "number", "text"] | None = None
    distinct: bool = False
    secret: bool | None = None
    decode: tuple[str, ...] = ()


WalkStyle = Literal["page", "offset", "cursor", "next"]


@dataclass(frozen=True, slots=True)
class ReplyPlace:
    """A place in a reply that is a path in its body, or a header field."""

    text: str
    path: Path | None = None
    header: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """How to read all pages of a list.

    Attributes:
        style: how the next page is addressed: by its number, the number of records before it, a cursor of
        the page
            before, or the address of the next page.
        position: the address in the request of number, offset or cursor; empty for ``next``.
        first: the number of the first page (1 or 0), or the first offset.
        size: the address of the page size in the request; empty if the request has none.
        following: where a page has the cursor or the address of the next one.
        more: a flag in each page that there are more; with ``inverted``, that there are none.
        total: the number of all records, in each page.
        echoed: the page size that the service says it used.
        key: the member that identifies an item.
        max_pages: ends a walk that has no end.
    """

    name: str
    style: WalkStyle
    items: Path
    key: str
    span: Span
    position: tuple[str, ...] = ()
    first: int = 1
    size: tuple[str, ...] = ()
    following: ReplyPlace | None = None
    more: Path | None = None
    inverted: bool = False
    total: ReplyPlace | None = None
    echoed: Path | None = None
    max_pages: int = 1000


@dataclass(frozen=True, slots=True)
class ForEach:
    """``for_each: {name: list}``: the step runs once for each item, with the item as the variable *name*."""

    name: str
    values: Template
    span: Span


@dataclass(frozen=True, slots=True)
class WaitFor:
    """``wait_for``: the request is sent until the reply passes the checks of *until*, at most *timeout* long.

    ``timeout`` and ``interval`` are in seconds.
    """

    until: tuple[CheckNode, ...]
    timeout: float
    interval: float
    span: Span


@dataclass(frozen=True, slots=True)
class SkipUnless:
    """``skip_unless``: if the reply does not pass these checks, the case is skipped for the *reason*."""

    reason: str
    conditions: tuple[CheckNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class HookCall:
    """``call: NAME``: the step calls a function of the team in place of sending a request."""

    name: str
    arguments: Template
    span: Span


@dataclass(frozen=True, slots=True)
class Use:
    """``use: NAME``: the step takes the place of a shared one.

    ``given`` are the variables of its ``with``; a shared step that uses another has one mapping for each,
    the outermost first. ``renamed`` has the new name of an extract by its name in the shared step. If
    ``loops``, ``for_each`` is written beside ``use``, so its item is known in ``with``.
    """

    name: str
    span: Span
    given: tuple[Mapping[str, Definition], ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    loops: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One request and the checks of its reply. ``request`` renders to a mapping of requests' own keys.

    With ``walk`` or ``repeat``, ``checks`` are about all replies together, and ``each_reply`` about every
    single one. ``repeat`` is the number of times that the request is sent. ``use`` is set if the step is a
    shared one. If ``read_only``, sending the request again changes nothing, whatever its method.
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
    wait_for: WaitFor | None = None
    skip_unless: SkipUnless | None = None
    phase: Phase = "call"
    use: Use | None = None
    call: HookCall | None = None
    read_only: bool = False

    def name_after(self, extract: str) -> str:
        """Return the name by which later steps know the value that this step extracts as *extract*."""
        return self.use.renamed.get(extract, extract) if self.use else extract


@dataclass(frozen=True, slots=True)
class Retry:
    """Repeats the request, never the check. ``interval`` is in seconds, ``on`` has statuses, ``timeout`` or
    ``connection``.
    """

    attempts: int
    interval: float
    on: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class KnownDefect:
    """A known defect of the service. A finding belongs to it if every given condition fits: ``path`` (a
    place,
    ``*`` for any index), ``rule`` (a matcher, or a rule of a matcher) and ``id`` (of the record).
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

    ``scope`` is ``--var``, ``parametrize``, ``case``, ``suite``, ``_shared`` or ``environment``; ``shadows``
    is the weaker definition of the same name that this one hides.
    """

    name: str
    value: Template
    scope: str
    span: Span | None = None
    shadows: Definition | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One runnable case: a case of a suite or, if it is parametrized, one row of it.

    ``id`` is the identity inside its file, ``page-size[many]``; it has nothing that differs between runs.
    ``steps`` begin with those of every ``setup``, the outermost first. ``teardown`` runs after them, whatever
    happened, the innermost first. ``fixtures`` are the names of pytest fixtures that the case needs.
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
    teardown: tuple[Step, ...] = ()
    fixtures: Mapping[str, Span] = field(default_factory=dict)

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps, and those of the teardown."""
        return self.steps + self.teardown
