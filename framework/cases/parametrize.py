"""``parametrize``: rows, columns whose values are multiplied, or a CSV file; each row gets a readable, stable id."""

from __future__ import annotations

import csv
import io
import itertools
import json
import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from framework.base.errors import CaseFileError
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.reader import Reader
from framework.cases.template import Constant, Template, compile_template, format_value
from framework.cases.variables import NAME_RULE, is_name
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, to_plain

MAX_ROWS = 10_000
MAX_ID = 80
ID = re.compile(r"[\w.+-]+")
_ID_RULE = "只含字母、汉字、数字、. _ + 和 -,最长 80 字"
_FILE_KEYS = ("file", "encoding")
_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,399})")


def _json(cell: str) -> object:
    return json.loads(cell, parse_constant=_BOOLEANS.__getitem__)  # NaN and Infinity are no JSON


def _integer(cell: str) -> int:
    if not _INTEGER.fullmatch(cell):  # int() takes 1_000 and full-width digits too
        raise ValueError(cell)
    return int(cell)


def _number(cell: str) -> object:
    value = _json(cell)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(cell)
    return value


_COLUMN_TYPES: dict[str, Callable[[str], object]] = {
    "text": str,
    "integer": _integer,
    "number": _number,
    "boolean": _BOOLEANS.__getitem__,
    "json": _json,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its id, its columns, and what it says of itself (``skip``, ``known_defect`` …), where it does."""

    id: str
    columns: tuple[tuple[str, Template], ...]
    span: Span
    conditions: MappingNode | None = None


def parse_rows(
    node: Node | None, reader: Reader, conditions: Sequence[str], read_data: Callable[[str, str], str] | None
) -> tuple[Row, ...]:
    """Return the rows, none where there is no ``parametrize``; *conditions* are the keys of a row that are
    not columns.
    """
    if node is None:
        return ()
    before = len(reader.problems)
    if not isinstance(node, MappingNode):
        rows = _listed(node, reader, conditions)
    elif isinstance(node.get("file"), ScalarNode):
        rows = _from_file(node, reader, read_data)
    else:
        rows = _product(node, reader)
    seen: dict[str, Row] = {}
    for row in rows:
        if row.id in seen:
            what = tr("行的 id {id} 重复,第 {line} 行已经用过", id=row.id, line=seen[row.id].span.line)
            reader.problem("row-id", what, tr("给每一行写不同的 id"), row.span)
        seen.setdefault(row.id, row)
    if not rows and len(reader.problems) == before:
        reader.problem(
            "no-rows",
            tr("parametrize 没有任何行"),
            tr("写 - {{id: one, size: 1}},或 {{size: [1, 50]}}", x=""),
            node.span,
        )
    return rows


def _listed(node: Node, reader: Reader, conditions: Sequence[str]) -> tuple[Row, ...]:
    rows: list[Row] = []
    columns: set[str] | None = None
    for item in reader.sequence(node, "parametrize"):
        mapping = reader.mapping(item, tr("parametrize 的一行"))
        if mapping is None:
            continue
        said = tuple(entry for entry in mapping.entries if entry[0].value in conditions)
        values = tuple(entry for entry in mapping.entries if entry not in said and entry[0].value != "id")
        names = {key.value for key, _ in values}
        if columns is not None and names != columns:
            what = tr("这一行的列与第一行不同:{names}", names=tr("、").join(sorted(names ^ columns)))
            reader.problem("row-columns", what, tr("每一行写同样的列"), item.span)
        columns = names if columns is None else columns
        rows.append(
            _row(mapping.get("id"), values, item.span, reader, MappingNode(said, item.span) if said else None)
        )
    return tuple(rows)


def _product(node: MappingNode, reader: Reader) -> tuple[Row, ...]:
    axes = [
        [(key, item) for item in reader.sequence(value, tr("列 {name} 的值", name=key.value))]
        for key, value in node.entries
    ]
    size = 1
    for axis in axes:
        size *= len(axis)
    if size > MAX_ROWS:
        reader.problem(
            "too-many-rows",
            tr("相乘得到 {size} 行,上限 {limit}", size=size, limit=MAX_ROWS),
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
        return Row(
            _checked_id("-".join(format_value(to_plain(value)) for _, value in values), span, reader),
            columns,
            span,
            conditions,
        )
    text = format_value(given.value) if isinstance(given, ScalarNode) else ""
    return Row(_checked_id(text, given.span, reader), columns, span, conditions)


def _checked_id(text: str, span: Span, reader: Reader) -> str:
    if not ID.fullmatch(text) or len(text) > MAX_ID:
        reader.problem(
            "row-id",
            tr("行的 id {id} 不能用:{rule}", id=text[:40], rule=tr(_ID_RULE)),
            tr("给这一行写 id"),
            span,
        )
    return text


def check_id(text: str, what: str, span: Span, reader: Reader) -> None:
    """Report an id that would be trouble in a node id, a file name or Allure's history."""
    if text and (not ID.fullmatch(text) or len(text) > MAX_ID):
        reader.problem(
            "bad-id",
            tr("{what} {id} 不能用:{rule}", what=what, id=text[:40], rule=tr(_ID_RULE)),
            tr("例如 page-size"),
            span,
        )


# -- CSV


def _from_file(
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
            where = node.get("encoding" if problem.code == "data-encoding" else "file") or node
            reader.problem(problem.code, problem.what, problem.how, where.span)
        return ()
    beside = posixpath.join(posixpath.dirname(node.span.source.name), name)
    return _csv_rows(Source(beside, text), node.span, reader)


def _csv_rows(source: Source, span: Span, reader: Reader) -> tuple[Row, ...]:
    lines = csv.reader(io.StringIO(source.text), strict=True)
    rows: list[Row] = []
    try:
        header = [_column(cell, source, reader) for cell in next(lines, [])]
        _no_column_twice([name for name, _ in header], source, reader)
        for cells in lines:
            if cells:
                rows.append(
                    _csv_row(header, cells, Span(source, lines.line_num, 1, lines.line_num, 2), reader)
                )
            if len(rows) > MAX_ROWS:
                reader.problem(
                    "too-many-rows", tr("{file} 超过 {limit} 行", file=source.name, limit=MAX_ROWS), "", span
                )
                break
    except csv.Error as error:
        reader.problem(
            "csv",
            tr("{file}:{line}: CSV 写法有误:{error}", file=source.name, line=lines.line_num, error=error),
            tr("含逗号、引号或换行的值加双引号"),
            span,
        )
    return tuple(rows)


def _no_column_twice(names: Sequence[str], source: Source, reader: Reader) -> None:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        reader.problem(
            "csv-column", tr("列 {name} 写了两次", name=name), tr("改名或删去一列"), Span(source, 1, 1, 1, 2)
        )


def _column(cell: str, source: Source, reader: Reader) -> tuple[str, str]:
    name, _, kind = cell.strip().partition(":")
    kind = kind or "text"
    place = Span(source, 1, 1, 1, 2)
    if kind not in _COLUMN_TYPES:
        reader.problem(
            "csv-type",
            tr("列 {name} 的类型 {kind} 不认识", name=name, kind=kind),
            tr("可以写:{names}", names=tr("、").join(_COLUMN_TYPES)),
            place,
        )
    elif name != "id" and not is_name(name):
        reader.problem(
            "bad-name",
            tr("{name} 不能作列名", name=name),
            tr("以字母或汉字开头,只含字母、汉字、数字、- 和 _"),
            place,
        )
    return name, kind


def _csv_row(header: list[tuple[str, str]], cells: list[str], span: Span, reader: Reader) -> Row:
    if len(cells) != len(header):
        reader.problem(
            "csv-cells",
            tr("这一行有 {n} 个值,表头有 {m} 列", n=len(cells), m=len(header)),
            tr("含逗号的值加双引号"),
            span,
        )
    values = {
        name: _cell(cell, kind, name, span, reader) for (name, kind), cell in zip(header, cells, strict=False)
    }
    row_id = (
        str(values.pop("id"))
        if "id" in values
        else "-".join(format_value(value) for value in values.values())
    )
    return Row(
        _checked_id(row_id, span, reader),
        tuple((name, Constant(value, span)) for name, value in values.items()),
        span,
    )


def _cell(cell: str, kind: str, name: str, span: Span, reader: Reader) -> object:
    try:
        return _COLUMN_TYPES.get(kind, str)(cell)
    except (ValueError, KeyError, RecursionError):
        reader.problem(
            "csv-value",
            tr("列 {name} 的值 {cell} 不是 {kind}", name=name, cell=cell[:40], kind=kind),
            "",
            span,
        )
        return cell
