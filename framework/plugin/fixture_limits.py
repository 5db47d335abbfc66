"""Ends the pytest fixtures of a case that take too long, like the other functions of the team."""

from __future__ import annotations

import traceback
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from framework.base.errors import HookError, Problem
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.base.time_limit import TookTooLongError, time_limit
from framework.cases.template import format_value
from framework.plugin.items import CaseItem
from framework.plugin.state import plan_of


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Limit each fixture that a case needs. pytest keeps the error, so a wide one hangs only once."""
    if not isinstance(request._pyfuncitem, CaseItem):
        return (yield)
    seconds = plan_of(request.config).environment.hook_timeout
    try:
        with time_limit(seconds):
            return (yield)
    except TookTooLongError as caught:
        error = _error(fixturedef.argname, seconds, caught, request.config.rootpath)
        key = fixturedef.cache_key(request)  # type: ignore[arg-type]
        fixturedef.cached_result = (None, key, (error, None))
        raise error from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    if not isinstance(item, CaseItem) or not item.fixturenames:
        return (yield)
    seconds = plan_of(item.config).environment.hook_timeout
    try:
        with time_limit(seconds):
            return (yield)
    except TookTooLongError as caught:
        raise _error("", seconds, caught, item.config.rootpath) from None


def _error(name: str, seconds: float, caught: BaseException, root: Path) -> HookError:
    words = tr("fixture {name}", name=name) if name else tr("fixture 的收回")
    what = tr("{kind} {n} 秒没有返回", kind=words, n=format_value(seconds))
    how = tr("停在这一行；要更久就在 environments.yaml 里写 timeout: {hook: 秒数}")
    return HookError(Problem("hook", what, how, _place(caught, root)))


def _place(caught: BaseException, root: Path) -> Span | None:
    """Return the innermost line of the project that the exception passed through; None if there is none."""
    for frame in reversed(traceback.extract_tb(caught.__traceback__)):
        path = Path(frame.filename)
        if root in path.parents and "site-packages" not in path.parts and frame.lineno:
            line = frame.lineno
            source = Source(path.relative_to(root).as_posix(), path.read_text("utf-8", "replace"))
            return Span(source, line, 1, line, len(source.lines[line - 1]) + 1)
    return None
