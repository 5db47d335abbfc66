"""Reads the switches with which other harnesses turn a case or a step off."""

from __future__ import annotations

from typing import Final

from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, to_plain
from framework.legacy.import_context import ImportContext
from framework.legacy.old_yaml import walk_scalars

# Keys are compared in lower case, without ``_`` and ``-``.
_OFF_IF_TRUE: Final = frozenset(
    (
        "skip",
        "isskip",
        "skipped",
        "skipcase",
        "disabled",
        "disable",
        "isdisabled",
        "isdisable",
        "ignore",
        "ignored",
        "isignore",
        "pending",
        "跳过",
        "是否跳过",
        "禁用",
        "停用",
    )
)
_OFF_IF_FALSE: Final = frozenset(
    (
        "run",
        "isrun",
        "ifrun",
        "torun",
        "needrun",
        "runcase",
        "runflag",
        "shouldrun",
        "runnable",
        "enabled",
        "enable",
        "isenabled",
        "isenable",
        "active",
        "isactive",
        "execute",
        "isexecute",
        "isexec",
        "ifexecute",
        "exec",
        "isuse",
        "isvalid",
        "执行",
        "是否执行",
        "运行",
        "是否运行",
        "启用",
        "是否启用",
    )
)
_OFF_ON_CONDITION: Final = frozenset(
    ("skipif", "skipunless", "runif", "runonlyif", "onlyif", "when", "condition")
)
_MARKS: Final = frozenset(("mark", "marks", "marker", "markers", "pytestmark", "tag", "tags"))
_STATES: Final = ("status", "state", "状态")
_OFF_STATES: Final = (
    "disabled",
    "disable",
    "skip",
    "skipped",
    "off",
    "inactive",
    "停用",
    "禁用",
    "跳过",
    "不执行",
)
_YES: Final = ("true", "yes", "y", "1", "on", "run", "是", "执行", "运行", "启用")
_NO: Final = ("false", "no", "n", "0", "off", "否", "不执行", "不运行", "停用", "禁用")


def reason_off(node: MappingNode, context: ImportContext) -> str:
    """Return why a case or step is turned off, for ``skip``; an empty text if it is on."""
    reasons = [reason for key, value in node.entries if (reason := _reason(key, value, context))]
    return "；".join(dict.fromkeys(reasons))


def _reason(key: KeyNode, node: Node, context: ImportContext) -> str:
    name = key.value.lower().replace("_", "").replace("-", "")
    if name in _OFF_ON_CONDITION and to_plain(node) not in (None, "", False):
        context.remark(
            key, tr("条件 {key}：{text}", key=key.value, text=to_plain(node)), tr("写成 only_in 或 requires")
        )
        return tr("旧用例按条件跳过：{text}", text=f"{key.value}: {to_plain(node)}")
    if name in _STATES and str(to_plain(node)).strip().lower() in _OFF_STATES:
        context.wrote(node)
        return tr("旧用例标为不运行")
    if name in _MARKS and (off := _mark_that_skips(node)):
        return tr("旧用例标为不运行：{text}", text=f"{key.value}: {off}")
    if name not in _OFF_IF_TRUE | _OFF_IF_FALSE:
        return ""
    if not isinstance(node, ScalarNode):
        return _unreadable(key, node, context) if to_plain(node) else ""
    text = "" if node.value is None else str(node.value).strip()
    if not text:
        return ""
    is_yes, is_no = text.lower() in _YES, text.lower() in _NO
    if is_yes or is_no:
        context.wrote(node)
        if name in _OFF_IF_TRUE:
            return tr("旧用例标为跳过，没有写原因") if is_yes else ""
        return tr("旧用例标为不运行") if is_no else ""
    if name in _OFF_IF_TRUE:
        context.wrote(node, text)
        return text
    return _unreadable(key, node, context)


def _mark_that_skips(node: Node) -> str:
    """Return the first of pytest's marks that keeps a case from running, or an empty text."""
    texts = (str(scalar.value) for scalar in walk_scalars(node))
    return next((text for text in texts if text.strip().lower().startswith("skip")), "")


def _unreadable(key: KeyNode, node: Node, context: ImportContext) -> str:
    """Nobody can say what the value means, so the case does not run before a person has looked at it."""
    text = to_plain(node)
    context.remark(key, tr("开关 {key}：{text}", key=key.value, text=text), tr("要运行就删去 skip"))
    return tr("旧用例的开关读不懂：{text}", text=f"{key.value}: {text}")
