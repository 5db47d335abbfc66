"""Converts old parameters into ``parametrize``: columns, joined columns, or a table with a head."""

from __future__ import annotations

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.parse import CASE_KEYS
from framework.cases.variables import is_name
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, SequenceNode
from framework.legacy.import_context import ImportContext

_MAX_READABLE = 30


def convert_parameters(node: Node | None, made: dict[str, Json], context: ImportContext) -> set[str]:
    """Write ``parametrize`` into the new case *made* and return the names of its columns."""
    if node is None:
        return set()
    tables = _tables(node, context)
    if not tables or any(not rows for rows in tables):
        context.remark(
            node, tr("参数"), tr("写成 parametrize: [{{id: one, size: 1}}] 或 {{size: [1, 50]}}", x="")
        )
        return set()
    columns = {name for rows in tables for name in rows[0]}
    bad = next((name for name in columns if not is_name(name)), None)
    if bad is not None:
        context.remark(
            node, tr("列名 {name}", name=bad), tr("以字母或汉字开头，只含字母、汉字、数字、- 和 _")
        )
        return set()
    reserved = next((name for name in columns if name in CASE_KEYS and name != "id"), None)
    if reserved is not None:
        context.remark(node, tr("列名 {name}", name=reserved), tr("它是用例的键；换一个列名，引用也跟着改"))
        return set()
    context.define(columns)
    # Our columns are multiplied in the same way, but the ids are made of their values.
    is_single_columns = all(len(rows[0]) == 1 for rows in tables)
    values = (value for rows in tables for row in rows for value in row.values())
    if is_single_columns and all(map(_is_readable_id, values)):
        made["parametrize"] = {name: [row[name] for row in rows] for rows in tables for name in rows[0]}
    else:
        made["parametrize"] = [{"id": str(at), **row} for at, row in enumerate(_product(tables), 1)]
    return columns


def _tables(node: Node, context: ImportContext) -> list[list[dict[str, Json]]]:
    """Return a list of rows for each group of columns; the case runs for every combination of the groups."""
    if isinstance(node, MappingNode):
        return [_columns(key, value, context) for key, value in node.entries]
    items = node.items if isinstance(node, SequenceNode) else ()
    groups = [item for item in items if isinstance(item, MappingNode)]
    if groups and len(groups) == len(items):
        if all(len(group.entries) == 1 and isinstance(group.entries[0][1], SequenceNode) for group in groups):
            return [_columns(*group.entries[0], context) for group in groups]
        return [[{key.value: context.value(value) for key, value in group.entries} for group in groups]]
    if len(items) > 1 and all(isinstance(item, SequenceNode) for item in items):
        head, *rows = [context.value(item) for item in items]
        return [[dict(zip(map(str, head), row, strict=False)) for row in rows if len(row) == len(head)]]
    return []


def _columns(key: KeyNode, node: Node, context: ImportContext) -> list[dict[str, Json]]:
    """Return the rows of ``size: [1, 50]`` or of ``user-password: [[a, b], [c, d]]``."""
    # HttpRunner joins the names of columns that belong together with a hyphen.
    names = key.value.split("-")
    values = context.value(node)
    if not isinstance(values, list):
        return []
    if len(names) == 1:
        return [{key.value: value} for value in values]
    return [
        dict(zip(names, row, strict=False))
        for row in values
        if isinstance(row, list) and len(row) == len(names)
    ]


def _product(tables: list[list[dict[str, Json]]]) -> list[dict[str, Json]]:
    rows: list[dict[str, Json]] = [{}]
    for table in tables:
        rows = [{**row, **more} for row in rows for more in table]
    return rows


def _is_readable_id(value: Json) -> bool:
    """Return whether a value can be, unchanged, the id of its row."""
    if isinstance(value, str):
        return 0 < len(value) <= _MAX_READABLE and all(char.isalnum() or char in "._+-" for char in value)
    return isinstance(value, int)
