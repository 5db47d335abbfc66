"""Recognizes files of other tools; such a file is named as such, instead of being read in part."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.yaml.nodes import MappingNode, Node, SequenceNode, to_plain

_TEXTS: Final = (
    (
        "hurl / .http",
        r"(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)[ \t]+(https?://|/|\{\{)\S*([ \t]+HTTP/[\d.]+)?$",
    ),
    (".http", r"@\w+[ \t]*=[ \t]*\S|\#\#\#"),
    ("Gherkin (Karate)", r"(@\S+\s+)*(Feature|Scenario|\u529f\u80fd|\u573a\u666f)[ \t]*[:\uff1a]"),
    ("Robot Framework", r"\*\*\* ?(Settings|Test Cases|Variables|Keywords) ?\*\*\*"),
    ("XML (JMeter, SoapUI)", r"<\?xml|<\w+[ >]"),
)
"""The beginning of the first line that is no comment."""
_TAVERN: Final = re.compile(r"(?m)^test_name:.*\n(?:.*\n)*?stages:\s*$")
_COMMENTS: Final = re.compile(r"\A(?:\s*(?:#(?!##)|//).*\n|\s*\n)*\s*")

_Keys = Callable[[MappingNode], bool]


def _has(*names: str) -> _Keys:
    return lambda top: all(top.get(name) is not None for name in names)


def _has_items_with(name: str, *keys: str) -> _Keys:
    """Return a function that looks for one of *keys* in the items of the list or mapping called *name*."""

    def looks(top: MappingNode) -> bool:
        node = top.get(name)
        items = _children(node) if node is not None else []
        return any(isinstance(item, MappingNode) and any(map(item.get, keys)) for item in items)

    return looks


def _children(node: Node) -> list[Node]:
    if isinstance(node, SequenceNode):
        return list(node.items)
    return [value for _, value in node.entries] if isinstance(node, MappingNode) else []


def _has_log_entries(top: MappingNode) -> bool:
    log = top.get("log")
    return isinstance(log, MappingNode) and log.get("entries") is not None


def _is_insomnia(top: MappingNode) -> bool:
    kind = top.get("type")
    is_new = kind is not None and str(to_plain(kind)).startswith("collection.insomnia")
    return is_new or top.get("__export_format") is not None


def _is_artillery(top: MappingNode) -> bool:
    config = top.get("config")
    return isinstance(config, MappingNode) and config.get("target") is not None and _has("scenarios")(top)


def _has_http_steps(top: MappingNode) -> bool:
    """Return whether the steps of ``tests`` are those of Step CI."""
    tests = top.get("tests")
    return isinstance(tests, MappingNode) and any(
        isinstance(test, MappingNode) and _has_items_with("steps", "http", "delay", "graphql", "grpc")(test)
        for test in _children(tests)
    )


_TREES: Final[tuple[tuple[str, _Keys], ...]] = (
    ("OpenAPI", _has("openapi", "paths")),
    ("OpenAPI (Swagger)", _has("swagger", "paths")),
    ("Postman", _has("info", "item")),
    ("HAR", _has_log_entries),
    ("Insomnia", _is_insomnia),
    ("Apifox", _has("apifoxProject")),
    ("Apifox", _has("apiCollection")),
    ("Artillery", _is_artillery),
    ("Step CI", _has_http_steps),
    ("runn", _has("runners", "steps")),
)


def foreign_text(source: Source) -> Problem | None:
    """Return the remark about a text of another tool, which need not be YAML; None if it is none."""
    text = source.text.lstrip("\ufeff")
    start = text[_end_of_comments(text) :]
    for name, pattern in _TEXTS:
        if re.match(pattern, start, re.MULTILINE):
            return _remark(name, source)
    return _remark("Tavern", source) if _TAVERN.search(text) else None


def _end_of_comments(text: str) -> int:
    match = _COMMENTS.match(text)
    return match.end() if match else 0


def foreign_tree(top: Node, source: Source) -> Problem | None:
    """Return the remark about a document of another tool; None if it is none."""
    if not isinstance(top, MappingNode):
        return None
    return next((_remark(name, source) for name, looks in _TREES if looks(top)), None)


def _remark(name: str, source: Source) -> Problem:
    span = Span(source, 1, 1, len(source.lines), len(source.lines[-1]) + 1)
    what = tr("整个文件没有带过来：它是 {name} 的文件，不是 HttpRunner 一类的用例", name=name)
    how = tr("在那个工具里把请求复制成 cURL，再用 python -m framework init 目录 --curl '…' 生成用例")
    return Problem("not-carried-over", what, how, span)
