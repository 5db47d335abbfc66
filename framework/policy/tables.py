"""Tables, which policyText holds as rows of cells with tabs between."""

from __future__ import annotations

import re
from collections.abc import Iterator

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, Slip

_HEADER = re.compile(r"(?:序号|编号|指标)[一-鿿()]{4,40}$")
_ROW = re.compile(r"(\d{1,3})(?=[一-鿿“《])")


def table_columns(document: Document) -> Iterator[Slip]:
    """All rows of a table have the same number of tabs.

    Limits: a table is a run of paragraphs with tabs, at most two others between; merged cells make a table
    uneven; hence a warning.
    """
    for rows in _tables(document):
        counts: dict[int, int] = {}
        for paragraph in rows:
            tabs = paragraph.plain.count("\t")
            counts[tabs] = counts.get(tabs, 0) + 1
        if len(rows) >= 3 and len(counts) > 1:
            shown = tr("、").join(str(tabs) for tabs in sorted(counts))
            usual = max(counts, key=lambda tabs: counts[tabs])
            odd = next(paragraph for paragraph in rows if paragraph.plain.count("\t") != usual)
            yield Slip(
                tr(
                    "第 {first} 到 {last} 段的表格各行列数不一:制表符 {counts} 个",
                    first=rows[0].index,
                    last=rows[-1].index,
                    counts=shown,
                ),
                odd,
                0,
                "",
            )


def _tables(document: Document) -> Iterator[list[Paragraph]]:
    rows: list[Paragraph] = []
    for paragraph in document.filled:
        if "\t" not in paragraph.text:
            continue
        if rows and paragraph.index - rows[-1].index > 3:
            yield rows
            rows = []
        rows.append(paragraph)
    if rows:
        yield rows


def tabs_lost(document: Document) -> Iterator[Slip]:
    """A header such as 序号工作任务牵头单位 has tabs between its columns, and so have the rows below it.

    An error where a header without tabs is followed by rows 1, 2, … whose number runs into the text. Limits:
    a table without such a header is not known as one.
    """
    paragraphs = document.filled
    for at, paragraph in enumerate(paragraphs):
        if not _HEADER.fullmatch(paragraph.text[:60]):
            continue
        rows = [int(found[1]) for found in (_ROW.match(p.text) for p in paragraphs[at + 1 : at + 8]) if found]
        if len(rows) >= 2 and rows[1] == rows[0] + 1:
            yield Slip(
                tr("表头“{header}”没有分列,表格的制表符丢了", header=paragraph.text[:30]),
                paragraph,
                0,
                paragraph.text[:12],
            )


def edge_tabs(document: Document) -> Iterator[Slip]:
    """No tab at the edge of a paragraph that is no row of a table.

    Limits: a row with nothing but one filled cell looks the same.
    """
    for paragraph in document.filled:
        if "\t" in paragraph.plain and "\t" not in paragraph.text and paragraph.plain.count("\t") == 1:
            yield Slip(tr("段首或段尾有制表符"), paragraph, paragraph.plain.index("\t"), paragraph.text[:12])
