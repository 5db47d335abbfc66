"""Parses ``skip_unless``: the condition on the service's data without which a case makes no sense, and the
reason.
"""

from __future__ import annotations

from framework.base.messages import tr
from framework.cases.case import SkipUnless
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import MappingNode, Node


def parse_skip_unless(node: Node | None, reader: Reader, checks: CheckParser) -> SkipUnless | None:
    """Parse ``skip_unless: {reason: …, SUBJECT: …}``."""
    mapping = reader.mapping(node, "skip_unless")
    if mapping is None:
        return None
    reason = mapping.get("reason")
    if reason is None:
        how = tr("例如 skip_unless: {reason: 至少要有 50 条政策, '${total}': {at_least: 50}}")
        what = tr("skip_unless 缺 reason：为什么没有这样的数据就不问")
        reader.problem("no-reason", what, how, mapping.span)
    entries = tuple(entry for entry in mapping.entries if entry[0].value != "reason")
    if not entries:
        what = tr("skip_unless 没有写要看什么")
        reader.problem("no-condition", what, tr("在 reason 旁边写检查"), mapping.span)
    conditions = checks.checks(MappingNode(entries, mapping.span))
    return SkipUnless(reader.text(reason, "reason"), conditions, mapping.span)
