"""The decorator with which a package or a team declares a matcher of its own.

A team writes it in ``testcases/matchers.py``::

    from framework import matcher


    @matcher(example="$.data.totalNum: {divisible_by: 10}")
    def divisible_by(value, argument):
        \"\"\"是给定数的倍数\"\"\"
        return int(value) % argument == 0 or f"余 {int(value) % argument}"

The function gets the selected value (with ``kind="list"`` the list of them) and the argument. It returns
true or false, a text that describes the deviation, or an Outcome. The first line of its docstring is its
line in
the manual. An exception in it is no verdict on the service: the case is broken, with the place in the file.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from framework.base.cutting import cut
from framework.base.errors import HarnessError, MatcherError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.base.time_limit import HOOK_SECONDS, TookTooLongError, time_limit
from framework.cases.template import format_value
from framework.cases.variables import is_name
from framework.checks.matchers.arguments import anything
from framework.checks.outcome import (
    Matcher,
    Outcome,
    Sources,
    Violation,
    as_given,
    failed,
    passed,
    short_argument,
)
from framework.checks.shown import short

_DECLARATION: Final = "__harness_matcher__"
Accepts = Callable[[Json], "str | None"]
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declaration:
    """The arguments of the decorator."""

    example: str
    kind: Literal["value", "list"]
    accepts: Accepts
    doc: str
    words: str
    prepare: Callable[[Json, Sources], Any]
    show: Callable[[Json], str]
    needs_record: bool
    alone: bool


def matcher(
    *,
    example: str,
    kind: Literal["value", "list"] = "value",
    accepts: Accepts = anything,
    doc: str = "",
    words: str = "",
    prepare: Callable[[Json, Sources], Any] = as_given,
    show: Callable[[Json], str] = short_argument,
    needs_record: bool = False,
    alone: bool = False,
) -> Callable[[Function], Function]:
    """Declare a function as a matcher of the same name.

    *accepts* returns the problem of an argument, or None; it is called when a case is read. *doc* is the
    line of the manual (default: the docstring's first line), *words* the check in a report, with
    ``{argument}``, which *show* formats. *prepare* converts the rendered argument for the function, once for
    all values. With *needs_record* the function also gets the record that the value is part of.
    *alone*: the matcher may not be inside ``each``, ``not``, ``all_of`` or ``any_of``.
    """

    def declare(function: Function) -> Function:
        line = doc or (inspect.getdoc(function) or "").partition("\n")[0]
        made = Declaration(example, kind, accepts, line, words, prepare, show, needs_record, alone)
        function.__dict__[_DECLARATION] = made
        return function

    return declare


def declaration_of(value: object) -> Declaration | None:
    """Return the declaration of *value*, which is any object; None if it is no matcher."""
    found: Declaration | None = getattr(value, "__dict__", {}).get(_DECLARATION)
    return found


def mistakes(function: Callable[..., Any], declared: Declaration, source: Source) -> Iterator[Problem]:
    """Yield the problems of a declared matcher, apart from its name being taken."""
    name, line = function.__name__, function.__code__.co_firstlineno
    if not is_name(name):
        yield problem(
            source, "bad-name", tr("{name} 不能作匹配器的名字", name=name), tr("以字母或汉字开头"), line
        )
    if not declared.doc:
        what = tr("匹配器 {name} 没有说明", name=name)
        yield problem(source, "matcher-undocumented", what, tr('在函数第一行写 """一行说明"""'), line)
    try:
        inspect.signature(function).bind(*(None,) * (3 if declared.needs_record else 2))
    except TypeError:
        what = tr("匹配器 {name} 要有两个参数", name=name)
        how = tr("写 def {name}(value, argument):", name=name)
        yield problem(source, "matcher-parameters", what, how, line)
    if name not in declared.example:
        what = tr("匹配器 {name} 的 example 没有用到它", name=name)
        how = tr('例如 example="$.code: {{{name}: 3}}"', name=name)
        yield problem(source, "matcher-example", what, how, line)


def row_of(
    function: Callable[..., Any], declared: Declaration, source: Source, *, is_limited: bool = False
) -> Matcher:
    """Return the row of the table; exceptions of the function and of *accepts* become located problems.

    If it *is_limited*, the function is ended when it does not return; that costs some time in each call.
    """
    name = function.__name__
    words = declared.words or declared.doc.replace("{", "{{").replace("}", "}}") + f"({name}: {{argument}})"
    return Matcher(
        name,
        declared.kind,
        words,
        declared.doc,
        declared.example,
        _guarded(declared.accepts, source),
        _judge(function, source, is_limited),
        prepare=declared.prepare,
        show=declared.show,
        needs_record=declared.needs_record,
        alone=declared.alone,
    )


def _judge(function: Callable[..., Any], source: Source, is_limited: bool) -> Callable[..., Outcome]:
    call = _limited(function) if is_limited else function

    def judge(value: Json, *arguments: Any) -> Outcome:
        try:
            returned = call(value, *arguments)
        except HarnessError:
            raise
        # A mistake in the matcher is no verdict on the service.
        except (Exception, SystemExit, TookTooLongError) as error:
            raise MatcherError(_raised(error, source, function, value)) from None
        return _outcome(returned, function, source)

    return judge


def _limited(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        with time_limit(HOOK_SECONDS):
            return function(*arguments)

    return call


def _outcome(returned: object, function: Callable[..., Any], source: Source) -> Outcome:
    if isinstance(returned, Outcome):
        return returned
    if isinstance(returned, bool):
        return passed(returned)
    if isinstance(returned, str) and returned:
        return failed(Violation(what=returned))
    what = tr("匹配器 {name} 返回了 {value}", name=function.__name__, value=cut(repr(returned), 60))
    how = tr("返回 True、False，或一句说明哪里不对的话")
    raise MatcherError(problem(source, "matcher-result", what, how, function.__code__.co_firstlineno))


def _guarded(accepts: Accepts, source: Source) -> Accepts:
    def ask(argument: Json) -> str | None:
        try:
            return accepts(argument)
        except Exception as error:  # as in judge
            what = tr("accepts 出错：{error}", error=brief(error))
            line = line_of(error, Path(source.name))
            raise MatcherError(problem(source, "matcher-raised", what, "", line)) from None

    return ask


def _raised(error: BaseException, source: Source, function: Callable[..., Any], value: Json) -> Problem:
    what = tr(
        "匹配器 {name} 自己出错，服务没有得到评判：{error}（值是 {value}）",
        name=function.__name__,
        error=brief(error),
        value=short(value, 60),
    )
    how = tr("先判断类型，再计算；值不合适就返回一句话")
    return problem(source, "matcher-raised", what, how, line_of(error, Path(source.name)))


def line_of(error: BaseException, path: Path) -> int:
    """Return the innermost line of the file *path* that the error passed through; 1 if there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == path.name]
    return (lines[-1] if lines else None) or 1


def brief(error: BaseException) -> str:
    """Return the exception in at most 200 characters."""
    if isinstance(error, TookTooLongError):
        return tr("{n} 秒没有返回", n=format_value(HOOK_SECONDS))
    return cut(f"{type(error).__name__}: {error}".rstrip(": "), 200)


def problem(source: Source, code: str, what: str, how: str, line: int, *, column: int = 0) -> Problem:
    """Return a problem at a line of a Python file, counted from 1."""
    text = source.lines[line - 1] if 0 < line <= len(source.lines) else ""
    start = column or len(text) - len(text.lstrip()) + 1
    return Problem(code, what, how, Span(source, line, start, line, max(start + 1, len(text) + 1)))
