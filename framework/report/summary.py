"""Summarizes a verdict as plain data, which travels from xdist's workers to the process that owns the run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode, urlsplit

from framework.base.errors import BlockedError, ConnectError, HarnessError, TransportError
from framework.base.source import visible
from framework.cases.request import MISSING, Request
from framework.cases.settings import SHIPPED
from framework.checks.result import CheckResult
from framework.report.case_record import CauseRecord, Evidence, HeldAlternative
from framework.report.causes import causes_of
from framework.report.explain import headline
from framework.report.words import cut_at_word
from framework.run.alternatives import held_alternatives
from framework.run.credentials import is_credential
from framework.run.verdict import Verdict

_NOT_SENT = ("connect-timeout",)
_LONGEST_REQUEST = 200
_LONGEST_CURL = 4000


class CaseSummary(NamedTuple):
    """The numbers of one case.

    ``elapsed``: milliseconds of each request. ``received``: bytes. ``shared``: replies that were shared with
    another case, so that no request was sent. ``kind``: the stable name of the cause's
    category, ``cause``: its text; both are empty if the case is green. ``causes``: all causes.
    ``evidence``: None if the case is green. ``alternatives``: the named alternatives that held.
    ``drift``: records added, changed and removed since the last acceptance.
    """

    case: str
    title: str
    status: str
    headline: str
    checks: int
    unrecorded: int
    requests: int
    received: int
    shared: int
    elapsed: list[float]
    kind: str
    cause: str
    causes: tuple[CauseRecord, ...]
    evidence: Evidence | None
    alternatives: tuple[HeldAlternative, ...]
    drift: tuple[int, int, int]


def summarize(verdict: Verdict, curl: str = "") -> CaseSummary:
    """Return the numbers of a verdict. *curl* repeats the request of its failure."""
    exchanges = [step.exchange for step in verdict.flat_all() if step.exchange]
    replies = [exchange.reply for exchange in exchanges if not exchange.shared_from]
    results = verdict.all_results
    causes = causes_of(verdict)
    first = causes[0] if causes else CauseRecord("", "")
    # A step that broke while it waited for the reply has no exchange, but its request went out.
    unanswered = sum(
        _was_sent(step.error) and not step.exchange and not step.parts for step in verdict.flat_all()
    )
    return CaseSummary(
        verdict.case_id,
        verdict.title,
        verdict.status,
        headline(verdict),
        checks=len(results),
        unrecorded=sum(result.status == "unrecorded" for result in results),
        requests=sum(exchange.attempts for exchange in exchanges if not exchange.shared_from) + unanswered,
        received=sum(len(reply.body or b"") for reply in replies),
        shared=len(exchanges) - len(replies),
        elapsed=[round(reply.elapsed_ms, 3) for reply in replies if reply.elapsed_ms is not None],
        kind=first.category,
        cause=first.text,
        causes=causes,
        evidence=_evidence(verdict, curl) if verdict.status in ("failed", "broken") else None,
        alternatives=tuple(HeldAlternative(place, name) for place, name in held_alternatives(verdict)),
        drift=_drift(results),
    )


def _drift(results: Iterable[CheckResult]) -> tuple[int, int, int]:
    """Return how many records were added, changed and removed since the last acceptance."""
    found: dict[str, set[object]] = {"added": set(), "changed": set(), "removed": set()}
    for result in results:
        for finding in (*result.findings, *result.notes):
            if finding.rule in SHIPPED and finding.kind in found:
                found[finding.kind].add(finding.record or finding.what)
    added, changed, removed = (len(found[kind]) for kind in ("added", "changed", "removed"))
    return added, changed, removed


def _evidence(verdict: Verdict, curl: str) -> Evidence:
    places = [result.span for result in verdict.all_results if result.status == "failed"]
    places += [problem.span for problem in verdict.error.problems] if verdict.error else []
    place = next((span.place for span in places if span is not None), "")
    failed = next((step for step in verdict.flat() if step.status == verdict.status and step.exchange), None)
    request = request_line(failed.exchange.request) if failed and failed.exchange else ""
    return Evidence(place, request, curl if len(curl) <= _LONGEST_CURL else "")


def request_line(request: Request) -> str:
    """Return method, path with query, and JSON body of a request in one short line.

    A field with the name of a credential is left out: a case may contain a password that nobody declared.
    """
    path = urlsplit(request.url)
    given = _without_credentials({name: value for name, value in request.params.items() if value is not None})
    query = "&".join(filter(None, (path.query, urlencode(given, doseq=True))))
    address = unquote(path.path + (f"?{query}" if query else ""))
    if request.json is MISSING:
        return cut_at_word(visible(f"{request.method} {address}"), _LONGEST_REQUEST)
    body = json.dumps(_without_credentials(request.json), ensure_ascii=False, separators=(",", ":"))
    return cut_at_word(visible(f"{request.method} {address} {body}"), _LONGEST_REQUEST)


def _without_credentials(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: "***" if is_credential(str(name)) else _without_credentials(inner)
            for name, inner in value.items()
        }
    return [_without_credentials(inner) for inner in value] if isinstance(value, list) else value


def _was_sent(error: HarnessError | None) -> bool:
    """Return whether a request that ended with *error* reached the service, as far as the harness knows."""
    if error is not None and error.problems[0].code == "blocked-redirect":
        return True  # The request that was redirected went out.
    if isinstance(error, (BlockedError, ConnectError)) or not isinstance(error, TransportError):
        return False
    return error.problems[0].code not in _NOT_SENT
