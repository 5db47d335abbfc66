"""Parallel runs in any order have the same verdicts, identities, evidence and log as a serial run."""

from __future__ import annotations

import json
import re

import pytest

SUITE = """
  - id: good
    request: {url: /list}
    validate: {$.success: true}
  - id: bad
    request: {url: /list}
    validate: {$.data.result[*].type: 4, $.success: true}
  - id: hung-up
    request: {url: /hang}
    validate: {$.success: true}
  - id: skipped
    skip: 等修复
    request: {url: /list}
    validate: {$.success: true}
  - id: rows
    parametrize: {n: [1, 2, 3, 4]}
    steps:
      - name: 第 ${n} 步
        request: {url: "/list?n=${n}"}
        extract: {first: "$.data.result[0].type"}
        validate: {$.success: true}
      - request: {url: "/list?type=${first}"}
        validate: {$.data.result: {not_empty: true}}
"""
VOLATILE = {"time", "worker", "run", "trace_id", "duration_ms", "seconds"}


def ways(outcome) -> dict[str, object]:
    """Return everything that must be equal: without times, names of attachments and run ids."""
    results = {
        name: (
            result["historyId"],
            result["testCaseId"],
            result["status"],
            result["name"],
            shape(result.get("steps", [])),
            without_numbers(result.get("statusDetails", {}).get("message", "")),
        )
        for name, result in outcome.results.items()
    }
    lines: dict[str, list[str]] = {}
    for line in outcome.log:
        if "case" in line:
            kept = {key: value for key, value in line.items() if key not in VOLATILE}
            lines.setdefault(line["case"], []).append(
                without_numbers(json.dumps(kept, ensure_ascii=False, sort_keys=True))
            )
    return {"results": results, "log": lines, "junit": outcome.junit}


def shape(steps: list[dict]) -> list:
    return [
        (
            without_numbers(step["name"]),
            step["status"],
            [item["name"] for item in step.get("attachments", [])],
            shape(step.get("steps", [])),
        )
        for step in steps
    ]


def without_numbers(text: str) -> str:
    return re.sub(r"\d+(\.\d+)? ms", "… ms", text)


@pytest.fixture(scope="module")
def serial(module_project):
    rows = [{"id": str(n), "type": n % 5} for n in range(30)]
    module_project.service.replies = {"/list": {"success": True, "data": {"result": rows}}, "/hang": None}
    module_project.suite(SUITE)
    return ways(fresh(module_project))


def fresh(project, *arguments: str):
    for path in (project.folder / "reports").glob("logs/*"):
        path.unlink()
    return project.run("-p", "no:cacheprovider", *arguments)


@pytest.mark.parametrize(
    "arguments",
    [["-n2"], ["-n2", "-p", "shuffled", "-p", "no:cacheprovider"], ["-n3", "--dist", "loadfile"]],
    ids=" ".join,
)
def test_parallel_runs_equal_the_serial_run(module_project, serial, arguments: list[str]) -> None:
    assert ways(fresh(module_project, *arguments)) == serial
