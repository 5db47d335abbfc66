"""Writes exchanges as entries of HAR 1.2 and reads them again. Members that HAR does not have begin with
``_``.

The body of a reply is in a file of its own. A request is written as the case made it: without the fields
that the transport adds, and before it was signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from framework.base import errors
from framework.base.clock import CHINA
from framework.base.errors import HarnessError, Problem
from framework.base.jsonpath import Json
from framework.cases.request import MISSING, Request
from framework.cases.template import format_value
from framework.http.exchange import Exchange, Reply
from framework.http.message import compose
from framework.tape.bodies import read_body, write_body

Record = dict[str, Any]
_NO_TEXT = ("headersSize", "bodySize")


# -- requests


def request_record(request: Request) -> Record:
    """Return the request as HAR has it.

    Raises:
        ConfigError: it cannot be sent as written.
    """
    uploads = request.uploads
    bare = replace(request, files=(), body=None, json=MISSING, data=None) if uploads else request
    message = compose(replace(bare, cookies={}), {})
    record: Record = {
        "method": message.method,
        "url": message.url,
        "httpVersion": "HTTP/1.1",
        "cookies": _pairs(request.cookies),
        "headers": _pairs(request.headers),
        "queryString": _query(message.url),
        **dict.fromkeys(_NO_TEXT, -1),
    }
    if uploads:
        fields = request.data if isinstance(request.data, Mapping) else {}
        params = [{"name": name, "value": format_value(value)} for name, value in fields.items()]
        record["postData"] = {
            "mimeType": request.body.type if request.body else "multipart/form-data",
            "params": [*params, *map(_file_record, uploads)],
        }
    elif message.body is not None:
        kinds = [value for name, value in message.headers.items() if name.lower() == "content-type"]
        text = message.body.decode("utf-8", "surrogateescape")
        record["postData"] = {"mimeType": kinds[0] if kinds else "", "text": text}
    return record


def _pairs(fields: Mapping[str, Any]) -> list[Json]:
    return [
        {"name": name, "value": format_value(value)} for name, value in fields.items() if value is not None
    ]


def _query(url: str) -> list[Json]:
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return [{"name": name, "value": value} for name, value in pairs]


def _file_record(part: Any) -> Record:
    facts = part.facts
    return {
        "name": facts["field"],
        "fileName": facts["name"],
        "contentType": facts["type"],
        "_size": facts["size"],
        "_sha256": facts["sha256"],
    }


# -- exchanges


def entry_of(exchange: Exchange, folder: Path) -> Record:
    """Return the entry of an exchange, and write the body of its reply into *folder*."""
    reply = exchange.reply
    headers = reply.headers or ()
    kinds = [value for name, value in headers if name.lower() == "content-type"]
    response: Record = {
        "status": reply.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in headers],
        "content": {"mimeType": kinds[0] if kinds else "", **write_body(folder, reply.body or b"")},
        "redirectURL": "",
        **dict.fromkeys(_NO_TEXT, -1),
        "_url": reply.url,
    }
    if reply.undecodable is not None:
        response["_undecodable"] = reply.undecodable
    entry = _entry(exchange.started, reply.elapsed_ms or 0.0, request_record(exchange.request), response)
    if exchange.redirects:
        entry["_redirects"] = {
            "urls": list(exchange.redirects),
            "methods": list(exchange.redirect_methods),
            "statuses": list(exchange.redirect_statuses),
            "cookies": [[url, list(fields)] for url, fields in exchange.redirect_cookies],
        }
    return entry


def failure_entry(request: Request, error: HarnessError, started: float) -> Record:
    """Return the entry of a request that got no complete reply. As browsers write it, its status is 0."""
    response: Record = {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": ""},
        "redirectURL": "",
        **dict.fromkeys(_NO_TEXT, -1),
        "_error": error_record(error),
    }
    return _entry(started, 0.0, request_record(request), response)


def _entry(started: float, elapsed: float, request: Record, response: Record) -> Record:
    return {
        "startedDateTime": datetime.fromtimestamp(started, CHINA).isoformat(),
        "time": elapsed,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": elapsed, "receive": 0},
    }


def error_record(error: HarnessError) -> Record:
    """Return an error as plain data."""
    problems = [[problem.code, problem.what, problem.how] for problem in error.problems]
    return {"type": type(error).__name__, "problems": problems}


def error_of(record: Mapping[str, Any]) -> HarnessError:
    """Return the error that ``error_record`` wrote."""
    kind = getattr(errors, str(record["type"]), HarnessError)
    is_error = isinstance(kind, type) and issubclass(kind, HarnessError)
    problems = (Problem(str(code), str(what), str(how)) for code, what, how in record["problems"])
    return (kind if is_error else HarnessError)(*problems)


def exchange_of(entry: Mapping[str, Any], request: Request, folder: Path) -> Exchange:
    """Return the exchange of an entry as the answer to *request*.

    Raises:
        BodyError: the file of the body is missing or was changed.
        HarnessError: there was no complete reply.
    """
    response = entry["response"]
    if "_error" in response:
        raise error_of(response["_error"])
    redirects = entry.get("_redirects", {})
    reply = Reply(
        response.get("_url", entry["request"]["url"]),
        response["status"],
        tuple((field["name"], field["value"]) for field in response["headers"]),
        read_body(folder, response["content"]),
        entry["time"],
        undecodable=response.get("_undecodable"),
    )
    return Exchange(
        request,
        reply,
        datetime.fromisoformat(entry["startedDateTime"].replace("Z", "+00:00")).timestamp(),
        redirects=tuple(redirects.get("urls", ())),
        redirect_methods=tuple(redirects.get("methods", ())),
        redirect_statuses=tuple(redirects.get("statuses", ())),
        redirect_cookies=tuple((url, tuple(fields)) for url, fields in redirects.get("cookies", ())),
        replayed=True,
    )
