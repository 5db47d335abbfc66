"""Gathers the contents of the front page of a run, and writes the page. A failure here never changes a run's
verdict.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from framework.base.errors import CaseFileError
from framework.base.messages import language, tr
from framework.base.source import visible
from framework.cases.cause_notes import CauseNote, load_cause_notes
from framework.report.nights.changes import compare
from framework.report.nights.history import folder_of, read_nights
from framework.report.nights.record import NightChanges
from framework.report.page.links import read_links
from framework.report.page.view import PageInput
from framework.report.run_record import RunRecord
from framework.report.text_file import write_text

PAGE = "index.html"


def publish_page(
    root: Path, run: RunRecord, changes: NightChanges | None = None, remarks: tuple[str, ...] = ()
) -> Path:
    """Write the front page of *run* into the folder ``reports`` of *root*; return its path.

    Without *changes*, the run is compared with the nights of its environment, if there are any.

    Raises:
        OSError: it cannot be written.
    """
    # It imports the template library.
    from framework.report.page.front_page import write_front_page  # noqa: PLC0415

    reports = root / "reports"
    if changes is None:
        changes = _compared(reports, run)
    notes, problems = _cause_notes(root)
    links = read_links(reports, run.run)
    log = f"logs/{run.run}.jsonl"
    given = PageInput(
        run,
        changes,
        notes,
        links.cases,
        links.report,
        log if (reports / log).is_file() else "",
        (*problems, *remarks),
        tuple(path.name for path in sorted(reports.glob("*.html")) if path.name != PAGE),
    )
    return write_front_page(reports, given)


def _compared(reports: Path, run: RunRecord) -> NightChanges | None:
    past = read_nights(folder_of(reports, run.environment), None, run.environment)
    nights = [night for night in past.nights if night.run != run.run]
    return compare(run, nights) if nights else None


def _cause_notes(root: Path) -> tuple[tuple[CauseNote, ...], tuple[str, ...]]:
    try:
        return load_cause_notes(root), ()
    except CaseFileError as error:
        places = (f"{problem.span.place}: " if problem.span else "" for problem in error.problems)
        problems = zip(places, error.problems, strict=True)
        return (), tuple(visible(f"{place}{problem.what}") for place, problem in problems)


def publish_without_record(reports: Path) -> Path:
    """Write the page of a run that left no record: it has not ended, or was killed before it wrote one.

    Raises:
        OSError: it cannot be written.
    """
    said = tr("没有运行记录 run.json：运行还没有结束，或者在写出记录之前被杀死了。")
    logs = sorted(path.name for path in (reports / "logs").glob("*.jsonl"))
    link = f'<p><a href="logs/{escape(logs[-1])}">{escape(tr("运行日志"))}</a></p>' if logs else ""
    title = escape(tr("没有结束的运行"))
    write_text(
        reports / PAGE,
        f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">\n'
        f"<title>{title}</title></head>\n"
        f"<body><main><h1>{title}</h1><p>{escape(said)}</p>{link}</main></body></html>\n",
    )
    return reports / PAGE
