"""A hostile reply cannot forge log lines, control the terminal, or make a report huge or unreadable."""

from __future__ import annotations

import json
import re

import pytest

FORGED = '\n{"time":"x","level":"INFO","event":"forged","run":"x","worker":"main"}\n'
ANSI = "\x1b[31m\x1b]0;owned\x07\x1b[2J\r"
BIDI = "\u202eabc\u2066"
SUITE = """
  - id: values
    name: 答复里的值
    request: {url: /values}
    validate:
      $.rows[*].name: 好
      $.code: "0"
      headers.Content-Type: {equals: "x"}
  - id: keys
    request: {url: /values}
    validate:
      $: {equals: {a: 1}}
  - id: extracted
    name: 抽取
    steps:
      - request: {url: /values}
        extract: {name: "$.rows[0].name"}
      - name: 下载 ${name}
        request: {url: /values, params: {name: "${name}"}}
        validate: {$.code: "0"}
  - id: not-text
    request: {url: /bytes}
    validate: {$.a: 1}
  - id: deep
    request: {url: /deep}
    validate: {$..a: {count: 1}}
  - id: surrogates
    request: {url: /surrogates}
    validate: {$.a: x}
"""
HOSTILE = {
    "code": FORGED + ANSI + BIDI + "<script>alert(1)</script>",
    "rows": [{"id": f"{n}{ANSI}", "name": f"{FORGED}{ANSI}{n}"} for n in range(500)],
    f"key{FORGED}{ANSI}": 1,
}


@pytest.fixture(scope="module")
def run(module_project):
    module_project.service.replies = {
        "/values": HOSTILE,
        "/bytes": b"\xff\xfe\x00\x1b[31m\n" + FORGED.encode(),
        "/deep": b'{"a":' * 100_000,
        "/surrogates": b'{"a": "\\ud800\\n\\u001b[31m"}',
    }
    module_project.suite(SUITE)
    return module_project.run("-vv", "-rA")


def test_every_hostile_case_fails(run) -> None:
    assert run.statuses == dict.fromkeys(
        ("values", "keys", "extracted", "not-text", "deep", "surrogates"), "failed"
    )


def test_no_log_line_is_forged(run) -> None:
    assert {line["event"] for line in run.log} >= {"exchange", "case.finished", "run.finished"}
    assert "forged" not in {line["event"] for line in run.log}


@pytest.mark.parametrize("forbidden", ["\x1b", "\x07", "\r\n\x1b", "\u202e", "\u2066", "\x00"])
def test_no_control_character_reaches_the_terminal(run, forbidden: str) -> None:
    assert forbidden not in run.out


def test_no_terminal_line_comes_from_the_reply(run) -> None:
    assert not re.search(r'^\s*\{"time":"x"', run.out, re.MULTILINE)


def test_control_characters_in_the_report_are_made_visible(run) -> None:
    for result in run.results.values():
        words = [result["name"], *(step["name"] for step in result["steps"])]
        assert all(word.isprintable() for word in words), words


def test_the_text_of_a_failure_stays_short(run) -> None:
    for result in run.results.values():
        assert len(result["statusDetails"]["message"]) < 5_000
    assert len(run.out) < 100_000


def test_all_500_rows_are_in_the_table_and_can_be_read_back(run) -> None:
    (step,) = run.results["values"]["steps"]
    csv = next(item for item in step["attachments"] if item["type"] == "text/csv")
    text = (run.folder / "reports" / "allure-results" / csv["source"]).read_text(encoding="utf-8")
    assert text.count("].name") >= 500


def test_junit_and_allure_can_be_parsed(run) -> None:
    assert set(run.junit.values()) == {"failure"}
    for path in (run.folder / "reports" / "allure-results").glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))
