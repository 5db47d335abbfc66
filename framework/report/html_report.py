"""Allure's HTML report: one file, in the language of the run, with history, that opens from disk and asks
nothing of the outside.

::

    results ─read_results→ starts ─read_history→ lines ─generator→ page ─lock_down→ index.html

Everything is made in a fresh folder; the page and the history are put in place, each in one step, when both
are ready. So a report that cannot be made leaves the last one as it was, and nothing here changes what the
run's exit code says.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from framework.base.errors import HarnessError, Problem, render
from framework.base.messages import language, tr
from framework.report.html_history import LIMIT, History, read_history
from framework.report.html_page import lock_down
from framework.report.node import DATA, GenerateError, find_allure
from framework.report.results_folder import holding

Status = Literal["made", "no_results", "not_made"]
Generator = Callable[[Path, Path], None]
"""Makes the report a configuration file describes from a folder of results; a HarnessError where it cannot.
"""

EXIT_CODES: Mapping[Status, int] = {"made": 0, "not_made": 1, "no_results": 2}


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """What came of it: the page, and what to tell the person."""

    status: Status
    text: str
    index: Path | None = None

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.status]


@dataclass(frozen=True, slots=True)
class _Job:
    """What the page is made from and where it goes."""

    results: Path
    html: Path
    history: Path | None
    past: History
    variables: Mapping[str, str]


def build_report(
    results: Path,
    html: Path,
    *,
    history: Path | None = None,
    environment: str = "",
    variables: Mapping[str, str] | None = None,
    install: bool = True,
    generator: Generator | None = None,
) -> ReportOutcome:
    """Make ``html/index.html`` from the Allure results in *results*; never raises for what can go wrong on a
    machine.

    *history* is a JSONL file to read and to add this run to; *environment* and *variables* are shown at the
    head of the page; *install* allows fetching Node.js and Allure when they are missing; *generator* stands
    in for Allure in tests.
    """
    try:
        with _unchanging(results):
            starts = _read_results(results)
            if not starts:
                return ReportOutcome("no_results", _no_results(results))
            generator = generator or find_allure(install=install)
            past = read_history(history, starts) if history else History(())
            shown = {**({tr("环境"): environment} if environment else {}), **(variables or {})}
            index = _make(_Job(results.resolve(), html, history, past, shown), generator)
    except HarnessError as error:
        return ReportOutcome("not_made", _not_made(results, *error.problems))
    except OSError as error:
        return ReportOutcome("not_made", _not_made(results, Problem("report.files", str(error))))
    return ReportOutcome("made", _made(index, past), index)


@contextmanager
def _unchanging(results: Path) -> Iterator[None]:
    """No run begins in *results* while its report is made; BusyError where one is under way. What cannot be
    written to, no run fills.
    """
    with ExitStack() as stack:
        if results.is_dir():
            with suppress(OSError):
                stack.enter_context(holding(results, tr("生成报告")))
        yield


def _read_results(results: Path) -> list[int]:
    """Return when each result began; a result cut short counts as begun at 0, for Allure leaves it out."""
    return [_start(path) for path in sorted(results.glob("*-result.json"))]


def _start(path: Path) -> int:
    try:
        result = json.loads(path.read_bytes())
    except ValueError:
        return 0
    start = result.get("start") if isinstance(result, dict) else None
    return start if isinstance(start, int) else 0


def _make(job: _Job, generator: Generator) -> Path:
    job.html.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=job.html) as folder:
        fresh = Path(folder).resolve()
        lines = fresh / "history.jsonl"
        lines.write_text("".join(f"{line}\n" for line in job.past.lines), encoding="utf-8", newline="\n")
        config = fresh / "allurerc.json"
        config.write_text(
            json.dumps(_config(fresh / "page", lines, job.variables), ensure_ascii=False), encoding="utf-8"
        )
        generator(config, job.results)
        page = _lock_down(fresh / "page" / "index.html")
        if job.history:
            job.history.parent.mkdir(parents=True, exist_ok=True)
            _put(lines, job.history)
        return _put(page, job.html / "index.html")


def _config(output: Path, history: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    template: dict[str, Any] = _translated(json.loads((DATA / "allurerc.json").read_text(encoding="utf-8")))
    template["plugins"]["awesome"]["options"]["reportLanguage"] = language()
    return {
        **template,
        "output": str(output),
        "historyPath": str(history),
        "historyLimit": LIMIT,
        "variables": dict(variables),
    }


def _translated(value: Any) -> Any:
    """Return the template in the language of the run: a category is found by its word, which the results hold
    too.
    """
    if isinstance(value, dict):
        return {key: _translated(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_translated(each) for each in value]
    return tr(value) if isinstance(value, str) else value


def _lock_down(page: Path) -> Path:
    if not page.is_file():
        raise GenerateError(Problem("report.no-page", tr("Allure 没有写出报告页面")))
    try:
        locked = lock_down(page.read_bytes().decode("utf-8"))
    except ValueError as error:
        raise GenerateError(
            Problem("report.strange-page", tr("Allure 写出的页面无法识别: {error}", error=error))
        ) from None
    page.write_bytes(locked.encode("utf-8"))
    return page


def _put(made: Path, place: Path) -> Path:
    """Put *made* at *place* in one step: who looks sees the old one or the new one. The two may be on two
    file systems.
    """
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        beside.write_bytes(made.read_bytes())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
    return place


def _made(index: Path, past: History) -> str:
    said = tr("HTML 报告: {index}", index=index)
    if past.spoiled:
        said += "\n" + tr("历史记录中有 {count} 行不完整，已略去", count=past.spoiled)
    return said


def _no_results(results: Path) -> str:
    return render(
        Problem(
            "report.no-results",
            tr("没有可以生成报告的结果: {results}", results=results),
            tr("先运行 pytest (结果写到 reports/allure-results)，或用 --results 指明结果目录"),
        )
    )


def _not_made(results: Path, *problems: Problem) -> str:
    return "\n".join(
        [
            *(render(problem) for problem in problems),
            tr("HTML 报告未生成，用例结果不受影响，仍在 {results}", results=results),
        ]
    )


def report_command(argv: Sequence[str], _say: Callable[[str], None]) -> int:
    """``python -m framework report``: 0 made, 1 could not be made, 2 no results."""
    given = _parser().parse_args(argv)
    outcome = build_report(
        given.results,
        given.html,
        history=given.history,
        environment=given.environment,
        install=not given.no_install,
    )
    stream = sys.stdout if outcome.status == "made" else sys.stderr
    stream.write(f"{outcome.text}\n")
    return outcome.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m framework report", description=tr("由 Allure 结果生成单文件 HTML 报告")
    )
    parser.add_argument(
        "--results",
        type=Path,
        default=Path("reports/allure-results"),
        metavar="DIR",
        help=tr("Allure 结果目录"),
    )
    parser.add_argument(
        "--html", type=Path, default=Path("reports/html"), metavar="DIR", help=tr("报告写到这里的 index.html")
    )
    parser.add_argument(
        "--history", type=Path, default=Path("reports/history.jsonl"), metavar="FILE", help=tr("历史记录文件")
    )
    parser.add_argument("--environment", default="", metavar="NAME", help=tr("显示在报告首页的环境名"))
    parser.add_argument(
        "--no-install", action="store_true", help=tr("不联网: 缺 Node.js 或 Allure 时只说明办法")
    )
    return parser
