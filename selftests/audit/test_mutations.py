"""The table of mutations: mutants differ, originals never change, equivalent mutants are equal."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework.audit.equivalent import EQUIVALENT
from framework.audit.mutations import MUTATIONS, edit_of
from framework.audit.places import path_text, place_classes, site_at, with_edits
from framework.audit.transport import REPLY_MUTATIONS
from framework.checks.equality import same
from framework.http.exchange import Reply

BY_NAME = {mutation.name: mutation for mutation in MUTATIONS}
TEXT = "<p>关于印发办法的通知</p><p>各区县人民政府:</p><p>现印发给你们</p>"


def mutated(document: Any, location: tuple[Any, ...], name: str) -> Any:
    edit = edit_of(BY_NAME[name], site_at(document, location))
    return None if edit is None else with_edits(document, [(location, edit)])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("null", "a", None),
        ("type", "190", 190),
        ("type", 4, "4"),
        ("type", True, "true"),
        ("type", "a", ["a"]),
        ("type", [1], {"0": 1}),
        ("emptied", "a", ""),
        ("emptied", [1], []),
        ("emptied", {"a": 1}, {}),
        ("emptied", 7, 0),
        ("flipped", False, True),
        ("number", 10, 11),
        ("off_by_one", "190", "191"),
        ("digit", "1779417586041335808", "1779417587041335808"),
        ("character", "甲乙丙", "甲乚丙"),
        ("moment", "2024-04-30 23:59:59", "2024-05-01 00:00:00"),
        ("moment", "2024-02-29", "2024-03-01"),
        ("zone", "2024-04-30 01:00:00", "2024-04-29 17:00:00"),
        ("rounded", "1779417586041335809", "1779417586041335800"),
        ("extra_key", {"a": 1}, {"a": 1, "unexpectedKey": 1}),
        ("shortened", [1, 2, 3], [1, 2]),
        ("row_lost", [1, 2, 3], [1, 3]),
        ("lengthened", ["5"], ["5", "6"]),
        ("doubled", [1, 2], [1, 2, 1, 2]),
        ("row_repeated", [1, 2, 3, 4], [1, 2, 2, 4]),
        ("reordered", [1, 2, 3], [3, 2, 1]),
        ("neighbours", [1, 2, 3, 4], [1, 3, 2, 4]),
        ("head_cut", TEXT, TEXT.replace("关于印发办", "")),
        ("tail_cut", TEXT, TEXT.replace("给你们", "")),
        ("truncated", TEXT, TEXT[: len(TEXT) // 2]),
        ("paragraph_lost", TEXT, TEXT.replace("<p>各区县人民政府:</p>", "")),
        ("mojibake", "政策政策政策政策", "æ\x94¿ç\xad\x96" * 4),
        ("escaped_twice", "<p>政策</p>政策", "&lt;p&gt;政策&lt;/p&gt;政策"),
        ("script", TEXT, TEXT.replace("<p>", "<p><script>alert(1)</script>", 1)),
    ],
)
def test_the_mutations_of_a_value(name: str, value: Any, expected: Any) -> None:
    assert mutated({"v": value}, ("v",), name) == {"v": expected}


def test_removed_and_swapped_change_the_container() -> None:
    assert mutated({"a": 1, "b": "x", "c": "y"}, ("a",), "removed") == {"b": "x", "c": "y"}
    assert mutated({"a": 1, "b": "x", "c": "y"}, ("b",), "swapped") == {"a": 1, "b": "y", "c": "x"}
    assert mutated({"a": 1, "b": "x", "c": "x"}, ("b",), "swapped") is None


def test_places_that_differ_by_index_are_one_class() -> None:
    found = place_classes({"data": [{"id": 1}, {"id": 2}]})
    assert {path_text(place): len(locations) for place, locations in found.items()} == {
        "$": 1,
        "$.data": 1,
        "$.data[*]": 2,
        "$.data[*].id": 2,
    }


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.text(max_size=20)
    | st.sampled_from([TEXT, "190", "2024-04-30 23:59:59", "1779417586041335808"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150)
@given(JSON)
def test_a_mutant_differs_and_the_original_never_changes(document: Any) -> None:
    before = copy.deepcopy(document)
    for locations in place_classes(document).values():
        for location in locations:
            for mutation in MUTATIONS:
                edit = edit_of(mutation, site_at(document, location))
                if edit is not None:
                    assert not same(with_edits(document, [(location, edit)]), before), mutation.name
    assert same(document, before)


@pytest.mark.parametrize("mutation", REPLY_MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutated_reply_differs_and_the_original_never_changes(mutation: Any) -> None:
    reply = Reply("http://x/", 200, (("Content-Type", "application/json"),), '{"名": 1}'.encode(), 5.0)
    before = (reply.status, reply.headers, reply.body, reply.elapsed_ms)
    made = mutation.make(reply)
    assert (made.status, made.headers, made.body, made.elapsed_ms) != before
    assert (reply.status, reply.headers, reply.body, reply.elapsed_ms) == before
    assert mutation.make(Reply("http://x/", None)) is None  # a tape that recorded nothing


@pytest.mark.parametrize("one", EQUIVALENT, ids=lambda one: one.name)
def test_an_equivalent_mutant_equals_the_original(one: Any) -> None:
    assert same(one.change(one.example), one.example)
    assert one.reason
