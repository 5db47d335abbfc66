"""The comparison is fair: both sides send every request, judge every reply and fail on a wrong one."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from benchmarks import sides
from benchmarks.compare import (
    ALL,
    DEFAULT,
    Row,
    UnequalWorkError,
    Work,
    checked,
    compare,
    kept_replies,
    table,
)
from benchmarks.measure import run, stub
from benchmarks.replies import RECORDS, SIZES, TITLE_PART, WRONG, bodies
from benchmarks.tavern_side import tavern

CASES = 20
SMALL = SIZES["small"]


def both(folder, base_url, contract="project"):
    return (
        sides.by_hand(folder / "a", CASES, base_url, contract),
        sides.ours(folder / "b", CASES, base_url, contract=contract),
    )


def test_a_tiny_comparison_has_a_figure_for_each_run(tmp_path):
    rows = compare(tmp_path, "plain", "small", Work(CASES, 1))
    assert [row.side for row in rows] == [DEFAULT, ALL]
    for row in rows:
        assert (len(row.a), len(row.b)) == (1, 1)
        assert row.ratio > 0
        assert f"**{row.ratio:.2f}**" in "\n".join(table([row]))


def test_the_ratio_is_to_the_runs_before_and_after():
    row = Row("plain", "small", ALL, CASES, a=((1.0, 3.0), (3.0, 5.0)), b=(1.0, 4.0))
    assert row.ratios == [0.5, 1.0]
    assert row.ratio == 0.75


@pytest.mark.parametrize(
    ("wrong", "contract"),
    [*((wrong, "project") for wrong in ("status", *WRONG)), ("title", "plain"), ("records", "plain")],
)
def test_a_wrong_reply_fails_every_case_of_both_sides(tmp_path, wrong, contract):
    with stub(SMALL, 20, wrong) as server:
        for side in both(tmp_path, server.base_url, contract):
            before = server.served()
            cost = run(side)
            assert f"{CASES} failed" in cost.output, cost.output
            assert server.served() - before == CASES


def test_a_run_with_wrong_replies_gives_no_figure(tmp_path):
    with stub(SMALL, 1, "title") as server, pytest.raises(UnequalWorkError):
        checked(sides.ours(tmp_path / "b", CASES, server.base_url), server, CASES)


@pytest.mark.parametrize("size", SIZES)
def test_both_sides_keep_the_request_and_the_whole_reply_of_every_case(tmp_path, size):
    with stub(SIZES[size], 0) as server:
        for side in both(tmp_path, server.base_url):
            results = run(side).results
            kept = [path.read_text("utf-8") for path in results.glob("*-attachment.*")]
            ids = {found for text in kept for found in re.findall(r"17000000000\d{8}", text)}
            assert len(ids) == CASES
            assert sum("pageNo" in text and sides.PATH in text for text in kept) >= CASES
            assert kept_replies(results) == CASES
            assert len(set(results.glob("*-result.json"))) == CASES


def test_truncated_replies_give_no_figure(tmp_path):
    with pytest.raises(UnequalWorkError, match="kept 0 whole replies of 20"):
        compare(tmp_path, "project", "big", Work(CASES, 1, options=("-o", "evidence_mb=0")))


def test_tavern_has_the_same_work(tmp_path):
    cases = tavern("python", tmp_path / "t", CASES, "http://127.0.0.1:1", "plain", dump=True)
    written = [*yaml.safe_load_all((cases.folder / "test_list_0000.tavern.yaml").read_text("utf-8"))]
    assert len(written) == CASES
    assert written[3]["stages"][0]["request"]["json"] == {"pageNo": 4, "pageSize": 10, "query": {}}
    checks = (cases.folder / "list_checks.py").read_text("utf-8")
    assert f"== {RECORDS}" in checks
    assert TITLE_PART in checks


# -- the stub


@pytest.mark.parametrize("size", SIZES.values())
def test_the_replies_differ_and_have_the_requested_size(size):
    made = bodies(size, 20)
    assert len(set(made)) == 20
    assert {len(body) for body in made} == {size}
    for body in made:
        records = json.loads(body)["data"]["result"]
        assert len(records) == RECORDS
        assert all(TITLE_PART in record["policyTitle"] for record in records)


def test_the_stub_ends_with_its_parent():
    command = [sys.executable, "-m", "benchmarks.stub", "--size", str(SMALL), "--bodies", "1"]
    with subprocess.Popen(command, cwd=sides.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert int(process.stdout.readline()) > 0
        process.stdin.close()
        assert process.wait(timeout=120) == 0


def test_a_failing_run_is_measured_too(tmp_path):
    side = sides.empty(tmp_path / "none")
    cost = run(side)
    assert cost.code == pytest.ExitCode.NO_TESTS_COLLECTED
    assert cost.cpu > 0
    assert cost.memory > 1_000_000
