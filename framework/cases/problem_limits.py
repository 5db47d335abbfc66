"""Limits the problems of one file: not too many, and none that only follows from another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from framework.base.errors import Problem
from framework.base.messages import tr

MAX_REPORTED = 200
MAX_COLLECTED = 1000
"""The reading of a file ends after so many problems: nobody corrects them in one go, and each costs time."""

Position = tuple[int, int]
"""Line and column, from 1."""

_AFTER_ANY_END = (1 << 30, 0)


def limit_problems(problems: Sequence[Problem], *, stopped: bool = False) -> Sequence[Problem]:
    """Return the first MAX_REPORTED problems, followed by one that counts the rest.

    If the reading was *stopped*, the count is a lower bound.
    """
    if len(problems) <= MAX_REPORTED:
        return problems
    count = len(problems) - MAX_REPORTED
    if stopped:
        what = tr("从这里起另有 {count} 处以上的问题没有列出", count=count)
    else:
        what = tr("从这里起另有 {count} 处问题没有列出", count=count)
    rest = Problem("more-problems", what, tr("先改上面的，再检查一次"), problems[MAX_REPORTED].span)
    return (*problems[:MAX_REPORTED], rest)


def start_of(problem: Problem) -> Position:
    """Return the start of the problem, as a key to sort by; (0, 0) if it has no place."""
    return (problem.span.line, problem.span.column) if problem.span else (0, 0)


def drop_consequences(problems: Iterable[Problem], yaml_problems: Iterable[Problem]) -> list[Problem]:
    """Return *problems* without those that overlap one of *yaml_problems*.

    A value that YAML could not read is not the value that was meant, so its other problems are consequences.
    A problem that spans several lines is kept: it is about something that is missing there.
    """
    spans_by_file: dict[str, list[tuple[Position, Position]]] = {}
    for problem in yaml_problems:
        span = problem.span
        if span is not None:
            spans = spans_by_file.setdefault(span.source.name, [])
            spans.append((start_of(problem), (span.end_line, span.end_column)))
    for spans in spans_by_file.values():
        spans.sort()
    return [problem for problem in problems if not _is_consequence(problem, spans_by_file)]


def _is_consequence(problem: Problem, spans_by_file: dict[str, list[tuple[Position, Position]]]) -> bool:
    span = problem.span
    spans = spans_by_file.get(span.source.name) if span else None
    if span is None or not spans:
        return False
    # The spans are sorted and do not overlap, so only the neighbours of the problem can overlap it.
    start, end = start_of(problem), (span.end_line, span.end_column)
    next_index = bisect_right(spans, (start, _AFTER_ANY_END))
    if next_index > 0:
        earlier_start, earlier_end = spans[next_index - 1]
        if earlier_start == start or earlier_end > start:
            return True
    is_one_line = span.line == span.end_line
    return is_one_line and next_index < len(spans) and spans[next_index][0] < end
