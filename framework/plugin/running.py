"""Running one case: its verdict goes to every sink, then it is raised; what pytest reports of it is masked."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from typing import Any

import pytest

from framework.base.errors import InternalError, Problem
from framework.base.messages import tr
from framework.plugin.collection import CaseItem
from framework.plugin.state import harness_of, plan_of
from framework.report.explain import error_text, failure_text, headline
from framework.report.log import readable_lines
from framework.report.summary import summarize
from framework.run.harness import Harness
from framework.run.verdict import CaseFailed, Verdict

VERDICT = pytest.StashKey[Verdict]()


def run_item(item: CaseItem) -> None:
    """Run the case of *item*, show its verdict to every sink, then raise it."""
    __tracebackhide__ = True
    from framework.run.case_run import run_case  # noqa: PLC0415  # imports what only a run needs

    harness = harness_of(item.config)
    if harness.breaker.reason:
        pytest.skip(harness.masker.text(harness.breaker.reason))
    harness.tracer.begin(item.nodeid)
    item.ihook.pytest_harness_case_started(item=item, case=item.case)
    try:
        verdict = run_case(item.case, harness.run)
    except Exception as error:
        raise InternalError(_fault_of_ours(item, harness, error)) from None
    item.stash[VERDICT] = verdict
    harness.breaker.watch(verdict)
    item.ihook.pytest_harness_case_finished(
        item=item, case=item.case, verdict=verdict, masker=harness.masker, curl=harness.curl
    )
    _raise(verdict, harness)


def _fault_of_ours(item: CaseItem, harness: Harness, error: Exception) -> Problem:
    import traceback  # noqa: PLC0415  # only where something is wrong

    trace = harness.masker.text("".join(traceback.format_exception(error)))
    return Problem(
        "internal",
        tr("框架自身出错,服务没有得到评判:{error}", error=harness.masker.text(repr(error))),
        trace,
        item.case.span,
    )


def _raise(verdict: Verdict, harness: Harness) -> None:
    __tracebackhide__ = True
    if verdict.status == "failed":
        raise CaseFailed(
            harness.masker.text(failure_text(verdict, curl_of(verdict, harness))),
            verdict,
            harness.masker.text,
        )
    if verdict.status == "skipped":
        pytest.skip(harness.masker.text(verdict.reason))
    if verdict.status == "known":
        pytest.xfail(harness.masker.text(verdict.reason))
    if verdict.status == "warned":
        pytest.xfail(harness.masker.text(tr("警告:{headline}", headline=headline(verdict))))
    if verdict.error is not None:
        step = next((step for step in verdict.flat() if step.status == "broken"), None)
        raise type(verdict.error)(*verdict.error.problems).told(
            harness.masker.text(error_text(verdict.error, step))
        )


def curl_of(verdict: Verdict, harness: Harness) -> str:
    """Return the curl line of the request whose reply failed, masked."""
    failed = next((step for step in verdict.flat() if step.status == "failed" and step.exchange), None)
    if failed is None or failed.exchange is None:
        return ""
    return harness.curl(failed.exchange)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _mask_report(report, item)
    if isinstance(item, CaseItem):
        summary = _summary_of(item, call, report)
        if summary is not None:
            report.harness = summary  # type: ignore[attr-defined]  # plain data: it travels from xdist's workers
        if call.when == "teardown" and VERDICT in item.stash:
            del item.stash[VERDICT]  # it holds whole replies, and the session keeps its items
    return report


def _summary_of(
    item: CaseItem, call: pytest.CallInfo[None], report: pytest.TestReport
) -> dict[str, Any] | None:
    """Return the summary that goes with the report which decides the case, None with the others."""
    verdict = item.stash.get(VERDICT, None)
    source = hashlib.sha256(item.case.span.source.text.encode()).hexdigest()[:12]
    if call.when == "call" and verdict is not None:
        summary = {**summarize(verdict)._asdict(), "source": source}
        if item.case.quarantine is not None:
            held = item.case.quarantine
            summary["quarantine"] = {
                "reason": held.reason,
                "until": str(held.until),
                "expired": held.expired(verdict.stopped),
            }
        if item.config.get_verbosity() > 0:
            summary["log"] = readable_lines(verdict)
        return {name: plan_of(item.config).masker.json(value) for name, value in summary.items()}
    if call.when == "call" or (call.when == "setup" and not report.passed):
        summary = {
            "case": item.case.id,
            "title": item.case.id,
            "source": source,
            "status": "skipped" if report.skipped else "broken",
        }
        return (
            summary
            if report.skipped
            else {
                **summary,
                "kind": "environment",
                "category": tr("环境故障"),
                "cause": str(report.longrepr).partition("\n")[0],
            }
        )
    return None


def _mask_report(report: pytest.TestReport, item: pytest.Item) -> None:
    masker = plan_of(item.config).masker
    if report.longrepr is not None and not isinstance(report.longrepr, tuple):
        text = str(report.longrepr)
        masked = masker.text(text)
        if masked != text:
            report.longrepr = masked
    if report.skipped and isinstance(report.longrepr, tuple):
        where = report.longrepr[:2]
        if isinstance(item, CaseItem):  # where the case is written, not where our code skips
            where = (item.case.span.source.name, item.case.span.line)
        report.longrepr = (*where, masker.text(report.longrepr[2]))
    report.sections = [(name, masker.text(text)) for name, text in report.sections]
