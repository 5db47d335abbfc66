"""All readers of a run have the same numbers, however the run ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from selftests.report.readers import Numbers, all_headings, all_readers, all_reasons
from selftests.shipped import WITHOUT_PLUGINS

ROOT = Path(__file__).parents[2]
CONFTEST = 'import os, signal\nimport pytest\npytest_plugins = ["framework.plugin"]\n'
SUITE = """
  - id: rows
    parametrize: {n: [1, 2, 3, 4, 5, 6, 7, 8]}
    request: {url: "/list?n=${n}"}
    validate: {$.success: true}
"""
BAD = """
  - id: bad
    request: {url: /list}
    validate: {$.success: false}
  - id: hung-up
    request: {url: /hang}
    validate: {$.success: true}
  - id: skipped
    skip: 等修复
    request: {url: /list}
    validate: {$.success: true}
"""
HOOKS = {
    "tear-down fails": (
        "@pytest.fixture(autouse=True)\ndef f(request):\n    yield\n"
        "    assert 'rows[3]' not in request.node.name\n"
    ),
    "tear-down fails after a failure": (
        "@pytest.fixture(autouse=True)\ndef f(request):\n    yield\n"
        "    assert 'bad' not in request.node.name\n"
    ),
    "set-up fails": (
        "@pytest.fixture(autouse=True)\ndef f(request):\n    assert 'rows[3]' not in request.node.name\n"
    ),
    "hook crashes at the report": (
        "def pytest_runtest_logreport(report):\n"
        "    if 'rows[3]' in report.nodeid and report.when == 'call':\n        raise RuntimeError('hook')\n"
    ),
    "hook crashes before the report": (
        "def pytest_runtest_makereport(item, call):\n"
        "    if 'rows[3]' in item.nodeid and call.when == 'call':\n        raise RuntimeError('hook')\n"
    ),
    "call hook fails a case that passed": (
        "@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_call(item):\n    yield\n"
        "    assert 'rows[3]' not in item.nodeid\n"
    ),
    "rerun": (
        "from _pytest.runner import runtestprotocol\n"
        "def pytest_runtest_protocol(item, nextitem):\n"
        "    h = item.ihook\n"
        "    h.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)\n"
        "    for _ in range(2):\n"
        "        item._initrequest()\n"
        "        reports = runtestprotocol(item, nextitem=nextitem, log=False)\n"
        "        for report in reports:\n"
        "            if report.failed and _ == 0:\n                report.outcome = 'rerun'\n"
        "            h.pytest_runtest_logreport(report=report)\n"
        "    h.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)\n"
        "    return True\n"
    ),
    "worker killed": (
        "def pytest_runtest_call(item):\n"
        "    if 'rows[3]' in item.nodeid:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
    ),
    "worker killed in tear-down": (
        "def pytest_runtest_teardown(item):\n"
        "    if 'rows[3]' in item.nodeid:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
    ),
    "pytest.exit": (
        "def pytest_runtest_call(item):\n    if 'rows[3]' in item.nodeid:\n        pytest.exit('enough')\n"
    ),
    "nothing": "",
}
PYTHON_TESTS = """
import pytest
def test_good(): pass
def test_bad(): assert False
def test_error(): raise ValueError("no")
@pytest.mark.skip(reason="no")
def test_skipped(): pass
@pytest.mark.xfail
def test_xfail(): assert False
@pytest.mark.xfail(strict=True)
def test_xpass(): pass
"""
ENDINGS = [
    ("nothing", (), Numbers(8, 2, 1)),
    ("tear-down fails", (), Numbers(7, 3, 1)),
    ("tear-down fails after a failure", (), Numbers(8, 2, 1)),
    ("set-up fails", (), Numbers(7, 3, 1)),
    ("call hook fails a case that passed", (), Numbers(7, 3, 1)),
    ("rerun", (), Numbers(8, 2, 1)),
    ("hook crashes at the report", (), None),
    ("hook crashes before the report", (), None),
    ("pytest.exit", (), None),
    ("nothing", ("-x",), None),
    ("nothing", ("--maxfail=2",), None),
    ("nothing", ("-n2",), Numbers(8, 2, 1)),
    ("nothing", ("-n2", "--maxfail=1"), None),
    ("tear-down fails", ("-n2",), Numbers(7, 3, 1)),
    ("set-up fails", ("-n2",), Numbers(7, 3, 1)),
    ("rerun", ("-n2",), Numbers(8, 2, 1)),
    ("worker killed", ("-n2",), Numbers(7, 3, 1)),
    ("worker killed", ("-n2", "--max-worker-restart=0"), None),
    ("worker killed in tear-down", ("-n2",), Numbers(7, 3, 1)),
    ("hook crashes at the report", ("-n2",), None),
    ("hook crashes before the report", ("-n2",), None),
]


def agreed(folder: Path, out: str) -> Numbers:
    """Return the numbers that all readers have."""
    numbers = all_readers(folder, out)
    assert len(set(numbers.values())) == 1, f"{numbers}\n{out}"
    headings = all_headings(folder)
    assert len(set(headings.values())) == 1, f"{headings}\n{out}"
    reasons = all_reasons(folder)
    assert reasons["summary.md"] == reasons["quality gate"] == reasons["run.json"], f"{reasons}\n{out}"
    return numbers["run.json cases"]


@pytest.mark.parametrize(
    ("hook", "arguments", "expected"), ENDINGS, ids=[" ".join((e[0], *e[1])) for e in ENDINGS]
)
def test_all_readers_agree(project, hook: str, arguments: tuple[str, ...], expected: Numbers | None) -> None:
    project.service.replies = {"/list": {"success": True}, "/hang": None}
    project.suite(SUITE + BAD)
    project.write("conftest.py", CONFTEST + HOOKS[hook])
    run = project.run(*arguments)
    numbers = agreed(project.folder, run.out)
    assert run.code != 0
    if expected is not None:
        assert numbers == expected
    document = json.loads((project.folder / "reports/run.json").read_text("utf-8"))
    assert document["verdict"] != 0 and document["reasons"]


@pytest.mark.parametrize("arguments", [(), ("-n2",)], ids=["alone", "-n2"])
def test_tests_in_python_and_files_that_do_not_load_are_counted(project, arguments: tuple[str, ...]) -> None:
    project.service.replies = {"/list": {"success": True}}
    project.suite(SUITE)
    project.write("testcases/test_python.py", PYTHON_TESTS)
    project.write("testcases/test_wrong.py", "import no_such_module\n")
    project.write("testcases/broken.yaml", "suite: 坏\ncases:\n  - id: a\n    valdate: {}\n")
    run = project.run(*arguments)
    assert agreed(project.folder, run.out) == Numbers(9, 3, 2)
    document = json.loads((project.folder / "reports/run.json").read_text("utf-8"))
    assert len(document["collection"]) == 2
    assert (document["counts"]["failed"], document["counts"]["broken"], document["counts"]["known"]) == (
        2,
        1,
        1,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("to_group", [False, True], ids=["one process", "group"])
@pytest.mark.parametrize("arguments", [(), ("-n2",)], ids=["alone", "-n2"])
def test_an_interrupted_run_has_one_record(
    project, arguments: tuple[str, ...], to_group: bool, number: signal.Signals
) -> None:
    project.service.replies["/list"] = lambda *_: (time.sleep(0.005), {"success": True})[1]
    rows = ", ".join(map(str, range(3000)))
    project.suite(SUITE.replace("1, 2, 3, 4, 5, 6, 7, 8", rows))
    variables = {**os.environ, **project.variables, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    output = project.folder / "output.txt"
    with output.open("wb") as stdout:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *WITHOUT_PLUGINS, *arguments],
            cwd=project.folder,
            env=variables,
            stdout=stdout,
            start_new_session=True,
        )
    while len(project.service.received) < 60:
        assert process.poll() is None
        time.sleep(0.01)
    (os.killpg if to_group else os.kill)(process.pid, number)
    assert process.wait(timeout=120) == 2
    assert len(project.service.received) < 3000, "the run went on to its end"
    assert agreed(project.folder, output.read_text("utf-8")).good >= 50
    document = json.loads((project.folder / "reports/run.json").read_text("utf-8"))
    assert (document["interrupted"], document["verdict"], document["collected"]) == (True, 2, 3000)
