"""Signs requests: ``request: {auth: NAME}`` names a function in ``testcases/signers.py``.

It gets the rendered request and the secrets of the environment, and returns the request with headers, params
or members of the body added. The address stays as it is: a signer cannot send a secret elsewhere.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.request import MISSING, Request, build_request
from framework.checks.team_files import TeamFunction
from framework.http.message import body_text
from framework.run.context import RunContext
from framework.run.credentials import hide_added

_CHANGEABLE = ("params", "headers", "json", "data", "cookies")
_FIXED = ("method", "url")
_BODY = "body"
"""What would be sent as the body without a signature, for signers that sign it; it is only read."""


def sign(request: Request, name: str, span: Span, context: RunContext) -> Request:
    """Return *request* as the function *name* signs it.

    Raises:
        HookError: the function raised, changed the address, or returned no request.
        UnresolvedError: it added a value that cannot be sent.
    """
    function = context.hooks("signers")[name]
    plain = _plain(request)
    secrets = _Secrets((name, value) for name, value in context.environment.secret_values.items() if value)
    returned = function(copy.deepcopy(plain), secrets)
    _refuse_unfit(function, plain, returned)
    hide_added(plain, returned, context)
    signed = {key: returned[key] for key in (*_FIXED, *_CHANGEABLE) if key in returned}
    others = {
        "timeout": request.timeout,
        "verify": request.verify,
        "allow_redirects": request.allow_redirects,
    }
    kept = {key: value for key, value in others.items() if value is not None}
    made = build_request({**signed, **kept}, context.environment.base_url, span)
    return replace(made, files=request.files, body=request.body)


class _Secrets(dict[str, str]):
    """The secrets by name. A wrong name says which there are."""

    def __missing__(self, name: str) -> str:
        known = tr("、").join(self) or tr("没有密钥")
        raise KeyError(tr("没有密钥 {name}；这个环境里有值的是：{known}", name=name, known=known))


def _plain(request: Request) -> dict[str, Any]:
    """Return the request as a mapping of requests' own keys, all of which a signer may rely on."""
    plain: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "params": dict(request.params),
        "headers": dict(request.headers),
        "cookies": dict(request.cookies),
    }
    if request.json is not MISSING:
        plain["json"] = request.json
    if request.data is not None:
        plain["data"] = request.data
    if (body := body_text(request)) is not None:
        plain[_BODY] = body
    return plain


def _refuse_unfit(function: TeamFunction, before: Mapping[str, Json], returned: object) -> None:
    if not isinstance(returned, Mapping):
        raise function.error(tr("返回了 {type}，要返回请求（一个字典）", type=type(returned).__name__))
    for key in _FIXED:
        if returned.get(key) != before[key]:
            raise function.error(tr("改了 {key}：签名只能加请求头、参数和请求体的内容", key=key))
    if returned.get(_BODY, before.get(_BODY)) != before.get(_BODY):
        raise function.error(tr("改了 body：它只供计算，要改就改 json 或 data"))
    unknown = [str(key) for key in returned if key not in (*_FIXED, *_CHANGEABLE, _BODY)]
    if unknown:
        raise function.error(tr("返回的请求里有不认识的 {key}", key=tr("、").join(unknown)))
    function.json({key: value for key, value in returned.items() if not isinstance(value, bytes)}, 10_000_000)
