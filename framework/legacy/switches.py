"""Reads the switches with which other harnesses turn a case or a step off."""

from __future__ import annotations

import re
from typing import Final

from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, to_plain
from framework.legacy.import_context import ImportContext
from framework.legacy.old_yaml import walk_scalars

# Keys are compared in lower case, without ``_`` and ``-``.
_PREFIXES = r"(?:is|if|be|to|do|can|need|needs|should|case|step|test|api|flag|是否|用例|步骤)*"
_SUFFIXES = r"(?:case|step|test|api|this|flag|用例|步骤|它)*"
_OFF_IF_TRUE: Final = re.compile(
    _PREFIXES
    + r"(?:skip(?:ped|ping)?|disabled?|ignored?|excluded?|omit(?:ted)?|pending|paused?|suspended|deprecated|"
    r"obsolete|archived|offline|blocked|muted?|quarantined?|todo|wip|manual|stop(?:ped)?|closed?|off|"
    r"deleted|removed|invalid|inactive|comment(?:ed)?(?:out)?|(?:no|not|dont|donot|never)(?:run|exec|execute)|"
    r"跳过|禁用|停用|忽略|废弃|作废|弃用|暂停|屏蔽|下线|关闭|注释|不执行|不运行)" + _SUFFIXES
)
_OFF_IF_FALSE: Final = re.compile(
    _PREFIXES
    + r"(?:run(?:nable|ning)?|runs|enabled?|active|activated?|executed?|executable|exec|used?|inuse|valid|"
    r"effective|available|open(?:ed)?|on|online|switch(?:on)?|selected|checked|included?|automated?|auto|flag|"
    r"runstatus|executestatus|执行|运行|启用|使用|有效|生效|开启|打开|开关|上线|自动化)" + _SUFFIXES
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
    if name == "xfail":
        if not _is_expected(node):
            context.wrote(node)
            return ""
        # It ran, and its failure was right. A case of ours that fails is red, so it must not run as it is.
        what = tr("预期失败 {key}：{text}", key=key.value, text=to_plain(node))
        context.remark(key, what, tr("把不符的那一条写成 known_defect，删去 skip"))
        return tr("旧用例标为预期失败")
    if name in _STATES and _is_switch_value(node):
        # 0 is "off" for some and "normal" for others.
        return _unreadable(key, node, context)
    if name in _STATES and str(to_plain(node)).strip().lower() in _OFF_STATES:
        context.wrote(node)
        return tr("旧用例标为不运行")
    if name in _MARKS and (off := _mark_that_skips(node)):
        return tr("旧用例标为不运行：{text}", text=f"{key.value}: {off}")
    is_off_if_true = _OFF_IF_TRUE.fullmatch(name) is not None
    if not is_off_if_true and not _OFF_IF_FALSE.fullmatch(name):
        return ""
    if not isinstance(node, ScalarNode):
        return _unreadable(key, node, context) if to_plain(node) else ""
    text = "" if node.value is None else str(node.value).strip()
    if not text:
        return ""
    is_yes, is_no = text.lower() in _YES, text.lower() in _NO
    if is_yes or is_no:
        context.wrote(node)
        if is_off_if_true:
            return tr("旧用例标为跳过，没有写原因") if is_yes else ""
        return tr("旧用例标为不运行") if is_no else ""
    if is_off_if_true:
        context.wrote(node, text)
        return text
    return _unreadable(key, node, context)


def _is_expected(node: Node) -> bool:
    return str(to_plain(node)).strip().lower() not in ("", "none", *_NO)


def _is_switch_value(node: Node) -> bool:
    return str(to_plain(node)).strip().lower() in ("0", "1", "true", "false")


def _mark_that_skips(node: Node) -> str:
    """Return the first of pytest's marks that keeps a case from running, or an empty text."""
    texts = (str(scalar.value) for scalar in walk_scalars(node))
    return next((text for text in texts if text.strip().lower().startswith("skip")), "")


def _unreadable(key: KeyNode, node: Node, context: ImportContext) -> str:
    """The meaning of the value is unknown, so the case does not run before a person has looked at it."""
    text = to_plain(node)
    context.remark(key, tr("开关 {key}：{text}", key=key.value, text=text), tr("要运行就删去 skip"))
    return tr("旧用例的开关读不懂：{text}", text=f"{key.value}: {text}")
