"""``parametrize``: rows, or columns whose values are multiplied; each row gets a readable id."""
from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from framework.cases.reader import Reader
from framework.cases.template import Template, compile_template, format_value
from framework.cases.yamlfile import Key, Mapping, Node, Scalar, plain
from framework.messages import tr
from framework.source import Span

MAX_ROWS = 10_000
ID = re.compile(r"[\w.+-]+")
_ID_RULE = "只含字母、汉字、数字、. _ + 和 -"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its id, its columns."""

    id: str
    columns: tuple[tuple[str, Template], ...]
    span: Span


def parse_rows(node: Node | None, reader: Reader) -> tuple[Row, ...]:
    """Return the rows; a single row without id where there is no ``parametrize``."""
    if node is None:
        return ()
    rows = _product(node, reader) if isinstance(node, Mapping) else _listed(node, reader)
    seen: dict[str, Row] = {}
    for row in rows:
        if row.id in seen:
            reader.problem("row-id", tr("行的 id {id} 重复,第 {line} 行已经用过", id=row.id, line=seen[row.id].span.line),
                           tr("给每一行写不同的 id"), row.span)
        seen.setdefault(row.id, row)
    if not rows and not reader.problems:
        reader.problem("no-rows", tr("parametrize 没有任何行"), tr("写 - {{id: one, size: 1}},或 {{size: [1, 50]}}", x=""), node.span)
    return rows


def _listed(node: Node, reader: Reader) -> tuple[Row, ...]:
    rows: list[Row] = []
    columns: set[str] | None = None
    for item in reader.sequence(node, "parametrize"):
        mapping = reader.mapping(item, tr("parametrize 的一行"))
        if mapping is None:
            continue
        values = tuple((key, value) for key, value in mapping.entries if key.value != "id")
        names = {key.value for key, _ in values}
        if columns is not None and names != columns:
            reader.problem("row-columns", tr("这一行的列与第一行不同:{names}", names=tr("、").join(sorted(names ^ columns))),
                           tr("每一行写同样的列"), item.span)
        columns = columns or names
        rows.append(_row(mapping.get("id"), values, item.span, reader))
    return tuple(rows)


def _product(node: Mapping, reader: Reader) -> tuple[Row, ...]:
    axes = [[(key, item) for item in reader.sequence(value, tr("列 {name} 的值", name=key.value))] for key, value in node.entries]
    size = 1
    for axis in axes:
        size *= len(axis)
    if size > MAX_ROWS:
        reader.problem("too-many-rows", tr("相乘得到 {size} 行,上限 {limit}", size=size, limit=MAX_ROWS), tr("减少每一列的值"), node.span)
        return ()
    return tuple(_row(None, row, node.span, reader) for row in itertools.product(*axes))


def _row(given: Node | None, values: tuple[tuple[Key, Node], ...], span: Span, reader: Reader) -> Row:
    if given is not None:
        row_id = format_value(given.value) if isinstance(given, Scalar) else ""
        span = given.span
    else:
        row_id = "-".join(format_value(plain(value)) for _, value in values)
    if not ID.fullmatch(row_id) or len(row_id) > 80:
        what = tr("行的 id {id} 不能用:{rule},最长 80 字", id=row_id[:40], rule=tr(_ID_RULE))
        reader.problem("row-id", what, tr("给这一行写 id"), span)
    return Row(row_id, tuple((key.value, compile_template(value, reader.report)) for key, value in values), span)


def check_id(text: str, what: str, span: Span, reader: Reader) -> None:
    """Report an id that would be trouble in a node id, a file name or Allure's history."""
    if text and (not ID.fullmatch(text) or len(text) > 80):
        reader.problem("bad-id", tr("{what} {id} 不能用:{rule},最长 80 字", what=what, id=text[:40], rule=tr(_ID_RULE)),
                       tr("例如 page-size"), span)
