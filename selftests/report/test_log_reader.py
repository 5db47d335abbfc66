"""``python -m framework logs``: prints and filters the log of a run."""

import json

import pytest

from framework.base.errors import ConfigError
from framework.report.log import prune_logs
from framework.report.log_reader import by_case, logs_command, read_events


def lines(*events):
    return "".join(
        json.dumps(
            {"time": "2026-01-01T00:00:00.000+08:00", "level": "INFO", "run": "r", "worker": "main", **event},
            ensure_ascii=False,
        )
        + "\n"
        for event in events
    )


def exchange(case, ms, status=200):
    return {
        "event": "exchange",
        "case": case,
        "step": "列表",
        "http.request.method": "POST",
        "url.full": "http://127.0.0.1/x",
        "http.response.status_code": status,
        "duration_ms": ms,
        "http.response.body.size": 245_000,
        "body_digest": "sha256:ab",
        "trace_id": "ab12" if case.endswith("bad") else "cd34",
    }


FAILED = {
    "event": "checks",
    "case": "a.yaml::bad",
    "step": "列表",
    "checks": [
        {
            "check": '$.code 等于 "0"',
            "status": "failed",
            "place": "a.yaml:3:5",
            "findings": [
                {"path": "$.code", "record": None, "expected": '"0"', "actual": "0\x1b[31m", "what": ""}
            ],
        },
        {"check": "status_code 等于 200", "status": "passed"},
    ],
}


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text(
        lines(
            {"event": "run.started", "facts": {}},
            {"event": "case.started", "case": "a.yaml::good"},
            exchange("a.yaml::good", 3.2),
            {"event": "case.started", "case": "a.yaml::bad"},
            {"event": "case.finished", "case": "a.yaml::good", "verdict": "passed"},
            exchange("a.yaml::bad", 800, 500),
            FAILED,
            {"event": "case.finished", "case": "a.yaml::bad", "verdict": "failed"},
            {"event": "case.started", "case": "a.yaml::cut"},
        ),
        "utf-8",
    )
    return path


def printed(log, *arguments):
    lines: list[str] = []
    assert logs_command([str(log), *arguments], lines.append) == 0
    return lines


def test_a_run_is_printed_case_by_case(log):
    assert printed(log) == [
        "00:00:00.000 通过 a.yaml::good",
        "    POST http://127.0.0.1/x → 200 3 ms 245 KB sha256:ab",
        "00:00:00.000 不符 a.yaml::bad",
        "    POST http://127.0.0.1/x → 500 800 ms 245 KB sha256:ab",
        '    ✗ $.code 等于 "0"',
        '        $.code 期望 "0"，实际 0␛[31m',
        "00:00:00.000 没有结束 a.yaml::cut",
        "3 个用例",
    ]


@pytest.mark.parametrize(
    ("arguments", "cases"),
    [
        (["--case", "good"], ["good"]),
        (["--verdict", "failed"], ["bad"]),
        (["--slow", "100"], ["bad"]),
        (["--case", "nothing"], []),
        (["--trace", "AB1"], ["bad"]),
        (["--trace", "b12"], []),
    ],
)
def test_filters(log, arguments, cases):
    assert [line.partition("::")[2] for line in printed(log, *arguments) if "::" in line] == cases


def test_the_page_and_the_query_are_printed(tmp_path):
    path = tmp_path / "run.jsonl"
    event = {**exchange("a.yaml::good", 3.2), "request": 'POST /list?type=1 {"pageNo":2}'}
    path.write_text(lines(event), "utf-8")
    assert '    POST /list?type=1 {"pageNo":2} → 200 3 ms 245 KB sha256:ab' in printed(path)


def test_lines_that_are_not_events_are_counted(log):
    with log.open("a", encoding="utf-8") as file:
        file.write('{"event": "exch\n[1]\n')
    assert printed(log)[-1] == "3 个用例，2 行不是事件，没有列出"


def test_a_missing_log_is_one_message(tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.jsonl 读不了"):
        printed(tmp_path / "gone.jsonl")


def test_events_of_several_processes_are_grouped_by_case(log):
    events, strange = read_events(log)
    assert [case.case for case in by_case(events)] == [
        "a.yaml::good",
        "a.yaml::bad",
        "a.yaml::cut",
    ] and strange == 0


def test_the_logs_of_kept_nights_stay(tmp_path):
    for day in range(10, 15):
        (tmp_path / f"202601{day}T000000-x.jsonl").touch()
    nights = tmp_path / "history" / "test"
    nights.mkdir(parents=True)
    (nights / "000007-20260111T000000-x.json").touch()
    prune_logs(tmp_path, keep=1, nights=nights.parent)
    assert sorted(path.name[:8] for path in tmp_path.glob("*.jsonl")) == ["20260111", "20260114"]


def test_only_the_newest_logs_are_kept(tmp_path):
    for day in range(10, 15):
        (tmp_path / f"202601{day}T000000-x.jsonl").touch()
    prune_logs(tmp_path, keep=2)
    assert sorted(path.name[:8] for path in tmp_path.iterdir()) == ["20260113", "20260114"]
