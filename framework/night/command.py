"""``python -m framework night``: runs pytest, compares the night, makes the report, sends the notification.

The exit code says who must act (``framework.base.exit_codes``). If several apply, 1 comes before 3, and 3
before 2.

The stages::

    pytest → reports/run.json → compared with the nights before → report → summary.md → history → notification

A failure of a stage after the first is reported. It changes neither the exit code nor the other stages.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from framework.base.clock import CHINA
from framework.base.errors import ConfigError, empty_option
from framework.base.filelock import LockedError, locked
from framework.base.messages import tr
from framework.base.process import ProcessResult, run_with_timeout
from framework.cases.environments import shown_base_url
from framework.http.masking import MIN_LENGTH, Masker
from framework.night import early_end, notify
from framework.night import files as night_files
from framework.night.message import message, report_link, report_url
from framework.night.summary_page import Night
from framework.report.nights.changes import compare, with_lost_cases
from framework.report.nights.history import PastNights, add_night, folder_of, read_nights, set_aside
from framework.report.page.publish import publish_page
from framework.report.record_file import RecordError, dump, load
from framework.report.results_folder import BusyError, clear_results, hold_folder
from framework.report.run_file import PLACE
from framework.report.run_record import HARNESS, RunRecord, verdict_of
from framework.report.text_file import write_text
from framework.report.verdict_words import verdict_line

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line. ``pytest``: the arguments that are passed on to pytest."""

    root: Path
    environment: str | None
    minutes: float
    install: bool
    notify: bool
    notify_seconds: float
    report_url: str
    pytest: tuple[str, ...]

    @property
    def reports(self) -> Path:
        return self.root / "reports"


def night_command(arguments: Sequence[str], say: Say) -> int:
    """Run the night in the working directory; return its exit code."""
    options = _options(arguments)
    return alone_in_reports(options.reports, say, lambda: _run_night(options, say))


def alone_in_reports(reports: Path, say: Say, run: Callable[[], int]) -> int:
    """Return the result of *run* while no other night writes to *reports*; HARNESS if that is not
    possible.
    """
    try:
        with locked(reports / ".night.lock", wait=False):
            return run()
    except BusyError as error:
        say(str(error))
    except LockedError:
        say(tr("另一个夜间运行正在使用 {reports}，这一次没有运行", reports=reports))
    except OSError as error:
        say(tr("不能写 {reports}：{error}", reports=reports, error=error))
    return HARNESS


def summary_command(arguments: Sequence[str], say: Say) -> int:
    """Write reports/summary.md of the last run, without a comparison."""
    argparse.ArgumentParser(
        "python -m framework summary", description=tr("由 reports/run.json 写出 reports/summary.md")
    ).parse_args(arguments)
    reports = Path("reports")
    try:
        run = load((reports / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        say(tr("运行记录读不了：{error}", error=error))
        return HARNESS
    night = Night(run, compare(run, ()))
    path = night_files.write_page(reports, night)
    night_files.show_in_job(night)
    say(tr("摘要：{path}", path=path))
    return 0


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        "scripts/nightly",
        description=tr("夜间回归：运行、报告、与以往相比、通知；其余参数交给 pytest"),
        allow_abbrev=False,  # an unknown option belongs to pytest, even if one of these begins like it
    )
    parser.add_argument("--env", metavar="NAME", help=tr("environments.yaml 里的环境；不写用默认环境"))
    parser.add_argument(
        "--minutes",
        type=float,
        default=180,
        metavar="N",
        help=tr("运行到这么多分钟就中断，以已有的结果收尾（180）"),
    )
    parser.add_argument(
        "--no-install", action="store_true", help=tr("不联网：缺 Node.js 或 Allure 时只说明办法")
    )
    parser.add_argument("--no-notify", action="store_true", help=tr("不发通知"))
    parser.add_argument(
        "--notify-seconds",
        type=float,
        default=notify.SECONDS,
        metavar="N",
        help=tr("通知最多等这么多秒（30）"),
    )
    parser.add_argument(
        "--report-url",
        metavar="URL",
        help=tr("通知里的报告地址；在 CI 里用 CI 自己的地址；也可以用环境变量 HARNESS_REPORT_URL"),
    )
    given, rest = parser.parse_known_args(list(arguments))
    if given.env is not None and not given.env.strip():
        raise ConfigError(empty_option("--env"))
    return Options(
        Path.cwd(),
        given.env,
        given.minutes,
        not given.no_install,
        not given.no_notify,
        given.notify_seconds,
        report_url(given.report_url),
        tuple(rest),
    )


def _run_night(options: Options, say: Say) -> int:
    now = datetime.now(CHINA)
    clear_old_results(options.reports)
    say(_target_line(options))
    ended = _run_pytest(options, say)
    run, notes = _read_record(options, ended, now)
    return finish_night(options, run, notes, now, say)


def finish_night(options: Options, run: RunRecord, notes: tuple[str, ...], now: datetime, say: Say) -> int:
    """Compare *run* with the nights before, write and send everything, and return the exit code."""
    exit_code = verdict_of(run)[0]
    try:
        folder = folder_of(options.reports, run.environment)
        past = _past_nights(folder, now, run.environment)
        run = with_lost_cases(run, past.nights)
        exit_code = verdict_of(run)[0]
        _publish(options, run, past, notes, say)
    except Exception:  # otherwise Python would exit with 1, which means that the service is wrong
        traceback.print_exc()
        return exit_code or HARNESS
    return exit_code


def _publish(options: Options, run: RunRecord, past: PastNights, notes: tuple[str, ...], say: Say) -> None:
    """Compare the run with the past, make report and summary, add it to the history, notify the group."""
    notes = (*notes, *past.unreadable, *_write_record(options, run))
    address, address_notes = _notify_address(options)
    run = _masked(run, address)
    folder = folder_of(options.reports, run.environment)
    night = Night(run, compare(run, past.nights), notes=(*notes, *address_notes))
    # The quick steps first: CI may kill a cancelled night before its report is made.
    night = _add_to_history(folder, night)
    night = _with_front_page(options, _with_summary(options, night))
    night = _with_report(options, night, say)
    # Now its links into the report are known.
    night = _with_front_page(options, _with_summary(options, night))
    failure = _notify(options, night, address, say)
    if failure:
        night = _with_summary(options, replace(night, notes=(*night.notes, failure)))
    night_files.show_in_job(night)
    _print_result(night, options.reports / night_files.SUMMARY, say)


def _write_record(options: Options, run: RunRecord) -> tuple[str, ...]:
    """Write run.json with the facts that only the night knows; return a note if the disk is full."""
    try:
        write_text(options.root / PLACE, dump(run))
    except OSError as error:
        return (tr("运行记录没有写成：{error}", error=error.strerror),)
    return ()


def _with_summary(options: Options, night: Night) -> Night:
    """Write summary.md; return the night with a note if that failed: the notification must go out."""
    try:
        night_files.write_page(options.reports, night)
    except OSError as error:
        note = tr("摘要没有写成：{error}", error=error.strerror)
        return night if note in night.notes else replace(night, notes=(*night.notes, note))
    return night


# -- the run


def clear_old_results(reports: Path) -> None:
    """Remove the results of earlier runs, so that they are not taken for those of this one."""
    with hold_folder(reports / "allure-results", tr("夜间回归")):
        clear_results(reports / "allure-results")
    for name in ("run.json", "junit.xml", "summary.md", "index.html"):
        (reports / name).unlink(missing_ok=True)


def _run_pytest(options: Options, say: Say) -> ProcessResult:
    command = [
        sys.executable,
        "-m",
        "pytest",
        *(["--env", options.environment] if options.environment else []),
        *options.pytest,
    ]
    # The address of the chat group is a secret that the cases do not need.
    environment = {name: value for name, value in os.environ.items() if name != notify.VARIABLE}
    # A process of its own, so that a crash or a hang of pytest does not end the night.
    ended = run_with_timeout(command, options.root, environment, options.minutes * 60)
    if ended.timed_out:
        say(tr("运行超过 {minutes:g} 分钟，中断了它", minutes=options.minutes))
    return ended


# -- the record


def _read_record(options: Options, ended: ProcessResult, now: datetime) -> tuple[RunRecord, tuple[str, ...]]:
    """Return the record of the run and notes about it; a record without cases if it cannot be read."""
    path = options.reports / "run.json"
    try:
        run = load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        return early_end.ended_early(options.root, options.environment, ended, now)
    except RecordError as error:
        kept = set_aside(path, now).name
        note = tr("运行记录读不了（{why}），已改名保留为 {kept}", why=error, kept=kept)
        return early_end.empty_record(options.root, options.environment, ended.code, now), (note,)
    # pytest may end with another code after it wrote the record, for example if a plugin fails at the very
    # end.
    environment = run.environment or early_end.environment_of(options.root, options.environment)[0]
    # A run that was stopped is not green, even if its last case still ended.
    interrupted = run.interrupted or ended.timed_out or ended.cancelled
    return replace(run, environment=environment, exit=ended.code, interrupted=interrupted), ()


def _target_line(options: Options) -> str:
    """Return the first line of the night: which service it judges."""
    unknown = tr("内置服务"), tr("地址未知")
    name, address = early_end.environment_of(options.root, options.environment, *unknown)
    given = " ".join(argument for argument in options.pytest if argument.startswith("--base-url"))
    address = shown_base_url(given) or address
    return tr("夜间回归 {environment}（{address}）", environment=name, address=address)


def _notify_address(options: Options) -> tuple[str, tuple[str, ...]]:
    try:
        return notify.notify_address(options.root), ()
    except ConfigError as error:
        return "", (error.problems[0].what,)
    except (OSError, ValueError) as error:
        return "", (tr("读不了 .env：{error}", error=type(error).__name__),)


def _masked(run: RunRecord, address: str) -> RunRecord:
    """Mask the address of the chat group, in case a reply contains it."""
    secrets = {f"notify_{n}": part for n, part in enumerate(address.split()) if len(part) >= MIN_LENGTH}
    try:
        mask = Masker(secrets).text
    except ConfigError:  # "***notify" is not an address, so there is nothing to hide
        return run
    cases = (
        replace(case, title=mask(case.title), headline=mask(case.headline), cause=mask(case.cause))
        for case in run.cases
    )
    return replace(run, cases=tuple(cases))


def _past_nights(folder: Path, now: datetime, environment: str) -> PastNights:
    try:
        return read_nights(folder, now, environment)
    except OSError as error:
        return PastNights(unreadable=(tr("历史读不了：{error}", error=error),))


def _with_report(options: Options, night: Night, say: Say) -> Night:
    """Make the HTML report and return the night with its path, or with the reason why there is none."""
    outcome = night_files.build_night_report(options.reports, night, install=options.install)
    say(outcome.text)
    if outcome.index:
        return replace(night, report=str(outcome.index.relative_to(options.root)))
    return replace(night, report=tr("没有生成：{why}", why=outcome.text.splitlines()[0]))


def _with_front_page(options: Options, night: Night) -> Night:
    """Write reports/index.html; return the night with a note if that failed."""
    try:
        publish_page(options.root, night.run, night.changes, night.notes)
    except Exception as error:  # the notification must go out whatever is wrong with a page
        note = tr("首页没有写成：{error}", error=getattr(error, "strerror", None) or error)
        return night if note in night.notes else replace(night, notes=(*night.notes, note))
    return night


def _add_to_history(folder: Path, night: Night) -> Night:
    try:
        add_night(folder, night.run)
    except OSError as error:
        return replace(night, notes=(*night.notes, tr("这一夜没有记入历史：{error}", error=error)))
    return night


def _notify(options: Options, night: Night, address: str, say: Say) -> str:
    """Send the message to the group if it is wanted and has news; return a line if that failed."""
    if not address or not options.notify:
        return ""
    reason = notify.reason_not_to_send(night)
    if reason:
        say(reason)
        return ""
    link = report_link(options.report_url)
    why = notify.send(address, *message(night, link), options.notify_seconds)
    return tr("通知没有发出：{why}", why=why) if why else ""


def _print_result(night: Night, path: Path, say: Say) -> None:
    for note in night.notes:
        say(note.partition("\n")[0])
    say(tr("摘要：{path}", path=path))
    for reason in verdict_of(night.run)[1]:
        say(f"- {reason}")
    environment, verdict = night.run.environment, verdict_line(night.run)
    address = night.run.address or tr("地址未知")
    say(
        tr(
            "夜间回归 {environment}（{address}）：{verdict}",
            environment=environment,
            address=address,
            verdict=verdict,
        )
    )
