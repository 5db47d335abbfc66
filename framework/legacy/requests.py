"""Converts the request of an old case; other harnesses have the same keys under other names."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import REQUEST_KEYS as OUR_KEYS
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, to_plain
from framework.legacy.import_context import ImportContext

URL_KEYS = ("url", "path", "uri")
_NAMES = {
    "header": "headers",
    "query": "params",
    "path": "url",
    "uri": "url",
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
    "request_method": "method",
    "requestMethod": "method",
    "http_method": "method",
    "requestType": "kind",
    "request_type": "kind",
    "host": "base",
    "base_url": "base",
}
REQUEST_KEYS = frozenset(_NAMES)
_BODY_KINDS = {
    "json": "json",
    "application/json": "json",
    "data": "data",
    "form": "data",
    "x-www-form-urlencoded": "data",
    "application/x-www-form-urlencoded": "data",
    "params": "params",
    "param": "params",
    "query": "params",
    "none": "",
}
UPLOAD_HINT = "上传写成 files: {file: {path: data/a.docx}}，文件放在套件的文件夹里"
_HINTS = {
    "files": UPLOAD_HINT,
    "file": UPLOAD_HINT,
    "upload": UPLOAD_HINT,
    "auth": "写成 headers: {Authorization: …}",
    "stream": "不需要：答复总有上限",
    "proxies": "在 environments.yaml 写 proxy",
    "cert": "在 environments.yaml 写 tls",
}
_CHANGES_REQUEST = re.compile(
    r"body|data|json|form|param|header|cookie|auth(?!or\b)|token|sign|file|upload|payload|query|encr|cert|xml",
    re.I,
)
_WRAPPERS = [
    {kind, content}
    for kind in ("type", "mode", "kind", "format", "content_type", "mimetype")
    for content in ("data", "content", "value", "raw", "text", "json", "body")
]
_METHOD_KEY = re.compile(r"method|verb|type|way|action|方式|方法", re.IGNORECASE)
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_OTHER_KEYS = "可以写 method、url、params、headers、json、data、cookies、timeout"


def is_method_entry(key: KeyNode, node: Node) -> bool:
    """Return whether an entry holds the HTTP method, also under an unknown key: ``verb: delete``."""
    return _METHOD_KEY.search(key.value) is not None and str(to_plain(node)).upper() in _METHODS


def changes_request(key: KeyNode, node: Node) -> bool:
    """Return whether a request is another one without an entry, to judge by the entry's name."""
    return _CHANGES_REQUEST.search(key.value) is not None and to_plain(node) not in (None, "", False, [], {})


@dataclass(frozen=True)
class OldAddress:
    """The base URL of the old file's settings, and the origins that the environments have.

    Attributes:
        base: the converted text; a request may have its own.
        node: where it is written.
        known_origins: ``https://host`` of the base URLs in environments.yaml.
    """

    base: str = ""
    node: Node | None = None
    known_origins: Collection[str] = ()


@dataclass
class RequestConverter:
    """Converts one request. ``found`` has our keys, and ``nodes`` the last node of each."""

    context: ImportContext
    address: OldAddress
    found: dict[str, Json] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    kind: str | None = None

    def convert(self, parts: list[MappingNode]) -> dict[str, Json]:
        """Return the request that *parts* make up together; a later part overrides an earlier one."""
        for part in parts:
            for key, node in part.entries:
                self._read_entry(key, node)
        self._review_wrapped_body()
        # Only now, because the kind may be given after the body.
        self._choose_body()
        self._move_query()
        self._join_url()
        return {name: self.found[name] for name in OUR_KEYS if name in self.found}

    def _review_wrapped_body(self) -> None:
        """Point out a body such as ``{type: json, data: {…}}``: the whole of it is sent."""
        for name in ("body", "json", "data"):
            node = self.nodes.get(name)
            if isinstance(node, MappingNode) and {key.value.lower() for key, _ in node.entries} in _WRAPPERS:
                what = tr("{key} 的内容照原样发送，包括 {names}", key=name, names=node.entries[0][0].value)
                self.context.review(node, what, tr("旧框架里那是请求体的种类，就只留下内容"))

    def _read_entry(self, key: KeyNode, node: Node) -> None:
        name = _NAMES.get(key.value, "")
        if name == "kind":
            self._read_kind(key, node)
        elif name == "base":
            if not isinstance(node, ScalarNode):
                self._remark_no_text(key)
            elif to_plain(node):
                self.address = OldAddress(str(self.context.value(node)), node, self.address.known_origins)
        elif name:
            self._add_key(name, key, node)
        elif to_plain(node) not in (None, ""):
            if is_method_entry(key, node) and "method" not in self.found:
                self._add_key("method", key, node)
                return
            how = tr(_HINTS.get(key.value, _OTHER_KEYS))
            self.context.remark(key, tr("request 的 {key}", key=key.value), how)
            if changes_request(key, node):
                self.context.incomplete.append(key.value)

    def _read_kind(self, key: KeyNode, node: Node) -> None:
        text = str(to_plain(node)).strip().lower()
        if text in _BODY_KINDS:
            self.kind = _BODY_KINDS[text]
            self.context.wrote(node)
        elif text.upper() in _METHODS:
            self._add_key("method", key, node)
        elif text:
            self.context.incomplete.append(key.value)
            self.context.remark(
                key,
                tr("请求体的种类 {kind}", kind=to_plain(node)),
                tr("写成 json、data、params 或 files"),
            )

    def _add_key(self, name: str, key: KeyNode, node: Node) -> None:
        value = self.context.value(node)
        # A JSON body may be null; for the other keys null means that there is none.
        if value is None and name != "json":
            return
        if name == "timeout" and (isinstance(value, bool) or not isinstance(value, (int, float))):
            self.context.remark(key, tr("timeout 不是一个数"), tr("写整个请求的秒数"))
        elif name in ("verify", "allow_redirects") and not isinstance(value, bool):
            self.context.remark(key, tr("request 的 {key}", key=key.value), tr("写 true 或 false"))
        elif name == "url" and not isinstance(value, str):
            self._remark_no_text(key)
        elif name in ("headers", "cookies") and not isinstance(value, dict):
            self.context.incomplete.append(key.value)
            self.context.remark(key, tr("request 的 {key}", key=key.value), tr("写成“名称: 值”"))
        elif name == "method":
            self.found[name] = str(value).upper() if "${" not in str(value) else value
            self.context.wrote(node, self.found[name])
        else:
            if name in ("headers", "cookies") and isinstance(value, dict):
                value = self._as_texts(value, node)
            before = self.found.get(name)
            is_joined = isinstance(value, dict) and isinstance(before, dict)
            self.found[name] = {**before, **value} if is_joined else value  # type: ignore[dict-item]
            self.nodes[name] = node

    def _remark_no_text(self, key: KeyNode) -> None:
        self.context.remark(key, tr("request 的 {key}", key=key.value), tr("地址写成一个文本"))

    def _as_texts(self, value: dict[str, Json], node: Node) -> dict[str, Json]:
        """Return headers or cookies with numbers as text; requests does not send anything else."""
        texts: dict[str, Json] = {}
        entries = node.entries if isinstance(node, MappingNode) else ()
        for key, inner in entries:
            name = self.context.key(key)
            item = value.get(name)
            if isinstance(item, (int, float)) and not isinstance(item, bool):
                texts[name] = str(item)
                self.context.wrote(inner, str(item))
            elif isinstance(item, str):
                texts[name] = item
            elif item is not None:
                self.context.remark(key, tr("{key} 的值不是文字", key=key.value), tr("写成“名称: 值”"))
        return texts

    def _choose_body(self) -> None:
        """Turn ``body`` and ``data`` into ``json``, ``data`` or ``params``, as their value and kind say."""
        found = self.found
        if "body" in found:
            self._rename(
                "body", "json" if isinstance(found["body"], (dict, list)) and self.kind != "data" else "data"
            )
        if self.kind == "params" and "data" in found:
            self._rename("data", "params")
        elif self.kind == "json" and "data" in found:
            self._rename("data", "json")
        if "json" in found and "data" in found:
            # The requests library sends the JSON body only if there is no other one.
            dropped = "json" if found["data"] else "data"
            del found[dropped]
            self.context.incomplete.append(dropped)
            self.context.remark(
                self.nodes[dropped], tr("{key}：请求有两个请求体", key=dropped), tr("json 与 data 只写一个")
            )

    def _rename(self, old: str, new: str) -> None:
        value, node = self.found.pop(old), self.nodes.pop(old)
        if self.found.get(new):
            if isinstance(self.found[new], dict) and isinstance(value, dict) and new == "params":
                self.found[new].update(value)
                return
            self.context.incomplete.append(old)
            self.context.remark(node, tr("{key}：请求有两个请求体", key=old), tr("json 与 data 只写一个"))
            return
        self.found[new], self.nodes[new] = value, node

    def _move_query(self) -> None:
        """Append a query that is a text to the URL."""
        params, url = self.found.get("params"), self.found.get("url")
        if isinstance(params, str) and isinstance(url, str):
            del self.found["params"]
            self.found["url"] = url + ("&" if "?" in url else "?") + params.lstrip("?&")

    def _join_url(self) -> None:
        """Join the base URL and the path; of an environment's own base URL only the path is kept."""
        url = self.found.get("url")
        if not isinstance(url, str):
            return
        is_absolute = "://" in url or (url.startswith("${") and self._starts_with_base(url))
        base = self.address.base
        if not is_absolute and base:
            url = base.rstrip("/") + "/" + url.lstrip("/")
            if "://" not in url and "${" not in base:
                url = "http://" + url
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        if parts.netloc and origin in self.address.known_origins:
            self.context.review(
                self.address.node if base and not is_absolute and self.address.node else self.nodes["url"],
                tr("主机 {base} 没有写进用例", base=parts.netloc),
                tr("在 environments.yaml 写 base_url"),
            )
            self._note_base(url)
            url = url[len(origin) :] or "/"
        elif "://" in url and "${" not in parts.netloc:
            self.context.review(
                self.nodes["url"],
                tr("地址写死了主机 {host}", host=parts.netloc),
                tr("在 environments.yaml 写 base_url，这里只留路径；或把它列进 hosts"),
            )
            self._note_base(url)
        if url != self.found["url"]:
            self.context.wrote(self.nodes["url"], url)
            self.found["url"] = url

    def _note_base(self, url: str) -> None:
        node = self.address.node
        if (
            isinstance(node, ScalarNode)
            and self.address.base
            and url.startswith(self.address.base.rstrip("/"))
        ):
            # The address is in the joined URL, or in environments.yaml.
            self.context.wrote(node)
            self.context.written[id(node)].clear()

    def _starts_with_base(self, url: str) -> bool:
        """Return whether the URL begins with a reference that holds an address."""
        name = url[2:].partition("}")[0].lower()
        return any(word in name for word in ("url", "host", "base", "domain", "server"))
