"""The Python files in which a team extends the harness, each beside its suites.

``matchers.py`` has matchers (see ``declare``). ``functions.py``, ``signers.py`` and ``decoders.py`` have
plain functions, which cases name. A file is imported when a case first names one of its functions.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import sys
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from framework.base.errors import CaseFileError, ConfigError, HarnessError, HookError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Source
from framework.base.time_limit import HOOK_SECONDS, TookTooLongError, time_limit
from framework.cases.case import HookKind
from framework.cases.settings import Settings
from framework.cases.template import format_value
from framework.cases.yaml.textfile import read_source
from framework.checks.declare import brief, line_of, matcher, problem

OLD_DOOR: Final = "framework.matchers"
_WORDS: dict[HookKind, str] = {"functions": "函数", "signers": "签名函数", "decoders": "解码函数"}


@dataclass(frozen=True, slots=True)
class TeamFunction:
    """One function of a team's file."""

    kind: HookKind
    name: str
    function: Callable[..., Any]
    source: Source
    seconds: float = HOOK_SECONDS

    def refusal(self, names: Collection[str]) -> str:
        """Return why the function cannot be called with arguments of these *names*; empty if it can."""
        signature = inspect.signature(self.function)
        try:
            signature.bind(**dict.fromkeys(names))
        except TypeError:
            return tr("{name} 的参数是 {signature}", name=self.name, signature=f"{self.name}{signature}")
        return ""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the function.

        Raises:
            HookError: the function raised, or took too long; the problem has the line of the team's file.
        """
        try:
            with time_limit(self.seconds):
                return self.function(*arguments, **named)
        except HarnessError:
            raise
        except TookTooLongError as error:
            what = tr("{n} 秒没有返回", n=format_value(self.seconds))
            how = tr("停在这一行；要更久就在 environments.yaml 里写 timeout: {hook: 秒数}")
            raise self.error(what, line_of(error, self.path), how) from None
        except (Exception, SystemExit) as error:  # a mistake in the file is no verdict on the service
            raise self.error(tr("出错：{error}", error=brief(error)), line_of(error, self.path)) from None

    @property
    def path(self) -> Path:
        return Path(self.function.__code__.co_filename)

    def error(self, what: str, line: int = 0, how: str = "") -> HookError:
        """Return the error about the function; *what* describes the mistake."""
        text = tr("{kind} {name} {what}", kind=tr(_WORDS[self.kind]), name=self.name, what=what)
        return HookError(
            problem(self.source, "hook", text, how, line or self.function.__code__.co_firstlineno)
        )

    def json(self, value: object, most_bytes: int) -> Json:
        """Return the result of the function, as JSON.

        Raises:
            HookError: it is not JSON, or larger than *most_bytes*.
        """
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            kind = type(value).__name__
            raise self.error(
                tr("返回的 {type} 不是 JSON（{error}）", type=kind, error=brief(error))
            ) from None
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > most_bytes:
            what = tr("返回了 {size} 字节，环境最多收 {most} 字节", size=size, most=most_bytes)
            raise self.error(what)
        found: Json = json.loads(text)
        return found


class TeamFunctions:
    """The functions in the files of a project, by kind and name. Each may take as many *seconds*."""

    def __init__(self, settings: Settings, seconds: float = HOOK_SECONDS) -> None:
        self._settings = settings
        self._seconds = seconds
        self._known: dict[HookKind, Mapping[str, TeamFunction]] = {}

    def __call__(self, kind: HookKind) -> Mapping[str, TeamFunction]:
        """Return the functions of one kind.

        Raises:
            ConfigError: a file cannot be imported.
        """
        if kind not in self._known:
            self._known[kind] = self._read(kind)
        return self._known[kind]

    def _read(self, kind: HookKind) -> dict[str, TeamFunction]:
        found: dict[str, TeamFunction] = {}
        for path in (folder / f"{kind}.py" for folder in self._settings.folders):
            if path.is_file():
                found.update(self._functions(kind, path))
        return found

    def _functions(self, kind: HookKind, path: Path) -> dict[str, TeamFunction]:
        source = source_of(path, self._settings.root)
        try:
            module = import_file(path, source)
        except CaseFileError as error:
            raise ConfigError(*error.problems) from None
        own = {
            name: value
            for name, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        }
        return {name: TeamFunction(kind, name, value, source, self._seconds) for name, value in own.items()}


def source_of(path: Path, root: Path) -> Source:
    """Read a team's file; its name in problems is relative to *root*."""
    return read_source(path, path.relative_to(root).as_posix() if root in path.parents else path.name)


def import_file(path: Path, source: Source) -> types.ModuleType:
    """Import the file by its path, under a name that no other module has.

    Raises:
        CaseFileError: it is not Python, or its code raised.
    """
    name = f"_{path.stem}_of_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # because its name ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses in the file look for it there
    sys.modules.setdefault(OLD_DOOR, _old_door())
    try:
        with time_limit(HOOK_SECONDS):
            spec.loader.exec_module(module)
    except SyntaxError as error:
        what = tr("Python 语法有误：{error}", error=error.msg)
        wrong = problem(source, "matchers-syntax", what, "", error.lineno or 1, column=error.offset or 1)
        raise CaseFileError(wrong) from None
    except (Exception, SystemExit, TookTooLongError) as error:  # whatever it does, its author gets the line
        what = tr("导入时出错：{error}", error=brief(error))
        raise CaseFileError(problem(source, "matchers-import", what, "", line_of(error, path))) from None
    return module


def _old_door() -> types.ModuleType:
    """Return the module that ``from framework.matchers import matcher`` finds: its name until version 2."""
    door = types.ModuleType(OLD_DOOR)
    door.__dict__["matcher"] = matcher
    return door
