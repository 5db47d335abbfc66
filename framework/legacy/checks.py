"""Old assertions to ours. One that can never fail is named, and not carried over (rule 1 of the case language)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from framework.base.jsonpath import Json, PathSyntaxError, compile_path
from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode, to_plain
from framework.legacy.import_context import ImportContext

_COMPARE = {
    "eq": "equals",
    "equals": "equals",
    "equal": "equals",
    "==": "equals",
    "str_eq": "equals",
    "string_equals": "equals",
    "is": "equals",
    "ne": "not_equals",
    "not_equal": "not_equals",
    "not_equals": "not_equals",
    "!=": "not_equals",
    "not_eq": "not_equals",
    "lt": "less_than",
    "less_than": "less_than",
    "<": "less_than",
    "le": "at_most",
    "lte": "at_most",
    "less_or_equals": "at_most",
    "<=": "at_most",
    "gt": "greater_than",
    "greater_than": "greater_than",
    ">": "greater_than",
    "ge": "at_least",
    "gte": "at_least",
    "greater_or_equals": "at_least",
    ">=": "at_least",
    "contains": "contains",
    "contain": "contains",
    "not_contains": "not_contains",
    "not_contain": "not_contains",
    "contained_by": "one_of",
    "in": "one_of",
    "startswith": "starts_with",
    "endswith": "ends_with",
    "regex_match": "matches",
    "regex": "matches",
    "type_match": "type",
    "len_eq": "length",
    "length_equals": "length",
    "length_equal": "length",
    "count_eq": "length",
    "len_gt": "length greater_than",
    "length_greater_than": "length greater_than",
    "len_ge": "length at_least",
    "length_greater_or_equals": "length at_least",
    "len_lt": "length less_than",
    "length_less_than": "length less_than",
    "len_le": "length at_most",
    "length_less_or_equals": "length at_most",
}
_TYPES = {
    "str": "string",
    "string": "string",
    "int": "integer",
    "integer": "integer",
    "float": "number",
    "number": "number",
    "bool": "boolean",
    "boolean": "boolean",
    "list": "array",
    "array": "array",
    "dict": "object",
    "object": "object",
    "none": "null",
    "nonetype": "null",
    "null": "null",
}
_WHOLE = {
    "status_code": "status_code",
    "http_code": "status_code",
    "body": "body",
    "content": "body",
    "text": "body",
    "response": "body",
}
_ELAPSED = re.compile(r"(response_time|elapsed(\..+)?)\Z")
_INTO_BODY = re.compile(r"(?:content|body|json|response(?:\.json)?)\.(?=\S)")
_DATABASES = ("sql", "db", "mysql", "database", "db_assert", "sql_assert")


@dataclass
class Checks:
    """Our ``validate`` in the making: subject to its matchers, in the order of the old file."""

    context: ImportContext
    found: dict[str, list[tuple[str, Json]]] = field(default_factory=dict)

    def take(self, node: Node | None) -> None:
        """Take an old ``validate``: a list of assertions, or one mapping of them."""
        if isinstance(node, SequenceNode):
            for item in node.items:
                self._item(item)
        elif isinstance(node, MappingNode):
            self._item(node)
        elif node is not None:
            self.context.remark(
                node, tr("断言写成了 {value}", value=to_plain(node)), tr("写成 检查对象: 期望值")
            )

    def _item(self, node: Node) -> None:
        if not isinstance(node, MappingNode):
            self.context.remark(
                node,
                tr("断言 {value}", value=json.dumps(to_plain(node), ensure_ascii=False)),
                tr("写成 检查对象: 期望值"),
            )
        elif (named := _spelt_out(node)) is not None:
            self._compare(*named, node)
        else:
            for key, value in node.entries:
                self._entry(key, value)

    def _entry(self, key: KeyNode, value: Node) -> None:
        if key.value in _DATABASES:
            self.context.remark(key, tr("数据库断言 {key}", key=key.value), tr("只检查接口的答复"))
        elif key.value in _COMPARE:
            self._by_matcher(key, value)
        elif isinstance(value, MappingNode) and (named := _spelt_out(value)) is not None:
            self._compare(*named, value)
        elif isinstance(value, SequenceNode) and not key.value.startswith(
            "$"
        ):  # [path, value] of a comparator that nobody knows
            self.context.remark(
                key, tr("比较方式 {name}", name=key.value), tr("全部匹配器:python -m framework matchers")
            )
        elif subject := self._subject(key.value, key):
            self._add(subject, "equals", self.context.value(value))

    def _by_matcher(self, key: KeyNode, value: Node) -> None:
        """``contains: text``, ``contains: {path: value}``, ``eq: [path, value]``, ``eq: [[path, value], …]``."""
        if isinstance(value, MappingNode):
            for inner, wanted in value.entries:
                self._compare(key.value, inner.value, wanted, inner)
        elif (
            isinstance(value, SequenceNode)
            and value.items
            and all(isinstance(item, SequenceNode) for item in value.items)
        ):
            for item in value.items:
                self._by_matcher(key, item)
        elif (
            isinstance(value, SequenceNode)
            and len(value.items) >= 2
            and isinstance(value.items[0], ScalarNode)
        ):
            self._pair(key, value.items[0], value.items[1], value)
        elif isinstance(value, ScalarNode):
            self._of_the_body(key, value)
        else:
            self.context.remark(key, tr("断言 {key}", key=key.value), tr("写成 检查对象: 期望值"))

    def _pair(self, key: KeyNode, asked: ScalarNode, wanted: Node, where: Node) -> None:
        if isinstance(asked.value, str):
            self._compare(key.value, asked.value, wanted, where)
        else:
            self.context.remark(
                where,
                tr("{key} 比较的是写死的值 {value},与答复无关", key=key.value, value=json.dumps(asked.value)),
                tr("写成 检查对象: 期望值"),
            )

    def _of_the_body(self, key: KeyNode, value: ScalarNode) -> None:
        """``contains: text`` asks whether the reply's text has it; ``contains: True`` asks nothing."""
        if value.value in (None, "") or isinstance(value.value, bool):
            self._never_fails(key, value)
        elif _COMPARE[key.value] in ("contains", "not_contains"):
            self._add("body", _COMPARE[key.value], self.context.text(str(value.value), value))
        else:
            self.context.remark(
                key,
                tr("断言 {key}: {value} 没有说检查什么", key=key.value, value=value.value),
                tr("写成 检查对象: 期望值"),
            )

    def _never_fails(self, key: KeyNode, value: ScalarNode) -> None:
        shown = "''" if value.value == "" else json.dumps(value.value)
        self.context.remark(
            key,
            tr("{key}: {value} 永远不会失败", key=key.value, value=shown),
            tr("写明要有什么,例如 $.success: true"),
        )

    def _compare(self, comparator: str, asked: str, wanted: Node, where: Node | KeyNode) -> None:
        if comparator not in _COMPARE:
            self.context.remark(
                where, tr("比较方式 {name}", name=comparator), tr("全部匹配器:python -m framework matchers")
            )
            return
        subject = self._subject(asked, where)
        if not subject:
            return
        value = self.context.value(wanted)
        name, _, measure = _COMPARE[comparator].partition(" ")
        if subject == "status_code" and name == "contains":
            name = "equals"  # what the seed family means by it
        if subject == "status_code" and isinstance(value, str) and value.isdigit():
            value = int(value)
        self._judge(subject, name, {measure: value} if measure else value, wanted, where)

    def _judge(self, subject: str, name: str, value: Json, wanted: Node, where: Node | KeyNode) -> None:
        if name in ("contains", "not_contains", "starts_with", "ends_with") and value == "":
            self.context.remark(
                where, tr("{subject} 含空文字,永远不会失败", subject=subject), tr("写明要有什么")
            )
        elif name in ("contains", "not_contains") and not isinstance(value, str) and subject != "body":
            self._add(subject, "equals" if name == "contains" else "not_equals", value)
        elif name == "type":
            self._type(subject, value, where)
        elif name == "one_of" and not (isinstance(value, list) and value):
            self.context.remark(
                where,
                tr("{subject} 要在一个列表之内", subject=subject),
                tr("写成 {{one_of: [甲, 乙]}}", x=""),
            )
        elif name in ("less_than", "at_most", "greater_than", "at_least") and not _is_number(value):
            self.context.remark(
                where,
                tr("{subject} 要与数字比较,而这里是 {value}", subject=subject, value=value),
                tr("写一个数"),
            )
        else:
            self._add(subject, name, str(value) if subject == "body" and name == "contains" else value)

    def _type(self, subject: str, value: Json, where: Node | KeyNode) -> None:
        known = _TYPES.get(str(value).lower())
        if known:
            self._add(subject, "type", known)
        else:
            self.context.remark(
                where,
                tr("类型 {value}", value=value),
                tr("写 string、integer、number、boolean、array、object 或 null"),
            )

    def _subject(self, asked: str, where: Node | KeyNode) -> str:
        return subject_of(asked, where, self.context)

    def _add(self, subject: str, matcher: str, value: Json) -> None:
        calls = self.found.setdefault(subject, [])
        if (matcher, value) not in calls:
            calls.append((matcher, value))

    def ours(self) -> dict[str, Json]:
        """Return the mapping for ``validate``."""
        return {subject: _expected(calls) for subject, calls in self.found.items()}


def _is_number(value: Json) -> bool:
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or (
        isinstance(value, str) and "${" in value
    )


def _expected(calls: list[tuple[str, Json]]) -> Json:
    if len(calls) == 1 and calls[0][0] == "equals" and not isinstance(calls[0][1], dict):
        return calls[0][1]
    if len({name for name, _ in calls}) == len(calls):
        return dict(calls)
    return {"all_of": [{name: value} for name, value in calls]}


def _spelt_out(node: MappingNode) -> tuple[str, str, Node] | None:
    """Read ``{check: path, expect: value, comparator: eq}`` and its like; None where it is not one."""
    asked = next(
        (
            found
            for name in ("check", "jsonpath", "actual", "path")
            if isinstance(found := node.get(name), ScalarNode)
        ),
        None,
    )
    wanted = next(
        (
            found
            for name in ("expect", "expected", "value", "expect_value")
            if (found := node.get(name)) is not None
        ),
        None,
    )
    how = next(
        (
            found
            for name in ("comparator", "assert", "type", "op", "compare", "operator")
            if isinstance(found := node.get(name), ScalarNode)
        ),
        None,
    )
    if asked is None or wanted is None:
        return None
    return str(how.value) if how else "eq", str(asked.value), wanted


def subject_of(asked: str, where: Node | KeyNode, context: ImportContext) -> str:
    """Return our subject for what an old file asked for; an empty text where there is none, which is then
    said.
    """
    asked = asked.strip()
    if asked in _WHOLE:
        return _WHOLE[asked]
    if _ELAPSED.match(asked):
        context.remark(
            where, tr("耗时 {asked}", asked=asked), tr("写成 elapsed_ms: {{less_than: 毫秒数}}", x="")
        )
        return ""
    if asked.startswith(("headers.", "header.")):
        return "headers." + asked.partition(".")[2].strip("\"'")
    if asked.startswith("cookies."):
        context.remark(where, tr("Cookie {asked}", asked=asked), tr("检查 headers.Set-Cookie"))
        return ""
    path = (
        context.text(asked, where)
        if asked.startswith("$")
        else "$" + "".join(map(_step, _INTO_BODY.sub("", asked).split(".")))
    )
    try:
        compile_path(re.sub(r"\$\{[^}]*\}", "'x'", path))
    except PathSyntaxError:
        context.remark(
            where,
            tr("读不懂的路径 {asked}", asked=asked),
            tr("路径按 RFC 9535 书写,例如 $.data.result[*].id"),
        )
        return ""
    return path


def _step(name: str) -> str:
    if re.fullmatch(r"\d+", name):
        return f"[{name}]"
    return (
        f".{name}"
        if re.fullmatch(r"[^\W\d]\w*(\[(\d+|\*)\])*", name)
        else f"[{json.dumps(name, ensure_ascii=False)}]"
    )
