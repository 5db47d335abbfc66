"""Parses the conditions of a case: when it runs, and how its failure counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from framework.base.errors import did_you_mean
from framework.base.messages import tr
from framework.cases.case import Case, KnownDefect
from framework.cases.quarantine import parse_quarantine
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import MappingNode, Node

RUN_KEYS = ("skip", "only_in", "requires")
CONDITION_KEYS = (*RUN_KEYS, "known_defect", "level", "quarantine")
_DEFECT_KEYS = ("path", "rule", "id", "reason", "link")
_LEVELS = ("error", "warning")


@dataclass(frozen=True, slots=True)
class RunConditions:
    """When a case runs. An empty ``only_in`` means every environment."""

    skip: str = ""
    only_in: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


def narrow_conditions(above: RunConditions, node: MappingNode, reader: Reader) -> RunConditions:
    """Return the conditions of a level below *above*: a case runs only if every level allows it."""
    return RunConditions(
        reader.text(node.get("skip"), "skip") or above.skip,
        _narrow_environments(above.only_in, node.get("only_in"), reader),
        tuple(dict.fromkeys((*above.requires, *reader.literals(node.get("requires"), "requires")))),
    )


def _narrow_environments(above: tuple[str, ...], node: Node | None, reader: Reader) -> tuple[str, ...]:
    if node is None:
        return above
    problems_before = len(reader.problems)
    own = reader.literals(node, "only_in")
    allowed = tuple(name for name in own if name in above) if above else own
    # Without any environment left, the empty list would mean every environment.
    if not allowed and len(reader.problems) == problems_before:
        how = tr("上面各级允许的是：{names}", names=tr("、").join(above)) if above else tr("删去这一行")
        reader.problem("no-environment", tr("only_in 没有留下任何环境，用例不会运行"), how, node.span)
    return allowed or above


class ConditionParser:
    """Adds the conditions of a case, or of one of its rows, to the case."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def add_run_conditions(self, case: Case, node: MappingNode) -> Case:
        """Return *case* with the conditions of *node*, one of its rows, that say when it runs."""
        above = RunConditions(case.skip, case.only_in, case.requires)
        own = narrow_conditions(above, node, self.reader)
        return replace(case, skip=own.skip, only_in=own.only_in, requires=own.requires)

    def add_meaning(self, case: Case, node: MappingNode) -> Case:
        """Return *case* with the keys of *node*, a case or one of its rows, about the meaning of a
        failure.
        """
        level_node = node.get("level")
        level = self.reader.text(level_node, "level") or case.level
        if level not in _LEVELS:
            self.reader.problem(
                "bad-level",
                tr("level 只能是 error 或 warning"),
                did_you_mean(level, _LEVELS),
                level_node.span if level_node else node.span,
            )
        return replace(
            case,
            known_defects=(*case.known_defects, *self._known_defects(node.get("known_defect"))),
            quarantine=parse_quarantine(node.get("quarantine"), self.reader) or case.quarantine,
            level=level,  # type: ignore[arg-type]
        )

    def _known_defects(self, node: Node | None) -> list[KnownDefect]:
        defects = [self._known_defect(item) for item in self.reader.sequence(node, "known_defect")]
        return [defect for defect in defects if defect is not None]

    def _known_defect(self, node: Node) -> KnownDefect | None:
        mapping = self.reader.mapping(node, "known_defect", _DEFECT_KEYS)
        if mapping is None:
            return None
        values = {
            key.value: self._defect_text(key.value, value)
            for key, value in mapping.entries
            if key.value in _DEFECT_KEYS
        }
        # A defect that names no place, rule or record would excuse any failure of the case.
        names_something = any(values.get(name) for name in ("path", "rule", "id"))
        if not values.get("reason") or not names_something:
            self.reader.problem(
                "known-defect",
                tr("已知缺陷要写 reason，以及 path、rule、id 中至少一个"),
                tr("例如 {path: '$.data.result[*].policyTitle', reason: …, link: …}"),
                node.span,
            )
            return None
        return KnownDefect(
            values["reason"],
            values.get("link", ""),
            node.span,
            values.get("path", ""),
            values.get("rule", ""),
            values.get("id", ""),
        )

    def _defect_text(self, key: str, value: Node) -> str:
        is_prose = key in ("reason", "link")
        return self.reader.text(value, key) if is_prose else self.reader.literal(value, key)
