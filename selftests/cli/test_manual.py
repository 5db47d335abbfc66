"""The examples of the manual hold on their sample reply, and each can fail. The page is up to date."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framework.base.source import Source
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.request import Request
from framework.cases.settings import SHIPPED
from framework.cases.template import Binding, Scope
from framework.cases.yaml.compose import parse_yaml
from framework.checks.context import EvaluationContext
from framework.checks.evaluate import evaluate
from framework.checks.matchers import MATCHERS as CORE
from framework.checks.outcome import Matcher
from framework.checks.result import CheckResult
from framework.checks.schema import Contracts
from framework.cli.manual.sample import SAMPLE, Sample, library_samples
from framework.http.exchange import Exchange, Reply
from selftests.project_matchers import MATCHERS
from selftests.shipped import shipped_ini

ROOT = Path(__file__).resolve().parents[2]
(LIBRARY_SAMPLE,) = library_samples(MATCHERS.libraries.values())
# Those that need a baseline are tried in whole runs: selftests/baseline.
WITH_SAMPLE = [matcher for matcher in MATCHERS.values() if not matcher.alone]
each_sample = pytest.mark.parametrize("matcher", WITH_SAMPLE, ids=lambda matcher: matcher.name)
each_matcher = pytest.mark.parametrize("matcher", MATCHERS.values(), ids=lambda matcher: matcher.name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {**SAMPLE.files, **LIBRARY_SAMPLE.files}
    contracts = {
        f"schemas/{name}.schema.json": json.dumps(schema) for name, schema in SAMPLE.contracts.items()
    }
    for name, text in {**files, **contracts}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def plain_sample(matcher: Matcher) -> dict[str, Any]:
    """Return the sample of the matcher's examples as plain data that can be changed."""
    sample: Sample = LIBRARY_SAMPLE if matcher.name in MATCHERS.libraries else SAMPLE
    return {
        "reply": sample.reply,
        "headers": sample.headers,
        "elapsed": sample.elapsed_ms,
        "status": 200,
        "variables": sample.variables,
    }


def judged(matcher: Matcher, sample: dict[str, Any], folder: Path) -> list[CheckResult]:
    reader = Reader()
    nodes = CheckParser(reader, MATCHERS).checks(parse_yaml(Source("example.yaml", matcher.example)))
    assert not reader.problems
    body = json.dumps(sample["reply"], ensure_ascii=False).encode()
    reply = Reply(
        url="http://x/list",
        status=sample["status"],
        headers=tuple(sample["headers"].items()),
        body=body,
        elapsed_ms=sample["elapsed"],
    )
    scope = Scope({name: Binding(value) for name, value in sample["variables"].items()})
    results = evaluate(
        nodes,
        Exchange(Request("POST", "http://x/list"), reply, 0.0),
        scope,
        EvaluationContext(Contracts(folder / "schemas"), MATCHERS, folder),
    )
    return [result for result in results if not result.implied]


@each_sample
def test_the_example_holds_on_the_sample(matcher, folder):
    results = judged(matcher, plain_sample(matcher), folder)
    assert [result.status for result in results] == ["passed"], results
    assert results[0].evaluated or matcher.name == "empty"


@each_sample
def test_the_example_can_fail(matcher, folder):
    assert any(
        result.status == "failed"
        for changed in mutants(plain_sample(matcher))
        for result in judged(matcher, changed, folder)
    )


def mutants(sample: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the sample with one value replaced by another of the same type."""
    for way, value in list(leaves(sample, ())):
        if way == ("variables",):
            continue
        # the example of ``type`` is about totalNum, so that alone gets another type
        for other in [190] if way[-1] == "totalNum" else others(value):
            changed = copy.deepcopy(sample)
            place: Any = changed
            for part in way[:-1]:
                place = place[part]
            place[way[-1]] = other
            yield changed


def leaves(value: Any, way: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if way:
        yield way, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from leaves(inner, (*way, key))


def others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1_000_000, -1]
    if isinstance(value, str):
        return ["", "error", "测试 Exception", "<p>甲</p>" + value[:-40]]
    if isinstance(value, list):
        return [[*value, *value[:1]], value[::-1], value[1:], ["x"], [], SAMPLE.variables["ids"]]
    return [{**value, "deletedAt": "x"}, {}]


@each_matcher
def test_every_matcher_is_in_the_page_with_its_line_and_example(matcher):
    page = (ROOT / "docs/matchers.md").read_text("utf-8")
    assert f"`{matcher.name}`" in page
    assert matcher.doc.replace("|", "\\|") in page
    assert matcher.example in page


def test_the_page_is_up_to_date(project, monkeypatch):
    project.write("pytest.ini", shipped_ini())
    monkeypatch.setenv("HARNESS_LANG", "zh")
    target = project.root / "matchers.md"
    assert project.run("matchers", "--markdown", str(target))[0] == 0
    assert target.read_text("utf-8") == (ROOT / "docs/matchers.md").read_text("utf-8"), (
        "python -m framework matchers --markdown docs/matchers.md"
    )


def test_the_list_is_grouped_by_kind(project):
    code, out, _ = project.run("matchers")
    assert code == 0
    assert (
        out.index("每个值")
        < out.index("equals")
        < out.index("整个列表")
        < out.index("unique")
        < out.index("有没有")
        < out.index("absent")
    )
    assert MATCHERS["equals"].doc in out
    assert MATCHERS["equals"].example in out


def test_one_matcher_by_its_name(project):
    code, out, _ = project.run("matchers", "length")
    assert code == 0
    assert MATCHERS["length"].doc in out
    assert "equals" not in out


def test_an_unknown_name_suggests_the_nearest(project):
    code, _, err = project.run("matchers", "lenght")
    assert code == 2
    assert "你是不是要写 length？" in err


def test_json_for_tools(project):
    rows = json.loads(project.run("matchers", "--json")[1])
    assert [row["name"] for row in rows] == [*CORE, *SHIPPED]
    assert rows[0].keys() == {"name", "kind", "doc", "example", "file"}


def test_matchers_of_the_team_are_listed(project):
    project.write(
        "testcases/matchers.py",
        "from framework import matcher\n@matcher(example='$.a: {mine: 1}')\ndef "
        "mine(value, argument):\n    '''我们的'''\n    return True\n",
    )
    _, out, _ = project.run("matchers", "mine")
    assert "我们的" in out
    assert json.loads(project.run("matchers", "mine", "--json")[1])[0]["file"] == "testcases/matchers.py"
