"""The equivalent mutants: changes of the text that leave the JSON value the same. They are not counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from framework.base.jsonpath import Json


@dataclass(frozen=True, slots=True)
class Equivalent:
    """One equivalent change. ``change`` returns the same value for ``example``, which a selftest verifies."""

    name: str
    reason: str
    change: Callable[[Json], Json]
    example: Json


EQUIVALENT: Final = (
    Equivalent(
        "through_double",
        "编号经 int(float(id)) 来回一次:已知的十个编号低位是 0,双精度存得下,一位也不变;改成 JavaScript "
        "的写法(rounded)才会变",
        lambda value: str(int(float(value))),
        "1779417586041335808",
    ),
    Equivalent("integer_as_float", "1 写成 1.0:在 JSON 里是同一个数", float, 10),
    Equivalent(
        "key_order",
        "对象里键的先后:JSON 的对象没有次序",
        lambda value: dict(reversed(value.items())),
        {"a": 1, "b": 2},
    ),
    Equivalent("one_item", "只有一项的列表换次序:还是那个列表", lambda value: value[::-1], [1]),
    Equivalent(
        "ascii_escapes",
        "汉字写成 \\uXXXX:解析出来是同一段文字",
        lambda value: value.encode("unicode_escape").decode("unicode_escape"),
        "政策",
    ),
)
