"""Computes the read set of a check: the places of the reply and the variables that it may read.

If a place is not in the read set, the check's verdict does not depend on it. The set may be too large, but
never too small. A selftest compares the verdicts with those of evaluating every check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from framework.audit.places import Place
from framework.cases.case import Call, Check, CheckNode, Each, Extract, MatcherCall, Subject
from framework.cases.template import PathTemplate, Reference, references
from framework.checks.matching import matcher_names
from framework.checks.outcome import Matcher

Shape = tuple[frozenset[str] | None, ...]
STATUS: Place = ("\0status_code",)
HEADER: Place = ("\0header",)
ELAPSED: Place = ("\0elapsed_ms",)
"""The parts of a reply outside its JSON, as places. No member of an object has such a name."""


@dataclass(frozen=True, slots=True)
class ReadSet:
    """The parts of a reply that a check may read.

    ``shapes``: paths from the root, with everything below them. ``row_shapes``: paths of which only the
    existence of their values is read. ``variables``: the names of the variables. ``reads_body``: whether the
    bytes of the body are read.
    """

    shapes: frozenset[Shape] = frozenset()
    row_shapes: frozenset[Shape] = frozenset()
    variables: frozenset[str] = frozenset()
    reads_body: bool = False

    @property
    def reads_status(self) -> bool:
        return (frozenset(STATUS),) in self.shapes

    def includes(self, places: Iterable[Place]) -> bool:
        """Return whether the check may read one of the places, or something that contains it."""
        return self.reads_body or any(self._includes(place) for place in places)

    def _includes(self, place: Place) -> bool:
        if any(_overlap(shape, place) for shape in self.shapes):
            return True
        return any(len(place) <= len(shape) and _overlap(shape, place) for shape in self.row_shapes)


def _overlap(shape: Shape, place: Place) -> bool:
    # The shorter of the two is a prefix of the other: one contains the other.
    for names_taken, part in zip(shape, place, strict=False):
        if isinstance(part, str):
            if names_taken is not None and part not in names_taken:
                return False
        elif names_taken is not None:
            return False
    return True


class ReadSetBuilder:
    """Collects the read set of checks."""

    def __init__(self, matchers: Mapping[str, Matcher]) -> None:
        self.matchers = matchers
        self.shapes: set[Shape] = set()
        self.row_shapes: set[Shape] = set()
        self.variables: set[str] = set()
        self.reads_body = False

    def build(self) -> ReadSet:
        return ReadSet(
            frozenset(self.shapes), frozenset(self.row_shapes), frozenset(self.variables), self.reads_body
        )

    def add_check(self, node: CheckNode, record: Shape | None) -> None:
        """Add a check. *record*: inside ``each``, the path of the current record."""
        if not isinstance(node, Check):
            for branch in node.branches:
                for inner in branch:
                    self.add_check(inner, record)
            return
        only_each = not node.subject.singular and all(isinstance(call, Each) for call in node.calls)
        shape = self.add_subject(node.subject, record, only_each=only_each)
        for call in node.calls:
            self._add_call(call, node.subject, shape, record)

    def add_subject(self, subject: Subject, record: Shape | None, *, only_each: bool = False) -> Shape | None:
        """Add a subject and return its path in the reply; None if it is not in the JSON of the reply.

        *only_each*: the values are read only by the checks in ``each``, which are added apart.
        """
        self.reads_body = self.reads_body or subject.reads("body")
        if subject.kind == "variable":
            self.variables.add(subject.name)
        if subject.path is not None:
            self._add_references(references(subject.path), record)
        if subject.row is not None and subject.row.part in ("status_code", "header", "elapsed_ms"):
            self.shapes.add((frozenset({"\0" + subject.row.part}),))
        if subject.kind != "path" or subject.path is None:
            return None
        inner, whole = _shape(subject.path)
        shape = (record or ()) + inner
        (self.row_shapes if only_each and whole else self.shapes).add(shape)
        return shape

    def _add_call(self, call: Call, subject: Subject, shape: Shape | None, record: Shape | None) -> None:
        if isinstance(call, Each):
            # Under a singular path the records are the value or its items. Everything below it is in the set
            # anyway.
            inside = ReadSetBuilder(self.matchers)
            for check in call.checks:
                inside.add_check(check, shape)
            self.variables |= inside.variables
            self.reads_body = self.reads_body or inside.reads_body
            self.row_shapes |= inside.row_shapes
            self.shapes |= inside.shapes
            return
        if shape is not None and self._needs_record(call):
            self.shapes.add(record if record is not None else shape[:-1])
        for inner in _inner_calls(call):
            self._add_call(inner, subject, shape, record)
        if isinstance(call, MatcherCall):
            self._add_references(references(call.argument), record)

    def _needs_record(self, call: Call) -> bool:
        known = (self.matchers[name] for name in matcher_names(call) if name in self.matchers)
        return any(matcher.needs_record for matcher in known)

    def _add_references(self, found: Iterable[Reference], record: Shape | None) -> None:
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
    """Return the shape of a path, and whether the shape covers the whole path."""
    if path.fixed is None:
        return (), False
    return path.fixed.shape, len(path.fixed.shape) == len(path.fixed.query.segments)


def read_set_of(node: CheckNode, matchers: Mapping[str, Matcher]) -> ReadSet:
    """Return the read set of a check of a reply."""
    builder = ReadSetBuilder(matchers)
    builder.add_check(node, None)
    return builder.build()


def read_set_of_extracts(extracts: Iterable[Extract]) -> ReadSet:
    """Return the read set of extracts."""
    builder = ReadSetBuilder({})
    for extract in extracts:
        builder.add_subject(extract.subject, None)
    return builder.build()
