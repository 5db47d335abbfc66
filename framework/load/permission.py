"""Refuses to put load on a service whose environment does not allow it. No case is sent before that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.cases.case import Case
from framework.cases.environments import FILE, Environment
from framework.cases.read_only import WRITE, first_writing_step
from framework.cases.variables import overlay_definitions
from framework.http.hosts import is_loopback, origin_of
from framework.run.plan import Plan

LOAD = "load"
"""The word in an environment's ``allow`` for load."""
_MOST_NAMED = 5


def confined(environment: Environment) -> Environment:
    """Return the environment, with hosts of this machine only if it does not allow load.

    Requests and redirects to any other host are then blocked like those to a host that is not declared.

    Raises:
        ConfigError: its own address, or its proxy, is not of this machine, and it does not allow load.
    """
    if LOAD in environment.allow:
        return environment
    origin = origin_of(environment.base_url)
    if environment.base_url and (origin is None or not is_loopback(origin.host)):
        raise ConfigError(_refusal(environment, tr("{address} 不是本机", address=environment.base_url)))
    if environment.proxy is not None:
        raise ConfigError(_refusal(environment, tr("请求会经过它的 proxy")))
    hosts = tuple(name for name in environment.hosts if is_loopback(name.partition(":")[0].lower()))
    return replace(environment, hosts=hosts)


def _refusal(environment: Environment, why: str) -> Problem:
    return Problem(
        "load-not-allowed",
        tr("环境 {name} 不允许施压：{why}", name=environment.name, why=why),
        tr("对方同意了，就在 {file} 里给它写 allow: [load]；本机的替身不用写", file=FILE),
    )


def refuse_several(plan: Plan) -> None:
    """Raise if a service cannot be put under load from several machines.

    Raises:
        ConfigError: it has no address, or a limit that only one machine can keep.
    """
    environment = plan.environment
    if not environment.base_url:
        what = tr("环境 {name} 没有各台机器都到得了的地址", name=environment.name)
        raise ConfigError(Problem("no-base-url", what, tr("另外启动服务，用 --base-url 写明它的地址")))
    if environment.max_rps:
        what = tr("环境 {name} 的 max_rps 只有一台机器守得住", name=environment.name)
        raise ConfigError(Problem("load-max-rps", what, tr("去掉 --master 与 --worker")))


def refuse_writing(cases: Sequence[tuple[str, Case]], plan: Plan) -> None:
    """Raise if a case may change data and the environment does not allow that.

    Raises:
        ConfigError: it names the first cases.
    """
    if WRITE in plan.environment.allow:
        return
    problems = [problem for name, case in cases for problem in _writing(name, case, plan)]
    if problems:
        raise ConfigError(*islice(problems, _MOST_NAMED))


def _writing(name: str, case: Case, plan: Plan) -> Iterator[Problem]:
    found = first_writing_step(case, overlay_definitions(plan.definitions, case.definitions))
    if found is None:
        return
    step, what = found
    yield Problem(
        "write-not-allowed",
        tr(
            "环境 {env} 不允许会改变数据的用例施压：{case} 的 {what}",
            env=plan.environment.name,
            case=name,
            what=what,
        ),
        tr("不改变就写 read_only: true，要压就在环境的 allow 里写 write，或者不选它"),
        step.span,
    )
