"""Counts the cases of a run as each reader reports them, in the terms of pytest: good, wrong, skipped."""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from framework.night.message import message
from framework.night.summary_page import Night, summary_page
from framework.report.nights.changes import compare
from framework.report.page.front_page import front_page
from framework.report.page.view import PageInput
from framework.report.record_file import load
from framework.report.run_record import RunRecord
from framework.report.verdict_words import gate_of

WORDS = {
    "通过": "good",
    "不符": "wrong",
    "故障": "wrong",
    "跳过": "skipped",
    "已知缺陷": "skipped",
    "警告": "skipped",
}
GROUPS = {
    "passed": "good",
    "failed": "wrong",
    "broken": "wrong",
    "skipped": "skipped",
    "known": "skipped",
    "warned": "skipped",
}


class Numbers(NamedTuple):
    good: int
    wrong: int
    skipped: int


def _numbers(counted: Counter[str]) -> Numbers:
    return Numbers(counted["good"], counted["wrong"], counted["skipped"])


def _from_words(text: str) -> Numbers:
    counted: Counter[str] = Counter()
    for number, word in re.findall(r"(\d+) (通过|不符|故障|跳过|已知缺陷|警告)", text):
        counted[WORDS[word]] += int(number)
    return _numbers(counted)


def all_readers(folder: Path, out: str) -> dict[str, Numbers]:
    """Return the numbers that each reader of the run in *folder* has. *out*: the terminal."""
    text = (folder / "reports" / "run.json").read_text(encoding="utf-8")
    run = load(text)
    document = json.loads(text)
    page = summary_page(Night(run, compare(run, ())))
    front = unescape(front_page(PageInput(run)))
    footer = re.search(r"<footer>\s*<p>(.*)</p>", front)
    block = re.search(r"^用例 +\d+（(.*)）$", out, re.MULTILINE)
    page_line = re.search(r"^- 用例 (\d+) 个.*$", page, re.MULTILINE)
    events = _log_events(folder)
    finished = {event["case"]: event["verdict"] for event in events if event["event"] == "case.finished"}
    last = next(event for event in reversed(events) if event["event"] == "run.finished")
    return {
        "run.json cases": _numbers(Counter(GROUPS[case.status] for case in run.cases)),
        "run.json counts": _of_statuses(document["counts"]),
        "terminal": _from_words(block[1] if block else ""),
        "summary.md": _from_words(page_line[0] if page_line else ""),
        "front page": _from_words(footer[1] if footer else ""),
        "log cases": _numbers(Counter(GROUPS[verdict] for verdict in finished.values())),
        "log run": _of_statuses(last["verdicts"]),
        "junit": _junit(folder),
        "allure": _allure(folder),
    }


class Heading(NamedTuple):
    """The numbers in a heading: of all cases, and of those that are not as expected, not judged, …"""

    cases: int
    failed: int
    not_judged: int
    wrong: int
    not_loaded: int
    not_run: int


_HEADING = {
    "个用例": "cases",
    "个不符": "failed",
    "个没有评判": "not_judged",
    "个用例写错了": "wrong",
    "个文件没有载入": "not_loaded",
    "个没有运行": "not_run",
}


def all_headings(folder: Path) -> dict[str, Heading]:
    """Return the numbers in the heading of the front page and of the chat message, and those of run.json."""
    run = load((folder / "reports" / "run.json").read_text(encoding="utf-8"))
    page = re.search(r"<h1>(.*)</h1>", unescape(front_page(PageInput(run))))
    _, text = message(Night(run, compare(run, ())), "")
    return {
        "run.json": _counted_heading(run),
        "front page": _read_heading(page[1] if page else ""),
        "chat": _read_heading(text.splitlines()[0]),
    }


def all_reasons(folder: Path) -> dict[str, list[str]]:
    """Return the reasons for the verdict that run.json, summary.md and Allure's quality gate give."""
    text = (folder / "reports" / "run.json").read_text(encoding="utf-8")
    run = load(text)
    summary = unescape(summary_page(Night(run, compare(run, ()))))
    lines = re.findall(r"^- \*\*请[^：]*：(.*)\*\*$", summary, re.MULTILINE)
    gate = [reason for _, reasons in gate_of(run) for reason in reasons.splitlines()]
    return {
        "run.json": json.loads(text)["reasons"],
        "summary.md": [re.sub(r"\\(.)", r"\1", reason) for line in lines for reason in line.split("；")],
        "quality gate": gate,
    }


def _counted_heading(run: RunRecord) -> Heading:
    """Count the cases of the record again, without the functions that the readers share."""
    unjudged = [case for case in run.cases if case.status in ("broken", "skipped") and case.category]
    wrong = [case for case in unjudged if case.category == "case"]
    return Heading(
        len(run.cases),
        sum(case.status == "failed" for case in run.cases),
        len(unjudged) - len(wrong),
        len(wrong),
        len(run.collection),
        max(0, run.collected - len(run.cases)),
    )


def _read_heading(text: str) -> Heading:
    numbers = dict.fromkeys(Heading._fields, 0)
    for number, word in re.findall(r"(\d+) (个[\u4e00-\u9fff]+)", text):
        if word in _HEADING:
            numbers[_HEADING[word]] = int(number)
    return Heading(**numbers)


def _of_statuses(counts: dict[str, int]) -> Numbers:
    counted: Counter[str] = Counter()
    for status, group in GROUPS.items():
        counted[group] += counts[status]
    return _numbers(counted)


def _log_events(folder: Path) -> list[dict[str, Any]]:
    newest = sorted((folder / "reports" / "logs").glob("*.jsonl"))[-1]
    return [json.loads(line) for line in newest.read_text(encoding="utf-8").splitlines()]


def _junit(folder: Path) -> Numbers:
    suite = ElementTree.parse(folder / "reports" / "junit.xml").find("testsuite")
    counted: Counter[str] = Counter()
    for case in suite.iter("testcase"):
        tags = {child.tag for child in case}
        if case.get("name") == "internal" or any(
            "collection failure" in child.get("message", "") for child in case
        ):
            counted["not a case"] += 1
        elif tags & {"failure", "error"}:
            counted["wrong"] += 1
        else:
            counted["skipped" if "skipped" in tags else "good"] += 1
    assert int(suite.get("tests")) == sum(counted.values())
    assert int(suite.get("errors")) + int(suite.get("failures")) == counted["wrong"] + counted["not a case"]
    return _numbers(counted)


def _allure(folder: Path) -> Numbers:
    results = [
        json.loads(path.read_text("utf-8"))
        for path in (folder / "reports/allure-results").glob("*-result.json")
    ]
    last: dict[str, str] = {}
    for result in sorted(results, key=lambda result: result["stop"]):
        if not result["fullName"].endswith("#collection"):
            last[result["historyId"]] = result["status"]
    groups = {"passed": "good", "failed": "wrong", "broken": "wrong", "skipped": "skipped"}
    return _numbers(Counter(groups[status] for status in last.values()))
