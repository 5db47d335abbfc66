"""Several runs that share the cases, and the one run that is made of them."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from xml.etree import ElementTree

import pytest

from framework.cli.commands import main
from framework.plugin.shards import assign
from selftests.inner import run_pytest
from selftests.shipped import WITHOUT_PLUGINS

ROOT = Path(__file__).parents[2]
CASES = """
  - id: good
    parametrize: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9]}
    request: {url: "/list?n=${n}"}
    validate: {$.success: true}
  - id: bad
    parametrize: {n: [1, 2]}
    request: {url: "/list?bad=${n}"}
    validate: {$.success: false}
  - id: skipped
    skip: 等修复
    request: {url: /list}
    validate: {$.success: true}
"""
MARKS = ("started", "stopped", "duration", "run", "elapsed", "p95_ms", "trace")


def test_the_longest_cases_go_to_the_shard_with_the_least_to_do() -> None:
    found = assign({"a": 5.0, "b": 4.0, "c": 3.0, "d": 3.0, "e": 3.0}, 2)
    loads = Counter({1: 0.0, 2: 0.0})
    for name, seconds in {"a": 5.0, "b": 4.0, "c": 3.0, "d": 3.0, "e": 3.0}.items():
        loads[found[name]] += seconds
    assert sorted(loads.values()) == [8.0, 10.0]


@pytest.mark.parametrize("shards", [1, 2, 3, 5, 7])
def test_each_case_is_in_one_shard_whatever_the_order(shards: int) -> None:
    durations: dict[str, float | None] = {f"case-{n}": n % 7 / 10 if n % 3 else None for n in range(40)}
    found = assign(durations, shards)
    assert found == assign(dict(reversed(durations.items())), shards)
    assert set(found) == set(durations) and set(found.values()) == set(range(1, shards + 1))


def test_cases_without_durations_are_spread_evenly() -> None:
    sizes = Counter(assign(dict.fromkeys(map(str, range(23))), 5).values())
    assert sorted(sizes.values()) == [4, 4, 5, 5, 5]


def environment_of(project, **more: str) -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTEST", "HARNESS", "GITHUB", "CI", "BUILD"))
    }
    return {
        **kept,
        **project.variables,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTEST_ADDOPTS": " ".join([*WITHOUT_PLUGINS, "-p", "no:cacheprovider"]),
        **more,
    }


class Machines:
    """A project and its copies, one for each shard."""

    def __init__(self, project, folder: Path) -> None:
        self.project, self.folder = project, folder

    def run(self, shards: int, *arguments: str, only: tuple[int, ...] = (), **more: str) -> list[Path]:
        """Run the shards at the same time, each in its copy; return their reports."""

        def start(number: int) -> Path:
            copy = self.folder / f"machine-{number}-of-{shards}"
            shutil.copytree(self.project.folder, copy, ignore=shutil.ignore_patterns("reports", "machine-*"))
            options = [f"--shard={number}/{shards}", *arguments]
            run_pytest(options, copy, environment_of(self.project, **more))
            return copy / "reports"

        with ThreadPoolExecutor(shards) as threads:
            return [*threads.map(start, only or range(1, shards + 1))]

    def merge(self, *folders: Path, **more: str) -> tuple[int, str]:
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
            patch.chdir(self.project.folder)
            for name, value in {**self.project.variables, **more}.items():
                patch.setenv(name, value)
            code = main(["merge", "--no-install", *map(str, folders)])
        return code, said.getvalue()

    @property
    def record(self) -> dict:
        return json.loads((self.project.folder / "reports" / "run.json").read_text(encoding="utf-8"))


@pytest.fixture
def machines(project, tmp_path_factory):
    project.service.replies = {"/list": {"success": True}}
    project.suite(CASES)
    return Machines(project, tmp_path_factory.mktemp("machines"))


def numbers(record: dict) -> dict:
    """Return the parts that must be the same in one process and in five: everything but times."""
    cases = [{key: value for key, value in case.items() if key not in MARKS} for case in record["cases"]]
    kept = ("environment", "selection", "exit", "interrupted", "collected", "verdict", "reasons", "counts")
    return {**{key: record[key] for key in kept}, "cases": json.loads(json.dumps(cases))}


def test_five_processes_make_the_record_of_one(machines, receiver) -> None:
    pytest.importorskip("apprise")
    project = machines.project
    code = project.run("-p", "no:cacheprovider").code
    alone = machines.record
    assert code == 1
    folders = machines.run(5, f"--shard-durations={project.folder / 'reports' / 'run.json'}")
    parts = [json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in folders]
    assert sum(len(part["cases"]) for part in parts) == len(alone["cases"]) == 12
    assert all(1 <= len(part["cases"]) <= 5 for part in parts)
    code, out = machines.merge(*folders, HARNESS_NOTIFY_URL=receiver.address)
    assert code == 1, out
    record = machines.record
    assert numbers(record) == numbers(alone)
    assert (record["shard"], record["missing_shards"]) == (None, [])
    (text,) = receiver.texts  # one message
    assert "12 个用例，2 个不符" in text["message"]
    reports = project.folder / "reports"
    assert len(list((reports / "history" / "test").glob("*.json"))) == 1
    assert len(list((reports / "allure-results").glob("*-result.json"))) == 12
    assert len(list(ElementTree.parse(reports / "junit.xml").iter("testcase"))) == 12
    assert "2 个用例不符" in (reports / "summary.md").read_text(encoding="utf-8")
    assert (reports / "index.html").is_file()


def test_a_missing_shard_is_named_and_the_night_is_not_green(machines) -> None:
    machines.project.suite(CASES.partition("  - id: bad")[0])
    folders = machines.run(3, only=(1, 3))
    code, out = machines.merge(*folders)
    assert code == 2
    assert "缺少分片 2/3" in out and "3 个用例没有运行" in out
    assert machines.record["missing_shards"] == ["2/3"]
    # It died, so its folder has no record.
    (machines.folder / "dead").mkdir()
    code, out = machines.merge(*folders, machines.folder / "dead")
    assert code == 2 and "缺少分片 2/3" in out and "dead 没有可读的运行记录" in out


def test_a_shard_may_have_workers_and_nothing_to_do(machines) -> None:
    machines.project.suite("""
  - id: only
    request: {url: /list}
    validate: {$.success: true}
""")
    code, out = machines.merge(*machines.run(2, "-n1"))
    assert "缺少分片" not in out
    assert (code, machines.record["counts"]["passed"], machines.record["collected"]) == (0, 1, 1), out


def test_shards_that_do_not_belong_together_are_refused(machines) -> None:
    first, second = machines.run(2)
    (third,) = machines.run(3, only=(3,))
    copied = shutil.copytree(first, machines.folder / "copied")

    def changed(name: str, **values: object) -> Path:
        folder = shutil.copytree(second, machines.folder / name)
        document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        (folder / "run.json").write_text(json.dumps({**document, **values}), encoding="utf-8")
        return folder

    plan = {**json.loads((second / "run.json").read_text(encoding="utf-8"))["shard"], "plan": "other"}
    for folders, why in (
        ((first, first), "给了两次"),
        ((first, copied), "是同一个分片 1/2"),
        ((first, third), "分片的个数不同：2，3"),
        ((first, changed("release", service="2.0")), "服务版本不同"),
        ((first, changed("environment", environment="prod")), "环境不同：'test'，'prod'"),
        ((first, changed("address", address="https://other.example")), "地址不同"),
        ((first, changed("selection", selection="-m smoke --shard 2/2")), "选择不同"),
        ((first, changed("plan", shard=plan)), "分法的摘要"),
        ((first, changed("whole", shard=None)), "不是分片"),
        ((machines.folder,), "没有一个文件夹里有可读的 run.json"),
        ((machines.project.folder / "reports",), "写结果的地方"),
    ):
        code, out = machines.merge(*folders)
        assert (code, why in out) == (2, True), (why, out)
    assert not (machines.project.folder / "reports" / "run.json").exists()


@pytest.mark.parametrize("given", ["6/5", "0/5", "1", "1/0", "a/b", "", "-1/5", "1/5/2"])
def test_a_wrong_number_is_one_line(project, given: str) -> None:
    project.suite(CASES)
    outcome = project.run(f"--shard={given}")
    assert outcome.code == 4
    assert f"--shard 写成 K/N，K 从 1 到 N，例如 2/5；不能是 {given!r}" in outcome.out


def test_a_file_of_durations_that_cannot_be_read_is_one_line(project) -> None:
    project.suite(CASES)
    outcome = project.run("--shard=1/2", "--shard-durations=missing.json")
    assert (outcome.code, "--shard-durations missing.json 读不了" in outcome.out) == (4, True)
    outcome = project.run("--shard-durations=missing.json")
    assert (outcome.code, "--shard-durations 只与 --shard 一起用" in outcome.out) == (4, True)


def test_the_rate_is_divided_among_the_shards(project) -> None:
    project.environments(f"  test: {{base_url: '{project.service.url}', max_rps: 10}}")
    project.suite(CASES)
    project.write(
        "rate.py",
        "def pytest_collection_finish(session):\n"
        "    from framework.plugin.state import plan_of\n"
        "    print('rate', plan_of(session.config).environment.max_rps)\n",
    )
    assert "rate 2.0" in project.run("-p", "rate", "--shard=1/5", "--collect-only").out


def test_a_login_is_named_as_a_reason_not_to_shard(project) -> None:
    project.environments(f"""  test:
    base_url: '{project.service.url}'
    login:
      - request: {{url: /login}}
        extract: {{session: $.token}}""")
    project.suite(CASES)
    out = project.run("--shard=1/5", "--collect-only").out
    assert "环境 test 要登录，每个分片各登录一次" in out
    assert "要登录" not in project.run("--collect-only").out
