"""What YAML is read into: values, lists and objects, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass

from framework.base.jsonpath import Json
from framework.base.source import Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. ``plain``: written without quotes."""

    value: str | int | float | bool | None
    span: Span
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Key:
    """A member name; always text."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """An object, its entries in the order of the text; keys are text and unique."""

    entries: tuple[tuple[Key, Node], ...]
    span: Span

    def get(self, name: str) -> Node | None:
        return next((value for key, value in self.entries if key.value == name), None)


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Json:
    """Return the node as plain data, without its places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.entries}


def joined(first: Node, second: Node) -> Node:
    """Return what two values of one key say together, so that both are read on; *first* where they cannot be
    one.
    """
    if isinstance(first, Sequence) and isinstance(second, Sequence):
        return Sequence((*first.items, *second.items), first.span)
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        names = {key.value for key, _ in first.entries}
        return Mapping(
            (*first.entries, *(entry for entry in second.entries if entry[0].value not in names)), first.span
        )
    return first
