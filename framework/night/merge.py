"""``python -m framework merge DIR…``: the runs of all shards become one run, with one report and one message.

Shards that do not belong together are refused before anything is written. A shard that is missing is named,
and the run is not green.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from framework.base.clock import CHINA
from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.night import notify
from framework.night.command import Options, Say, alone_in_reports, clear_old_results, finish_night
from framework.night.message import report_url
from framework.report.record_file import RecordError, dump, load
from framework.report.results_folder import hold_folder
from framework.report.run_record import RunRecord, Shard
from framework.report.text_file import write_text


@dataclass(frozen=True, slots=True)
class ShardRun:
    """The record of one shard, and the folder that it is in."""

    folder: Path
    run: RunRecord
    shard: Shard


def merge_command(arguments: Sequence[str], say: Say) -> int:
    """Merge the shards in the given folders into reports/; return the exit code of the night."""
    folders, options = _options(arguments)
    notes: list[str] = []
    found = _read(folders, options.reports, notes)
    run = merged(found)

    def publish() -> int:
        clear_old_results(options.reports)
        _copy(found, options.reports)
        write_text(options.reports / "run.json", dump(run))
        return finish_night(options, run, tuple(notes), datetime.now(CHINA), say)

    return alone_in_reports(options.reports, say, publish)


def _options(arguments: Sequence[str]) -> tuple[list[Path], Options]:
    parser = argparse.ArgumentParser(
        "python -m framework merge",
        description=tr(
            "把各个分片（pytest --shard K/N）的 reports 合成一次运行：一份报告、一份历史、一条通知"
        ),
        allow_abbrev=False,
    )
    parser.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help=tr("一个分片的 reports 文件夹，里面有 run.json"),
    )
    parser.add_argument(
        "--no-install", action="store_true", help=tr("不联网：缺 Node.js 或 Allure 时只说明办法")
    )
    parser.add_argument("--no-notify", action="store_true", help=tr("不发通知"))
    parser.add_argument("--report-url", metavar="URL", help=tr("通知里的报告地址"))
    given = parser.parse_args(list(arguments))
    options = Options(
        Path.cwd(),
        None,
        0,
        not given.no_install,
        not given.no_notify,
        notify.SECONDS,
        report_url(given.report_url),
        (),
    )
    return given.folders, options


def _read(folders: Sequence[Path], reports: Path, notes: list[str]) -> list[ShardRun]:
    """Read the shards, in the order of their numbers. Raises ConfigError if they do not belong together."""
    found: dict[int, ShardRun] = {}
    seen: set[Path] = set()
    for folder in folders:
        place = folder.resolve()
        if place in seen:
            raise _error(tr("{folder} 给了两次", folder=folder))
        if place == reports.resolve():
            raise _error(tr("{folder} 是写结果的地方，先把分片的结果放到别处", folder=folder))
        seen.add(place)
        try:
            run = load((folder / "run.json").read_text(encoding="utf-8"))
        except (OSError, UnicodeError, RecordError) as error:
            # A shard that died has no record. Its number is among those that are missing.
            notes.append(tr("{folder} 没有可读的运行记录：{error}", folder=folder, error=error))
            continue
        if run.shard is None:
            raise _error(tr("{folder} 不是分片，它运行了全部用例", folder=folder))
        other = found.setdefault(run.shard.number, ShardRun(folder, run, run.shard))
        if other.folder != folder:
            raise _error(
                tr(
                    "{folder} 与 {other} 是同一个分片 {shard}",
                    folder=folder,
                    other=other.folder,
                    shard=_name(run.shard),
                )
            )
    if not found:
        raise _error(tr("没有一个文件夹里有可读的 run.json"))
    runs = [found[number] for number in sorted(found)]
    _refuse_different(runs)
    return runs


def _refuse_different(runs: Sequence[ShardRun]) -> None:
    first = runs[0]
    for other in runs[1:]:
        for what, one, two in (
            (tr("分片的个数"), first.shard.shards, other.shard.shards),
            (tr("环境"), first.run.environment, other.run.environment),
            (tr("地址"), _host(first.run.address), _host(other.run.address)),
            (tr("服务版本"), first.run.service, other.run.service),
            (tr("选择"), selection_of(first.run), selection_of(other.run)),
            (tr("用例或耗时文件（分法的摘要）"), first.shard.plan, other.shard.plan),
        ):
            if one != two:
                raise _error(
                    tr(
                        "{folder} 与 {other} 的{what}不同：{one}，{two}",
                        folder=first.folder,
                        other=other.folder,
                        what=what,
                        one=repr(one),
                        two=repr(two),
                    )
                )


def merged(runs: Sequence[ShardRun]) -> RunRecord:
    """Return the record of one run that had all the cases of *runs*."""
    records = [each.run for each in runs]
    first, shard = records[0], runs[0].shard
    started, stopped = min(run.started for run in records), max(run.stopped for run in records)
    present = {each.shard.number for each in runs}
    missing = [number for number in range(1, shard.shards + 1) if number not in present]
    seconds = datetime.fromisoformat(stopped) - datetime.fromisoformat(started)
    return replace(
        first,
        started=started,
        stopped=stopped,
        duration=round(seconds.total_seconds(), 3),
        exit=max(_exit(run) for run in records),
        selection=selection_of(first),
        interrupted=any(run.interrupted for run in records),
        collected=shard.cases,
        cases=tuple(case for run in records for case in run.cases),
        collection=tuple({problem.id: problem for run in records for problem in run.collection}.values()),
        internal=next((run.internal for run in records if run.internal), ""),
        kept_p95=None,
        shard=None,
        missing_shards=tuple(f"{number}/{shard.shards}" for number in missing),
    )


def selection_of(run: RunRecord) -> str:
    """Return the options that selected the cases of all shards."""
    suffix = f"--shard {_name(run.shard)}" if run.shard else ""
    return run.selection.removesuffix(suffix).strip()


def _exit(run: RunRecord) -> int:
    """Return pytest's exit code; 0 for a shard that had nothing to do: there were more shards than cases."""
    return 0 if run.exit == 5 and not run.cases and not run.collected else run.exit


def _name(shard: Shard) -> str:
    return f"{shard.number}/{shard.shards}"


def _host(address: str) -> str:
    """Return the host: the embedded service of each shard has a port of its own."""
    return urlsplit(address).hostname or address


def _error(what: str) -> ConfigError:
    how = tr("给 N 个分片的 reports 文件夹，每个一次；各分片要用同样的用例、环境与耗时文件")
    return ConfigError(Problem("merge", what, how))


def _copy(runs: Sequence[ShardRun], reports: Path) -> None:
    """Copy the results of each shard for Allure, its log, and its JUnit entries."""
    results = reports / "allure-results"
    with hold_folder(results, tr("合并分片")):
        for each in runs:
            _copy_files(each.folder / "allure-results", results)
    for each in runs:
        _copy_files(each.folder / "logs", reports / "logs")
    suites = [suite for each in runs for suite in _junit_suites(each.folder / "junit.xml")]
    if suites:
        root = ElementTree.Element("testsuites")
        root.extend(suites)
        ElementTree.ElementTree(root).write(reports / "junit.xml", encoding="utf-8", xml_declaration=True)


def _junit_suites(path: Path) -> list[ElementTree.Element]:
    try:
        # pytest wrote it, in a shard of this run.
        return list(ElementTree.parse(path).getroot())  # noqa: S314
    except (OSError, ElementTree.ParseError):  # a shard that was killed may have written none, or half of it
        return []


def _copy_files(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()) if source.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            shutil.copyfile(path, target / path.name)
