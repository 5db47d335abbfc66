"""Recognizes a reply that says that the service did not accept our credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from framework.base.errors import CredentialError, HarnessError, LoginError, Problem
from framework.base.messages import tr
from framework.cases.environments import Environment
from framework.cases.request import Request
from framework.cases.template import Scope
from framework.checks.evaluate import judge_together
from framework.http.exchange import Exchange
from framework.run.context import RunContext


def rejection_of(exchange: Exchange, context: RunContext) -> str:
    """Return the part of the reply that ``rejected_credentials`` of environments.yaml lists; empty if
    nothing.
    """
    environment = context.environment
    shown = f"HTTP {exchange.reply.status}"
    if exchange.reply.status in environment.rejected_credentials:
        return shown
    for checks in environment.rejected_replies:
        state, results = judge_together(checks, exchange, Scope({}), context.checks)
        if state == "held":
            return tr("、").join([shown, *(result.title for result in results)])
    return ""


def rejected_credentials(exchanges: Sequence[Exchange], context: RunContext) -> HarnessError | None:
    """Return an error if a reply shows that the service rejected a secret of the environment.

    That is: ``rejected_credentials`` in environments.yaml lists it, and its request carried the secret.
    """
    environment = context.environment
    session = context.session.values if context.session else {}
    if not environment.rejected_credentials and not environment.rejected_replies:
        return None
    for exchange in exchanges:
        if not (shown := rejection_of(exchange, context)):
            continue
        request = exchange.request
        if (name := carried(session, request_texts(request))) is not None:
            return _session_error(name, shown)
        # Not in the body: a case that tests a login sends a right user there, and a wrong password.
        beside_body = request_texts([request.headers, request.cookies, request.params, request.url])
        secrets = {name: value for name, value in environment.secret_values.items() if value}
        if (name := carried(secrets, beside_body)) is not None:
            return _credential_error(name, shown, environment)
    return None


def carried(values: Mapping[str, str], texts: Iterable[str]) -> str | None:
    """Return the name of one of the *values* that is in *texts*; None if none is."""
    found = (name for text in texts for name, value in values.items() if value in text)
    return next(found, None)


def request_texts(value: Any) -> Iterator[str]:
    """Yield every text of a request."""
    if isinstance(value, Request):
        for part in (value.url, value.headers, value.params, value.json, value.data, value.cookies):
            yield from request_texts(part)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from request_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from request_texts(item)


def _session_error(name: str, shown: str) -> LoginError:
    what = tr("服务拒绝了登录取得的 {name}：{shown}", name=name, shown=shown)
    how = tr("登录的答复可能已经说没有成功：在 login 里写 validate；也可能是账号没有这里的权限")
    return LoginError(Problem("session-rejected", what, how))


def _credential_error(secret: str, shown: str, environment: Environment) -> CredentialError:
    variable = environment.secrets.get(secret) or secret
    what = tr("服务拒绝了密钥 {name}：{shown}", name=secret, shown=shown)
    how = tr("令牌可能过期：更新环境变量 {variable}", variable=variable)
    return CredentialError(Problem("credentials-rejected", what, how))
