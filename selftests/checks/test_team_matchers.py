"""``testcases/matchers.py``: how a team's own matchers are found, distinguished and applied, and the
messages about wrong ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from framework.base.errors import ConfigError
from framework.cases.settings import Settings
from framework.checks.registry import matcher_table


@pytest.fixture
def project(small_project):
    return small_project


HEAD = "from framework import matcher\nfrom framework.checks.outcome import PASS\n\n"
DIVISIBLE = (
    HEAD
    + '''
@matcher(example="$.data.totalNum: {divisible_by: 10}")
def divisible_by(value, argument):
    """是给定数的倍数

    更多的话。
    """
    if argument == "outcome":
        return PASS
    if argument == "nothing":
        return None
    return int(value) % argument == 0 or f"余 {int(value) % argument}"


def is_number(argument):
    return None if isinstance(argument, int) else "要一个数"


@matcher(example="$.data.result[*].id: {as_many_as: 2}", kind="list", accepts=is_number)
def as_many_as(values, argument):
    """恰有这么多"""
    return len(values) == argument
'''
)


def table(tmp_path: Path, text: str):
    folder = tmp_path / "testcases"
    folder.mkdir()
    (folder / "matchers.py").write_text(text, "utf-8")
    return matcher_table(Settings(tmp_path, (folder,)))


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        table(tmp_path, text)
    return str(caught.value)


def test_they_stand_beside_ours(tmp_path):
    known = table(tmp_path, DIVISIBLE)
    assert list(known)[-2:] == ["divisible_by", "as_many_as"]
    assert known["divisible_by"].doc == "是给定数的倍数"
    assert known["as_many_as"].kind == "list"


def test_without_the_file_there_are_only_ours(tmp_path):
    assert "divisible_by" not in matcher_table(Settings(tmp_path, (tmp_path,)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:\n", "testcases/matchers.py:1:12: Python 语法有误"),
        ("import nothing_of_this_name\n", "testcases/matchers.py:1:1: 导入时出错：ModuleNotFoundError"),
        (
            "\n\ndef f():\n    raise SystemError('x')\nf()\n",
            "testcases/matchers.py:4:5: 导入时出错：SystemError: x",
        ),
        (
            HEAD + "@matcher(example='$.a: {equals: 1}')\ndef equals(value, argument):\n    '''相等'''\n",
            "testcases/matchers.py:4:1: 匹配器 equals 已经有了",
        ),
        (
            HEAD + "@matcher(example='$.a: {each: 1}')\ndef each(value, argument):\n    '''每条'''\n",
            "匹配器 each 已经有了",
        ),
        (
            HEAD + "@matcher(example='$.a: {mine: 1}')\ndef mine(value, argument):\n    pass\n",
            "匹配器 mine 没有说明",
        ),
        (
            HEAD + "@matcher(example='$.a: {mine: 1}')\ndef mine(value):\n    '''甲'''\n",
            "匹配器 mine 要有两个参数",
        ),
        (
            HEAD + "@matcher(example='$.a: {other: 1}')\ndef mine(value, argument):\n    '''甲'''\n",
            "example 没有用到它",
        ),
        (
            HEAD + "@matcher()\ndef mine(value, argument):\n    '''甲'''\n",
            "testcases/matchers.py:4:1: 导入时出错：TypeError",
        ),
    ],
)
def test_a_wrong_file_is_one_located_message(tmp_path, text, said):
    told = refused(tmp_path, text)
    assert said in told
    assert "Traceback" not in told
    assert len(told.splitlines()) <= 6


def test_all_problems_are_told_at_once(tmp_path):
    wrong = "@matcher(example='$.a: {%s: 1}')\ndef %s(value, argument):\n    '''甲'''\n"
    assert (
        refused(tmp_path, HEAD + wrong % ("empty", "empty") + wrong % ("count", "count")).count("已经有了")
        == 2
    )


# -- in a run


@pytest.fixture
def judged(project, regress):
    def run(check: str):
        project.write("testcases/matchers.py", DIVISIBLE)
        project.suite("request: {url: /list, method: POST}", f"validate: {{{check}}}")
        return regress()

    return run


@pytest.mark.parametrize(
    "check",
    [
        "'$.data.totalNum': {divisible_by: 2}",
        "'$.data.totalNum': {divisible_by: outcome}",
        "'$.data.result[*].id': {as_many_as: 2}",
        "'$.data.totalNum': {not: {divisible_by: 7}}",
    ],
)
def test_a_check_passes(judged, check):
    judged(check).assert_outcomes(passed=1)


def test_a_check_fails_with_the_reason_it_gave(judged):
    result = judged("'$.data.totalNum': {divisible_by: 7}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*余 2*"])


def test_what_it_raises_breaks_the_case_and_names_its_line(judged):
    result = judged("'$.data.result': {divisible_by: 7}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["故障：匹配器 divisible_by 自己出错*TypeError*", "位置：testcases/matchers.py:15:5"]
    )
    assert "CaseFailed" not in result.stdout.str()


def test_an_answer_that_is_none_breaks_the_case(judged):
    judged("'$.data.totalNum': {divisible_by: nothing}").stdout.fnmatch_lines(
        ["故障：匹配器 divisible_by 返回了 None", "位置：testcases/matchers.py:5:1"]
    )


def test_an_argument_is_asked_about_at_collection(judged):
    judged("'$.data.result[*].id': {as_many_as: two}").stdout.fnmatch_lines(
        ["*as_many_as 的值不对：要一个数"]
    )


def test_a_near_name_of_the_teams_is_offered(judged):
    judged("'$.data.totalNum': {divisible: 7}").stdout.fnmatch_lines(["*你是不是要写 divisible_by？"])


def test_a_wrong_file_stops_the_run_in_a_few_lines(project, regress):
    project.write("testcases/matchers.py", "def broken(:\n")
    project.suite("request: {url: /list, method: POST}", "validate: {status_code: 200}")
    result = regress()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = result.stderr.str()
    assert "testcases/matchers.py:1:12: Python 语法有误" in told
    assert "Traceback" not in told
