"""Parses ``parametrize`` into rows: from a list, from columns to be multiplied, or from a CSV file.

Each row has a readable id that stays the same between runs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.csv_rows import rows_of_file
from framework.cases.reader import Reader
from framework.cases.rows import MAX_ROWS, Row, RowKeys, check_column_name, checked_row_id, id_of_values
from framework.cases.template import Constant, compile_template, format_value
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, to_plain


def parse_rows(
    node: Node | None, reader: Reader, keys: RowKeys, read_data: Callable[[str, str], str] | None
) -> tuple[Row, ...]:
    """Return the rows of a ``parametrize``."""
    if node is None:
        return ()
    problems_before = len(reader.problems)
    if not isinstance(node, MappingNode):
        rows = _rows_of_list(node, reader, keys)
    elif isinstance(node.get("file"), ScalarNode):
        rows = rows_of_file(node, reader, keys, read_data)
    else:
        rows = _rows_of_columns(node, reader, keys)
    seen: dict[str, Row] = {}
    for row in rows:
        if row.id in seen:
            what = tr("行的 id {id} 重复，第 {line} 行已经用过", id=row.id, line=seen[row.id].span.line)
            reader.problem("row-id", what, tr("给每一行写不同的 id"), row.span)
        seen.setdefault(row.id, row)
    if not rows and len(reader.problems) == problems_before:
        reader.problem(
            "no-rows",
            tr("parametrize 没有任何行"),
            tr("写 - {id: one, size: 1}，或 {size: [1, 50]}"),
            node.span,
        )
    return rows


def _rows_of_list(node: Node, reader: Reader, keys: RowKeys) -> tuple[Row, ...]:
    rows: list[Row] = []
    columns: set[str] | None = None
    for item in reader.sequence(node, "parametrize"):
        mapping = reader.mapping(item, tr("parametrize 的一行"))
        if mapping is None:
            continue
        own = tuple(entry for entry in mapping.entries if entry[0].value in keys.allowed)
        own_keys = MappingNode(own, item.span) if own else None
        values = tuple(entry for entry in mapping.entries if entry not in own and entry[0].value != "id")
        for key, _ in values:
            check_column_name(key.value, key.span, keys, reader)
        names = {key.value for key, _ in values}
        if columns is not None and names != columns:
            what = tr("这一行的列与第一行不同：{names}", names=tr("、").join(sorted(names ^ columns)))
            reader.problem("row-columns", what, tr("每一行写同样的列"), item.span)
        columns = names if columns is None else columns
        rows.append(_row(mapping.get("id"), values, item.span, reader, own_keys))
    return tuple(rows)


def _rows_of_columns(node: MappingNode, reader: Reader, keys: RowKeys) -> tuple[Row, ...]:
    for key, _ in node.entries:
        check_column_name(key.value, key.span, keys, reader)
    axes = [
        [(key, item) for item in reader.sequence(value, tr("列 {name} 的值", name=key.value))]
        for key, value in node.entries
    ]
    # The size is computed first, because a product of a few columns can exhaust the memory.
    size = 1
    for axis in axes:
        size *= len(axis)
    if size > MAX_ROWS:
        reader.problem(
            "too-many-rows",
            tr("相乘得到 {size} 行，上限 {limit}", size=size, limit=MAX_ROWS),
            tr("减少每一列的值"),
            node.span,
        )
        return ()
    return tuple(_row(None, row, node.span, reader) for row in itertools.product(*axes)) if axes else ()


def _row(
    given: Node | None,
    values: Sequence[tuple[KeyNode, Node]],
    span: Span,
    reader: Reader,
    own_keys: MappingNode | None = None,
) -> Row:
    columns = tuple((key.value, compile_template(value, reader.report)) for key, value in values)
    if given is None:
        row_id = id_of_values(to_plain(value) for _, value in values)
        return Row(checked_row_id(row_id, span, reader), columns, span, own_keys)
    row_id = format_value(given.value) if isinstance(given, ScalarNode) else ""
    given_id = Constant(given.value, given.span) if isinstance(given, ScalarNode) else None
    return Row(checked_row_id(row_id, given.span, reader), columns, span, own_keys, given_id)
