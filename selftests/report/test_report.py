"""The HTML report: when files are replaced, which files the page may load, which history is kept."""

from __future__ import annotations

import base64
import json
import re
import sys
from pathlib import Path

import pytest

from framework.base.errors import Problem
from framework.report import html_report as report
from framework.report import node as report_node
from framework.report.causes import WORDS
from framework.report.html_history import LIMIT, read_history
from framework.report.html_page import lock_down
from framework.report.html_report import build_report, report_command
from framework.report.node import DATA, GenerateError, NoGeneratorError, find_allure

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
PAGE = """<!DOCTYPE html>
<html dir="ltr" lang="en">
<head>
    <meta charset="utf-8">
    <script>
      window.allureReportOptions = {}
    </script>
</head>
<body>
    <script src="data:text/javascript;base64,YWxlcnQ="></script>
    <script async src="https://analytics.example/gtag/js?id=G-1"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        gtag('config', 'G-1');
    </script>
    <script defer>d("widgets/tree.json","e30=")</script>
</body>
</html>
"""


class FakeAllure:
    """Fake of Allure: writes a page and a line of history, and records its arguments."""

    def __init__(self, page: str = PAGE) -> None:
        self.page = page
        self.config: dict = {}
        self.past = ""

    def __call__(self, config: Path, results: Path) -> None:
        self.config = json.loads(config.read_text(encoding="utf-8"))
        history = Path(self.config["historyPath"])
        self.past = history.read_text(encoding="utf-8")
        starts = [
            json.loads(path.read_text(encoding="utf-8"))["start"] for path in results.glob("*-result.json")
        ]
        history.write_text(self.past + point("this", *starts) + "\n", encoding="utf-8")
        page = Path(self.config["output"]) / "index.html"
        page.parent.mkdir()
        page.write_text(self.page, encoding="utf-8")


def point(uuid: str, *starts: int) -> str:
    results = {f"case{n}": {"start": start} for n, start in enumerate(starts)}
    return json.dumps({"uuid": uuid, "timestamp": 1, "knownTestCaseIds": [], "testResults": results})


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "allure [1] results"
    folder.mkdir()
    for number, status in enumerate(["passed", "failed", "broken"]):
        (folder / f"{number}-result.json").write_text(
            json.dumps(
                {
                    "uuid": str(number),
                    "name": f"用例 {number} {HOSTILE}",
                    "fullName": f"testcases#{number}",
                    "status": status,
                    "historyId": str(number),
                    "testCaseId": str(number),
                    "start": 1000 + number,
                    "stop": 2000 + number,
                    "statusDetails": {"message": HOSTILE},
                    "steps": [{"name": HOSTILE, "status": status, "start": 1000, "stop": 1001}],
                    "descriptionHtml": HOSTILE,
                    "labels": [{"name": "epic", "value": "青创政策"}, {"name": "story", "value": HOSTILE}],
                }
            ),
            encoding="utf-8",
        )
    return folder


@pytest.fixture
def html(tmp_path: Path) -> Path:
    return tmp_path / "html"


def page_with_groups(*sizes: int) -> str:
    """Return a page whose tree has a group with failures for each size, and one that passed."""
    groups = {
        f"group{n}": {"leaves": ["x"] * size, "statistic": {"total": size, "failed": 1}}
        for n, size in enumerate(sizes)
    }
    groups["good"] = {"leaves": ["x"] * 9999, "statistic": {"total": 9999, "passed": 9999}}
    groups["<script>"] = {"leaves": ["x"] * 9999, "statistic": {"failed": 1}}
    tree = base64.b64encode(json.dumps({"groupsById": groups}).encode()).decode()
    return PAGE.replace("</head>", f'</head>d("widgets/tree.json","{tree}");', 1)


def test_a_page_opens_a_limited_number_of_rows() -> None:
    assert "collapsedTrees" not in lock_down(PAGE)
    assert "collapsedTrees" not in lock_down(page_with_groups(10, 100))
    page = lock_down(page_with_groups(400, 90, 40, 100))
    assert re.findall(r'\["group.*?\]', page) == ['["group3", "group0"]']


def test_the_page_is_made_and_no_temporary_file_is_left(results: Path, html: Path) -> None:
    outcome = build_report(results, html, generator=FakeAllure())
    assert (outcome.status, outcome.exit_code, outcome.index) == ("made", 0, html / "index.html")
    assert sorted(path.name for path in html.iterdir()) == ["index.html", "links.json"]


def test_the_generator_is_asked_for_one_chinese_page_by_epic_feature_story(results: Path, html: Path) -> None:
    allure = FakeAllure()
    build_report(results, html, environment="test", variables={"分支": "main"}, generator=allure)
    options = allure.config["plugins"]["awesome"]["options"]
    assert options["singleFile"] is True
    assert options["reportLanguage"] == "zh"
    assert options["groupBy"] == ["epic", "feature", "story"]
    assert allure.config["variables"] == {"环境": "test", "分支": "main"}
    named = [
        rule["matchers"]["labels"]["category"]
        for rule in allure.config["categories"]
        if "labels" in rule["matchers"]
    ]
    assert named == list(
        WORDS.values()
    )  # every cause has its category, and a failure without one is still shown
    assert [rule["matchers"]["statuses"] for rule in allure.config["categories"][len(named) :]] == [
        ["failed"],
        ["broken"],
    ]


def test_a_failed_generator_keeps_the_last_report_and_history(
    results: Path, html: Path, tmp_path: Path
) -> None:
    history = tmp_path / "history.jsonl"
    build_report(results, html, history=history, generator=FakeAllure())
    before = (html / "index.html").read_bytes(), history.read_bytes()

    def broken(config: Path, results: Path) -> None:
        Path(json.loads(config.read_text(encoding="utf-8"))["historyPath"]).write_text("half a li")
        raise GenerateError(Problem("report.generator", "Allure 未能生成报告： 内存不足"))

    outcome = build_report(results, html, history=history, generator=broken)
    assert (outcome.status, outcome.exit_code) == ("not_made", 1)
    assert "内存不足" in outcome.text and "用例结果不受影响" in outcome.text
    assert ((html / "index.html").read_bytes(), history.read_bytes()) == before
    assert sorted(path.name for path in html.iterdir()) == ["index.html", "links.json"]


@pytest.mark.parametrize("page", ["", "<html>not Allure</html>"])
def test_a_page_that_cannot_be_locked_down_is_not_published(results: Path, html: Path, page: str) -> None:
    outcome = build_report(results, html, generator=FakeAllure(page))
    assert outcome.status == "not_made"
    assert "页面无法识别" in outcome.text
    assert not (html / "index.html").exists()


def test_a_generator_that_writes_no_page_is_reported(results: Path, html: Path) -> None:
    assert "没有写出报告页面" in build_report(results, html, generator=lambda config, results: None).text


def test_a_folder_that_cannot_be_written_is_reported_not_raised(results: Path, tmp_path: Path) -> None:
    (tmp_path / "html").write_text("a file, not a folder")
    outcome = build_report(results, tmp_path / "html", generator=FakeAllure())
    assert outcome.status == "not_made"


@pytest.mark.parametrize(
    "make", [lambda folder: None, lambda folder: folder.mkdir()], ids=["missing", "empty"]
)
def test_no_results_is_exit_code_2_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture, make
) -> None:
    make(tmp_path / "none")
    code = report_command(["--results", str(tmp_path / "none"), "--html", str(tmp_path / "html")], print)
    output = capsys.readouterr()
    assert code == 2
    assert "没有可以生成报告的结果" in output.err and "Traceback" not in output.err
    assert not (tmp_path / "html").exists()


def test_without_node_the_command_explains_how_to_get_the_report(
    results: Path,
    html: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(report_node, "find_node", lambda: None)
    code = report_command(["--results", str(results), "--html", str(html), "--no-install"], print)
    output = capsys.readouterr().err
    assert code == 1
    assert (
        "没有可用的 Node.js" in output and "python -m framework report" in output and "npx allure" in output
    )


def test_a_failed_installation_is_reported_with_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    fails = [sys.executable, "-c", "import sys; sys.exit('npm error code ENOTFOUND')"]
    with pytest.raises(NoGeneratorError, match="ENOTFOUND"):
        report_node.run(fails, cwd=Path.cwd(), seconds=30, error=NoGeneratorError, what="未能安装")


def test_a_program_that_hangs_or_is_missing_is_a_harness_error() -> None:
    with pytest.raises(GenerateError, match="1 秒内没有完成"):
        report_node.run(
            [sys.executable, "-c", "import time; time.sleep(300)"],
            cwd=Path.cwd(),
            seconds=1,
            error=GenerateError,
            what="",
        )
    with pytest.raises(GenerateError, match="no-such-program"):
        report_node.run(["no-such-program"], cwd=Path.cwd(), seconds=1, error=GenerateError, what="")


def test_the_installed_generator_is_found_by_the_hash_of_its_lock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    node = report_node.Node(Path("node"), ("npm",))
    monkeypatch.setattr(report_node, "find_node", lambda: node)
    monkeypatch.setattr(report_node, "CACHE", tmp_path)
    with pytest.raises(NoGeneratorError, match="尚未安装"):
        find_allure(install=False)

    def npm_ci(command, *, cwd: Path, **rest) -> None:
        assert {path.name for path in cwd.iterdir()} == {"package.json", "package-lock.json"}
        (cwd / "node_modules" / "allure").mkdir(parents=True)
        (cwd / "node_modules" / "allure" / "cli.js").touch()

    monkeypatch.setattr(report_node, "run", npm_ci)
    made = find_allure(install=True)
    assert made.script.is_file()
    assert find_allure(install=False) == made
    assert len(list(tmp_path.iterdir())) == 1


def test_the_lock_names_no_download_address() -> None:
    lock = json.loads((DATA / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["dependencies"] == {"allure": "3.18.0"}
    assert all("resolved" not in package for package in lock["packages"].values())


# The page


def test_only_the_generators_own_scripts_may_run_and_nothing_is_fetched() -> None:
    page = lock_down(PAGE)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    (nonce,) = re.findall(r"script-src 'nonce-([\w-]{20,})'", policy)
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy and "unsafe-eval" not in policy and "*" not in policy
    assert page.count("<script") == page.count(f'<script nonce="{nonce}"') == 4
    assert page.index("Content-Security-Policy") < page.index("<script")


def test_external_scripts_are_removed() -> None:
    page = lock_down(PAGE)
    assert "analytics.example" not in page and "gtag" not in page
    assert "YWxlcnQ=" in page and "widgets/tree.json" in page


def test_each_page_has_a_nonce_of_its_own() -> None:
    assert lock_down(PAGE) != lock_down(PAGE)


def test_the_page_declares_its_language() -> None:
    assert 'lang="zh-CN"' in lock_down(PAGE)


# The history


def test_incomplete_and_strange_lines_are_dropped_and_counted(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    strange = ["[]", "{}", "null", '{"uuid": 1}', point("c", 3).replace('{"start": 3}', "7")]
    history.write_bytes(
        "\n".join([point("a", 1), *strange, "", point("b", 2), point("z", 9)[:-9]]).encode() + b"\xff\xfe\n"
    )
    read = read_history(history, starts=[])
    assert [json.loads(line)["uuid"] for line in read.lines] == ["a", "b"]
    assert read.incomplete == 6


def test_the_newest_runs_are_kept_with_space_for_this_one(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    history.write_text("\n".join(point(str(n), n) for n in range(1, 100)))
    lines = read_history(history, starts=[]).lines
    assert len(lines) == LIMIT - 1
    assert json.loads(lines[-1])["uuid"] == "99"


def test_a_second_report_of_a_run_adds_no_history(results: Path, html: Path, tmp_path: Path) -> None:
    history = tmp_path / "deep" / "history.jsonl"
    for _ in range(2):
        build_report(results, html, history=history, generator=FakeAllure())
    assert len(history.read_text().splitlines()) == 1
    (results / "1-result.json").write_text('{"start": 5000}')
    build_report(results, html, history=history, generator=FakeAllure())
    assert len(history.read_text().splitlines()) == 2


def test_incomplete_history_is_repaired_and_reported(results: Path, html: Path, tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    history.write_text(point("a", 1) + "\n" + point("b", 2)[:20])
    allure = FakeAllure()
    outcome = build_report(results, html, history=history, generator=allure)
    assert "历史记录中有 1 行不完整" in outcome.text
    assert allure.past == point("a", 1) + "\n"
    assert [json.loads(line)["uuid"] for line in history.read_text().splitlines()] == ["a", "this"]


# Allure itself


@pytest.fixture
def allure() -> report.Generator:
    try:
        return find_allure(install=False)
    except NoGeneratorError as error:
        pytest.skip(f"Allure is not installed here: {error.problems[0].what}")


def test_allure_makes_a_page_we_can_lock_down(
    results: Path, html: Path, tmp_path: Path, allure: report.Generator
) -> None:
    history = tmp_path / "history.jsonl"
    (results / "cut-result.json").write_text('{"uuid": "x", "na')
    outcome = build_report(results, html, history=history, environment="test", generator=allure)
    assert outcome.status == "made", outcome.text
    page = (html / "index.html").read_text(encoding="utf-8")
    assert "googletagmanager" not in page and "owned" not in page
    assert set(re.findall(r'(?:src|href)="(\w+):', page)) <= {"data"}
    assert page.count("<script") == page.count("<script nonce=") >= 4
    assert widget(page, "statistic").items() >= {"total": 3, "passed": 1, "failed": 1, "broken": 1}.items()
    assert widget(page, "variables") == {"环境": "test"}
    assert json.loads(history.read_text())["testResults"].keys()
    assert read_history(history, starts=[]).incomplete == 0


def widget(page: str, name: str) -> dict:
    (data,) = re.findall(rf'd\("widgets/{name}\.json","([^"]*)"', page)
    return json.loads(base64.b64decode(data))
