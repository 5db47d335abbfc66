"""Converts old comparisons into checks: a subject, a matcher and its argument."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, Node
from framework.legacy.comparators import MATCHERS, TYPES
from framework.legacy.import_context import ImportContext
from framework.legacy.subjects import convert_subject, selects_one, split_length

_TEXT_MATCHERS = ("contains", "not_contains", "starts_with", "ends_with")
_NUMBER_MATCHERS = ("less_than", "at_most", "greater_than", "at_least")
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison whose subject is converted.

    Attributes:
        mode: ``length``, ``str``, ``prefix`` or empty, see ``MATCHERS``.
        matcher: our matcher; of a length, the one for its number.
        expected: the node of the argument.
        place: the assertion in the old file.
    """

    subject: str
    mode: str
    matcher: str
    value: Json
    expected: Node
    place: Node | KeyNode


@dataclass
class CheckCollector:
    """Collects the checks of one reply.

    ``calls`` maps a subject to its matchers and arguments, ``places`` to the assertions it comes from.
    """

    context: ImportContext
    calls: dict[str, list[tuple[str, Json]]] = field(default_factory=dict)
    places: dict[str, list[Node | KeyNode]] = field(default_factory=dict)

    def compare(self, comparator: str, old_subject: str, expected: Node, place: Node | KeyNode) -> bool:
        """Add one comparison; return False, after a remark, if it cannot be carried over."""
        if comparator not in MATCHERS:
            self.context.remark(
                place, tr("比较方式 {name}", name=comparator), tr("全部匹配器：python -m framework matchers")
            )
            return False
        path, is_length = split_length(old_subject)
        mode, _, matcher = MATCHERS[comparator].rpartition(" ")
        if is_length:
            is_number = matcher == "equals" or matcher in _NUMBER_MATCHERS
            if not is_number or mode == "length":
                return self._refuse(place, f"{comparator}: {old_subject}")
            mode = "length"
        elif matcher == "length":
            mode, matcher = "length", "equals"
        subject = convert_subject(path, place, self.context)
        if not subject:
            return False
        self._review_list(subject, place)
        value = self.context.value(expected)
        return self._add(Comparison(subject, mode, matcher, value, expected, place))

    def call(self, subject: str, matcher: str, value: Json, place: Node | KeyNode) -> None:
        """Add a matcher to a subject, unless it has it already."""
        calls = self.calls.setdefault(subject, [])
        if not any(name == matcher and _is_same(argument, value) for name, argument in calls):
            calls.append((matcher, value))
            self.places.setdefault(subject, []).append(place)

    def validate(self) -> dict[str, Json]:
        """Return the mapping for ``validate``."""
        return {subject: _matchers_node(calls) for subject, calls in self.calls.items()}

    def _refuse(self, place: Node | KeyNode, shown: str) -> bool:
        self.context.remark(place, tr("断言 {value}", value=shown), tr("写成 检查对象：期望值"))
        return False

    def _review_list(self, subject: str, place: Node | KeyNode) -> None:
        if not selects_one(subject):
            self.context.review(
                place,
                tr("{path} 选出一列值，逐个比较；旧框架多半只取第一个，或比较整个列表", path=subject),
                tr("要一个值就写完整的路径，例如 [0]"),
            )

    def _add(self, old: Comparison) -> bool:
        if old.mode == "length":
            return self._add_length(old)
        if old.subject == "status_code":
            return self._add_status(old)
        if old.mode == "str":
            return self._add_text_equality(old)
        if old.mode == "prefix" and isinstance(old.value, str):
            return self._add_call(self._rewritten(old, _anchored(old.value)))
        if old.matcher == "type":
            return self._add_type(old)
        return self._add_call(old)

    def _rewritten(self, old: Comparison, value: Json) -> Comparison:
        """Return the comparison with another argument, which counts as carried over."""
        self.context.wrote(old.expected, value)
        return replace(old, value=value)

    def _add_length(self, old: Comparison) -> bool:
        if not _is_count(old.value):
            return self._refuse(old.place, f"{old.subject}: length {old.value}")
        argument: Json = old.value if old.matcher == "equals" else {old.matcher: old.value}
        self.call(old.subject, "length", argument, old.place)
        return True

    def _add_status(self, old: Comparison) -> bool:
        if old.matcher == "contains":
            # In the files of the harness that this one replaces, "contains" compares a status as a whole.
            old = replace(old, matcher="equals")
        # A status is always a number, so a text would never be equal to it.
        if isinstance(old.value, str) and old.value.isdigit():
            old = self._rewritten(old, int(old.value))
        return self._add_type(old) if old.matcher == "type" else self._add_call(old)

    def _add_text_equality(self, old: Comparison) -> bool:
        """Add a comparison of texts: ``str_eq: [path, 0]`` holds for 0 and for "0"."""
        value = old.value
        is_plain = isinstance(value, (str, int)) and not isinstance(value, bool)
        text = str(value)
        # Python's texts of the other types are not those of JSON.
        if not is_plain or text in ("True", "False", "None"):
            return self._refuse(old.place, f"{old.subject}: str_eq {text}")
        self.context.wrote(old.expected, text)
        is_always_text = old.subject.startswith(("headers.", "cookies.", "body"))
        if is_always_text or not _INTEGER.fullmatch(text):
            self.call(old.subject, "equals", text, old.place)
        else:
            self.call(old.subject, "any_of", [{"equals": int(text)}, {"equals": text}], old.place)
        return True

    def _add_call(self, old: Comparison) -> bool:
        """Add a matcher; if its argument does not fit or makes it a tautology, add a remark instead."""
        subject, name, value = old.subject, old.matcher, old.value
        if name in _TEXT_MATCHERS and value == "":
            self.context.remark(
                old.place, tr("{subject} 含空文字，永远成立", subject=subject), tr("写明要有什么")
            )
        elif name == "one_of" and not (isinstance(value, list) and value):
            self.context.remark(
                old.place,
                tr("{subject} 要在一个列表之内", subject=subject),
                tr("写成 {one_of: [甲, 乙]}"),
            )
        elif name in _NUMBER_MATCHERS and not _is_number(value):
            self.context.remark(
                old.place,
                tr("{subject} 要与数字比较，而这里是 {value}", subject=subject, value=value),
                tr("写一个数"),
            )
        elif name in _TEXT_MATCHERS and not isinstance(value, str):
            return self._add_part(old)
        else:
            self.call(subject, name, value, old.place)
            return True
        return False

    def _add_part(self, old: Comparison) -> bool:
        """Add ``contains`` or ``starts_with`` with an argument that is not text."""
        if old.subject == "body" or old.matcher in ("starts_with", "ends_with"):
            if isinstance(old.value, bool) or not isinstance(old.value, (int, float)):
                return self._refuse(old.place, f"{old.subject}: {old.matcher} {old.value}")
            # The old harness compares the texts of both.
            old = self._rewritten(old, str(old.value))
        elif old.value is None:
            # Nothing contains null, so the old files mean equality.
            old = replace(old, matcher="equals" if old.matcher == "contains" else "not_equals")
        else:
            self.context.review(
                old.place,
                tr(
                    "{subject} 含 {value}：只对列表成立，旧框架也可能是“等于”",
                    subject=old.subject,
                    value=json.dumps(old.value, ensure_ascii=False),
                ),
                tr("不是列表就写成 equals"),
            )
        self.call(old.subject, old.matcher, old.value, old.place)
        return True

    def _add_type(self, old: Comparison) -> bool:
        known = TYPES.get(str(old.value).lower())
        if known:
            self.context.wrote(old.expected, known)
            self.call(old.subject, "type", known, old.place)
            return True
        self.context.remark(
            old.place,
            tr("类型 {value}", value=old.value),
            tr("写 string、integer、number、boolean、array、object 或 null"),
        )
        return False


def _is_same(first: Json, second: Json) -> bool:
    """Return whether two arguments are equal and of the same type: True is not 1."""
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def _anchored(pattern: str) -> str:
    """Return a pattern for the start of a text, as HttpRunner reads it; ours are searched anywhere."""
    return pattern if pattern.startswith("^") and "|" not in pattern else f"^(?:{pattern})"


def _is_count(value: Json) -> bool:
    if isinstance(value, str):
        return "${" in value
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


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
