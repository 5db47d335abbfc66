"""Runs the suite against one sound service, in a copy of the project with an environment of that name."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from standin.process import StandinProcess
from standin.survey.services import SoundService
from standin.survey.suite_run import ROOT, RedCase, SuiteError, last_line, read_report, without_pytest_options
from standin.tokens import DEFAULT_TOKEN, EXPIRED_TOKEN, OTHER_TENANT_TOKEN

TIMEOUT_S = 1200.0
SECRETS = {
    "token": ("SURVEY_TOKEN", DEFAULT_TOKEN),
    "expired_token": ("SURVEY_EXPIRED_TOKEN", EXPIRED_TOKEN),
    "other_tenant_token": ("SURVEY_OTHER_TOKEN", OTHER_TENANT_TOKEN),
}
VARIABLES = {
    "files_base": "${base_url}/oss/",
    "latency_ms": 5000,
    "latency_largest_ms": 20000,
    "page_bytes_least": 500,
    "page_bytes_most": 3000000,
}
CAUSE = re.compile(r"^ +(?:└ )?\d+ × .*$")


@dataclass(frozen=True)
class ServiceRun:
    """The result of a run: numbers of cases, the red ones, and the lines of the run's list of causes.

    ``causes`` counts those that are not beneath a larger one.
    """

    cases: int
    skipped: int
    red: tuple[RedCase, ...]
    causes: int
    lines: tuple[str, ...]


def run_service(service: SoundService, folder: Path) -> ServiceRun:
    """Run the suite against *service* in a copy of the project in *folder*.

    Raises:
        SuiteError: the suite could not be run to its end.
    """
    arguments = [word for name in service.behaviours for word in ("--behaviour", name)]
    with StandinProcess(arguments) as standin:
        make_project(service, standin.url, folder)
        return run_suite_in(folder)


def make_project(service: SoundService, url: str, folder: Path) -> None:
    """Copy the cases and contracts into *folder*, with an environment for the service at *url*."""
    for name in ("testcases", "schemas"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    shutil.copy(ROOT / "pytest.ini", folder)
    (folder / "conftest.py").write_text('pytest_plugins = ["framework.plugin"]\n', encoding="utf-8")
    environment = {
        "base_url": url,
        "secrets": {name: variable for name, (variable, _) in SECRETS.items()},
        "variables": {**VARIABLES, **service.declared},
        "timeout": {"connect": 5, "total": 60},
        "max_reply_mb": 64,
        "allow": ["intrusive"],
    }
    # JSON is YAML.
    document = {"default": service.name, "environments": {service.name: environment}}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (folder / "environments.yaml").write_text(text + "\n", encoding="utf-8")


def run_suite_in(folder: Path) -> ServiceRun:
    """Run the suite of the project in *folder* and read its reports."""
    report = folder / "junit.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    inherited = without_pytest_options(os.environ)
    secrets = dict(SECRETS.values())
    try:
        completed = subprocess.run(
            [*command, f"--junitxml={report}", "--evidence=none"],
            cwd=folder,
            env={**inherited, **secrets, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "HARNESS_LANG": "zh"},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SuiteError(f"the suite did not end within {TIMEOUT_S:g} s") from None
    if not report.exists():
        raise SuiteError(f"pytest ended with {completed.returncode}: {last_line(completed.stdout)}")
    xml = report.read_text(encoding="utf-8")
    lines = tuple(line for line in completed.stdout.splitlines() if CAUSE.match(line))
    run = read_report(xml)
    causes = sum("└" not in line for line in lines)
    return ServiceRun(run.cases, xml.count("<skipped"), run.red, causes, lines)
