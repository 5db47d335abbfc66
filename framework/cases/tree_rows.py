"""Reads the rows of a ``parametrize`` from a JSON or YAML file: a list of mappings, one for each row."""

from __future__ import annotations

import json

from framework.base.errors import CaseFileError
from framework.base.json_reader import NotJsonError, read_json
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.reader import Reader
from framework.cases.rows import MAX_ROWS, Row, RowKeys, check_column_name, checked_row_id, id_of_values
from framework.cases.template import Constant, format_value
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import MappingNode, Node, ScalarNode, to_plain

TREE_FORMATS = (".json", ".yaml", ".yml")


def tree_rows(source: Source, span: Span, keys: RowKeys, reader: Reader) -> tuple[Row, ...]:
    """Return the rows of *source*; *span* is the place in the suite that names it."""
    node = _tree(source, span, reader)
    items = reader.sequence(node, tr("数据文件"))
    if len(items) > MAX_ROWS:
        what = tr("{file} 超过 {limit} 行", file=source.name, limit=MAX_ROWS)
        reader.problem("too-many-rows", what, "", span)
        items = items[:MAX_ROWS]
    rows: list[Row] = []
    columns: set[str] | None = None
    for item in items:
        mapping = reader.mapping(item, tr("数据文件的一行"))
        if mapping is None:
            continue
        names = {key.value for key, _ in mapping.entries}
        if columns is None:
            columns = names
            for key, _ in mapping.entries:
                check_column_name(key.value, key.span, keys, reader)
        elif names != columns:
            what = tr("这一行的列与第一行不同：{names}", names=tr("、").join(sorted(names ^ columns)))
            reader.problem("row-columns", what, tr("每一行写同样的列"), item.span)
        rows.append(_row(mapping, reader))
    return tuple(rows)


def _tree(source: Source, span: Span, reader: Reader) -> Node | None:
    """Return the tree of the file; JSON is read as the YAML that it is, so that each value has its place."""
    text = source.text
    if source.name.lower().endswith(".json"):
        try:
            document = read_json(text)
        except NotJsonError as error:
            what = tr("{file} 不是 JSON：{error}", file=source.name, error=error)
            reader.problem("data-json", what, "", span)
            return None
        if "\\u" in text:
            # YAML reads half of a surrogate pair as a mistake. The places are then those of the new lines.
            text = json.dumps(document, ensure_ascii=False, indent=1)
    try:
        return parse_yaml(Source(source.name, text))
    except CaseFileError as error:
        for problem in error.problems:
            reader.report(problem)
        return None


def _row(mapping: MappingNode, reader: Reader) -> Row:
    # Values of a data file are constants: data from elsewhere must not be able to refer to a secret.
    values = {key.value: to_plain(value) for key, value in mapping.entries if key.value != "id"}
    columns = tuple((name, Constant(value, mapping.span)) for name, value in values.items())
    given = mapping.get("id")
    if given is None:
        row_id = id_of_values(values.values())
        return Row(checked_row_id(row_id, mapping.span, reader), columns, mapping.span)
    row_id = format_value(given.value) if isinstance(given, ScalarNode) else ""
    given_id = Constant(to_plain(given), given.span)
    return Row(checked_row_id(row_id, given.span, reader), columns, mapping.span, given_id=given_id)
