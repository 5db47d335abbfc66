"""Finds matchers that judge an object as a whole and once, but are placed inside its parts or in a loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.cases.case import Call, Case, Check, CheckNode, MatcherCall, Step, Vocabulary


def misplaced(inner: Iterable[CheckNode | Call], outside: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield a problem for each such matcher directly inside *outside*, the word for the block around it."""
    for node in inner:
        calls = node.calls if isinstance(node, Check) else (node,)
        for call in calls:
            if isinstance(call, MatcherCall) and vocabulary[call.name].alone:
                what = tr("{name} 不能写在 {outside} 里：认可的是整个对象", name=call.name, outside=outside)
                how = tr("写到外面去：$.items: {{{name}: …}}", name=call.name)
                yield Problem("matcher-alone", what, how, call.span)


def judged_more_than_once(case: Case, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield a problem for each such matcher that would judge several replies, or one subject twice."""
    seen: set[str] = set()
    for step in case.all_steps:
        for outside, checks in _rounds(step):
            how = tr("循环的各轮写成 parametrize 的各行；等待与翻页之后的，写到那一步的 validate 里")
            for _, call in _lonely(checks, vocabulary):
                what = tr("{name} 不能写在 {outside} 里：只比一次", name=call.name, outside=outside)
                yield Problem("matcher-alone", what, how, call.span)
        for subject, call in _lonely(() if step.for_each else step.checks, vocabulary):
            if subject in seen:
                what = tr("{subject} 在这个用例里与认可的比了两次", subject=subject)
                how = tr("一个用例里每个对象只比一次；分成两个用例")
                yield Problem("matcher-alone", what, how, call.span)
            seen.add(subject)


def _rounds(step: Step) -> Iterator[tuple[str, tuple[CheckNode, ...]]]:
    """Yield the checks of a step that judge more than one reply, with the word for where they are."""
    if step.for_each is not None:
        yield "for_each", (*step.each_reply, *step.checks)
    elif step.each_reply:
        yield "paginate" if step.walk is not None else "repeat", step.each_reply
    if step.wait_for is not None:
        yield "wait_for.until", step.wait_for.until
    if step.skip_unless is not None:
        yield "skip_unless", step.skip_unless.conditions


def _lonely(checks: Iterable[CheckNode], vocabulary: Vocabulary) -> Iterator[tuple[str, MatcherCall]]:
    for check in checks:
        if isinstance(check, Check):
            for call in check.calls:
                if isinstance(call, MatcherCall) and vocabulary[call.name].alone:
                    yield check.subject.text, call
