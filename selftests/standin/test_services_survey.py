"""The survey of services: its lines and exit codes, and one real run in a project of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from standin.survey.service_run import ServiceRun, make_project, run_service
from standin.survey.services import SERVICES
from standin.survey.services_command import FEW, MANY, UNSOUND, report
from standin.survey.suite_run import RedCase, SuiteError

RED = RedCase("paging.yaml::walk", False, "$.code 期望 1，实际 2")
CAUSE = "     1 × [不符] $.code 值不对 (walk)"


def outcome(causes: int) -> ServiceRun:
    return ServiceRun(3, 1, (RED,) * causes, causes, (CAUSE,) * causes)


def test_a_service_is_a_line_of_numbers_and_its_causes(capsys):
    services = [SERVICES["plain"], SERVICES["wrapped"]]
    assert report(services, lambda service: (outcome(len(service.behaviours)), None), jobs=2) == FEW
    assert capsys.readouterr().out.splitlines() == [
        "plain（与替身相同）：3 个用例，0 个红，1 个跳过，0 个原因",
        "wrapped（refusal-in-200、size-zero-is-ten、page-zero-refused）："
        "3 个用例，3 个红，1 个跳过，3 个原因",
        CAUSE,
        CAUSE,
        CAUSE,
    ]


def test_too_many_causes_and_a_run_that_did_not_end_have_their_exit_codes(capsys):
    assert report([SERVICES["plain"]], lambda service: (outcome(4), None)) == MANY
    assert report([SERVICES["plain"]], lambda service: (outcome(3), outcome(0))) == FEW
    assert report([SERVICES["plain"]], lambda service: (outcome(0), outcome(1))) == MANY
    assert "  认可之后：3 个用例，1 个红，1 个跳过，1 个原因" in capsys.readouterr().out

    def cannot_run(service):
        raise SuiteError("the suite did not end")

    assert report([SERVICES["plain"]], cannot_run) == UNSOUND
    assert "plain（与替身相同）：the suite did not end" in capsys.readouterr().out


def test_the_declared_facts_are_in_the_environment(tmp_path: Path):
    make_project(SERVICES["capped"], "http://127.0.0.1:1", tmp_path)
    (environment,) = json.loads((tmp_path / "environments.yaml").read_text("utf-8"))["environments"].items()
    assert environment[0] == "capped"
    assert environment[1]["variables"]["largest_page"] == 20


@pytest.mark.parametrize(("name", "accepting"), [("single", True), ("capped", False)])
def test_the_suite_adapts_to_little_data_and_to_a_declared_cap(tmp_path: Path, name, accepting):
    runs = run_service(SERVICES[name], tmp_path, accepting=accepting)
    assert (runs[1] is not None) is accepting
    for result in filter(None, runs):
        assert (result.red, result.causes, result.lines) == ((), 0, ())
        assert result.cases > 100 and 30 < result.skipped < 100
