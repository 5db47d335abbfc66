"""Turns a verdict into the events of the structured log, which schemas/log_event.schema.json documents.

The fields of an exchange have the names of OpenTelemetry's HTTP semantic conventions if there is one
(http.request.method, url.full, …). Sizes are in bytes, durations in milliseconds. Of a reply's body, only
size and digest are logged; of a request, its query and the beginning of its JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from framework.cases.request import MISSING, Request
from framework.checks.result import CheckResult
from framework.http.exchange import Exchange, Reply
from framework.report.causes import causes_of
from framework.report.explain import headline
from framework.report.summary import request_line
from framework.run.verdict import Verdict

LEVELS = {
    "passed": "INFO",
    "failed": "ERROR",
    "broken": "ERROR",
    "skipped": "WARNING",
    "unrecorded": "WARNING",
    "unaccepted": "WARNING",
    "pending": "WARNING",
    "known": "WARNING",
    "warned": "WARNING",
}
_FINDINGS = 20  # a check of ten thousand rows must not fill the log


def verdict_events(verdict: Verdict) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield event, level and fields of everything that happened in a case, in order."""
    for step in verdict.flat_all():
        if step.exchange is not None:
            yield "exchange", "INFO", {"step": step.name, **_exchange_fields(step.exchange)}
        if step.results:
            yield (
                "checks",
                LEVELS[step.status],
                {"step": step.name, "checks": [_check_fields(result) for result in step.results]},
            )
        if step.error is not None:
            yield (
                "step.stopped",
                LEVELS[step.status],
                {"step": step.name, "error": type(step.error).__name__, "what": step.error.problems[0].what},
            )
    if verdict.results:
        yield (
            "checks",
            LEVELS[verdict.status],
            {"step": "", "checks": [_check_fields(result) for result in verdict.results]},
        )
    causes = causes_of(verdict)
    yield (
        "case.finished",
        LEVELS[verdict.status],
        {
            "verdict": verdict.status,
            "duration_ms": round((verdict.stopped - verdict.started) * 1000, 1),
            "headline": headline(verdict),
            **({"category": causes[0].category, "cause": causes[0].text} if causes else {}),
        },
    )


def _exchange_fields(exchange: Exchange) -> dict[str, Any]:
    reply = exchange.reply
    return {
        "http.request.method": exchange.request.method,
        "url.full": exchange.request.url,
        "request": request_line(exchange.request),
        "http.response.status_code": reply.status,
        "duration_ms": _rounded(reply.elapsed_ms),
        "http.request.body.size": _request_size(exchange.request),
        "http.response.body.size": None if reply.body is None else len(reply.body),
        "http.request.resend_count": exchange.attempts - 1,
        "body_digest": body_digest(reply),
        "replayed": exchange.replayed,
        **({"trace_id": exchange.trace_id} if exchange.trace_id else {}),
        **({"shared_from": exchange.shared_from} if exchange.shared_from else {}),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _request_size(request: Request) -> int:
    if request.uploads:
        return sum(len(part.content) for part in request.uploads)
    if request.json is not MISSING:
        return len(json.dumps(request.json, ensure_ascii=False).encode())
    return len(request.data.encode()) if isinstance(request.data, str) else 0


def body_digest(reply: Reply) -> str | None:
    """Return ``sha256:`` and the first 16 hexadecimal digits, enough to distinguish two replies."""
    return None if reply.digest is None else "sha256:" + reply.digest[:16]


def _check_fields(result: CheckResult) -> dict[str, Any]:
    fields: dict[str, Any] = {"check": result.title, "status": result.status}
    if result.alternatives:
        fields["alternatives"] = [held.name for held in result.alternatives]
    if result.status == "failed":
        fields["place"] = result.span.place if result.span else None
        fields["findings"] = [
            {
                "path": finding.path,
                "record": finding.record,
                "expected": finding.expected,
                "actual": finding.actual,
                "what": finding.what,
            }
            for finding in result.findings[:_FINDINGS]
        ]
    if result.notes:
        fields["notes"] = [
            {"path": note.path, "record": note.record, "rule": note.rule, "what": note.what}
            for note in result.notes[:_FINDINGS]
        ]
    return fields
