"""How many problems of one file are told, and which of them only follow from another one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from framework.base.errors import Problem
from framework.base.messages import tr

MAX_REPORTED = 200
MAX_COLLECTED = 1000
"""So many, and the reading of the file ends: nobody mends them in one sitting, and each costs time."""


def limit_problems(problems: Sequence[Problem], *, stopped: bool = False) -> Sequence[Problem]:
    """Return the first problems, and after them one that says how many there are besides; *stopped*: at
    least.
    """
    if len(problems) <= MAX_REPORTED:
        return problems
    count = len(problems) - MAX_REPORTED
    what = (
        tr("从这里起另有 {count} 处以上的问题没有列出", count=count)
        if stopped
        else tr("从这里起另有 {count} 处问题没有列出", count=count)
    )
    return (
        *problems[:MAX_REPORTED],
        Problem("more-problems", what, tr("先改上面的,再检查一次"), problems[MAX_REPORTED].span),
    )


def start_of(problem: Problem) -> tuple[int, int]:
    return (problem.span.line, problem.span.column) if problem.span else (0, 0)


def drop_consequences(problems: Iterable[Problem], values: Iterable[Problem]) -> list[Problem]:
    """Return those of *problems* that do not stand where one of *values*, the mistakes of YAML, stands: there
    the value is not the one that was meant. A problem of several lines tells of what is lacking in them, so
    it stays.
    """
    wrong: dict[str, list[tuple[tuple[int, int], tuple[int, int]]]] = {}
    for value in values:
        if value.span:
            wrong.setdefault(value.span.source.name, []).append(
                (start_of(value), (value.span.end_line, value.span.end_column))
            )
    for spans in wrong.values():
        spans.sort()
    return [problem for problem in problems if not _follows(problem, wrong)]


def _follows(problem: Problem, wrong: dict[str, list[tuple[tuple[int, int], tuple[int, int]]]]) -> bool:
    span = problem.span
    spans = wrong.get(span.source.name) if span else None
    if span is None or not spans:
        return False
    start, end = start_of(problem), (span.end_line, span.end_column)
    at = bisect_right(spans, (start, (1 << 30, 0))) - 1
    if at >= 0 and (spans[at][0] == start or spans[at][1] > start):
        return True
    return span.line == span.end_line and at + 1 < len(spans) and spans[at + 1][0] < end
