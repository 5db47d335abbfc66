"""What YAML is read into: values, lists and objects, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass

from framework.base.jsonpath import Json
from framework.base.source import Span


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value. ``plain``: written without quotes."""

    value: str | int | float | bool | None
    span: Span
    plain: bool = True


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class KeyNode:
    """A member name; always text."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class MappingNode:
    """An object, its entries in the order of the text; keys are text and unique."""

    entries: tuple[tuple[KeyNode, Node], ...]
    span: Span

    def get(self, name: str) -> Node | None:
        return next((value for key, value in self.entries if key.value == name), None)


Node = ScalarNode | SequenceNode | MappingNode


def to_plain(node: Node) -> Json:
    """Return the node as plain data, without its places."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, SequenceNode):
        return [to_plain(item) for item in node.items]
    return {key.value: to_plain(value) for key, value in node.entries}


def join_values(first: Node, second: Node) -> Node:
    """Return what two values of one key say together, so that both are read on; *first* where they cannot be
    one.
    """
    if isinstance(first, SequenceNode) and isinstance(second, SequenceNode):
        return SequenceNode((*first.items, *second.items), first.span)
    if isinstance(first, MappingNode) and isinstance(second, MappingNode):
        names = {key.value for key, _ in first.entries}
        return MappingNode(
            (*first.entries, *(entry for entry in second.entries if entry[0].value not in names)), first.span
        )
    return first
