"""The tree that YAML is read into: scalars, sequences and mappings, each with its source span."""

from __future__ import annotations

from dataclasses import dataclass

from framework.base.jsonpath import Json
from framework.base.source import Span


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value. ``plain`` is true if it is written without quotes."""

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
    """The key of a mapping's entry. It is always text."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping with its entries in source order. The keys are unique."""

    entries: tuple[tuple[KeyNode, Node], ...]
    span: Span

    def get(self, name: str) -> Node | None:
        """Return the value of the entry called *name*, or None."""
        for key, value in self.entries:
            if key.value == name:
                return value
        return None


Node = ScalarNode | SequenceNode | MappingNode


def to_plain(node: Node) -> Json:
    """Return the node as plain data, without spans."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, SequenceNode):
        return [to_plain(item) for item in node.items]
    return {key.value: to_plain(value) for key, value in node.entries}


def join_values(first: Node, second: Node) -> Node:
    """Join two values that were given for the same key, so that mistakes in both of them are found.

    Returns *first* if the two are of different kinds or are scalars.
    """
    if isinstance(first, SequenceNode) and isinstance(second, SequenceNode):
        return SequenceNode((*first.items, *second.items), first.span)
    if isinstance(first, MappingNode) and isinstance(second, MappingNode):
        names = {key.value for key, _ in first.entries}
        added = tuple(entry for entry in second.entries if entry[0].value not in names)
        return MappingNode((*first.entries, *added), first.span)
    return first
