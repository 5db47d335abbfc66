"""Sends the request of a step, repeats it as its ``retry`` says, and recognizes rejected credentials."""

from __future__ import annotations

from dataclasses import replace

from framework.base.errors import (
    BlockedError,
    Problem,
    TransportError,
)
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Retry, Step
from framework.cases.read_only import SAFE_METHODS, WRITE
from framework.cases.request import Request, build_request
from framework.cases.unrendered import refuse_unrendered
from framework.cases.upload import read_body, read_files
from framework.http.exchange import Exchange, Send
from framework.http.retry import matches_retry
from framework.run.context import RunContext
from framework.run.sharing import may_share


def send_request(rendered: Json, step: Step, context: RunContext) -> Exchange:
    """Send the *rendered* request of *step*, several times if the step has a ``retry``.

    Raises:
        HarnessError: the request is wrong, or the last attempt got no complete reply.
    """
    refuse_unrendered(step.request)
    signer = rendered.get("auth") if isinstance(rendered, dict) else None
    request = build_request(rendered, context.environment.base_url, step.span)
    request = _with_files(request, rendered, step, context)
    read_only = step.read_only or request.method in SAFE_METHODS
    request = replace(request, read_only=read_only, shareable=read_only and may_share(step))
    _refuse_writing(request, step, context)
    send = context.taped(context.send if signer is None else _signing(signer, step, context))
    retry = step.retry
    if retry is None:
        return send(request)
    for attempt in range(1, retry.attempts):
        exchange = _send_unless_retried(send, request, retry)
        if exchange is not None:
            return replace(exchange, attempts=attempt - 1 + exchange.attempts)
        context.sleep(retry.interval)
    # The outcome of the last attempt counts, whatever it is.
    exchange = send(request)
    return replace(exchange, attempts=retry.attempts - 1 + exchange.attempts)


def _with_files(request: Request, rendered: Json, step: Step, context: RunContext) -> Request:
    if not isinstance(rendered, dict) or not rendered.keys() & {"files", "body"}:
        return request
    find_file = context.checks.finder(step.span.source.name)
    body = rendered.get("body")
    return replace(
        request,
        files=read_files(rendered.get("files"), step.span, find_file),
        body=None if body is None else read_body(body, step.span, find_file),
    )


def _refuse_writing(request: Request, step: Step, context: RunContext) -> None:
    """Raise if the request may change data and the environment does not allow it.

    Cases whose method is known beforehand are skipped; this is for the others.
    """
    if request.read_only or WRITE in context.environment.allow:
        return
    name = context.environment.name
    what = tr("环境 {name} 不发送会改变数据的请求：{method}", name=name, method=request.method)
    how = tr("不改变就写 read_only: true，要发就在 environments.yaml 的 allow 里写 write")
    raise BlockedError(Problem("write-not-allowed", what, how, step.span))


def _signing(signer: str, step: Step, context: RunContext) -> Send:
    """Return a function that signs and sends. Each attempt has its own signature, which may hold the time."""
    from framework.run.signing import sign  # noqa: PLC0415  # few cases sign

    return lambda request: context.send(sign(request, signer, step.span, context))


def _send_unless_retried(send: Send, request: Request, retry: Retry) -> Exchange | None:
    """Return the exchange, or None if its outcome is one of those that *retry* names."""
    try:
        exchange = send(request)
    except TransportError as error:
        if not matches_retry(retry.on, error):
            raise
        return None
    return None if matches_retry(retry.on, exchange) else exchange
