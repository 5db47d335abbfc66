"""Chinese is the language of the code, English that of its catalogue: nothing lacks a translation, and a run
speaks one of them.
"""

from __future__ import annotations

import ast
import gettext
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any

import pytest

from framework.base.messages import LANGUAGES, VARIABLE, UnknownLanguageError, language, set_language, tr
from framework.report.html_report import build_report

ROOT = Path(__file__).parents[2]
CASES = """\
  - id: good
    name: answers
    validate: {$.success: true, "$.data.result[*].id": {type: integer}}
  - id: bad
    name: is wrong
    parametrize: [{id: first, n: 1}]
    validate:
      $.success: false
      $.code: {one_of: ["7", "8"]}
      $.data.total: {type: integer}
      $.data.nothing: {not_empty: true}
      $.data.result: {length: {greater_than: 5}}
      "$.data.result[*].id": {sorted: descending}
      "$.data.result[*]": {each: {id: {any_of: [{equals: 3}, {equals: 4}]}}}
  - id: away
    name: is not reached
    request: {url: "http://127.0.0.1:1/"}
    validate: {$.success: true}
  - id: held
    name: is known
    known_defect: [{path: $.code, reason: an old one}]
    validate: {$.code: "1"}
"""


def _translate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translate", ROOT / "scripts" / "translate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks itself up
    spec.loader.exec_module(module)
    return module


translate = _translate()


@cache
def said() -> Any:
    """Return all texts of the code. Only when a test asks: every process of a run collects this module."""
    return translate.texts()


@pytest.fixture
def spoken() -> Iterator[None]:
    """Chinese again after a test that switched."""
    yield
    set_language("zh")


# -- the catalogue


def test_the_descriptions_of_all_matchers_are_messages():
    described = {
        keyword.value.value
        for path in (ROOT / "framework").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "matcher"
        for keyword in node.keywords
        if keyword.arg in ("doc", "words") and isinstance(keyword.value, ast.Constant)
    }
    assert described
    assert described <= {text.text for text in said()}


def test_every_chinese_text_is_in_the_catalogue() -> None:
    catalogue = translate.read_catalogue()
    assert not [f"{one.file}:{one.line}: {one.text}" for one in said() if one.text not in catalogue], (
        "run scripts/translate"
    )


def test_nothing_is_in_the_catalogue_that_nobody_says() -> None:
    assert {message.id for message in translate.read_catalogue() if message.id} == {
        one.text for one in said()
    }


def test_every_text_is_translated_with_the_same_placeholders() -> None:
    assert not translate.problems_of(translate.read_catalogue())


def test_no_text_is_put_together_outside_tr() -> None:
    assert not [f"{one.file}:{one.line}: {one.text}" for one in said() if one.concatenated]


@cache
def _trees() -> list[tuple[str, ast.Module]]:
    paths = [ROOT / "conftest.py", *sorted((ROOT / "framework").rglob("*.py"))]
    return [(path.name, ast.parse(path.read_text("utf-8"))) for path in paths]


def _calls_of_tr() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                yield f"{name}:{node.lineno}", node


def test_braces_are_doubled_only_where_values_are_put_in() -> None:
    """Without values ``tr`` returns the text as it is, doubled braces included."""
    filled = {id(node.args[0]) for _, node in _calls_of_tr() if node.keywords}
    doubled = [
        f"{name}:{node.lineno}"
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{{" in node.value
        if translate.CHINESE.search(node.value) and id(node) not in filled
    ]
    assert not doubled


def test_every_value_has_its_place_in_the_text() -> None:
    unused = [
        f"{place}: {word.arg}"
        for place, node in _calls_of_tr()
        if isinstance(node.args[0], ast.Constant)
        for word in node.keywords
        if word.arg and word.arg not in {name for _, name, _, _ in Formatter().parse(str(node.args[0].value))}
    ]
    assert not unused


def test_what_is_compiled_is_what_is_written() -> None:
    with translate.CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written = {message.id: message.string for message in translate.read_catalogue() if message.id}
    assert {text: compiled.gettext(text) for text in written} == written, "run scripts/translate"


def test_every_exception_is_still_needed() -> None:
    assert all((ROOT / file).is_file() for file in (*translate.DATA_FILES, *translate.DATA))
    for file, texts in translate.DATA.items():
        constants = {
            node.value
            for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant)
        }
        assert set(texts) <= constants, file


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('x = "文"', [("文", False)]),
        ('"""文"""', []),
        ('tr("a {b}", b=1)', [("a {b}", False)]),
        ('x = f"{y} 文"', [(" 文", True)]),
        ('x = "文" + y', [("文", True)]),
        ('"、".join(y)', [("、", True)]),
        ('def f():\n    """文"""\n    return "，全"', [("，全", False)]),
        ("# 文\nx = 'a'", []),
        ('T = {"a": "文"}', [("文", False)]),
        ('x = "文{a}".format(a=1)', [("文{a}", True)]),
    ],
)
def test_what_is_found_in_code(source: str, found: list[tuple[str, bool]], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(source, encoding="utf-8")
    assert [(one.text, one.concatenated) for one in translate.texts_of(tmp_path / "a.py", "a.py")] == found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{a} {b:.0f}", {"a", "b"}),
        ("${{{a}}}", {"a"}),
        ("${x}", set()),
        ("each: {路径：…}", set()),
        ("[ {", set()),
        ("{{a}}", set()),
    ],
)
def test_placeholders_are_what_tr_fills_in(text: str, names: set[str]) -> None:
    assert translate.placeholders(text) == names


def test_what_is_wrong_with_a_translation_is_said() -> None:
    catalogue = translate.Catalog(locale="en")
    for text, english in (("甲", ""), ("乙{n}", "b"), ("丙", "丙"), ("丁{n}", "d {n}")):
        catalogue.add(text, english, locations=[("a.py", 1)])
    assert len(translate.problems_of(catalogue)) == 3


# -- the switch


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(
    ("n", "english"),
    [(1, "… 1 more cause"), ("1", "… 1 more cause"), (2, "… 2 more causes"), (0, "… 0 more causes")],
)
def test_one_thing_is_counted_in_the_singular(n: object, english: str, spoken: None) -> None:
    set_language("en")

    assert tr("… 另有 {n} 个原因", n=n) == english


def test_each_count_of_a_text_has_its_own_number(spoken: None) -> None:
    set_language("en")

    text = tr("{files} 个文件，{cases} 个用例，{problems} 个问题", files=1, cases=12, problems=1)

    assert text == "1 file, 12 cases, 1 problem"


@pytest.mark.parametrize("text", ["{n} cases", "after {n} more cases", "{n:d} cases of {limit}"])
def test_a_count_without_a_singular_is_found(text: str) -> None:
    assert translate.counts_without_singular(text, frozenset({"cases"}))


@pytest.mark.parametrize("text", ["{n} {n:case|cases}", "more than {limit} cases", "{name}: cases"])
def test_a_count_with_a_singular_is_none(text: str) -> None:
    assert not translate.counts_without_singular(text, frozenset({"cases"}))


def test_a_text_comes_in_the_language_chosen_last() -> None:
    assert tr("{n} 个用例", n=3) == "3 个用例"
    set_language("en")
    assert (language(), tr("{n} 个用例", n=3), tr("")) == ("en", "3 cases", "")
    set_language("zh")
    assert tr("{n} 个用例", n=3) == "3 个用例"


@pytest.mark.usefixtures("spoken")
def test_an_unknown_language_is_refused_and_nothing_changes() -> None:
    set_language("en")
    with pytest.raises(UnknownLanguageError, match=r"fr .*zh\|en"):
        set_language("fr")
    assert language() == "en"
    assert LANGUAGES == ("zh", "en")


def test_no_text_is_made_while_a_module_is_imported() -> None:
    """By then the language is not yet chosen; so a module-level ``tr`` would be Chinese for ever."""
    script = (
        "import importlib, pkgutil, framework, framework.base.messages as m\n"
        "def tr(text, /, **values): raise AssertionError(text)\nm.tr = tr\n"
        # Locust must be imported before any module that opens sockets.
        "found = pkgutil.walk_packages(framework.__path__, 'framework.')\n"
        "for one in sorted(found, key=lambda one: '.load.' not in one.name):\n"
        "    if not one.name.endswith('__main__'): importlib.import_module(one.name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr


def command(*arguments: str, folder: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment = {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **variables}
    return subprocess.run(
        [sys.executable, "-m", "framework", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_command_speaks_what_its_option_its_variable_or_the_project_says(tmp_path: Path) -> None:
    assert command("--lang", "en").stdout.startswith("Usage")
    assert command("--lang=en").stdout.startswith("Usage")
    assert command(HARNESS_LANG="en").stdout.startswith("Usage")
    assert command("--lang", "zh", HARNESS_LANG="en").stdout.startswith("用法")
    assert command(folder=tmp_path).stdout.startswith("用法")
    (tmp_path / "pytest.ini").write_text("[pytest]\nlang = en\n", encoding="utf-8")
    assert command(folder=tmp_path).stdout.startswith("Usage")


@pytest.mark.parametrize("arguments", [("--lang", "fr"), ("lint", "--lang=fr"), ("lint", "--lang")])
def test_an_unknown_language_is_one_line_and_exit_code_2(arguments: tuple[str, ...]) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "zh|en" in done.stderr


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(
    ("name", "tag", "category"), [("zh", "zh", "契约不符"), ("en", "en", "Contract violation")]
)
def test_the_report_follows(name: str, tag: str, category: str, tmp_path: Path) -> None:
    set_language(name)
    configs = []

    def generate(config: Path, results: Path) -> None:
        configs.append(json.loads(config.read_text(encoding="utf-8")))
        Path(configs[0]["output"]).mkdir()
        Path(configs[0]["output"], "index.html").write_text(
            '<!DOCTYPE html><html dir="ltr" lang="en"><head><meta '
            'charset="utf-8"><script></script></head></html>',
            encoding="utf-8",
        )

    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "a-result.json").write_text('{"start": 1}', encoding="utf-8")
    outcome = build_report(tmp_path / "results", tmp_path / "html", generator=generate)
    assert outcome.index, outcome.text
    assert configs[0]["plugins"]["awesome"]["options"]["reportLanguage"] == tag
    assert category in [one["name"] for one in configs[0]["categories"]]
    assert f'lang="{"zh-CN" if name == "zh" else name}"' in outcome.index.read_text(encoding="utf-8")


# -- runs


def suites(project: object) -> None:
    project.service.replies["/list"] = {
        "success": True,
        "code": "0",
        "data": {"total": "2", "result": [{"id": 1}, {"id": 2}]},
    }
    project.write(
        "testcases/list.yaml", f"suite: list\nrequest: {{method: POST, url: /list}}\ncases:\n{CASES}"
    )
    project.write(
        "testcases/typo.yaml",
        "suite: typo\ncases:\n  - id: a\n    validat: {$.code: '0'}\n  - id: a\n    request: [1]\n",
    )


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one process", "workers"])
def test_an_english_run_holds_no_chinese(project, arguments: tuple[str, ...]) -> None:
    suites(project)
    run = project.run("--lang", "en", "-v", *arguments)
    assert run.code == 1
    assert sorted(run.statuses.values()) == [
        "broken",
        "broken",
        "failed",
        "passed",
        "skipped",
    ]  # the file with a typo is one
    written = {name: data.decode("utf-8", "replace") for name, data in run.everything().items()}
    assert not {
        name: line
        for name, text in written.items()
        for line in text.splitlines()
        if translate.CHINESE.search(line)
    }
    for said in ("did you mean validate?", "Fix:", "expected", "1 passed, 1 failed, 1 broken"):
        assert said in run.out


def test_a_run_speaks_chinese_unless_it_is_told_otherwise(project) -> None:
    suites(project)
    out = project.run().out
    assert "你是不是要写 validate？" in out
    assert "1 通过，1 不符，1 故障" in out


def test_the_project_says_what_its_runs_speak(project) -> None:
    suites(project)
    ini = (project.folder / "pytest.ini").read_text(encoding="utf-8")
    project.write("pytest.ini", ini.replace("lang = zh", "lang = en"))
    assert "did you mean validate?" in project.run("-p", "no:cacheprovider").out
    assert "你是不是要写 validate？" in project.run(env={"HARNESS_LANG": "zh"}).out


def test_an_empty_variable_is_not_the_usual_language(project) -> None:
    suites(project)
    run = project.run(env={"HARNESS_LANG": ""})
    assert run.code == pytest.ExitCode.USAGE_ERROR
    assert "no such language: '' (zh|en)" in run.out


def test_an_unknown_language_is_a_usage_error(project) -> None:
    suites(project)
    run = project.run("--lang", "fr")
    assert run.code == pytest.ExitCode.USAGE_ERROR
    assert "no such language: fr (zh|en)" in run.out
    assert "Traceback" not in run.out
