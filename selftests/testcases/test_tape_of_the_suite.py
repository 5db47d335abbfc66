"""Record and replay of the whole shipped suite agree, case by case, on a service that is partly wrong."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from selftests.inner import run_pytest
from selftests.shipped import ROOT, WITHOUT_PLUGINS, shipped_environments, shipped_ini


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A project with the shipped cases."""
    for name in ("testcases", "schemas", "baselines"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text(shipped_ini(), encoding="utf-8")
    (tmp_path / "environments.yaml").write_text(shipped_environments(), encoding="utf-8")
    return tmp_path


def run(suite: Path, *options: str) -> dict[str, Any]:
    """Run all cases; return each with the facts that must not depend on the day: verdict, message and
    checks.
    """
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "POLICY"))
    }
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = run_pytest([*WITHOUT_PLUGINS, "-q", *options], suite, environment)
    assert done.returncode == 1, done.stdout[-3000:]
    cases = json.loads((suite / "reports/run.json").read_text(encoding="utf-8"))["cases"]
    kept = ("status", "headline", "checks", "failed", "cause", "alternatives")
    return {case["id"]: {name: case.get(name) for name in kept} for case in cases}


def test_a_replay_of_the_whole_suite_gives_the_verdicts_of_the_run(suite: Path) -> None:
    recorded = run(suite, "--standin=--fault total-int", "--record=tape")
    replayed = run(suite, "--replay=tape")
    assert {"passed", "failed"} <= {case["status"] for case in recorded.values()}
    assert replayed == recorded
