"""Finds checks of one reply that can never hold together, although each of them can.

``tautology`` looks at the matchers under one subject. Here several subjects are compared: one place in two
spellings, a place and one inside it, a list and its items, and parts of a reply that depend on each other.
What a check demands of another subject becomes a matcher there, and ``tautology.contradiction`` decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import (
    Call,
    Case,
    Check,
    CheckNode,
    CombinedCalls,
    CombinedChecks,
    Each,
    MatcherCall,
    Measure,
    Step,
    Subject,
    Vocabulary,
)
from framework.cases.places import Place, place_of
from framework.cases.subjects import SUBJECTS
from framework.cases.tautology import contradiction
from framework.cases.template import Constant, MappingTemplate

_JSON_BEGINS: Final = (*'{["-0123456789', "t", "f", "n")
_STATUS, _SIZE, _BODY, _KIND = (("status_code",), ("body.size",), ("body",), ("body.kind",))
_COOKIE: Final = "cookies."
_COOKIE_FIELD: Final = ("headers.set-cookie",)


_found: Final[dict[tuple[object, ...], tuple[bool, Vocabulary]]] = {}
_MOST_FOUND: Final = 4096


@dataclass(frozen=True, slots=True)
class _Demand:
    """A matcher that must hold at a place, and the check that demands it."""

    call: Call
    source: str
    span: Span


_Demands = Mapping[Place, Sequence[_Demand]]


def contradictions(case: Case, matchers: Vocabulary) -> Iterator[Problem]:
    """Yield a problem for each group of checks of *case* that cannot hold together."""
    for step in case.steps:
        is_of_many = step.walk is not None or step.repeat > 1
        for checks, is_reply in ((step.checks, not is_of_many), (step.each_reply, True)):
            of_method = _of_head(step) if is_reply else None
            if found := _conflict(checks, matchers, is_reply=is_reply, of_method=of_method):
                yield found
    if found := _conflict(case.checks, matchers):
        yield found


def _of_head(step: Step) -> _Demand | None:
    """Return the demand of the method HEAD: no body."""
    request = step.request
    fields = request.fields if isinstance(request, MappingTemplate) else ()
    method = next(
        (value for key, value in fields if isinstance(key, Constant) and key.value == "method"), None
    )
    if isinstance(request, Constant) and isinstance(request.value, Mapping):
        method = Constant(request.value.get("method"), request.span)
    if not isinstance(method, Constant) or method.value != "HEAD":
        return None
    return _Demand(_call("equals", 0, method.span), "method: HEAD", method.span)


def _conflict(
    nodes: Sequence[CheckNode],
    matchers: Vocabulary,
    *,
    is_reply: bool = False,
    of_method: _Demand | None = None,
) -> Problem | None:
    def conflict_of(checks: Sequence[Check]) -> Problem | None:
        return _Group(checks, matchers, is_reply, of_method).conflict()

    checks, alternatives = _flattened(nodes)
    for check in checks:
        for each in (call for call in check.calls if isinstance(call, Each)):
            if found := _conflict(each.checks, matchers):
                return found
    if found := conflict_of(checks):
        return found
    for node in alternatives:
        tried = [conflict_of([*checks, *_flattened(branch)[0]]) for branch in node.branches]
        if tried[0] is not None and all(tried):
            return replace(tried[0], span=node.span)
    return None


def _flattened(nodes: Sequence[CheckNode]) -> tuple[list[Check], list[CombinedChecks]]:
    """Return the checks that must all hold, and the alternatives of which one must."""
    checks: list[Check] = []
    alternatives: list[CombinedChecks] = []
    for node in nodes:
        if isinstance(node, Check):
            checks.append(node)
        elif node.kind == "all_of":
            for inner_checks, inner_alternatives in map(_flattened, node.branches):
                checks += inner_checks
                alternatives += inner_alternatives
        elif node.kind == "any_of":
            alternatives.append(node)
        elif (one := _negated(node)) is not None:
            checks.append(one)
    return checks, alternatives


def _negated(node: CombinedChecks) -> Check | None:
    """Return ``not`` of one check as that check with its matchers under ``not``."""
    inner = node.branches[0][0] if len(node.branches[0]) == 1 else None
    if not isinstance(inner, Check) or inner.may_be_empty or not inner.subject.singular:
        return None
    return replace(inner, calls=(CombinedCalls("not", (inner.calls,), node.span),), span=node.span)


def _call(name: str, argument: Json, span: Span) -> MatcherCall:
    return MatcherCall(name, Constant(argument, span), span)


def _place(subject: Subject) -> Place | None:
    path = subject.path.fixed if subject.path is not None else None
    if subject.kind == "path" and path is not None and not subject.text.startswith(("$", "schema")):
        return None if path.steps is None else ("@", *path.steps)  # inside ``each``
    return place_of(subject, {})


class _Group:
    """Checks that must all hold, by place."""

    def __init__(
        self, checks: Sequence[Check], matchers: Vocabulary, is_reply: bool, of_method: _Demand | None
    ) -> None:
        self._matchers = matchers
        self._is_reply = is_reply
        self._of_method = of_method
        self._subjects: dict[Place, Subject] = {}
        self._demands: dict[Place, list[_Demand]] = defaultdict(list)
        self._needed: dict[Place, Check] = {}
        for check in checks:
            place = _place(check.subject)
            if place is None or check.may_be_empty:
                continue
            self._subjects.setdefault(place, check.subject)
            self._demands[place] += [_Demand(call, check.subject.text, check.span) for call in check.calls]
            if self._needs_a_value(check):
                self._needed.setdefault(place, check)

    def _needs_a_value(self, check: Check) -> bool:
        kinds = {self._kind(call) if isinstance(call, MatcherCall) else "" for call in check.calls}
        return kinds == {"value"}

    def conflict(self) -> Problem | None:
        own = {place: tuple(demands) for place, demands in self._demands.items()}
        if len(own) < 2 and not (self._of_method or any(len(demands) > 1 for demands in own.values())):
            return None
        for place, check in self._needed.items():
            self._demand_of_ancestors(place, check)
            if problem := self._demand_of_constants(place, check, own):
                return problem
            self._demand_of_items(place, own)
        self._demand_of_counts(own)
        if self._is_reply:
            self._demand_of_parts()
        return next(filter(None, map(self._conflict_at, self._demands)), None)

    def _add(self, place: Place, call: Call, source: str, span: Span) -> None:
        known = self._demands[place]
        if not any(_same(call, demand.call) for demand in known):
            known.append(_Demand(call, source, span))

    def _demand_of_ancestors(self, place: Place, check: Check) -> None:
        """Demand an object or a long enough list of everything around *place*."""
        source, span = check.subject.text, check.span
        for depth in range(1, len(place)):
            around, step = place[:depth], place[depth]
            if around in self._subjects:
                kinds: Json = (
                    "object"
                    if isinstance(step, str)
                    else "array"
                    if step is not None
                    else ["array", "object"]
                )
                self._add(around, _call("type", kinds, span), source, span)
                self._add(around, _call("not_empty", True, span), source, span)
                if isinstance(step, int):
                    least = _call("at_least", step + 1 if step >= 0 else -step, span)
                    self._add(around, Measure("length", (least,), span), source, span)
            if step is None:
                return

    def _demand_of_constants(self, place: Place, check: Check, own: _Demands) -> Problem | None:
        """Demand the value that a constant around *place* has there."""
        for depth in range(1, len(place)):
            for demand in own.get(place[:depth], ()):
                constant = _constant(demand.call, "equals")
                if constant is None:
                    continue
                found, value = _inside(constant, place[depth:])
                if not found:
                    return _never(demand.source, check.subject.text, check.span)
                self._add(place, _call("equals", value, demand.span), demand.source, demand.span)
        return None

    def _demand_of_items(self, place: Place, own: _Demands) -> None:
        """Demand of one item whatever is demanded of all."""
        covering = (demands for other, demands in own.items() if None in other and _covers(other, place))
        for demand in chain.from_iterable(covering):
            is_of_each = isinstance(demand.call, MatcherCall) and self._kind(demand.call) == "value"
            if is_of_each and self._subjects[place].singular:
                self._add(place, demand.call, demand.source, demand.span)

    def _demand_of_counts(self, own: _Demands) -> None:
        """Demand of a list the number of its items."""
        for place, demands in own.items():
            for demand in demands if place[-1] is None and None not in place[:-1] else ():
                count = _constant(demand.call, "count")
                if count:  # No item at all is in a text or a number, too.
                    self._add(place[:-1], _call("length", count, demand.span), demand.source, demand.span)

    def _kind(self, call: MatcherCall) -> str:
        return self._matchers[call.name].kind

    def _demand_of_parts(self) -> None:
        """Add the demands on the body that follow from status, method and JSON, and the field of a cookie."""
        no_body = self._of_method or self._only(_STATUS, (204, 304))
        if no_body:
            self._add(_SIZE, _call("equals", 0, no_body.span), no_body.source, no_body.span)
        if demand := self._only(_SIZE, (0,)):
            self._add(_BODY, _call("empty", True, demand.span), demand.source, demand.span)
            self._add(_KIND, _call("equals", "empty", demand.span), demand.source, demand.span)
        of_json = next((check for place, check in self._needed.items() if place[0] == "$"), None)
        if of_json is not None and any(place in self._demands for place in (_SIZE, _BODY, _KIND)):
            self._demand_of_json(of_json)
        for place, check in self._needed.items():
            if str(place[0]).startswith(_COOKIE) and _COOKIE_FIELD in self._subjects:
                self._add(_COOKIE_FIELD, _call("type", "string", check.span), check.subject.text, check.span)

    def _demand_of_json(self, check: Check) -> None:
        source, span = check.subject.text, check.span
        self._add(_SIZE, _call("greater_than", 0, span), source, span)
        self._add(_BODY, _call("not_empty", True, span), source, span)
        self._add(_KIND, _call("one_of", ["json", "text"], span), source, span)
        for demand in self._demands[_BODY]:
            text = _constant(demand.call, "equals") or _constant(demand.call, "starts_with") or ""
            begin = str(text).lstrip(" \t\r\n")
            if begin and not begin.startswith(_JSON_BEGINS) and demand.source != source:
                self._add(_SIZE, _call("equals", 0, demand.span), demand.source, demand.span)

    def _excludes_every_value(self, place: Place, calls: Sequence[Call]) -> bool:
        """Return whether no value fits all *calls*; found once in a process, for many cases ask the same."""
        subject, texts = self._subject(place), tuple(map(_text_of, calls))
        if not all(texts):
            return contradiction(subject, calls, self._matchers) is not None
        key = id(self._matchers), subject.kind, subject.text, *texts
        if key not in _found:
            if len(_found) >= _MOST_FOUND:
                _found.clear()
            # The matchers are kept, so their id stays their own.
            _found[key] = contradiction(subject, calls, self._matchers) is not None, self._matchers
        return _found[key][0]

    def _only(self, place: Place, allowed: Sequence[int]) -> _Demand | None:
        """Return the demand at *place* that no other number than those *allowed* fits."""
        for demand in self._demands.get(place, ()):
            one = _constant(demand.call, "equals")
            several = _constant(demand.call, "one_of") or [one]
            if isinstance(several, list) and all(number in allowed for number in several):
                return demand
        return None

    def _subject(self, place: Place) -> Subject:
        if place in self._subjects:
            return self._subjects[place]
        name, span = str(place[0]), self._demands[place][0].span
        return Subject("part", name, span, row=SUBJECTS[name])

    def _conflict_at(self, place: Place) -> Problem | None:
        demands = self._demands[place]
        sources = list(dict.fromkeys((demand.source, demand.span) for demand in demands))
        if len(sources) < 2 or (place not in self._subjects and place not in (_SIZE, _BODY, _KIND)):
            return None
        if not self._excludes_every_value(place, [demand.call for demand in demands]):
            return None
        return _never(sources[0][0], sources[-1][0], sources[-1][1])


def _text_of(call: Call) -> str:
    """Return a call of constants as text; empty if it has anything else in it."""
    if isinstance(call, Measure):
        inner = [_text_of(one) for one in call.calls]
        return f"{call.name}({inner})" if all(inner) else ""
    if isinstance(call, MatcherCall) and isinstance(call.argument, Constant):
        return f"{call.name} {call.argument.value!r}"
    return ""


def _constant(call: Call, name: str) -> Json:
    """Return the argument of *call* if it is *name* with a constant; None if not."""
    if isinstance(call, MatcherCall) and call.name == name and isinstance(call.argument, Constant):
        return call.argument.value
    return None


def _inside(value: Json, steps: Place) -> tuple[bool, Json]:
    """Return whether *value* has something at *steps*, and that."""
    for step in steps:
        if isinstance(step, int):
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return False, None
            value = value[step]
        elif isinstance(value, Mapping) and step in value:
            value = value[step]
        else:
            return False, None
    return True, value


def _same(one: Call, other: Call) -> bool:
    """Return whether two calls with constants demand the same."""
    if isinstance(one, Measure) and isinstance(other, Measure) and len(one.calls) == len(other.calls) == 1:
        return one.name == other.name and _same(one.calls[0], other.calls[0])
    value = _constant(one, getattr(one, "name", ""))
    return value is not None and value == _constant(other, getattr(one, "name", ""))


def _covers(pattern: Place, place: Place) -> bool:
    return len(pattern) == len(place) and all(
        one in (other, None) for one, other in zip(pattern, place, strict=True)
    )


def _never(one: str, other: str, span: Span) -> Problem:
    what = tr("{one} 与 {other} 的要求不能同时成立，永远不会通过", one=one, other=other)
    return Problem("never-passes", what, tr("只要成立一个就写 any_of"), span)
