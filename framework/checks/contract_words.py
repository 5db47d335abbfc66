"""Describes a violation of a contract: its place, the expected and the actual value, shortened.

The table has one row for each keyword of JSON Schema 2020-12; ``{wanted}`` is the value of the keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, Protocol

from framework.base.jsonpath import Json, format_location
from framework.base.messages import tr
from framework.checks.equality import identity
from framework.checks.outcome import LearnedValue, Violation, kind_name, type_kind
from framework.checks.shown import short, shorten


class ContractViolation(Protocol):
    """The attributes of jsonschema's ValidationError that are read here.

    ``message`` is the name of the member if one is missing or extra (see contract_validator).
    """

    validator: Any
    validator_value: Any
    instance: Any
    schema: Any
    message: str

    @property
    def absolute_path(self) -> Iterable[int | str]: ...


_TYPES: Final = {
    "string": "字符串",
    "integer": "整数",
    "number": "数字",
    "boolean": "布尔值",
    "array": "列表",
    "object": "对象",
    "null": "null",
}

_EXPECTED: Final = {
    "const": "{wanted}",
    "enum": "{wanted} 之一",
    "pattern": "匹配 {wanted}",
    "minimum": "不小于 {wanted}",
    "maximum": "不大于 {wanted}",
    "exclusiveMinimum": "大于 {wanted}",
    "exclusiveMaximum": "小于 {wanted}",
    "multipleOf": "{wanted} 的倍数",
    "minLength": "至少 {wanted} 字",
    "maxLength": "至多 {wanted} 字",
    "minItems": "至少 {wanted} 项",
    "maxItems": "至多 {wanted} 项",
    "minProperties": "至少 {wanted} 个键",
    "maxProperties": "至多 {wanted} 个键",
    "uniqueItems": "各项互不重复",
    "contains": "有符合 contains 的项",
    "minContains": "至少 {wanted} 项符合 contains",
    "maxContains": "至多 {wanted} 项符合 contains",
    "items": "没有多出的项",
    "not": "不符合 not 里的写法",
    "unevaluatedItems": "没有未说明的项",
    "unevaluatedProperties": "没有未说明的键",
}
_KINDS: Final = {
    "count": ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    "repeated": ("uniqueItems",),
    "extra": ("unevaluatedItems", "unevaluatedProperties", "items"),
}
_ITEMS: Final = ("minItems", "maxItems")
_UNITS: Final = {
    "minLength": "字",
    "maxLength": "字",
    "minItems": "项",
    "maxItems": "项",
    "minProperties": "个键",
    "maxProperties": "个键",
}


_ACCEPTABLE: Final = ("const", "enum", "pattern", "minimum", "maximum", *("minLength", "maxLength"), *_ITEMS)
_LONGEST_ACCEPTABLE: Final = 200


def learned_value(violation: ContractViolation) -> LearnedValue | None:
    """Return the value, if the keyword that it breaks was only learned and may be accepted; else None.

    Of other types only null may be: a service may send it for what a record does not have.
    """
    schema, keyword, value = violation.schema, violation.validator, violation.instance
    if not isinstance(schema, dict) or schema.get("x-learned") is not True:
        return None
    if keyword not in _ACCEPTABLE and not (keyword == "type" and value is None):
        return None
    value = len(value) if keyword in _UNITS else value
    if isinstance(value, (list, dict)) or (isinstance(value, str) and len(value) > _LONGEST_ACCEPTABLE):
        return None
    place = re.sub(r"\[\d+\]", "[*]", format_location(tuple(violation.absolute_path), "$"))
    return LearnedValue(place, keyword, value)


def describe_violation(violation: ContractViolation, nearest: ContractViolation | None = None) -> Violation:
    """Return the violation in words.

    *nearest* is the violation in the branch of an anyOf or oneOf that came closest: people can act on that
    one.
    """
    if nearest is not None and nearest is not violation:
        inner = describe_violation(nearest)
        what = tr(
            "{keyword} 的写法都不符合，最接近的一种：{what}",
            keyword=violation.validator,
            what=inner.what or inner.expected,
        )
        return Violation(inner.expected, inner.actual, what, None, inner.below, kind=inner.kind)
    below = tuple(violation.absolute_path)
    if violation.validator in ("required", "dependentRequired", "additionalProperties"):
        return _member_violation(violation, below)
    return Violation(
        _expected(violation), _actual(violation), _details(violation), None, below, kind=_kind(violation)
    )


def _kind(violation: ContractViolation) -> str:
    """Return the kind of the difference: that of the keyword, or ``type:number`` for a wrong type."""
    if violation.validator == "type":
        return type_kind(violation.instance)
    return next((kind for kind, keywords in _KINDS.items() if violation.validator in keywords), "value")


def _member_violation(violation: ContractViolation, below: tuple[int | str, ...]) -> Violation:
    """Return a violation about a missing or an extra member; its place is the member's."""
    name = violation.message
    shown = shorten(name, 60)
    if violation.validator == "additionalProperties":
        extra = short(violation.instance[name])
        what = tr("多出键 {name}", name=shown)
        return Violation(tr("没有这个键"), extra, what, None, (*below, name), kind="extra")
    if violation.validator == "required":
        what = tr("缺少键 {name}", name=shown)
    else:
        what = tr("缺少键 {name}，有了别的键就要有它", name=shown)
    return Violation(tr("有这个键"), tr("没有"), what, None, (*below, name), kind="missing")


def _expected(violation: ContractViolation) -> str:
    keyword, wanted = violation.validator, violation.validator_value
    if keyword == "type":
        names = [wanted] if isinstance(wanted, str) else wanted
        return tr(" 或 ").join(tr(_TYPES.get(name, name)) for name in names)
    if keyword == "oneOf":
        return tr("恰好符合 oneOf 的一种")
    if keyword == "anyOf":
        return tr("符合 anyOf 的一种")
    if keyword is None:  # the schema is false
        return tr("没有这个值")
    # a pattern is not a JSON value to its reader: it is shown without quotes
    shown = shorten(wanted, 200) if keyword == "pattern" else short(wanted)
    return tr(_EXPECTED[keyword], wanted=shown) if keyword in _EXPECTED else f"{keyword}: {shown}"


def _actual(violation: ContractViolation) -> str:
    found = violation.instance
    if violation.validator in _UNITS:
        unit = tr(_UNITS[violation.validator])
        return tr("{n} {unit}：{value}", n=len(found), unit=unit, value=short(found, 60))
    if violation.validator == "type":
        return f"{kind_name(found)} {short(found)}" if found is not None else "null"
    return short(found)


def _details(violation: ContractViolation) -> str:
    if learned_value(violation) is not None:
        return tr("契约的这一条是从见过的答复学来的，服务未必有错：看过就可以认可")
    if violation.validator == "uniqueItems":
        return _first_repetition(violation.instance)
    if violation.validator == "oneOf":
        return tr("符合的不止一种")
    return ""


def _first_repetition(items: list[Json]) -> str:
    first_index: dict[Any, int] = {}
    for index, key in enumerate(map(identity, items)):
        earlier = first_index.setdefault(key, index)
        if earlier != index:
            return tr("第 {one} 项与第 {two} 项相同", one=earlier + 1, two=index + 1)
    return ""
