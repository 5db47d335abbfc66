"""A run imports a module only when it needs it: every module slows down each start."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from selftests.small_project import REPLY, Project

pytest_plugins = ["selftests.small_project"]

NOT_FOR_A_GREEN_RUN = (
    "configparser",
    "docx",
    "dotenv",
    "framework.audit",
    "framework.cases.yaml.syntax_mistakes",
    "framework.checks.contract_validator",
    "framework.cli",
    "framework.http.links",
    "framework.legacy",
    "framework.night",
    "framework.policy",
    "framework.report.nights",
    "framework.report.page",
    "framework.run.session",
    "framework.tape.redaction",
    "framework.tape.tape",
    "jinja2",
    "jsonschema",
    "sqlite3",
    "standin",
    "statistics",
    "stdnum",
)
LIST_MODULES = """
import json, pathlib, sys

def pytest_unconfigure(config):
    pathlib.Path("modules.json").write_text(json.dumps(sorted(sys.modules)))
"""


def run_of(project: Project, regress: Callable[..., pytest.RunResult]) -> set[str]:
    project.write("testcases/conftest.py", LIST_MODULES)
    done = regress("--alluredir", "results", "--junitxml", "junit.xml", forked=False)
    done.assert_outcomes(passed=1)
    return set(json.loads(Path("modules.json").read_text("utf-8")))


def test_a_green_run_imports_only_what_it_needs(
    small_project: Project, regress: Callable[..., pytest.RunResult]
) -> None:
    small_project.contract("list", {"required": list(REPLY), "properties": {"data": {"type": "object"}}})
    small_project.suite(
        "request: {method: POST, url: /list}", "read_only: true", "validate: {schema: list, $.success: true}"
    )
    modules = run_of(small_project, regress)
    imported = {name for name in modules for root in NOT_FOR_A_GREEN_RUN if f"{name}.".startswith(f"{root}.")}
    assert not imported
    assert {"framework.run.case_run", "framework.checks.quick", "allure_pytest"} <= modules
