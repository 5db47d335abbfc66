"""Reads an old case file as PyYAML read it, and notes each part that has no plain meaning in JSON."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.base.source import Source
from framework.cases.yaml.compose import read_yaml
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode
from framework.cases.yaml.textfile import MAX_BYTES, read_source

_NAMED_PROBLEMS = ("tag", "duplicate-key")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([Tt \t].*)?\Z")
_MERGE_KEY = "<<"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class OldDocument:
    """The tree of an old file.

    Attributes:
        top: the tree, in which merge keys are resolved.
        remarks: tags, repeated keys and numbers in base 60.
        reviews: dates, which are text for us and were not for PyYAML.
        tagged: the scalars with a tag such as ``!include``, by identity, and their text with the tag.
    """

    top: Node
    remarks: tuple[Problem, ...] = ()
    reviews: tuple[Problem, ...] = ()
    tagged: dict[int, str] = field(default_factory=dict)


def read_old_source(path: Path, name: str) -> tuple[Source, str]:
    """Return the text of an old file and its encoding: UTF-8, UTF-16 with a byte order mark, or GB18030.

    Raises:
        CaseFileError: the file cannot be read, is too large, or is in none of these encodings.
    """
    try:
        return read_source(path, name), "UTF-8"
    except CaseFileError as error:
        if error.problems[0].code != "not-utf8":
            raise
        data = path.read_bytes()[: MAX_BYTES + 1]
        encoding = "UTF-16" if data.startswith(_UTF_16) else "GB18030"
        try:
            return Source(name, data.decode(encoding)), encoding
        except UnicodeDecodeError:
            raise error from None


def parse_old_yaml(source: Source) -> OldDocument:
    """Parse the text of an old file.

    Raises:
        CaseFileError: the text is not YAML.
    """
    top, problems = read_yaml(source, lenient=True)
    fatal = [problem for problem in problems if problem.code not in _NAMED_PROBLEMS]
    if fatal:
        raise CaseFileError(*fatal)
    top = _MergeKeys().resolve(top)
    remarks = [_not_carried_over(problem) for problem in problems]
    reviews = []
    for node in walk_scalars(top):
        written = _written_text(node)
        if isinstance(node.value, (int, float)) and ":" in written:
            what = tr("{text} 在 YAML 1.1 里是六十进制，旧框架读成 {value}", text=written, value=node.value)
            remarks.append(_problem("not-carried-over", what, tr("要文本就在新文件里写成加引号的文本"), node))
        elif node.plain and isinstance(node.value, str) and _NOT_FINITE.match(node.value):
            what = tr("没有带过来：{text} 旧框架读成无穷大或非数字，JSON 里没有，这里是文本", text=node.value)
            remarks.append(_problem("not-carried-over", what, tr("要文本就在新文件里写成加引号的文本"), node))
        elif node.plain and isinstance(node.value, str) and _DATE.match(node.value):
            what = tr("请看一眼：{text} 旧框架读成日期，这里是文本", text=node.value)
            reviews.append(_problem("look-at", what, tr("比较的一边是日期时，旧断言多半不成立"), node))
    return OldDocument(top, tuple(remarks), tuple(reviews), _tagged_scalars(top, problems))


def walk_scalars(node: Node) -> Iterator[ScalarNode]:
    """Yield all scalars of a tree."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from walk_scalars(item)
    else:
        for _, value in node.entries:
            yield from walk_scalars(value)


def _problem(code: str, what: str, how: str, node: Node) -> Problem:
    return Problem(code, what, how, node.span)


def _not_carried_over(problem: Problem) -> Problem:
    what = tr("没有带过来：{what}", what=problem.what)
    if problem.code == "duplicate-key":
        return Problem("not-carried-over", what, tr("旧框架只用最后一个，这里也是"), problem.span)
    return Problem("not-carried-over", what, tr("把标签所指的内容抄到这里"), problem.span)


def _written_text(node: ScalarNode) -> str:
    """Return a plain scalar as it is written; for a quoted one or one of several lines, an empty text."""
    span = node.span
    if not node.plain or span.line != span.end_line:
        return ""
    return span.source.lines[span.line - 1][span.column - 1 : span.end_column - 1]


def _tagged_scalars(top: Node, problems: tuple[Problem, ...]) -> dict[int, str]:
    spans = {problem.span for problem in problems if problem.code == "tag"}
    return {id(node): _tagged_text(node) for node in walk_scalars(top) if node.span in spans}


def _tagged_text(node: ScalarNode) -> str:
    span = node.span
    lines = span.source.lines[span.line - 1 : span.end_line]
    first = lines[0][span.column - 1 :] if lines else ""
    return first[: span.end_column - span.column] if len(lines) == 1 else first


class _MergeKeys:
    """Resolves ``<<`` as PyYAML does. Nodes behind aliases stay shared, so that each is judged once."""

    def __init__(self) -> None:
        self._resolved: dict[int, Node] = {}

    def resolve(self, node: Node) -> Node:
        if isinstance(node, ScalarNode):
            return node
        if id(node) not in self._resolved:
            self._resolved[id(node)] = self._rebuild(node)
        return self._resolved[id(node)]

    def _rebuild(self, node: SequenceNode | MappingNode) -> Node:
        if isinstance(node, SequenceNode):
            return SequenceNode(tuple(map(self.resolve, node.items)), node.span)
        own: list[tuple[KeyNode, Node]] = []
        merged: list[tuple[KeyNode, Node]] = []
        for key, value in node.entries:
            resolved = self.resolve(value)
            sources = resolved.items if isinstance(resolved, SequenceNode) else (resolved,)
            if key.value == _MERGE_KEY and all(isinstance(source, MappingNode) for source in sources):
                merged += [e for source in sources if isinstance(source, MappingNode) for e in source.entries]
            else:
                own.append((key, resolved))
        names = {key.value for key, _ in own}
        added = {key.value: (key, value) for key, value in reversed(merged) if key.value not in names}
        return MappingNode((*reversed(added.values()), *own), node.span)
