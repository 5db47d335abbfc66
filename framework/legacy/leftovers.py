"""Knows the keys of old cases, and adds a remark for each key that is not converted."""

from __future__ import annotations

from framework.base.messages import tr
from framework.cases.yaml.nodes import MappingNode, Node, to_plain
from framework.legacy.import_context import ImportContext
from framework.legacy.shapes import used_keys

NAME_KEYS = ("name", "case_name", "title", "detail")
EXTRACT_KEYS = ("extract", "extract_list", "extractors")
LABEL_KEYS = {
    "feature": "feature",
    "story": "story",
    "epic": "epic",
    "severity": "severity",
    "allureEpic": "epic",
    "allureFeature": "feature",
    "allureStory": "story",
    "owner": "owner",
}
"""The old key of a label, and the key of ours."""

_HANDLED_KEYS = {
    *NAME_KEYS,
    *EXTRACT_KEYS,
    *LABEL_KEYS,
    "id",
    "case_id",
    "description",
    "desc",
    "variables",
    "parameters",
    "parametrize",
    "times",
    "skip",
    "is_run",
    "api_name",
    "base_url",
    "verify",
    "export",
    "output",
}
"""Keys that are converted, or that say nothing which a suite needs."""
_LEFTOVER_HINTS = {
    "setup_hooks": "用例里不执行代码;先发的请求写成 steps 的前一步",
    "teardown_hooks": "用例里不执行代码;之后的请求写成 steps 的后一步",
    "setup": "用例里不执行代码;先发的请求写成 steps 的前一步",
    "teardown": "用例里不执行代码;之后的请求写成 steps 的后一步",
    "sql": "只检查接口的答复,不连数据库",
    "setup_sql": "只检查接口的答复,不连数据库",
    "teardown_sql": "只检查接口的答复,不连数据库",
    "sleep": "等待写成 retry: {attempts: 3, interval: 1, on: [502]}",
    "dependence_case": "依赖的用例写成 steps 的前一步",
    "dependence_case_data": "依赖的用例写成 steps 的前一步",
    "skipIf": "写成 only_in 或 requires",
    "skipUnless": "写成 only_in 或 requires",
    "tags": "先在 pytest.ini 的 markers 里声明,再写 tags",
    "mark": "先在 pytest.ini 的 markers 里声明,再写 tags",
    "testcase": "把引用的用例也转换过来",
    "api": "把引用的请求抄到这里",
    "files": "上传文件还不支持",
}


def remark_leftovers(node: MappingNode, context: ImportContext) -> None:
    """Add a remark for each member of a case or step that is not converted."""
    handled = _HANDLED_KEYS | used_keys(node)
    for key, value in node.entries:
        # An empty member, such as ``sql: null`` in a template of cases, has no effect that could be lost.
        if key.value not in handled and not _is_empty(value):
            hint = _LEFTOVER_HINTS.get(key.value, "用例里没有它的位置")
            context.remark(key, tr("{key}", key=key.value), tr(hint))


def _is_empty(node: Node) -> bool:
    value = to_plain(node)
    return value is None or value is False or value in ("", [], {}, "None")
