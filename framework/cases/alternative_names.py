"""The names of the alternatives of an ``any_of``: ``- {name: 空列表, $.data.result: {empty: true}}``."""

from __future__ import annotations

from collections.abc import Sequence

from framework.base.messages import tr
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import MappingNode, Node

KEY = "name"


def split_names(branches: Sequence[Node], reader: Reader) -> tuple[tuple[str, ...], list[Node]]:
    """Return the names of the alternatives, empty if they have none, and the alternatives without them."""
    if not any(name_of(branch) for branch in branches):
        return (), list(branches)
    names: list[str] = []
    for branch in branches:
        node = name_of(branch)
        if node is None:
            what = tr("any_of 的这一项没有 name，而别的项有")
            reader.problem(
                "alternative-without-name", what, tr("要么每一项都写 name，要么都不写"), branch.span
            )
            continue
        name = reader.literal(node, "name")
        if name and name in names:
            what = tr("any_of 里有两项都叫 {name}", name=name)
            how = tr("名字用来说明成立的是哪一项，各项要不同")
            reader.problem("alternative-name-twice", what, how, node.span)
        names.append(name)
    return tuple(names), [_without_name(branch) for branch in branches]


def name_of(branch: Node) -> Node | None:
    """Return the name that is written in an alternative."""
    return branch.get(KEY) if isinstance(branch, MappingNode) else None


def _without_name(branch: Node) -> Node:
    if not isinstance(branch, MappingNode):
        return branch
    return MappingNode(tuple(entry for entry in branch.entries if entry[0].value != KEY), branch.span)
