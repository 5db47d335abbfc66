"""Builds the tree of nodes from YAML events, with strict rules and bounds (rule 4 of the case language).

The composing is done here, without recursion, because PyYAML's own composer crashes on deep nesting. The
bounds hold for any text: depth, number of values, expansion of aliases.
"""

from __future__ import annotations

import json
from sys import intern

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.base.numbers import read_number
from framework.base.source import Source, Span, visible
from framework.cases.problem_limits import limit_problems, start_of
from framework.cases.yaml import pyyaml
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode, join_values
from framework.cases.yaml.scalars import (
    NUMBER,
    WORDS,
    explain_cut_text,
    explain_full_width_reference,
    explain_plain_scalar,
)

MAX_DEPTH = 64
MAX_NODES = 200_000
_MAX_DIGITS = 400
_MAX_JOINS = 50
_CODES_OF_ONE_VALUE = (
    "scalar-trap",
    "duplicate-key",
    "number-long",
    "number-large",
    "reference-full-width",
    "tag",
)
"""Problems that concern one value only: the rest of the tree is complete."""


def parse_yaml(source: Source, *, lenient: bool = False) -> Node:
    """Parse the text into a tree of nodes.

    If *lenient*, the text is read as PyYAML reads it: plain scalars such as ``True``, ``yes`` and ``~`` have
    the type that YAML 1.1 gives them, a merge key is an entry called ``<<``, and the last of several equal
    keys counts. Files that were written for other harnesses need it.

    Raises:
        CaseFileError: all the problems of the text. A syntax error ends the reading, so it comes last.
    """
    node, problems = read_yaml(source, lenient=lenient)
    if problems:
        raise CaseFileError(*limit_problems(problems))
    return node


def read_yaml(source: Source, *, lenient: bool = False) -> tuple[Node, tuple[Problem, ...]]:
    """Parse like ``parse_yaml``, but return the problems of single values beside the tree.

    Raises:
        CaseFileError: parts of the tree are missing.
    """
    composer = _Composer(source, lenient=lenient)
    try:
        for event in pyyaml.read_events(source.text):
            composer.take(event)
    except pyyaml.YAMLError as error:
        from framework.cases.yaml.syntax_mistakes import explain_syntax  # noqa: PLC0415  # few files need it

        composer.stop(explain_syntax(source, error, composer.last_quoted))
    except _TooMuchError as error:
        composer.stop(error.problem)
    if any(problem.code not in _CODES_OF_ONE_VALUE for problem in composer.problems):
        raise CaseFileError(*limit_problems(composer.problems))
    if composer.root is None:
        raise CaseFileError(
            Problem("empty-file", tr("{name}: 文件是空的", name=source.name), tr("至少写 suite 与 cases"))
        )
    return composer.root, tuple(composer.problems)


class _TooMuchError(Exception):
    """A bound is exceeded; the reading ends."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


class _OpenCollection:
    """A list or mapping that is not closed yet.

    ``key`` is the key of a mapping whose value has not come yet. ``weight`` counts the values in the
    collection, those behind aliases included.
    """

    def __init__(self, event: pyyaml.Event, *, mapping: bool) -> None:
        self.event = event
        self.mapping = mapping
        self.items: list[Node] = []
        self.entries: dict[str, tuple[KeyNode, Node]] = {}
        self.key: KeyNode | None = None
        self.weight = 1


class _Composer:
    """Takes events one by one and collects the tree and its problems.

    ``last_quoted`` is the span of the latest scalar if it was in quotes: it shows where a quote was not
    closed.
    """

    def __init__(self, source: Source, *, lenient: bool) -> None:
        self.source = source
        # Not those of the source, which would keep them as long as any place in it.
        self._lines = source.text.splitlines()
        self._has_comments = " #" in source.text or "\t#" in source.text
        self.problems: list[Problem] = []
        self._lenient = lenient
        self.root: Node | None = None
        self.last_quoted: Span | None = None
        self._stack: list[_OpenCollection] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0
        self._nodes = 0

    def take(self, event: pyyaml.Event) -> None:
        if isinstance(event, pyyaml.ScalarEvent):  # most events are
            self._add(self._scalar(event), event, 1)
        elif isinstance(event, (pyyaml.MappingStartEvent, pyyaml.SequenceStartEvent)):
            self._open(event)
        elif isinstance(event, (pyyaml.MappingEndEvent, pyyaml.SequenceEndEvent)):
            self._close(event)
        elif isinstance(event, pyyaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, pyyaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._give_up(
                    "several-documents",
                    tr("一个文件只写一个 YAML 文档"),
                    tr("删去 ---，或拆成几个文件"),
                    event,
                )

    def stop(self, problem: Problem) -> None:
        """Add the problem that ended the reading.

        An earlier problem at the same place, for example a missing value, is the same mistake and is dropped.
        """
        if problem.span is not None:
            here = start_of(problem)
            self.problems = [other for other in self.problems if not other.span or start_of(other) != here]
        self.problems.append(problem)

    def _span(self, event: pyyaml.Event, end: pyyaml.Event | None = None) -> Span:
        start, stop = event.start_mark, (end or event).end_mark
        assert start is not None and stop is not None  # for mypy: PyYAML marks every event
        return Span(self.source, start.line + 1, start.column + 1, stop.line + 1, stop.column + 1)

    def _report(self, code: str, what: str, how: str, event: pyyaml.Event) -> None:
        self.problems.append(Problem(code, visible(what), visible(how), self._span(event)))

    def _give_up(self, code: str, what: str, how: str, event: pyyaml.Event) -> None:
        raise _TooMuchError(Problem(code, what, how, self._span(event)))

    def _open(self, event: pyyaml.Event) -> None:
        # Later stages recurse into the tree, so its depth must stay far from Python's limit.
        if len(self._stack) >= MAX_DEPTH:
            self._give_up(
                "too-deep", tr("嵌套超过 {depth} 层", depth=MAX_DEPTH), tr("拆开，或改用 _shared.yaml"), event
            )
        self._refuse_tag(event)
        self._stack.append(_OpenCollection(event, mapping=isinstance(event, pyyaml.MappingStartEvent)))

    def _close(self, event: pyyaml.Event) -> None:
        done = self._stack.pop()
        span = self._span(done.event, event)
        node: Node
        if done.mapping:
            node = MappingNode(tuple(done.entries.values()), span)
        else:
            node = SequenceNode(tuple(done.items), span)
        self._add(node, done.event, done.weight)

    def _alias(self, event: pyyaml.AliasEvent) -> None:
        # An anchor is known once its node is complete, so no node can contain itself.
        found = self._anchors.get(event.anchor or "")
        if found is None:
            self._report(
                "alias-unknown",
                tr("没有叫 {name} 的锚点，或者它引用了自己", name=event.anchor),
                tr("先写 &{name}，再写 *{name}；文本以 * 开头时加引号", name=event.anchor),
                event,
            )
            found = (ScalarNode(None, self._span(event)), 1)
        node, weight = found
        self._add(node, event, weight)

    def _add(self, node: Node, event: pyyaml.Event, weight: int) -> None:
        # _nodes limits the text, and weight limits its size after aliases are expanded (the "billion laughs"
        # attack).
        self._nodes += 1
        anchor = getattr(event, "anchor", None)
        if anchor and not isinstance(event, pyyaml.AliasEvent):
            self._anchors[anchor] = (node, weight)
        if weight > MAX_NODES or self._nodes > MAX_NODES:
            self._give_up(
                "too-large", tr("展开后超过 {limit} 个值", limit=MAX_NODES), tr("减少别名的层层引用"), event
            )
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        parent.weight += weight
        if not parent.mapping:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._key(node, event)
        else:
            name = parent.key.value
            first_key, first_value = parent.entries.setdefault(name, (parent.key, node))
            if self._lenient:
                parent.entries[name] = parent.key, node
            # Joining copies both values, so a file that repeats one key endlessly would take quadratic time.
            elif first_value is not node and len(self.problems) <= _MAX_JOINS:
                parent.entries[name] = first_key, join_values(first_value, node)
            parent.key = None

    def _key(self, node: Node, event: pyyaml.Event) -> KeyNode:
        if isinstance(node, ScalarNode) and isinstance(event, pyyaml.ScalarEvent):
            name = str(event.value)
            # Quoted, it is an ordinary key.
            if name == "<<" and node.plain and not self._lenient:
                self._report(
                    "merge-key",
                    tr("不支持 YAML 的合并键 <<"),
                    tr("共用的内容写在 _shared.yaml 或套件的 request、validate 里"),
                    event,
                )
            elif name in self._stack[-1].entries:
                first = self._stack[-1].entries[name][0].span.line
                self._report(
                    "duplicate-key",
                    tr("键 {name} 重复，第 {line} 行已经写过", name=name, line=first),
                    tr("合并成一个，或改名"),
                    event,
                )
            return KeyNode(name, node.span)
        self._report("key-not-text", tr("键必须是文本"), tr("以 ${ 或 [ 开头的键和值要加引号"), event)
        # A stand-in name that no key can have, so that the entry's value is still read.
        return KeyNode(f"\0{self._nodes}", self._span(event))

    def _refuse_tag(self, event: pyyaml.Event) -> bool:
        """Report an explicit tag (``!name``); return whether there is one."""
        tag = getattr(event, "tag", None)
        if tag is None or (self._lenient and self._is_known(event, tag)):
            return False
        self._report("tag", tr("不支持 YAML 标签 {tag}", tag=tag), tr("文本以 ! 开头时加引号"), event)
        return True

    @staticmethod
    def _is_known(event: pyyaml.Event, tag: str) -> bool:
        if isinstance(event, pyyaml.ScalarEvent):
            return pyyaml.has_value_in_json(event.value, tag)
        return tag in pyyaml.COLLECTION_TAGS

    def _scalar(self, event: pyyaml.ScalarEvent) -> ScalarNode:
        span = self._span(event)
        in_quotes = event.style in ("'", '"')
        is_plain = not event.style
        if not is_plain:
            self.last_quoted = span if in_quotes else None
        if not event.value.isascii() and not self._lenient:
            self._refuse_full_width_reference(event)
        has_tag = event.tag is not None and self._refuse_tag(event)
        if self._expects_key():
            # The same few keys are in every case, and the paths among them are kept.
            return ScalarNode(intern(event.value), span, plain=is_plain)
        if event.tag is not None and not has_tag:
            return ScalarNode(pyyaml.load_yaml_1_1(event.value, event.tag), span, plain=False)
        if has_tag or not is_plain:
            return ScalarNode(event.value, span, plain=is_plain)
        return ScalarNode(self._plain_value(event, span), span)

    def _refuse_full_width_reference(self, event: pyyaml.ScalarEvent) -> None:
        if mistake := explain_full_width_reference(event.value):
            self._report("reference-full-width", *mistake, event)

    def _expects_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].mapping and self._stack[-1].key is None

    def _plain_value(self, event: pyyaml.ScalarEvent, span: Span) -> str | int | float | bool | None:
        text = str(event.value)
        if self._lenient:
            return pyyaml.load_yaml_1_1(text)
        if self._has_comments and (mistake := explain_cut_text(self._lines, span.end_line, span.end_column)):
            self._report("scalar-trap", *mistake, event)
            return text
        if text in WORDS:
            return WORDS[text]
        if NUMBER.match(text):
            return self._number(text, event)
        if mistake := explain_plain_scalar(text):
            self._report("scalar-trap", *mistake, event)
        return text

    def _number(self, text: str, event: pyyaml.ScalarEvent) -> int | float | str:
        if len(text) > _MAX_DIGITS:
            self._report("number-long", tr("数字超过 400 位"), tr("要文本就加引号"), event)
            return text
        try:
            value = json.loads(text, parse_float=read_number)
        except OverflowError:
            value = float(text)
            self._report(
                "number-large", tr("{text} 超出浮点数的范围", text=text), tr("要文本就加引号"), event
            )
        return value if isinstance(value, (int, float)) else text
