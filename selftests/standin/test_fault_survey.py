"""The fault survey: its verdicts, output, page and exit codes, and two real runs of the smoke cases."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from selftests.shipped import ROOT, shipped_environments, shipped_ini
from standin.faults import FAULTS
from standin.survey.command import ALL_NOTICED, SOME_MISSED, UNSOUND, main, parser, report, select_faults
from standin.survey.old_assertion import CRASHED, FAILED, PASSED, run_old_assertion
from standin.survey.page import read_rows, row_of, updated_page
from standin.survey.pool import StandinPool
from standin.survey.suite_run import (
    RedCase,
    SuiteError,
    SuiteRun,
    read_report,
    run_suite,
    without_varying_parts,
)
from standin.survey.verdicts import FaultVerdict, clearest_line, is_evidence

PAGE = ROOT / "docs" / "faults.md"
FAILURE = RedCase("paging.yaml::walk", False, '$.code 期望 "0"，实际 0')
OUTAGE = RedCase("paging.yaml::walk", True, "连接断开")

REPORT = """<testsuites><testsuite>
<testcase classname="testcases.policy_list.auth.yaml" name="no-token"/>
<testcase classname="testcases.policy_list.paging.yaml" name="page-size[7]">
  <failure message="结论：$.data.result 期望 7，实际 8（12 项检查中 1 项不符）&#10;用例：每页 7 条">…</failure></testcase>
<testcase classname="testcases.policy_list.paging.yaml" name="echo"><failure message="故障：POST http://127.0.0.1:4711/x：连接断开">…</failure></testcase>
<testcase classname="testcases.policy_list.paging.yaml" name="later"><skipped message="结论：没有评判"/></testcase>
</testsuite></testsuites>"""  # noqa: E501 - an attribute of the report


def suite_that(*red: RedCase, sound: tuple[RedCase, ...] = ()) -> Callable[[str, str], SuiteRun]:
    """Return a suite with the cases *red* under any fault, and *sound* on the sound service."""
    return lambda fault, only: SuiteRun(3, red if fault else sound, 1 if fault else 0)


def surveyed(
    capsys: pytest.CaptureFixture[str], run: Callable[[str, str], SuiteRun], *arguments: str
) -> tuple[int, str, str]:
    code = report(parser().parse_args(["--fault", "code-int", *arguments]), run, lambda fault: PASSED)
    out, err = capsys.readouterr()
    return code, out, err


def test_an_assumption_is_no_part_of_the_line_of_a_fault():
    assumption = "假定“超过末页时返回“空”列表，或拒绝”不成立，或者服务有错："
    assert (
        without_varying_parts(f"{assumption}$.data 期望 1，实际 2（3 项检查中 1 项不符）")
        == "$.data 期望 1，实际 2"
    )


def test_a_report_is_read_with_file_names_and_without_varying_parts():
    run = read_report(REPORT)
    assert run.cases == 4
    assert run.red == (
        RedCase("paging.yaml::page-size[7]", False, "$.data.result 期望 7，实际 8"),
        RedCase("paging.yaml::echo", True, "POST http://127.0.0.1:PORT/x：连接断开"),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("elapsed_ms 期望 小于 2000，实际 3004.31", "elapsed_ms 期望 小于 2000，实际 N"),
        ("查无此政策0b8f4c1e-2f3a-4d5b-8c6d-7e8f9a0b1c2d", "查无此政策UUID"),
        ("$.data.result 期望 10，实际 11", "$.data.result 期望 10，实际 11"),
    ],
)
def test_parts_that_vary_from_run_to_run_are_replaced(line, expected):
    assert without_varying_parts(line) == expected


def test_a_broken_case_is_evidence_only_if_the_fault_prevents_complete_replies():
    assert is_evidence(FAILURE, FAULTS["code-int"])
    assert not is_evidence(OUTAGE, FAULTS["code-int"])
    assert is_evidence(OUTAGE, FAULTS["stream-cut"])
    assert not is_evidence(FAILURE, FAULTS["stream-cut"])


def test_the_clearest_line_is_shown():
    vague, several = (
        RedCase("a", False, "路径没有选中任何值"),
        RedCase("b", False, "$.data：第 1 种；期望 1，实际 2"),
    )
    assert clearest_line([vague, several, FAILURE]) == FAILURE.first_line
    named = RedCase("c", False, "$.data：“空列表”：类型不对；期望 1，实际 2")
    assert clearest_line([vague, several]) == several.first_line
    assert clearest_line([named, FAILURE]) == FAILURE.first_line
    assert clearest_line([vague]) == vague.first_line
    assert clearest_line([]) == ""


def test_a_noticed_fault(capsys):
    code, out, err = surveyed(capsys, suite_that(FAILURE))
    assert (code, err) == (ALL_NOTICED, "")
    assert (
        "| 2 | `code-int` | code 为数字 0 | 是 | paging.yaml::walk | 1 | "
        '$.code 期望 "0"，实际 0 | 通过（漏过） |' in out
    )
    assert "发现 1/1 种故障；旧断言发现 0/1 种" in out


def test_a_missed_fault(capsys):
    code, out, _ = surveyed(capsys, suite_that())
    assert code == SOME_MISSED
    assert "| **否** |" in out


def test_a_case_that_fails_on_the_sound_service_is_no_evidence_and_is_reported(capsys):
    code, out, err = surveyed(capsys, suite_that(FAILURE, sound=(FAILURE,)))
    assert code == UNSOUND
    assert "| **否** |" in out
    assert "1 条不通过" in err and FAILURE.case in err


def test_a_suite_that_cannot_run_gives_no_verdict(capsys):
    def broken(fault: str, only: str) -> SuiteRun:
        raise SuiteError("pytest ended with exit code 4: no such option")

    code, out, err = surveyed(capsys, broken)
    assert (code, out) == (UNSOUND, "")
    assert "exit code 4" in err


def test_a_run_that_cannot_be_completed_counts_as_a_missed_fault(capsys):
    def run(fault: str, only: str) -> SuiteRun:
        if fault:
            raise SuiteError("the suite did not end within 240 s")
        return SuiteRun(3, ())

    code, out, _ = surveyed(capsys, run)
    assert code == SOME_MISSED
    assert "did not end" in out


def test_the_json_document(capsys, tmp_path):
    surveyed(capsys, suite_that(FAILURE), "--json", str(tmp_path / "made" / "faults.json"))
    document = json.loads((tmp_path / "made" / "faults.json").read_text(encoding="utf-8"))
    assert document == {
        "faults": [{"name": "code-int", "caught": True, "by": [FAILURE.case], "says": FAILURE.first_line}]
    }


def test_the_page_separates_the_catalogue_from_the_extra_faults(capsys, tmp_path):
    surveyed(capsys, suite_that(FAILURE), "--fault", "gbk-as-utf8", "--markdown", str(tmp_path / "faults.md"))
    page = (tmp_path / "faults.md").read_text(encoding="utf-8")
    assert (
        page.index("## 目录中的故障")
        < page.index("`code-int`")
        < page.index("## 补充的故障")
        < page.index("`gbk-as-utf8`")
    )


def verdict_on(fault: str, line: str = FAILURE.first_line) -> FaultVerdict:
    return FaultVerdict(FAULTS[fault], (FAILURE.case,), line, PASSED, 1)


def test_a_survey_of_one_fault_changes_only_its_row_of_the_page(capsys, tmp_path):
    page = tmp_path / "faults.md"
    recorded = [row_of(verdict_on("code-int", "以前的话")), row_of(verdict_on("total-int", "别的故障"))]
    page.write_text(updated_page("", recorded), encoding="utf-8")
    surveyed(capsys, suite_that(FAILURE), "--markdown", str(page))
    rows = read_rows(page.read_text(encoding="utf-8"))
    assert rows == {"code-int": row_of(verdict_on("code-int")), "total-int": recorded[1]}
    assert "发现 2/2 种故障" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("recorded", "expected"), [(FAILURE.first_line, ALL_NOTICED), ("别的话", SOME_MISSED)]
)
def test_the_first_line_must_be_that_of_the_page(capsys, tmp_path, recorded, expected):
    page = tmp_path / "faults.md"
    page.write_text(updated_page("", [row_of(verdict_on("code-int", recorded))]), encoding="utf-8")
    code, out, _ = surveyed(capsys, suite_that(FAILURE), "--golden", str(page))
    assert code == expected
    assert ("第一行变了" in out) is (code == SOME_MISSED)


def test_a_fault_that_is_not_on_the_page_is_a_change(capsys, tmp_path):
    page = tmp_path / "faults.md"
    page.write_text(updated_page("", []), encoding="utf-8")
    code, out, _ = surveyed(capsys, suite_that(FAILURE), "--golden", str(page))
    assert code == SOME_MISSED
    assert "--fault code-int --markdown" in out


def test_text_of_a_reply_cannot_break_the_table():
    verdict = FaultVerdict(FAULTS["code-int"], ("a", "b", "c", "d"), "期望 a|b | c，实际 <script>", FAILED, 2)
    line = str(row_of(verdict))
    assert (
        line == "| 2 | `code-int` | code 为数字 0 | 是 | a<br>b<br>c<br>等 4 条 | 2 | "
        "期望 a\\|b \\| c，实际 &lt;script&gt; | 不符 |\n"
    )
    assert read_rows(line) == {"code-int": row_of(verdict)}


def test_a_sample_is_spread_over_the_catalogue_and_always_the_same():
    numbers = [fault.number for fault in select_faults((), 10)]
    assert numbers == [fault.number for fault in select_faults((), 10)]
    assert (len(numbers), numbers[0]) == (10, 1)
    assert numbers == sorted(set(numbers)) and numbers[-1] > len(FAULTS) * 0.8
    assert select_faults((), 1000) == list(FAULTS.values())


@pytest.mark.parametrize("arguments", [("--fault", "no-such"), ("--jobs", "0"), ("--sample", "-1")])
def test_a_wrong_argument_is_refused(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.fixture(scope="module")
def pool() -> Iterator[StandinPool]:
    with StandinPool(1) as made:
        yield made


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("code-int", PASSED),
        ("data-null", PASSED),
        ("stream-cut", CRASHED),
        ("gbk-as-utf8", CRASHED),
        ("gzip-corrupt", CRASHED),
    ],
)
def test_the_old_assertion_behaves_as_in_the_old_harness(pool, fault, expected):
    with pool.lend(fault) as standin:
        assert run_old_assertion(standin) == expected


def test_the_page_has_every_fault_noticed_with_an_expected_and_an_actual_value():
    text = PAGE.read_text(encoding="utf-8")
    rows = read_rows(text)
    assert list(rows) == list(FAULTS), "run python -m standin fault-survey with --markdown docs/faults.md"
    assert text == updated_page(text, [])
    assert [name for name, row in rows.items() if not row.noticed] == []
    for name, row in rows.items():
        is_complete = "期望" in row.first_line and ("实际" in row.first_line or row.first_line.endswith("…"))
        assert is_complete or FAULTS[name].incomplete, name


SMOKE = """suite: 冒烟
tags: [smoke]
cases:
  - id: total
    name: 总条数是文字
    validate:
      $.data.totalNum: {type: string, matches: '^[1-9]\\d*$'}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, so that no other run writes to its reports."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("framework", "standin", "schemas"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    suites = copy / "testcases" / "policy_list"
    suites.mkdir(parents=True)
    for name in ("testcases/policy_list/_shared.yaml", "conftest.py"):
        shutil.copy(ROOT / name, copy / name)
    (suites / "smoke.yaml").write_text(SMOKE, encoding="utf-8")
    (copy / "pytest.ini").write_text(shipped_ini(), encoding="utf-8")
    (copy / "environments.yaml").write_text(shipped_environments(), encoding="utf-8")
    return copy


@pytest.mark.parametrize(("fault", "red"), [("", 0), ("total-int", 1)])
def test_a_real_run_of_the_smoke_cases_leaves_no_reports(pool, project, fault, red):
    with pool.lend(fault) as standin:
        run = run_suite(standin.url, "smoke", enough=1, root=project)
    assert run.cases >= 1
    assert len(run.red) == red
    assert all("$.data.totalNum" in one.first_line for one in run.red)
    assert not (project / "reports").exists()


@pytest.mark.parametrize(
    ("name", "notice"),
    [("fault-survey", ""), ("fault-audit", "standin: fault-audit is called fault-survey now\n")],
)
def test_the_command_is_available_by_its_name_and_by_the_former_one(name, notice):
    command = [sys.executable, "-m", "standin", name, "--help"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (0, notice)
    assert "--golden" in ended.stdout


def test_a_fault_is_reported_once_or_twice():
    """Half of the faults give one cause, and nearly all at most two."""
    causes = sorted(int(row.causes) for row in read_rows(PAGE.read_text(encoding="utf-8")).values())
    assert causes[0] >= 1
    assert causes[len(causes) // 2] == 1
    assert sum(count > 2 for count in causes) * 5 <= len(causes)
