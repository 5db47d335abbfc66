"""Finds checks without content in a whole case: the service's reply cannot change their result.

``tautology`` looks at one check. Here the step around it is known: which variables the case itself wrote,
which values the step extracted from the same reply, and the documents of a walk and of ``repeat``, which the
harness
makes. Branches of ``any_of`` are left alone: ``any_of: [{${size}: {less_than: 20}}, …]`` is a condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.cases.case import (
    Call,
    Case,
    Check,
    CheckNode,
    Extract,
    MatcherCall,
    Measure,
    Step,
    Subject,
    Vocabulary,
)
from framework.cases.places import Place, Places, compared_with_itself, extracted_places
from framework.cases.possible_states import possible_states
from framework.cases.possible_values import numbers_of_row
from framework.cases.subjects import SUBJECTS, SubjectRow
from framework.cases.tautology import constant_check
from framework.cases.template import Constant, Reference, references
from framework.cases.traverse import check_references

_Sizes = Mapping[str, tuple[int, int]]
_REDIRECTS: Final[_Sizes] = {"redirects": (0, 10)}
_TYPES: Final = {"integer": "integer", "number": "number", "text": "string"}
"""The types that ``as`` makes."""


def self_evident_checks(case: Case, matchers: Vocabulary) -> Iterator[Problem]:
    """Yield a problem for each check of *case* whose result no reply can change."""
    written = _written_by_the_case(case)
    all_places: dict[str, Place] = {}
    for number, step in enumerate(case.steps):
        yield from _about_written(
            _plain((*step.each_reply, *step.checks)), written | _written_items(step, written)
        )
        places = extracted_places(step)
        extracts = {extract.name: extract for extract in step.extracts}
        for check in _plain(step.checks):
            yield from compared_with_itself(check, places, matchers)
            yield from _ensured_by_extract(check, extracts)
            yield from _about_own_documents(check, step, matchers)
        all_places |= {step.name_after(name): (str(number), *place) for name, place in places.exact.items()}
    yield from _about_written(_plain(case.checks), written)
    every = {step.name_after(extract.name): extract for step in case.steps for extract in step.extracts}
    for check in _plain(case.checks):
        yield from compared_with_itself(check, Places(all_places, {}), matchers)
        yield from _ensured_by_extract(check, every)


def _plain(checks: Sequence[CheckNode]) -> Iterator[Check]:
    return (check for check in checks if isinstance(check, Check))


# -- variables that the case wrote


def _written_by_the_case(case: Case) -> frozenset[str]:
    """Return the variables whose values the case file has, whatever the service replies."""
    changing = {name for step in case.all_steps for name in _named_by(step)} | set(case.fixtures)
    written = {name for name, one in case.definitions.items() if one.scope != "environment"} - changing
    while unknown := {name for name in written if _uses_another(case, name, written)}:
        written -= unknown
    return frozenset(written)


def _named_by(step: Step) -> Iterator[str]:
    for extract in step.extracts:
        yield from (extract.name, step.name_after(extract.name))
    if step.for_each is not None:
        yield step.for_each.name
    for layer in step.use.given if step.use else ():
        yield from layer


def _written_items(step: Step, written: frozenset[str]) -> frozenset[str]:
    """Return the name of the loop's item if the case file has the list."""
    loop = step.for_each
    if loop is None or any(
        one.origin != "variable" or one.name not in written for one in references(loop.values)
    ):
        return frozenset()
    return frozenset({loop.name})


def _uses_another(case: Case, name: str, written: set[str]) -> bool:
    found = references(case.definitions[name].value)
    return any(reference.origin == "variable" and reference.name not in written for reference in found)


def _about_written(checks: Iterator[Check], written: frozenset[str]) -> Iterator[Problem]:
    for check in checks:
        if check.subject.kind != "variable" or check.subject.name not in written:
            continue
        others = (reference for reference, _ in check_references([check]))
        if all(
            one.origin == "builtin" or (one.origin == "variable" and one.name in written) for one in others
        ):
            what = tr("{subject} 是用例自己写的值，答复改变不了这条检查的结果", subject=check.subject.text)
            yield Problem("never-fails", what, tr("检查答复里的值"), check.span)


# -- what ``as`` or ``distinct`` made


def _ensured_by_extract(check: Check, extracts: Mapping[str, Extract]) -> Iterator[Problem]:
    """Yield a problem for each matcher that ``as`` or ``distinct`` of the extract makes true."""
    extract = extracts.get(check.subject.name) if check.subject.kind == "variable" else None
    path = check.subject.path.fixed if check.subject.path is not None else None
    if extract is None or path is None or str(path.query) != "$":
        return
    for call in check.calls:
        argument = call.argument if isinstance(call, MatcherCall) else None
        if not isinstance(call, MatcherCall) or not isinstance(argument, Constant):
            continue
        is_distinct = extract.distinct and call.name == "unique"
        is_converted = call.name == "type" and argument.value == _TYPES.get(extract.convert or "")
        if is_distinct or is_converted:
            what = tr(
                "{subject} 抽取时已经是这样，{name} 永远成立", subject=check.subject.text, name=call.name
            )
            yield Problem("never-fails", what, tr("检查答复里的值"), call.span)


# -- documents that the harness makes


def _about_own_documents(check: Check, step: Step, matchers: Vocabulary) -> Iterator[Problem]:
    is_redirects = check.subject.kind == "redirects"
    place = check.subject.text if is_redirects else _query(check.subject)
    sizes, rows = (_REDIRECTS, _NO_ROWS) if is_redirects else (_sizes(step), _rows(step))
    for call in check.calls:
        if step.walk is not None and place.startswith("$['pages']") and _is_number_of_requests(call):
            yield _never(check.subject, getattr(call, "name", ""), True, call)
        problem = _constant_size(check.subject, call, sizes, place, matchers)
        if problem is None and place in rows:
            problem = constant_check(replace(check.subject, row=rows[place]), call, matchers)
        if problem is not None:
            yield problem


def _query(subject: Subject) -> str:
    path = subject.path.fixed if subject.path is not None else None
    is_of_reply = subject.kind == "path" and subject.text.startswith("$")
    return str(path.query) if path is not None and is_of_reply else ""


def _is_number_of_requests(call: Call) -> bool:
    named = call.argument if isinstance(call, MatcherCall) and call.name in ("length", "count") else None
    return (
        isinstance(named, Reference) and named.origin == "reply" and str(named.path.query) == "$['requests']"
    )


_NO_ROWS: Mapping[str, SubjectRow] = {}


def _rows(step: Step) -> Mapping[str, SubjectRow]:
    """Return the numbers that the harness writes into the document of a walk or of ``repeat``."""
    if step.walk is not None:
        return {"$['requests']": replace(SUBJECTS["body.size"], least=1, most=step.walk.max_pages)}
    if step.repeat > 1:
        return {
            "$['statuses'][*]": SUBJECTS["status_code"],
            "$['elapsed_ms'][*]": SUBJECTS["elapsed_ms"],
        }
    return _NO_ROWS


def _sizes(step: Step) -> _Sizes:
    """Return the lists of that document, each with its least and greatest length."""
    if step.walk is not None:
        return {"$['pages']": (1, step.walk.max_pages), "$['items']": (0, 10**8)}
    times = step.repeat
    return {f"$['{name}']": (times, times) for name in ("replies", "statuses", "elapsed_ms") if times > 1}


def _constant_size(
    subject: Subject, call: Call, sizes: _Sizes, place: str, matchers: Vocabulary
) -> Problem | None:
    bounds = sizes.get(place.removesuffix("[*]"))
    if bounds is None:
        return None
    name = getattr(call, "name", "")
    if name == "type" and place in sizes and isinstance(call, MatcherCall):
        held = isinstance(call.argument, Constant) and "array" in str(call.argument.value)
        return _never(subject, name, held, call)
    inner = _measured(call, "count" if place not in sizes else "length")
    if not inner:
        return None
    row = SubjectRow("", "body", lambda *_: None, "", "", least=bounds[0], most=bounds[1])
    number = Subject("variable", subject.text, subject.span, row=row)
    states = {
        state
        for one in inner
        for value in numbers_of_row(row, inner)
        for state in possible_states(one, value, matchers, number)
    }
    return _never(subject, name, "held" in states, call) if len(states & {"held", "violated"}) == 1 else None


def _measured(call: Call, name: str) -> tuple[Call, ...]:
    """Return the requirements of *call* on the length of the list, as calls on the number."""
    if isinstance(call, Measure):
        return call.calls if call.name in (name, "count") else ()
    if not isinstance(call, MatcherCall) or not isinstance(call.argument, Constant):
        return ()
    if call.name in (name, "count"):
        return (MatcherCall("equals", call.argument, call.span),)
    if call.name in ("empty", "not_empty") and name == "length":
        return (
            MatcherCall(
                "equals" if call.name == "empty" else "not_equals", Constant(0, call.span), call.span
            ),
        )
    return ()


def _never(subject: Subject, name: str, held: bool, call: Call) -> Problem:
    what = (
        tr("{subject} 是框架自己记的，{name} 永远成立", subject=subject.text, name=name)
        if held
        else tr("{subject} 是框架自己记的，{name} 永远不会成立", subject=subject.text, name=name)
    )
    return Problem("never-fails" if held else "never-passes", what, tr("检查答复里的值"), call.span)
