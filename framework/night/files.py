"""Writes the files of a night for people: the HTML report, summary.md and the summary of the CI job."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from framework.base.messages import tr
from framework.night.summary_page import Night, summary_page
from framework.report.html_report import ReportOutcome, build_report
from framework.report.nights.history import folder_of
from framework.report.text_file import write_text
from framework.report.verdict_words import changes_sentence, gate_of, verdict_line


def build_night_report(reports: Path, night: Night, *, install: bool) -> ReportOutcome:
    """Make the HTML report with the history of the environment."""
    results = reports / "allure-results"
    history = folder_of(reports, night.run.environment) / "allure.jsonl"
    # The environment is in the files of the run itself.
    shown = {tr("结论"): verdict_line(night.run), tr("与上一夜相比"): changes_sentence(night.changes)}
    return build_report(
        results,
        reports / "html",
        history=history,
        variables=shown,
        gate=gate_of(night.run),
        install=install,
    )


SUMMARY = "summary.md"


def write_page(reports: Path, night: Night) -> Path:
    """Write summary.md and return its path."""
    path = reports / SUMMARY
    write_text(path, summary_page(night))
    return path


def show_in_job(night: Night) -> None:
    """Append the page to the summary of the CI job, if this runs in one that has a summary."""
    job_summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if job_summary:
        with suppress(OSError), Path(job_summary).open("a", encoding="utf-8") as job:
            job.write(summary_page(night))
