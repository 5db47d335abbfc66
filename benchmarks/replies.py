"""The replies of the stub and their contract: ten policies of the stand-in, fitted to a size in bytes.

They are made from the stand-in's texts when they are needed, so that the project has no reply of the real
service.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from standin.envelope import envelope_of
from standin.paging import Page
from standin.policy import Policy
from standin.records import record_of, to_json
from standin.seed.catalogue import others

RECORDS = 10
SIZES = {"small": 10_000, "big": 245_000}
FILES_BASE = "https://youth.cq.cqyl.org.cn/oss/"
TITLE_PART = "重庆"
_PARAGRAPH = re.compile(r"<p>.*?</p>")
_CONTRACTS = ("policy_page", "policy", "policy_file")

WRONG = {
    "code": lambda page: page.update(code="1"),
    "records": lambda page: page["data"]["result"].pop(),
    "title": lambda page: page["data"]["result"][-1].update(policyTitle="某市关于创业的意见"),
    "level": lambda page: page["data"]["result"][0].update(policyLevel=9, policyLevelName="区县级"),
    "contract": lambda page: page["data"]["result"][-1].update(priority="1"),
}
"""A wrong reply for each check of a case. The stub makes the wrong status itself."""


def bodies(size: int, count: int, wrong: str = "", every: int = 1) -> list[bytes]:
    """Return *count* different replies of exactly *size* bytes.

    *wrong*: the fault of each *every*-th reply, which changes its size a little.
    """
    policies = [policy for policy in others() if TITLE_PART in policy.title and policy.level == 1]
    rng = Random(7)
    return [
        _body(rng.sample(policies, RECORDS), size, "" if number % every else wrong) for number in range(count)
    ]


def _body(policies: list[Policy], size: int, wrong: str) -> bytes:
    records = [dict(record_of(policy, FILES_BASE)) for policy in policies]
    texts = [record["policyText"] for record in records]
    for record in records:
        record["policyText"] = ""
    bare = len(_page(records, ""))
    share = (size - bare) // RECORDS
    for record, text in zip(records, texts, strict=True):
        record["policyText"] = _fitted(text, share)
    records[-1]["policyText"] += _padding(size - len(_page(records, "")))
    return _page(records, wrong)


def _page(records: list[dict[str, Any]], wrong: str) -> bytes:
    page = json.loads(to_json(envelope_of(Page(1, RECORDS), records, 190)))
    if wrong in WRONG:
        WRONG[wrong](page)
    return to_json(page)


def _fitted(text: str, size: int) -> str:
    """Return paragraphs of *text*, repeated if necessary, of at most *size* bytes, but at least one."""
    kept: list[str] = []
    for paragraph in itertools.cycle(_PARAGRAPH.findall(text)):
        size -= len(paragraph.encode())
        if kept and size < len("<p>x</p>"):
            return "".join(kept)
        if size >= len("<p>x</p>"):
            kept.append(paragraph)
        else:
            return "<p>政</p>"
    raise AssertionError("unreachable")


def _padding(size: int) -> str:
    return "<p>" + "策" * ((size - 7) // 3) + "x" * ((size - 7) % 3) + "</p>" if size > 7 else ""


# -- the contract


def contract(schemas: Path) -> dict[str, Any]:
    """Return the contract of a page as one schema, because side A cannot follow ``$ref`` to a file."""
    read = {name: json.loads((schemas / f"{name}.schema.json").read_text("utf-8")) for name in _CONTRACTS}
    page, *parts = (dict(schema) for schema in read.values())
    definitions = {name: definition for part in parts for name, definition in part.pop("$defs", {}).items()}
    definitions |= {
        name: {key: value for key, value in part.items() if key != "$schema"}
        for name, part in zip(_CONTRACTS[1:], parts, strict=True)
    }
    return dict(_local({**page, "$defs": definitions}))


def _local(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_local(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"#/$defs/{value.removesuffix('.schema.json')}"
        if key == "$ref" and not value.startswith("#")
        else _local(value)
        for key, value in schema.items()
    }


def parts_around_id(body: bytes) -> tuple[bytes, bytes]:
    """Split a reply at the id of its first record, so that another id can be put there."""
    before, after = re.split(rb'(?<="id":")\d{19}(?=")', body, maxsplit=1)
    return before, after


def ids() -> Iterator[bytes]:
    """Yield different ids without end."""
    return (b"%019d" % (1_700_000_000_000_000_000 + number) for number in itertools.count())
