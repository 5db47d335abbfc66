"""The comparison with past nights: broken, recovered and flaky cases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from night.conftest import case, problem, run_of

from framework.report.case_record import Quarantine
from framework.report.nights.changes import NightChanges, compare, with_lost_cases
from framework.report.nights.record import CauseChange, night_name
from framework.report.run_record import RunRecord, verdict_of


def series(letters: str, *, services: str = "", sources: str = "") -> NightChanges:
    """Compare the last night of a case with those before. A letter is a night, a dot one without it."""
    runs = []
    for night, letter in enumerate(letters):
        cases = [case("steady")]
        if letter != ".":
            cases.append(case("a", letter, source=sources[night] if sources else "s"))
        runs.append(run_of(cases, night, service=services[night].strip() if services else ""))
    return compare(runs[-1], runs[:-1])


def names(changes) -> list[str]:
    return [change.case.id.partition("::")[2] for change in changes]


@pytest.mark.parametrize(
    ("letters", "broke", "still", "recovered", "since"),
    [
        ("F", ["a"], [], [], "2026-11-16 02:15"),
        ("PF", ["a"], [], [], "2026-11-17 02:15"),
        (".F", ["a"], [], [], "2026-11-17 02:15"),
        ("KF", ["a"], [], [], "2026-11-17 02:15"),
        ("PFF", [], ["a"], [], "2026-11-17 02:15"),
        ("PFBSF", [], ["a"], [], "2026-11-17 02:15"),
        ("PFFP", [], [], ["a"], "2026-11-17 02:15"),
        ("PFBP", [], [], ["a"], "2026-11-17 02:15"),
        ("FK", [], [], [], ""),
        ("FW", [], [], [], ""),
        ("FB", [], [], [], ""),
        ("BP", [], [], [], ""),
        ("PP", [], [], [], ""),
        ("FPFF", [], ["a"], [], "2026-11-18 02:15"),
    ],
)
def test_changed_cases_and_since_when(
    letters: str, broke: list, still: list, recovered: list, since: str
) -> None:
    found = series(letters)
    assert (names(found.broke), names(found.still), names(found.recovered)) == (broke, still, recovered)
    assert [change.since for change in (*found.broke, *found.still, *found.recovered)] == (
        [since] if since else []
    )


def test_the_record_of_a_case_has_a_mark_for_each_of_the_last_ten_nights() -> None:
    (change,) = series("PPPPF.BSKWPF").broke
    assert change.record == "PPF.BSKWPF".translate(str.maketrans("PF.BSKW", "✓✗·!-✓△"))


@pytest.mark.parametrize(
    ("letters", "services", "sources", "flaky"),
    [
        ("PF", "11", "", False),  # a new failure, as far as one can tell
        ("PFP", "111", "", True),  # both ways on one release
        ("FPF", "111", "", True),
        ("PFPF", "1212", "", False),  # each release has one verdict
        ("PFPP", "1122", "", False),  # the repair is another release
        ("PF", "12", "", False),  # a new release
        ("PF", "1 ", "", False),  # the release may have changed
        ("PFP", "", "", False),  # a bug and its repair
        ("PFPF", "", "", True),
        ("PFPFP", "", "aabcc", False),  # the suite was edited in between
        ("PF", "11", "ab", False),
        ("PBPBPB", "", "", False),  # an outage is not a verdict
        ("PBF", "111", "", False),
        ("PBFBP", "11111", "", True),
        ("PWPW", "", "", True),  # a case in quarantine is reported too
        ("PFPFPPPPPPPPP", "", "", False),  # long ago
        ("FPFP........P", "1111111111111", "", False),  # long ago, and not run since
        ("PFPF", "1131", "", False),  # the other release was right, and it was taken back
        ("PFPP", "1131", "", True),  # another release in between, and this one is right again
        ("PFPP", "1131", "abbb", False),
    ],
)
def test_flaky_cases(letters: str, services: str, sources: str, flaky: bool) -> None:
    assert names(series(letters, services=services, sources=sources).flaky) == (["a"] if flaky else [])


def test_missing_cases_are_named() -> None:
    found = compare(run_of({"a": "P", "c": "P"}, 1), [run_of({"a": "P", "b": "P"})])
    assert (found.gone, found.new, found.is_news) == (
        ("testcases/a.yaml::b",),
        ("testcases/a.yaml::c",),
        True,
    )


@pytest.mark.parametrize(
    "given", [{"selection": "-m smoke"}, {"interrupted": True}, {"collection": (problem(),)}], ids=str
)
def test_no_case_is_missing_if_fewer_were_selected(given: dict) -> None:
    found = compare(run_of({"a": "P"}, 1, **given), [run_of({"a": "P", "b": "P"})])
    assert found.gone == ()


@pytest.mark.parametrize(
    ("before", "now", "news"),
    [
        (run_of({"a": "P"}), run_of({"a": "P"}), False),
        (run_of({"a": "F"}), run_of({"a": "F"}), False),
        (run_of({"a": "B"}), run_of({"a": "B"}), False),
        (run_of({"a": "P"}), run_of({"a": "F"}), True),
        (run_of([], internal="no option"), run_of([], internal="no option"), False),
        (run_of([], internal="no option"), run_of([], internal="no module"), True),
        (run_of({"a": "F"}), run_of({"a": "P"}), True),
        (run_of({"a": "B"}), run_of({"a": "P"}), True),
        (run_of({"a": "B"}), run_of([case("a", "B", cause="超时")]), True),
        (run_of({"a": "F"}), run_of([case("a", "F", cause="另一个原因")]), True),
        (run_of({"a": "P", "b": "P"}), run_of({"a": "P", "b": "S"}), True),
        (run_of({"a": "P"}, collection=(problem(),)), run_of({"a": "P"}, collection=(problem(),)), False),
        (
            run_of({"a": "P"}, collection=(problem(),)),
            run_of({"a": "P"}, collection=(problem(text="另一处"),)),
            True,
        ),
    ],
)
def test_what_is_news(before, now, news: bool) -> None:
    assert compare(replace(now, run="now"), [before]).is_news is news


def test_the_first_night_is_news() -> None:
    assert compare(run_of({"a": "P"}), []).is_news


def test_a_clock_set_back_does_not_reorder_the_nights() -> None:
    earlier = run_of({"a": "P"}, -30)
    found = compare(earlier, [run_of({"a": "P"}), run_of({"a": "F"}, 1)])
    assert names(found.recovered) == ["a"]
    assert found.recovered[0].record == "✓✗✓"


def causes_of_night(letters: str, night: int) -> RunRecord:
    """Return a night with two cases, written like ``F1,P``: the status and the number of the cause."""
    cases = [case("steady")]
    for name, given in zip("ab", letters.split(","), strict=False):
        if given != ".":
            cause = {"cause": f"原因 {given[1]}"} if len(given) > 1 else {}
            cases.append(case(name, given[0], deliberate=given == "S0", **({} if given == "S0" else cause)))
    return run_of(cases, night)


@pytest.mark.parametrize(
    ("week", "new", "still", "fixed", "hidden"),
    [
        ("P F1", ["1"], [], [], []),
        ("P F1 F1", [], ["1 since 1, night 2"], [], []),
        ("P F1 P", [], [], ["1 since 1, 1 in all"], []),
        ("F1 F2", ["2"], [], [], ["1 since 0, night 2"]),  # the new cause may hide the old one
        ("F1 F2 F1", [], ["1 since 0, night 3"], [], ["2 since 1, night 2"]),
        ("F1,P F1,F2", ["2"], ["1 since 0, night 2"], [], []),
        ("F1,F1 P,F1", [], ["1 since 0, night 2"], [], []),  # one case of it passes
        ("F1 B9 F1", [], ["1 since 0, night 3"], ["9 since 1, 1 in all"], []),  # an outage in between
        ("F1 S", [], [], [], ["1 since 0, night 2"]),  # not judged is not repaired
        ("F1 S0", [], [], [], []),  # skipped on purpose
        ("F1 .", [], [], [], []),  # deleted
        ("B9 F1", ["1"], [], ["9 since 0, 1 in all"], []),
        ("F1 F1 F1 P", [], [], ["1 since 0, 3 in all"], []),
        ("F1 P F1", ["1"], [], [], []),  # it came back: its age begins anew
    ],
)
def test_what_becomes_of_a_cause(week: str, new: list, still: list, fixed: list, hidden: list) -> None:
    nights = [causes_of_night(letters, number) for number, letters in enumerate(week.split())]
    found = compare(nights[-1], nights[:-1])
    began = {night_name(night): number for number, night in enumerate(nights)}

    def shown(changes: tuple[CauseChange, ...]) -> list[str]:
        return [
            f"{change.group.text[-1]} since {began[change.since]}, "
            + (f"{change.nights} in all" if change.over else f"night {change.nights}")
            for change in changes
        ]

    assert [change.group.text[-1] for change in found.causes_new] == new
    assert (shown(found.causes_still), shown(found.causes_fixed)) == (still, fixed)
    assert shown(found.causes_hidden) == hidden


def test_the_trend_has_thirty_nights_and_keeps_the_percentile_of_each() -> None:
    nights = [run_of({"a": "P", "b": "F", "c": "S"}, n, kept_p95=float(n)) for n in range(40)]
    trend = compare(run_of({"a": "P"}, 40, kept_p95=7.0), nights).trend
    assert len(trend) == 30
    assert (trend[0].passed, trend[0].p95, trend[0].verdict) == (0.5, 11.0, 1)
    assert (trend[-1].passed, trend[-1].p95, trend[-1].verdict) == (1.0, 7.0, 0)
    outage = compare(run_of({"a": "B"}, 41), nights).trend[-1]
    assert (outage.passed, outage.p95) == (0.0, None)
    nothing = compare(run_of({"a": "S"}, 41), nights).trend[-1]
    assert nothing.passed is None


def test_a_case_that_is_skipped_without_a_reason_of_its_own_is_news() -> None:
    found = compare(run_of({"a": "P", "b": "S"}, 1), [run_of({"a": "P", "b": "P"})])
    assert [case.name for case in found.uncovered] == ["b"]
    outage = [case("a", "B"), case("b", "S", category="environment", cause="连接被拒绝")]
    assert compare(run_of(outage, 1), [run_of({"a": "P", "b": "P"})]).uncovered == ()


@pytest.mark.parametrize(
    ("letters", "uncovered"),
    [
        ("PS", ["a"]),
        ("KS", ["a"]),
        ("PBS", ["a"]),  # an outage in between
        ("PBBS", ["a"]),
        ("PoS", ["a"]),  # it was not sent because of an outage
        ("P.S", ["a"]),  # a night of other cases in between
        ("PSS", []),  # named once
        ("PSBS", []),
        ("PSPS", ["a"]),
        ("BS", []),
        ("S", []),
        ("PB", []),  # counted under its cause
        ("Po", []),
        ("Pd", []),
        ("FBS", []),  # a failure that is no longer judged is listed as such
    ],
)
def test_a_case_that_is_no_longer_judged_is_named_once(letters: str, uncovered: list) -> None:
    nights: list[RunRecord] = []
    for number, letter in enumerate(letters):
        nights.append(with_lost_cases(night_of(letter, number), nights))
    found = compare(nights[-1], nights[:-1])
    assert [case.name for case in found.uncovered] == uncovered


@pytest.mark.parametrize(
    "between",
    [
        {"interrupted": True},
        {"internal": "INTERNALERROR"},
        {"collected": 3},
        {"collection": (problem(),)},
        {"selection": "-m smoke"},
    ],
    ids=str,
)
def test_a_night_that_is_not_whole_hides_no_missing_case(between: dict) -> None:
    whole = run_of({"a": "P", "b": "P"})
    cut = run_of({"a": "P"}, 1, **between)
    assert (compare(cut, [whole]).gone, compare(cut, [whole]).new) == ((), ())
    after = run_of({"a": "P", "c": "P"}, 2)
    found = compare(after, [whole, cut])
    assert (found.gone, found.new) == (("testcases/a.yaml::b",), ("testcases/a.yaml::c",))
    assert compare(run_of({"a": "P", "c": "P"}, 3), [whole, cut, after]).gone == ()


HELD = Quarantine("不稳", "2999-01-01")


def night_of(letter: str, night: int, **given: object) -> RunRecord:
    """Return a night with the case a.

    d: a deliberate skip, q: in quarantine, o: not sent, a dot: without it, m: other cases were selected.
    """
    outage = {"category": "environment", "cause": "连接被拒绝"}
    letters = {
        "d": ("S", {"deliberate": True}),
        "q": ("W", {"quarantine": HELD}),
        "o": ("S", outage),
        "m": (".", {}),
    }
    status, more = letters.get(letter, (letter, {}))
    cases = [case("steady")] if status == "." else [case("steady"), case("a", status, **more)]
    partial = {"selection": "-m smoke"} if letter == "m" else {}
    return run_of(cases, night, **{**partial, **given})


@pytest.mark.parametrize(
    ("letters", "lost", "closed", "recovered", "code"),
    [
        ("FS", ["a"], [], [], 2),
        ("FSS", ["a"], [], [], 2),
        ("FSP", [], [], ["a"], 0),
        ("FSF", [], [], [], 1),
        ("FB", ["a"], [], [], 2),
        ("Fd", [], ["a"], [], 0),
        ("Fdd", [], [], [], 0),
        ("Fq", [], ["a"], [], 0),
        ("F.", [], ["a"], [], 0),
        ("F..", [], [], [], 0),
        ("FK", [], ["a"], [], 0),
        ("Fm", [], [], [], 0),
        ("FmS", ["a"], [], [], 2),
        ("PS", [], [], [], 0),
        ("FPS", [], [], [], 0),
        ("S", [], [], [], 0),
    ],
)
def test_a_failure_is_open_until_it_is_judged_again(
    letters: str, lost: list, closed: list, recovered: list, code: int
) -> None:
    nights: list[RunRecord] = []
    for number, letter in enumerate(letters):
        nights.append(with_lost_cases(night_of(letter, number), nights))
    found = compare(nights[-1], nights[:-1])
    assert (names(found.lost), [name.partition("::")[2] for name in found.closed]) == (lost, closed)
    assert names(found.recovered) == recovered
    assert verdict_of(nights[-1])[0] == code


def test_an_open_failure_outlives_the_kept_nights() -> None:
    nights: list[RunRecord] = []
    for number, letter in enumerate("F" + "S" * 8):
        nights = nights[-3:]
        nights.append(with_lost_cases(night_of(letter, number), nights))
    assert verdict_of(nights[-1]) == (2, ["1 个此前不符的用例不再评判：testcases/a.yaml::a"])


def test_a_file_that_does_not_load_closes_nothing() -> None:
    first = night_of("F", 0)
    second = night_of(".", 1, collection=(problem("testcases/a.yaml"),))
    assert with_lost_cases(second, [first]).no_longer_judged == ("testcases/a.yaml::a",)
