"""The shape of replies: changes that break a reader, additions, and mere data."""

from __future__ import annotations

from typing import Any

import pytest

from framework.baseline.shapes import (
    MOST_PLACES,
    TooManyPlacesError,
    joined,
    shape_changes,
    shape_from,
    shape_of,
)


def rows(count: int = 30, **members: Any) -> dict[str, Any]:
    level = ("市级", "区县级", "国家级")
    return {"items": [{"id": str(n), "level": level[n % 3], "note": None, **members} for n in range(count)]}


def without(document: dict[str, Any], member: str, every: int = 1) -> dict[str, Any]:
    items = [
        {key: value for key, value in item.items() if key != member or at % every}
        for at, item in enumerate(document["items"])
    ]
    return {"items": items}


def level(document: dict[str, Any], word: object) -> dict[str, Any]:
    return {"items": [*document["items"][:-1], {**document["items"][-1], "level": word}]}


CASES = {
    "the same": (rows(), rows(), []),
    "fewer records": (rows(), rows(2), []),
    "no record": (rows(), {"items": []}, []),
    "a member gone": (rows(), without(rows(), "level"), [("breaking", "$.items[*].level")]),
    "gone from some": (rows(), without(rows(), "level", 2), [("breaking", "$.items[*].level")]),
    "another type": (rows(), level(rows(), 4), [("breaking", "$.items[*].level")]),
    "null": (rows(), level(rows(), None), [("breaking", "$.items[*].level")]),
    "a new member": (rows(), rows(tag="x"), [("additive", "$.items[*].tag")]),
    "a new word": (rows(), level(rows(), "街道级"), [("additive", "$.items[*].level")]),
    "a new word among few": (rows(), level(rows(3), "街道级"), [("additive", "$.items[*].level")]),
    "first content": ({"items": []}, rows(1), [("additive", "$.items[*]")]),
    "an object for a list": (rows(), {"items": {}}, [("breaking", "$.items")]),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_a_change_has_its_severity(before: Any, after: Any, expected: list[tuple[str, str]]) -> None:
    accepted = shape_from({name: place.json() for name, place in shape_of(before).items()})
    found = [(change.severity, change.place) for change in shape_changes(accepted, shape_of(after))]
    assert [each for each in found if each[0] != "data"] == expected


def test_a_new_member_is_named_so_that_it_is_accepted_by_name() -> None:
    (change,) = shape_changes(shape_of(rows()), shape_of(rows(tag="x")))
    assert change.new_member == "tag"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rows(), rows(2)),
        (rows(), {"items": []}),
        (rows(), level(rows(), "街道级")),
        (rows(), level(rows(), 4)),
    ],
)
def test_after_an_acceptance_both_replies_are_as_accepted(before: Any, after: Any) -> None:
    accepted = joined(shape_of(before), shape_of(after))
    for document in (after, level(before, "市级")):
        changes = [it for it in shape_changes(accepted, shape_of(document)) if it.severity == "additive"]
        assert not changes


def test_a_member_that_was_accepted_as_gone_is_new_when_it_returns() -> None:
    accepted = joined(shape_of(rows()), shape_of(without(rows(), "level")))
    assert [it.severity for it in shape_changes(accepted, shape_of(rows()))] == ["additive"]


def test_member_names_that_are_data_are_refused() -> None:
    with pytest.raises(TooManyPlacesError):
        shape_of({str(number): number for number in range(MOST_PLACES + 1)})
