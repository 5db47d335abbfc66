"""Whole runs with a baseline: not accepted, accepted, changed, accepted again."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from framework.cli.commands import main
from selftests.conftest import Outcome, Project

SUITE = """
  - id: records
    name: 与认可时相同
    request: {url: /list}
    validate: {$.data.result: {same_as_accepted: {key: id, text: [text], label: title, ignore: [priority]}}}
  - id: shape
    request: {url: /list}
    validate: {$: {shape_as_accepted: true}}
"""
CASE = "testcases/list.yaml::records"
Reply = dict[str, Any]
Page = Callable[[list[Reply]], Reply]


def policies(count: int = 40, **changed: Mapping[str, Any]) -> list[Reply]:
    """Policies by number; ``_3={…}`` changes members of the fourth."""
    made = []
    for number in range(count):
        text = f"<p>政策 {number}</p>\n<p>企业不得虚报，期限为 {number} 年。</p>"
        row = {"id": str(1000 + number), "title": f"通知{number}", "text": text, "priority": number}
        made.append({**row, **changed.get(f"_{number}", {})})
    return made


def listing(rows: list[Reply]) -> Reply:
    return {"success": True, "code": "0", "data": {"result": rows, "total": str(len(rows))}}


def command(project: Project, *arguments: str) -> tuple[int, str]:
    """Run a command of the harness in the project, in this process; return its exit code and output."""
    said, before = io.StringIO(), Path.cwd()
    os.chdir(project.folder)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            return main(list(arguments)), said.getvalue()
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def baselines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The baselines of two cases with 40 policies, made once for all tests of the module."""
    made = Project(tmp_path_factory.mktemp("accepted"))
    made.suite(SUITE)
    made.service.replies["/list"] = listing(policies())
    made.run()
    code, out = command(made, "accept")
    assert code == 0, out
    yield made.folder / "baselines"
    made.close()


@pytest.fixture
def accepted(project: Project, baselines: Path) -> Project:
    """A project whose two cases were accepted with 40 policies."""
    project.suite(SUITE)
    project.service.replies["/list"] = listing(policies())
    shutil.copytree(baselines, project.folder / "baselines")
    return project


def record(outcome: Outcome, case: str = CASE) -> dict[str, Any]:
    document = json.loads(outcome.files["reports/run.json"])
    return next(each for each in document["cases"] if each["id"] == case)


def tree(project: Project) -> dict[str, bytes]:
    paths = (path for path in (project.folder / "baselines").rglob("*") if path.is_file())
    return {path.relative_to(project.folder).as_posix(): path.read_bytes() for path in paths}


# -- the life of a baseline


def test_nothing_accepted_is_never_passed(project: Project, page: Page) -> None:
    project.suite(SUITE)
    project.service.replies["/list"] = page(policies())
    outcome = project.run()
    assert record(outcome)["status"] == "skipped"
    assert record(outcome)["headline"].startswith("未认可")
    assert "没有任何用例得到评判" in outcome.out


def test_a_check_beside_it_is_judged(project: Project, page: Page) -> None:
    project.suite(SUITE.replace("validate: {$: {", "validate: {$.code: '0', $: {"))
    project.service.replies["/list"] = page(policies())
    assert record(project.run(), "testcases/list.yaml::shape")["status"] == "passed"


def test_what_was_accepted_stays_green_and_nothing_is_offered(accepted: Project) -> None:
    outcome = accepted.run()
    assert outcome.code == 0
    assert not [name for name in outcome.files if "candidates" in name]


def test_a_file_a_record_and_no_date_total_or_author(accepted: Project) -> None:
    names = [name for name in tree(accepted) if "data.result" in name]
    assert len(names) == 41
    text = b"".join(content for name, content in tree(accepted).items() if "data.result" in name).decode()
    assert "通知39" in text
    assert "priority" not in text
    assert "total" not in text


CHANGES: dict[str, tuple[list[Reply], str, str, list[int]]] = {
    "a word of a text": (
        policies(_3={"text": "<p>政策 3</p>\n<p>企业得虚报，期限为 3 年。</p>"}),
        "warned",
        "第 2 段第 3 字：少了“不”",
        [0, 1, 0],
    ),
    "a title": (policies(_3={"title": "公告3"}), "warned", '期望 "通知3"，实际 "公告3"', [0, 1, 0]),
    "a member": (policies(_3={"level": 1}), "warned", "多了字段 level", [0, 1, 0]),
    "a type": (policies(_3={"title": 3}), "warned", "类型变了", [0, 1, 0]),
    "one removed": (policies()[1:], "warned", "撤下了 《通知0》（id=1000）", [0, 0, 1]),
    "one added": (policies(41), "passed", "", [1, 0, 0]),
    "what is ignored": (policies(_3={"priority": 9}), "passed", "", [0, 0, 0]),
    "another order": (policies()[::-1], "passed", "", [0, 0, 0]),
    "three of forty": (policies()[3:], "failed", "撤下 3 条，超过认可的 40 条的 5%", [0, 0, 3]),
    "the same id twice": ([*policies(), policies()[0]], "failed", "认不出是哪一条", [0, 0, 0]),
}


@pytest.mark.parametrize(("rows", "status", "words", "drift"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(
    accepted: Project, page: Page, rows: list[Reply], status: str, words: str, drift: list[int]
) -> None:
    accepted.service.replies["/list"] = page(rows)
    outcome = accepted.run("-k", "records")
    found = record(outcome)
    assert (found["status"], found["drift"]) == (status, drift)
    assert words in found["headline"] + outcome.out


def test_a_pending_change_is_not_called_green(accepted: Project, page: Page) -> None:
    accepted.service.replies["/list"] = page(policies(_3={"title": "公告3"}))
    assert accepted.run().code == 0
    assert command(accepted, "summary")[0] == 0
    summary = (accepted.folder / "reports" / "summary.md").read_text(encoding="utf-8")
    assert "有待认可的变化" in summary
    assert "全部通过" not in summary


def test_accepted_again_it_is_green_again(accepted: Project, page: Page) -> None:
    accepted.service.replies["/list"] = page(policies(41, _3={"title": "公告3"})[1:])
    accepted.run()
    code, out = command(accepted, "accept")
    assert code == 0
    assert all(words in out for words in ("改动 《公告3》", "新增 《通知40》", "撤下 《通知0》（id=1000）"))
    assert accepted.run().code == 0
    assert not any("1000.json" in name for name in tree(accepted))


def candidates(run: Outcome) -> list[str]:
    return sorted(name for name in run.files if name.startswith("reports/candidates/"))


def test_two_workers_see_the_same(accepted: Project, page: Page) -> None:
    accepted.service.replies["/list"] = page(policies(_3={"title": "公告3"}))
    alone, both = accepted.run(), accepted.run("-n2")
    assert record(alone)["drift"] == record(both)["drift"] == [0, 1, 0]
    assert candidates(both) == candidates(alone)


# -- refusals


def test_an_acceptance_by_name_takes_no_more(accepted: Project, page: Page) -> None:
    accepted.service.replies["/list"] = page(policies(_3={"title": "公告3"}, _4={"title": "公告4"}))
    accepted.run()
    assert command(accepted, "accept", "1003")[0] == 0
    assert record(accepted.run())["headline"].count("公告4") == 1
    assert record(accepted.run())["drift"] == [0, 1, 0]
    code, out = command(accepted, "accept", "1999")
    assert code == 2
    assert "没有叫 1999 的候选" in out


def test_an_unknown_member_is_accepted_only_by_its_name(accepted: Project, page: Page) -> None:
    accepted.service.replies["/list"] = page([{**row, "tag": "x"} for row in policies()])
    accepted.run()
    code, out = command(accepted, "accept")
    assert code == 1
    assert "没见过的字段 tag" in out
    assert command(accepted, "accept", "tag")[0] == 0
    assert accepted.run().code == 0


@pytest.mark.parametrize("option", ["--base-url", "--var"])
def test_a_run_that_is_not_the_environment_is_not_accepted(project: Project, page: Page, option: str) -> None:
    project.suite(SUITE)
    project.service.replies["/list"] = page(policies())
    value = {"--base-url": project.service.url.replace("127.0.0.1", "localhost"), "--var": "x=1"}[option]
    project.run(f"{option}={value}")
    code, out = command(project, "accept")
    assert code == 1
    assert f"这一次用了 {option}" in out
    assert not tree(project)


def test_a_walk_that_saw_no_sound_list_is_not_accepted(project: Project, page: Page) -> None:
    project.write(
        "testcases/_shared.yaml",
        "walks:\n  all: {page: json.page, size: json.size, items: $.data.result, "
        "total: $.data.total, key: id}\n"
        "request: {method: POST, url: /list, json: {page: 1, size: 40}}\n",
    )
    project.suite(
        "  - id: records\n    paginate: all\n    validate: {$.items: {same_as_accepted: {key: id}}}\n"
    )

    def answer(_headers: object, body: bytes) -> Reply:
        rows = policies() if json.loads(body)["page"] == 1 else []
        return {**page(rows), "data": {"result": rows, "total": "77"}}

    project.service.replies["/list"] = answer
    assert record(project.run())["status"] == "failed"
    code, out = command(project, "accept", "records")
    assert code == 1
    assert "翻页不可靠" in out
    assert not tree(project)


def test_a_candidate_older_than_the_baseline_is_refused(accepted: Project, page: Page) -> None:
    accepted.service.replies["/list"] = page(policies(_3={"title": "公告3"}))
    accepted.run()
    old = accepted.folder / "reports"
    old.rename(accepted.folder / "artifact")
    accepted.service.replies["/list"] = page(policies(_3={"title": "通报3"}))
    accepted.run()
    assert command(accepted, "accept")[0] == 0
    code, out = command(accepted, "accept", "artifact")
    assert code == 1
    assert "那次运行之后认可的内容变了" in out


def test_a_dry_run_writes_nothing(accepted: Project, page: Page) -> None:
    before = tree(accepted)
    accepted.service.replies["/list"] = page(policies(_3={"title": "公告3"}))
    accepted.run()
    code, out = command(accepted, "accept", "--dry-run")
    assert code == 0
    assert "会认可 1 项" in out
    assert tree(accepted) == before


def test_what_differs_between_two_first_looks_is_proposed_to_be_ignored(project: Project, page: Page) -> None:
    project.suite(SUITE)
    for views in (3, 4):
        rows = policies(5)
        for number, row in enumerate(rows):
            row |= {"views": views * number, "files": [{"url": f"/{number}?t={views}"}]}
        project.service.replies["/list"] = page(rows)
        project.run()
    _, out = command(project, "accept", "--dry-run")
    assert "△ 两次看到的 files.url 不同（5 条，共 5 条）" in out
    assert "△ 两次看到的 views 不同（4 条，共 5 条）" in out
    assert "ignore: [files.url, views]" in out


def test_without_candidates_it_says_what_to_do(accepted: Project) -> None:
    accepted.run()
    code, out = command(accepted, "accept")
    assert code == 2
    assert "先运行 pytest" in out


def test_a_candidate_is_no_way_out_of_its_folder(accepted: Project, page: Page) -> None:
    from framework.baseline import files

    accepted.service.replies["/list"] = page(policies(_3={"title": "公告3"}))
    accepted.run()
    (index,) = (accepted.folder / "reports" / "candidates").rglob("_candidate.json")
    value = files.load(index.read_text(encoding="utf-8"), "x")
    value["changes"][0]["file"] = "../../../../../escaped.json"
    index.write_text(files.dump(value), encoding="utf-8")
    code, out = command(accepted, "accept")
    assert code == 2
    assert "不是这一版写的候选" in out


# -- baselines that are not right

DAMAGE: dict[str, tuple[str, Callable[[str], str], str]] = {
    "cut": ("1003.json", lambda text: text[: len(text) // 2], "不是 JSON"),
    "edited by hand": ("1003.json", lambda text: text.replace("通知3", "公告3"), "被手工改过"),
    "a merge conflict": ("1003.json", lambda text: "<<<<<<< HEAD\n" + text, "没有解决的合并冲突"),
    "a newer version": ("_baseline.json", lambda text: about(text, format=2), "这一版读不懂"),
    "another environment": ("_baseline.json", lambda text: about(text, environment="prod"), "是环境 prod 的"),
    "another key": ("_baseline.json", lambda text: about(text, key="no"), "认可时按 no 认记录"),
}


def about(text: str, **changed: Any) -> str:
    from framework.baseline import files

    return files.dump({**files.load(text, "x"), **changed})


@pytest.mark.parametrize(("name", "damage", "words"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_baseline_is_one_clear_line(
    accepted: Project, name: str, damage: Callable[[str], str], words: str
) -> None:
    (path,) = (accepted.folder / "baselines").rglob(f"data.result/{name}")
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    outcome = accepted.run("-k", "records")
    assert record(outcome)["status"] == "broken"
    assert words in record(outcome)["headline"]


def test_a_secret_and_a_mobile_are_masked(accepted: Project, page: Page, token: str) -> None:
    accepted.service.replies["/list"] = page(policies(41, _40={"text": f"电话 13912345678，{token}"}))
    accepted.run()
    assert command(accepted, "accept")[0] == 0
    text = b"".join(tree(accepted).values()).decode()
    assert "13912345678" not in text
    assert token not in text
    assert "***mobile***" in text


def test_a_secret_and_a_mobile_that_are_names_of_members_are_masked(
    project: Project, page: Page, token: str
) -> None:
    project.suite(SUITE)
    rows = policies(3, _2={"by": {token: "a", "13912345678": {token: "b"}}})
    project.service.replies["/list"] = page(rows)
    project.run()
    assert command(project, "accept")[0] == 0
    text = b"".join(tree(project).values()).decode()
    assert "***token***" in text
    assert token not in text
    assert "13912345678" not in text
    assert project.run().code == 0  # both sides of the comparison are masked in the same way


def test_records_cannot_be_known_by_a_key_that_is_masked(project: Project, page: Page, token: str) -> None:
    project.suite(SUITE)
    rows = policies(3)
    project.service.replies["/list"] = page(
        [*rows, {**rows[0], "id": "13912345678"}, {**rows[0], "id": token}]
    )
    outcome = project.run()
    assert record(outcome)["status"] == "failed"
    assert "不能按它认记录" in record(outcome)["headline"]
    assert not [name for name in outcome.files if "13912345678" in name or token in name]


# -- keywords that a contract only learned

CONTRACT = {
    "properties": {
        "data": {
            "properties": {
                "result": {
                    "items": {
                        "properties": {
                            "level": {"enum": [1, 2], "x-learned": True},
                            "number": {"pattern": "^渝府发〔\\d{4}〕\\d+号$", "x-learned": True},
                            "files": {"maxItems": 1, "x-learned": True},
                            "kind": {"enum": ["a"]},
                        }
                    }
                }
            }
        }
    }
}
LEARNED = """
  - id: contract
    request: {url: /list}
    validate: {schema: list}
  - id: again
    request: {url: /list}
    validate: {schema: list}
"""
OTHER = {"level": 7, "number": "渝科局〔2024〕3号", "files": [1, 2, 3], "kind": "a"}


def test_of_other_types_only_null_can_be_accepted(project: Project, page: Page) -> None:
    types = {"number": {"type": "string", "x-learned": True}, "level": {"type": "integer"}}
    items = {"properties": types}
    contract = {"properties": {"data": {"properties": {"result": {"items": items}}}}}
    project.write("schemas/list.schema.json", json.dumps(contract))
    project.suite(LEARNED)
    project.service.replies["/list"] = page([{"number": None, "level": 1}])
    assert project.run().code == 1
    code, out = command(project, "accept")
    assert code == 0 and "$.data.result[*].number（type）：null" in out
    assert project.run().code == 0
    for wrong in ({"number": 7, "level": 1}, {"number": None, "level": None}):
        project.service.replies["/list"] = page([wrong])
        assert project.run().code == 1
        command(project, "accept")
        assert project.run().code == 1


def test_what_a_contract_only_learned_can_be_accepted(project: Project, page: Page) -> None:
    project.write("schemas/list.schema.json", json.dumps(CONTRACT))
    project.suite(LEARNED)
    project.service.replies["/list"] = page([OTHER])
    outcome = project.run()
    assert outcome.code == 1
    assert "从见过的答复学来的" in outcome.out
    code, out = command(project, "accept")
    assert code == 0
    assert "新见的 $.data.result[*].level（enum）：7" in out
    assert len([name for name in tree(project) if "/contracts/list/" in name]) == 3
    assert project.run("-n2").code == 0


@pytest.mark.parametrize(
    ("changed", "accepted"),
    [
        ({"level": 8}, False),
        ({"level": "7"}, False),
        ({"number": "渝建委〔2023〕17号"}, True),
        ({"number": "渝建委[2023]17号"}, False),
        ({"files": [1, 2, 3, 4]}, False),
        ({"kind": "b"}, False),
    ],
)
def test_no_more_than_what_was_accepted(
    project: Project, page: Page, changed: Mapping[str, Any], accepted: bool
) -> None:
    project.write("schemas/list.schema.json", json.dumps(CONTRACT))
    project.suite(LEARNED)
    project.service.replies["/list"] = page([OTHER, {**OTHER, "files": [1, 2]}])
    project.run()
    assert command(project, "accept")[0] == 0
    project.service.replies["/list"] = page([{**OTHER, **changed}])
    assert (project.run().code == 0) is accepted


# -- findings in texts

TEXTS = """
  - id: texts
    request: {url: /list}
    validate: {'$.data.result[*].text': {policy_text: {rules: [brackets], baseline: true}}}
"""
FLAWED = {"_3": {"text": "<p>企业（含个体户不得虚报。</p>"}}


def test_findings_of_the_first_look_wait_and_new_ones_fail(project: Project, page: Page) -> None:
    project.suite(TEXTS)
    project.service.replies["/list"] = page(policies(**FLAWED))
    outcome = project.run()
    assert record(outcome, "testcases/list.yaml::texts")["status"] == "warned"
    code, out = command(project, "accept")
    assert code == 0
    assert "新见的 1003（brackets）" in out
    assert record(project.run(), "testcases/list.yaml::texts")["status"] == "passed"
    project.service.replies["/list"] = page(policies(**FLAWED, _5={"text": "<p>企业）不得虚报。</p>"}))
    outcome = project.run()
    assert record(outcome, "testcases/list.yaml::texts")["status"] == "failed"
    assert "1005" in outcome.out
    assert "1003" not in record(outcome, "testcases/list.yaml::texts")["headline"]


def test_that_nothing_was_found_can_be_accepted(project: Project, page: Page) -> None:
    project.suite(TEXTS)
    project.service.replies["/list"] = page(policies())
    project.run()
    code, out = command(project, "accept")
    assert code == 0
    assert "此外没有别的发现" in out
    project.service.replies["/list"] = page(policies(**FLAWED))
    assert record(project.run(), "testcases/list.yaml::texts")["status"] == "failed"


# -- named alternatives

PAST_THE_END = """
  - id: past-end
    request: {url: /list}
    validate:
      any_of:
        - {name: 空列表, $.data.result: {empty: true}}
        - {name: 最后一页, $.data.result: {not_empty: true}}
"""
PINNED = "testcases/list.yaml::past-end"


def test_the_alternative_that_held_is_pinned_when_it_was_accepted(project: Project, page: Page) -> None:
    project.suite(PAST_THE_END)
    project.service.replies["/list"] = page([])
    assert project.run().code == 0
    project.service.replies["/list"] = page(policies(1))
    assert project.run().code == 0, "nothing is compared before an acceptance"
    assert command(project, "accept")[0] == 0
    assert project.run().code == 0
    project.service.replies["/list"] = page([])
    outcome = project.run()
    assert outcome.code == 1
    found = record(outcome, PINNED)
    assert (found["status"], found["category"]) == ("failed", "drift")
    assert "期望 “最后一页”，实际 “空列表”" in found["headline"]
    code, out = command(project, "accept")
    assert code == 0
    assert "any_of：“空列表”" in out
    assert project.run().code == 0


# -- lint


def test_lint_names_baselines_without_a_case(accepted: Project) -> None:
    accepted.suite(SUITE.replace("id: records", "id: recordz"))
    code, out = command(accepted, "lint", "--strict")
    assert code == 1
    assert "list.yaml/records 的用例不在套件里了" in out
    assert "recordz" in out


@pytest.mark.parametrize("place", ["each", "not", "any_of"])
def test_it_stands_alone(project: Project, place: str) -> None:
    inner = "shape_as_accepted: true"
    text = {
        "each": f"'$.data.result[*]': {{each: {{title: {{{inner}}}}}}}",
        "not": f"$: {{not: {{{inner}}}}}",
        "any_of": f"any_of: [{{$: {{{inner}}}}}, {{$.code: '0'}}]",
    }[place]
    project.suite(f"  - id: records\n    request: {{url: /list}}\n    validate: {{{text}}}\n")
    code, out = command(project, "lint")
    assert code == 1
    assert f"shape_as_accepted 不能写在 {place} 里" in out
