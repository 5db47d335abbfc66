"""Finds checks that compare a value with itself: in another spelling, through an extract, or as a part of it.

A place selects a value: the root (the reply, a part of it, a variable) and the steps of a path. An
extract has the place that it was extracted from, and the item of a loop a place inside the loop's list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.cases.case import Check, MatcherCall, Step, Subject, Vocabulary
from framework.cases.template import ListTemplate, Reference, Template, references

Place = tuple[int | str | None, ...]
"""A root, and names and indexes; None for ``[*]``."""
_HOLDING: Final = ("contains", "superset_of")
_INSIDE: Final = ("one_of", "subset_of")


@dataclass(frozen=True, slots=True)
class Places:
    """The places of variables. ``items``: those whose values are only known to be among the place's."""

    exact: Mapping[str, Place]
    items: Mapping[str, Place]


def extracted_places(step: Step) -> Places:
    exact: dict[str, Place] = {}
    items: dict[str, Place] = {}
    for extract in step.extracts:
        place = place_of(extract.subject, {})
        if place is not None and not (extract.convert or extract.decode):
            (items if extract.distinct else exact)[extract.name] = place
    return Places(exact, items | _item_of_the_loop(step))


def _item_of_the_loop(step: Step) -> dict[str, Place]:
    loop = step.for_each
    place = _place_of_reference(loop.values, {}) if loop and isinstance(loop.values, Reference) else None
    return {loop.name: _inside(place)} if loop and place else {}


def place_of(subject: Subject, places: Mapping[str, Place]) -> Place | None:
    """Return the place that *subject* selects; None if it is none of the reply, or no plain one."""
    if subject.kind == "part":
        return (subject.text.lower() if subject.text.startswith("headers.") else subject.text,)
    path = subject.path.fixed if subject.path is not None else None
    if path is None or not (subject.kind == "variable" or subject.text.startswith("$")):
        return None
    steps = path.steps
    root = _root(subject.name, places) if subject.kind == "variable" else ("$",)
    return None if steps is None or subject.kind == "redirects" else (*root, *steps)


def _place_of_reference(reference: Reference, places: Mapping[str, Place]) -> Place | None:
    if reference.origin not in ("reply", "variable"):
        return None
    steps = reference.path.steps
    root = _root(reference.name, places) if reference.origin == "variable" else ("$",)
    return None if steps is None else (*root, *steps)


def _root(name: str, places: Mapping[str, Place]) -> Place:
    return places.get(name, (f"${{{name}}}",))


def _inside(place: Place) -> Place:
    """Return the place of the items of the list that *place* selects, or of its selected values as a list."""
    return place if None in place else (*place, None)


def _is_inside(place: Place | None, holder: Place | None) -> bool:
    if place is None or holder is None:
        return False
    holder = _inside(holder)
    return len(place) == len(holder) and all(
        one in (other, None) for one, other in zip(holder, place, strict=True)
    )


def compared_with_itself(check: Check, places: Places, matchers: Vocabulary) -> Iterator[Problem]:
    subject = place_of(check.subject, places.exact)
    within = place_of(check.subject, {**places.exact, **places.items})
    for call in check.calls:
        if not isinstance(call, MatcherCall):
            continue
        is_list = matchers[call.name].kind == "list"
        for reference in references(call.argument):
            is_same = subject is not None and _place_of_reference(reference, places.exact) == subject
            if is_same and (is_list or check.subject.singular):
                what = tr("{subject} 与它自己比较，永远成立", subject=check.subject.text)
                how = tr("{name} 就是从这里抽取的；另一边写期望的值", name=f"${{{reference.text}}}")
                yield Problem("never-fails", what, how, reference.span)
                return
        named = _named_wholly(call.argument)
        if named and _is_part_of_itself(check.subject, within, call.name, named, places):
            what = tr(
                "{subject} 的 {name} 与它自己的一部分比较，永远成立",
                subject=check.subject.text,
                name=call.name,
            )
            yield Problem("never-fails", what, tr("另一边写期望的值"), named[0].span)


def _named_wholly(argument: Template) -> list[Reference]:
    """Return the references of which *argument* consists; none if there is anything else in it."""
    found = list(argument.items) if isinstance(argument, ListTemplate) else [argument]
    named = [one for one in found if isinstance(one, Reference)]
    return named if len(named) == len(found) else []


def _is_part_of_itself(
    subject: Subject, place: Place | None, matcher: str, named: list[Reference], places: Places
) -> bool:
    others = [_place_of_reference(one, {**places.exact, **places.items}) for one in named]
    if matcher in _INSIDE and len(others) == 1:
        return _is_inside(place, others[0])
    return (
        matcher in _HOLDING
        and (subject.singular or matcher == "superset_of")
        and all(_is_inside(other, place) for other in others)
    )
