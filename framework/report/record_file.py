"""Writes the record of a run as the text of run.json (schemas/run.schema.json), and reads it.

Reading is strict: a file that is incomplete, edited or of another version is refused as a whole.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.report.case_record import (
    NO_DRIFT,
    STATUSES,
    CaseRecord,
    CauseRecord,
    Evidence,
    HeldAlternative,
    Quarantine,
)
from framework.report.run_record import CollectionProblem, RunRecord, Shard, verdict_of

SCHEMA = 1
_CASE_NUMBERS = ("checks", "requests", "unrecorded", "received", "shared")
_NOT_WRITTEN = ("cases", "collection", "kept_p95")


class RecordError(ValueError):
    """The text is not a record of a run. The message says why."""


def dump(run: RunRecord) -> str:
    """Return the text of run.json. It also has counts and verdict, which other readers need not compute."""
    code, reasons = verdict_of(run)
    counts = Counter(case.status for case in run.cases)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        **{name: value for name, value in asdict(run).items() if name not in _NOT_WRITTEN},
        "p95_ms": run.p95,
        "verdict": code,
        "reasons": reasons,
        "counts": {"collected": run.collected, **{status: counts[status] for status in STATUSES}},
        "collection": [asdict(problem) for problem in run.collection],
        # Sorted, so that the order of the workers makes no difference.
        "cases": [asdict(case) for case in sorted(run.cases, key=lambda case: case.id)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def load(text: str) -> RunRecord:
    """Read the text of a run.json.

    Raises:
        RecordError: the text is not one that ``dump`` wrote.
    """
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # the parser's own words are English
        raise RecordError(tr("不是完整的 JSON")) from None
    if not isinstance(document, dict) or "schema" not in document:
        raise RecordError(tr("不是一次运行的记录"))
    if document["schema"] != SCHEMA:
        raise RecordError(tr("版本是 {found}，这里读 {known}", found=document["schema"], known=SCHEMA))
    p95 = document.get("p95_ms")
    return RunRecord(
        **_typed_fields(
            document, ("run", "environment", "started", "stopped", "address", "service", "selection"), str
        ),
        **_typed_fields(document, ("exit", "collected"), int),
        **_typed_fields(document, ("duration", "budget_ms"), (int, float)),
        **_typed_fields(document, ("interrupted",), bool),
        # A record of an earlier version of the harness lacks these.
        **_typed_fields({"internal": "", **document}, ("internal",), str),
        no_longer_judged=_texts({"no_longer_judged": [], **document}, "no_longer_judged"),
        missing_shards=_texts({"missing_shards": [], **document}, "missing_shards"),
        shard=_shard(document.get("shard")),
        kept_p95=None if p95 is None else _typed_value(document, "p95_ms", (int, float)),
        cases=tuple(map(_case_record, _list_field(document, "cases"))),
        collection=tuple(
            CollectionProblem(**_typed_fields(item, ("id", "text"), str))
            for item in _list_field(document, "collection")
        ),
    )


def _case_record(item: Any) -> CaseRecord:
    texts = _typed_fields(item, ("id", "title", "status", "headline", "category", "cause", "source"), str)
    if texts["status"] not in STATUSES:
        raise RecordError(tr("{name} 不对：{value}", name="status", value=texts["status"]))
    elapsed = _list_field(item, "elapsed")
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in elapsed):
        raise RecordError(tr("{name} 不对：{value}", name="elapsed", value=""))
    return CaseRecord(
        **texts,
        **_typed_fields({"unrecorded": 0, "received": 0, "shared": 0, **item}, _CASE_NUMBERS, int),
        **_typed_fields({"deliberate": False, **item}, ("deliberate",), bool),
        **_typed_fields(item, ("duration",), (int, float)),
        elapsed=tuple(elapsed),
        drift=_drift(item.get("drift", NO_DRIFT)),
        quarantine=_quarantine(item.get("quarantine")),
        causes=tuple(
            CauseRecord(**_typed_fields(cause, ("category", "text", "example", "family"), str))
            for cause in _list_field({"causes": [], **item}, "causes")
        ),
        evidence=_evidence(item.get("evidence")),
        alternatives=tuple(
            HeldAlternative(**_typed_fields(held, ("place", "name"), str))
            for held in _list_field({"alternatives": [], **item}, "alternatives")
        ),
    )


def _drift(given: Any) -> tuple[int, int, int]:
    if not isinstance(given, Sequence) or len(given) != 3 or not all(type(it) is int for it in given):
        raise RecordError(tr("{name} 不对：{value}", name="drift", value=""))
    added, changed, removed = given
    return added, changed, removed


def _shard(given: Any) -> Shard | None:
    if given is None:
        return None
    numbers = _typed_fields(given, ("number", "shards", "cases"), int)
    return Shard(**numbers, **_typed_fields(given, ("plan",), str))


def _quarantine(given: Any) -> Quarantine | None:
    if given is None:
        return None
    texts = _typed_fields(given, ("reason", "until"), str)
    return Quarantine(**texts, **_typed_fields(given, ("expired",), bool))


def _evidence(given: Any) -> Evidence | None:
    return None if given is None else Evidence(**_typed_fields(given, ("place", "request", "curl"), str))


def _texts(item: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = _list_field(item, name)
    if not all(isinstance(value, str) for value in values):
        raise RecordError(tr("{name} 不对：{value}", name=name, value=""))
    return tuple(values)


def _typed_fields(item: Any, names: Iterable[str], kind: type | tuple[type, ...]) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise RecordError(tr("不是一次运行的记录"))
    return {name: _typed_value(item, name, kind) for name in names}


def _typed_value(item: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    value = item.get(name)
    # In Python, bool is a subclass of int.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise RecordError(tr("{name} 不对：{value}", name=name, value=cut(str(value), 40)))
    return value


def _list_field(item: Any, name: str) -> list[Any]:
    found: list[Any] = _typed_fields(item, (name,), list)[name]
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity are not JSON
