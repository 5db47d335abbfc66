"""Matchers of the team's own: ``testcases/matchers.py``, one decorated function each::

    from framework import matcher

    @matcher(example="$.data.totalNum: {divisible_by: 10}")
    def divisible_by(value, argument):
        \"\"\"是给定数的倍数\"\"\"
        return int(value) % argument == 0 or f"余 {int(value) % argument}"

A function gets the selected value (with ``kind="list"`` the list of them) and the argument; it returns true
or false, a text that says what is wrong, or an Outcome. Its docstring is the line of the manual. What it
raises is no verdict on the service: the case is broken, and says where in this file.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Literal, TypeVar

from framework.base.errors import CaseFileError, ConfigError, HarnessError, MatcherError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.parse_checks import STRUCTURE
from framework.cases.variables import is_name
from framework.cases.yamlfile import read_source
from framework.checks.matchers import MATCHERS
from framework.checks.matchers.arguments import anything
from framework.checks.outcome import Fault, Matcher, Outcome, failed, passed
from framework.checks.shown import short

FILE: Final = "matchers.py"
_SAID: Final = "__harness_matcher__"
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class _Said:
    """What the decorator was given."""

    example: str
    kind: Literal["value", "list"]
    accepts: Callable[[Json], str | None]


def matcher(
    *,
    example: str,
    kind: Literal["value", "list"] = "value",
    accepts: Callable[[Json], str | None] = anything,
) -> Callable[[Function], Function]:
    """Declare a matcher. *accepts* returns what is wrong with an argument, or None: it is asked when the case
    is read.
    """

    def mark(function: Function) -> Function:
        function.__dict__[_SAID] = _Said(example, kind, accepts)
        return function

    return mark


def vocabulary(folders: Iterable[Path], root: Path) -> Mapping[str, Matcher]:
    """Return our matchers and those of the ``matchers.py`` in *folders*.

    Raises:
        ConfigError: such a file is wrong; all its problems at once.
    """
    table: dict[str, Matcher] = {**MATCHERS}
    problems: list[Problem] = []
    for path in (folder / FILE for folder in folders):
        if path.is_file():
            try:
                _load(
                    path,
                    path.relative_to(root).as_posix() if root in path.parents else path.name,
                    table,
                    problems,
                )
            except CaseFileError as error:
                problems += error.problems
    if problems:
        raise ConfigError(*problems)
    return table


def _load(path: Path, name: str, table: dict[str, Matcher], problems: list[Problem]) -> None:
    source = read_source(path, name)
    for function in _declared(_module(path, source)):
        found = list(_mistakes(function, table, source))
        problems += found
        if not found:
            table[function.__name__] = _row(function, source)


def _module(path: Path, source: Source) -> ModuleType:
    """Import the file by its path, under a name that no other module has."""
    name = f"_matchers_of_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CaseFileError(
            Problem(
                "matchers-unreadable",
                tr("{name}: 读不了这个文件({reason})", name=source.name, reason=path.suffix),
            )
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses in the file look for it there
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise CaseFileError(
            _problem(
                source,
                "matchers-syntax",
                tr("Python 语法有误:{error}", error=error.msg),
                "",
                error.lineno or 1,
                column=error.offset or 1,
            )
        ) from None
    except Exception as error:  # whatever the file does, its author is told where
        raise CaseFileError(
            _problem(
                source,
                "matchers-import",
                tr("导入时出错:{error}", error=_brief(error)),
                "",
                _line(error, path),
            )
        ) from None
    return module


def _declared(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for value in vars(module).values():
        if _SAID in getattr(value, "__dict__", {}):
            yield value


def _mistakes(
    function: Callable[..., Any], table: Mapping[str, Matcher], source: Source
) -> Iterator[Problem]:
    name, line = function.__name__, function.__code__.co_firstlineno
    if name in table or name in STRUCTURE:
        yield _problem(
            source, "matcher-taken", tr("匹配器 {name} 已经有了", name=name), tr("换一个名字"), line
        )
    if not is_name(name):
        yield _problem(
            source, "bad-name", tr("{name} 不能作匹配器的名字", name=name), tr("以字母或汉字开头"), line
        )
    if not inspect.getdoc(function):
        yield _problem(
            source,
            "matcher-undocumented",
            tr("匹配器 {name} 没有说明", name=name),
            tr('在函数第一行写 """一行说明"""'),
            line,
        )
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        yield _problem(
            source,
            "matcher-parameters",
            tr("匹配器 {name} 要有两个参数", name=name),
            tr("写 def {name}(value, argument):", name=name),
            line,
        )
    if name not in function.__dict__[_SAID].example:
        yield _problem(
            source,
            "matcher-example",
            tr("匹配器 {name} 的 example 没有用到它", name=name),
            tr('例如 example="$.code: {{{name}: 3}}"', name=name),
            line,
        )


def _row(function: Callable[..., Any], source: Source) -> Matcher:
    said: _Said = function.__dict__[_SAID]
    doc = (inspect.getdoc(function) or "").splitlines()[0]
    words = doc.replace("{", "{{").replace("}", "}}") + f"({function.__name__}: {{argument}})"
    return Matcher(
        function.__name__,
        said.kind,
        words,
        doc,
        said.example,
        _guarded(said.accepts, source),
        _judge(function, source),
    )


def _judge(function: Callable[..., Any], source: Source) -> Callable[[Any, Any], Outcome]:
    def judge(value: Json, argument: Json) -> Outcome:
        try:
            said = function(value, argument)
        except HarnessError:
            raise
        except Exception as error:  # a mistake in the matcher is no verdict on the service
            raise MatcherError(_raised(error, source, function, value)) from None
        return _outcome(said, function, source)

    return judge


def _outcome(said: object, function: Callable[..., Any], source: Source) -> Outcome:
    if isinstance(said, Outcome):
        return said
    if isinstance(said, bool):
        return passed(said)
    if isinstance(said, str) and said:
        return failed(Fault(what=said))
    what = tr("匹配器 {name} 返回了 {value}", name=function.__name__, value=repr(said)[:60])
    how = tr("返回 True、False,或一句说明哪里不对的话")
    raise MatcherError(_problem(source, "matcher-result", what, how, function.__code__.co_firstlineno))


def _guarded(accepts: Callable[[Json], str | None], source: Source) -> Callable[[Json], str | None]:
    def ask(argument: Json) -> str | None:
        try:
            return accepts(argument)
        except Exception as error:  # as in judge
            raise MatcherError(
                _problem(
                    source,
                    "matcher-raised",
                    tr("accepts 出错:{error}", error=_brief(error)),
                    "",
                    _line(error, Path(source.name)),
                )
            ) from None

    return ask


def _raised(error: Exception, source: Source, function: Callable[..., Any], value: Json) -> Problem:
    what = tr(
        "匹配器 {name} 自己出错,服务没有得到评判:{error}(值是 {value})",
        name=function.__name__,
        error=_brief(error),
        value=short(value, 60),
    )
    return _problem(
        source,
        "matcher-raised",
        what,
        tr("先判断类型,再计算;值不合适就返回一句话"),
        _line(error, Path(source.name)),
    )


def _line(error: BaseException, path: Path) -> int:
    """Return the innermost line of the team's file that the error passed through."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).name == path.name
    ]
    return (lines[-1] if lines else None) or 1


def _brief(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")[:200]


def _problem(source: Source, code: str, what: str, how: str, line: int, *, column: int = 0) -> Problem:
    text = source.lines[line - 1] if 0 < line <= len(source.lines) else ""
    start = column or len(text) - len(text.lstrip()) + 1
    return Problem(code, what, how, Span(source, line, start, line, max(start + 1, len(text) + 1)))
