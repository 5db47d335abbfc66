"""Merges the nodes of a folder, a suite, a case and a step (rule 6 of the case language).

``without`` removes members first. Then mappings are merged deeply, and lists and scalars are replaced. Null
is a value like any other.
"""

from __future__ import annotations

from framework.base.errors import Problem, did_you_mean
from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode


def merge_nodes(base: Node | None, over: Node | None) -> Node | None:
    """Return *base* with *over* merged into it.

    A node that does not change keeps its identity, so that shared checks are parsed only once.
    """
    if base is None or over is None:
        return over if base is None else base
    if not (isinstance(base, MappingNode) and isinstance(over, MappingNode)):
        return over
    if not over.entries:
        return base
    merged = {key.value: (key, value) for key, value in base.entries}
    for key, value in over.entries:
        inherited = merged[key.value][1] if key.value in merged else None
        result = merge_nodes(inherited, value)
        assert result is not None  # for mypy: value is not None
        merged[key.value] = (key, result)
    # A problem of the merged mapping is shown at its nearest level, which its author can change.
    return MappingNode(tuple(merged.values()), over.span)


def remove_member(
    node: Node | None, address: ScalarNode, names: tuple[str, ...]
) -> tuple[Node | None, Problem | None]:
    """Return *node* without the member at the path *names*, and a problem if there is no such member.

    *address* is the text that the user wrote; the problem points to it.
    """
    if not names:
        return None, None if node is not None else _nothing_to_remove(address, "")
    name, rest = names[0], names[1:]
    if not isinstance(node, MappingNode) or node.get(name) is None:
        known = [key.value for key, _ in node.entries] if isinstance(node, MappingNode) else []
        return node, _nothing_to_remove(address, did_you_mean(name, known))
    entries: list[tuple[KeyNode, Node]] = []
    problem: Problem | None = None
    for key, value in node.entries:
        if key.value != name:
            entries.append((key, value))
        elif rest:
            kept, problem = remove_member(value, address, rest)
            entries.append((key, kept if kept is not None else value))
    return MappingNode(tuple(entries), node.span), problem


def _nothing_to_remove(address: ScalarNode, hint: str) -> Problem:
    return Problem(
        "without-nothing",
        tr("without 要去掉的 {address} 并不存在", address=address.value),
        hint or tr("只能去掉 _shared.yaml 或套件里写过的内容,例如 headers.Token、json.pageSize、validate"),
        address.span,
    )
