"""Decides whether the replies that a case saw may be accepted."""

from __future__ import annotations

from framework.base.messages import tr
from framework.checks.invariants import RULE as WALK_RULE
from framework.run.verdict import Verdict


def why_not_acceptable(verdict: Verdict) -> str:
    """Return why not, such as a case that did not run to its end or an unsound walk; empty if it may."""
    if verdict.status == "broken" or any(step.status in ("broken", "skipped") for step in verdict.flat()):
        return tr("这个用例没有跑完")
    findings = (
        finding for result in verdict.all_results if result.status == "failed" for finding in result.findings
    )
    if any(finding.rule == WALK_RULE for finding in findings):
        return tr("翻页不可靠：取到的不一定是全部记录")
    return ""
