"""Writes and reads the survey's page, docs/faults.md: one row for each fault.

The page is also the record of the survey: a survey of a few faults replaces only their rows, and a later
survey can be compared with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from standin.faults import EXTRA_FROM, FAULTS
from standin.faults.fault import Fault
from standin.survey.old_assertion import PASSED
from standin.survey.verdicts import FaultVerdict

# The page must be readable: a fault of the envelope fails in every case.
SHOWN_CASES = 3
LONGEST_LINE = 180
MOST_CAUSES = 2
NOTICED, MISSED = "是", "**否**"

HEAD = """# 故障普查

替身服务的每一种故障，用例集能否发现。不要手改：整页或几行都由
`python -m standin fault-survey --markdown docs/faults.md` 更新（加 `--fault 名字` 只更新那一行）。
“原因”是这一次运行列出几个原因（不算归在别的原因之下的）：一种故障应当只说一两次。
“旧断言”是旧框架的 `contains: True`：只问首页一次，答复的文字里有 True 就算通过。

"""
COLUMNS = (
    "| # | 故障 | 现象 | 发现 | 用例 | 原因 | 报告的第一行 | 旧断言 |\n|--:|---|---|---|---|--:|---|---|\n"
)


@dataclass(frozen=True)
class PageRow:
    """One row of the page; ``cases``, ``causes``, ``first_line`` and ``old`` are the cells as written."""

    fault: Fault
    noticed: bool
    cases: str
    causes: str
    first_line: str
    old: str

    def __str__(self) -> str:
        cells = (
            str(self.fault.number),
            f"`{self.fault.name}`",
            self.fault.effect,
            NOTICED if self.noticed else MISSED,
            self.cases,
            self.causes,
            self.first_line,
            self.old,
        )
        return "| " + " | ".join(cells) + " |\n"


def row_of(verdict: FaultVerdict) -> PageRow:
    old = f"{verdict.old}（漏过）" if verdict.old == PASSED else verdict.old
    first_line = _escape(_shorten(verdict.first_line))
    cases = _cases_cell(verdict.noticed_by)
    return PageRow(verdict.fault, verdict.noticed, cases, str(verdict.causes), first_line, old)


def _cases_cell(cases: Sequence[str]) -> str:
    shown = "<br>".join(map(_escape, cases[:SHOWN_CASES]))
    return f"{shown}<br>等 {len(cases)} 条" if len(cases) > SHOWN_CASES else shown


def _shorten(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…"


def _escape(text: str) -> str:
    # A reply's text may contain characters that Markdown or HTML would interpret.
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


def read_rows(page: str) -> dict[str, PageRow]:
    """Return the rows of a page by the name of their fault; faults not in the catalogue are left out."""
    rows = {}
    for line in page.splitlines():
        # No cell contains this separator: a | inside a cell is escaped.
        cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
        fault = FAULTS.get(cells[1].strip("`")) if len(cells) == 8 else None
        if fault:
            _, _, _, noticed, cases, causes, first_line, old = cells
            rows[fault.name] = PageRow(fault, noticed == NOTICED, cases, causes, first_line, old)
    return rows


def updated_page(page: str, rows: Iterable[PageRow]) -> str:
    """Return the page with these rows added or replaced; an empty *page* gives a new one."""
    by_name = {**read_rows(page), **{row.fault.name: row for row in rows}}
    in_order = [by_name[name] for name in FAULTS if name in by_name]
    catalogue = [row for row in in_order if row.fault.number < EXTRA_FROM]
    extra = [row for row in in_order if row.fault.number >= EXTRA_FROM]
    parts = [HEAD, summary(in_order), "\n## 目录中的故障\n\n", COLUMNS, *map(str, catalogue)]
    if extra:
        parts += ["\n## 补充的故障\n\n", COLUMNS, *map(str, extra)]
    return "".join(parts)


def summary(rows: Sequence[PageRow]) -> str:
    """Return how many faults were noticed, by suite and old assertion, and how many causes the runs list."""
    noticed = sum(row.noticed for row in rows)
    old_noticed = sum(not row.old.startswith(PASSED) for row in rows)
    causes = sorted(int(row.causes) for row in rows if row.noticed)
    middle, most = (median(causes), causes[-1]) if causes else (0, 0)
    several = sum(count > MOST_CAUSES for count in causes)
    return (
        f"发现 {noticed}/{len(rows)} 种故障；旧断言发现 {old_noticed}/{len(rows)} 种。"
        f"原因：中位数 {middle:g} 个，最多 {most} 个，多于 {MOST_CAUSES} 个的故障有 {several} 种。\n"
    )


def changed_lines(recorded: Mapping[str, PageRow], rows: Iterable[PageRow]) -> list[tuple[PageRow, str]]:
    """Return the rows whose first line of failure is not the recorded one, each with the recorded line."""
    changed = []
    for row in rows:
        before = recorded[row.fault.name].first_line if row.fault.name in recorded else ""
        if row.first_line != before:
            changed.append((row, before))
    return changed


def to_json(verdicts: Iterable[FaultVerdict]) -> str:
    """Return ``{"faults": [{"name", "caught", "by", "says"}]}``."""
    faults = [
        {"name": v.fault.name, "caught": v.noticed, "by": list(v.noticed_by), "says": v.first_line}
        for v in verdicts
    ]
    return json.dumps({"faults": faults}, ensure_ascii=False, indent=1) + "\n"
