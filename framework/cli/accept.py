"""``python -m framework accept``: accepts the replies of a run as the baseline of later runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from framework.base.errors import BaselineError, Problem, render
from framework.base.filelock import LockedError, locked
from framework.base.messages import tr
from framework.base.source import visible
from framework.baseline.accepting import Acceptance, Candidate, accept, read_candidates, select
from framework.baseline.two_looks import unsteady_members
from framework.run.project import find_root

_MOST_LINES = 20
_MOST_UNSTEADY = 5
ACCEPTED, REFUSED, USAGE = 0, 1, 2


def accept_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Accept candidates. Returns 1 if something was refused, 2 if there is nothing to accept.

    Raises:
        BaselineError: another acceptance is writing.
    """
    options = _options(arguments)
    root = find_root(Path.cwd())
    reports, names = _reports_and_names(options.names, root)
    candidates, problems = read_candidates(reports)
    chosen, unknown = select(candidates, names)
    for name in unknown:
        problems.append(_unknown(name))
    for problem in problems:
        say(render(problem))
    if not chosen:
        if not problems:
            say(tr("没有要认可的：{folder} 里没有候选。先运行 pytest", folder=_shown(reports, root)))
        return USAGE
    results = _accept_all(chosen, root, names, writes=not options.dry_run)
    for candidate, result in zip(chosen, results, strict=True):
        for line in (*_lines(result), *_unsteady(candidate, reports)):
            say(line)
    say(_summary(results, dry_run=options.dry_run))
    return REFUSED if problems or any(result.refused for result in results) else ACCEPTED


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m framework accept",
        description=tr("把一次运行看到的认可为服务的样子，写进 baselines/；下一次起与它相比"),
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar=tr("[REPORTS] 名字"),
        help=tr(
            "运行的 reports 文件夹（省略就是项目的）；用例、套件文件、记录的键或新字段的名字（省略就是全部）"
        ),
    )
    parser.add_argument("--dry-run", action="store_true", help=tr("只说会认可什么，不写"))
    options = parser.parse_args(arguments)
    if "" in options.names:
        parser.error(tr("有一个名字是空的"))
    return options


def _reports_and_names(given: Sequence[str], root: Path) -> tuple[Path, list[str]]:
    """Return the folder of the run, and the names; the first argument is the folder if there is one."""
    if given and Path(given[0]).is_dir():
        return Path(given[0]).absolute(), list(given[1:])
    return root / "reports", list(given)


def _accept_all(
    chosen: Sequence[Candidate], root: Path, names: Sequence[str], *, writes: bool
) -> list[Acceptance]:
    try:
        with locked(root / ".cache" / "accept.lock", wait=False):
            return [accept(candidate, root, names, writes=writes) for candidate in chosen]
    except LockedError:
        what = tr("另一次 accept 正在写 baselines/")
        raise BaselineError(Problem("accept-busy", what, tr("等它结束再试"))) from None


def _lines(result: Acceptance) -> Iterator[str]:
    yield visible(tr("{case}，环境 {environment}", case=result.case, environment=result.environment))
    for line in result.accepted[:_MOST_LINES]:
        yield visible(f"  ✓ {line}")
    if len(result.accepted) > _MOST_LINES:
        yield tr("  … 另有 {n} 项", n=len(result.accepted) - _MOST_LINES)
    if result.unchanged:
        yield tr("  {n} 项已经认可过", n=result.unchanged)
    for line in result.refused:
        yield visible(tr("  ✗ 没有认可：{line}", line=line))


def _unsteady(candidate: Candidate, reports: Path) -> Iterator[str]:
    """Say which members differ between two first looks."""
    found = unsteady_members(candidate, reports)
    for one in found[:_MOST_UNSTEADY]:
        yield visible(
            tr(
                "  △ 两次看到的 {member} 不同（{n} 条，共 {all} 条）",
                member=one.member,
                n=one.differing,
                all=one.records,
            )
        )
    if found:
        names = ", ".join(one.member for one in found[:_MOST_UNSTEADY])
        yield visible(tr("    会自己变的（浏览次数、服务器时间）写进 ignore: [{names}]，再认可", names=names))


def _summary(results: Sequence[Acceptance], *, dry_run: bool) -> str:
    numbers = {
        "accepted": sum(len(result.accepted) for result in results),
        "refused": sum(len(result.refused) for result in results),
    }
    if dry_run:
        return tr("会认可 {accepted} 项，拒绝 {refused} 项", **numbers)
    line = tr("认可了 {accepted} 项，拒绝 {refused} 项", **numbers)
    return line + (tr("；把 baselines/ 提交到版本库") if numbers["accepted"] else "")


def _unknown(name: str) -> Problem:
    what = tr("没有叫 {name} 的候选", name=visible(name))
    return Problem("candidate-unknown", what, tr("名字见 python -m framework accept --dry-run"))


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
