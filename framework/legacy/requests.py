"""An old case's request to ours: the same keys of requests, under the names that other harnesses gave them."""

from __future__ import annotations

from urllib.parse import urlsplit

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, to_plain
from framework.legacy.import_context import ImportContext

_NAMES = {
    "header": "headers",
    "query": "params",
    "path": "url",
    "cookie": "cookies",
    "method": "method",
    "url": "url",
    "headers": "headers",
    "params": "params",
    "json": "json",
    "data": "data",
    "cookies": "cookies",
    "timeout": "timeout",
    "verify": "verify",
    "allow_redirects": "allow_redirects",
    "body": "body",
    "requestType": "kind",
    "request_type": "kind",
    "host": "host",
}
REQUEST_KEYS = frozenset(_NAMES)
_HOWS = {
    "files": "上传文件还不支持",
    "file": "上传文件还不支持",
    "upload": "上传文件还不支持",
    "auth": "写成 headers: {Authorization: …}",
    "stream": "不需要:答复总有上限",
    "proxies": "设置环境变量 HTTPS_PROXY",
    "cert": "还不支持客户端证书",
}


def request_of(parts: list[MappingNode], context: ImportContext, base: str = "") -> dict[str, Json]:
    """Return the request that *parts*, the weaker first, say together."""
    found: dict[str, Json] = {}
    kind = host = ""
    for part in parts:
        for key, node in part.entries:
            name = _NAMES.get(key.value, "")
            if name == "kind":
                kind = str(to_plain(node)).lower()
            elif name == "host":
                host = str(context.value(node))
            elif name:
                _take(found, name, key, node, context)
            else:
                context.remark(
                    key,
                    tr("request 的 {key}", key=key.value),
                    tr(
                        _HOWS.get(
                            key.value, "可以写 method、url、params、headers、json、data、cookies、timeout"
                        )
                    ),
                )
    _body(found, kind)
    _address(found, host or base, parts, context)
    return {
        name: found[name]
        for name in (
            "method",
            "url",
            "params",
            "headers",
            "json",
            "data",
            "cookies",
            "timeout",
            "verify",
            "allow_redirects",
        )
        if name in found
    }


def _take(found: dict[str, Json], name: str, key: KeyNode, node: Node, context: ImportContext) -> None:
    value = context.value(node)
    if value is None and name != "json":
        return
    if name == "timeout" and (isinstance(value, bool) or not isinstance(value, (int, float))):
        context.remark(key, tr("timeout 不是一个数"), tr("写整个请求的秒数"))
    elif name == "method":
        found[name] = str(value).upper() if "${" not in str(value) else value
    elif isinstance(value, dict) and isinstance(found.get(name), dict):
        found[name] = {**found[name], **value}
    else:
        found[name] = value


def _body(found: dict[str, Json], kind: str) -> None:
    """``body`` is JSON where it is an object; data that goes by the kind json is JSON too."""
    if "body" in found:
        body = found.pop("body")
        found["json" if isinstance(body, (dict, list)) and kind not in ("data", "form") else "data"] = body
    if kind == "params" and "data" in found:
        found["params"] = found.pop("data")
    elif kind == "json" and "data" in found and "json" not in found:
        found["json"] = found.pop("data")


def _address(found: dict[str, Json], base: str, parts: list[MappingNode], context: ImportContext) -> None:
    url = found.get("url")
    if not isinstance(url, str):
        return
    host = urlsplit(url).netloc if "://" in url else urlsplit(base).netloc
    if "://" in url and "${" not in host:
        context.review(
            parts[-1],
            tr("地址写死了主机 {host}", host=host),
            tr("在 environments.yaml 写 base_url,这里只留路径;或把它列进 hosts"),
        )
    elif base and "${" not in base:
        found["url"] = urlsplit(base).path.rstrip("/") + "/" + url.lstrip("/")
        context.review(
            parts[-1],
            tr("主机 {base} 没有写进用例", base=host or base),
            tr("在 environments.yaml 写 base_url"),
        )
