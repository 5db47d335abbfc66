"""What a check can see: the places of the reply, the variables, whether the bytes of the body.

Where this says that a check cannot see a place, its verdict is the same whatever stands there; it may say too
much, never too little. A selftest holds it against evaluating everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from framework.audit.places import Place
from framework.cases.case import Call, Check, CheckNode, Each, Extract, MatcherCall, Subject
from framework.cases.template import PathTemplate, Reference, references
from framework.checks.calls import names
from framework.checks.outcome import Matcher

Shape = tuple[frozenset[str] | None, ...]
_BODY = frozenset({"body", "body.size", "body.kind"})
STATUS: Place = ("\0status_code",)
HEADER: Place = ("\0header",)
ELAPSED: Place = ("\0elapsed_ms",)
"""What a reply has besides its JSON, as places: no member of an object is called that."""


@dataclass(frozen=True, slots=True)
class Sight:
    """``shapes``: the paths it follows from the root, everything below included; ``rows``: those that it
    follows no further than to see that there is something; ``variables``: those it names.
    """

    shapes: frozenset[Shape] = frozenset()
    rows: frozenset[Shape] = frozenset()
    variables: frozenset[str] = frozenset()
    body: bool = False

    @property
    def asks_status(self) -> bool:
        return (frozenset(STATUS),) in self.shapes

    def sees(self, places: Iterable[Place]) -> bool:
        return self.body or any(
            any(_meet(shape, place) for shape in self.shapes)
            or any(len(place) <= len(shape) and _meet(shape, place) for shape in self.rows)
            for place in places
        )


def _meet(shape: Shape, place: Place) -> bool:
    for names_taken, part in zip(shape, place, strict=False):
        if isinstance(part, str):
            if names_taken is not None and part not in names_taken:
                return False
        elif names_taken is not None:
            return False
    return True


class Gathering:
    """Collects what nodes look at."""

    def __init__(self, matchers: Mapping[str, Matcher]) -> None:
        self.matchers = matchers
        self.shapes: set[Shape] = set()
        self.rows: set[Shape] = set()
        self.variables: set[str] = set()
        self.body = False

    def sight(self) -> Sight:
        return Sight(frozenset(self.shapes), frozenset(self.rows), frozenset(self.variables), self.body)

    def node(self, node: CheckNode, record: Shape | None) -> None:
        """Look at a check; *record* is where the record at hand stands, inside ``each``."""
        if not isinstance(node, Check):
            for branch in node.branches:
                for inner in branch:
                    self.node(inner, record)
            return
        through = not node.subject.singular and all(isinstance(call, Each) for call in node.calls)
        shape = self.subject(node.subject, record, through=through)
        for call in node.calls:
            self._call(call, node.subject, shape, record)

    def subject(self, subject: Subject, record: Shape | None, *, through: bool = False) -> Shape | None:
        """Return where in the reply the subject looks; None where it looks elsewhere. *through*: only
        ``each`` goes on from there.
        """
        self.body = self.body or subject.kind in _BODY
        if subject.kind == "variable":
            self.variables.add(subject.name)
        if subject.path is not None:
            self._references(references(subject.path), record)
        if subject.kind in ("status_code", "header", "elapsed_ms"):
            self.shapes.add((frozenset({"\0" + subject.kind}),))
        if subject.kind != "path" or subject.path is None:
            return None
        inner, whole = _shape(subject.path)
        shape = (record or ()) + inner
        (self.rows if through and whole else self.shapes).add(shape)
        return shape

    def _call(self, call: Call, subject: Subject, shape: Shape | None, record: Shape | None) -> None:
        if isinstance(call, Each):
            # under a singular path the records are the value or its items; what is below it is looked at in
            # any case
            inside = Gathering(self.matchers)
            for check in call.checks:
                inside.node(check, shape)
            self.variables |= inside.variables
            self.body = self.body or inside.body
            self.rows |= inside.rows
            self.shapes |= inside.shapes
            return
        if shape is not None and any(
            name in self.matchers and self.matchers[name].needs_record for name in names(call)
        ):
            self.shapes.add(record if record is not None else shape[:-1])
        for inner in _inner_calls(call):
            self._call(inner, subject, shape, record)
        if isinstance(call, MatcherCall):
            self._references(references(call.argument), record)

    def _references(self, found: Iterable[Reference], record: Shape | None) -> None:
        for reference in found:
            if reference.origin == "variable":
                self.variables.add(reference.name)
            elif reference.origin == "reply":
                self.shapes.add(reference.path.shape)
            elif reference.origin == "record":
                self.shapes.add((record or ()) + reference.path.shape)


def _inner_calls(call: Call) -> Iterator[Call]:
    for branch in getattr(call, "branches", ()):
        yield from branch
    yield from getattr(call, "calls", ())


def _shape(path: PathTemplate) -> tuple[Shape, bool]:
    """Return the shape of a path, and whether that is the whole path."""
    if path.fixed is None:
        return (), False
    return path.fixed.shape, len(path.fixed.shape) == len(path.fixed.query.segments)


def sight_of(node: CheckNode, matchers: Mapping[str, Matcher]) -> Sight:
    """Return what a check of a reply looks at."""
    gathering = Gathering(matchers)
    gathering.node(node, None)
    return gathering.sight()


def sight_of_extracts(extracts: Iterable[Extract]) -> Sight:
    """Return what extracts look at."""
    gathering = Gathering({})
    for extract in extracts:
        gathering.subject(extract.subject, None)
    return gathering.sight()
