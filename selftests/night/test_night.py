"""A series of nights: exit codes, history, summary. pytest and Allure are replaced by fakes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from night.conftest import case, problem, run_of

from framework.base.filelock import locked
from framework.night import command as night_module
from framework.night import files as night_files
from framework.report.case_record import Quarantine
from framework.report.html_report import ReportOutcome
from framework.report.nights import history
from framework.report.nights.history import KEPT_NIGHTS, folder_of
from framework.report.page import front_page, publish
from framework.report.record_file import dump


def test_a_week_of_nights(nights) -> None:
    """Monday to Sunday: green, broken, still, flaky, an outage, recovered, a case file that does not load."""
    week = [
        run_of({"a": "P", "b": "P"}, 0),
        run_of({"a": "F", "b": "P"}, 1),
        run_of({"a": "F", "b": "F"}, 2),
        run_of({"a": "F", "b": "P"}, 3),
        run_of([case("a", "B"), case("b", "B")], 4),
        run_of({"a": "P", "b": "F"}, 5),
        run_of({"b": "P"}, 6, collection=(problem(),)),
    ]
    codes, pages, flaky = [], [], []
    for run in week:
        codes.append(nights.night(run))
        pages.append(nights.summary)
        flaky.append("不稳定" in nights.summary)
    assert codes == [0, 1, 1, 1, 2, 1, 3]
    assert "没有可以相比的上一夜" in pages[0]
    assert "新出现的原因（1）" in pages[1] and "2026-11-16 02:15" in pages[1]
    assert "仍然存在（1）" in pages[2] and "自 2026-11-17 02:15 起，第 2 夜" in pages[2]
    assert "恢复（1）" in pages[3] and "（自 2026-11-18 02:15 起不符）" in pages[3]
    assert "服务有错（退出码 1） → 环境或框架的问题" in pages[4] and "2 个用例）" in pages[4]
    assert "没有再出现，但相关用例还没有通过（1）" in pages[4] and "已修好" not in pages[4]
    assert "恢复（1）" in pages[5] and "✓✗✗✗!✓" in pages[5]
    assert flaky == [False, False, False, False, False, True, True]
    assert "新的没有载入的用例文件（1）" in pages[6] and "bad.yaml:3:1" in pages[6]
    assert len(nights.history()) == 7


def test_the_report_names_verdict_and_changes(nights) -> None:
    nights.night(run_of({"a": "P"}))
    nights.night(run_of({"a": "F"}, 1))
    assert nights.shown == {"结论": "服务有错（退出码 1）", "与上一夜相比": "1 个新原因"}


@pytest.mark.parametrize("code", [4, 3, 5, 1, -9, 0])
def test_a_missing_record_is_exit_code_2_with_a_reason(nights, capsys, code: int) -> None:
    assert nights.night(None, code=code) == 2
    assert f"pytest 没有写出运行记录，以 {code} 结束" in capsys.readouterr().out
    assert "没有任何用例得到评判" in nights.summary


def test_the_record_of_the_last_night_is_not_used_again(nights) -> None:
    assert nights.night(run_of({"a": "P"})) == 0
    assert nights.night(None, code=0) == 2


def test_an_incomplete_record_is_renamed_and_exit_code_2(nights) -> None:
    text = dump(run_of({"a": "P"}))
    assert nights.night(text[:200]) == 2
    (kept,) = nights.reports.glob("run.json.bad-*")
    assert kept.read_text(encoding="utf-8") == text[:200]


def test_a_pytest_that_dies_after_writing_its_record_is_not_green(nights) -> None:
    assert nights.night(run_of({"a": "P"}), code=-11) == 2


def test_an_outage_is_reported_once(nights) -> None:
    why = {"category": "environment", "cause": "连接被拒绝"}
    cases = [case(f"c{n}", "B") for n in range(3)] + [case(f"s{n}", "S", **why) for n in range(40)]
    assert nights.night(run_of(cases)) == 2
    assert nights.summary.count("连接被拒绝") == 1
    assert "连接被拒绝（43 个用例）" in nights.summary
    assert "43 个用例因环境、令牌或框架的故障没有评判" in nights.summary


def test_cases_that_are_flaky_in_the_same_way_are_one_entry(nights) -> None:
    for night, letter in enumerate("PFPF"):
        nights.night(run_of({**{f"c{n}": letter for n in range(30)}, "d": "PFPP"[night]}, night, service="1"))
    flaky = nights.summary.partition("## 不稳定")[2].partition("\n## ")[0]
    assert "（31）" in flaky and flaky.count("✓✗✓✗") == 1 and "等 30 个" in flaky
    assert flaky.index("::d` ") < flaky.index("::c0`")


def test_a_full_disk_still_sends_the_message(nights, receiver, monkeypatch, capsys) -> None:
    pytest.importorskip("apprise")
    monkeypatch.setenv("HARNESS_NOTIFY_URL", receiver.address)

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device", str(path))

    for module in (night_module, night_files, publish, front_page, history):
        monkeypatch.setattr(module, "write_text", full, raising=True)
    assert nights.night(None, code=3) == 2
    (sent,) = receiver.texts
    assert "请运维或框架的维护者看" in sent["message"]
    out = capsys.readouterr().out
    for file in ("运行记录", "摘要", "首页"):
        assert out.count(f"{file}没有写成：No space left on device") == 1


def test_forty_failures_of_one_cause_are_one_entry(nights) -> None:
    nights.night(run_of({f"c{n}": "P" for n in range(40)}))
    nights.night(run_of({f"c{n}": "F" for n in range(40)}, 1))
    assert nights.summary.count("$.success 期望 true") == 1
    assert "40 个用例" in nights.summary and len(nights.summary.splitlines()) < 60


def test_the_summary_names_quarantine_known_defects_warnings_and_the_slowest(nights) -> None:
    nights.night(
        run_of(
            [
                case("held", "W", quarantine=Quarantine("排序不稳", "2999-01-01")),
                case("late", "B", category="case", quarantine=Quarantine("忘了", "2020-01-01", True)),
                case("known", "K"),
                case("warned", "W"),
                case("slow", elapsed=(4321.0, 1.0)),
            ],
            budget_ms=800.0,
        )
    )
    for words in (
        "`testcases/a.yaml::held` 至 2999-01-01：排序不稳（警告）",
        "已于 2020-01-01 到期",
        "## 已知缺陷（1）",
        "## 警告（1）",
        "slow` 4321 ms",
    ):
        assert words in nights.summary


def test_markup_in_a_reply_is_escaped(nights) -> None:
    hostile = "</details><script>alert(1)</script> [x](http://evil.example) `code` |a| **b**\n# 标题"
    nights.night(run_of([case("a", "F", headline=hostile, cause=hostile, title=hostile)]))
    assert "<" not in nights.summary
    assert "[x](" not in nights.summary and "\n# 标题" not in nights.summary


# files that cannot be read


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[:100],
        lambda text: text.replace('"schema": 1', '"schema": 0'),
        lambda text: "\x00" * 50,
        lambda text: "[1]",
        lambda text: text.replace('"environment": "test"', '"environment": "prod"'),
    ],
    ids=["empty", "cut", "older", "zeros", "other", "environment"],
)
def test_unreadable_history_is_renamed_and_the_night_continues(nights, capsys, spoil) -> None:
    for night in range(3):
        nights.night(run_of({"a": "P"}, night))
    path = nights.reports / "history" / "test" / nights.history()[1]
    spoilt = spoil(path.read_text(encoding="utf-8"))
    path.write_text(spoilt, encoding="utf-8")
    assert nights.night(run_of({"a": "F"}, 3)) == 1
    (kept,) = path.parent.glob("*.bad-*")
    assert kept.read_text(encoding="utf-8") == spoilt
    assert "已改名保留为" in capsys.readouterr().out and "已改名保留为" in nights.summary
    assert "与上一夜相比（2026-11-18 02:15）" in nights.summary
    assert nights.history()[-1].startswith("000004-")


def test_without_readable_history_it_is_a_first_night(nights) -> None:
    nights.night(run_of({"a": "P"}))
    (nights.reports / "history" / "test" / nights.history()[0]).write_bytes(b"\xff\xfe")
    assert nights.night(run_of({"a": "P"}, 1)) == 0
    assert "没有可以相比的上一夜" in nights.summary
    assert nights.history()[-1].startswith("000002-")


def test_each_environment_has_its_own_pruned_history(nights) -> None:
    for night in range(KEPT_NIGHTS + 3):
        nights.night(run_of({"a": "P"}, night))
    nights.night(run_of({"a": "P"}, environment="other"))
    assert len(nights.history()) == KEPT_NIGHTS
    assert nights.history()[0].startswith("000004-")
    assert len(nights.history("other")) == 1


@pytest.mark.parametrize("name", ["..", "../x", "a/b", "", "测试", "con", "a" * 300, "."])
def test_the_folder_of_an_environment_has_a_safe_name(name: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, name)
    assert (
        folder.parent == tmp_path / "history" and folder.name not in ("", ".", "..") and len(folder.name) < 80
    )


def test_similar_names_have_different_folders(tmp_path: Path) -> None:
    assert len({folder_of(tmp_path, name) for name in ("a/b", "a_b", "a:b")}) == 3


def test_a_history_that_cannot_be_written_is_reported_only(nights, capsys) -> None:
    (nights.reports / "history").mkdir(parents=True)
    (nights.reports / "history" / "test").write_text("a file", encoding="utf-8")
    assert nights.night(run_of({"a": "F"})) == 1
    assert "没有记入历史" in nights.summary


def test_a_failed_report_is_reported_only(nights) -> None:
    nights.report = ReportOutcome("not_made", "错误：没有可用的 Node.js")
    assert nights.night(run_of({"a": "P"})) == 0
    assert "没有生成：错误：没有可用的 Node.js" in nights.summary


@pytest.mark.parametrize(("run", "code"), [({"a": "P"}, 2), ({"a": "F"}, 1)])
def test_an_internal_error_after_the_run_is_exit_code_2(nights, monkeypatch, run: dict, code: int) -> None:
    monkeypatch.setattr("framework.night.command.compare", lambda *_: 1 / 0)
    assert nights.night(run_of(run)) == code


# concurrent nights


def test_a_concurrent_night_is_refused_and_changes_nothing(nights, capsys) -> None:
    nights.night(run_of({"a": "P"}))
    before = {path: path.read_bytes() for path in nights.reports.rglob("*") if path.is_file()}
    capsys.readouterr()
    with locked(nights.reports / ".night.lock"):
        assert nights.night(run_of({"a": "F"}, 1)) == 2
    output = capsys.readouterr().out
    assert output.count("\n") == 1 and "另一个夜间运行正在使用" in output
    assert {path: path.read_bytes() for path in nights.reports.rglob("*") if path.is_file()} == before


def test_the_lock_file_of_a_killed_night_does_not_block(nights) -> None:
    (nights.reports).mkdir()
    (nights.reports / ".night.lock").write_text("", encoding="utf-8")
    assert nights.night(run_of({"a": "P"})) == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everyone may write")
def test_an_unwritable_reports_folder_is_exit_code_2(nights, capsys) -> None:
    nights.reports.mkdir()
    nights.reports.chmod(stat.S_IREAD | stat.S_IEXEC)
    assert nights.night(run_of({"a": "P"})) == 2


def test_the_summary_is_appended_to_the_ci_job(nights, monkeypatch, tmp_path: Path) -> None:
    job = tmp_path / "job.md"
    job.write_text("前一步\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(job))
    nights.night(run_of({"a": "P"}))
    assert job.read_text(encoding="utf-8") == "前一步\n" + nights.summary
