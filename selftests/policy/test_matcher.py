"""The matchers policy_text and official_source: the record they get, notes, accepted findings, data files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.request import Request
from framework.cases.template import Scope
from framework.cases.yaml.compose import parse_yaml
from framework.checks.context import EvaluationContext
from framework.checks.evaluate import evaluate
from framework.checks.schema import Contracts
from framework.http.exchange import Exchange, Reply
from framework.policy.policy_text import accepts
from selftests.policy.conftest import policies, record_of
from selftests.policy.sound import html
from selftests.project_matchers import MATCHERS

TITLE = "某市人民政府关于印发《某市低空经济发展行动方案》的通知"
OTHER = html("某市人民政府关于印发《某市养老服务规划》的通知\n各有关单位:\n某市人民政府\n2024年1月2日")


def judged(checks: str, records: list[dict[str, Any]], root: Path = Path()):
    reader = Reader()
    nodes = CheckParser(reader, MATCHERS).checks(parse_yaml(Source("cases/t.yaml", checks)))
    assert not reader.problems
    reply = Reply("http://x", 200, document={"data": {"result": records}})
    (result,) = (
        r
        for r in evaluate(
            nodes,
            Exchange(Request("POST", "http://x"), reply, 0.0),
            Scope(),
            EvaluationContext(Contracts(root), MATCHERS, root),
        )
        if not r.implied
    )
    return result


@pytest.mark.parametrize(
    "checks",
    [
        "$.data.result[*].policyText: {policy_text: true}",
        "$.data.result[*]: {each: {policyText: {policy_text: true}}}",
        "$.data.result[0].policyText: {policy_text: [title_agreement]}",
    ],
)
def test_the_record_is_available_with_each_and_without(checks):
    result = judged(checks, [{"id": "1", "policyTitle": TITLE, "policyText": OTHER}])
    assert [finding.rule for finding in result.findings] == ["title_agreement"]
    assert result.findings[0].record == (0, "1")
    assert "第 1 段第 1 字" in result.findings[0].what


def test_warnings_are_notes_that_do_not_fail():
    result = judged(
        "$.data.result[*].policyText: {policy_text: true}",
        [{"id": "1", "policyTitle": TITLE, "policyText": html(f"{TITLE}\n一。\n(本文有删减)")}],
    )
    assert result.status == "passed"
    assert "abridged" in {note.rule for note in result.notes}
    assert all(note.path == "$.data.result[0].policyText" for note in result.notes)


def test_a_case_can_make_a_warning_fail():
    record = {"id": "1", "policyTitle": TITLE, "policyText": html(f"{TITLE}\n一。\n(本文有删减)")}
    result = judged("$.data.result[*].policyText: {policy_text: {rules: true, fail: [abridged]}}", [record])
    assert [finding.rule for finding in result.findings] == ["abridged"]
    only = judged(
        "$.data.result[*].policyText: {policy_text: {rules: [abridged], fail: [abridged]}}", [record]
    )
    assert only.status == "failed"
    assert "abridged 也判为不符" in only.title


@pytest.mark.parametrize(
    ("argument", "problem"),
    [
        ({"rules": ["head"], "fail": ["abridged"]}, "不在要用的规则里"),
        ({"fail": ["abridgd"]}, "没有叫"),
        ({"fail": []}, "需要规则名的列表"),
        ({"fail": True}, "需要规则名的列表"),
        (["abridged"], "fail: [abridged]"),
    ],
)
def test_a_wrong_list_of_failing_rules_is_refused(argument, problem):
    assert problem in accepts(argument)


@pytest.mark.parametrize("value", [None, 1, ["<p>一</p>"], {}])
def test_a_value_that_is_not_text_fails(value):
    assert (
        judged("$.data.result[*].policyText: {policy_text: true}", [{"policyText": value}]).status == "failed"
    )
    assert (
        judged("$.data.result[*].policyText: {not: {policy_text: true}}", [{"policyText": value}]).status
        == "failed"
    )


# -- accepted findings

CHECK = "$.data.result[*].policyText: {policy_text: {rules: [lexicon, head], accepted: accepted.yaml}}"


def accepted(root: Path, *lines: str) -> Path:
    (root / "cases").mkdir(exist_ok=True)
    (root / "cases" / "accepted.yaml").write_text(
        "accepted:\n" + "".join(f"  - {line}\n" for line in lines), "utf-8"
    )
    return root


ENTRY = '{id: "1", rule: lexicon, quote: 显着, reason: 待更正, until: 2099-01-01}'


def test_an_accepted_finding_is_a_note_and_another_fails(tmp_path):
    root = accepted(tmp_path, ENTRY)
    assert judged(CHECK, [{"id": "1", "policyText": html("能够显着提高。")}], root).status == "passed"
    assert (
        judged(CHECK, [{"id": "1", "policyText": html("能够显着提高,贯切落实。")}], root)
        .findings[0]
        .actual.find("贯切")
        >= 0
    )
    assert judged(CHECK, [{"id": "2", "policyText": html("能够显着提高。")}], root).status == "failed"


def test_an_accepted_finding_that_has_vanished_is_reported_only_for_its_policy(tmp_path):
    root = accepted(tmp_path, ENTRY)
    gone = judged(CHECK, [{"id": "1", "policyText": html("能够显著提高。")}], root)
    assert "不见了" in gone.findings[0].what
    assert judged(CHECK, [{"id": "2", "policyText": html("能够显著提高。")}], root).status == "passed"


def test_an_expired_acceptance_is_reported_and_accepts_nothing(tmp_path):
    root = accepted(tmp_path, ENTRY.replace("2099", "2001"))
    result = judged(CHECK, [{"id": "1", "policyText": html("能够显着提高。")}], root)
    assert {"显著" in finding.what or "过期" in finding.what for finding in result.findings} == {True}
    assert len(result.findings) == 2


@pytest.mark.parametrize(
    "line",
    [
        "{id: 1, rule: lexicon, quote: x, reason: y}",
        '{id: "1", rule: lexicons, quote: x, reason: y}',
        '{id: "1", rule: lexicon, quote: x}',
        '{id: "1", rule: lexicon, quote: x, reason: y, until: soon}',
        '{id: "1", rule: lexicon, quote: x, reason: y, by: z}',
    ],
)
def test_a_wrong_entry_is_an_error_of_the_case(tmp_path, line):
    with pytest.raises(CaseFileError):
        judged(CHECK, [{"id": "1", "policyText": "<p>一</p>"}], accepted(tmp_path, line))


def test_a_missing_file_is_reported_with_its_path(tmp_path):
    (tmp_path / "cases").mkdir()
    with pytest.raises(CaseFileError, match=r"cases/accepted\.yaml"):
        judged(CHECK, [{"id": "1", "policyText": "<p>一</p>"}], tmp_path)


# -- the official publication

SOURCE = "$.data.result[*].policyText: {official_source: sources/a.txt}"
WIDE = str.maketrans("(),:;", "（），：；")


@pytest.fixture
def published(tmp_path):
    """A policy of the stand-in and its publication: full width, wrapped lines, page numbers, buttons of a
    site.
    """
    policy = policies()[20]
    record = record_of(policy)
    lines = [policy.text[3:-4].replace("<br>", "").translate(WIDE)]
    lines = [
        line[at : at + 38] for line in lines[0].split("</p><p>") for at in range(0, max(1, len(line)), 38)
    ]
    lines[30:30] = ["— 2 —", ""]
    (tmp_path / "cases" / "sources").mkdir(parents=True)
    (tmp_path / "cases" / "sources" / "a.txt").write_text(
        "\n".join(["来源:某市政府", *lines, "打印 关闭"]), "utf-8"
    )
    return record, tmp_path


def compared(published, change=lambda text: text):
    record, root = published
    return judged(SOURCE, [{**record, "policyText": change(record["policyText"])}], root)


def test_the_same_text_in_another_layout_agrees(published):
    result = compared(published)
    assert (result.status, result.notes) == ("passed", ())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: "<p>" + text[43:], "开头缺 "),
        (lambda text: text[:-44] + "</p>", "结尾缺 "),
        (lambda text: text[:2030] + text[2040:], "缺 "),
        (lambda text: text.replace("2", "3", 1), "数字不同"),
        (lambda text: text.replace("委员会", "委员公", 1), "机关名称"),
        (lambda text: text.replace("。", "。以上内容另行通知。", 1), "多 8 字"),
    ],
    ids=["head", "tail", "middle", "number", "body", "added"],
)
def test_a_change_fails_with_its_kind(published, change, why):
    result = compared(published, change)
    assert result.status == "failed"
    assert any(why in finding.what and "【" in finding.expected for finding in result.findings), (
        result.findings
    )


def test_one_changed_character_fails_unless_the_case_tolerates_it(published):
    record, root = published
    changed = [{**record, "policyText": record["policyText"].replace("推动", "推劝", 1)}]
    result = judged(SOURCE, changed, root)
    assert result.status == "failed"
    assert "【动】" in result.findings[0].expected
    tolerant = SOURCE.replace("sources/a.txt", "{file: sources/a.txt, tolerate: 1}")
    result = judged(tolerant, changed, root)
    assert result.status == "passed"
    assert "【动】" in result.notes[0].expected


def test_another_document_is_one_finding(published):
    other = policies()[45].text
    (finding,) = compared(published, lambda _text: other).findings
    assert "不是" in finding.what


def test_a_missing_publication_is_an_error_of_the_case(tmp_path):
    with pytest.raises(CaseFileError, match=r"sources/a\.txt"):
        judged(SOURCE, [{"policyText": "<p>一</p>"}], tmp_path)
