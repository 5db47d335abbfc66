"""Strict YAML: text to values with their places (rule 4 of the case language).

Read from libyaml's events and composed here without recursion: its own composer crashes on deep nesting.
Plain true, false, null and JSON numbers are typed; every other plain scalar is text, save those that YAML 1.1
would read as something else: they are errors that say what to write. The bounds below hold whatever the text
is.

The only module that imports yaml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator

import yaml

from framework.base.errors import CaseFileError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.problem_limits import limit_problems
from framework.cases.yaml.mistakes import cut_by_hash, explain_syntax, reference_trap, trap
from framework.cases.yaml.nodes import (
    KeyNode,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    join_values,
)

MAX_DEPTH = 64
MAX_NODES = 200_000
_ONE_LINE = 60
_MOST_JOINED = 50
_OF_ONE_VALUE = ("scalar-trap", "duplicate-key", "number-long", "number-large", "reference-full-width", "tag")

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_OLD_WORDS = frozenset(
    word
    for one in ("true", "false", "null", "yes", "no", "on", "off")
    for word in (one, one.title(), one.upper())
) | {"~"}
_OLD_NUMBER = re.compile(
    r"[-+]?(0[0-9_]+|0[xb][0-9a-fA-F_]+|[1-9][0-9_]*|[0-9][0-9_]*\.[0-9_]*|[0-9][0-9.]*[eE][+-]?[0-9]+)\Z"
)


def parse_yaml(source: Source, *, lenient: bool = False) -> Node:
    """Parse the text into a tree of values with their places; *lenient*: True, yes, ~ and the like are what
    YAML 1.1 takes them for, as in files that were written for other harnesses.

    Raises:
        CaseFileError: all the problems of the text (a syntax error ends the reading, so it comes last).
    """
    node, problems = read_yaml(source, lenient=lenient)
    if problems:
        raise CaseFileError(*limit_problems(problems))
    return node


def read_yaml(source: Source, *, lenient: bool = False) -> tuple[Node, tuple[Problem, ...]]:
    """Like ``parse_yaml``; return the problems of single values beside the tree, which is whole in spite of
    them.

    Raises:
        CaseFileError: parts of the tree are lacking.
    """
    composer = _Composer(source, lenient=lenient)
    try:
        for event in _events(source):
            composer.take(event)
    except yaml.YAMLError as error:
        composer.stop(explain_syntax(source, error, composer.quoted))
    except _TooMuchError as error:
        composer.stop(error.problem)
    if any(problem.code not in _OF_ONE_VALUE for problem in composer.problems):
        raise CaseFileError(*limit_problems(composer.problems))
    if composer.root is None:
        raise CaseFileError(
            Problem("empty-file", tr("{name}: 文件是空的", name=source.name), tr("至少写 suite 与 cases"))
        )
    return composer.root, tuple(composer.problems)


def _events(source: Source) -> Iterator[yaml.Event]:
    loader = _Loader(source.text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _TooMuchError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


class _Open:
    """A list or mapping that is not closed yet; for a mapping, ``key`` waits for its value."""

    def __init__(self, event: yaml.Event, *, mapping: bool) -> None:
        self.event = event
        self.mapping = mapping
        self.items: list[Node] = []
        self.entries: dict[str, tuple[KeyNode, Node]] = {}
        self.key: KeyNode | None = None
        self.weight = 1


class _Composer:
    def __init__(self, source: Source, *, lenient: bool) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self._lenient = lenient
        self.root: Node | None = None
        self.quoted: Span | None = None
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event), event, 1)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._open(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._too_much(
                    "several-documents",
                    tr("一个文件只写一个 YAML 文档"),
                    tr("删去 ---,或拆成几个文件"),
                    event,
                )

    def stop(self, problem: Problem) -> None:
        """Note what ended the reading; a value that is missing at that very place is the same mistake told
        twice.
        """
        here = problem.span and (problem.span.line, problem.span.column)
        self.problems = [
            other
            for other in self.problems
            if not here or not other.span or (other.span.line, other.span.column) != here
        ]
        self.problems.append(problem)

    def _span(self, event: yaml.Event, end: yaml.Event | None = None) -> Span:
        start, stop = event.start_mark, (end or event).end_mark
        assert start is not None and stop is not None  # libyaml marks every event
        return Span(self.source, start.line + 1, start.column + 1, stop.line + 1, stop.column + 1)

    def _problem(self, code: str, what: str, how: str, event: yaml.Event) -> None:
        self.problems.append(Problem(code, what, how, self._span(event)))

    def _too_much(self, code: str, what: str, how: str, event: yaml.Event) -> None:
        raise _TooMuchError(Problem(code, what, how, self._span(event)))

    def _open(self, event: yaml.Event) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._too_much(
                "too-deep", tr("嵌套超过 {depth} 层", depth=MAX_DEPTH), tr("拆开,或改用 _shared.yaml"), event
            )
        self._refuse_tag(event)
        self._stack.append(_Open(event, mapping=isinstance(event, yaml.MappingStartEvent)))

    def _close(self, event: yaml.Event) -> None:
        done = self._stack.pop()
        span = self._span(done.event, event)
        node: Node = (
            MappingNode(tuple(done.entries.values()), span)
            if done.mapping
            else SequenceNode(tuple(done.items), span)
        )
        self._add(node, done.event, done.weight)

    def _alias(self, event: yaml.AliasEvent) -> None:
        found = self._anchors.get(event.anchor or "")
        if found is None:
            self._problem(
                "alias-unknown",
                tr("没有叫 {name} 的锚点,或者它引用了自己", name=event.anchor),
                tr("先写 &{name},再写 *{name};文本以 * 开头时加引号", name=event.anchor),
                event,
            )
            found = (ScalarNode(None, self._span(event)), 1)
        self._add(found[0], event, found[1])

    def _add(self, node: Node, event: yaml.Event, weight: int) -> None:
        self._nodes += 1
        anchor = getattr(event, "anchor", None)
        if anchor and not isinstance(event, yaml.AliasEvent):
            self._anchors[anchor] = (node, weight)
        if weight > MAX_NODES or self._nodes > MAX_NODES:
            self._too_much(
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
            first = parent.entries.setdefault(parent.key.value, (parent.key, node))
            if first[1] is not node and len(self.problems) <= _MOST_JOINED:
                parent.entries[parent.key.value] = first[0], join_values(first[1], node)
            parent.key = None

    def _key(self, node: Node, event: yaml.Event) -> KeyNode:
        span = self._span(event)
        if isinstance(node, ScalarNode) and isinstance(event, yaml.ScalarEvent):
            name = str(event.value)
            if name == "<<" and node.plain:
                self._problem(
                    "merge-key",
                    tr("不支持 YAML 的合并键 <<"),
                    tr("共用的内容写在 _shared.yaml 或套件的 request、validate 里"),
                    event,
                )
            elif name in self._stack[-1].entries:
                first = self._stack[-1].entries[name][0].span.line
                self._problem(
                    "duplicate-key",
                    tr("键 {name} 重复,第 {line} 行已经写过", name=name, line=first),
                    tr("合并成一个,或改名"),
                    event,
                )
            return KeyNode(name, span)
        self._problem("key-not-text", tr("键必须是文本"), tr("以 ${{ 或 [ 开头的键和值要加引号", x=""), event)
        return KeyNode(f"\0{self._nodes}", span)

    def _refuse_tag(self, event: yaml.Event) -> bool:
        tag = getattr(event, "tag", None)
        if tag is None:
            return False
        self._problem("tag", tr("不支持 YAML 标签 {tag}", tag=tag), tr("文本以 ! 开头时加引号"), event)
        return True

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        span = self._span(event)
        in_key = bool(self._stack) and self._stack[-1].mapping and self._stack[-1].key is None
        if quoted := bool(event.style):
            self.quoted = span if event.style in ("'", '"') else None
        if found := reference_trap(event.value):
            self._problem("reference-full-width", *found, event)
        if self._refuse_tag(event) or quoted or in_key:
            return ScalarNode(event.value, span, plain=not quoted)
        return ScalarNode(self._plain_value(event), span)

    def _plain_value(self, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        text = str(event.value)
        if self._lenient and (text == "" or text in _OLD_WORDS or _OLD_NUMBER.match(text)):
            value: str | int | float | bool | None = yaml.safe_load(text)
            return value
        span = self._span(event)
        if not self._lenient and (cut := cut_by_hash(self.source, span.end_line, span.end_column)):
            self._problem("scalar-trap", *cut, event)
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NUMBER.match(text):
            return self._number(text, event)
        if found := trap(text):
            self._problem("scalar-trap", *found, event)
        return text

    def _number(self, text: str, event: yaml.ScalarEvent) -> int | float | str:
        if len(text) > 400:
            self._problem("number-long", tr("数字超过 400 位"), tr("要文本就加引号"), event)
            return text
        value = json.loads(text)
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            self._problem(
                "number-large", tr("{text} 超出浮点数的范围", text=text), tr("要文本就加引号"), event
            )
        return value if isinstance(value, (int, float)) else text


# -- writing


def dump(document: Json, quoted: Collection[str] = ()) -> str:
    """Return *document* as YAML that ``parse_yaml`` reads back as it is; texts in *quoted* are always written
    in quotes.
    """

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        return dumper.represent_scalar(
            "tag:yaml.org,2002:str", value, "'" if value in quoted else _style(value)
        )

    def mapping(dumper: yaml.SafeDumper, value: dict[str, Json]) -> yaml.Node:
        node = dumper.represent_mapping(
            "tag:yaml.org,2002:map", value.items(), flow_style=_fits_one_line(value, value.values())
        )
        for key, _ in node.value:
            key.style = _style(key.value)
        return node

    def sequence(dumper: yaml.SafeDumper, value: list[Json]) -> yaml.Node:
        return dumper.represent_sequence(
            "tag:yaml.org,2002:seq", value, flow_style=_fits_one_line(value, value)
        )

    Dumper.add_representer(str, text)
    Dumper.add_representer(dict, mapping)
    Dumper.add_representer(list, sequence)
    return yaml.dump(document, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=1 << 20)


def _fits_one_line(value: Json, items: Iterable[Json]) -> bool:
    nested = any(
        isinstance(item, dict)
        or (isinstance(item, list) and any(isinstance(inner, (dict, list)) for inner in item))
        for item in items
    )
    return not nested and len(json.dumps(value, ensure_ascii=False)) <= _ONE_LINE


def _style(text: str) -> str | None:
    """Return how a text is quoted; None where our reader, which knows other numbers and traps than yaml's
    own, needs no quotes.
    """
    if not text.replace("\n", "").isprintable():
        return '"'
    if "\n" in text:
        return "|"
    return (
        "'"
        if text in _WORDS or _NUMBER.match(text) or trap(text) or reference_trap(text) or "#" in text
        else None
    )
