"""Rules for tables, which a policyText contains as paragraphs with tabs between the cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding

# A header whose columns are written without any separator.
_HEADER = re.compile(r"(?:序号|编号|指标)[一-鿿()]{4,40}$")
_ROW = re.compile(r"(\d{1,3})(?=[一-鿿“《])")
_FEWEST_ROWS = 3
_TOTAL = re.compile(r"\s*(?:合计|总计|小计|共计|备注|说明|注)")
# 1月, 1级: a counted thing, not a cell.
_COUNTED = frozenset("年月日号级类期届批次个名位家项条章款等层岁周时点分米楼区")


def table_columns(document: Document) -> Iterator[RuleFinding]:
    """All rows of a table have the same number of tabs.

    A table is a series of paragraphs with tabs, with at most two other paragraphs between two rows. Limits:
    merged cells also make a table uneven, so this is a warning.
    """
    for rows in tables_of(document):
        counts: dict[int, int] = {}
        for paragraph in rows:
            tabs = paragraph.plain.count("\t")
            counts[tabs] = counts.get(tabs, 0) + 1
        if len(rows) >= 3 and len(counts) > 1:
            shown_counts = tr("、").join(str(tabs) for tabs in sorted(counts))
            usual = max(counts, key=lambda tabs: counts[tabs])
            first_uneven = next(paragraph for paragraph in rows if paragraph.plain.count("\t") != usual)
            yield RuleFinding(
                tr(
                    "第 {first} 到 {last} 段的表格各行列数不一：制表符 {counts} 个",
                    first=rows[0].index,
                    last=rows[-1].index,
                    counts=shown_counts,
                ),
                first_uneven,
                0,
                "",
            )


def tables_of(document: Document) -> Iterator[list[Paragraph]]:
    """Yield the rows of each table: paragraphs with tabs, with at most two others between two rows."""
    rows: list[Paragraph] = []
    for paragraph in document.filled_paragraphs:
        if "\t" not in paragraph.text:
            continue
        # At most two other paragraphs may be between two rows of a table.
        if rows and paragraph.index - rows[-1].index > 3:
            yield rows
            rows = []
        rows.append(paragraph)
    if rows:
        yield rows


def ends_in_a_row(document: Document) -> bool:
    """Return whether the text ends inside the last row of a table: it has fewer cells than all rows above it,
    or its last cell does not end as all of theirs do.
    """
    last = document.filled_paragraphs[-1]
    rows = next((rows for rows in tables_of(document) if rows[-1] is last), [])
    above = [row.plain.rstrip().split("\t") for row in rows[:-1]]
    cells = last.plain.rstrip().split("\t")
    if len(above) < _FEWEST_ROWS or len({len(row) for row in above}) > 1 or _TOTAL.match(cells[0]):
        return False
    ends = {row[-1].strip()[-1:] for row in above[1:]}  # the first may be the header
    is_even = len(cells) == len(above[0])
    return len(cells) < len(above[0]) or (is_even and len(ends) == 1 and cells[-1].strip()[-1:] not in ends)


def tabs_lost(document: Document) -> Iterator[RuleFinding]:
    """A header such as 序号工作任务牵头单位 has tabs between its columns, and so have the rows below it.

    It is an error if such a header without tabs is followed by rows 1, 2, … whose number runs into the text,
    or if three rows in a row have that form without a header. Limits: a table without numbers.
    """
    paragraphs = document.filled_paragraphs
    without_header = 0
    for index, paragraph in enumerate(paragraphs):
        below = _numbered_rows(paragraphs[index : index + _FEWEST_ROWS])
        if _HEADER.fullmatch(paragraph.text[:60]):
            rows = [_ROW.match(each.text) for each in paragraphs[index + 1 : index + 8]]
            numbers = [int(found[1]) for found in rows if found]
            is_lost = len(numbers) >= 2 and numbers[1] == numbers[0] + 1
            without_header = index + 8
        else:
            is_lost = index >= without_header and len(below) == _FEWEST_ROWS
            without_header = len(paragraphs) if is_lost else without_header
        if is_lost:
            message = tr("“{row}”没有分列，表格的制表符丢了", row=paragraph.text[:30])
            yield RuleFinding(message, paragraph, 0, paragraph.text[:12])


def _numbered_rows(paragraphs: Sequence[Paragraph]) -> list[int]:
    """Return the numbers of rows 1, 2, … that run into their text; none if something is no row of a table."""
    rows = [_ROW.match(paragraph.text) for paragraph in paragraphs]
    if not all(rows):
        return []
    numbers = [int(found[1]) for found in rows if found]
    is_counted = any(
        each.text[len(str(number))] in _COUNTED for each, number in zip(paragraphs, numbers, strict=True)
    )
    return [] if is_counted or numbers != list(range(numbers[0], numbers[0] + len(numbers))) else numbers


def edge_tabs(document: Document) -> Iterator[RuleFinding]:
    """A paragraph that is not a row of a table has no tab at its edges.

    Limits: a table row with only one filled cell looks the same.
    """
    for paragraph in document.filled_paragraphs:
        if "\t" in paragraph.plain and "\t" not in paragraph.text and paragraph.plain.count("\t") == 1:
            yield RuleFinding(
                tr("段首或段尾有制表符"), paragraph, paragraph.plain.index("\t"), paragraph.text[:12]
            )
