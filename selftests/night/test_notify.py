"""Notifications to a receiver on 127.0.0.1: only news, never the address, never delaying the night."""

from __future__ import annotations

from pathlib import Path

import pytest
from night.conftest import case, problem, run_of

pytest.importorskip("apprise")
SECRET = "SECRET-0123456789"


@pytest.fixture
def notifying(nights, receiver, monkeypatch):
    monkeypatch.setenv("HARNESS_NOTIFY_URL", receiver.address)
    return nights


def test_each_change_is_sent_once(notifying, receiver) -> None:
    week = [{"a": "P"}, {"a": "P"}, {"a": "F"}, {"a": "F"}, {"a": "P"}, {"a": "P"}]
    counts = []
    for night, cases in enumerate(week):
        notifying.night(run_of(cases, night))
        counts.append(len(receiver.received))
    assert counts == [1, 1, 2, 2, 3, 3]
    first, broke, recovered = receiver.texts
    assert "全部通过" in first["title"]
    assert "服务有错（退出码 1）" in broke["title"]
    assert broke["message"].splitlines()[:3] == [
        "请服务的开发看：1 个用例，1 个不符",
        "1 个新原因",
        "新出现 1 × [不符] $.success 期望 true",
    ]
    assert "已修好 1 × [不符] $.success 期望 true" in recovered["message"]


def test_what_is_new_comes_first_with_the_age_of_the_rest(notifying, receiver) -> None:
    notifying.night(run_of([case("a", "F", cause="旧的"), case("b")]))
    notifying.night(run_of([case("a", "F", cause="旧的"), case("b", "F", cause="新的")], 1))
    message = receiver.texts[-1]["message"]
    assert message.index("新出现 1 × [不符] 新的") < message.index(
        "仍然存在 1 × [不符] 旧的（自 11-16 起，第 2 夜）"
    )


def test_an_outage_is_sent_when_it_begins_and_ends(notifying, receiver) -> None:
    down = {f"c{n}": "B" for n in range(30)}
    for night, cases in enumerate([{"c0": "P"}, down, down, {"c0": "P"}]):
        notifying.night(run_of(cases, night))
    assert len(receiver.received) == 3
    assert receiver.texts[1]["message"].count("连接被拒绝") == 1


def test_a_collection_error_is_sent(notifying, receiver) -> None:
    notifying.night(run_of({"a": "P"}))
    notifying.night(run_of({"a": "P"}, 1, collection=(problem(),)))
    assert "用例文件没有载入：testcases/bad.yaml" in receiver.texts[-1]["message"]


def test_nothing_is_sent_without_an_address(nights, receiver, monkeypatch) -> None:
    nights.night(run_of({"a": "F"}))
    monkeypatch.setenv("HARNESS_NOTIFY_URL", receiver.address)
    nights.night(run_of({"a": "P"}, 1), "--no-notify")
    assert receiver.received == []


def test_the_address_may_be_in_the_env_file(nights, receiver) -> None:
    (nights.folder / ".env").write_text(f"HARNESS_NOTIFY_URL={receiver.address}\n", encoding="utf-8")
    nights.night(run_of({"a": "F"}))
    assert len(receiver.received) == 1


def test_the_text_of_a_reply_mentions_nobody(notifying, receiver) -> None:
    notifying.night(run_of([case("a", "F", cause="@all @所有人")]))
    assert "@" not in receiver.texts[0]["message"]


# failures


@pytest.mark.parametrize("status", [403, 500])
def test_a_refused_notification_changes_no_verdict(notifying, receiver, capsys, status: int) -> None:
    receiver.status = status
    assert notifying.night(run_of({"a": "P"})) == 0
    assert "通知没有发出：对方没有收下" in notifying.summary
    assert_address_is_nowhere(notifying, capsys)


def test_a_notification_that_hangs_is_ended_at_its_limit(notifying, receiver, capsys) -> None:
    receiver.hold.set()
    assert notifying.night(run_of({"a": "F"}), "--notify-seconds", "1") == 1
    assert "通知没有发出：1 秒内没有送达" in notifying.summary
    assert_address_is_nowhere(notifying, capsys)


@pytest.mark.parametrize(
    "address",
    [f"nonsense-{SECRET}", f"nonsense://{SECRET}", f"json://127.0.0.1:1/{SECRET}", "***notify_0***"],
)
def test_a_bad_address_is_reported_without_showing_it(nights, monkeypatch, capsys, address: str) -> None:
    monkeypatch.setenv("HARNESS_NOTIFY_URL", address)
    assert nights.night(run_of({"a": "P"})) == 0
    assert "通知没有发出" in nights.summary
    assert_address_is_nowhere(nights, capsys)


def test_an_unreadable_env_file_does_not_stop_the_night(nights) -> None:
    (nights.folder / ".env").write_bytes(b"\xff\xfe=\xff")
    assert nights.night(run_of({"a": "P"})) == 0


def test_an_address_in_a_reply_is_masked(notifying, receiver, capsys) -> None:
    notifying.night(run_of([case("a", "F", headline=f"答复里有 {receiver.address}")]))
    assert_address_is_nowhere(notifying, capsys)


def assert_address_is_nowhere(nights, capsys) -> None:
    """Assert that the address is neither in the output nor in any file."""
    output = "".join(capsys.readouterr())
    files = [path for path in Path(nights.reports).rglob("*") if path.is_file() and path.name != "run.json"]
    assert SECRET not in output
    assert all(SECRET.encode() not in path.read_bytes() for path in files)
