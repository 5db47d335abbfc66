"""The report of a large run keeps the essentials of passing cases and all of the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from framework.report import large_runs
from framework.report.large_runs import smaller_results


def result(folder: Path, name: str, status: str) -> None:
    step = {"name": "s", "attachments": [{"name": "请求与答复", "source": f"{name}-a.txt"}], "steps": []}
    text = {
        "name": name,
        "status": status,
        "labels": [{"name": "epic", "value": "e"}, {"name": "host", "value": "h"}],
        "steps": [step],
        "attachments": [
            {"name": "用例日志", "source": f"{name}-b.txt"},
            {"name": "完整答复", "source": "shared.txt"},
        ],
    }
    (folder / f"{name}-result.json").write_text(json.dumps(text), encoding="utf-8")
    for source in ("a", "b"):
        (folder / f"{name}-{source}.txt").write_text(source, encoding="utf-8")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    for name, status in (("good", "passed"), ("bad", "failed"), ("off", "skipped")):
        result(folder, name, status)
    (folder / "shared.txt").write_text("shared", encoding="utf-8")
    (folder / "environment.properties").write_text("a = b\n", encoding="utf-8")
    (folder / "cut-result.json").write_text('{"name":', encoding="utf-8")
    return folder


def test_the_results_of_a_small_run_are_used_as_they_are(results: Path, tmp_path: Path) -> None:
    assert smaller_results(results, tmp_path / "made") == results


def test_passing_cases_of_a_large_run_keep_their_verdict_only(
    results: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(large_runs, "LARGE", 3)
    before = {path.name: path.read_bytes() for path in results.iterdir()}
    made = smaller_results(results, tmp_path / "made")
    assert {path.name: path.read_bytes() for path in results.iterdir()} == before
    assert before.keys() - {path.name for path in made.iterdir()} == {"good-a.txt", "good-b.txt"}
    good = json.loads((made / "good-result.json").read_text(encoding="utf-8"))
    assert (good["status"], good["labels"]) == ("passed", [{"name": "epic", "value": "e"}])
    assert "运行日志" in good["description"] and not good.keys() & {"steps", "attachments"}
    others = [name for name in before if not name.startswith("good")]
    assert all((made / name).read_bytes() == before[name] for name in others)
