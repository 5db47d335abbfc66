"""The vocabularies of the texts, and the order in which they are used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random
from typing import Any

SLOTS = "PSWK"
"""The four kinds of nouns: places and platforms (P), services (S), people who are served (W), key fields (K).
"""


@dataclass(frozen=True)
class Theme:
    """One field of work: its heading, the titles of its tasks, and its actions as verb phrases."""

    key: str
    heading: str
    chapter: str
    leaves: tuple[str, ...]
    acts: tuple[Template, ...]


@dataclass(frozen=True)
class Domain:
    """One subject of policies: its type, the department in charge, its document names, its nouns by slot."""

    key: str
    type: int
    dept: str
    names: Mapping[str, str]
    nouns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Template:
    """A phrase and its slots, parsed once so that a million characters are composed quickly."""

    head: str
    slots: tuple[tuple[str, str], ...]
    """Each slot, with the text after it."""

    @classmethod
    def parse(cls, phrase: str) -> Template:
        # The split with a group alternates between texts and slots.
        head, *rest = re.split(r"\{([PSWK])\}", phrase)
        return cls(head, tuple(zip(rest[::2], rest[1::2], strict=True)))


@dataclass(frozen=True)
class Phrases:
    """The phrases that all domains and themes share."""

    leads: tuple[Template, ...]
    results: tuple[Template, ...]
    goals: tuple[Template, ...]
    principles: tuple[str, ...]
    safeguards: tuple[tuple[str, str], ...]
    norm_subjects: Mapping[int, tuple[str, ...]]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    liability: tuple[str, ...]


def _load(name: str) -> Any:
    return json.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


@cache
def domains() -> Mapping[str, Domain]:
    """Return the domains by key, in file order."""
    return {d["key"]: _domain(d) for d in _load("domains.json")}


def _domain(raw: Mapping[str, Any]) -> Domain:
    names = {form: raw.get(form, "") for form in ("plan", "measures", "rules", "opinion", "regulation")}
    return Domain(raw["key"], raw["type"], raw["dept"], names, {slot: tuple(raw[slot]) for slot in SLOTS})


@cache
def themes() -> tuple[Theme, ...]:
    """Return the themes in file order; the last two close a document's list of tasks."""
    return tuple(
        Theme(t["key"], t["heading"], t["chapter"], tuple(t["leaves"]), _templates(t["acts"]))
        for t in _load("themes.json")
    )


@cache
def phrases() -> Phrases:
    """Return the phrases common to all texts."""
    raw = _load("phrases.json")
    return Phrases(
        leads=_templates(raw["leads"]),
        results=_templates(raw["results"]),
        goals=_templates(raw["goals"]),
        principles=tuple(raw["principles"]),
        safeguards=tuple((heading, body) for heading, body in raw["safeguards"]),
        norm_subjects={int(level): tuple(subjects) for level, subjects in raw["norm_subjects"].items()},
        lists=tuple((intro, tuple(items)) for intro, items in raw["lists"]),
        liability=tuple(raw["liability"]),
    )


@cache
def recorded_facts() -> tuple[Mapping[str, Any], ...]:
    """Return the facts of the ten recorded policies, newest first (evidenced)."""
    return tuple(_load("recorded.json"))


def _templates(raw: Iterable[str]) -> tuple[Template, ...]:
    return tuple(Template.parse(phrase) for phrase in raw)


def deal(items: tuple[Any, ...], rng: Random) -> Iterator[Any]:
    """Yield all items in a random order, again and again.

    The halves are shuffled separately, so that half a round lies between two uses of an item.
    """
    middle = len(items) // 2
    order = list(items)
    rng.shuffle(order)
    first, second = order[:middle], order[middle:]
    while True:
        yield from first
        yield from second
        rng.shuffle(first)
        rng.shuffle(second)
