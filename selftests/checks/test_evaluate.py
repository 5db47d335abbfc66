"""How checks are evaluated: empty selections, each, combinations, references, tapes, and that nothing
raises.
"""

from __future__ import annotations

import json

import pytest

from framework.base.errors import UnresolvedError
from framework.cases.request import Request
from framework.cases.template import Binding, Scope
from framework.checks.context import EvaluationContext
from framework.checks.evaluate import evaluate, implied_status_check
from framework.checks.schema import Contracts
from framework.http.exchange import Exchange, Reply
from selftests.project_matchers import MATCHERS

ROWS = [{"id": f"r{i}", "n": i, "files": [{"key": f"k{i}", "url": f"u/k{i}"}]} for i in range(5)]
PAGE = {"success": True, "code": "0", "data": {"result": ROWS, "total": "5", "empty": []}}


def statuses(results) -> list[str]:
    return [result.status for result in results]


def told(results) -> list[tuple]:
    return [
        (finding.path, finding.expected, finding.actual, finding.record)
        for result in results
        for finding in result.findings
    ]


# -- finding nothing (rule 1) --


@pytest.mark.parametrize(
    "check",
    [
        {"$.missing": {"equals": None}},
        {"$.missing": {"not": {"equals": 1}}},
        {"$.missing": {"not_equals": 1}},
        {"$.missing": {"empty": True}},
        {"$.data.empty[*]": {"equals": 1}},
        {"$.data.empty[*]": {"unique": True}},
        {"$.data.empty[*]": {"same_items_as": []}},
        {"$.data.empty": {"unique": True}},
        {"$.data.empty": {"sorted": "ascending"}},
        {"$.data.empty": {"all_equal": True}},
        {"$.data.empty": {"sum": 0}},
        {"$.data.empty": {"subset_of": [1]}},
        {"$.data.empty": {"not": {"unique": True}}},
        {"$.data.reslt[*]": {"count": 0}},
        {"$.data.reslt[*]": {"unique": True, "may_be_empty": True}},
        {"$.missing": {"equals": 1, "may_be_empty": True}},
        {"$.data.empty[*]": {"each": {"id": {"not_empty": True}}}},
        {"$.data.empty": {"each": {"id": {"not_empty": True}}}},
        {"$.dat.x": {"absent": True}},
        {"$.success.x": {"absent": True}},
        {"$.data.empty.x": {"absent": True}},
        {"$.data[0]": {"absent": True}},
        {"$.data.result[*].files.x": {"absent": True}},
        {"$.missing": {"absent": True, "count": {"at_least": 2}}},
        {"$.missing": {"count": {"at_least": 2}, "absent": True}},
        {"$.data.empty[*].x": {"absent": True}},
        {"$": {"absent": True}},
        {"$.code": {"absent": True}},
        {"headers.Content-Type": {"absent": True}},
        {"headers.X": {"not": {"equals": "a"}}},
    ],
)
def test_looking_at_nothing_fails(judge, check):
    failed = [result for result in judge(check, PAGE) if result.status == "failed"]
    assert [len(result.findings) for result in failed] == [1]


@pytest.mark.parametrize(
    ("check", "evaluated"),
    [
        ({"$.data.empty": {"length": 0}}, 1),
        ({"$.data.empty": {"empty": True}}, 1),
        ({"$.data.empty": {"equals": []}}, 1),
        ({"$.data.empty": {"count": 0}}, 1),
        ({"$.data.empty[*]": {"count": 0}}, 1),
        ({"$.data.result[?@.n > 9]": {"count": 0}}, 1),
        ({"$.data.empty[*]": {"equals": 1, "may_be_empty": True}}, 0),
        ({"$.data.empty[*]": {"unique": True, "may_be_empty": True}}, 0),
        ({"$.data.empty": {"unique": True, "may_be_empty": True}}, 0),
        ({"$.data.empty[*]": {"each": {"id": "x"}, "may_be_empty": True}}, 0),
        ({"$.data.x": {"absent": True}}, 1),
        ({"$.data.result[*].x": {"absent": True}}, 5),
        ({"headers.X-Powered-By": {"absent": True}}, 1),
    ],
)
def test_an_emptiness_that_is_right(judge, check, evaluated):
    (result,) = judge(check, PAGE)
    assert (result.status, result.evaluated, result.findings) == ("passed", evaluated, ())


MAYBE = {
    "result": ROWS,
    "few": [{"files": []}, {"files": []}],
    "none": [],
    "nulls": [None],
    "texts": ["a", None],
    "odd": [{"files": None}],
    "mixed": [{"files": []}, {"files": [{"a": 1}]}],
}


@pytest.mark.parametrize(
    "path",
    [
        "result[*].nope",
        "result[*].files[*].nope",
        "result[*].nope[*].key",
        "result[?@.n == 1].nope",
        "result[*].files[0].nope",
        "result[0:2].nope",
        "result[*]['nope','no']",
        "mixed[*].files[*].nope",
        "few[*].nope",
        "result[*].files.nope",
        "nope[*].id",
        "few[0].nope[*]",
        "result[?@['n'] == 1]['no.pe', \"it's\"]",
        "result[*].files[*].key.nope[*]",
        "texts[*].nope",
        "result[*].n[*]",
        "result[*].n[*].nope",
        "result[*][0]",
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        {"matches": "a"},
        {"unique": True},
        {"each": {"@": {"equals": 1}}},
        {"not": {"equals": 1}},
        {"any_of": [{"equals": 1}, {"unique": True}]},
    ],
)
def test_may_be_empty_does_not_excuse_a_key_that_no_record_has(judge, path, call):
    (result,) = judge({f"$.{path}": {**call, "may_be_empty": True}}, MAYBE)
    assert result.status == "failed"


@pytest.mark.parametrize(
    "path",
    [
        "result[?@.n == 77].id",
        "result[?@.n == 77].nope",
        "few[*].files[*].nope",
        "few[*].files[*]",
        "none[*].nope",
        "none[*].files[*].nope",
        "nulls[*].nope",
        "odd[*].files[*].nope",
        "result[9:].nope",
        "result[*].files[?@.key == 'x'].nope",
        "few[*].files[0].nope",
        "few[*].files[0]",
        "result[*].files[5]",
    ],
)
def test_may_be_empty_allows_a_list_without_records(judge, path):
    (result,) = judge({f"$.{path}": {"matches": "a", "may_be_empty": True}}, MAYBE)
    assert (result.status, result.evaluated) == ("passed", 0)


def test_what_no_record_has_may_be_asked_for_as_absent(judge):
    results = judge({"$.result[*].nope": {"absent": True, "count": 0, "may_be_empty": True}}, MAYBE)
    assert statuses(results) == ["passed", "passed"]


def test_may_be_empty_does_not_excuse_a_missing_parent(judge):
    (result,) = judge({"$.result[*].nope.x": {"absent": True, "may_be_empty": True}}, MAYBE)
    assert result.status == "failed"


def test_may_be_empty_does_not_excuse_a_wrong_list(judge):
    results = judge(
        {"$.data.empty[*]": {"count": {"at_least": 1}, "same_items_as": [1], "may_be_empty": True}}, PAGE
    )
    assert statuses(results) == ["failed", "failed"]


def test_what_cannot_be_selected_is_told_once(judge):
    (result,) = judge({"$.missing": {"type": "string", "matches": "x", "not_empty": True}}, PAGE)
    assert told([result]) == [("$.missing", "有值", "没有", None)]


def test_a_reply_that_is_not_json_fails_each_check_once(judge):
    results = judge(
        {
            "$.a": {"type": "string", "matches": "x"},
            "$.b": {"absent": True},
            "schema": "page",
            "body": {"contains": "html"},
        },
        body=b"<html>\xff",
    )
    assert statuses(results) == ["failed"] * 4
    assert all("UTF-8" in result.findings[0].what for result in results)


# -- rows


def test_190_rows_of_which_3_are_bad(judge):
    page = {"result": [{"id": str(n), "code": "x" if n in (3, 77, 189) else "12"} for n in range(190)]}
    (result,) = judge({"$.result[*].code": {"matches": r"^\d+$"}}, page)
    assert told([result]) == [
        (f"$.result[{n}].code", r"匹配 ^\d+$", '"x"', (n, str(n))) for n in (3, 77, 189)
    ]
    assert result.evaluated == 190


def test_each_gives_one_result_a_matcher_with_absolute_places(judge):
    page = {
        "list": [
            {"id": 1, "f": [{"k": "a", "u": "x/a"}, {"k": "b", "u": "x/c"}]},
            {"id": 2, "f": [{"k": "c", "u": "?"}]},
        ]
    }
    results = judge(
        {
            "$.list[*]": {
                "each": {
                    "id": {"type": "integer"},
                    "f[*]": {"each": {"u": "x/${@.k}", "k": {"not_empty": True}}},
                }
            }
        },
        page,
    )
    assert statuses(results) == ["passed", "failed", "passed"]
    assert [result.evaluated for result in results] == [2, 3, 3]
    assert results[1].title == "$.list[*] 每条的 f[*] 每条的 u 等于 x/${@.k}"
    assert told(results) == [
        ("$.list[0].f[1].u", '"x/b"', '"x/c"', (0, "1")),
        ("$.list[1].f[0].u", '"x/c"', '"?"', (1, "2")),
    ]


def test_a_record_without_the_member_is_named_and_the_others_are_judged(judge):
    results = judge(
        {"$.l[*]": {"each": {"t": {"type": "string", "not_empty": True}}}},
        {"l": [{"id": "a", "t": "x"}, {"id": "b"}, {"id": "c", "t": ""}]},
    )
    assert told(results) == [("$.l[1].t", "有值", "没有", (1, "b")), ("$.l[2].t", "不为空", '""', (2, "c"))]
    assert [result.evaluated for result in results] == [2, 2]


def test_each_under_a_singular_path_goes_into_the_items(judge):
    assert statuses(judge({"$.data.result": {"each": {"id": {"starts_with": "r"}}}}, PAGE)) == ["passed"]
    (result,) = judge(
        {"$.l[*]": {"each": {"files": {"each": {"k": "a"}}}}},
        {"l": [{"files": [{"k": "a"}]}, {"id": "b", "files": []}]},
    )
    assert told([result]) == [("$.l[1].files", "至少一条", "没有", (1, "b"))]


def test_any_of_inside_each_is_asked_of_each_record(judge):
    checks = {"$.l[*]": {"each": {"any_of": [{"a": 1}, {"b": 1}]}}}
    assert statuses(judge(checks, {"l": [{"a": 1, "b": 2}, {"a": 2, "b": 1}]})) == ["passed"]
    (result,) = judge(checks, {"l": [{"a": 1, "b": 2}, {"id": "z", "a": 2, "b": 2}]})
    assert told([result]) == [("$.l[1].a", "1", "2", (1, "z")), ("$.l[1].b", "1", "2", (1, "z"))]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"$.l[*].n": {"unique": True}}, [("$.l[2].n", "不重复", "1", (2, "c"))]),
        ({"$.l[*].n": {"sorted": "ascending"}}, [("$.l[2].n", "不小于前一项 2", "1", (2, "c"))]),
        ({"$.l": {"sorted": {"by": ["n desc"]}}}, [("$.l[1].n", "不大于前一项 1", "2", (1, "b"))]),
        ({"$.l[*].n": {"count": 4}}, [("$.l[*].n", "4", "3", None)]),
        ({"$.l[*].n": {"sum": {"less_than": 4}}}, [("$.l[*].n", "合计 小于 4", "合计 4", None)]),
        ({"$.l[*].n": {"same_sequence_as": [1, 1]}}, [("$.l[1].n", "1", "2", (1, "b"))]),
        ({"$.l[*].n": {"same_sequence_as": [1, 2, 1, 5]}}, [("$.l[*].n", "5", "没有", None)]),
        (
            {"$.l[*].n": {"same_items_as": [1, 2, 3, 3]}},
            [("$.l[2].n", "共 1 个", "1 共 2 个", (2, "c")), ("$.l[*].n", "3 共 2 个", "共 0 个", None)],
        ),
        ({"$.l[*].n": {"subset_of": [1]}}, [("$.l[1].n", "都在 [1] 之内", "2", (1, "b"))]),
        ({"$.l[*].n": {"superset_of": [9]}}, [("$.l[*].n", "9", "没有", None)]),
        ({"$.l[*].n": {"disjoint_from": [2]}}, [("$.l[1].n", "与 [2] 没有共同的项", "2", (1, "b"))]),
        (
            {"$.l[*]": {"all_equal": True}},
            [
                ("$.l[1].id", '"a"', '"b"', (1, "b")),
                ("$.l[1].n", "1", "2", (1, "b")),
                ("$.l[2].id", '"a"', '"c"', (2, "c")),
            ],
        ),
        (
            {"$.l[0]": {"equals": {"id": "a", "m": 1}}},
            [("$.l[0].m", "1", "没有", (0, "a")), ("$.l[0].n", "没有", "1", (0, "a"))],
        ),
        ({"$.l": {"count": {"at_most": 2}}}, [("$.l", "条数 不大于 2", "条数 3", None)]),
    ],
)
def test_the_evidence_of_lists(judge, check, expected):
    assert (
        told(judge(check, {"l": [{"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "c", "n": 1}]})) == expected
    )


def test_a_repetition_names_both_places(judge):
    (result,) = judge({"$.l[*].n": {"unique": True}}, {"l": [{"n": 7}, {"n": 8}, {"n": 7}]})
    assert result.findings[0].what == "与 $.l[0].n 相同"


# -- combinations

ANY = {"any_of": [{"status_code": 401}, {"status_code": 200, "$.success": False, "$.data": {"absent": True}}]}


def test_any_of_passes_with_one_whole_branch(judge):
    assert statuses(judge(ANY, {"success": False})) == ["passed"]
    assert statuses(judge(ANY, PAGE, status=401)) == ["passed"]


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"any_of": [{"absent": True}, {"equals": 1}, {"equals": 2}]}, "passed"),
        ({"any_of": [{"unique": True}, {"equals": 1}, {"equals": 2}]}, "passed"),
        ({"any_of": [{"absent": True}, {"equals": 1}, {"equals": 3}]}, "failed"),
        ({"all_of": [{"count": 3}, {"any_of": [{"unique": True}, {"equals": 1}, {"equals": 2}]}]}, "passed"),
        ({"not": {"any_of": [{"sum": 9}, {"equals": 2}]}}, "failed"),
        ({"not": {"any_of": [{"sum": 9}, {"equals": 3}]}}, "passed"),
        ({"not": {"any_of": [{"sum": 9}, {"equals": "a"}]}}, "failed"),
        ({"not": {"equals": 3, "unique": True}}, "passed"),
    ],
)
def test_a_combination_is_of_each_value_if_a_matcher_of_the_list_is_beside(judge, call, status):
    assert statuses(judge({"$.l[*]": call}, {"l": [1, 2, 2]})) == [status]


def test_a_failed_combination_shows_what_is_said_of_the_list_once(judge):
    (result,) = judge({"$.l[*]": {"any_of": [{"unique": True}, {"equals": 1}]}}, {"l": [1, 2, 2]})
    assert [finding.path for finding in result.findings] == ["$.l[2]", "$.l[1]", "$.l[2]"]
    assert result.evaluated == 3


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"any_of": [{"sorted": "ascending"}, {"count": {"at_most": 2}}]}, "passed"),
        ({"any_of": [{"sorted": "ascending"}, {"count": 2}]}, "failed"),
        ({"any_of": [{"unique": True}, {"all_equal": True}]}, "failed"),
        ({"not": {"any_of": [{"unique": True}, {"count": 2}]}}, "failed"),
    ],
)
@pytest.mark.parametrize("path", ["$.data.empty", "$.data.empty[*]"])
def test_an_alternative_that_can_judge_an_empty_list_is_enough(judge, path, call, status):
    assert statuses(judge({path: call}, PAGE)) == [status]


@pytest.mark.parametrize(
    ("check", "status"),
    [
        ({"$.code": {"any_of": [{"equals": "${$.missing}"}, {"equals": "0"}]}}, "passed"),
        ({"$.code": {"any_of": [{"equals": "${$.missing}"}, {"equals": "1"}]}}, "failed"),
        ({"$.code": {"not": {"any_of": [{"equals": "${$.missing}"}, {"equals": "1"}]}}}, "failed"),
        ({"$.code": {"all_of": [{"equals": "${$.missing}"}, {"equals": "0"}]}}, "failed"),
        ({"$.data.result[*].id": {"any_of": [{"subset_of": "${$.code}"}, {"unique": True}]}}, "passed"),
    ],
)
def test_an_alternative_without_its_argument_leaves_the_others(judge, check, status):
    assert statuses(judge(check, PAGE)) == [status]


def test_any_of_shows_the_findings_of_every_branch(judge):
    (result,) = judge(ANY, {"success": True})
    assert [(finding.path, finding.what) for finding in result.findings] == [
        ("status_code", "第 1 种"),
        ("$.success", "第 2 种"),
    ]


NAMED = {
    "any_of": [
        {"name": "空列表", "$.a": {"empty": True}},
        {"name": "拒绝", "any_of": [{"name": "代码", "$.code": "1"}, {"name": "信封", "$.success": False}]},
        {"name": "照办", "$.success": True},
    ]
}


@pytest.mark.parametrize(
    ("document", "held"),
    [
        ({"a": [], "success": True}, [("any_of", "空列表")]),
        ({"a": [1], "success": True, "code": "0"}, [("any_of", "照办")]),
        ({"a": [1], "success": False}, [("any_of", "拒绝"), ("any_of[1].any_of", "信封")]),
        ({"a": [1], "success": None}, []),
    ],
)
def test_the_first_named_alternative_that_holds_is_recorded(judge, document, held):
    (result,) = judge(NAMED, document)
    assert [(alternative.place, alternative.name) for alternative in result.alternatives] == held
    assert result.status == ("passed" if held else "failed")


def test_a_failed_any_of_names_its_alternatives(judge):
    (result,) = judge(NAMED, {"a": [1], "success": None})
    assert result.title == "（空列表）或（拒绝）或（照办）"
    named = dict.fromkeys(finding.what.partition("：")[0] for finding in result.findings)
    assert list(named) == ["“空列表”", "“拒绝”", "“照办”"]


def test_an_alternative_that_a_not_refuses_is_not_recorded(judge):
    checks = {"not": {"any_of": [{"name": "一", "$.a": 1}, {"name": "二", "$.a": 2}]}}
    assert [result.alternatives for a in (1, 3) for result in judge(checks, {"a": a})] == [(), ()]


@pytest.mark.parametrize(
    ("checks", "document", "status"),
    [
        ({"not": {"$.a": 1}}, {"a": 2}, "passed"),
        ({"not": {"$.a": 1}}, {"a": 1}, "failed"),
        ({"not": {"$.a": 1}}, {"a": "1"}, "failed"),
        ({"not": {"$.a": 1}}, {}, "failed"),
        ({"not": {"$.a": 1, "$.b": 1}}, {"a": 1, "b": 2}, "passed"),
        ({"not": {"$.a": {"absent": True}}}, {"a": 1}, "passed"),
        ({"all_of": [{"$.a": 1}, {"$.b": 1}]}, {"a": 1, "b": 1}, "passed"),
        ({"all_of": [{"$.a": 1}, {"$.b": 1}]}, {"a": 1}, "failed"),
        ({"$.a": {"any_of": [{"absent": True}, {"equals": ""}]}}, {}, "passed"),
        ({"$.a": {"any_of": [{"absent": True}, {"equals": ""}]}}, {"a": ""}, "passed"),
        ({"$.a": {"any_of": [{"absent": True}, {"equals": ""}]}}, {"a": "x"}, "failed"),
        ({"$.a": {"not": {"absent": True}}}, {}, "failed"),
        ({"$.a[*]": {"any_of": [{"equals": 1}, {"equals": 2}]}}, {"a": [1, 2]}, "passed"),
        ({"$.a[*]": {"not": {"contains": "x"}}}, {"a": ["xy", "y"]}, "failed"),
        ({"$.a[*]": {"any_of": [{"unique": True}, {"equals": 1}]}}, {"a": [1, 1]}, "passed"),
        ({"$.a[*]": {"any_of": [{"unique": True}, {"equals": 1}]}}, {"a": [2, 2]}, "failed"),
        ({"$.a": {"all_of": [{"at_least": 1}, {"not": {"equals": 3}}]}}, {"a": 2}, "passed"),
        ({"$.a": {"not": {"not": {"equals": "1"}}}}, {"a": 1}, "failed"),
        ({"$.a": {"not": {"any_of": [{"matches": "a"}, {"equals": None}]}}}, {"a": 1}, "failed"),
        ({"$.a": {"not": {"any_of": [{"equals": 8}, {"equals": 7}]}}}, {"a": 1}, "passed"),
        ({"$.a": {"any_of": [{"matches": "a"}, {"equals": 1}]}}, {"a": 1}, "passed"),
        ({"$.a": {"not": {"any_of": [{"matches": "1"}, {"equals": None}]}}}, {"a": 1}, "failed"),
        (
            {
                "$.a": {
                    "not": {
                        "all_of": [{"any_of": [{"matches": "a"}, {"equals": None}]}, {"not_equals": None}]
                    }
                }
            },
            {"a": 1},
            "failed",
        ),
        ({"not": {"any_of": [{"$.a": {"matches": "a"}}, {"$.a": None}]}}, {"a": 1}, "failed"),
        ({"not": {"any_of": [{"$.a": 8}, {"$.a": 7}]}}, {"a": 1}, "passed"),
        ({"$.a[*]": {"not": {"any_of": [{"sum": 3}, {"count": 7}]}}}, {"a": ["x"]}, "failed"),
    ],
)
def test_combinations(judge, checks, document, status):
    assert statuses(judge(checks, document)) == [status]


def test_every_check_is_evaluated(judge):
    assert statuses(
        judge({"status_code": 201, "$.a": 2, "$.b": {"at_least": 1, "less_than": 2}}, {"a": 1, "b": 5})
    ) == ["failed", "failed", "passed", "failed"]


# -- references


def test_references_to_variables_request_and_reply(judge):
    checks = {
        "$.n": "${request.json.pageSize}",
        "$.list": {"length": "${$.n}"},
        "$.list[*]": {"same_items_as": "${ids}"},
        "${ids}": {"count": 10},
        "${ids[0]}": 0,
    }
    results = judge(checks, {"n": 10, "list": list(range(10))}, {"ids": list(range(10))})
    assert statuses(results) == ["passed"] * 5
    assert results[1].title == "$.list 长度为 10"


def test_a_reference_to_what_the_reply_lacks_is_the_services_fault(judge):
    results = judge(
        {"$.a": "${$.b}", "$.l[*]": {"each": {"x": "${@.y}"}}, "$.l": {"length": "${$.a}"}},
        {"a": "x", "l": [{"id": "i", "x": 1}]},
    )
    assert told(results) == [
        ("$.a", "等于 ${$.b}", "无法比较", None),
        ("$.l[0].x", "等于 ${@.y}", "无法比较", (0, "i")),
        ("$.l", '长度为 "x"', "无法比较", None),
    ]


@pytest.mark.parametrize(
    "checks",
    [
        {"$.a": "${nobody}"},
        {"${nobody}": 1},
        {"$.a": {"less_than": "${text}"}},
        {"$.a[?@.x == ${nobody}]": {"count": 1}},
    ],
)
def test_a_variable_without_a_fit_value_is_the_cases_fault(judge, checks):
    with pytest.raises(UnresolvedError):
        judge(checks, {"a": 1}, {"text": "x"})


def test_a_reference_in_a_path_is_a_literal(judge):
    assert statuses(
        judge(
            {"$.l[?@.t == ${t}].n": 1},
            {"l": [{"t": "a' || true || '", "n": 1}, {"t": "b", "n": 2}]},
            {"t": "a' || true || '"},
        )
    ) == ["passed"]


def test_after_the_last_step_there_are_only_variables(parse):
    nodes = parse({"${ids}": {"same_items_as": "${every}"}})
    results = evaluate(
        nodes,
        None,
        Scope({"ids": Binding([1, 2]), "every": Binding([2, 1, 3])}),
        EvaluationContext(Contracts(None), MATCHERS),
    )
    assert told(results) == [("${ids}", "3 共 1 个", "共 0 个", None)]


# -- the status, and tapes


def exchange(**fields) -> Exchange:
    return Exchange(None, Reply("http://x", **fields), 0.0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, "passed"),
        (299, "passed"),
        (300, "failed"),
        (404, "failed"),
        (500, "failed"),
        (None, "unrecorded"),
    ],
)
def test_the_implied_status_check(status, expected):
    result = implied_status_check(exchange(status=status, body=b""))
    assert (result.status, result.implied) == (expected, True)


@pytest.mark.parametrize(
    ("checks", "implied"),
    [
        ("body: x", True),
        ("status_code: 500", False),
        ("any_of: [{status_code: 401}, {body: x}]", False),
        ("$.status_code: 1", True),
    ],
)
def test_the_status_is_implied_where_no_check_names_it(parse, checks, implied):
    results = evaluate(
        parse(checks), exchange(status=500, body=b"x"), Scope(), EvaluationContext(Contracts(None), MATCHERS)
    )
    assert any(result.implied and result.status == "failed" for result in results) == implied


@pytest.mark.parametrize(
    ("headers", "expected"), [({}, ["passed", "failed"]), ({"accept-encoding": "br"}, ["passed"])]
)
def test_a_body_that_cannot_be_decoded_fails_unless_the_case_asked_for_its_coding(headers, expected):
    request = Request("GET", "http://x/", headers=headers)
    received = Exchange(request, Reply("http://x/", 200, undecodable="无法解码"), 0.0)
    results = evaluate((), received, Scope(), EvaluationContext(Contracts(None), MATCHERS))
    assert [result.status for result in results] == expected


def test_what_a_tape_does_not_hold_is_never_passed(parse):
    checks = """
status_code: 200
elapsed_ms: {less_than: 5}
headers.X: {absent: true}
body: {not: {contains: x}}
body.size: {at_least: 1}
body.kind: json
$.a: 1
any_of: [{status_code: 401}, {$.a: 2}]
"""
    results = evaluate(
        parse(checks),
        exchange(status=None, document={"a": 1}),
        Scope(),
        EvaluationContext(Contracts(None), MATCHERS),
    )
    assert statuses(results) == ["unrecorded"] * 6 + ["passed", "unrecorded"]
    results = evaluate(
        parse("$.a: {absent: true}"),
        exchange(status=200),
        Scope(),
        EvaluationContext(Contracts(None), MATCHERS),
    )
    assert statuses(results) == ["passed", "unrecorded"]


# -- untrusted replies


@pytest.mark.parametrize("depth", [100, 400, 900, 20_000])
def test_a_deep_reply_never_raises(judge, depth):
    body = b'{"a":' * depth + b"1" + b"}" * depth
    checks = {
        "$.a": {"equals": {"a": 1}},
        "$..b": 1,
        "$..a": {"unique": True, "same_items_as": [1]},
        "$": {"type": "object", "not_contains": "x"},
    }
    assert judge(checks, body=body)


@pytest.mark.parametrize(
    "text", ["\x1b[31mred", "a\nb", "\u202egpj.exe", "\ud800", "\x00", "{peer}{x}%s", "x" * 100_000]
)
def test_hostile_text_is_harmless_and_bounded(judge, text):
    document = {"l": [{"id": text, "v": text, text: text}, {"id": text, "v": text, text: 1}]}
    checks = {
        "$.l[*].v": {"equals": "zzzy", "unique": True, "matches": "^zzz", "length": 4},
        "$.l[*]": {"all_equal": True, "each": {"v": "z"}},
        "$.l": {"contains": "1", "type": "string"},
    }
    findings = [
        finding for result in judge(checks, body=json.dumps(document).encode()) for finding in result.findings
    ]
    assert findings
    for finding in findings:
        for shown in (
            finding.path,
            finding.expected,
            finding.actual,
            finding.what,
            finding.record[1] if finding.record else "",
        ):
            assert shown.isprintable()
            assert len(shown) < 500


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 4000, "1e-400", "-0.0", "1" * 5000])
def test_numbers_beyond_floats_never_raise(judge, number):
    checks = {
        "$.n[*]": {
            "close_to": {"value": 1, "within": 1},
            "less_than": 0.5,
            "type": "integer",
            "between": [0, 1.5],
            "sum": 1,
            "sorted": "ascending",
            "unique": True,
        }
    }
    assert judge(checks, body=f'{{"n": [{number}, 0.5, 3]}}'.encode())


def test_a_flood_of_findings_is_bounded(judge):
    (result,) = judge({"$[*]": 1}, [0] * 5000)
    assert len(result.findings) == 1001
    assert "4000" in result.findings[-1].what


def test_titles_are_short(judge):
    (result,) = judge({"$.a": {"one_of": ["很长的文字" * 100]}}, {"a": 1})
    assert len(result.title) <= 120


def test_a_long_text_shows_the_first_difference(judge):
    text = "第一条 为了规范青年创业扶持。" * 40
    (result,) = judge({"$.t": text}, {"t": text[:300] + "错" + text[301:]})
    (finding,) = result.findings
    assert finding.what == "第 301 个字起不同（期望共 600 字，实际共 600 字）"
    assert "错" in finding.actual
    assert len(finding.actual) < 110
