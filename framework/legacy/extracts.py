"""Converts old extracts. Paths are carried over; expressions over text become remarks."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from framework.base.messages import tr
from framework.cases.variables import is_name
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode, to_plain
from framework.legacy.import_context import ImportContext, members
from framework.legacy.subjects import convert_subject, selects_one

_PATH = re.compile(r"(\$|(?:content|body|json|response|headers?|cookies?|status_code)\b)|[\w.\[\]*-]+\Z")
_RECORD_KEYS = frozenset(("name", "key", "var", "variable", "expr", "expression", "jsonpath", "regex", "as"))
"""Keys of an extract that is written as a record, not as ``name: path``."""
_REGULAR_EXPRESSION = re.compile(r"\(.*[*+?\\].*\)|\.\*\?|\\[dws]")


def convert_extracts(node: Node | None, context: ImportContext) -> dict[str, str]:
    """Return the paths of an old ``extract`` by the names of their variables."""
    found: dict[str, str] = {}
    for key, value in members(_without_records(node, context)).values():
        text = _path_text(key, value, context)
        subject = convert_subject(text, value, context) if text else ""
        if subject and not is_name(key.value):
            context.remark(
                key, tr("变量名 {name}", name=key.value), tr("以字母或汉字开头，只含字母、汉字、数字、- 和 _")
            )
        elif subject:
            _review_list(key, subject, context)
            found[key.value] = subject
            context.wrote(_path_node(value), subject)
    return found


def _without_records(node: Node | None, context: ImportContext) -> Node | None:
    """Return a list without its items such as ``{type: regex, name: x, expr: …}``; a remark names each."""
    if not isinstance(node, SequenceNode):
        return node
    kept = []
    for item in node.items:
        if isinstance(item, MappingNode) and len(item.entries) > 1 and _RECORD_KEYS & _names(item):
            shown = json.dumps(to_plain(item), ensure_ascii=False)
            context.remark(item, tr("抽取 {text}", text=shown), tr("写成 名称: 路径，例如 id: $.data.id"))
        else:
            kept.append(item)
    return replace(node, items=tuple(kept))


def _names(node: MappingNode) -> set[str]:
    return {key.value for key, _ in node.entries}


def _path_text(key: KeyNode, node: Node, context: ImportContext) -> str:
    """Return the text of the path; an empty text, after a remark, if there is none."""
    found = _path_node(node)
    text = str(found.value).strip() if found and isinstance(found.value, str) else ""
    if not text or not _PATH.match(text) or (_REGULAR_EXPRESSION.search(text) and not text.startswith("$")):
        return _remark_no_path(key, node, context)
    return text


def _path_node(node: Node) -> ScalarNode | None:
    """Return the scalar of the path, which may also be in ``[json, $.path, 0]`` or ``{jsonpath: $.path}``."""
    if isinstance(node, MappingNode):
        inner = (value for name in ("jsonpath", "path", "json") if (value := node.get(name)) is not None)
        found = next(inner, None)
        return _path_node(found) if found is not None else None
    if isinstance(node, SequenceNode):
        scalars = (item for item in node.items if isinstance(item, ScalarNode))
        return next((item for item in scalars if str(item.value).startswith("$")), None)
    return node


def _remark_no_path(key: KeyNode, node: Node, context: ImportContext) -> str:
    shown = node.value if isinstance(node, ScalarNode) else key.value
    context.remark(
        key,
        tr("抽取 {name} 用的不是路径：{text}", name=key.value, text=shown),
        tr("正则表达式改成路径，例如 {name}: $.data.{name}", name=key.value),
    )
    return ""


def _review_list(key: KeyNode, subject: str, context: ImportContext) -> None:
    # The import does not choose: the value that the old harness took may not be the one that was meant.
    if not selects_one(subject):
        context.review(
            key,
            tr("{path} 抽出一列值，旧框架多半只取第一个", path=subject),
            tr("要一个值就写完整的路径，或在引用处写 ${{{name}[0]}}", name=key.value),
        )
