"""The pytest plugin: options, collection, the run of each case, masking of what pytest itself writes."""
from __future__ import annotations

import gc
import hashlib
import os
import platform
import secrets
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framework import hookspecs
from framework.cases.environments import Environment, parse_override
from framework.checks.verdict import CaseFailed, Verdict
from framework.collection import CaseItem, SuiteFile
from framework.errors import HarnessError, InternalError, Problem
from framework.evidence import allure, log, run_file, terminal
from framework.evidence.explain import error_text, failure_text, headline
from framework.evidence.log import readable
from framework.evidence.summary import summarize
from framework.harness import Harness, Options, Plan, embed, make_plan
from framework.messages import tr
from framework.suites import declared_tags, is_suite

pytest_plugins = ["framework.language", "framework.options"]
PLAN = pytest.StashKey[Plan]()
HARNESS = pytest.StashKey[Harness]()
RUN_ID = pytest.StashKey[str]()
VERDICT = pytest.StashKey[Verdict]()


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("harness_run_id")
    config.stash[RUN_ID] = given or time.strftime("%Y%m%dT%H%M%S", time.localtime()) + "-" + secrets.token_hex(3)
    terminal.install(config)
    log.install(config, config.stash[RUN_ID])
    allure.install(config, config.stash[RUN_ID], lambda: plan_of(config).masker)
    run_file.install(config, config.stash[RUN_ID], lambda: _about(config))
    asked = config.option.harness_audit or config.option.harness_audit_min is not None
    if asked and not config.option.collectonly:
        from framework import audit_plugin  # noqa: PLC0415  # a run without it does not pay for it

        audit_plugin.install(config, lambda: harness_of(config).run.context)


def pytest_unconfigure(config: pytest.Config) -> None:
    harness = config.stash.get(HARNESS, None)
    if harness is not None:
        harness.close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["harness_run_id"] = node.config.stash[RUN_ID]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the plan before anything is collected: a slip on the command line is then one line and exit code 4."""
    plan_of(session.config)


# -- collection --------------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What collection makes lives until the end of the run: to look through it for garbage over and over took a fifth of a
    run's CPU time. So it is not looked through while it grows, nor afterwards."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def plan_of(config: pytest.Config) -> Plan:
    """Return the plan of this run; made once.

    Raises:
        pytest.UsageError: environments.yaml, the command line or the tape is wrong.
    """
    if PLAN not in config.stash:
        try:
            plan = make_plan(_options(config))
            if plan.embedded:
                service = config.hook.pytest_harness_embedded_service(config=config, environment=plan.environment)
                plan = embed(plan, service, config.rootpath) if service else plan
            config.stash[PLAN] = plan
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[PLAN]


def environment_of(config: pytest.Config) -> Environment:
    """Return the chosen environment."""
    return plan_of(config).environment


def _options(config: pytest.Config) -> Options:
    option = config.option
    replay = Path(config.invocation_params.dir, option.harness_replay) if option.harness_replay else None
    return Options(config.rootpath, _folders(config), option.harness_env, option.harness_base_url, tuple(map(parse_override, option.harness_vars)), replay)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteFile | None:
    if not is_suite(file_path) or not any(folder in file_path.parents for folder in _folders(parent.config)):
        return None
    return SuiteFile.of(parent, file_path, plan_of(parent.config), run_item, declared_tags(parent.config.getini("markers")))


def _folders(config: pytest.Config) -> tuple[Path, ...]:
    return tuple(config.rootpath / name for name in config.getini("suites"))


# -- running -----------------------------------------------------------------------------------------------------------


def harness_of(config: pytest.Config) -> Harness:
    """Return the harness of this process; made before the first case runs.

    Raises:
        ConfigError: the environment has no address, or a secret cannot be kept.
    """
    if HARNESS not in config.stash:
        plan = plan_of(config)
        share = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        harness = Harness(plan, config.stash[RUN_ID], config.rootpath / "schemas", share)
        harness.run = replace(harness.run, progress=terminal.progress_of(config))
        config.stash[HARNESS] = harness
    return config.stash[HARNESS]


def run_item(item: CaseItem) -> None:
    """Run the case of *item*, show its verdict to every sink, then raise it."""
    __tracebackhide__ = True
    from framework.run import run_case  # noqa: PLC0415  # imports what only a run needs

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
    item.ihook.pytest_harness_case_finished(item=item, case=item.case, verdict=verdict, masker=harness.masker, curl=harness.curl)
    _raise(verdict, harness)


def _fault_of_ours(item: CaseItem, harness: Harness, error: Exception) -> Problem:
    import traceback  # noqa: PLC0415  # only where something is wrong

    trace = harness.masker.text("".join(traceback.format_exception(error)))
    return Problem("internal", tr("框架自身出错,服务没有得到评判:{error}", error=harness.masker.text(repr(error))), trace, item.case.span)


def _raise(verdict: Verdict, harness: Harness) -> None:
    __tracebackhide__ = True
    if verdict.status == "failed":
        raise CaseFailed(harness.masker.text(failure_text(verdict, curl_of(verdict, harness))), verdict, harness.masker.text)
    if verdict.status == "skipped":
        pytest.skip(harness.masker.text(verdict.reason))
    if verdict.status == "known":
        pytest.xfail(harness.masker.text(verdict.reason))
    if verdict.status == "warned":
        pytest.xfail(harness.masker.text(tr("警告:{headline}", headline=headline(verdict))))
    if verdict.error is not None:
        step = next((step for step in verdict.flat() if step.status == "broken"), None)
        raise type(verdict.error)(*verdict.error.problems).told(harness.masker.text(error_text(verdict.error, step)))


def curl_of(verdict: Verdict, harness: Harness) -> str:
    """Return the curl line of the request whose reply failed, masked."""
    failed = next((step for step in verdict.flat() if step.status == "failed" and step.exchange), None)
    if failed is None or failed.exchange is None:
        return ""
    return harness.curl(failed.exchange)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _mask_report(report, item)
    if isinstance(item, CaseItem):
        summary = _summary_of(item, call, report)
        if summary is not None:
            report.harness = summary  # type: ignore[attr-defined]  # plain data: it travels from xdist's workers
        if call.when == "teardown" and VERDICT in item.stash:
            del item.stash[VERDICT]  # it holds whole replies, and the session keeps its items
    return report


def _summary_of(item: CaseItem, call: pytest.CallInfo[None], report: pytest.TestReport) -> dict[str, Any] | None:
    """Return the summary that goes with the report which decides the case, None with the others."""
    verdict = item.stash.get(VERDICT, None)
    source = hashlib.sha256(item.case.span.source.text.encode()).hexdigest()[:12]
    if call.when == "call" and verdict is not None:
        summary = {**summarize(verdict)._asdict(), "source": source}
        if item.case.quarantine is not None:
            held = item.case.quarantine
            summary["quarantine"] = {"reason": held.reason, "until": str(held.until), "expired": held.expired(verdict.stopped)}
        if item.config.get_verbosity() > 0:
            summary["log"] = readable(verdict)
        return {name: plan_of(item.config).masker.json(value) for name, value in summary.items()}
    if call.when == "call" or (call.when == "setup" and not report.passed):
        summary = {"case": item.case.id, "title": item.case.id, "source": source, "status": "skipped" if report.skipped else "broken"}
        return summary if report.skipped else {**summary, "kind": "environment", "category": tr("环境故障"), "cause": str(report.longrepr).partition("\n")[0]}
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


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    config = session.config
    if PLAN in config.stash and not hasattr(config, "workerinput") and not config.option.collectonly:
        config.hook.pytest_harness_run_started(config=config, facts=_facts(config))


# -- no green without evidence -----------------------------------------------------------------------------------------


def _facts(config: pytest.Config) -> dict[str, str]:
    plan = plan_of(config)
    address = tr("录音 {source}", source=config.option.harness_replay) if plan.tape else plan.environment.base_url or tr("内置服务")
    return {tr("环境"): plan.environment.name, tr("地址"): address, tr("运行编号"): config.stash[RUN_ID],
            "Python": platform.python_version(), "pytest": pytest.__version__}


def _about(config: pytest.Config) -> run_file.About:
    plan = config.stash.get(PLAN, None)
    if plan is None:  # it ended before it was known where to send
        return run_file.About(config.option.harness_env or "")
    release = os.environ.get("HARNESS_SERVICE_VERSION", "") or (plan.service.version if plan.service else "")
    budget = 0 if plan.tape else plan.environment.budget_p95
    return run_file.About(plan.environment.name, plan.masker.text(_facts(config)[tr("地址")]), plan.masker.text(release),
                          plan.masker.text(_selection(config)), budget)


def _selection(config: pytest.Config) -> str:
    parts = [f"-m {config.option.markexpr}" if config.option.markexpr else "", f"-k {config.option.keyword}" if config.option.keyword else "",
             "--lf" if config.getoption("lf", default=False) else "", " ".join(config.option.file_or_dir or ())]
    return " ".join(filter(None, parts))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run that selected cases and judged none is not green."""
    counts = terminal.counts_of(session.config)
    if counts is not None and counts.cases:
        session.config.hook.pytest_harness_run_finished(config=session.config, facts=_facts(session.config))
    if exitstatus == pytest.ExitCode.OK and counts is not None and counts.judged_nothing:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
    run = run_file.record_of(session.config)
    if exitstatus == pytest.ExitCode.OK and run is not None and run.over_budget:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
