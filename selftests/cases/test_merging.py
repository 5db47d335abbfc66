"""Tests for rule 6 of the case language: how folders, suite, case and step are merged."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

SHARED = {
    "request": {
        "method": "POST",
        "url": "/list",
        "headers": {"Token": "t", "Accept": "x"},
        "json": {"pageNo": 1, "pageSize": 10, "query": {"type": 4, "ids": [1, 2, 3]}},
    },
    "validate": {"$.success": True, "$.code": "0"},
}


def text(**case: object) -> str:
    return json.dumps(
        {"suite": "列表", "cases": [{"id": "a", "validate": {"status_code": 200}, **case}]},
        ensure_ascii=False,
    )


def request_of(suite: Callable, **case: object) -> dict:
    return suite(text(**case), json.dumps(SHARED)).request()


@pytest.mark.parametrize(
    ("said", "address", "expected"),
    [
        ({}, ("pageNo",), 1),
        ({"pageNo": 2}, ("pageNo",), 2),
        ({"pageNo": 2}, ("pageSize",), 10),
        ({"query": {"level": 1}}, ("query",), {"type": 4, "ids": [1, 2, 3], "level": 1}),
        ({"query": {"ids": [9]}}, ("query", "ids"), [9]),
        ({"query": {"ids": []}}, ("query", "ids"), []),
        ({"query": {}}, ("query",), {"type": 4, "ids": [1, 2, 3]}),
        ({"query": None}, ("query",), None),
        ({"query": 5}, ("query",), 5),
        ({"pageNo": {"a": 1}}, ("pageNo",), {"a": 1}),
    ],
)
def test_mappings_merge_deeply_and_other_values_are_replaced(
    suite: Callable, said: dict, address: tuple, expected: object
) -> None:
    value = request_of(suite, request={"json": said})["json"]
    for name in address:
        value = value[name]
    assert value == expected


def test_null_is_sent_as_null(suite: Callable) -> None:
    assert request_of(suite, request={"json": None})["json"] is None


@pytest.mark.parametrize(
    ("without", "gone"),
    [
        (["headers.Token"], {"headers": {"Accept": "x"}}),
        (["headers"], {"headers": None}),
        (["json.query.type"], {"json": {"pageNo": 1, "pageSize": 10, "query": {"ids": [1, 2, 3]}}}),
        (["json.query.type", "json.pageNo"], {"json": {"pageSize": 10, "query": {"ids": [1, 2, 3]}}}),
    ],
)
def test_without_removes_shared_members(suite: Callable, without: list[str], gone: dict) -> None:
    request = request_of(suite, without=without)
    for key, left in gone.items():
        assert request.get(key) == left


def test_without_is_applied_before_the_members_of_the_case(suite: Callable) -> None:
    assert request_of(suite, without=["json"], request={"json": {"only": 1}})["json"] == {"only": 1}


@pytest.mark.parametrize(
    ("without", "left"),
    [
        ([], ["$.success", "$.code", "status_code"]),
        (["validate.$.code"], ["$.success", "status_code"]),
        (["validate"], ["status_code"]),
    ],
)
def test_without_removes_shared_checks(suite: Callable, without: list[str], left: list[str]) -> None:
    (case,) = suite(text(without=without), json.dumps(SHARED)).cases
    assert [check.subject.text for check in case.steps[0].checks] == left


def test_matchers_of_a_subject_merge_and_a_bare_value_is_replaced(suite: Callable) -> None:
    shared = json.dumps({"validate": {"$.a": {"at_least": 1}, "$.b": 1}})
    (case,) = suite(text(validate={"$.a": {"at_most": 9}, "$.b": {"type": "integer"}}), shared).cases
    calls = {check.subject.text: [call.name for call in check.calls] for check in case.steps[0].checks}
    assert calls == {"$.a": ["at_least", "at_most"], "$.b": ["type"]}


def test_levels_merge_in_the_order_folders_suite_case_step(suite: Callable) -> None:
    outer = json.dumps(
        {
            "request": {"url": "/x", "json": {"outer": 1, "inner": 1, "suite": 1, "case": 1, "step": 1}},
            "tags": ["one"],
        }
    )
    inner = json.dumps(
        {"request": {"json": {"inner": 2, "suite": 2, "case": 2, "step": 2}}, "tags": ["two", "one"]}
    )
    body = json.dumps(
        {
            "suite": "列表",
            "tags": ["three"],
            "request": {"json": {"suite": 3, "case": 3, "step": 3}},
            "cases": [
                {
                    "id": "a",
                    "tags": ["four"],
                    "request": {"json": {"case": 4, "step": 4}},
                    "steps": [
                        {"request": {"json": {"step": 5}}, "validate": {"status_code": 200}},
                        {"validate": {"status_code": 200}},
                    ],
                }
            ],
        },
        ensure_ascii=False,
    )
    parsed = suite(body, outer, inner)
    assert parsed.request(step=0)["json"] == {"outer": 1, "inner": 2, "suite": 3, "case": 4, "step": 5}
    assert parsed.request(step=1)["json"] == {"outer": 1, "inner": 2, "suite": 3, "case": 4, "step": 4}
    assert parsed.cases[0].tags == ("one", "two", "three", "four")


def test_labels_merge_and_the_nearest_wins(suite: Callable) -> None:
    shared = json.dumps({"allure": {"epic": "政策", "severity": "normal"}})
    (case,) = suite(text(allure={"severity": "blocker", "story": "分页"}), shared).cases
    assert case.allure == {"epic": ("政策",), "severity": ("blocker",), "story": ("分页",)}


def test_case_with_steps_has_its_own_checks_and_steps_have_the_shared_ones(
    suite: Callable,
) -> None:
    body = text(steps=[{"extract": {"total": "$.total"}}], validate={"${total}": {"at_least": 1}})
    (case,) = suite(body, json.dumps(SHARED)).cases
    assert [check.subject.text for check in case.steps[0].checks] == ["$.success", "$.code"]
    assert [check.subject.text for check in case.checks] == ["${total}"]


def test_retry_of_a_case_applies_to_its_steps(suite: Callable) -> None:
    body = text(
        retry={"attempts": 3, "interval": 1},
        steps=[
            {"validate": {"status_code": 200}},
            {"retry": {"attempts": 2, "on": [503]}, "validate": {"status_code": 200}},
        ],
    )
    (case,) = suite(body).cases
    assert [(step.retry.attempts, step.retry.interval, step.retry.on) for step in case.steps] == [
        (3, 1, ("timeout", "connection", 502, 503)),
        (2, 0, (503,)),
    ]
