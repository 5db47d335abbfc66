"""The options of ``python -m framework load``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from framework.base.messages import tr

Role = Literal["local", "master", "worker"]
MOST_USERS: Final = 10_000
MOST_SECONDS: Final = 4 * 3600
PORT: Final = 5557
"""The port of Locust's own masters."""
_UNITS: Final = {"h": 3600, "m": 60, "s": 1}
_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """The options of the command line.

    Attributes:
        throughput: cases a second of all users together; 0 if every user starts the next case at once.
        p95: milliseconds; 0 if there is no such limit.
        most_failed: the share of runs that may fail, 0 to 1.
        workers: how many workers the master waits for.
        pytest: the arguments that select cases and name the environment, which are pytest's.
    """

    role: Role
    users: int
    spawn_rate: float
    seconds: float
    throughput: float
    p95: float
    most_failed: float
    host: str
    port: int
    workers: int
    pytest: tuple[str, ...]


def parse_options(arguments: Sequence[str]) -> LoadOptions:
    """Return the options; end the process with a message if one of them is wrong."""
    parser = _parser()
    given, rest = parser.parse_known_args(list(arguments))
    role: Role = "worker" if given.worker else "master" if given.master else "local"
    if given.worker and given.master:
        parser.error(tr("--master 与 --worker 只写一个"))
    if role != "worker" and (given.users is None or given.run_time is None):
        parser.error(tr("写明 --users 与 --run-time：多少用户，多久"))
    if given.expect_workers is not None and role != "master":
        parser.error(tr("--expect-workers 要与 --master 同写"))
    passed = [part for option, *_ in _passed() for part in _again(option, getattr(given, _name(option)))]
    host = given.master_host if role == "worker" else given.master_bind_host
    users = given.users or 0
    return LoadOptions(
        role,
        users,
        given.spawn_rate or users,
        given.run_time or 0,
        given.throughput or 0,
        given.p95 or 0,
        given.max_failed or 0,
        host,
        given.master_port if role == "worker" else given.master_bind_port,
        given.expect_workers or 1,
        (*passed, *rest),
    )


def _passed() -> tuple[tuple[str, str, str], ...]:
    """Return the options that are pytest's, with their values and effects; others are passed on too."""
    return (
        ("-m", "EXPR", tr("选带这些标记的用例，如 smoke")),
        ("-k", "EXPR", tr("选名字里有这些词的用例")),
        ("--env", "NAME", tr("环境；不写用默认环境")),
        ("--base-url", "URL", tr("不用环境的地址，用这一个")),
        ("--var", "NAME=VALUE", tr("给变量一个值，可以写几次")),
    )


def _name(option: str) -> str:
    return "pytest_" + option.strip("-").replace("-", "_")


def _again(option: str, values: Sequence[str]) -> list[str]:
    """Return an option as it was written."""
    return [part for value in values for part in (option, value)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m framework load",
        description=tr("用同一批用例施压，写出 reports/load.html；-m、-k、--env 等选用例的参数交给 pytest"),
        allow_abbrev=False,  # an unknown option belongs to pytest, even if one of these begins like it
    )
    integer, number = _number(int), _number(float)
    add = parser.add_argument
    for option, value, text in _passed():
        add(option, metavar=value, action="append", default=[], dest=_name(option), help=text)
    add("--users", type=integer(1, MOST_USERS), metavar="N", help=tr("同时有多少用户"))
    add("--spawn-rate", type=number(0.01, 1000), metavar="N", help=tr("每秒加多少用户；不写就一秒加齐"))
    add("--run-time", type=_duration, metavar="TIME", help=tr("压多久：60s、5m、1h30m，最多 4h"))
    add("--throughput", type=number(0.01, 1e6), metavar="N", help=tr("全部用户合起来每秒开始多少个用例"))
    add("--p95", type=number(0.1, 1e7), metavar="MS", help=tr("全部答复的 p95 超出它就不通过，毫秒"))
    add("--max-failed", type=_share, metavar="SHARE", help=tr("失败的次数最多占多少：1%%；不写就一次也不行"))
    add("--master", action="store_true", help=tr("自己不施压，指挥别的机器"))
    add("--expect-workers", type=integer(1, 1000), metavar="N", help=tr("等多少个 worker 连上才开始（1）"))
    add(
        "--master-bind-host", default="127.0.0.1", metavar="HOST", help=tr("在哪个地址等 worker（127.0.0.1）")
    )
    add(
        "--master-bind-port",
        type=integer(1, 65535),
        default=PORT,
        metavar="PORT",
        help=tr("它的端口（5557）"),
    )
    add("--worker", action="store_true", help=tr("听 master 指挥；用户数与时间由它给"))
    add("--master-host", default="127.0.0.1", metavar="HOST", help=tr("master 的地址（127.0.0.1）"))
    add(
        "--master-port",
        type=integer(1, 65535),
        default=PORT,
        metavar="PORT",
        help=tr("master 的端口（5557）"),
    )
    return parser


def _number(kind: type[int] | type[float]) -> Callable[[float, float], Callable[[str], float]]:
    """Return a function that makes a type for argparse: a number of *kind* from *least* to *most*."""

    def between(least: float, most: float) -> Callable[[str], float]:
        def parse(text: str) -> float:
            try:
                value = kind(text)
            except ValueError:
                value = kind(-1)
            if not least <= value <= most:
                raise argparse.ArgumentTypeError(
                    tr("要 {least:g} 到 {most:g} 的数，现在是 {text}", least=least, most=most, text=text)
                )
            return value

        return parse

    return between


def _duration(text: str) -> float:
    match = _DURATION.fullmatch(text)
    parts = [int(part or 0) for part in match.groups()] if match else [0]
    seconds = sum(part * unit for part, unit in zip(parts, _UNITS.values(), strict=False))
    if not 1 <= seconds <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(
            tr("要 1s 到 4h 的时间，如 60s、5m、1h30m，现在是 {text}", text=text)
        )
    return seconds


def _share(text: str) -> float:
    """Return a share from ``1%`` or ``0.01``."""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(tr("要 0% 到 100% 的份额，现在是 {text}", text=text))
    return share
