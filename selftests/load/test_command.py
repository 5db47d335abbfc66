"""Real load tests of a second against a service on 127.0.0.1."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from selftests.conftest import Project
from selftests.load.conftest import CASES, ROOT, Loaded, end, run_python, start

Load = Callable[..., Loaded]


def runs(loaded: Loaded) -> int:
    """Return the number of runs that the summary names."""
    return int(re.search(r"^用例 +(\d+) 次", loaded.out, re.MULTILINE)[1])


def test_the_cases_are_put_on_as_load(load: Load, service_of_two: Project) -> None:
    loaded = load()
    assert loaded.code == 0, loaded.out
    paths = Counter(path for _, path, _, _ in service_of_two.service.received)
    assert paths.total() == runs(loaded) >= 3
    assert abs(paths["/list"] - paths["/other"]) <= 3
    assert "通过：所有的界限都守住了" in loaded.out
    assert loaded.page.count("<svg") == 3
    assert not re.search(r"<script|src=|href=|url\(", loaded.page)
    assert "Warning" not in loaded.out


def test_every_run_of_a_case_has_its_own_trace_id(load: Load, service_of_two: Project) -> None:
    load("--users", "8")
    sent = [headers["traceparent"].split("-")[1:3] for _, _, headers, _ in service_of_two.service.received]
    assert len({trace for trace, _ in sent}) == len(sent) >= 8
    assert {int(parent, 16) for _, parent in sent} == {1}


def test_the_results_of_the_last_run_stay(load: Load, service_of_two: Project) -> None:
    service_of_two.run()
    before = service_of_two._written("reports")
    assert load().code == 0
    after = service_of_two._written("reports")
    assert after.keys() - before.keys() == {"reports/load.html"}
    assert all(after[name] == content for name, content in before.items())


def test_markers_words_and_files_select_as_in_a_run(load: Load, service_of_two: Project) -> None:
    for arguments in (("-m", "smoke"), ("-k", "list and not other"), ("testcases/list.yaml::list",)):
        service_of_two.service.received.clear()
        assert load(*arguments).code == 0
        assert {path for _, path, _, _ in service_of_two.service.received} == {"/list"}


def test_failures_are_grouped_by_cause(load: Load, service_of_two: Project) -> None:
    service_of_two.service.replies["/other"] = {"code": "<b>500</b>"}
    loaded = load()
    assert loaded.code == 1
    cause = r"× \[不符\] \$\.code 值不对（testcases/list\.yaml::other，第 \d+ 到 \d+ 秒）"
    assert re.search(cause, loaded.out)
    assert "&lt;b&gt;" in loaded.page
    assert "<b>" not in loaded.page
    assert load("--max-failed", "60%").code == 0


def test_a_limit_for_the_p95_decides(load: Load) -> None:
    assert load("--p95", "60000").code == 0
    slow = load("--p95", "0.1")
    assert slow.code == 1
    assert "✗ 全部答复的 p95" in slow.out


def test_the_elapsed_ms_of_a_case_is_a_threshold(load: Load, service_of_two: Project) -> None:
    service_of_two.suite(
        "  - id: slow\n    name: 慢\n    request: {url: /list}\n"
        '    validate: {$.code: "0", elapsed_ms: {less_than: 0.001}}\n'
    )
    loaded = load()
    assert loaded.code == 1
    assert "✓ 失败 0 次" in loaded.out
    assert "✗ testcases/list.yaml::slow：超出 elapsed_ms" in loaded.out


def test_a_throughput_is_kept(load: Load) -> None:
    loaded = load("--throughput", "10", "--run-time", "2s")
    assert 0 < runs(loaded) <= 25
    assert "要 10 个/秒" in loaded.out
    assert "晚了" in loaded.out


def test_a_host_that_dies_in_the_middle_is_reported(load: Load, service_of_two: Project) -> None:
    answered = iter(range(5))

    def dying(*_: object) -> object:
        return {"code": "0"} if next(answered, None) is not None else None

    service_of_two.service.replies = {"/list": dying, "/other": dying}
    loaded = load("--run-time", "2s")
    assert loaded.code == 1
    assert re.search(r"× \[环境故障\] .*（testcases", loaded.out)
    assert "通过 5" in loaded.out
    assert runs(loaded) <= 5 + 9  # not thousands: a user pauses after a case that got no reply


def test_a_host_that_is_down_costs_no_cpu(load: Load) -> None:
    loaded = load("--base-url", "http://127.0.0.1:1")
    assert loaded.code == 1
    assert "连接被拒绝" in loaded.out
    assert runs(loaded) <= 9


def test_rejected_credentials_end_the_test(load: Load, service_of_two: Project) -> None:
    service_of_two.environments(
        f"  test: {{base_url: '{service_of_two.service.url}', secrets: {{token: POLICY_TOKEN}}, "
        "rejected_credentials: [401]}"
    )
    service_of_two.suite(
        "  - id: list\n    name: 列表\n    request: {url: /list, headers: {Token: '${token}'}}\n"
        '    validate: {$.code: "0"}\n'
    )
    service_of_two.service.replies["/list"] = (401, {"code": "401"})
    loaded = load("--run-time", "60s")
    assert loaded.code == 1
    assert "令牌或登录被拒绝" in loaded.out
    assert runs(loaded) <= 9


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_test_with_its_report(service_of_two: Project, number: signal.Signals) -> None:
    process = start(service_of_two, "--users", "3", "--run-time", "60s")
    assert service_of_two.arrived.wait(120)
    process.send_signal(number)
    loaded = end(service_of_two, process)
    assert loaded.code == 1
    assert "✗ 被中断" in loaded.out
    assert "故障 0" in loaded.out
    assert "被中断" in loaded.page


def test_there_is_no_load_without_a_case(load: Load, service_of_two: Project) -> None:
    loaded = load("-k", "nothing")
    assert loaded.code == 5
    assert "没有选中" in loaded.out
    assert not service_of_two.service.received


MISTAKES = (
    (("-m", "smok"), "没有叫 smok 的标记。你是不是要写 smoke？"),
    (("-m", "smoke and"), "smoke and"),
    (("--env", "nowhere"), "没有叫 nowhere 的环境"),
    (("--base-url", "http://192.0.2.1"), "环境 test 不允许施压：http://192.0.2.1 不是本机"),
    (("--base-url", "http://127.0.0.1.example"), "不是本机"),
    (("testcases/none.yaml",), "testcases/none.yaml"),
    (("-n", "2"), "-n 不能与 load 一起用"),
    (("--replay=tape",), "--replay 不能与 load 一起用"),
    (("--shard", "1/2"), "--shard 不能与 load 一起用"),
    (("--collect-only",), "--collect-only 不能与 load 一起用"),
    (("--no-such-option",), "--no-such-option"),
    (("--users", "0"), "1 到 10000"),
)
TRY_EACH = """
import contextlib, io, json, sys
from framework.cli.commands import main

answers = []
for arguments in json.loads(sys.argv[1]):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            code = main(["load", "--users", "3", "--run-time", "1s", *arguments])
        except SystemExit as end:
            code = end.code
    answers.append([code, said.getvalue()])
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers_to_mistakes(module_project: Project) -> dict[tuple[str, ...], tuple[int, str]]:
    """The exit code and the text for each of MISTAKES, from one process: they end before there is load."""
    module_project.suite(CASES)
    mistakes = [arguments for arguments, _ in MISTAKES]
    answers = json.loads(run_python(module_project, "-c", TRY_EACH, json.dumps(mistakes)))
    return dict(zip(mistakes, map(tuple, answers), strict=True))


@pytest.mark.parametrize(("arguments", "said"), MISTAKES, ids=lambda value: " ".join(value)[:40])
def test_a_mistake_is_one_message_and_nothing_is_sent(
    answers_to_mistakes: dict[tuple[str, ...], tuple[int, str]],
    module_project: Project,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    code, out = answers_to_mistakes[arguments]
    assert code == 2, out
    assert said in out
    assert "Traceback" not in out
    assert not module_project.service.received
    assert not (module_project.folder / "reports/load.html").exists()


def test_a_broken_case_file_is_shown(load: Load, service_of_two: Project) -> None:
    service_of_two.suite("  - id: x\n    valdate: {}\n", "wrong.yaml")
    loaded = load()
    assert loaded.code == 2
    assert "testcases/wrong.yaml:4:5" in loaded.out
    assert not service_of_two.service.received


def test_what_cannot_be_load_is_named(load: Load, service_of_two: Project) -> None:
    service_of_two.write("testcases/test_python.py", "def test_one(): pass\n")
    service_of_two.suite(
        "".join(
            f"  - id: case-{n}\n    name: 用例\n    {more}\n    request: {{url: /list}}\n"
            "    validate: {status_code: 200}\n"
            for n, more in enumerate(("skip: 等修复", "tags: [load]", "fixtures: [tmp_path]"))
        ),
        "more.yaml",
    )
    loaded = load()
    assert loaded.code == 0, loaded.out
    assert "没有加入：1 个，等修复" in loaded.out
    assert "没有加入：1 个，环境 test 不允许 load 的用例" in loaded.out
    assert "没有加入：1 个，要 pytest 的 fixture" in loaded.out


def test_a_case_that_writes_is_refused(load: Load, service_of_two: Project) -> None:
    service_of_two.environments(f"  test: {{base_url: '{service_of_two.service.url}'}}")
    service_of_two.suite(
        "  - id: make\n    name: 新建\n    request: {method: POST, url: /list, json: {}}\n"
        "    validate: {status_code: 200}\n",
        "more.yaml",
    )
    loaded = load()
    assert loaded.code == 2
    assert "环境 test 不允许会改变数据的用例施压：testcases/more.yaml::make 的 POST" in loaded.out
    assert not service_of_two.service.received


def test_a_request_to_another_host_is_blocked(load: Load, service_of_two: Project) -> None:
    url = service_of_two.service.url
    service_of_two.environments(f"  test: {{base_url: '{url}', hosts: [files.example]}}")
    service_of_two.suite(
        "  - id: far\n    name: 远\n    request: {url: 'https://files.example/x'}\n"
        "    validate: {status_code: 200}\n"
    )
    loaded = load()
    assert loaded.code == 1
    assert "files.example" in loaded.out
    assert "[环境故障]" in loaded.out


def test_without_locust_the_command_says_how_to_install_it(service_of_two: Project) -> None:
    program = (
        "import importlib.util, sys\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'locust' else find(name)\n"
        "from framework.cli.commands import main\n"
        "sys.exit(main(['load', '--users', '1', '--run-time', '1s']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2
    assert "pip install -r requirements-load.lock" in done.stderr


def test_a_run_imports_nothing_of_it(service_of_two: Project) -> None:
    service_of_two.write(
        "conftest.py",
        'pytest_plugins = ["framework.plugin"]\n'
        "def pytest_unconfigure():\n"
        "    import sys\n"
        "    print('IMPORTED', [name for name in sys.modules if name.split('.')[0] in ('locust', 'gevent')"
        " or name.startswith('framework.load')])\n",
    )
    assert "IMPORTED []" in service_of_two.run("-s").out
