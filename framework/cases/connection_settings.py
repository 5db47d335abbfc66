"""Parses ``tls`` and ``proxy`` of an environment."""

from __future__ import annotations

import re
from dataclasses import dataclass

from framework.base.errors import Problem, did_you_mean
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.reader import Reader
from framework.cases.template import Template, compile_template, references
from framework.cases.yaml.nodes import Node


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The files of ``tls``, relative to the root of the project; a text is empty if it is not given."""

    ca: str
    cert: str
    key: str
    span: Span


def parse_tls(node: Node | None, reader: Reader) -> TlsFiles | None:
    """Return the files of ``tls``; report a mapping without any, and a key without its certificate."""
    mapping = reader.mapping(node, "tls", ("ca", "cert", "key"))
    if mapping is None:
        return None
    ca, cert, key = (reader.literal(mapping.get(name), name) for name in ("ca", "cert", "key"))
    if not (ca or cert) or (key and not cert):
        what = tr("tls 至少要写 ca 或 cert；key 与 cert 一起写")
        reader.problem("tls-empty", what, tr("例如 tls: {ca: certs/ca.pem}"), mapping.span)
    return TlsFiles(ca, cert, key, mapping.span)


def parse_proxy(node: Node | None, known: tuple[str, ...], reader: Reader) -> Template | None:
    """Return the URL of the proxy. Its user and password must be references to *known* secrets."""
    if node is None:
        return None
    text = reader.text(node, "proxy")
    if not text:
        return None
    how = tr("例如 http://127.0.0.1:3128，或 http://${proxy_user}:${proxy_password}@proxy:3128")
    bare, references_left = re.subn(r"\$\{[^}]*\}", "x", text)
    if not re.fullmatch(r"https?://(?:[^/@]+@)?[^/@:]+(?::\d{1,5}|:x)?/?", bare):
        reader.problem("bad-proxy", tr("proxy 要写成 http:// 或 https:// 开头的地址"), how, node.span)
        return None
    if "@" in bare and not references_left:
        what = tr("{place}: proxy 里的用户名和密码不能写在这里", place=node.span.place)
        reader.report(Problem("secret-in-clear", what, how))
        return None
    template = compile_template(node, reader.report)
    for reference in references(template):
        if reference.name not in known:
            what = tr("没有叫 {name} 的变量", name=reference.name)
            fix = did_you_mean(reference.name, known) or tr("在这个环境的 secrets 或 variables 里定义它")
            reader.problem("unknown-variable", what, fix, reference.span)
    return template
