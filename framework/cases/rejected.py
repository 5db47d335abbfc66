"""Parses ``rejected_credentials`` of an environment: statuses, and checks of a reply, that mean it."""

from __future__ import annotations

from framework.base.messages import tr
from framework.cases.case import CheckNode, Vocabulary
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_KEY = "rejected_credentials"


def parse_statuses(node: Node | None, reader: Reader) -> tuple[int, ...]:
    """Return the statuses in the list *node*, and report an entry that is neither a status nor checks."""
    found = []
    for item in reader.sequence(node, _KEY):
        value = item.value if isinstance(item, ScalarNode) else None
        if isinstance(value, int) and 100 <= value <= 599:
            found.append(value)
        elif not isinstance(item, MappingNode):
            how = tr("例如 [401] 或 [401, {$.code: '40101'}]")
            reader.problem("bad-status", tr("rejected_credentials 里写状态码或检查"), how, item.span)
    return tuple(found)


def parse_replies(
    node: Node | None, reader: Reader, vocabulary: Vocabulary | None
) -> tuple[tuple[CheckNode, ...], ...]:
    """Return the groups of checks in the list *node*; none without a *vocabulary* of matchers."""
    groups = node.items if isinstance(node, SequenceNode) else ()
    groups = tuple(group for group in groups if isinstance(group, MappingNode))
    if not groups or vocabulary is None:
        return ()
    from framework.cases.parse_checks import CheckParser  # noqa: PLC0415  # few environments have checks

    parser = CheckParser(reader, vocabulary)
    return tuple(checks for group in groups if (checks := parser.checks(group)))
