"""The replay with its shortcuts (read sets, remembered outcomes) agrees with a full evaluation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.audit_speed import ROOT, document
from framework.audit.faults import faults_of, mutant_of, recordings_of
from framework.audit.memo import Memory
from framework.audit.replay import Replay
from framework.audit.transport import is_stale, with_bytes
from framework.base.source import Source
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.request import Request
from framework.cases.template import Scope
from framework.checks.context import EvaluationContext
from framework.checks.evaluate import evaluate
from framework.checks.schema import Contracts
from framework.http.exchange import Exchange, Reply
from framework.run.verdict import StepResult, Verdict
from selftests.project_matchers import MATCHERS

CHECKS = [
    "schema: policy_page",
    "$.data.result[*]: {schema: policy}",
    "$.data.result[*].files[*]: {schema: policy_file}",
    "$.msg: success",
    "$.data.result[*].policyTitle: {unique: true}",
    "$.data.result[?@.policyType == 1].policyTypeName: 产业扶持政策",
    "$..fileKey: {count: 10}",
    "$.data.result[*]: "
    "{each: {fileUrl: {absent: true}, 'files[*]': {each: {fileKey: {ends_with: '.${@.fileType}'}}}}}",
    "$.data.result: {each: {publishTime: {datetime: true}}, length: 10}",
    "$.data.result[*]: {each: {policyText: {policy_text: [mojibake, active_content, issue_number]}}}",
    "$.data.pageSize: {one_of: ['${$.data.result[0].policyLevel}', 10]}",
    "$.data.result: {length: '${$.data.pageSize}'}",
    "body: {contains: totalNum}",
    "body.size: {at_least: 8000}",
    "any_of: [{status_code: 201}, {$.data.hasNext: true}]",
    "$.data.result[0]: {not: {contains: unexpectedKey}}",
    "status_code: 200",
    "elapsed_ms: {less_than: 100}",
    "headers.Content-Type: {starts_with: application/json}",
    "$.data: {all_of: [{contains: result}, {length: 5}]}",
    "$['data','msg']: {not_empty: true}",
    "$.data.result[-1].id: {matches: '^\\d{19}$'}",
    "$.data.result[*].publishTime: {sorted: descending}",
    "$.data: {length: {at_least: 5}}",
]


@pytest.mark.parametrize("check", [*CHECKS, "\n      ".join(CHECKS[3:7])])
def test_the_replay_agrees_with_a_full_evaluation(check: str) -> None:
    (case,) = parse_suite(
        Source(
            "t.yaml", f"suite: t\ncases:\n  - id: a\n    request: {{url: /}}\n    validate:\n      {check}\n"
        ),
        (),
        ParseContext(MATCHERS),
    )
    body = json.dumps(document(), ensure_ascii=False).encode()
    reply = Reply("http://127.0.0.1/", 200, (("Content-Type", "application/json"),), body, 5.0)
    step = StepResult(
        "1",
        "passed",
        Exchange(Request("GET", reply.url), reply, 0.0),
        step=case.steps[0],
        scope=Scope(request={}),
    )
    verdict = Verdict("a", "a", "passed", (step,))
    context = EvaluationContext(Contracts(Path(ROOT) / "schemas"), MATCHERS)
    recordings = recordings_of(verdict)
    replay = Replay(case, verdict, Memory(context, [recordings[0].document], need_findings=False))
    apart: list[Any] = []
    assert all(
        result.status == "passed"
        for result in evaluate(case.steps[0].checks, step.exchange, Scope(request={}), context)
    )
    for fault in faults_of(verdict, recordings, "0"):
        mutant = mutant_of(fault, "0")
        if mutant is not None:
            exchange = mutant.of(recordings[0].exchange)
            whole = (
                replace(exchange, reply=with_bytes(exchange.reply)) if is_stale(exchange.reply) else exchange
            )
            seen = any(
                result.status == "failed"
                for result in evaluate(case.steps[0].checks, whole, Scope(request={}), context)
            )
            apart += [fault.key] if seen != replay.notices(mutant) else []
    assert apart == []
