"""The audit: what counts as noticed, what it prints and writes, its exit codes; and two real runs of the
smoke cases.
"""

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
from standin.survey.command import ALL_CAUGHT, SOME_MISSED, UNSOUND, chosen, main, parser, report
from standin.survey.old_assertion import CRASHED, FAILED, PASSED, old_verdict
from standin.survey.stage import Stage
from standin.survey.suite import Red, SuiteError, SuiteRun, normal, read_report, run_suite
from standin.survey.tables import row
from standin.survey.verdicts import Verdict, counts, telling

GOLDEN = Path(__file__).parent / "golden" / "faults.json"
FAILURE = Red("paging.yaml::walk", False, '$.code 期望 "0",实际 0')
OUTAGE = Red("paging.yaml::walk", True, "连接断开")

REPORT = """<testsuites><testsuite>
<testcase classname="testcases.policy_list.auth.yaml" name="no-token"/>
<testcase classname="testcases.policy_list.paging.yaml" name="page-size[7]">
  <failure message="结论: $.data.result 期望 7,实际 8(12 项检查中 1 项不符)&#10;用例: 每页 7 条">…</failure></testcase>
<testcase classname="testcases.policy_list.paging.yaml" name="echo"><failure message="故障: POST http://127.0.0.1:4711/x:连接断开">…</failure></testcase>
<testcase classname="testcases.policy_list.paging.yaml" name="later"><skipped message="结论: 没有评判"/></testcase>
</testsuite></testsuites>"""


def suite_that(*red: Red, sound: tuple[Red, ...] = ()) -> Callable[[str, str], SuiteRun]:
    """A suite with these red cases under any fault, and those on the sound service."""
    return lambda fault, only: SuiteRun(3, red if fault else sound)


def audited(
    capsys: pytest.CaptureFixture[str], run: Callable[[str, str], SuiteRun], *arguments: str
) -> tuple[int, str, str]:
    code = report(parser().parse_args(["--fault", "code-int", *arguments]), run, lambda fault: PASSED)
    out, err = capsys.readouterr()
    return code, out, err


def test_a_report_is_read_with_files_and_without_what_changes():
    run = read_report(REPORT)
    assert run.cases == 4
    assert run.red == (
        Red("paging.yaml::page-size[7]", False, "$.data.result 期望 7,实际 8"),
        Red("paging.yaml::echo", True, "POST http://127.0.0.1:PORT/x:连接断开"),
    )


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("elapsed_ms 期望 小于 2000,实际 3004.31", "elapsed_ms 期望 小于 2000,实际 N"),
        ("查无此政策0b8f4c1e-2f3a-4d5b-8c6d-7e8f9a0b1c2d", "查无此政策UUID"),
        ("$.data.result 期望 10,实际 11", "$.data.result 期望 10,实际 11"),
    ],
)
def test_what_changes_from_run_to_run_is_taken_out(says, expected):
    assert normal(says) == expected


def test_a_broken_case_proves_something_only_where_no_reply_comes_whole():
    assert counts(FAILURE, FAULTS["code-int"])
    assert not counts(OUTAGE, FAULTS["code-int"])
    assert counts(OUTAGE, FAULTS["stream-cut"])
    assert not counts(FAILURE, FAULTS["stream-cut"])


def test_the_line_that_tells_most_is_shown():
    vague, several = Red("a", False, "路径没有选中任何值"), Red("b", False, "$.data 第 1 种 期望 1,实际 2")
    assert telling([vague, several, FAILURE]) == FAILURE.says
    assert telling([vague, several]) == several.says
    assert telling([vague]) == vague.says
    assert telling([]) == ""


def test_a_noticed_fault(capsys):
    code, out, err = audited(capsys, suite_that(FAILURE))
    assert (code, err) == (ALL_CAUGHT, "")
    assert (
        '| 2 | `code-int` | code 为数字 0 | 是 | paging.yaml::walk | $.code 期望 "0",实际 0 | 通过(漏过) |'
        in out
    )
    assert "发现 1/1 种故障;旧断言发现 0/1 种" in out


def test_a_missed_fault(capsys):
    code, out, _ = audited(capsys, suite_that())
    assert code == SOME_MISSED
    assert "| **否** |" in out


def test_a_case_that_fails_anyway_proves_nothing_and_is_told_first(capsys):
    code, out, err = audited(capsys, suite_that(FAILURE, sound=(FAILURE,)))
    assert code == UNSOUND
    assert "| **否** |" in out
    assert "1 条不通过" in err and FAILURE.case in err


def test_a_suite_that_cannot_run_is_no_verdict(capsys):
    def broken(fault: str, only: str) -> SuiteRun:
        raise SuiteError("pytest ended with exit code 4: no such option")

    code, out, err = audited(capsys, broken)
    assert (code, out) == (UNSOUND, "")
    assert "exit code 4" in err


def test_a_run_that_fails_under_one_fault_is_a_missed_fault(capsys):
    def run(fault: str, only: str) -> SuiteRun:
        if fault:
            raise SuiteError("the suite did not end within 240 s")
        return SuiteRun(3, ())

    code, out, _ = audited(capsys, run)
    assert code == SOME_MISSED
    assert "did not end" in out


def test_the_json_document(capsys, tmp_path):
    audited(capsys, suite_that(FAILURE), "--json", str(tmp_path / "made" / "faults.json"))
    document = json.loads((tmp_path / "made" / "faults.json").read_text(encoding="utf-8"))
    assert document == {
        "faults": [{"name": "code-int", "caught": True, "by": [FAILURE.case], "says": FAILURE.says}]
    }


def test_the_page_for_docs_has_the_catalogue_and_the_rest_apart(capsys, tmp_path):
    audited(capsys, suite_that(FAILURE), "--fault", "gbk-as-utf8", "--markdown", str(tmp_path / "faults.md"))
    page = (tmp_path / "faults.md").read_text(encoding="utf-8")
    assert (
        page.index("## 目录中的故障")
        < page.index("`code-int`")
        < page.index("## 补充的故障")
        < page.index("`gbk-as-utf8`")
    )


@pytest.mark.parametrize(("recorded", "expected"), [(FAILURE.says, ALL_CAUGHT), ("别的话", SOME_MISSED)])
def test_the_recorded_words_must_still_be_said(capsys, tmp_path, recorded, expected):
    golden = tmp_path / "golden.json"
    golden.write_text(json.dumps({"faults": [{"name": "code-int", "says": recorded}]}), encoding="utf-8")
    code, out, _ = audited(capsys, suite_that(FAILURE), "--golden", str(golden))
    assert code == expected
    assert ("第一行变了" in out) is (code == SOME_MISSED)


def test_what_a_reply_holds_cannot_break_the_table():
    verdict = Verdict(FAULTS["code-int"], ("a", "b", "c", "d"), "期望 a|b,实际 <script>", FAILED)
    assert (
        row(verdict)
        == "| 2 | `code-int` | code 为数字 0 | 是 | a<br>b<br>c<br>等 4 条 | 期望 a\\|b,实际 &lt;"
        "script&gt; | 失败 |\n"
    )


def test_a_sample_is_spread_over_the_catalogue_and_always_the_same():
    numbers = [fault.number for fault in chosen((), 10)]
    assert numbers == [fault.number for fault in chosen((), 10)]
    assert (len(numbers), numbers[0]) == (10, 1)
    assert numbers == sorted(set(numbers)) and numbers[-1] > 90
    assert chosen((), 1000) == list(FAULTS.values())


@pytest.mark.parametrize("arguments", [("--fault", "no-such"), ("--jobs", "0"), ("--sample", "-1")])
def test_a_slip_on_the_command_line_is_refused(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(1) as made:
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
def test_the_old_assertion_as_it_was(stage, fault, expected):
    with stage.on(fault) as standin:
        assert old_verdict(standin) == expected


def test_the_golden_file_has_every_fault_with_what_was_expected_and_what_was_there():
    recorded = json.loads(GOLDEN.read_text(encoding="utf-8"))["faults"]
    assert [fault["name"] for fault in recorded] == list(FAULTS)
    assert [fault["name"] for fault in recorded if not fault["caught"]] == []
    silent = {f["name"] for f in recorded if not ("期望" in f["says"] and "实际" in f["says"])}
    assert silent <= {name for name, fault in FAULTS.items() if fault.incomplete}


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
    """A copy of the project, so that nobody else writes to its reports."""
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
def test_a_real_run_of_the_smoke_cases_leaves_no_reports(stage, project, fault, red):
    with stage.on(fault) as standin:
        run = run_suite(standin.url, "smoke", enough=1, root=project)
    assert run.cases >= 1
    assert len(run.red) == red
    assert all("$.data.totalNum" in one.says for one in run.red)
    assert not (project / "reports").exists()


def test_the_command_is_reached_through_the_package():
    command = [sys.executable, "-m", "standin", "fault-audit", "--help"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert ended.returncode == 0
    assert "--golden" in ended.stdout
