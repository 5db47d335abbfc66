"""Reports the constants of a request that can never be sent, before anything is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from framework.base.cutting import cut
from framework.base.errors import Problem, did_you_mean
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.request import unsendable_value
from framework.cases.template import Constant, ListTemplate, MappingTemplate, Template
from framework.cases.unrendered import was_refused
from framework.cases.urls import is_http_url
from framework.cases.yaml.nodes import MappingNode, Node

_REGISTERED_METHODS = (
    "ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE "
    "MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PROPFIND "
    "PROPPATCH PUT QUERY REBIND REPORT SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE "
    "UPDATEREDIRECTREF VERSION-CONTROL"
)
METHODS = frozenset(_REGISTERED_METHODS.split())
"""The methods of the IANA registry of HTTP methods (RFC 9110, section 16.1) that a client can send."""

# The same rules as http.message has for the sent message (RFC 9110, section 5).
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSENDABLE_TEXT = re.compile(r"[\r\n\0]|[^\x00-\xff]|^[ \t]|[ \t]$")
_COMMON_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_FLAT_KEYS = ("params", "headers", "data", "cookies")


def report_unsendable_constants(
    request: Node | None, template: Template, report: Callable[[Problem], None]
) -> None:
    """Report the constants of *request*, compiled as *template*, that can never be sent."""
    if not isinstance(request, MappingNode):
        return
    for (key, node), value in zip(request.entries, _values(template), strict=True):
        if was_refused(value):
            continue
        if isinstance(value, Constant):
            problem = _problem(key.value, value.value, node.span)
            if problem is not None:
                report(problem)
        elif isinstance(value, MappingTemplate) and key.value in _FLAT_KEYS:
            for name, item in value.fields:
                # The name may hold a reference; only the value is judged.
                problem = _constant_member_problem(key.value, name, item)
                if problem is not None:
                    report(problem)


def _values(template: Template) -> Iterator[Template]:
    """Yield the values of a mapping's template in source order."""
    if isinstance(template, MappingTemplate):
        yield from (value for _, value in template.fields)
    elif isinstance(template, Constant) and isinstance(template.value, dict):
        yield from (Constant(value, template.span) for value in template.value.values())


def _constant_member_problem(key: str, name: Template, item: Template) -> Problem | None:
    constant_name = name.value if isinstance(name, Constant) else None
    if key == "headers" and constant_name is not None and not _HEADER_NAME.fullmatch(constant_name):
        return _header_name_problem(constant_name, name.span)
    if isinstance(item, (ListTemplate, MappingTemplate)):
        value: Json = [""] if isinstance(item, ListTemplate) else {}
    elif isinstance(item, Constant):
        value = item.value
    else:
        return None
    return _problem(key, {constant_name or "X": value}, item.span)


def _header_name_problem(name: str, span: Span) -> Problem:
    what = tr("请求头的名字 {name} 里有不能发送的字符", name=json.dumps(name, ensure_ascii=False))
    return Problem("bad-request", what, tr("名字只含字母、数字和 - _ 等符号，没有空格和冒号"), span)


def _headers_problem(headers: Mapping[str, Json], span: Span) -> Problem | None:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            return _header_name_problem(name, span)
        if isinstance(value, str) and _UNSENDABLE_TEXT.search(value):
            what = tr("请求头 {name} 的值里有换行、首尾空格或 Latin-1 之外的字符，不能发送", name=name)
            return Problem("bad-request", what, tr("去掉它们；中文先做 URL 编码"), span)
    return None


def _url_problem(url: str, span: Span) -> Problem | None:
    if "://" not in url or is_http_url(url.partition("?")[0].partition("#")[0]):
        return None
    if "@" in urlsplit(url).netloc:
        how = tr("密码写成 headers: {Authorization: …}，值放进 environments.yaml 的 secrets")
        return Problem("bad-request", tr("地址里写了账号或密码：{url}", url=cut(url, 80)), how, span)
    what = tr("url {url} 不是 http:// 或 https:// 开头的地址", url=cut(url, 80))
    return Problem("bad-request", what, tr("写完整的地址，或接在 base_url 之后的路径"), span)


def _problem(key: str, value: Json, span: Span) -> Problem | None:
    if key == "method" and isinstance(value, str) and value.upper() not in METHODS:
        what = tr("没有叫 {method} 的请求方法", method=cut(value, 40))
        known = tr("可以写：{names}", names=tr("、").join(_COMMON_METHODS))
        how = did_you_mean(value.upper(), _COMMON_METHODS) or did_you_mean(value.upper(), sorted(METHODS))
        return Problem("unknown-method", what, how or known, span)
    problem = unsendable_value(key, value, span)
    if problem is not None:
        return problem
    if key == "headers" and isinstance(value, dict):
        return _headers_problem(value, span)
    return _url_problem(value, span) if key == "url" else None
