"""Parses ``parametrize`` into rows: from a list, from columns to be multiplied, or from a CSV file.

Each row has a readable id that stays the same between runs.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from framework.base.cutting import cut
from framework.base.errors import CaseFileError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.reader import Reader
from framework.cases.template import Constant, Template, compile_template, format_value
from framework.cases.variables import NAME_RULE, is_name
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, to_plain

MAX_ROWS = 10_000
MAX_ID = 80
# Safe in pytest's node ids, in file names and in the history of Allure.
ID = re.compile(r"[\w.+-]+")
_ID_RULE = "只含字母、汉字、数字、. _ + 和 -,最长 80 字"
_FILE_KEYS = ("file", "encoding")
_BOOLEANS = {"true": True, "false": False}
# The length is limited because Python refuses to convert very long integers.
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,399})")


def _parse_json(cell: str) -> object:
    # Python accepts NaN and Infinity, which are not JSON; looking them up raises a KeyError.
    return json.loads(cell, parse_constant=_BOOLEANS.__getitem__)


def _parse_integer(cell: str) -> int:
    # int() also accepts 1_000 and full-width digits.
    if not _INTEGER.fullmatch(cell):
        raise ValueError(cell)
    return int(cell)


def _parse_number(cell: str) -> object:
    value = _parse_json(cell)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(cell)
    return value


_COLUMN_TYPES: dict[str, Callable[[str], object]] = {
    "text": str,
    "integer": _parse_integer,
    "number": _parse_number,
    "boolean": _BOOLEANS.__getitem__,
    "json": _parse_json,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``conditions`` holds its own ``skip``, ``known_defect`` and the like, or is None."""

    id: str
    columns: tuple[tuple[str, Template], ...]
    span: Span
    conditions: MappingNode | None = None


def parse_rows(
    node: Node | None, reader: Reader, conditions: Sequence[str], read_data: Callable[[str, str], str] | None
) -> tuple[Row, ...]:
    """Return the rows of a ``parametrize``; *conditions* are the keys of a row that are not columns."""
    if node is None:
        return ()
    problems_before = len(reader.problems)
    if not isinstance(node, MappingNode):
        rows = _rows_of_list(node, reader, conditions)
    elif isinstance(node.get("file"), ScalarNode):
        rows = _rows_of_file(node, reader, read_data)
    else:
        rows = _rows_of_columns(node, reader)
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
            tr("写 - {{id: one, size: 1}}，或 {{size: [1, 50]}}", x=""),
            node.span,
        )
    return rows


def _rows_of_list(node: Node, reader: Reader, conditions: Sequence[str]) -> tuple[Row, ...]:
    rows: list[Row] = []
    columns: set[str] | None = None
    for item in reader.sequence(node, "parametrize"):
        mapping = reader.mapping(item, tr("parametrize 的一行"))
        if mapping is None:
            continue
        own = tuple(entry for entry in mapping.entries if entry[0].value in conditions)
        own_conditions = MappingNode(own, item.span) if own else None
        values = tuple(entry for entry in mapping.entries if entry not in own and entry[0].value != "id")
        names = {key.value for key, _ in values}
        if columns is not None and names != columns:
            what = tr("这一行的列与第一行不同：{names}", names=tr("、").join(sorted(names ^ columns)))
            reader.problem("row-columns", what, tr("每一行写同样的列"), item.span)
        columns = names if columns is None else columns
        rows.append(_row(mapping.get("id"), values, item.span, reader, own_conditions))
    return tuple(rows)


def _rows_of_columns(node: MappingNode, reader: Reader) -> tuple[Row, ...]:
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
    conditions: MappingNode | None = None,
) -> Row:
    for key, _ in values:
        if not is_name(key.value):
            reader.problem("bad-name", tr("{name} 不能作列名", name=key.value), tr(NAME_RULE), key.span)
    columns = tuple((key.value, compile_template(value, reader.report)) for key, value in values)
    if given is None:
        row_id = _id_of_values(to_plain(value) for _, value in values)
        return Row(_checked_id(row_id, span, reader), columns, span, conditions)
    row_id = format_value(given.value) if isinstance(given, ScalarNode) else ""
    return Row(_checked_id(row_id, given.span, reader), columns, span, conditions)


def _id_of_values(values: Iterable[Json]) -> str:
    return "-".join(map(format_value, values))


def _checked_id(text: str, span: Span, reader: Reader) -> str:
    if not ID.fullmatch(text) or len(text) > MAX_ID:
        reader.problem(
            "row-id",
            tr("行的 id {id} 不能用：{rule}", id=cut(text, 40), rule=tr(_ID_RULE)),
            tr("给这一行写 id"),
            span,
        )
    return text


def check_id(text: str, what: str, span: Span, reader: Reader) -> None:
    """Report an id that is not safe in a node id, in a file name or in Allure's history."""
    if text and (not ID.fullmatch(text) or len(text) > MAX_ID):
        reader.problem(
            "bad-id",
            tr("{what} {id} 不能用：{rule}", what=what, id=cut(text, 40), rule=tr(_ID_RULE)),
            tr("例如 page-size"),
            span,
        )


# CSV files


def _rows_of_file(
    node: MappingNode, reader: Reader, read_data: Callable[[str, str], str] | None
) -> tuple[Row, ...]:
    reader.mapping(node, "parametrize", _FILE_KEYS)
    name = reader.text(node.get("file"), "file")
    encoding = reader.text(node.get("encoding"), "encoding") or "utf-8"
    if read_data is None or not name:
        reader.problem("no-data-files", tr("这里不能读数据文件"), "", node.span)
        return ()
    try:
        text = read_data(name, encoding)
    except CaseFileError as error:
        for problem in error.problems:
            key = "encoding" if problem.code == "data-encoding" else "file"
            at_fault = node.get(key) or node
            reader.problem(problem.code, problem.what, problem.how, at_fault.span)
        return ()
    folder = posixpath.dirname(node.span.source.name)
    return _csv_rows(Source(posixpath.join(folder, name), text), node.span, reader)


class _Column(NamedTuple):
    """A column of a CSV file; its head is ``name`` or ``name:kind``."""

    name: str
    kind: str


def _csv_rows(source: Source, span: Span, reader: Reader) -> tuple[Row, ...]:
    """Return the rows of a CSV file; *span* is the place in the suite that names it."""
    # Without strict, an unclosed quote would swallow the rest of the file.
    lines = csv.reader(io.StringIO(source.text), strict=True)
    rows: list[Row] = []
    try:
        columns = [_parse_column(cell, source, reader) for cell in next(lines, [])]
        _report_repeated_columns(columns, source, reader)
        for cells in lines:
            line = Span(source, lines.line_num, 1, lines.line_num, 2)
            # A blank line has no cells.
            if cells:
                rows.append(_csv_row(columns, cells, line, reader))
            if len(rows) > MAX_ROWS:
                reader.problem(
                    "too-many-rows", tr("{file} 超过 {limit} 行", file=source.name, limit=MAX_ROWS), "", span
                )
                break
    except csv.Error as error:
        reader.problem(
            "csv",
            tr("{file}:{line}: CSV 写法有误：{error}", file=source.name, line=lines.line_num, error=error),
            tr("含逗号、引号或换行的值加双引号"),
            span,
        )
    return tuple(rows)


def _report_repeated_columns(columns: Sequence[_Column], source: Source, reader: Reader) -> None:
    counts = Counter(column.name for column in columns)
    for name, count in counts.items():
        if count > 1:
            what = tr("列 {name} 写了两次", name=name)
            reader.problem("csv-column", what, tr("改名或删去一列"), Span(source, 1, 1, 1, 2))


def _parse_column(cell: str, source: Source, reader: Reader) -> _Column:
    name, _, kind = cell.strip().partition(":")
    kind = kind or "text"
    place = Span(source, 1, 1, 1, 2)
    if kind not in _COLUMN_TYPES:
        reader.problem(
            "csv-type",
            tr("列 {name} 的类型 {kind} 不认识", name=name, kind=kind),
            tr("可以写：{names}", names=tr("、").join(_COLUMN_TYPES)),
            place,
        )
    elif name != "id" and not is_name(name):
        reader.problem(
            "bad-name",
            tr("{name} 不能作列名", name=name),
            tr("以字母或汉字开头，只含字母、汉字、数字、- 和 _"),
            place,
        )
    return _Column(name, kind)


def _csv_row(columns: Sequence[_Column], cells: list[str], span: Span, reader: Reader) -> Row:
    if len(cells) != len(columns):
        reader.problem(
            "csv-cells",
            tr("这一行有 {n} 个值，表头有 {m} 列", n=len(cells), m=len(columns)),
            tr("含逗号的值加双引号"),
            span,
        )
    values = {
        column.name: _convert_cell(cell, column, span, reader)
        for column, cell in zip(columns, cells, strict=False)
    }
    row_id = str(values.pop("id")) if "id" in values else _id_of_values(values.values())
    # Values of a CSV file are constants: data from elsewhere must not be able to refer to a secret.
    constants = tuple((name, Constant(value, span)) for name, value in values.items())
    return Row(_checked_id(row_id, span, reader), constants, span)


def _convert_cell(cell: str, column: _Column, span: Span, reader: Reader) -> object:
    try:
        return _COLUMN_TYPES.get(column.kind, str)(cell)
    except (ValueError, KeyError, RecursionError):
        reader.problem(
            "csv-value",
            tr("列 {name} 的值 {cell} 不是 {kind}", name=column.name, cell=cut(cell, 40), kind=column.kind),
            "",
            span,
        )
        return cell
