"""``python -m framework night``: the nightly run, whole. The exit code says who must act.

::

    0  green
    1  the service is wrong, or slower than its budget
    2  the environment or the harness: something, or everything, was not judged
    3  a case file is wrong
    1 before 3 before 2

    pytest → reports/run.json → compared with the nights before → report → summary.md → history → notification

Each stage after the first may fail and be told, and changes neither the exit code nor what the others do.
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

from framework.base.errors import ConfigError, HarnessError
from framework.base.filelock import LockedError, locked
from framework.base.messages import tr
from framework.base.process import run_with_timeout
from framework.cases.environments import choose_environment, load_environments
from framework.cases.template import CHINA
from framework.http.masking import MIN_LENGTH, Masker
from framework.night import files as night_files
from framework.night import notify
from framework.night.changes import compare
from framework.night.history import Past, add_night, folder_of, read_nights, set_aside
from framework.night.summary_page import Night, verdict_line
from framework.report.results_folder import BusyError, clear, holding
from framework.report.run_record import HARNESS, RecordError, RunRecord, load, verdict_of


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; ``pytest``: what is passed on."""

    root: Path
    environment: str | None
    minutes: float
    install: bool
    notify: bool
    notify_seconds: float
    pytest: tuple[str, ...]

    @property
    def reports(self) -> Path:
        return self.root / "reports"


def night_command(arguments: Sequence[str], _print: Callable[[str], None]) -> int:
    """Run the night in the working directory."""
    options = _options(arguments)
    try:
        with locked(options.reports / ".night.lock", wait=False):
            return _night(options)
    except BusyError as error:
        _say(str(error))
    except LockedError:
        _say(tr("另一个夜间运行正在使用 {reports},这一次没有运行", reports=options.reports))
    except OSError as error:
        _say(tr("不能写 {reports}:{error}", reports=options.reports, error=error))
    return HARNESS


def summary_command(arguments: Sequence[str], _print: Callable[[str], None]) -> int:
    """Write reports/summary.md of the last run, with no night to compare it with."""
    argparse.ArgumentParser(
        "python -m framework summary", description=tr("由 reports/run.json 写出 reports/summary.md")
    ).parse_args(arguments)
    reports = Path("reports")
    try:
        run = load((reports / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _say(tr("运行记录读不了:{error}", error=error))
        return HARNESS
    path = night_files.write_page(reports, Night(run, compare(run, ())))
    night_files.show_in_job(path)
    _say(tr("摘要: {path}", path=path))
    return 0


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        "scripts/nightly",
        description=tr("夜间回归:运行、报告、与以往相比、通知;其余参数交给 pytest"),
        allow_abbrev=False,
    )
    parser.add_argument("--env", metavar="NAME", help=tr("environments.yaml 里的环境;不写用默认环境"))
    parser.add_argument(
        "--minutes",
        type=float,
        default=180,
        metavar="N",
        help=tr("运行到这么多分钟就中断,以已有的结果收尾(180)"),
    )
    parser.add_argument(
        "--no-install", action="store_true", help=tr("不联网:缺 Node.js 或 Allure 时只说明办法")
    )
    parser.add_argument("--no-notify", action="store_true", help=tr("不发通知"))
    parser.add_argument(
        "--notify-seconds", type=float, default=notify.SECONDS, metavar="N", help=tr("通知最多等这么多秒(30)")
    )
    given, rest = parser.parse_known_args(list(arguments))
    return Options(
        Path.cwd(),
        given.env,
        given.minutes,
        not given.no_install,
        not given.no_notify,
        given.notify_seconds,
        tuple(rest),
    )


def _night(options: Options) -> int:
    now = datetime.now(CHINA)
    _clear(options.reports)
    code = _run_pytest(options)
    run, lost = _recorded(options, code, now)
    verdict = verdict_of(run)[0]
    try:
        _tell(options, run, lost, now)
    except Exception:  # else Python would end with 1, which says that the service is wrong
        traceback.print_exc()
        return verdict or HARNESS
    return verdict


def _tell(options: Options, run: RunRecord, lost: tuple[str, ...], now: datetime) -> None:
    address, unread = _address(options)
    run = _masked(run, address)
    folder = folder_of(options.reports, run.environment)
    past = _past(folder, now)
    night = Night(run, compare(run, past.nights), notes=(*lost, *past.aside, *unread))
    night = _keep(folder, _report(options, night))
    path = night_files.write_page(options.reports, night)
    told = _notify(options, night, address)
    if told:
        path = night_files.write_page(options.reports, replace(night, notes=(*night.notes, told)))
    night_files.show_in_job(path)
    _farewell(night, path, told)


# -- the run


def _clear(reports: Path) -> None:
    """What an earlier run left must not be taken for this one's."""
    with holding(reports / "allure-results", tr("夜间回归")):
        clear(reports / "allure-results")
    for name in ("run.json", "junit.xml", "summary.md"):
        (reports / name).unlink(missing_ok=True)


def _run_pytest(options: Options) -> int:
    command = [
        sys.executable,
        "-m",
        "pytest",
        *(["--env", options.environment] if options.environment else []),
        *options.pytest,
    ]
    environment = {name: value for name, value in os.environ.items() if name != notify.VARIABLE}
    ended = run_with_timeout(command, options.root, environment, options.minutes * 60)
    if ended.timed_out:
        _say(tr("运行超过 {minutes:g} 分钟,中断了它", minutes=options.minutes))
    return ended.code


# -- what came of it


def _recorded(options: Options, code: int, now: datetime) -> tuple[RunRecord, tuple[str, ...]]:
    """Return the record of the run; where there is none, one that says that nothing was judged."""
    path = options.reports / "run.json"
    stamp = now.isoformat(timespec="milliseconds")
    nothing = RunRecord(now.strftime("%Y%m%dT%H%M%S"), _environment(options), stamp, stamp, 0.0, code)
    try:
        run = load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        return nothing, (tr("pytest 没有写出运行记录,以 {code} 结束;原因见上面的输出", code=code),)
    except RecordError as error:
        return nothing, (
            tr("运行记录读不了({why}),已改名保留为 {kept}", why=error, kept=set_aside(path, now).name),
        )
    run = replace(run, environment=run.environment or nothing.environment)
    return (run if run.exit == code else replace(run, exit=code)), ()


def _environment(options: Options) -> str:
    try:
        return (
            choose_environment(options.root, options.environment, None).name
            if options.environment
            else load_environments(options.root)[0]
        )
    except HarnessError:
        return options.environment or ""


def _address(options: Options) -> tuple[str, tuple[str, ...]]:
    try:
        return notify.notify_address(options.root), ()
    except (OSError, ValueError) as error:
        return "", (tr("读不了 .env:{error}", error=type(error).__name__),)


def _masked(run: RunRecord, address: str) -> RunRecord:
    """The address of the chat group may stand in a reply only by mischief; it is taken out all the same."""
    secrets = {f"notify_{n}": part for n, part in enumerate(address.split()) if len(part) >= MIN_LENGTH}
    try:
        mask = Masker(secrets).text
    except ConfigError:  # "***notify" is no address: nothing to hide
        return run
    return replace(
        run,
        cases=tuple(
            replace(case, title=mask(case.title), headline=mask(case.headline), cause=mask(case.cause))
            for case in run.cases
        ),
    )


def _past(folder: Path, now: datetime) -> Past:
    try:
        return read_nights(folder, now)
    except OSError as error:
        return Past(aside=(tr("历史读不了:{error}", error=error),))


def _report(options: Options, night: Night) -> Night:
    outcome = night_files.build(options.reports, night, install=options.install)
    _say(outcome.text)
    where = (
        str(outcome.index.relative_to(options.root))
        if outcome.index
        else tr("没有生成:{why}", why=outcome.text.splitlines()[0])
    )
    return replace(night, report=where)


def _keep(folder: Path, night: Night) -> Night:
    try:
        add_night(folder, night.run)
    except OSError as error:
        return replace(night, notes=(*night.notes, tr("这一夜没有记入历史:{error}", error=error)))
    return night


def _notify(options: Options, night: Night, address: str) -> str:
    """Tell the group; return a line where it was not told and somebody wanted it to be."""
    if not address or not options.notify:
        return ""
    if why := notify.unsent(night):
        _say(why)
        return ""
    why = notify.send(address, *notify.message(night), options.notify_seconds)
    return tr("通知没有发出:{why}", why=why) if why else ""


def _farewell(night: Night, path: Path, told: str) -> None:
    for line in (*night.notes, told):
        if line:
            _say(line)
    _say(tr("摘要: {path}", path=path))
    for reason in verdict_of(night.run)[1]:
        _say(f"- {reason}")
    _say(
        tr(
            "夜间回归 {environment}:{verdict}",
            environment=night.run.environment,
            verdict=verdict_line(night.run),
        )
    )


def _say(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()
