"""Checks that an import lost nothing: each scalar of the old file is in the new suite or in a remark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, Literal

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode, to_plain
from framework.legacy.import_context import ImportContext
from framework.legacy.old_yaml import walk_scalars
from framework.legacy.requests import UPLOAD_HINT

_NO_CONTENT: Final = (None, "", "None")
"""Values that say nothing, under any key: templates of cases are full of them."""

_DEFAULTS: Final = (("dependence_case", False), ("dependence", False), ("stream", False))
"""Keys with the value that they have anyway."""

_HINTS: Final = {
    "setup_hooks": "用例里不执行代码；先发的请求写进 setup",
    "teardown_hooks": "用例里不执行代码；之后的请求写进 teardown",
    "setup": "用例里不执行代码；先发的请求写进 setup",
    "teardown": "用例里不执行代码；之后的请求写进 teardown",
    "sql": "只检查接口的答复，不连数据库",
    "setup_sql": "只检查接口的答复，不连数据库",
    "teardown_sql": "只检查接口的答复，不连数据库",
    "sleep": "等到条件成立写成 wait_for",
    "dependence_case": "依赖的用例写成 steps 的前一步",
    "dependence_case_data": "依赖的用例写成 steps 的前一步",
    "tags": "先在 pytest.ini 的 markers 里声明，再写 tags",
    "mark": "先在 pytest.ini 的 markers 里声明，再写 tags",
    "marks": "先在 pytest.ini 的 markers 里声明，再写 tags",
    "testcase": "把引用的用例也转换过来",
    "api": "把引用的请求抄到这里",
    "files": UPLOAD_HINT,
}
_DEFAULT_HINT = "用例里没有它的位置"
_MAX_SHOWN = 60

_State = Literal["empty", "kept", "lost", "mixed"]


def remark_lost(top: Node, document: Json, context: ImportContext) -> None:
    """Add a remark for each part of the old tree *top* of which nothing came into the new *document*."""
    guard = _Guard(context, document)
    if guard.visit(top) == "lost":
        guard.report(None, top)


class _Guard:
    """Finds the lost parts. A scalar is kept if the value written for it is in the document."""

    def __init__(self, context: ImportContext, document: Json) -> None:
        self._context = context
        found = list(_values_and_keys(document))
        self._texts = {value for value in found if isinstance(value, str)}
        self._joined = "\0".join(self._texts)
        self._others = {json.dumps(value) for value in found if not isinstance(value, str)}

    def visit(self, node: Node) -> _State:
        """Return the fate of *node*; the lost parts of one that is mixed are reported."""
        if isinstance(node, ScalarNode):
            return self._scalar_state(node)
        children: list[tuple[KeyNode | None, Node]]
        if isinstance(node, SequenceNode):
            children = [(None, item) for item in node.items]
        else:
            children = list(node.entries)
        states: list[_State] = [
            "empty" if self._is_default(key, child) else self.visit(child) for key, child in children
        ]
        present = set(states) - {"empty"}
        if not present:
            return "empty"
        if len(present) == 1 and "mixed" not in present:
            return present.pop()
        for (key, child), state in zip(children, states, strict=True):
            if state == "lost":
                self.report(key, child)
        return "mixed"

    def report(self, key: KeyNode | None, node: Node) -> None:
        value = to_plain(node)
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if len(shown) > _MAX_SHOWN:
            shown = shown[:_MAX_SHOWN] + "…"
        line = key.span.line if key else node.span.line
        last = max((scalar.span.end_line for scalar in walk_scalars(node)), default=line)
        lines = str(line) if last <= line else tr("{first} 至 {last}", first=line, last=last)
        what = f"{key.value}: {shown}" if key else shown
        text = tr("第 {lines} 行没有带过来：{what}", lines=lines, what=what)
        self._context.add_remark(key or node, node, text, self._hint(key))

    def _hint(self, key: KeyNode | None) -> str:
        if key is None:
            return tr(_DEFAULT_HINT)
        return self._context.hints.get(id(key)) or tr(_HINTS.get(key.value, _DEFAULT_HINT))

    def _scalar_state(self, node: ScalarNode) -> _State:
        if id(node) in self._context.covered:
            return "kept"
        written = self._context.written.get(id(node))
        if written is not None and (not written or any(map(self._is_in_document, written))):
            return "kept"
        return "empty" if node.value in _NO_CONTENT else "lost"

    def _is_default(self, key: KeyNode | None, node: Node) -> bool:
        return key is not None and isinstance(node, ScalarNode) and (key.value, node.value) in _DEFAULTS

    def _is_in_document(self, value: Json) -> bool:
        if isinstance(value, str):
            return value in self._texts or (value != "" and value in self._joined)
        return json.dumps(value) in self._others


def _values_and_keys(document: Json) -> Iterator[Json]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from _values_and_keys(value)
    elif isinstance(document, list):
        for item in document:
            yield from _values_and_keys(item)
    else:
        yield document


def entry_values(top: Node) -> dict[int, Node]:
    """Return the value of each entry of the tree, by the identity of its key."""
    if isinstance(top, MappingNode):
        found = {id(key): value for key, value in top.entries}
        for _, value in top.entries:
            found |= entry_values(value)
        return found
    if isinstance(top, SequenceNode):
        return {name: value for item in top.items for name, value in entry_values(item).items()}
    return {}
