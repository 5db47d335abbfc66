"""Checks that a whole case shows to be without content: the service's reply cannot change their result.

``tautology`` looks at one check. Here the step around it is known: which variables the case itself wrote,
what the step extracted from the same reply, and the documents of a walk and of ``repeat``, which the harness
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

Places = Mapping[str, str]
"""Variables, each with the place in a reply that it was extracted from."""


def self_evident_checks(case: Case, matchers: Vocabulary) -> Iterator[Problem]:
    """Yield a problem for each check of *case* whose result no reply can change."""
    written = _written_by_the_case(case)
    all_places: dict[str, str] = {}
    for number, step in enumerate(case.steps):
        yield from _about_written(_plain((*step.each_reply, *step.checks)), written)
        places = _extracted(step)
        extracts = {extract.name: extract for extract in step.extracts}
        for check in _plain(step.checks):
            yield from _compared_with_itself(check, places, matchers)
            yield from _ensured_by_extract(check, extracts)
            yield from _about_own_documents(check, step, matchers)
        all_places |= {step.name_after(name): f"{number}{place}" for name, place in places.items()}
    yield from _about_written(_plain(case.checks), written)
    every = {step.name_after(extract.name): extract for step in case.steps for extract in step.extracts}
    for check in _plain(case.checks):
        yield from _compared_with_itself(check, all_places, matchers)
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


# -- what the step extracted from the same reply


def _extracted(step: Step) -> Places:
    return {
        extract.name: str(extract.subject.path.fixed.query)
        for extract in step.extracts
        if extract.subject.kind == "path"
        and extract.subject.path is not None
        and extract.subject.path.fixed is not None
        and not (extract.convert or extract.distinct or extract.decode)
    }


def _compared_with_itself(check: Check, places: Places, matchers: Vocabulary) -> Iterator[Problem]:
    subject = _at_its_place(check.subject, places)
    for call in check.calls if subject is not None else ():
        named = references(call.argument) if isinstance(call, MatcherCall) else ()
        is_list = isinstance(call, MatcherCall) and matchers[call.name].kind == "list"
        for reference in named:
            if _place_of(reference, places) == subject and (is_list or check.subject.singular):
                what = tr("{subject} 与它自己比较，永远成立", subject=check.subject.text)
                how = tr("{name} 就是从这里抽取的；另一边写期望的值", name=f"${{{reference.text}}}")
                yield Problem("never-fails", what, how, reference.span)


def _at_its_place(subject: Subject, places: Places) -> str | None:
    """Return the place in the reply that *subject* selects; None if it is no plain place."""
    path = subject.path.fixed if subject.path is not None else None
    if path is None:
        return None
    if subject.kind == "variable":
        return places[subject.name] + str(path.query)[1:] if subject.name in places else None
    return str(path.query) if subject.kind == "path" and subject.text.startswith("$") else None


def _place_of(reference: Reference, places: Places) -> str | None:
    if reference.origin == "reply":
        return str(reference.path.query)
    inside = reference.origin == "variable" and reference.name in places
    return places[reference.name] + str(reference.path.query)[1:] if inside else None


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
    place = check.subject.text if is_redirects else _at_its_place(check.subject, {}) or ""
    sizes, rows = (_REDIRECTS, _NO_ROWS) if is_redirects else (_sizes(step), _rows(step))
    for call in check.calls:
        problem = _constant_size(check.subject, call, sizes, place, matchers)
        if problem is None and place in rows:
            problem = constant_check(replace(check.subject, row=rows[place]), call, matchers)
        if problem is not None:
            yield problem


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
    """Return what *call* requires of the length of the list, as calls on the number."""
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
