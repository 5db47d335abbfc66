"""Allure's hooks: puts each verdict into the result that allure-pytest has open for its case."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Label, Status, StatusDetails, TestResult
from allure_commons.utils import md5

from framework.base.errors import HarnessError, Problem, render
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.case import Case
from framework.http.exchange import Exchange
from framework.http.masking import Masker
from framework.report.allure_records import (
    RecordWriter,
    collection_error_result,
    crashed_result,
    row_parameters,
    status_details,
)
from framework.report.case_record import CaseRecord
from framework.report.case_reports import PHASES
from framework.report.causes import category_word, causes_of
from framework.report.disk import Disk
from framework.report.log import readable_lines
from framework.report.masking_writer import MaskingWriter
from framework.report.reproduction import all_requests, reproduction_lines
from framework.report.result_files import AttachmentStore
from framework.report.results_folder import BusyError, clear_results, hold_folder, unwritable_folder
from framework.report.sink import SinkContext
from framework.run.verdict import CaseFailed, Verdict

NAME = "harness-allure"
_MAX_CURLS = 20


def install(config: pytest.Config, context: SinkContext) -> None:
    """Register Allure's hooks if results are asked for (``--alluredir``).

    The folder of results belongs to this run until the run ends.
    """
    folder = config.getoption("allure_report_dir", default=None)
    if not folder:
        return
    owns_run = not hasattr(config, "workerinput")
    if owns_run and not config.option.collectonly and not _only_explains(config):
        _hold_results_folder(config, Path(folder), context.run_id)
    config.pluginmanager.register(Allure(config, context.masker), NAME)


def _only_explains(config: pytest.Config) -> bool:
    """Whether pytest only prints its help, its markers or its fixtures, so that there are no results."""
    option = config.option
    return bool(option.help or option.markers or option.showfixtures or option.show_fixtures_per_test)


def _hold_results_folder(config: pytest.Config, folder: Path, run_id: str) -> None:
    stack = ExitStack()
    config.add_cleanup(stack.close)
    try:
        stack.enter_context(hold_folder(folder, tr("运行 {run}", run=run_id)))
        clear_results(folder)
    except BusyError as error:
        raise pytest.UsageError(str(error)) from None
    except OSError as error:
        raise pytest.UsageError(render(unwritable_folder(folder, error))) from None


class Allure:
    """The hooks of one process."""

    def __init__(self, config: pytest.Config, masker: Callable[[], Masker]) -> None:
        self.config = config
        self.folder = Path(config.option.allure_report_dir)
        self.evidence = str(config.option.harness_evidence)
        self.store = AttachmentStore(self.folder, _process_budget(config))
        self.disk = Disk()
        self.decided = ""
        self._record_writer: RecordWriter | None = None
        self._file_writer = MaskingWriter(self.folder, masker, self.disk)
        self._replaced_writer: AllureFileLogger | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Replace Allure's writer of files by the one that masks."""
        self.disk.session = session
        plugins = allure_commons.plugin_manager.get_plugins()
        self._replaced_writer = next(plugin for plugin in plugins if type(plugin) is AllureFileLogger)
        allure_commons.plugin_manager.unregister(self._replaced_writer)
        allure_commons.plugin_manager.register(self._file_writer)

    def pytest_unconfigure(self) -> None:
        # allure-pytest unregisters its own writer when it ends, so that one must be registered again.
        if self._replaced_writer is not None:
            allure_commons.plugin_manager.unregister(self._file_writer)
            allure_commons.plugin_manager.register(self._replaced_writer)

    def pytest_harness_case_finished(
        self, case: Case, verdict: Verdict, masker: Masker, curl: Callable[[Exchange], str]
    ) -> None:
        result = self._open_result()
        if result is None:
            return
        writer = self._record_writer = self._record_writer or RecordWriter(masker, self.evidence, self.store)
        writer.begin(verdict)
        for cause in causes_of(verdict)[:1]:
            # allurerc.json sorts the results into categories by these labels.
            result.labels.append(Label("category", category_word(cause.category)))
            result.labels.append(Label("cause", masker.text(cause.text)))
        result.parameters.extend(row_parameters(case, masker))
        with self.disk.writing():
            result.steps.extend(writer.step(step) for step in verdict.steps)
            result.steps.extend(writer.check(check, verdict.stopped) for check in verdict.results)
            result.steps.extend(writer.step(step) for step in verdict.teardown)
            if not writer.brief:
                result.attachments.append(writer.text(tr("用例日志"), _log_of(verdict, curl), "txt"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Replace Allure's ``module.Class: message`` and traceback by the text of the harness's errors."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        result = self._open_result() if error is not None else None
        if result is None:
            return report
        if isinstance(error, (CaseFailed, HarnessError)) and result.statusDetails is not None:
            result.statusDetails = status_details(error)
        elif isinstance(error, pytest.xfail.Exception):
            # Allure knows no status for these; its page lists them as skipped, so the name must say it.
            result.statusDetails = StatusDetails(message=str(error.msg), known=True)
            result.name = f"{_xfail_word(item)}{result.name}"
        elif isinstance(error, pytest.skip.Exception):
            result.statusDetails = StatusDetails(message=str(error.msg))
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Report a file that did not load once for the whole run: it has no case that could show it."""
        workerinput = getattr(self.config, "workerinput", {})
        is_first_process = workerinput.get("workerid", "gw0") == "gw0"  # every worker collects every file
        if report.failed and is_first_process:
            hook = allure_commons.plugin_manager.hook
            hook.global_error(message=f"{report.nodeid}\n{report.longreprtext}", trace=None)
            hook.report_result(result=collection_error_result(report))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self.decided = report.nodeid

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Correct the result of a case that ended without a report: Allure would show it as passed."""
        try:
            return (yield)
        except BaseException as error:
            result = self._open_result()
            if result is not None:
                # Allure sets the identity at the tear-down, which there was none of.
                identity = md5(result.fullName or item.nodeid)  # type: ignore[no-untyped-call]
                result.historyId = result.historyId or identity
            if result is not None and self.decided != item.nodeid:
                if isinstance(error, (KeyboardInterrupt, pytest.exit.Exception)):
                    result.fullName = None  # it was not judged, so there is nothing to write
                else:
                    result.status = Status.BROKEN
                    result.statusDetails = StatusDetails(message=repr(error))
            raise

    def pytest_harness_case_recorded(self, case: CaseRecord, phase: str) -> None:
        """Write the result of a case whose process crashed."""
        if phase not in (*PHASES, ""):
            with self.disk.writing():
                allure_commons.plugin_manager.hook.report_result(result=crashed_result(case))

    def pytest_harness_page(self, title: str, markdown: str) -> None:
        allure_commons.plugin_manager.hook.global_attach_data(
            body=markdown, name=title, attachment_type="text/markdown", extension="md"
        )

    def pytest_harness_run_finished(self, facts: dict[str, str]) -> None:
        lines = (f"{key} = {value}" for key, value in facts.items())
        with self.disk.writing():
            (self.folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _open_result(self) -> TestResult | None:
        listener = self.config.pluginmanager.get_plugin("allure_listener")
        result: TestResult | None = listener.allure_logger.get_test(None) if listener else None
        return result


def _log_of(verdict: Verdict, curl: Callable[[Exchange], str]) -> str:
    requests = islice(all_requests(verdict), _MAX_CURLS)
    curl_lines = reproduction_lines([(name, curl(exchange)) for name, exchange in requests])
    # Names in the log may be taken from a reply, so control characters are made visible.
    return "\n".join(map(visible, [*readable_lines(verdict), *curl_lines]))


def _xfail_word(item: pytest.Item) -> str:
    case = getattr(item, "case", None)
    if case is None:
        return ""
    if case.quarantine is not None:
        return tr("【隔离】")
    return tr("【警告】") if case.level == "warning" else tr("【已知缺陷】")


def _process_budget(config: pytest.Config) -> int:
    """Return this process's share of ``evidence_mb``, in bytes."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    given = str(config.getini("evidence_mb")).strip()
    if not given.isascii() or not given.isdigit():
        problem = Problem(
            "evidence-mb",
            tr("pytest.ini 的 evidence_mb 要一个不小于 0 的整数，现在是 {given}", given=given or '""'),
            tr("写成 evidence_mb = 18，单位是百万字节"),
        )
        raise pytest.UsageError(render(problem))
    return int(given) * 1_000_000 // processes
