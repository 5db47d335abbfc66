"""Reads the rows of a ``parametrize`` from a data file: CSV here, JSON and YAML in ``tree_rows``."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from framework.base.cutting import cut
from framework.base.errors import CaseFileError
from framework.base.json_reader import read_json
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.reader import Reader
from framework.cases.rows import MAX_ROWS, Row, RowKeys, check_column_name, checked_row_id, id_of_values
from framework.cases.template import Constant
from framework.cases.tree_rows import TREE_FORMATS, tree_rows
from framework.cases.yaml.nodes import MappingNode

_FILE_KEYS = ("file", "encoding")
_OTHER_FORMATS = (".jsonl", ".xls", ".xlsx", ".xml", ".toml")
_BOOLEANS = {"true": True, "false": False}
# The length is limited because Python refuses to convert very long integers.
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,399})")


def _parse_json(cell: str) -> object:
    return read_json(cell)


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


def rows_of_file(
    node: MappingNode, reader: Reader, keys: RowKeys, read_data: Callable[[str, str], str] | None
) -> tuple[Row, ...]:
    reader.mapping(node, "parametrize", _FILE_KEYS)
    name = reader.literal(node.get("file"), "file")
    encoding = reader.literal(node.get("encoding"), "encoding") or "utf-8"
    if not name:
        return ()
    if name.lower().endswith(_OTHER_FORMATS):
        place = node.get("file") or node
        what = tr("数据文件只认 CSV、JSON 与 YAML，{name} 不是", name=name)
        reader.problem("data-format", what, tr("另存为 CSV，或把行写成 parametrize 的列表"), place.span)
        return ()
    if read_data is None:
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
    source = Source(posixpath.join(folder, name), text)
    if name.lower().endswith(TREE_FORMATS):
        return tree_rows(source, node.span, keys, reader)
    return _csv_rows(source, node.span, keys, reader)


class _Column(NamedTuple):
    """A column of a CSV file; its head is ``name`` or ``name:kind``."""

    name: str
    kind: str


def _csv_rows(source: Source, span: Span, keys: RowKeys, reader: Reader) -> tuple[Row, ...]:
    """Return the rows of a CSV file; *span* is the place in the suite that names it."""
    # Without strict, an unclosed quote would swallow the rest of the file.
    lines = csv.reader(io.StringIO(source.text), strict=True)
    rows: list[Row] = []
    try:
        columns = [_parse_column(cell, source, reader) for cell in next(lines, [])]
        for column in columns:
            check_column_name(column.name, Span(source, 1, 1, 1, 2), keys, reader)
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
    given_id = Constant(values.pop("id"), span) if "id" in values else None
    row_id = str(given_id.value) if given_id else id_of_values(values.values())
    # Values of a CSV file are constants: data from elsewhere must not be able to refer to a secret.
    constants = tuple((name, Constant(value, span)) for name, value in values.items())
    return Row(checked_row_id(row_id, span, reader), constants, span, given_id=given_id)


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
