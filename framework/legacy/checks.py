"""Converts old assertions into checks; an assertion that can never fail becomes a remark."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode, to_plain
from framework.legacy.comparators import MATCHERS, TYPES
from framework.legacy.import_context import ImportContext
from framework.legacy.subjects import convert_subject

_DATABASE_CHECKS = ("sql", "db", "mysql", "database", "db_assert", "sql_assert")
_SUBJECT_KEYS = ("check", "jsonpath", "actual", "path")
_EXPECTED_KEYS = ("expect", "expected", "value", "expect_value")
_COMPARATOR_KEYS = ("comparator", "assert", "type", "op", "compare", "operator")
_TEXT_MATCHERS = ("contains", "not_contains", "starts_with", "ends_with")
_NUMBER_MATCHERS = ("less_than", "at_most", "greater_than", "at_least")


@dataclass
class CheckConverter:
    """Collects checks from old assertions; ``calls`` maps a subject to its matchers and arguments."""

    context: ImportContext
    calls: dict[str, list[tuple[str, Json]]] = field(default_factory=dict)

    def add(self, node: Node | None) -> None:
        """Convert an old ``validate``: a list or a mapping of assertions."""
        if isinstance(node, SequenceNode):
            for item in node.items:
                self._add_item(item)
        elif isinstance(node, MappingNode):
            self._add_item(node)
        elif node is not None:
            self.context.remark(
                node, tr("断言写成了 {value}", value=to_plain(node)), tr("写成 检查对象: 期望值")
            )

    def _add_item(self, node: Node) -> None:
        if not isinstance(node, MappingNode):
            self.context.remark(
                node,
                tr("断言 {value}", value=json.dumps(to_plain(node), ensure_ascii=False)),
                tr("写成 检查对象: 期望值"),
            )
        elif (explicit := _read_explicit(node)) is not None:
            self._compare(*explicit, node)
        else:
            for key, value in node.entries:
                self._add_entry(key, value)

    def _add_entry(self, key: KeyNode, value: Node) -> None:
        if key.value in _DATABASE_CHECKS:
            self.context.remark(key, tr("数据库断言 {key}", key=key.value), tr("只检查接口的答复"))
        elif key.value in MATCHERS:
            self._add_comparator(key, value)
        elif isinstance(value, MappingNode) and (explicit := _read_explicit(value)) is not None:
            self._compare(*explicit, value)
        elif isinstance(value, SequenceNode) and not key.value.startswith("$"):
            # [path, value] of an unknown comparator.
            self.context.remark(
                key, tr("比较方式 {name}", name=key.value), tr("全部匹配器:python -m framework matchers")
            )
        elif subject := convert_subject(key.value, key, self.context):
            self._call(subject, "equals", self.context.value(value))

    def _add_comparator(self, key: KeyNode, value: Node) -> None:
        """Convert an assertion under the name of its comparator.

        Its forms are ``contains: text``, ``contains: {path: value}``, ``eq: [path, value]`` and
        ``eq: [[path, value], …]``.
        """
        items = value.items if isinstance(value, SequenceNode) else ()
        if isinstance(value, MappingNode):
            for inner, expected in value.entries:
                self._compare(key.value, inner.value, expected, inner)
        elif items and all(isinstance(item, SequenceNode) for item in items):
            for item in items:
                self._add_comparator(key, item)
        elif len(items) >= 2 and isinstance(items[0], ScalarNode):
            self._add_pair(key, items[0], items[1], value)
        elif isinstance(value, ScalarNode):
            self._add_body_check(key, value)
        else:
            self.context.remark(key, tr("断言 {key}", key=key.value), tr("写成 检查对象: 期望值"))

    def _add_pair(self, key: KeyNode, subject: ScalarNode, expected: Node, place: Node) -> None:
        if isinstance(subject.value, str):
            self._compare(key.value, subject.value, expected, place)
        else:
            shown = json.dumps(subject.value)
            self.context.remark(
                place,
                tr("{key} 比较的是写死的值 {value},与答复无关", key=key.value, value=shown),
                tr("写成 检查对象: 期望值"),
            )

    def _add_body_check(self, key: KeyNode, value: ScalarNode) -> None:
        """Convert ``contains: text``, a check of the reply's text; ``contains: True`` checks nothing."""
        if value.value in (None, "") or isinstance(value.value, bool):
            self._remark_tautology(key, value)
        elif MATCHERS[key.value] in ("contains", "not_contains"):
            self._call("body", MATCHERS[key.value], self.context.text(str(value.value), value))
        else:
            self.context.remark(
                key,
                tr("断言 {key}: {value} 没有说检查什么", key=key.value, value=value.value),
                tr("写成 检查对象: 期望值"),
            )

    def _remark_tautology(self, key: KeyNode, value: ScalarNode) -> None:
        shown = "''" if value.value == "" else json.dumps(value.value)
        self.context.remark(
            key,
            tr("{key}: {value} 永远不会失败", key=key.value, value=shown),
            tr("写明要有什么,例如 $.success: true"),
        )

    def _compare(self, comparator: str, old_subject: str, expected: Node, place: Node | KeyNode) -> None:
        if comparator not in MATCHERS:
            self.context.remark(
                place, tr("比较方式 {name}", name=comparator), tr("全部匹配器:python -m framework matchers")
            )
            return
        subject = convert_subject(old_subject, place, self.context)
        if not subject:
            return
        value = self.context.value(expected)
        name, _, number_matcher = MATCHERS[comparator].partition(" ")
        if subject == "status_code" and name == "contains":
            # In the files of the harness that this one replaces, "contains" compares a status as a whole.
            name = "equals"
        # A status is always a number, so a text would never be equal to it.
        if subject == "status_code" and isinstance(value, str) and value.isdigit():
            value = int(value)
        self._add_call(subject, name, {number_matcher: value} if number_matcher else value, place)

    def _add_call(self, subject: str, name: str, value: Json, place: Node | KeyNode) -> None:
        """Add a matcher; if its argument does not fit or makes it a tautology, add a remark instead."""
        if name in _TEXT_MATCHERS and value == "":
            self.context.remark(
                place, tr("{subject} 含空文字,永远不会失败", subject=subject), tr("写明要有什么")
            )
        elif name in ("contains", "not_contains") and not isinstance(value, str) and subject != "body":
            # Only text can be contained in a value; with another argument the old files mean equality.
            self._call(subject, "equals" if name == "contains" else "not_equals", value)
        elif name == "type":
            self._add_type(subject, value, place)
        elif name == "one_of" and not (isinstance(value, list) and value):
            self.context.remark(
                place,
                tr("{subject} 要在一个列表之内", subject=subject),
                tr("写成 {{one_of: [甲, 乙]}}", x=""),
            )
        elif name in _NUMBER_MATCHERS and not _is_number(value):
            self.context.remark(
                place,
                tr("{subject} 要与数字比较,而这里是 {value}", subject=subject, value=value),
                tr("写一个数"),
            )
        else:
            is_body_text = subject == "body" and name == "contains"
            self._call(subject, name, str(value) if is_body_text else value)

    def _add_type(self, subject: str, value: Json, place: Node | KeyNode) -> None:
        known = TYPES.get(str(value).lower())
        if known:
            self._call(subject, "type", known)
        else:
            self.context.remark(
                place,
                tr("类型 {value}", value=value),
                tr("写 string、integer、number、boolean、array、object 或 null"),
            )

    def _call(self, subject: str, matcher: str, value: Json) -> None:
        calls = self.calls.setdefault(subject, [])
        if (matcher, value) not in calls:
            calls.append((matcher, value))

    def validate(self) -> dict[str, Json]:
        """Return the mapping for ``validate``."""
        return {subject: _matchers_node(calls) for subject, calls in self.calls.items()}


def _is_number(value: Json) -> bool:
    """Return whether *value* is a number, or a text whose reference may turn out to be one."""
    if isinstance(value, str):
        return "${" in value
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _matchers_node(calls: list[tuple[str, Json]]) -> Json:
    """Return the shortest way to write *calls* below their subject."""
    if len(calls) == 1 and calls[0][0] == "equals" and not isinstance(calls[0][1], dict):
        return calls[0][1]
    # A mapping cannot hold the same matcher twice; all_of can.
    if len({name for name, _ in calls}) == len(calls):
        return dict(calls)
    return {"all_of": [{name: value} for name, value in calls]}


def _read_explicit(node: MappingNode) -> tuple[str, str, Node] | None:
    """Return comparator, subject and expected value of ``{check: path, expect: value, comparator: eq}``.

    Other spellings of the keys are read too. The result is None if *node* has another shape.
    """
    subject = _first_scalar(node, _SUBJECT_KEYS)
    expected = next((found for name in _EXPECTED_KEYS if (found := node.get(name)) is not None), None)
    comparator = _first_scalar(node, _COMPARATOR_KEYS)
    if subject is None or expected is None:
        return None
    return str(comparator.value) if comparator else "eq", str(subject.value), expected


def _first_scalar(node: MappingNode, names: tuple[str, ...]) -> ScalarNode | None:
    values = (node.get(name) for name in names)
    return next((value for value in values if isinstance(value, ScalarNode)), None)
