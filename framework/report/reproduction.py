"""Selects the requests whose curl lines reproduce a failure, each with the name of its reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from framework.base.messages import tr
from framework.base.source import visible
from framework.http.exchange import Exchange
from framework.run.verdict import StepResult, Verdict

MAX_LINES = 3


def requests_of_failure(verdict: Verdict) -> list[tuple[str, Exchange]]:
    """Return at most MAX_LINES requests of the first failed step, each with its name; "" for the only one.

    Of a step with several replies these are the ones that its findings name, otherwise the first and the
    last. If only the case's own checks failed, these are the first requests of its steps.
    """
    failed = next((step for step in verdict.steps if step.status == "failed"), None)
    if failed is not None:
        found = _requests_of_step(failed)
    elif any(result.status == "failed" for result in verdict.results):
        firsts = [next(_sent(step), None) for step in verdict.steps]
        found = [(step.name, sent[1]) for step, sent in zip(verdict.steps, firsts, strict=True) if sent]
    else:
        return []
    is_only_one = len(list(verdict.flat())) == 1
    return [(_label("" if is_only_one else name, exchange), exchange) for name, exchange in found[:MAX_LINES]]


def all_requests(verdict: Verdict) -> list[tuple[str, Exchange]]:
    """Return all requests of a case with their names; of a long walk, those that failed come first."""
    sent = [pair for step in (*verdict.steps, *verdict.teardown) for pair in _sent(step)]
    if len(sent) == 1:
        return [("", sent[0][1])]
    by_identity = {
        id(exchange): (name, exchange) for name, exchange in [*requests_of_failure(verdict), *sent]
    }
    return list(by_identity.values())


def reproduction_lines(requests: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for each named curl line."""
    for name, curl in requests:
        if name:
            yield tr("复现（{name}）：{curl}", name=visible(name), curl=curl)
        else:
            yield tr("复现：{curl}", curl=curl)


def _requests_of_step(step: StepResult) -> list[tuple[str, Exchange]]:
    if step.exchange is not None:
        return [(step.name, step.exchange)]
    sent = list(_sent(step))
    concerned = {name for result in step.results for finding in result.findings for name in finding.replies}
    failed = next((part for part in step.parts if part.status == "failed"), None)
    if failed is not None and not concerned:
        # A round of a loop, or a page that is wrong by itself.
        return _requests_of_step(failed)
    named = [pair for pair in sent if pair[0] in concerned]
    return named or list(dict(sent[:1] + sent[-1:]).items())


def _label(name: str, exchange: Exchange) -> str:
    redirects = len(exchange.redirects)
    followed = tr("跟随 {n} 次重定向", n=redirects) if redirects else ""
    return tr("，").join(part for part in (name, followed) if part)


def _sent(step: StepResult) -> Iterator[tuple[str, Exchange]]:
    for part in step.flat():
        if part.exchange is not None:
            yield part.name, part.exchange
