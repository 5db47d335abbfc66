"""The HTTP side of the stand-in: routes, limits on reading, and the sending of replies."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from standin.contract import (
    BODY_TOO_LARGE,
    DELETE_PATH,
    DETAIL_PATH,
    FILES_PATH,
    INTERNAL_ERROR,
    LOGIN_PATH,
    LOGOUT_PATH,
    MAX_BODY_BYTES,
    MAX_UPLOAD_BYTES,
    NO_SUCH_PATH,
    PAGE_LIST_PATH,
    UPLOAD_PATH,
    Refused,
    wrong_method,
)
from standin.control import CONTROL_PATH, KEY_HEADER, switch_faults
from standin.hooks import Reply
from standin.service import Service, refusal_reply

Handler = Callable[[Request], Awaitable[Reply]]
Endpoint = Callable[[Request], Awaitable[Response]]


def application(service: Service, control_key: str = "") -> Starlette:
    """Return the ASGI application of a service; without a key its faults cannot be switched."""
    endpoints = _Endpoints(service, control_key)
    return Starlette(
        routes=[
            # Every method has a route, so that a wrong method gets the service's own wrapped error.
            Route(PAGE_LIST_PATH, _AnyMethod(endpoints.page_list)),
            Route(LOGIN_PATH, _AnyMethod(endpoints.log_in)),
            Route(LOGOUT_PATH, _AnyMethod(endpoints.log_out)),
            Route(DETAIL_PATH, _AnyMethod(endpoints.detail)),
            Route(UPLOAD_PATH, _AnyMethod(endpoints.upload)),
            Route(DELETE_PATH, _AnyMethod(endpoints.delete_upload)),
            Route(FILES_PATH + "{key:path}", _AnyMethod(endpoints.download)),
            Route(CONTROL_PATH, _AnyMethod(endpoints.control if control_key else endpoints.not_found)),
            Route("/{path:path}", _AnyMethod(endpoints.not_found)),
        ],
        exception_handlers={HTTPException: _http_error, Exception: _internal_error},
    )


class _Endpoints:
    """The handlers of the routes: each checks the method and answers from the service."""

    def __init__(self, service: Service, control_key: str) -> None:
        self._service = service
        self._control_key = control_key

    async def page_list(self, request: Request) -> Reply:
        try:
            _require_method(request, "POST")
            return self._service.page_list(request.headers.get("token"), await _read_body(request))
        except Refused as refused:
            return self._service.refused(refused.refusal)

    async def download(self, request: Request) -> Reply:
        _require_method(request, "GET", "HEAD")
        # Attachments need no token (assumed).
        reply = self._service.file(request.path_params["key"])
        return _with_range(reply, request.headers.get("range"))

    async def log_in(self, request: Request) -> Reply:
        _require_method(request, "POST")
        return self._service.log_in(await _read_body(request))

    async def log_out(self, request: Request) -> Reply:
        _require_method(request, "POST")
        return self._service.log_out(request.headers.get("token"))

    async def detail(self, request: Request) -> Reply:
        _require_method(request, "GET")
        return self._service.detail(request.headers.get("token"), request.query_params.get("id", ""))

    async def upload(self, request: Request) -> Reply:
        _require_method(request, "POST")
        content_type = request.headers.get("content-type", "")
        body = await _read_body(request, MAX_UPLOAD_BYTES)
        return self._service.upload(request.headers.get("token"), content_type, body)

    async def delete_upload(self, request: Request) -> Reply:
        _require_method(request, "POST")
        return self._service.delete_upload(request.headers.get("token"), await _read_body(request))

    async def control(self, request: Request) -> Reply:
        _require_method(request, "POST")
        return switch_faults(
            self._service, self._control_key, request.headers.get(KEY_HEADER), await _read_body(request)
        )

    async def not_found(self, _request: Request) -> Reply:
        raise Refused(NO_SUCH_PATH)


class _AnyMethod:
    """An endpoint for all methods. Starlette limits functions to GET, but not ASGI callables."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            reply = await self._handler(request)
        except Refused as refused:
            reply = refusal_reply(refused.refusal)
        if reply.delay_s:
            await asyncio.sleep(reply.delay_s)
        await (_response(reply) if reply.cut_at is None else _CutReply(reply))(scope, receive, send)


class _CutReply:
    """A reply that ends before its ``Content-Length``, so that the server closes the connection."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = _response(self._reply).raw_headers
        await send({"type": "http.response.start", "status": self._reply.status, "headers": raw})
        await send(
            {"type": "http.response.body", "body": self._reply.body[: self._reply.cut_at], "more_body": True}
        )


def _require_method(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise Refused(wrong_method(", ".join(methods)))


async def _read_body(request: Request, limit: int = MAX_BODY_BYTES) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        # Checked for every chunk, so that a body without Content-Length is bounded, too.
        if len(body) > limit:
            raise Refused(BODY_TOO_LARGE)
    return bytes(body)


def _response(reply: Reply) -> Response:
    headers = {**reply.headers, "Content-Type": reply.content_type}
    return Response(reply.body, reply.status, headers)


def _with_range(reply: Reply, header: str | None) -> Reply:
    """Serve one range of bytes (assumed). Any other ``Range`` gets the whole file, as RFC 9110 allows."""
    found = re.fullmatch(r"bytes=(\d{1,9})-(\d{0,9})", header or "", re.ASCII)
    size = len(reply.body)
    if found is None or reply.status != 200 or not size:
        return replace(reply, headers={**reply.headers, "Accept-Ranges": "bytes"})
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    # RFC 9110: a range that begins after the end is not satisfiable.
    if first > last:
        return replace(reply, status=416, body=b"", headers={"Content-Range": f"bytes */{size}"})
    span = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{last}/{size}"}
    return replace(reply, status=206, body=reply.body[first : last + 1], headers=span)


async def _http_error(request: Request, error: Exception) -> Response:
    return _response(refusal_reply(NO_SUCH_PATH))


async def _internal_error(request: Request, error: Exception) -> Response:
    return _response(refusal_reply(INTERNAL_ERROR))
