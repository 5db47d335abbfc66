"""The audit of small suites in real runs. Every suggested line must notice its fault."""

from __future__ import annotations

import json
from typing import Any

import pytest

TEXT = "<p>关于印发办法的通知</p><p>各区县人民政府:</p><p>现印发给你们。</p>"
PAGE = {
    "success": True,
    "code": "0",
    "data": {
        "total": "2",
        "result": [
            {
                "id": "1779417586041335808",
                "title": "关于印发某某办法的通知",
                "text": TEXT,
                "size": 25,
                "time": "2024-04-30 23:59:59",
            },
            {
                "id": "1779417586041335809",
                "title": "关于废止某某规定的决定",
                "text": TEXT,
                "size": 31,
                "time": "2024-04-29 23:59:59",
            },
        ],
    },
}
WEAK = """  - id: weak
    request: {url: /list}
    validate: {$.success: true, "$.data.result[*].size": {between: [1, 1000]}}
"""
PICKED = """
  - id: picked
    steps:
      - request: {url: /list}
        extract: {first: "$.data.result[0]"}
      - request: {url: /list}
        extract: {same: "$.data.result[?@.id == ${first.id}].id"}
        validate: {"${same}": {count: 1}}
"""
CHAIN = """  - id: chain
    steps:
      - request: {url: /list}
        extract: {ids: "$.data.result[*].id"}
      - request: {url: /list}
        validate: {"$.data.result[*].id": {same_sequence_as: "${ids}"}}
"""
WALK = """  - id: walk
    request: {method: POST, url: /pages, json: {page: 1, size: 1}}
    paginate: all
    validate: {$.items: {length: 2}}
"""
WALKS = (
    "walks:\n  all: "
    "{page: json.page, size: json.size, more: $.more, items: $.rows, total: $.total, key: id, max_pages: 9}\n"
)
LOOP = """  - id: loop
    for_each: {n: [1, 2]}
    request: {url: /list}
    validate: {$.data.total: "2"}
"""
ODD = """  - {id: text, request: {url: /text}, validate: {body: {contains: ok}}}
  - {id: empty, request: {url: /empty}, validate: {$.rows: {empty: true}}}
  - {id: wrong, request: {url: /list}, validate: {$.success: false}}
"""


def audited(project, *arguments: str) -> dict[str, Any]:
    outcome = project.run("--audit", *arguments)
    project.outcome = outcome
    assert "INTERNALERROR" not in outcome.out, outcome.out
    return json.loads((project.folder / "reports" / "audit.json").read_text(encoding="utf-8"))


@pytest.fixture
def served(project):
    def pages(_headers: Any, body: bytes) -> dict[str, Any]:
        page = json.loads(body)["page"]
        return {"rows": [{"id": str(page)}], "more": page < 2, "total": "2"}

    project.service.replies = {"/list": PAGE, "/text": b"ok", "/empty": {"rows": []}, "/pages": pages}
    project.suite(WEAK)
    return project


def test_the_audit_holds_no_secret(project):
    """An address, a place in the reply and a suggested line can have a secret in them, or a piece of one."""
    token = "TOKEN-abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    project.variables = {"POLICY_TOKEN": token}
    data = {token: 1, "echo": token, "long": f"{'号' * 150}{token}{'号' * 150}"}
    project.service.replies = {f"/list/{token}": {"success": True, "data": data}}
    project.suite('  - id: a\n    request: {url: "/list/${token}"}\n    validate: {$.success: true}\n')
    for options in ((), ("-n", "2")):
        data = audited(project, *options)
        assert any("***token***" in fault["endpoint"] for fault in data["faults"])
        assert any("***token***" in fault["place"] for fault in data["faults"])
        pieces = [token[at : at + 8].encode() for at in range(len(token) - 7)]
        for name, content in project.outcome.everything().items():
            assert not [piece for piece in pieces if piece in content], name


def survivors(data: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (fault["place"], fault["mutation"], fault["extent"])
        for fault in data["faults"]
        if not fault["noticed_by"]
    }


def test_faults_that_a_weak_case_notices_and_misses(served) -> None:
    data = audited(served)
    assert served.outcome.code == 0
    assert len(served.service.received) == 1  # no request but the case's own
    lost = survivors(data)
    assert (
        not {
            ("$.success", "flipped", "here"),
            ("$.data", "removed", "here"),
            ("$.data.result[*].size", "null", "everywhere"),
            ("status_code", "status_500", "here"),
            ("body", "body_cut", "here"),
        }
        & lost
    )
    assert {
        ("$.code", "removed", "here"),
        ("$.data.result[*].size", "number", "here"),
        ("$.data.result[*].text", "head_cut", "here"),
        ("elapsed_ms", "slow", "everywhere"),
        ("$.data.result", "reordered", "here"),
    } <= lost
    assert 0 < data["contains_true"] < data["score"] < 1
    assert [fault["severity"] for fault in data["faults"][: data["survivors"]]] == sorted(
        (fault["severity"] for fault in data["faults"][: data["survivors"]]), reverse=True
    )


def test_every_survivor_has_a_suggestion_that_notices_it(served) -> None:
    data = audited(served)
    lost = [fault for fault in data["faults"] if not fault["noticed_by"]]
    assert [fault for fault in lost if not fault.get("yaml")] == []
    lines = list(dict.fromkeys(fault["yaml"] for fault in lost))
    served.suite(
        WEAK
        + "".join(
            f"  - id: pasted-{at}\n    request: {{url: /list}}\n    validate:\n      {line}\n"
            for at, line in enumerate(lines)
        )
    )
    again = audited(served)
    assert served.outcome.code == 0, served.outcome.out
    assert survivors(again) == set()
    assert again["score"] == 1


def test_a_fault_in_an_extract_is_noticed_by_a_later_step(served) -> None:
    served.suite(
        CHAIN + PICKED
    )  # what a fault takes from the path of an extract breaks the mutant, not the case
    lost = survivors(audited(served))
    assert served.outcome.code == 0, served.outcome.out
    assert ("$.data.result[*].id", "digit", "here") not in lost
    assert ("$.data.result", "reordered", "here") not in lost
    assert ("$.data.result", "reordered", "everywhere") in lost  # both replies lie alike
    assert ("$.data.result[*].id", "digit", "everywhere") in lost


def test_walks_and_rounds_are_audited(served) -> None:
    served.suite(WALK + LOOP, head=WALKS)
    data = audited(served)
    lost = survivors(data)
    assert served.outcome.code == 0, served.outcome.out
    assert {
        fault["mutation"]: bool(fault["noticed_by"]) for fault in data["faults"] if fault["place"] == "翻页"
    } == {"page_repeated": True, "row_lost_between": True, "row_twice_between": True, "pages_swapped": False}
    assert {
        ("$.rows", "doubled"),
        ("$.total", "off_by_one"),
        ("$.more", "flipped"),
        ("$.rows", "emptied"),
        ("$.data.total", "off_by_one"),
    }.isdisjoint({(place, mutation) for place, mutation, _ in lost})


def test_cases_that_cannot_be_audited_are_named(served) -> None:
    served.suite(ODD)
    data = audited(served)
    assert list(data["not_audited"]) == ["testcases/list.yaml::wrong"]
    assert ("body", "body_empty", "here") not in survivors(data)
    assert data["cases"] == 2


def test_an_idle_check_is_named(served) -> None:
    served.suite(
        '  - {id: idle, request: {url: /list}, validate: {$.code: "0", body: {not_contains: SQLException}}}\n'
    )
    (checks,) = audited(served)["idle"].values()
    assert [check["place"] for check in checks] == ["testcases/list.yaml:3:70"]


@pytest.mark.parametrize(("least", "code"), [("0.01", 0), ("0.99", 1)])
def test_the_exit_code_under_a_minimum(served, least: str, code: int) -> None:
    audited(served, "--audit-min", least)
    assert served.outcome.code == code
    assert ("得分低于" in served.outcome.out) == bool(code)


def test_two_processes_and_the_same_seed_give_the_same_audit(served) -> None:
    served.suite(WEAK + CHAIN + LOOP)
    alone = audited(served, "--audit-seed", "7")
    assert audited(served, "--audit-seed", "7", "-n", "2") == alone


def test_the_audit_is_in_the_report_only_if_asked_for(served) -> None:
    audited(served)
    pages = [
        path.read_text(encoding="utf-8")
        for path in (served.folder / "reports" / "allure-results").glob("*-attachment.md")
    ]
    assert pages == [(served.folder / "reports" / "audit.md").read_text(encoding="utf-8")]
    assert "没有任何用例察觉的" in pages[0]
    served.write(
        "conftest.py",
        'import sys\npytest_plugins = ["framework.plugin"]\n'
        'def pytest_unconfigure():\n    assert not [name for name in sys.modules if ".audit" in name]\n',
    )
    assert served.run().code == 0
