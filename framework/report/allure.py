"""Allure's results: the verdict as steps, the exchange, the curl line and the log as attachments.

The only module that imports Allure. Steps are built as records from the verdict, with the times at which they
ran, and put into the result that allure-pytest has open; nothing is re-enacted. What is written here has
passed the masker.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import islice
from pathlib import Path

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import (
    Attachment,
    Label,
    Parameter,
    Status,
    StatusDetails,
    TestResult,
    TestResultContainer,
    TestStepResult,
)
from allure_commons.utils import md5, now
from attr import attrib, attrs

from framework.base.errors import HarnessError, render
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.case import Case
from framework.cases.template import Constant, format_value
from framework.checks.result import CheckResult
from framework.http.exchange import Exchange, Reply
from framework.http.masking import Masker
from framework.report.causes import WORDS, cause_of
from framework.report.disk import Disk
from framework.report.explain import finding_lines, note_lines, places, status_word, table
from framework.report.http_exchange import http_exchange
from framework.report.log import readable
from framework.report.log_events import body_digest
from framework.report.marked import marked
from framework.report.masked import mask_in_place
from framework.report.result_files import Store, as_json, document_of, step_title
from framework.report.results_folder import BusyError, clear, holding, unwritable
from framework.report.sink import SinkContext
from framework.report.terminal import size_text
from framework.run.verdict import CaseFailed, StepResult, Verdict

NAME = "harness-allure"
INLINE_BODY = 64 * 1024
PREVIEW_BODY = 4 * 1024
PASSED_BODY = 512  # in the page for every case; who wants a passing reply's rest asks for --evidence all
_COMPARED = 20
_CURLS = 20
_STATUS = {
    "passed": Status.PASSED,
    "failed": Status.FAILED,
    "broken": Status.BROKEN,
    "skipped": Status.SKIPPED,
    "unrecorded": Status.SKIPPED,
}


def install(config: pytest.Config, context: SinkContext) -> None:
    """Register Allure's hooks where results are asked for (``--alluredir``). The folder is this run's until
    it ends.
    """
    folder = config.getoption("allure_report_dir", default=None)
    if not folder:
        return
    main = not hasattr(config, "workerinput")
    if main and not config.option.collectonly:
        _take(config, Path(folder), context.run_id)
    config.pluginmanager.register(Allure(config, context.masker), NAME)


def _take(config: pytest.Config, folder: Path, run_id: str) -> None:
    held = ExitStack()
    config.add_cleanup(held.close)
    try:
        held.enter_context(holding(folder, tr("运行 {run}", run=run_id)))
        clear(folder)
    except BusyError as error:
        raise pytest.UsageError(str(error)) from None
    except OSError as error:
        raise pytest.UsageError(render(unwritable(folder, error))) from None


class Redacting(AllureFileLogger):
    """Takes the place of Allure's own writer: the same files, but what fixtures, hooks and other plugins
    report passes the masker too, and the many results are written by the compiled encoder.
    """

    def __init__(self, folder: Path, masker: Callable[[], Masker], disk: Disk) -> None:
        super().__init__(folder)  # type: ignore[no-untyped-call]
        self.folder = folder
        self.masker = masker
        self.disk = disk

    @allure_commons.hookimpl
    def report_result(self, result: TestResult) -> None:
        if not result.fullName:
            # a case that its process could not end, for its owner was killed: it has no name to be shown by
            return
        mask = self.masker().text
        text = as_json(result)
        if mask(text) != text:  # seldom; then text by text, so that what is masked is still JSON
            mask_in_place(result, mask)
            text = as_json(result)
        name = result.file_pattern.format(prefix=uuid.uuid4())
        unfinished = self.folder / f"{name}.tmp"
        with self.disk.writing():
            unfinished.write_bytes(text.encode("utf-8", "replace"))
            unfinished.replace(self.folder / name)

    @allure_commons.hookimpl
    def report_container(self, container: TestResultContainer) -> None:
        mask_in_place(container, self.masker().text)
        with self.disk.writing():
            super().report_container(container)  # type: ignore[no-untyped-call]

    @allure_commons.hookimpl
    def report_attached_data(self, body: str | bytes, file_name: str) -> None:
        data = body.encode("utf-8", "replace") if isinstance(body, str) else body
        with self.disk.writing():
            super().report_attached_data(self.masker().data(data), file_name)  # type: ignore[no-untyped-call]

    @allure_commons.hookimpl
    def report_attached_file(self, source: str, file_name: str) -> None:
        self.report_attached_data(Path(source).read_bytes(), file_name)


class Allure:
    def __init__(self, config: pytest.Config, masker: Callable[[], Masker]) -> None:
        self.config = config
        self.folder = Path(config.option.allure_report_dir)
        self.evidence = str(config.option.harness_evidence)
        self.store = Store(
            self.folder,
            int(config.getini("evidence_mb"))
            * 1_000_000
            // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")),
        )
        self._writer: Writer | None = None
        self.disk = Disk()
        self._own = Redacting(self.folder, masker, self.disk)
        self._replaced: AllureFileLogger | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.disk.session = session
        self._replaced = next(
            plugin
            for plugin in allure_commons.plugin_manager.get_plugins()
            if type(plugin) is AllureFileLogger
        )
        allure_commons.plugin_manager.unregister(self._replaced)
        allure_commons.plugin_manager.register(self._own)

    def pytest_unconfigure(self) -> None:
        if self._replaced is not None:  # allure-pytest expects to take it away itself
            allure_commons.plugin_manager.unregister(self._own)
            allure_commons.plugin_manager.register(self._replaced)

    def _open_result(self) -> TestResult | None:
        listener = self.config.pluginmanager.get_plugin("allure_listener")
        result: TestResult | None = listener.allure_logger.get_test(None) if listener else None
        return result

    def pytest_harness_case_finished(
        self, case: Case, verdict: Verdict, masker: Masker, curl: Callable[[Exchange], str]
    ) -> None:
        result = self._open_result()
        if result is None:
            return
        writer = self._writer = self._writer or Writer(masker, self.evidence, self.store)
        cause = cause_of(verdict)
        if cause is not None:
            result.labels.extend(
                (Label("category", cause.word), Label("cause", masker.text(cause.signature)))
            )
        result.parameters.extend(_parameters(case, masker))
        sent = islice((step.exchange for step in verdict.flat() if step.exchange is not None), _CURLS)
        lines = [tr("复现: {curl}", curl=curl(exchange)) for exchange in sent]
        with self.disk.writing():
            result.steps.extend(writer.step(step) for step in verdict.steps)
            result.steps.extend(writer.check(check, verdict.stopped) for check in verdict.results)
            told = "\n".join(map(visible, [*readable(verdict), *lines]))  # a name may be taken from a reply
            result.attachments.append(writer.text(tr("用例日志"), told, "txt"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Replace Allure's ``module.Class: message`` and traceback by what our errors say for themselves."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, (CaseFailed, HarnessError)):
            result = self._open_result()
            if result is not None and result.statusDetails is not None:
                result.statusDetails = _details(error)
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that did not load has no case to show it, so it is shown for the whole run."""
        if report.failed and getattr(self.config, "workerinput", {}).get("workerid", "gw0") == "gw0":
            allure_commons.plugin_manager.hook.global_error(
                message=f"{report.nodeid}\n{report.longreprtext}", trace=None
            )
            allure_commons.plugin_manager.hook.report_result(
                result=_unread(report)
            )  # else the front page would be all green

    def pytest_harness_page(self, title: str, markdown: str) -> None:
        allure_commons.plugin_manager.hook.global_attach_data(
            body=markdown, name=title, attachment_type="text/markdown", extension="md"
        )

    def pytest_harness_run_finished(self, facts: dict[str, str]) -> None:
        with self.disk.writing():
            lines = (f"{key} = {value}" for key, value in facts.items())
            (self.folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _unread(report: pytest.CollectReport) -> TestResult:
    """A result that stands for a case file that did not load."""
    identity, moment = md5(report.nodeid), now()  # type: ignore[no-untyped-call]
    labels = [
        Label("category", tr(WORDS["case"])),
        Label("cause", report.nodeid),
        Label("suite", report.nodeid),
    ]
    return TestResult(
        uuid=str(uuid.uuid4()),
        name=tr("用例文件有误: {file}", file=report.nodeid),
        fullName=f"{report.nodeid}#collection",
        status=Status.BROKEN,
        statusDetails=StatusDetails(message=report.longreprtext),
        testCaseId=identity,
        historyId=identity,
        labels=labels,
        start=moment,
        stop=moment,
    )


@attrs
class Compared(StatusDetails):
    """What Allure shows side by side; allure-pytest's own record lacks the fields."""

    actual: str | None = attrib(default=None)
    expected: str | None = attrib(default=None)


def _details(error: CaseFailed | HarnessError) -> StatusDetails:
    message, trace = str(error), places(error)
    if not isinstance(error, CaseFailed):
        return StatusDetails(message=message, trace=trace)
    findings = [finding for result in error.verdict.all_results for finding in result.findings][:_COMPARED]
    expected, actual = (
        "\n".join(f"{finding.path} {getattr(finding, side)}" for finding in findings)
        for side in ("expected", "actual")
    )
    return Compared(message=message, trace=trace, expected=error.mask(expected), actual=error.mask(actual))


def _parameters(case: Case, masker: Masker) -> Iterator[Parameter]:
    for name in case.parameters:
        value = case.definitions[name].value
        if isinstance(value, Constant):  # excluded: the row's id is the identity, its values may be edited
            yield Parameter(name=name, value=visible(masker.text(format_value(value.value))), excluded=True)


class Writer:
    """Makes Allure's records from ours; writes attachments as it goes."""

    def __init__(self, masker: Masker, evidence: str, store: Store) -> None:
        self.masker = masker
        self.evidence = evidence
        self.store = store
        self._words = lru_cache(maxsize=2048)(self._shown)  # the titles of checks come back with every case

    def step(self, step: StepResult) -> TestStepResult:
        """One request and its checks."""
        record = TestStepResult(
            name=self._words(step_title(step)),
            status=_STATUS[step.status],
            start=_ms(step.started),
            stop=_ms(step.stopped),
        )
        record.steps.extend(self.step(part) for part in step.parts)
        record.steps.extend(self.check(result, step.stopped) for result in step.results)
        if step.exchange is not None:
            self._exchange(record, step.exchange, failing=step.status in ("failed", "broken"))
        if step.error is not None:
            record.statusDetails = StatusDetails(message=self._words(step.error.problems[0].what))
        findings = [finding for result in step.results for finding in result.findings]
        if findings:
            record.attachments.append(self.text(tr("不符之处"), table(findings), "csv"))
            document = document_of(step)
            if document is not None:
                record.attachments.append(
                    self.text(tr("答复(标出不符之处)"), marked(document, findings), "txt")
                )
        notes = [note for result in step.results for note in result.notes]
        if notes:
            record.attachments.append(self.text(tr("提示"), table(notes), "csv"))
        return record

    def check(self, result: CheckResult, at: float) -> TestStepResult:
        """One check with its verdict."""
        word = "" if result.status == "passed" else f"({status_word(result.status)})"
        record = TestStepResult(
            name=self._words(result.title + word), status=_STATUS[result.status], start=_ms(at), stop=_ms(at)
        )
        if result.findings or result.notes:
            lines = [line for finding in result.findings[:20] for line in finding_lines(finding)] + list(
                note_lines(result.notes)
            )
            record.statusDetails = StatusDetails(message=self.masker.text("\n".join(lines)))
        return record

    def _exchange(self, record: TestStepResult, exchange: Exchange, *, failing: bool) -> None:
        """Attach the exchange, and where the whole reply is wanted and too long for it, that by itself."""
        whole = self.evidence == "all" or (self.evidence == "failed" and failing)
        small = len(exchange.reply.body or b"") <= INLINE_BODY
        shown = INLINE_BODY if whole and small else PREVIEW_BODY if failing else PASSED_BODY
        document = http_exchange(exchange, shown, self.masker.text)
        record.attachments.append(
            self.text(
                tr("请求与答复"),
                json.dumps(document, ensure_ascii=False),
                "httpexchange",
                "application/vnd.allure.http+json",
            )
        )
        if whole and not small:
            self._whole(record, exchange.reply, failing)

    def _whole(self, record: TestStepResult, reply: Reply, failing: bool) -> None:
        body = reply.body or b""
        data = self.masker.data(body)
        source = self.store.put(data, reply.digest if data is body else None, failing=failing)
        if source is not None:
            record.attachments.append(
                Attachment(
                    name=tr("完整答复({size})", size=size_text(len(body))), source=source, type="text/plain"
                )
            )
        elif failing:
            record.parameters.append(
                Parameter(
                    name=tr("完整答复"),
                    value=tr(
                        "没有保留:本次运行的 evidence_mb 已用完;摘要 {digest}", digest=body_digest(reply)
                    ),
                )
            )

    def text(self, name: str, text: str, extension: str, kind: str = "") -> Attachment:
        """Write a masked text."""
        kinds = {"txt": "text/plain", "csv": "text/csv"}
        source = self.store.write(self.masker.text(text).encode("utf-8", "replace"), extension)
        return Attachment(name=name, source=source, type=kind or kinds[extension])

    def _shown(self, text: str) -> str:
        return visible(self.masker.text(text))


def _ms(seconds: float) -> int | None:
    return round(seconds * 1000) or None
