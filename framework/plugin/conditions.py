"""Decides whether a case runs in the environment of this run."""

from __future__ import annotations

from framework.base.messages import tr
from framework.cases.case import Case
from framework.cases.environments import GATED_TAGS
from framework.cases.read_only import WRITE, first_writing_step
from framework.cases.variables import overlay_definitions
from framework.run.plan import Plan


def skip_reason(case: Case, plan: Plan) -> str:
    """Return why the case does not run in this environment; empty if it does."""
    environment = plan.environment
    if case.skip:
        return case.skip
    if case.only_in and environment.name not in case.only_in:
        return tr("只在环境 {names} 运行", names=tr("、").join(case.only_in))
    for tag in GATED_TAGS:
        if tag in case.tags and tag not in environment.allow:
            return tr("环境 {name} 不允许 {tag} 的用例", name=environment.name, tag=tag)
    reason = _writing_reason(case, plan)
    if reason:
        return reason
    defined = {name for name in plan.definitions if name not in environment.missing_secrets}
    available = {*defined, *plan.overrides}
    lacking = [name for name in case.requires if name not in available]
    if lacking:
        return tr("环境 {name} 没有 {names}", name=environment.name, names=tr("、").join(lacking))
    return ""


def _writing_reason(case: Case, plan: Plan) -> str:
    """Return why a case that may change data does not run here; empty if it does."""
    if WRITE in plan.environment.allow:
        return ""
    found = first_writing_step(case, overlay_definitions(plan.definitions, case.definitions))
    if found is None:
        return ""
    return tr(
        "环境 {name} 不发送会改变数据的请求（{place} 的 {method}）：不改变就写 read_only: true，"
        "要发就在 allow 里写 write",
        name=plan.environment.name,
        method=found[1],
        place=found[0].span.place,
    )
