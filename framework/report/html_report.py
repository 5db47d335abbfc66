"""Makes Allure's HTML report: one file with history that opens from disk without a network.

::

    results ─read_start_times→ starts ─read_history→ lines ─generator→ page ─lock_down→ index.html

The page and the history are made in a temporary folder and replace the old ones, each in one step, when both
are ready. If a report cannot be made, the last one is kept. The exit code of the run never depends on the
report.
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
from framework.report.large_runs import smaller_results
from framework.report.node import DATA, GenerateError, find_allure
from framework.report.page.links import FILE as LINKS
from framework.report.page.links import links_in
from framework.report.record_file import RecordError, load
from framework.report.results_folder import hold_folder
from framework.report.run_record import RunRecord
from framework.report.verdict_words import gate_of

Status = Literal["made", "no_results", "not_made"]
Gate = Sequence[tuple[str, str]]
Generator = Callable[[Path, Path], None]
"""Makes the report that a configuration file (first argument) describes from a folder of results (second).

Raises HarnessError if it cannot.
"""

EXIT_CODES: Mapping[Status, int] = {"made": 0, "not_made": 1, "no_results": 2}


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """The result of making a report: the page, if there is one, and a message for people."""

    status: Status
    text: str
    index: Path | None = None

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.status]


@dataclass(frozen=True, slots=True)
class _ReportJob:
    """The inputs of a report and the folder of its page."""

    results: Path
    html: Path
    history: Path | None
    past: History
    variables: Mapping[str, str]
    gate: Gate


def build_report(
    results: Path,
    html: Path,
    *,
    history: Path | None = None,
    environment: str = "",
    variables: Mapping[str, str] | None = None,
    gate: Gate = (),
    install: bool = True,
    generator: Generator | None = None,
) -> ReportOutcome:
    """Make ``html/index.html`` from the Allure results in *results*. Failures are reported in the outcome.

    *history* is a JSONL file; this run is added to it. *environment* and *variables* are shown at the top of
    the page, and *gate* in its quality gate (see ``gate_of``). *install* allows downloading Node.js and
    Allure if they are missing. *generator* replaces Allure in tests.
    """
    try:
        with _no_run_in(results):
            starts = _read_start_times(results)
            if not starts:
                return ReportOutcome("no_results", _no_results_text(results))
            generator = generator or find_allure(install=install)
            past = read_history(history, starts) if history else History(())
            shown = {tr("环境"): environment} if environment else {}
            shown.update(variables or {})
            index = _make_page(_ReportJob(results.resolve(), html, history, past, shown, gate), generator)
    except HarnessError as error:
        return ReportOutcome("not_made", _not_made_text(results, *error.problems))
    except OSError as error:
        return ReportOutcome("not_made", _not_made_text(results, Problem("report.files", str(error))))
    return ReportOutcome("made", _made_text(index, past), index)


@contextmanager
def _no_run_in(results: Path) -> Iterator[None]:
    """Keep runs out of *results* while the report is made.

    Raises:
        BusyError: a run is writing to it.
    """
    with ExitStack() as stack:
        if results.is_dir():
            with suppress(OSError):  # a folder that cannot be written: no run can use it either
                stack.enter_context(hold_folder(results, tr("生成报告")))
        yield


def _read_start_times(results: Path) -> list[int]:
    """Return the start of each result in Unix milliseconds, 0 for an incomplete one, which Allure skips."""
    return [_start_time(path) for path in sorted(results.glob("*-result.json"))]


def _start_time(path: Path) -> int:
    try:
        result = json.loads(path.read_bytes())
    except ValueError:
        return 0
    start = result.get("start") if isinstance(result, dict) else None
    return start if isinstance(start, int) else 0


def _make_page(job: _ReportJob, generator: Generator) -> Path:
    job.html.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=job.html) as folder:
        fresh = Path(folder).resolve()
        lines = fresh / "history.jsonl"
        lines.write_text("".join(f"{line}\n" for line in job.past.lines), encoding="utf-8", newline="\n")
        config = fresh / "allurerc.json"
        config.write_text(
            json.dumps(_config(fresh / "page", lines, job.variables), ensure_ascii=False), encoding="utf-8"
        )
        # The generator reads the old history from this file and appends the run to it.
        generator(config, smaller_results(job.results, fresh / "results"))
        page = _lock_down(fresh / "page" / "index.html", job.gate)
        if job.history:
            job.history.parent.mkdir(parents=True, exist_ok=True)
            _replace_file(job.history, lines)
        links = fresh / LINKS
        links.write_text(links_in(page.read_text(encoding="utf-8"), _runs_in(job.results)), encoding="utf-8")
        _replace_file(job.html / LINKS, links)
        return _replace_file(job.html / "index.html", page)


def _runs_in(results: Path) -> list[str]:
    """Return the values of environment.properties: the id of the run is among them."""
    try:
        lines = (results / "environment.properties").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError):
        return []
    return [line.partition(" = ")[2] for line in lines]


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
    """Return the template in the language of the run.

    The names of the categories must be the words in the results, because Allure matches them.
    """
    if isinstance(value, dict):
        return {key: _translated(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_translated(each) for each in value]
    return tr(value) if isinstance(value, str) else value


def _lock_down(page: Path, gate: Gate) -> Path:
    if not page.is_file():
        raise GenerateError(Problem("report.no-page", tr("Allure 没有写出报告页面")))
    try:
        locked = lock_down(page.read_bytes().decode("utf-8"), gate)
    except ValueError as error:
        raise GenerateError(
            Problem("report.strange-page", tr("Allure 写出的页面无法识别：{error}", error=error))
        ) from None
    page.write_bytes(locked.encode("utf-8"))
    return page


def _replace_file(target: Path, source: Path) -> Path:
    """Replace *target* by a copy of *source* in one step, so that a reader sees the old file or the new one.

    A plain rename is not enough, because the two may be on different file systems.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_bytes(source.read_bytes())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def _made_text(index: Path, past: History) -> str:
    text = tr("HTML 报告：{index}", index=index)
    if past.incomplete:
        text += "\n" + tr("历史记录中有 {count} 行不完整，已略去", count=past.incomplete)
    return text


def _no_results_text(results: Path) -> str:
    return render(
        Problem(
            "report.no-results",
            tr("没有可以生成报告的结果：{results}", results=results),
            tr("先运行 pytest（结果写到 reports/allure-results），或用 --results 指明结果目录"),
        )
    )


def _not_made_text(results: Path, *problems: Problem) -> str:
    return "\n".join(
        [
            *(render(problem) for problem in problems),
            tr("HTML 报告未生成，用例结果不受影响，仍在 {results}", results=results),
        ]
    )


def report_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Run ``python -m framework report``; return 0 if the page was made, 1 if not, 2 without results."""
    options = _parser().parse_args(arguments)
    run = _record(options.html.parent)
    outcome = build_report(
        options.results,
        options.html,
        history=options.history,
        environment=options.environment,
        gate=gate_of(run) if run else (),
        install=not options.no_install,
    )
    page = _front_page(options.html.parent, run)
    if outcome.status == "made":
        say(outcome.text)
    else:
        sys.stderr.write(f"{outcome.text}\n")
    if page is not None:
        say(tr("首页：{index}", index=page))
    return outcome.exit_code


def _record(reports: Path) -> RunRecord | None:
    try:
        return load((reports / "run.json").read_text(encoding="utf-8"))
    except (OSError, UnicodeError, RecordError):
        return None


def _front_page(reports: Path, run: RunRecord | None) -> Path | None:
    """Make the front page of the run in *reports*; return None if it cannot be made."""
    # It imports the template library.
    from framework.report.page.publish import publish_page, publish_without_record  # noqa: PLC0415

    with suppress(OSError):
        return publish_page(reports.absolute().parent, run) if run else publish_without_record(reports)
    return None


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
        "--no-install", action="store_true", help=tr("不联网：缺 Node.js 或 Allure 时只说明办法")
    )
    return parser
