"""Runs the suite against one sound service, in a copy of the project with an environment of that name."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from standin.credentials import DEFAULT_TOKEN, EXPIRED_TOKEN, OTHER_TENANT_TOKEN
from standin.process import StandinProcess
from standin.survey.services import SoundService
from standin.survey.suite_run import (
    ROOT,
    RedCase,
    SuiteError,
    last_line,
    read_report,
    run_child,
    without_pytest_options,
)

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


def run_service(
    service: SoundService, folder: Path, *, accepting: bool = False
) -> tuple[ServiceRun, ServiceRun | None]:
    """Run the suite against *service* in a copy of the project in *folder*.

    If *accepting*, the replies of that run are accepted and the suite runs again, which is the second result.

    Raises:
        SuiteError: the suite could not be run to its end.
    """
    arguments = [word for name in service.behaviours for word in ("--behaviour", name)]
    with StandinProcess(arguments) as standin:
        make_project(service, standin.url, folder)
        before = run_suite_in(folder)
        if not accepting:
            return before, None
        if service.declared_later:
            declared = {**service.declared, **service.declared_later}
            make_project(replace(service, declared=declared), standin.url, folder)
            run_suite_in(folder)
        accept(folder)
        return before, run_suite_in(folder)


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


def accept(folder: Path) -> None:
    """Accept the replies that the last run of the project in *folder* saw.

    Raises:
        SuiteError: nothing could be accepted.
    """
    completed = _run_python(folder, "framework", "accept")
    if not (folder / "baselines").exists():
        raise SuiteError(f"accept ended with {completed.returncode}: {last_line(completed.stdout)}")


def _run_python(folder: Path, *module: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **without_pytest_options(os.environ),
        **dict(SECRETS.values()),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "HARNESS_LANG": "zh",
    }
    return run_child(module[0], [sys.executable, "-m", *module], folder, environment, timeout_s=TIMEOUT_S)


def run_suite_in(folder: Path) -> ServiceRun:
    """Run the suite of the project in *folder* and read its reports."""
    report = folder / "junit.xml"
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--evidence=none")
    completed = _run_python(folder, "pytest", *options, f"--junitxml={report}")
    if not report.exists():
        raise SuiteError(f"pytest ended with {completed.returncode}: {last_line(completed.stdout)}")
    xml = report.read_text(encoding="utf-8")
    lines = tuple(line for line in completed.stdout.splitlines() if CAUSE.match(line))
    run = read_report(xml)
    causes = sum("└" not in line for line in lines)
    return ServiceRun(run.cases, xml.count("<skipped"), run.red, causes, lines)
