"""Reads the forms of old assertions; an assertion that can never fail becomes a remark."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode, to_plain
from framework.legacy.comparators import MATCHERS
from framework.legacy.comparisons import CheckCollector
from framework.legacy.import_context import ImportContext
from framework.legacy.subjects import looks_like_subject

_DATABASE_CHECKS = ("sql", "db", "mysql", "database", "db_assert", "sql_assert")
_SUBJECT_KEYS = ("check", "jsonpath", "actual", "path")
_MODIFIER_KEYS = ("AssertType", "assert_type", "assertType")
_MESSAGE_KEYS = ("message", "msg", "desc", "description", "name", "title", "remark")
_EXPECTED_KEYS = ("expect", "expected", "value", "expect_value")
_COMPARATOR_KEYS = ("comparator", "assert", "type", "op", "compare", "operator")
# A key with a plain value is a member of the reply, unless it has the form of a comparator's name.
_PLAIN_NAME = re.compile(r"(?!status_code\b)[A-Za-z_]\w*")
_COMPARATOR_NAME = re.compile(
    r"(not|assert|equals?|contains?|startswith|endswith|regex|match)_\w+|\w+_(equals?|contains?|than|match(es)?)|"
    r"(equals?|contains?)_\w+",
    re.IGNORECASE,
)


@dataclass
class CheckConverter:
    """Reads the forms of old assertions; their comparisons go to ``collector``."""

    context: ImportContext
    collector: CheckCollector

    def add(self, node: Node | None) -> None:
        """Convert an old ``validate``: a list or a mapping of assertions."""
        if isinstance(node, SequenceNode):
            for item in node.items:
                self._review_plain_names(item)
                self._add_item(item)
        elif isinstance(node, MappingNode):
            self._add_item(node)
        elif node is not None:
            self.context.remark(
                node, tr("断言写成了 {value}", value=to_plain(node)), tr("写成 检查对象：期望值")
            )

    def _add_item(self, node: Node) -> None:
        if not isinstance(node, MappingNode):
            self._remark_assertion(node)
        elif _is_explicit(node):
            self._add_explicit(node)
        else:
            has_comparator = any(key.value in MATCHERS for key, _ in node.entries)
            others = [key for key, _ in node.entries if key.value not in (*MATCHERS, *_MESSAGE_KEYS)]
            if others and any(
                key.value in MATCHERS and isinstance(value, ScalarNode) for key, value in node.entries
            ):
                # ``{header: X-A, equals: b}``: the parts say something together only.
                self._remark_assertion(node)
                return
            for key, value in node.entries:
                # Beside a comparator, a message is not a member of the reply.
                if not (has_comparator and key.value in _MESSAGE_KEYS):
                    self._add_entry(key, value)

    def _review_plain_names(self, node: Node) -> None:
        """Point out ``- rv: 3`` in a list of assertions: a member of the reply, or an unknown comparator."""
        if not isinstance(node, MappingNode) or _is_explicit(node) or len(node.entries) != 1:
            return
        ((key, value),) = node.entries
        is_plain = _PLAIN_NAME.fullmatch(key.value) and key.value not in (*MATCHERS, *_DATABASE_CHECKS)
        if is_plain and isinstance(value, ScalarNode) and not self._is_comparator(key.value, value):
            what = tr("断言 {name}: {value} 读成了“答复的 {name} 等于它”", name=key.value, value=value.value)
            self.context.review(key, what, tr("是旧框架自己的比较方式就改写"))

    def _remark_assertion(self, node: Node) -> None:
        self.context.remark(
            node,
            tr("断言 {value}", value=json.dumps(to_plain(node), ensure_ascii=False)),
            tr("写成 检查对象：期望值"),
        )

    def _add_explicit(self, node: MappingNode) -> None:
        """Convert ``{check: path, expect: value, comparator: eq}``, unless a part changes its meaning."""
        explicit = _read_explicit(node)
        modifier = next((name for name in _MODIFIER_KEYS if _is_filled(node.get(name))), None)
        known = {*_SUBJECT_KEYS, *_EXPECTED_KEYS, *_COMPARATOR_KEYS, *_MODIFIER_KEYS, *_MESSAGE_KEYS}
        unknown = [key.value for key, value in node.entries if key.value not in known and _is_filled(value)]
        if modifier is not None:
            shown = f"{modifier}: {to_plain(node.get(modifier) or node)}"
            self.context.remark(node, tr("数据库断言 {key}", key=shown), tr("只检查接口的答复"))
        elif explicit is None or unknown:
            self._remark_assertion(node)
        else:
            comparator, subject, expected = explicit
            self._compare(comparator, subject, expected, node)

    def _add_entry(self, key: KeyNode, value: Node) -> None:
        if key.value in _DATABASE_CHECKS:
            self.context.remark(key, tr("数据库断言 {key}", key=key.value), tr("只检查接口的答复"))
        elif key.value in MATCHERS:
            self._add_comparator(key, value)
        elif isinstance(value, MappingNode) and _is_explicit(value):
            self._add_explicit(value)
        elif isinstance(value, MappingNode) and value.entries and _names_comparators(value):
            # ``$.total: {gt: 0}``
            for comparator, expected in value.entries:
                self._compare(comparator.value, key.value, expected, comparator)
        elif self._is_comparator(key.value, value):
            self.context.remark(
                key, tr("比较方式 {name}", name=key.value), tr("全部匹配器：python -m framework matchers")
            )
        else:
            self._compare("eq", key.value, value, key)

    @staticmethod
    def _is_comparator(name: str, value: Node) -> bool:
        """Return whether an entry has the form of an unknown comparator with its arguments."""
        if name.startswith(("$", "content.", "body.", "json.", "headers.", "response.")):
            return False
        # [path, value] or {path: value}; a member of the reply that is compared with a whole list is rare.
        return not isinstance(value, ScalarNode) or _COMPARATOR_NAME.fullmatch(name) is not None

    def _add_comparator(self, key: KeyNode, value: Node) -> None:
        """Convert an assertion under the name of its comparator.

        Its forms are ``contains: text``, ``contains: {path: value}``, ``eq: [path, value]`` and
        ``eq: [[path, value], …]``.
        """
        items = value.items if isinstance(value, SequenceNode) else ()
        if isinstance(value, MappingNode) and _is_explicit(value):
            self._remark_assertion(value)
        elif isinstance(value, MappingNode):
            for inner, expected in value.entries:
                self._compare(key.value, inner.value, expected, inner)
        elif items and all(isinstance(item, (SequenceNode, MappingNode)) for item in items):
            for item in items:
                self._add_comparator(key, item)
        elif len(items) >= 2 and isinstance(items[0], ScalarNode):
            self._add_pair(key, items[0], items[1], value)
        elif isinstance(value, ScalarNode):
            self._add_body_check(key, value)
        else:
            self.context.remark(value, tr("断言 {key}", key=key.value), tr("写成 检查对象：期望值"))

    def _add_pair(self, key: KeyNode, subject: ScalarNode, expected: Node, place: Node) -> None:
        if not isinstance(subject.value, str):
            shown = json.dumps(subject.value)
            self.context.remark(
                place,
                tr("{key} 比较的是写死的值 {value}，与答复无关", key=key.value, value=shown),
                tr("写成 检查对象：期望值"),
            )
        elif not looks_like_subject(subject.value):
            shown = json.dumps(to_plain(place), ensure_ascii=False)
            self.context.remark(
                place, tr("断言 {value}", value=f"{key.value}: {shown}"), tr("写成 检查对象：期望值")
            )
        elif self._compare(key.value, subject.value, expected, place):
            self.context.wrote(subject)

    def _add_body_check(self, key: KeyNode, value: ScalarNode) -> None:
        """Convert ``contains: text``, a check of the reply's text; ``contains: True`` checks nothing."""
        if value.value in (None, "") or isinstance(value.value, bool):
            self._remark_tautology(key, value)
        elif MATCHERS[key.value] in ("contains", "not_contains"):
            text = self.context.text(str(value.value), value)
            self.collector.call("body", MATCHERS[key.value], text, value)
        else:
            self.context.remark(
                key,
                tr("断言 {key}: {value} 没有说检查什么", key=key.value, value=value.value),
                tr("写成 检查对象：期望值"),
            )

    def _remark_tautology(self, key: KeyNode, value: ScalarNode) -> None:
        shown = "''" if value.value == "" else json.dumps(value.value)
        self.context.remark(
            key,
            tr("{key}: {value} 永远成立", key=key.value, value=shown),
            tr("写明要有什么，例如 $.success: true"),
        )

    def _compare(self, comparator: str, old_subject: str, expected: Node, place: Node | KeyNode) -> bool:
        """Add one comparison; return False, after a remark, if it cannot be carried over."""
        if not self.collector.compare(comparator, old_subject, expected, place):
            return False
        if isinstance(place, MappingNode):
            # Subject and comparator of an explicit assertion are carried over too.
            for names in (_SUBJECT_KEYS, _COMPARATOR_KEYS):
                self.context.wrote(_first_scalar(place, names))
        return True


def _is_filled(node: Node | None) -> bool:
    return node is not None and to_plain(node) not in (None, "")


def _is_explicit(node: MappingNode) -> bool:
    """Return whether an assertion names its parts: ``{check: …, expect: …}``."""
    if any(node.get(name) is not None for name in ("check", "jsonpath", "comparator")):
        return True
    if _read_explicit(node) is not None:
        return True
    groups = (_SUBJECT_KEYS, _EXPECTED_KEYS, _COMPARATOR_KEYS)
    return sum(any(node.get(name) is not None for name in names) for names in groups) > 1


def _names_comparators(node: MappingNode) -> bool:
    return all(key.value in MATCHERS for key, _ in node.entries)


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
