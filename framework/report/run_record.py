"""What came of a run, as a record: what reports/run.json holds (schemas/run.schema.json), and what its exit
code is to be.

Reading is strict: a file that is cut, edited or of another version is told from one that can be used, never
half understood.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from framework.base.messages import tr
from framework.report.terminal import quantile

SCHEMA = 1
FEWEST = 20
"""Below so many requests a 95th percentile is the slowest one, and says nothing."""
Status = Literal["passed", "failed", "broken", "skipped", "known", "warned"]
STATUSES: tuple[Status, ...] = get_args(Status)
JUDGED = ("passed", "failed", "known", "warned")


class RecordError(ValueError):
    """A text that is no record of a run; the message says why."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """``until``: the last day, yyyy-MM-dd, on which the case fails nothing."""

    reason: str
    until: str
    expired: bool = False


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case. ``category``: the stable English name of the kind of cause; ``duration`` in seconds;
    ``elapsed`` in milliseconds, one for each request; ``source``: a digest of the suite it is written in.
    """

    id: str
    title: str
    status: Status
    headline: str = ""
    category: str = ""
    cause: str = ""
    duration: float = 0.0
    elapsed: tuple[float, ...] = ()
    checks: int = 0
    requests: int = 0
    quarantine: Quarantine | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class CollectionProblem:
    """A file that did not load."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. ``service``: which release of the service it was, where that is known; ``collected``: the
    cases that were to run; ``selection``: what was selected of all cases, empty for all; ``budget_ms``: the
    environment's limit of the 95th percentile, 0 where there is none.
    """

    run: str
    environment: str
    started: str
    stopped: str
    duration: float
    exit: int
    address: str = ""
    service: str = ""
    selection: str = ""
    interrupted: bool = False
    collected: int = 0
    budget_ms: float = 0.0
    cases: tuple[CaseRecord, ...] = ()
    collection: tuple[CollectionProblem, ...] = field(default=())

    def of(self, *statuses: str) -> list[CaseRecord]:
        return [case for case in self.cases if case.status in statuses]

    @property
    def p95(self) -> float | None:
        """The 95th percentile of the requests' times; None where there were too few."""
        times = sorted(value for case in self.cases for value in case.elapsed)
        return quantile(times, 0.95) if len(times) >= FEWEST else None

    @property
    def over_budget(self) -> bool:
        return bool(self.budget_ms) and (self.p95 or 0.0) > self.budget_ms


# -- the exit code

GREEN, SERVICE, HARNESS, CASE_FILE = 0, 1, 2, 3


def verdict_of(run: RunRecord) -> tuple[int, list[str]]:
    """Return the exit code of a run that ended, and each reason for it. 1 before 3 before 2: a service that
    is wrong is not hidden by a file that did not load, nor that by a host that was away for a moment.
    """
    service, files, harness = list(_service(run)), list(_case_files(run)), list(_harness(run))
    code = SERVICE if service else CASE_FILE if files else HARNESS if harness else GREEN
    return code, [*service, *files, *harness]


def _service(run: RunRecord) -> Iterable[str]:
    if failed := len(run.of("failed")):
        yield tr("{n} 个用例不符", n=failed)
    if run.over_budget:
        yield tr(
            "耗时超出预算:p95 {p95:.0f} ms,预算 {budget:.0f} ms", p95=run.p95 or 0.0, budget=run.budget_ms
        )


def _case_files(run: RunRecord) -> Iterable[str]:
    if run.collection:
        yield tr("{n} 个用例文件没有载入", n=len(run.collection))
    if wrong := sum(case.category == "case" for case in run.of("broken")):
        yield tr("{n} 个用例写错了,或隔离已到期", n=wrong)


def _harness(run: RunRecord) -> Iterable[str]:
    broken = [case for case in run.of("broken") if case.category != "case" and not case.quarantine]
    if broken:
        yield tr("{n} 个用例因环境、令牌或框架的故障没有评判", n=len(broken))
    if not run.of(*JUDGED):
        yield tr("没有任何用例得到评判")
    if run.interrupted or run.collected > len(run.cases):
        yield tr("运行中断,{n} 个用例没有运行", n=max(0, run.collected - len(run.cases)))
    elif not _explains(run):
        yield tr("pytest 以 {code} 结束", code=run.exit)


def _explains(run: RunRecord) -> bool:
    """Tell whether what the record holds explains how pytest ended: 1 needs something red, 5 that nothing was
    judged.
    """
    red = bool(run.of("failed", "broken") or run.collection or run.over_budget)
    return run.exit == 0 or (run.exit in (1, 2) and red) or (run.exit == 5 and not run.of(*JUDGED))


# -- writing and reading


def dump(run: RunRecord) -> str:
    """Return the record as run.json holds it: what follows from the rest (counts, verdict) stands in it for
    other readers.
    """
    code, reasons = verdict_of(run)
    counts = Counter(case.status for case in run.cases)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        **{name: value for name, value in asdict(run).items() if name not in ("cases", "collection")},
        "p95_ms": run.p95,
        "verdict": code,
        "reasons": reasons,
        "counts": {"collected": run.collected, **{status: counts[status] for status in STATUSES}},
        "collection": [asdict(problem) for problem in run.collection],
        "cases": [asdict(case) for case in sorted(run.cases, key=lambda case: case.id)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def load(text: str) -> RunRecord:
    """Read what ``dump`` wrote.

    Raises:
        RecordError: it is not that.
    """
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RecordError(tr("不是完整的 JSON:{error}", error=error)) from None
    if not isinstance(document, dict) or "schema" not in document:
        raise RecordError(tr("不是一次运行的记录"))
    if document["schema"] != SCHEMA:
        raise RecordError(tr("版本是 {found},这里读 {known}", found=document["schema"], known=SCHEMA))
    return RunRecord(
        **_fields(
            document, ("run", "environment", "started", "stopped", "address", "service", "selection"), str
        ),
        **_fields(document, ("exit", "collected"), int),
        **_fields(document, ("duration", "budget_ms"), (int, float)),
        **_fields(document, ("interrupted",), bool),
        cases=tuple(map(_case, _list(document, "cases"))),
        collection=tuple(
            CollectionProblem(**_fields(item, ("id", "text"), str)) for item in _list(document, "collection")
        ),
    )


def _case(item: Any) -> CaseRecord:
    given = item.get("quarantine") if isinstance(item, dict) else None
    quarantine = (
        Quarantine(**_fields(given, ("reason", "until"), str), **_fields(given, ("expired",), bool))
        if given is not None
        else None
    )
    texts = _fields(item, ("id", "title", "status", "headline", "category", "cause", "source"), str)
    if texts["status"] not in STATUSES:
        raise RecordError(tr("{name} 不对:{value}", name="status", value=texts["status"]))
    elapsed = _list(item, "elapsed")
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in elapsed):
        raise RecordError(tr("{name} 不对:{value}", name="elapsed", value=""))
    return CaseRecord(
        **texts,
        **_fields(item, ("checks", "requests"), int),
        **_fields(item, ("duration",), (int, float)),
        elapsed=tuple(elapsed),
        quarantine=quarantine,
    )


def _fields(item: Any, names: Iterable[str], kind: type | tuple[type, ...]) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise RecordError(tr("不是一次运行的记录"))
    return {name: _typed(item, name, kind) for name in names}


def _typed(item: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    value = item.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise RecordError(tr("{name} 不对:{value}", name=name, value=str(value)[:40]))
    return value


def _list(item: Any, name: str) -> list[Any]:
    found: list[Any] = _fields(item, (name,), list)[name]
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)
