"""Converts old parameters into ``parametrize``: columns, joined columns, or a table with a head."""

from __future__ import annotations

from collections.abc import Iterable

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.parse import CASE_KEYS
from framework.cases.variables import is_name
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, SequenceNode, to_plain
from framework.legacy.import_context import ImportContext

_MAX_READABLE = 30


def convert_parameters(node: Node | None, made: dict[str, Json], context: ImportContext) -> set[str]:
    """Write ``parametrize`` into the new case *made* and return the names of its columns."""
    if node is None:
        return set()
    tables = _tables(node, context)
    if not tables or any(not rows for rows in tables):
        context.remark(node, tr("参数"), tr("写成 parametrize: [{id: one, size: 1}] 或 {size: [1, 50]}"))
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
        return [_rows_of_mappings(groups, context)]
    lists = [item for item in items if isinstance(item, SequenceNode)]
    if len(items) > 1 and len(lists) == len(items):
        head, *rows = lists
        context.wrote(head)
        return [_rows(list(map(str, _plain_items(head))), rows, context)]
    return []


def _plain_items(node: SequenceNode) -> list[Json]:
    """Return the plain items of a list."""
    return [to_plain(item) for item in node.items]


def _rows_of_mappings(groups: list[MappingNode], context: ImportContext) -> list[dict[str, Json]]:
    """Return rows that are mappings; one with other columns than the first becomes a remark."""
    names = {key.value for key, _ in groups[0].entries}
    rows: list[dict[str, Json]] = []
    for group in groups:
        if {key.value for key, _ in group.entries} == names:
            rows.append({key.value: context.value(value) for key, value in group.entries})
        else:
            context.remark(
                group,
                tr("参数的一行与列数不合：{row}", row=to_plain(group)),
                tr("每一行的列相同：{names}", names=", ".join(names)),
            )
    return rows


def _columns(key: KeyNode, node: Node, context: ImportContext) -> list[dict[str, Json]]:
    """Return the rows of ``size: [1, 50]`` or of ``user-password: [[a, b], [c, d]]``."""
    # HttpRunner joins the names of columns that belong together with a hyphen.
    names = key.value.split("-")
    if not isinstance(node, SequenceNode):
        return []
    if len(names) == 1:
        return [{key.value: context.value(item)} for item in node.items]
    return _rows(names, node.items, context)


def _rows(names: list[str], items: Iterable[Node], context: ImportContext) -> list[dict[str, Json]]:
    """Return a row for each list or mapping of *items*; one of another length becomes a remark."""
    rows: list[dict[str, Json]] = []
    for item in items:
        if isinstance(item, SequenceNode) and len(item.items) == len(names):
            rows.append(dict(zip(names, map(context.value, item.items), strict=True)))
        elif isinstance(item, MappingNode) and {key.value for key, _ in item.entries} == set(names):
            rows.append({key.value: context.value(value) for key, value in item.entries})
        else:
            context.remark(
                item,
                tr("参数的一行与列数不合：{row}", row=to_plain(item)),
                tr("每一行的列相同：{names}", names=", ".join(names)),
            )
    return rows


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
