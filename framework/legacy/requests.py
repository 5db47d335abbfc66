"""Converts the request of an old case; other harnesses have the same keys under other names."""

from __future__ import annotations

from urllib.parse import urlsplit

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import REQUEST_KEYS as OUR_KEYS
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
_HINTS = {
    "files": "上传文件还不支持",
    "file": "上传文件还不支持",
    "upload": "上传文件还不支持",
    "auth": "写成 headers: {Authorization: …}",
    "stream": "不需要:答复总有上限",
    "proxies": "设置环境变量 HTTPS_PROXY",
    "cert": "还不支持客户端证书",
}


_OTHER_KEYS = "可以写 method、url、params、headers、json、data、cookies、timeout"


def convert_request(parts: list[MappingNode], context: ImportContext, base: str = "") -> dict[str, Json]:
    """Return the request that *parts* make up together; a later part overrides an earlier one."""
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
                _add_key(found, name, key, node, context)
            else:
                how = _HINTS.get(key.value, _OTHER_KEYS)
                context.remark(key, tr("request 的 {key}", key=key.value), tr(how))
    # Only now, because the kind may be given after the body.
    _choose_body(found, kind)
    _choose_url(found, host or base, parts, context)
    return {name: found[name] for name in OUR_KEYS if name in found}


def _add_key(found: dict[str, Json], name: str, key: KeyNode, node: Node, context: ImportContext) -> None:
    value = context.value(node)
    # A JSON body may be null; for the other keys null means that there is none.
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


def _choose_body(found: dict[str, Json], kind: str) -> None:
    """Turn ``body`` and ``data`` into ``json``, ``data`` or ``params``, as their value and *kind* say."""
    if "body" in found:
        body = found.pop("body")
        is_json = isinstance(body, (dict, list)) and kind not in ("data", "form")
        found["json" if is_json else "data"] = body
    if kind == "params" and "data" in found:
        found["params"] = found.pop("data")
    elif kind == "json" and "data" in found and "json" not in found:
        found["json"] = found.pop("data")


def _choose_url(found: dict[str, Json], base: str, parts: list[MappingNode], context: ImportContext) -> None:
    url = found.get("url")
    if not isinstance(url, str):
        return
    # The environment has the base URL, so a case keeps only the path.
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
