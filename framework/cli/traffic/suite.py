"""Writes a suite of requests that were sent: a case for each, with checks that its reply passed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.yaml.pyyaml import dump
from framework.cli.init.curl import CurlRequest
from framework.cli.init.secrets import Kept, without_secrets
from framework.http.hosts import origin_of

_EDITOR = "# yaml-language-server: $schema=../../schemas/case.schema.json\n"
_OF_THE_BROWSER = re.compile(
    r"accept|accept-encoding|accept-language|cache-control|connection|content-length|dnt|host|if-.*|origin|pragma"
    r"|priority|referer|sec-.*|te|upgrade-insecure-requests|user-agent"
)
_FORM = "application/x-www-form-urlencoded"
_VERDICTS = ("success", "code", "status", "errcode", "error", "ok")


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was sent, and the status and document of its reply, if they are known."""

    request: CurlRequest
    status: int = 200
    document: Json = None


@dataclass(frozen=True, slots=True)
class Written:
    """A suite, the variables of its secrets by name, and remarks about parts of the requests that are not in
    it.
    """

    text: str
    cases: int
    variables: dict[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    repeated: int = 0


def suite_of(name: str, sent: Iterable[Sent]) -> Written:
    """Return a suite with a case for each different request."""
    secrets: dict[str, str] = {}
    ids: set[str] = set()
    dropped: dict[str, None] = {}
    cases: list[dict[str, Json]] = []
    origin, repeated = "", 0
    for one in sent:
        form = _form(one.request)
        plain = replace(one.request, json=form, data="") if form else one.request
        kept = without_secrets(plain, secrets).request
        assert kept is not None
        origin = origin or str(origin_of(kept.url))
        dropped |= {header: None for header in kept.headers if not _is_kept(header, kept)}
        request = _request(kept, origin, is_form=bool(form))
        if any(case["request"] == request for case in cases):
            repeated += 1
            continue
        path = urlsplit(kept.url).path or "/"
        title = f"{kept.method} {path}".replace("${", "$${")
        cases.append(
            {
                "id": _new_id(kept.method, path, ids),
                "name": title,
                "request": request,
                "validate": _checks(one),
            }
        )
    text = _EDITOR + dump({"suite": name, "cases": list(cases)})
    return Written(text, len(cases), Kept(None, secrets).variables, tuple(dropped), repeated)


def _is_kept(header: str, request: CurlRequest) -> bool:
    if header.lower() == "content-type":
        # The harness sends the type of JSON by itself.
        return bool(request.data)
    return _OF_THE_BROWSER.fullmatch(header.lower()) is None


def _form(request: CurlRequest) -> dict[str, Json]:
    """Return the fields of a form; empty if the body is something else, or has a field twice."""
    kinds = [value for name, value in request.headers.items() if name.lower() == "content-type"]
    if not request.data or not (kinds or [_FORM])[0].startswith(_FORM):
        return {}
    if not all("=" in part for part in request.data.split("&")):
        return {}
    pairs = parse_qsl(request.data, keep_blank_values=True)
    fields = dict(pairs)
    return dict(fields) if len(fields) == len(pairs) and urlencode(pairs) == urlencode(fields) else {}


def _request(request: CurlRequest, origin: str, *, is_form: bool) -> dict[str, Json]:
    parts = urlsplit(request.url)
    is_own = str(origin_of(request.url)) == origin
    made: dict[str, Json] = {"method": request.method, "url": (parts.path or "/") if is_own else request.url}
    headers = {name: value for name, value in request.headers.items() if _is_kept(name, request)}
    if request.data and "content-type" not in map(str.lower, headers):
        # The headers that curl and a browser send by default.
        headers = {"Content-Type": _FORM, **headers}
    given = (("params", request.params), ("headers", headers), ("cookies", request.cookies))
    made |= {key: value for key, value in given if value}
    if request.json is not None:
        made["data" if is_form else "json"] = request.json
    elif request.data:
        made["data"] = request.data.replace("${", "$${")
    return made


def _checks(sent: Sent) -> dict[str, Json]:
    """Return the checks that the reply passed: its status, and the member that says whether it succeeded."""
    checks: dict[str, Json] = {"status_code": sent.status}
    if isinstance(sent.document, dict):
        for name in _VERDICTS:
            value = sent.document.get(name)
            if isinstance(value, (bool, int)) or (isinstance(value, str) and len(value) <= 20):
                checks[f"$.{name}"] = value.replace("${", "$${") if isinstance(value, str) else value
    return checks


def _new_id(method: str, path: str, ids: set[str]) -> str:
    words = [word for word in re.split(r"[^A-Za-z0-9]+", path) if word]
    base = "-".join([method.lower(), *words[-3:]]).lower()
    number, made = 2, base
    while made in ids:
        made, number = f"{base}-{number}", number + 1
    ids.add(made)
    return made


def notes(written: Written) -> list[str]:
    """Return the remarks about the suite, a line each."""
    lines = []
    if written.dropped:
        names = tr("、").join(written.dropped)
        lines.append(tr("没有写进用例的请求头（浏览器自己的）：{names}", names=names))
    if written.repeated:
        lines.append(tr("同样的请求只写成一个用例，省去 {count} 个", count=written.repeated))
    for name, variable in written.variables.items():
        lines.append(
            tr(
                "密钥 {name} 没有写出来：environments.yaml 的 secrets 里写 {name}: {variable}，值写进 .env",
                name=name,
                variable=variable,
            )
        )
    if re.search(r"method: (?!GET|HEAD|OPTIONS)", written.text):
        lines.append(tr("会改变数据的请求要环境允许（allow: [write]）；只是查询就在用例里写 read_only: true"))
    return lines
