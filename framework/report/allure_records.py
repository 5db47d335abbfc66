"""Builds Allure's records of steps and checks from a verdict, and writes their attachments.

The steps are built as data, with the times at which they ran. Nothing is executed a second time for the
report.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from functools import lru_cache

import pytest
from allure_commons.model2 import (
    Attachment,
    Label,
    Parameter,
    Status,
    StatusDetails,
    TestResult,
    TestStepResult,
)
from allure_commons.utils import md5, now
from attr import attrib, attrs

from framework.base.cutting import cut
from framework.base.errors import HarnessError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.case import Case
from framework.cases.request import MISSING
from framework.cases.template import Constant, format_value
from framework.checks.result import CheckResult
from framework.http.exchange import Exchange, Reply
from framework.http.masking import Masker
from framework.report.allure_names import full_name
from framework.report.case_record import CaseRecord
from framework.report.causes import WORDS
from framework.report.explain import (
    case_file_places,
    check_title,
    finding_lines,
    findings_table,
    note_lines,
    status_word,
)
from framework.report.http_exchange import beginning_of_reply, http_exchange, request_text
from framework.report.log_events import body_digest
from framework.report.marked import marked_reply
from framework.report.numbers import size_text
from framework.report.result_files import AttachmentStore, document_of, step_title
from framework.report.summary import request_line
from framework.run.verdict import CaseFailed, StepResult, Verdict

INLINE_BODY = 64 * 1024
PREVIEW_BODY = 4 * 1024
PASSED_BODY = 512
"""Characters of a reply that a step shows: of a reply shown whole, in a failing case, in a passing case.

Every case has the last kind in the page, so it is short. ``--evidence all`` keeps the rest.
"""
_MAX_COMPARED = 20
_MAX_FINDINGS = 20
_MEDIA_TYPES = {"txt": "text/plain", "csv": "text/csv", "json": "application/json"}
_STATUS = {
    "passed": Status.PASSED,
    "failed": Status.FAILED,
    "broken": Status.BROKEN,
    "skipped": Status.SKIPPED,
    "unrecorded": Status.SKIPPED,
    "unaccepted": Status.SKIPPED,
    "pending": Status.SKIPPED,
}


class RecordWriter:
    """Makes Allure's records from the harness's own. Every text in them is masked.

    ``case``: the id of the case whose records are made. ``brief``: whether its exchanges become parameters of
    its result, so that it needs no file but the result.
    """

    def __init__(self, masker: Masker, evidence: str, store: AttachmentStore) -> None:
        self.masker = masker
        self.evidence = evidence
        self.store = store
        self.case = ""
        self.brief = False
        self._label = lru_cache(maxsize=2048)(self._masked_label)  # the same titles come back with every case

    def begin(self, verdict: Verdict) -> None:
        """Prepare for the case of *verdict*. One that passed is brief, unless all evidence is wanted."""
        self.case = verdict.case_id
        self.brief = verdict.status == "passed" and self.evidence != "all"

    def step(self, step: StepResult) -> TestStepResult:
        """Return the record of a request and its checks."""
        record = TestStepResult(
            name=self._label(step_title(step)),
            status=_STATUS[step.status],
            start=_milliseconds(step.started),
            stop=_milliseconds(step.stopped),
        )
        record.steps.extend(self.step(part) for part in step.parts)
        record.steps.extend(self.check(result, step.stopped) for result in step.results)
        if step.exchange is not None:
            self._add_exchange(record, step.exchange, failing=step.status in ("failed", "broken"))
        if step.returned is not MISSING:
            self._add_returned(record, step.returned)
        if step.error is not None:
            record.statusDetails = StatusDetails(message=self._label(step.error.problems[0].what))
        self._attach_findings(record, step)
        return record

    def check(self, result: CheckResult, at: float) -> TestStepResult:
        """Return the record of a check that was judged *at* this time, in seconds."""
        word = "" if result.status == "passed" else f"({status_word(result.status)})"
        record = TestStepResult(
            name=self._label(check_title(result) + word),
            status=_STATUS[result.status],
            start=_milliseconds(at),
            stop=_milliseconds(at),
        )
        if result.findings or result.notes:
            lines = [line for finding in result.findings[:_MAX_FINDINGS] for line in finding_lines(finding)]
            lines += note_lines(result.notes)
            record.statusDetails = StatusDetails(message=self.masker.text("\n".join(lines)))
        return record

    def text(self, name: str, text: str, extension: str, media_type: str = "") -> Attachment:
        """Write a masked text as an attachment."""
        source = self.store.write(self.masker.text(text).encode("utf-8", "replace"), extension)
        return Attachment(name=name, source=source, type=media_type or _MEDIA_TYPES[extension])

    def _attach_findings(self, record: TestStepResult, step: StepResult) -> None:
        findings = [finding for result in step.results for finding in result.findings]
        if findings:
            record.attachments.append(self.text(tr("不符之处"), findings_table(findings), "csv"))
            document = document_of(step)
            if document is not None:
                shown = marked_reply(document, findings)
                record.attachments.append(self.text(tr("答复（标出不符之处）"), shown, "txt"))
        notes = [note for result in step.results for note in result.notes]
        if notes:
            record.attachments.append(self.text(tr("提示"), findings_table(notes), "csv"))

    def _add_returned(self, record: TestStepResult, value: Json) -> None:
        shown = json.dumps(value, ensure_ascii=False, indent=1)
        if self.brief:
            record.parameters.append(self._parameter(tr("返回值"), cut(shown, PASSED_BODY, "…")))
        else:
            record.attachments.append(self.text(tr("返回值"), cut(shown, INLINE_BODY), "json"))

    def _add_exchange(self, record: TestStepResult, exchange: Exchange, *, failing: bool) -> None:
        if self.brief:
            shown = self._exchange_parameters(exchange)
            record.parameters.extend(parameter for parameter in shown if parameter.value)
        else:
            self._attach_exchange(record, exchange, failing=failing)
        if exchange.shared_from:
            record.parameters.append(Parameter(name=tr("答复与先问的用例共用"), value=exchange.shared_from))

    def _exchange_parameters(self, exchange: Exchange) -> Iterator[Parameter]:
        reply = exchange.reply
        yield self._parameter(tr("请求"), request_line(exchange.request))
        if exchange.request.json is MISSING:  # otherwise the line above has it
            yield self._parameter(tr("请求正文"), cut(request_text(exchange.request), PASSED_BODY, "…"))
        if exchange.trace_id:
            yield Parameter(name="trace_id", value=exchange.trace_id)
        if reply.digest is not None:
            yield Parameter(name=tr("答复的摘要"), value=body_digest(reply))
        yield self._parameter(tr("答复的开头"), beginning_of_reply(reply, PASSED_BODY, self.masker))

    def _parameter(self, name: str, text: str) -> Parameter:
        return Parameter(name=name, value=visible(self.masker.text(text)))

    def _attach_exchange(self, record: TestStepResult, exchange: Exchange, *, failing: bool) -> None:
        """Attach the exchange, and the whole reply apart if it is wanted and too long for the exchange."""
        whole = self.evidence == "all" or (self.evidence == "failed" and failing)
        small = len(exchange.reply.body or b"") <= INLINE_BODY
        shown = INLINE_BODY if whole and small else PREVIEW_BODY if failing else PASSED_BODY
        document = json.dumps(http_exchange(exchange, shown, self.masker), ensure_ascii=False)
        media_type = "application/vnd.allure.http+json"
        record.attachments.append(self.text(tr("请求与答复"), document, "httpexchange", media_type))
        if whole and not small:
            self._attach_whole_reply(record, exchange.reply, failing)

    def _attach_whole_reply(self, record: TestStepResult, reply: Reply, failing: bool) -> None:
        body = reply.body or b""
        kept = self.store.put(body, self.case, reply.digest, self.masker.data, failing=failing)
        if kept is not None and kept.file:
            name = tr("完整答复（{size}）", size=size_text(len(body)))
            record.attachments.append(Attachment(name=name, source=kept.file, type="text/plain"))
        elif kept is not None:
            same = tr("与用例 {case} 附上的那一份相同", case=kept.owner)
            record.parameters.append(Parameter(name=tr("完整答复"), value=same))
        elif failing:
            digest = body_digest(reply)
            missing = tr("没有保留：本次运行的 evidence_mb 已用完；摘要 {digest}", digest=digest)
            record.parameters.append(Parameter(name=tr("完整答复"), value=missing))

    def _masked_label(self, text: str) -> str:
        return visible(self.masker.text(text))


def collection_error_result(report: pytest.CollectReport) -> TestResult:
    """Return a broken result for a case file that did not load, so that the front page is not all green."""
    identity, moment = md5(report.nodeid), now()  # type: ignore[no-untyped-call]
    labels = [
        Label("category", tr(WORDS["case"])),
        Label("cause", report.nodeid),
        Label("suite", report.nodeid),
    ]
    return TestResult(
        uuid=str(uuid.uuid4()),
        name=tr("用例文件有误：{file}", file=report.nodeid),
        fullName=f"{report.nodeid}#collection",
        status=Status.BROKEN,
        statusDetails=StatusDetails(message=report.longreprtext),
        testCaseId=identity,
        historyId=identity,
        labels=labels,
        start=moment,
        stop=moment,
    )


def crashed_result(case: CaseRecord) -> TestResult:
    """Return a broken result for a case whose process crashed, with the identity that the case always has."""
    name = full_name(case.id)
    identity, moment = md5(name), now()  # type: ignore[no-untyped-call]
    return TestResult(
        uuid=str(uuid.uuid4()),
        name=case.title,
        fullName=name,
        status=Status.BROKEN,
        statusDetails=StatusDetails(message=case.headline),
        testCaseId=identity,
        historyId=identity,
        labels=[
            Label("category", tr(WORDS["internal"])),
            Label("cause", case.cause),
            Label("suite", case.id.partition("::")[0]),
        ],
        start=moment,
        stop=moment,
    )


@attrs
class ComparedDetails(StatusDetails):
    """Details with the two texts that Allure shows side by side; allure-pytest's record lacks them."""

    actual: str | None = attrib(default=None)
    expected: str | None = attrib(default=None)


def status_details(error: CaseFailed | HarnessError) -> StatusDetails:
    """Return the message of *error*, the places in the case file, and the expected beside the actual
    values.
    """
    message, trace = str(error), case_file_places(error)
    if not isinstance(error, CaseFailed):
        return StatusDetails(message=message, trace=trace)
    findings = [finding for result in error.verdict.all_results for finding in result.findings]
    compared = findings[:_MAX_COMPARED]
    expected = "\n".join(f"{finding.path} {finding.expected}" for finding in compared)
    actual = "\n".join(f"{finding.path} {finding.actual}" for finding in compared)
    return ComparedDetails(
        message=message, trace=trace, expected=error.mask(expected), actual=error.mask(actual)
    )


def row_parameters(case: Case, masker: Masker) -> Iterator[Parameter]:
    """Yield the values of a parametrized case's row.

    They are not part of the identity in Allure's history: the id of the row is, so its values may be edited.
    """
    for name in case.parameters:
        value = case.definitions[name].value
        if isinstance(value, Constant):
            shown = visible(masker.text(format_value(value.value)))
            yield Parameter(name=name, value=shown, excluded=True)


def _milliseconds(seconds: float) -> int | None:
    return round(seconds * 1000) or None
