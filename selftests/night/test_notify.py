"""Notifications, to a receiver on 127.0.0.1: once, only news, never the address, never in the way of the
night.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from night.conftest import case, problem, run_of

pytest.importorskip("apprise")
SECRET = "SECRET-0123456789"


@pytest.fixture
def told(nights, receiver, monkeypatch):
    monkeypatch.setenv("HARNESS_NOTIFY_URL", receiver.address)
    return nights


def test_only_news_are_told_and_each_once(told, receiver) -> None:
    week = [{"a": "P"}, {"a": "P"}, {"a": "F"}, {"a": "F"}, {"a": "P"}, {"a": "P"}]
    counts = []
    for night, cases in enumerate(week):
        told.night(run_of(cases, night))
        counts.append(len(receiver.received))
    assert counts == [1, 1, 2, 2, 3, 3]
    first, broke, recovered = receiver.texts
    assert "全绿" in first["title"]
    assert (
        "服务有错(退出码 1)" in broke["title"]
        and "新不符 1 × [断言不符] $.success 期望 true" in broke["message"]
    )
    assert "恢复 1:testcases/a.yaml::a" in recovered["message"]


def test_what_was_known_is_not_told_again(told, receiver) -> None:
    told.night(run_of([case("a", "F", cause="旧的"), case("b")]))
    told.night(run_of([case("a", "F", cause="旧的"), case("b", "F", cause="新的")], 1))
    message = receiver.texts[-1]["message"]
    assert "新的" in message and "旧的" not in message


def test_an_outage_is_told_on_its_first_night_and_when_it_ends(told, receiver) -> None:
    down = {f"c{n}": "B" for n in range(30)}
    for night, cases in enumerate([{"c0": "P"}, down, down, {"c0": "P"}]):
        told.night(run_of(cases, night))
    assert len(receiver.received) == 3
    assert receiver.texts[1]["message"].count("连接被拒绝") == 1


def test_a_file_that_does_not_load_is_told(told, receiver) -> None:
    told.night(run_of({"a": "P"}))
    told.night(run_of({"a": "P"}, 1, collection=(problem(),)))
    assert "用例文件没有载入 1:testcases/bad.yaml" in receiver.texts[-1]["message"]


def test_nobody_is_told_where_nobody_asked(nights, receiver, monkeypatch) -> None:
    nights.night(run_of({"a": "F"}))
    monkeypatch.setenv("HARNESS_NOTIFY_URL", receiver.address)
    nights.night(run_of({"a": "P"}, 1), "--no-notify")
    assert receiver.received == []


def test_the_address_may_stand_in_the_env_file(nights, receiver) -> None:
    (nights.folder / ".env").write_text(f"HARNESS_NOTIFY_URL={receiver.address}\n", encoding="utf-8")
    nights.night(run_of({"a": "F"}))
    assert len(receiver.received) == 1


def test_the_text_of_a_reply_calls_nobody(told, receiver) -> None:
    told.night(run_of([case("a", "F", cause="@all @所有人")]))
    assert "@" not in receiver.texts[0]["message"]


# what goes wrong with it


@pytest.mark.parametrize("status", [403, 500])
def test_a_group_that_refuses_changes_no_verdict(told, receiver, capsys, status: int) -> None:
    receiver.status = status
    assert told.night(run_of({"a": "P"})) == 0
    assert "通知没有发出:对方没有收下" in told.summary
    silent(told, capsys)


def test_a_group_that_hangs_holds_the_night_no_longer_than_its_limit(told, receiver, capsys) -> None:
    receiver.hold.set()
    assert told.night(run_of({"a": "F"}), "--notify-seconds", "1") == 1
    assert "通知没有发出:1 秒内没有送达" in told.summary
    silent(told, capsys)


@pytest.mark.parametrize(
    "address",
    [f"nonsense-{SECRET}", f"nonsense://{SECRET}", f"json://127.0.0.1:1/{SECRET}", "***notify_0***"],
)
def test_an_address_that_will_not_do_is_told_without_it(nights, monkeypatch, capsys, address: str) -> None:
    monkeypatch.setenv("HARNESS_NOTIFY_URL", address)
    assert nights.night(run_of({"a": "P"})) == 0
    assert "通知没有发出" in nights.summary
    silent(nights, capsys)


def test_an_env_file_that_cannot_be_read_stops_nothing(nights) -> None:
    (nights.folder / ".env").write_bytes(b"\xff\xfe=\xff")
    assert nights.night(run_of({"a": "P"})) == 0


def test_an_address_that_a_reply_repeats_is_masked(told, receiver, capsys) -> None:
    told.night(run_of([case("a", "F", headline=f"答复里有 {receiver.address}")]))
    silent(told, capsys)


def silent(nights, capsys) -> None:
    """The address stands nowhere: not in what was said, not in any file."""
    said = "".join(capsys.readouterr())
    files = [path for path in Path(nights.reports).rglob("*") if path.is_file() and path.name != "run.json"]
    assert SECRET not in said
    assert all(SECRET.encode() not in path.read_bytes() for path in files)
