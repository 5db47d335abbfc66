"""Runs one part of the cases, ``--shard 2/5``: each of five machines runs its own, and ``merge`` joins them.

Each shard computes the whole plan from the same cases and durations, so all of them agree without talking to
each other. The digest of the plan is in the record of the run, and ``merge`` refuses shards that differ.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from framework.base.messages import tr
from framework.report.record_file import RecordError, load
from framework.report.run_record import Shard

SHARD = pytest.StashKey[Shard]()
_SENT = "harness_shard"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness")
    group.addoption("--shard", metavar="K/N", dest="harness_shard", help="run part K of N of the cases")
    group.addoption(
        "--shard-durations",
        metavar="FILE",
        dest="harness_shard_durations",
        help="a run.json whose durations balance the shards; all shards must get the same one",
    )


def shard_of_option(config: pytest.Config) -> tuple[int, int] | None:
    """Return the number of this shard and of all; None if the run is not one of several.

    Raises:
        pytest.UsageError: the option is wrong.
    """
    given = config.option.harness_shard
    if given is None:
        if config.option.harness_shard_durations is not None:
            raise pytest.UsageError(tr("--shard-durations 只与 --shard 一起用"))
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", given)
    if not match or int(match[1]) > int(match[2]):
        raise pytest.UsageError(
            tr("--shard 写成 K/N，K 从 1 到 N，例如 2/5；不能是 {given}", given=repr(given))
        )
    return int(match[1]), int(match[2])


def assign(durations: Mapping[str, float | None], shards: int) -> dict[str, int]:
    """Return the shard of each case, from 1: the longest first, each to the shard with the least to do.

    A case whose duration is not known counts as the mean of the others.
    """
    known = [seconds for seconds in durations.values() if seconds is not None]
    mean = sum(known) / len(known) if known else 1.0
    # Even a case that takes no time has a cost, so that many of them are spread too.
    costs = {name: max(mean if seconds is None else seconds, 0.001) for name, seconds in durations.items()}
    loads = [0.0] * shards
    found: dict[str, int] = {}
    for name in sorted(costs, key=lambda name: (-costs[name], name)):
        least = min(range(shards), key=lambda index: (round(loads[index], 6), index))
        loads[least] += costs[name]
        found[name] = least + 1
    return found


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the cases of the other shards, after ``-m`` and ``-k`` have chosen."""
    given = shard_of_option(config)
    if given is None:
        return
    number, shards = given
    known = read_durations(config)
    planned = assign({item.nodeid: known.get(item.nodeid) for item in items}, shards)
    config.stash[SHARD] = Shard(number, shards, _digest(items, planned), len(items))
    others = [item for item in items if planned[item.nodeid] != number]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if planned[item.nodeid] == number]


def read_durations(config: pytest.Config) -> Mapping[str, float]:
    """Return the seconds of each case on the command line's file, empty without one. Raises UsageError."""
    name = config.option.harness_shard_durations
    if name is None:
        return {}
    path = Path(config.invocation_params.dir, name)
    try:
        return {case.id: case.duration for case in load(path.read_text(encoding="utf-8")).cases}
    except (OSError, UnicodeError, RecordError) as error:
        raise pytest.UsageError(
            tr(
                "--shard-durations {path} 读不了：{error}。给它以前某次运行的 run.json",
                path=name,
                error=error,
            )
        ) from None


def _digest(items: list[pytest.Item], planned: Mapping[str, int]) -> str:
    """Return a digest of the plan and of the files that the cases are in."""
    digest = hashlib.sha256(json.dumps(sorted(planned.items())).encode())
    for path in sorted({item.path for item in items}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


# With xdist, only the workers collect. Each of them reports the plan to the process that owns the run.


def pytest_sessionfinish(session: pytest.Session) -> None:
    shard = session.config.stash.get(SHARD, None)
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None and shard is not None:
        output[_SENT] = [shard.number, shard.shards, shard.plan, shard.cases]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    sent = getattr(node, "workeroutput", {}).get(_SENT)
    if sent:
        node.config.stash[SHARD] = Shard(*sent)
