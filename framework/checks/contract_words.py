"""A violation of a contract in words: the place, what was expected, what was found; never the instance as a
whole.

One row for each keyword of JSON Schema 2020-12. ``{wanted}`` is the keyword's value, ``{n}`` the size of what
was found.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.equality import identity
from framework.checks.outcome import Violation, kind_name
from framework.checks.shown import short, shorten


class ContractViolation(Protocol):
    """What is read of jsonschema's ValidationError. ``member`` names a missing or an extra member."""

    validator: Any
    validator_value: Any
    instance: Any
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
_SIZED: Final = {
    "minLength": "字",
    "maxLength": "字",
    "minItems": "项",
    "maxItems": "项",
    "minProperties": "个键",
    "maxProperties": "个键",
}


def fault_of(violation: ContractViolation, nearest: ContractViolation | None = None) -> Violation:
    """Return the violation in words; *nearest* is the violation of an anyOf's or oneOf's branch that came
    closest.
    """
    if nearest is not None and nearest is not violation:
        fault = fault_of(nearest)
        what = tr(
            "{keyword} 的写法都不符合,最接近的一种:{what}",
            keyword=violation.validator,
            what=fault.what or fault.expected,
        )
        return Violation(fault.expected, fault.actual, what, None, fault.below)
    below = tuple(violation.absolute_path)
    member = _member(violation, below)
    if member is not None:
        return member
    return Violation(_expected(violation), _actual(violation), _what(violation), None, below)


def _member(violation: ContractViolation, below: tuple[int | str, ...]) -> Violation | None:
    name, found = violation.message, violation.instance
    shown = shorten(name, 60)
    if violation.validator == "required":
        return Violation(tr("有这个键"), tr("没有"), tr("缺少键 {name}", name=shown), None, (*below, name))
    if violation.validator == "dependentRequired":
        return Violation(
            tr("有这个键"),
            tr("没有"),
            tr("缺少键 {name},有了别的键就要有它", name=shown),
            None,
            (*below, name),
        )
    if violation.validator == "additionalProperties":
        return Violation(
            tr("没有这个键"), short(found[name]), tr("多出键 {name}", name=shown), None, (*below, name)
        )
    return None


def _expected(violation: ContractViolation) -> str:
    keyword, wanted = violation.validator, violation.validator_value
    if keyword == "type":
        return tr(" 或 ").join(
            tr(_TYPES.get(name, name)) for name in ([wanted] if isinstance(wanted, str) else wanted)
        )
    if keyword == "oneOf":
        return tr("恰好符合 oneOf 的一种")
    if keyword == "anyOf":
        return tr("符合 anyOf 的一种")
    if keyword is None:
        return tr("没有这个值")
    shown = shorten(wanted, 200) if keyword == "pattern" else short(wanted)
    return tr(_EXPECTED[keyword], wanted=shown) if keyword in _EXPECTED else f"{keyword}: {shown}"


def _actual(violation: ContractViolation) -> str:
    found = violation.instance
    if violation.validator in _SIZED:
        return tr(
            "{n} {unit}:{value}", n=len(found), unit=tr(_SIZED[violation.validator]), value=short(found, 60)
        )
    if violation.validator == "type":
        return f"{kind_name(found)} {short(found)}" if found is not None else "null"
    return short(found)


def _what(violation: ContractViolation) -> str:
    if violation.validator == "uniqueItems":
        return _repeated(violation.instance)
    if violation.validator == "oneOf":
        return tr("符合的不止一种")
    return ""


def _repeated(items: list[Json]) -> str:
    first: dict[Any, int] = {}
    for at, key in enumerate(map(identity, items)):
        if first.setdefault(key, at) != at:
            return tr("第 {one} 项与第 {two} 项相同", one=first[key] + 1, two=at + 1)
    return ""
