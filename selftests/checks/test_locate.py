"""Which values a subject selects, with the place and the record that a finding names."""

from __future__ import annotations

import pytest

from framework.base.errors import UnresolvedError
from framework.cases.request import MISSING


def found(results):
    """Return place and record of every finding."""
    return [(finding.path, finding.record) for result in results for finding in result.findings]


def statuses(results):
    return [(result.status, result.evaluated) for result in results]


# -- places and records

DOCUMENT = {
    "a b": {"ü": 1, "x": 1},
    "rows": [{"id": "r0", "n": 1}, {"n": 2}, {"id": 7, "n": 3, "parts": [{"id": "p0", "n": 4}, {"n": 5}]}],
    "bare": [[{"n": 1}, {"id": "deep", "n": 2}], [3]],
    "ids": [
        {"id": "x" * 41, "n": 1},
        {"id": {"k": [1]}, "n": 1},
        {"id": None, "n": 1},
        {"id": "x" * 40, "n": 1},
        {"id": "a\u202eb", "n": 1},
        {"id": list(range(60)), "n": 1},
    ],
    "map": {"id": "no item", "n": 1},
}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("$['a b'].x", [('$["a b"].x', None)]),
        ("$['a b']['ü']", [('$["a b"].ü', None)]),
        ("$.map.n", [("$.map.n", None)]),
        ("$.rows[0].n", [("$.rows[0].n", (0, "r0"))]),
        ("$.rows[-1].n", [("$.rows[2].n", (2, "7"))]),
        ("$.rows[1].n", [("$.rows[1].n", None)]),
        (
            "$.rows[*].n",
            [("$.rows[0].n", (0, "r0")), ("$.rows[1].n", None), ("$.rows[2].n", (2, "7"))],
        ),
        (
            "$.rows[2].parts[*].n",
            [("$.rows[2].parts[0].n", (2, "7")), ("$.rows[2].parts[1].n", (2, "7"))],
        ),
        ("$.bare[0][*].n", [("$.bare[0][0].n", None), ("$.bare[0][1].n", (1, "deep"))]),
        ("$.bare[1][0]", [("$.bare[1][0]", None)]),
        ("$.rows[0]", [("$.rows[0]", (0, "r0"))]),
        ("$..parts[0].n", [("$.rows[2].parts[0].n", (2, "7"))]),
    ],
)
def test_a_finding_names_the_place_and_the_outermost_record_with_an_id(judge, subject, expected):
    assert found(judge({subject: {"equals": "other"}}, DOCUMENT)) == expected


def test_the_id_of_a_record_is_shown_short_and_harmless(judge):
    records = [record for _, record in found(judge({"$.ids[*].n": {"equals": "other"}}, DOCUMENT))]
    assert records[:4] == [
        (0, "x" * 24 + "…" + "x" * 15),
        (1, '{"k": [1]}'),
        (2, "null"),
        (3, "x" * 40),
    ]
    assert "\u202e" not in records[4][1]
    assert len(records[5][1]) == 40


def test_a_place_inside_a_value_goes_on_from_the_place_of_the_value(judge):
    results = judge(
        {"$.rows[2]": {"equals": {"id": 7, "n": 3, "parts": [{"id": "p0", "n": 4}, {"n": 6}]}}}, DOCUMENT
    )
    assert found(results) == [("$.rows[2].parts[1].n", (2, "7"))]
    results = judge({"$.rows": {"sorted": {"by": ["n desc"]}}}, DOCUMENT)
    assert found(results) == [("$.rows[1].n", None), ("$.rows[2].n", (2, "7"))]


def test_a_place_that_is_not_in_the_reply_has_no_record(judge):
    results = judge({"$.rows[0]": {"equals": {"id": "r0", "n": 1, "more": [1]}}}, DOCUMENT)
    assert found(results) == [("$.rows[0].more", (0, "r0"))]
    results = judge({"$.map": {"equals": {"id": "no item", "n": 1, "more": 1}}}, DOCUMENT)
    assert found(results) == [("$.map.more", None)]
    results = judge({"$.bare[1]": {"equals": [3, 4]}}, DOCUMENT)
    assert found(results) == [("$.bare[1][1]", None)]
    results = judge({"$.map": {"equals": {"id": "no item", "n": {"deep": 1}}}}, DOCUMENT)
    assert found(results) == [("$.map.n", None)]


def test_a_long_place_is_cut_in_the_middle(judge):
    name = "n" * 400
    ((place, _),) = found(judge({f"$.{name}": {"equals": 1}}, {name: 2}))
    assert len(place) == 300
    assert place.startswith("$.nnn")
    assert "…" in place


# -- variables

VARIABLES = {"rows": DOCUMENT["rows"], "one": 5}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("${one}", [("${one}", None)]),
        ("${rows[0].n}", [("${rows}[0].n", (0, "r0"))]),
        ("${rows[*].n}", [("${rows}[0].n", (0, "r0")), ("${rows}[1].n", None), ("${rows}[2].n", (2, "7"))]),
    ],
)
@pytest.mark.parametrize("together", [False, True])
def test_a_place_in_a_variable_begins_with_its_name(judge, subject, expected, together):
    document = MISSING if together else {}
    results = judge({subject: {"equals": "other"}}, document, VARIABLES, together=together)
    assert found(results) == expected


def test_a_difference_inside_a_variable_names_the_record_it_is_in(judge):
    other = [*DOCUMENT["rows"][:2], {**DOCUMENT["rows"][2], "n": 4}]
    assert found(judge({"${rows}": {"equals": other}}, {}, VARIABLES)) == [("${rows}[2].n", (2, "7"))]


def test_a_variable_without_a_value_is_a_mistake_of_the_case(judge):
    with pytest.raises(UnresolvedError) as caught:
        judge({"${nobody}": {"equals": 1}}, {})
    (problem,) = caught.value.problems
    assert (problem.code, problem.what, problem.how) == ("reference-undefined", "${nobody} 在这里没有值", "")
    assert problem.span.place.startswith("t.yaml:1:")


def test_a_variable_that_selects_nothing_is_named_with_the_path(judge):
    results = judge({"${rows[9].n}": {"equals": 1}}, {}, VARIABLES)
    assert found(results) == [("${rows}[9].n", None)]
    results = judge({"${rows[*].nope}": {"matches": "x", "may_be_empty": True}}, {}, VARIABLES)
    assert statuses(results) == [("failed", 0)]


# -- records inside each


def test_inside_each_places_are_absolute(judge):
    checks = {"$.rows[*]": {"each": {"n": {"equals": "other"}, "@.n": {"equals": "other"}}}}
    rows = [("$.rows[0].n", (0, "r0")), ("$.rows[1].n", None), ("$.rows[2].n", (2, "7"))]
    assert found(judge(checks, DOCUMENT)) == rows + rows


def test_each_of_a_list_under_a_single_path_goes_through_its_items(judge):
    checks = {"$.rows": {"each": {"parts": {"each": {"n": {"equals": "other"}}}}}}
    document = {"rows": [DOCUMENT["rows"][2]]}
    assert found(judge(checks, document)) == [
        ("$.rows[0].parts[0].n", (0, "7")),
        ("$.rows[0].parts[1].n", (0, "7")),
    ]


def test_each_of_a_wildcard_does_not_go_into_lists(judge):
    assert statuses(judge({"$.bare[*]": {"each": {"@": {"type": "array"}}}}, DOCUMENT)) == [("passed", 2)]
    assert statuses(judge({"$.bare": {"each": {"@": {"type": "array"}}}}, DOCUMENT)) == [("passed", 2)]


def test_each_of_a_single_record_that_is_no_list_is_of_that_record(judge):
    assert statuses(judge({"$.map": {"each": {"n": {"equals": 1}}}}, DOCUMENT)) == [("passed", 1)]


def test_each_of_a_variable_gives_places_in_the_variable(judge):
    results = judge({"${rows}": {"each": {"n": {"at_most": 2}}}}, {}, VARIABLES)
    assert found(results) == [("${rows}[2].n", (2, "7"))]


def test_a_record_may_be_compared_with_itself_and_with_the_reply(judge):
    document = {"most": 2, "rows": [{"id": "a", "n": 2, "m": 2}, {"id": "b", "n": 3, "m": 3}]}
    checks = {"$.rows[*]": {"each": {"n": "${@.m}", "m": {"at_most": "${$.most}"}}}}
    assert found(judge(checks, document)) == [("$.rows[1].m", (1, "b"))]


@pytest.mark.parametrize(
    ("member", "place"),
    [
        ("nope", "$.rows[0].nope"),
        ("@.nope", "$.rows[0].nope"),
        ("@['a b']", "$.rows[0]['a b']"),
        ("parts[*].n", "$.rows[0].parts[*].n"),
    ],
)
def test_what_a_record_does_not_have_is_named_by_its_place(judge, member, place):
    results = judge({"$.rows[*]": {"each": {member: {"equals": 1}}}}, {"rows": [{"id": "a"}]})
    assert found(results) == [(place, (0, "a"))]


@pytest.mark.parametrize(
    ("member", "place"),
    [
        ("parts[?@.n == ${@.nope}].n", "$.rows[1].parts[?@.n == ${@.nope}].n"),
        ("@.parts[?@.n == ${@.nope}].n", "$.rows[1].parts[?@.n == ${@.nope}].n"),
        ("@..parts[?@.n == ${@.nope}].n", "$.rows[1]..parts[?@.n == ${@.nope}].n"),
        (".parts[?@.n == ${@.nope}].n", "$.rows[1]..parts[?@.n == ${@.nope}].n"),
        ("['a b'][?@.n == ${@.nope}]", "$.rows[1]['a b'][?@.n == ${@.nope}]"),
        ("@['a b'][?@.n == ${@.nope}]", "$.rows[1]['a b'][?@.n == ${@.nope}]"),
    ],
)
def test_a_path_with_a_reference_that_the_record_lacks_is_named_as_written(judge, member, place):
    rows = [{"id": "a", "nope": 1, "parts": [{"n": 1}], "a b": [{"n": 1}]}, {"id": "b", "parts": []}]
    results = judge({"$.rows[*]": {"each": {member: {"type": ["object", "integer"]}}}}, {"rows": rows})
    assert [where for where in found(results) if where[0] == place] == [(place, (1, "b"))]
    assert {result.status for result in results} == {"failed"}


def test_a_path_with_a_reference_that_the_reply_lacks_is_named_as_written(judge):
    subject = "$.rows[?@.n == ${$.nope}].n"
    assert found(judge({subject: {"equals": 1}}, DOCUMENT)) == [(subject, None)]
    assert found(judge({subject: {"count": 0, "may_be_empty": True}}, DOCUMENT)) == [(subject, None)]


def test_a_long_path_that_selects_nothing_is_cut(judge):
    name = "n" * 400
    ((place, _),) = found(judge({f"$.a.{name}": {"equals": 1}}, {"a": 1}))
    assert len(place) == 1 + 200


# -- nothing selected


@pytest.mark.parametrize(
    ("subject", "status"),
    [
        ("$.map.nope", ("passed", 1)),
        ("$.nope", ("passed", 1)),
        ("$.nope.deeper", ("failed", 0)),
        ("$.map.n.deeper", ("failed", 0)),
        ("$.rows[9]", ("passed", 1)),
        ("$.rows[0].n[0]", ("failed", 0)),
        ("$.rows[*].nope", ("passed", 3)),
        ("$.rows[*].n.nope", ("failed", 0)),
        ("$.mixed[*].nope", ("failed", 0)),
        ("$.rows[*].parts[*].nope", ("passed", 2)),
        ("$.none[*].nope", ("failed", 0)),
        ("$.none[*]", ("passed", 1)),
        ("$.nope[*]", ("failed", 0)),
        ("$.map[?@.x].y", ("failed", 0)),
    ],
)
def test_absent_needs_a_parent_and_counts_the_places_where_a_value_could_be(judge, subject, status):
    document = {**DOCUMENT, "none": [], "mixed": [{"a": 1}, 2]}
    assert statuses(judge({subject: {"absent": True}}, document)) == [status]


@pytest.mark.parametrize(
    ("subject", "passes"),
    [
        ("$.none[*]", True),
        ("$.rows[?@.n > 9]", True),
        ("$.rows[9:]", True),
        ("$.map[?@.x]", True),
        ("$.nope[*]", False),
        ("$.map.n[*]", False),
        ("$.nope[?@.x].y", False),
    ],
)
def test_a_count_of_none_needs_the_list(judge, subject, passes):
    document = {**DOCUMENT, "none": []}
    (result,) = judge({subject: {"count": 0}}, document)
    assert (result.status == "passed") is passes


# -- parts of a reply


def test_a_header_that_is_not_there_is_absent_once(judge):
    assert statuses(judge({"headers.X-None": {"absent": True}}, {})) == [("passed", 1)]
    assert found(judge({"headers.X-None": {"equals": "a"}}, {})) == [("headers.X-None", None)]


def test_the_place_of_a_part_of_the_reply_is_the_subject(judge):
    checks = {name: {"contains": "tml"} for name in ("url", "body", "body.kind", "headers.content-type")}
    assert [place for place, _ in found(judge(checks, {"id": 1}))] == list(checks)


PART_CALLS = {
    "status_code": {"equals": 201},
    "elapsed_ms": {"at_most": 1},
    "headers.X": {"equals": "a"},
    "body": {"equals": "a"},
    "body.size": {"equals": 1},
    "body.size_kb": {"at_most": 1},
    "body.kind": {"equals": "html"},
}
"""For each part of a reply a check that a reply could pass or fail; any other is refused."""


@pytest.mark.parametrize(
    "subject", ["status_code", "elapsed_ms", "body", "body.size", "body.size_kb", "body.kind"]
)
def test_a_part_that_a_tape_lacks_is_not_judged(judge, subject):
    results = judge({subject: PART_CALLS[subject]}, status=None, elapsed_ms=None, body=None)
    assert statuses(results) == [("unrecorded", 0)]


def test_paths_into_a_reply_that_a_tape_lacks_are_not_judged(judge):
    checks = {"$.a": {"equals": 1}, "$.a[*]": {"each": {"b": 1}}, "schema": "page", "$.b": "${$.c}"}
    assert {status for status, _ in statuses(judge(checks, body=None))} == {"unrecorded"}


@pytest.mark.parametrize(
    ("checks", "places"),
    [
        ({"$.a": {"equals": 1}}, ["$.a"]),
        ({"$": {"equals": 1}}, ["$"]),
        ({"$.list[*].id": {"unique": True}}, ["$.list[*].id"]),
        ({"$.list": {"each": {"a": 1}}}, ["$.list"]),
        ({"schema": "page"}, ["$"]),
    ],
)
def test_a_reply_that_is_not_json_is_named_by_the_path_that_asked(judge, checks, places):
    results = judge(checks, body=b"<html>" + b"x" * 500)
    assert [place for place, _ in found(results)] == places
    for result in results:
        assert "JSON" in result.findings[0].what
        assert len(result.findings[0].what) <= 220


# -- checks of all pages together, and after the last step


def test_checks_of_all_pages_together_are_of_their_document(judge):
    document = {"items": [{"id": "a", "n": 1}, {"id": "b", "n": 2}], "total": 2}
    results = judge({"$.items[*].n": {"at_most": 1}, "$.total": 2}, document, together=True)
    assert statuses(results) == [("failed", 2), ("passed", 1)]
    assert found(results) == [("$.items[1].n", (1, "b"))]
    assert statuses(judge({"$.items": {"length": "${$.total}"}}, document, together=True)) == [("passed", 1)]


@pytest.mark.parametrize("subject", ["status_code", "headers.X", "body", "$.a"])
def test_there_is_no_reply_after_the_last_step(judge, subject):
    (result,) = judge({subject: PART_CALLS.get(subject, {"equals": 1})}, MISSING, together=True)
    assert result.status == "failed"
    (finding,) = result.findings
    assert (finding.path, finding.what) == (subject, "这里没有答复")
    assert finding.record is None


@pytest.mark.parametrize("subject", ["status_code", "headers.X", "body"])
def test_all_pages_together_have_no_status_header_or_body(judge, subject):
    (result,) = judge({subject: PART_CALLS[subject]}, {"items": []}, together=True)
    assert result.findings[0].what == "这里没有答复"


# -- the record that a matcher gets besides the value

TITLE = "关于印发青年创业办法的通知"
TEXT = "<p>青年创业办法的通知</p><p>各有关单位：</p>"
"""Its head is the second half of the title: a fault that only the record with the title shows."""


@pytest.mark.parametrize(
    ("checks", "status"),
    [
        ({"$.rows[*].policyText": {"policy_text": ["head"]}}, "failed"),
        ({"$.rows[*]": {"each": {"policyText": {"policy_text": ["head"]}}}}, "failed"),
        ({"$.rows[*]": {"each": {"texts[*]": {"policy_text": ["head"]}}}}, "failed"),
        ({"$.rows[*].texts[*]": {"policy_text": ["head"]}}, "passed"),
        ({"$.text": {"policy_text": ["head"]}}, "passed"),
        ({"${text}": {"policy_text": ["head"]}}, "passed"),
    ],
)
def test_a_matcher_gets_the_record_at_hand_or_the_object_that_a_value_is_in(judge, checks, status):
    document = {"rows": [{"policyTitle": TITLE, "policyText": TEXT, "texts": [TEXT]}], "text": TEXT}
    assert {result.status for result in judge(checks, document, {"text": TEXT})} == {status}


def test_a_matcher_gets_the_document_as_the_record_of_its_members(judge):
    document = {"policyTitle": TITLE, "policyText": TEXT}
    (result,) = judge({"$.policyText": {"policy_text": ["head"]}}, document)
    assert result.status == "failed"


def test_a_list_is_no_record(judge):
    (result,) = judge({"$[*]": {"policy_text": ["head"]}}, [TEXT])
    assert result.status == "passed"


@pytest.mark.parametrize(
    ("subject", "fields", "problem"),
    [
        ("body", {"headers": (("Content-Type", "text/plain; charset=x-y"),), "body": b"a"}, "x-y 不认识"),
        (
            "body",
            {"headers": (("Content-Type", "text/plain; charset=utf-8"),), "body": b"\xff"},
            "第 0 个字节",
        ),
        ("body", {"body": b"\x1f", "undecodable": "无法解码"}, "无法解码"),
        ("body.size", {"body": b"\x1f", "undecodable": "无法解码"}, "无法解码"),
        ("body.kind", {"body": b"\x1f", "undecodable": "无法解码"}, "无法解码"),
    ],
)
def test_a_body_that_cannot_be_decoded_fails_every_check_of_it(judge, subject, fields, problem):
    value = {"body": "x", "body.size": 1, "body.kind": "pdf"}[subject]
    for check in ({"equals": value}, {"not": {"equals": value}}):
        (result,) = judge({subject: check}, **fields)
        assert result.status == "failed" and problem in result.findings[0].what


@pytest.mark.parametrize("check", [{"status_code": 200}, {"headers.Content-Type": {"contains": "json"}}])
def test_a_body_that_cannot_be_decoded_does_not_fail_the_other_parts(judge, check):
    assert statuses(judge(check, body=b"\x1f", undecodable="无法解码")) == [("passed", 1)]


def test_a_body_is_checked_in_the_charset_that_it_declares(judge):
    fields = {"headers": (("Content-Type", "text/plain; charset=GBK"),), "body": "政策".encode("gbk")}
    (result,) = judge({"body": {"equals": "政策"}}, **fields)
    assert result.status == "passed"


# -- a header field that comes several times

TWICE = (("X-Tag", "a"), ("x-tag", "b"), ("Other", "c"))


def test_a_header_field_that_comes_twice_is_two_values_with_a_place_each(judge):
    results = judge({"headers.X-TAG": {"equals": "a"}}, headers=TWICE)
    assert statuses(results) == [("failed", 2)]
    assert found(results) == [("headers.X-TAG[1]", None)]
    assert statuses(judge({"headers.X-Tag": {"matches": "[ab]"}}, headers=TWICE)) == [("passed", 2)]
    assert statuses(judge({"headers.other": {"equals": "c"}}, headers=TWICE)) == [("passed", 1)]


# -- redirects

FOLLOWED = {"redirects": ("http://x/a", "http://x/b"), "redirect_statuses": (301, 302)}


def test_each_redirect_has_a_url_and_a_status_at_its_place(judge):
    results = judge({"redirects[*].status": {"equals": 301}}, exchanged=FOLLOWED)
    assert statuses(results) == [("failed", 2)]
    assert found(results) == [("redirects[1].status", None)]
    expected = [{"url": "http://x/a", "status": 301}, {"url": "http://x/b", "status": 302}]
    assert statuses(judge({"redirects": {"equals": expected}}, exchanged=FOLLOWED)) == [("passed", 1)]
    results = judge({"redirects[${n}].url": {"equals": "http://x/b"}}, variables={"n": 1}, exchanged=FOLLOWED)
    assert statuses(results) == [("passed", 1)]


def test_a_place_within_the_redirects_goes_on_from_their_name(judge):
    results = judge({"redirects": {"equals": [{"url": "http://x/a", "status": 301}]}}, exchanged=FOLLOWED)
    assert [path for path, _ in found(results)] == ["redirects[1]"]


def test_a_reply_without_a_redirect_has_none_of_them(judge):
    assert statuses(judge({"redirects": {"length": 0}})) == [("passed", 1)]


def test_a_redirect_that_there_is_not_is_named_by_its_place(judge):
    assert found(judge({"redirects[5].url": {"equals": "x"}}, exchanged=FOLLOWED)) == [
        ("redirects[5].url", None)
    ]


def test_redirects_whose_status_a_tape_lacks_are_not_judged(judge):
    old = {"redirects": ("http://x/a",), "redirect_statuses": ()}
    assert [result.status for result in judge({"redirects[0].status": 301}, exchanged=old)] == ["unrecorded"]


def test_after_a_walk_there_are_no_redirects_to_judge(judge):
    (result,) = judge({"redirects": {"length": 0}}, {"items": []}, together=True)
    assert [(finding.path, finding.what) for finding in result.findings] == [("redirects", "这里没有答复")]
