"""Values that a contract does not know, since it was learned from a few replies, and that were accepted.

A baseline has one file for each accepted value, so two branches that accept different values merge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from framework.base.jsonpath import Json
from framework.baseline import files
from framework.checks.equality import is_number, same
from framework.checks.outcome import LearnedValue

BOUNDS: Final = ("minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum")
"""Keywords about a number: between two accepted numbers everything is accepted."""
_DIGITS, _LETTERS, _HAN = re.compile(r"\d+"), re.compile(r"[a-zA-Z]+"), re.compile(r"[\u4e00-\u9fff]+")


def form_of(text: str) -> str:
    """Return the form of a text without its content:  渝府发〔2024〕3号 is 字〔0〕0字."""
    return _HAN.sub("字", _LETTERS.sub("a", _DIGITS.sub("0", text)))


def written(value: LearnedValue) -> dict[str, Json]:
    """Return the entry of a file for an accepted value; of a text that breaks a pattern, its form."""
    is_form = value.keyword == "pattern" and isinstance(value.value, str)
    kept = form_of(value.value) if is_form else value.value
    return {"place": value.place, "keyword": value.keyword, "value": kept}


def name_of(value: LearnedValue) -> str:
    """Return the name of the file of an accepted value."""
    return f"{files.digest_of(files.portable(written(value)))}.json"


@dataclass(frozen=True, slots=True)
class KnownValues:
    """The accepted values of one kind, as the files have them."""

    known: tuple[Mapping[str, Json], ...]

    def has(self, value: LearnedValue) -> bool:
        """Return whether the value was accepted."""
        wanted = written(value)
        values = [one["value"] for one in self.known if _is_about(one, wanted)]
        if value.keyword in BOUNDS and is_number(wanted["value"]):
            return _is_between(wanted["value"], [one for one in values if is_number(one)])
        return any(same(one, wanted["value"]) for one in values)


def _is_about(one: Mapping[str, Json], wanted: Mapping[str, Json]) -> bool:
    return bool(one["place"] == wanted["place"] and one["keyword"] == wanted["keyword"])


def _is_between(value: Json, accepted: Iterable[Json]) -> bool:
    numbers = list(accepted)
    return bool(numbers) and bool(min(numbers) <= value <= max(numbers))
