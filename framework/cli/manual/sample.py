"""The sample replies on which the examples of the matchers hold.

The harness's own sample is made up: one page of a list of books. A package of library matchers may have a
module ``sample`` of its own beside them, with ``REPLY`` and, if its examples read files, ``FILES``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Sample:
    """A reply with the data that examples refer to.

    ``elapsed_ms``: milliseconds. ``contracts``: JSON Schemas by name. ``files``: texts by their path relative
    to the suite.
    """

    reply: Mapping[str, Any]
    headers: Mapping[str, str]
    elapsed_ms: float
    variables: Mapping[str, Any] = field(default_factory=dict)
    contracts: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def _book(number: int, title: str, published: str, kind: tuple[int, str]) -> dict[str, Any]:
    book_id = f"20240131{number:08d}"
    chapter = {
        "id": f"{book_id}01",
        "name": "第一章",
        "type": "pdf",
        "size": 25,
        "key": f"202401/{book_id}.pdf",
    }
    return {
        "id": book_id,
        "title": title,
        "type": kind[0],
        "typeName": kind[1],
        "publisher": "示例出版社",
        "files": [chapter],
        "publishTime": published,
    }


_REPLY: Final[dict[str, Any]] = {
    "success": True,
    "code": "0",
    "msg": "success",
    "data": {
        "pageNo": 1,
        "pageSize": 10,
        "totalNum": "2",
        "hasNext": False,
        "result": [
            _book(2, "接口测试入门", "2024-01-31 08:00:01", (1, "教材")),
            _book(1, "接口测试案例", "2024-01-31 08:00:00", (3, "案例集")),
        ],
    },
}
_VARIABLES: Final[dict[str, Any]] = {
    "ids": ["2024013100000002", "2024013100000001"],
    "every": ["2024013100000001", "2024013100000002"],
    "by_ten": ["2024013100000002", "2024013100000001"],
    "others": ["2024013100000009"],
    "missing": [],
    "counts": [100, 90],
}
_CONTRACT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["success", "code", "data"],
    "properties": {
        "success": {"const": True},
        "code": {"type": "string"},
        "data": {"type": "object", "required": ["pageNo", "pageSize", "totalNum", "hasNext", "result"]},
    },
}
_HEADERS: Final = {"Content-Type": "application/json;charset=UTF-8"}

SAMPLE: Final = Sample(_REPLY, _HEADERS, 35.0, _VARIABLES, {"book_page": _CONTRACT})


def library_samples(modules: Iterable[str]) -> list[Sample]:
    """Return the sample of each package that these modules are in, if it has one; each package once."""
    packages = dict.fromkeys(module.rpartition(".")[0] for module in modules)
    found = (_package_sample(package) for package in packages)
    return [sample for sample in found if sample is not None]


def _package_sample(package: str) -> Sample | None:
    name = f"{package}.sample"
    if not package or find_spec(name) is None:
        return None
    module = import_module(name)
    return Sample(module.REPLY, _HEADERS, SAMPLE.elapsed_ms, files=getattr(module, "FILES", {}))
