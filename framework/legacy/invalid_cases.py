"""Removes from a converted case the parts that lint would refuse, with a remark for each."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node
from framework.legacy.import_context import ImportContext

ANY_CHECK: dict[str, Json] = {"status_code": {"between": [200, 299]}}


def review_no_check(node: Node, name: str, context: ImportContext) -> None:
    """Ask for a check: a case without one would be refused, so it gets one of the status alone."""
    context.review(
        node, tr("{name} 没有能失败的断言，只检查了状态码 2xx", name=name), tr("写明答复里要有什么")
    )


@dataclass(frozen=True)
class ExchangePlaces:
    """The old places of an exchange: its case or step, and its checks by subject."""

    node: MappingNode
    checks: dict[str, list[Node | KeyNode]]


@dataclass(frozen=True)
class CaseMender:
    """Mends the cases of a suite; ``suite`` is its document without cases."""

    context: ImportContext
    problems_of: Callable[[dict[str, Json]], tuple[Problem, ...]]
    suite: dict[str, Json]

    def mend(
        self, node: MappingNode, case: dict[str, Json], places: list[ExchangePlaces]
    ) -> dict[str, Json] | None:
        """Return the case without its invalid checks; None, after a remark, if something else is invalid."""
        if not self._problems(case):
            return case
        bare = copy.deepcopy(case)
        for exchange in _exchanges(bare):
            exchange["validate"] = dict(ANY_CHECK)
        if problems := self._problems(bare):
            self._leave_out(node, case, problems)
            return None
        for index, (exchange, place) in enumerate(zip(_exchanges(case), places, strict=True)):
            self._remove_checks(bare, index, exchange, place)
        problems = self._problems(case)
        self._leave_out(node, case, problems)
        return None if problems else case

    def _remove_checks(
        self, bare: dict[str, Json], index: int, exchange: dict[str, Json], place: ExchangePlaces
    ) -> None:
        def problems_with(subject: str, matchers: Json) -> tuple[Problem, ...]:
            trial = copy.deepcopy(bare)
            list(_exchanges(trial))[index]["validate"] = {subject: matchers}
            return self._problems(trial)

        for subject, matchers in list(exchange["validate"].items()):
            if not problems_with(subject, matchers):
                continue
            parts, olds = _parts(matchers), place.checks.get(subject, [place.node])
            if len(parts) != len(olds):
                parts = [matchers]
            # Of assertions that contradict each other, the first is kept.
            kept: list[Json] = []
            for part, places in zip(
                parts, [[old] for old in olds] if len(parts) > 1 else [olds], strict=True
            ):
                problems = problems_with(subject, _together([*kept, part]))
                if not problems:
                    kept.append(part)
                for old in places if problems else ():
                    what = tr("断言 {key}：{why}", key=subject, why=problems[0].what)
                    self.context.remark(old, what, problems[0].how)
            if kept:
                exchange["validate"][subject] = _together(kept)
            else:
                del exchange["validate"][subject]
        if not exchange["validate"]:
            exchange["validate"] = dict(ANY_CHECK)
            review_no_check(place.node, exchange.get("name") or bare["id"], self.context)

    def _problems(self, case: dict[str, Json]) -> tuple[Problem, ...]:
        return self.problems_of({**self.suite, "cases": [case]})

    def _leave_out(self, node: MappingNode, case: dict[str, Json], problems: tuple[Problem, ...]) -> None:
        for problem in problems:
            what = tr("用例 {id}：{why}", id=case["id"], why=problem.what)
            self.context.remark(node, what, problem.how)


def _parts(matchers: Json) -> list[Json]:
    """Return the matchers of a subject one by one."""
    if isinstance(matchers, dict) and matchers.keys() == {"all_of"}:
        return list(matchers["all_of"])
    return (
        [{name: argument} for name, argument in matchers.items()]
        if isinstance(matchers, dict)
        else [matchers]
    )


def _together(parts: list[Json]) -> Json:
    """Return *parts* as the matchers of one subject."""
    if len(parts) == 1:
        return parts[0]
    names = [name for part in parts for name in part]
    return (
        {"all_of": parts}
        if len(set(names)) < len(names)
        else {k: v for part in parts for k, v in part.items()}
    )


def _exchanges(case: dict[str, Json]) -> Iterator[dict[str, Json]]:
    yield from case.get("steps", [case])
