"""The record of a run, as reports/run.json holds it (schemas/run.schema.json), and its exit code.

Reading is strict: a file that is incomplete, edited or of another version is refused as a whole.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.base.source import visible
from framework.report.numbers import quantile

SCHEMA = 1
MIN_REQUESTS_FOR_P95 = 20
"""With fewer requests the 95th percentile is the slowest request, which means nothing."""
Status = Literal["passed", "failed", "broken", "skipped", "known", "warned"]
STATUSES: tuple[Status, ...] = get_args(Status)
_CASE_NUMBERS = ("checks", "requests", "unrecorded", "received")
_MAX_NAMED = 10
JUDGED = ("passed", "failed", "known", "warned")


class RecordError(ValueError):
    """The text is not a record of a run. The message says why."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A case whose failures do not count for a time. ``until``: the last such day, yyyy-MM-dd."""

    reason: str
    until: str
    expired: bool = False


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case of a run.

    ``category``: the stable English name of the cause's category. ``duration``: seconds. ``elapsed``:
    milliseconds of each request. ``source``: a digest of the suite's file. ``unrecorded``: the number of
    checks that a tape could not answer. ``received``: bytes. ``deliberate``: the case is skipped because its
    own text says so, not because something is missing.
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
    unrecorded: int = 0
    received: int = 0
    deliberate: bool = False

    @property
    def name(self) -> str:
        """The id without the file."""
        return self.id.partition("::")[2] or self.id


@dataclass(frozen=True, slots=True)
class CollectionProblem:
    """A case file that did not load."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    ``service``: the release of the service, empty if it is not known. ``collected``: the number of cases that
    were to run. ``selection``: the options that selected cases, empty for all cases. ``duration``: seconds.
    ``budget_ms``: the environment's limit for the 95th percentile of the requests' durations, 0 for no limit.
    ``exit``: pytest's exit code. ``internal``: the last line of an INTERNALERROR of pytest, empty if there
    was none. ``no_longer_judged``: ids of cases that failed on an earlier night and have not been judged
    since.
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
    internal: str = ""
    no_longer_judged: tuple[str, ...] = ()

    def of(self, *statuses: str) -> list[CaseRecord]:
        """Return the cases with one of these statuses."""
        return [case for case in self.cases if case.status in statuses]

    @property
    def judged_nothing(self) -> bool:
        return not self.of(*JUDGED)

    @property
    def not_run(self) -> int:
        """The number of cases that were to run and did not."""
        return max(0, self.collected - len(self.cases))

    @property
    def p95(self) -> float | None:
        """The 95th percentile of the requests' durations in milliseconds; None with too few requests."""
        times = sorted(value for case in self.cases for value in case.elapsed)
        return quantile(times, 0.95) if len(times) >= MIN_REQUESTS_FOR_P95 else None

    @property
    def over_budget(self) -> bool:
        return bool(self.budget_ms) and (self.p95 or 0.0) > self.budget_ms


# -- the exit code

GREEN, SERVICE, HARNESS, CASE_FILE = 0, 1, 2, 3


def verdict_of(run: RunRecord) -> tuple[int, list[str]]:
    """Return the exit code of a run that ended, and each reason for it.

    A failure of the service comes first, then a mistake in a case file, then a fault of environment or
    harness. So a file that did not load does not hide a failure, and a host that was unreachable for a moment
    hides neither.
    """
    service = list(_service_reasons(run))
    files = list(_case_file_reasons(run))
    harness = list(_harness_reasons(run))
    code = SERVICE if service else CASE_FILE if files else HARNESS if harness else GREEN
    return code, [*service, *files, *harness]


def _service_reasons(run: RunRecord) -> Iterable[str]:
    failed = len(run.of("failed"))
    if failed:
        yield tr("{n} 个用例不符", n=failed)
    if run.over_budget:
        yield tr(
            "耗时超出预算：p95 {p95:.0f} ms，预算 {budget:.0f} ms", p95=run.p95 or 0.0, budget=run.budget_ms
        )


def _case_file_reasons(run: RunRecord) -> Iterable[str]:
    if run.collection:
        yield tr("{n} 个用例文件没有载入", n=len(run.collection))
    wrong = sum(case.category == "case" for case in run.of("broken"))
    if wrong:
        yield tr("{n} 个用例写错了，或隔离已到期", n=wrong)


def _harness_reasons(run: RunRecord) -> Iterable[str]:
    broken = [case for case in run.of("broken") if case.category != "case" and not case.quarantine]
    if broken:
        yield tr("{n} 个用例因环境、令牌或框架的故障没有评判", n=len(broken))
    if run.judged_nothing:
        yield tr("没有任何用例得到评判")
    if run.no_longer_judged:
        yield _no_longer_judged_text(run.no_longer_judged)
    if run.interrupted or run.not_run:
        yield tr("运行中断，{n} 个用例没有运行", n=run.not_run)
    if run.internal:
        yield tr("pytest 内部出错：{error}", error=run.internal)
    elif run.interrupted or run.not_run:
        return
    elif not _explains_exit(run):
        yield tr("pytest 以 {code} 结束", code=run.exit)


def _no_longer_judged_text(cases: tuple[str, ...]) -> str:
    named = tr("、").join(visible(case) for case in cases[:_MAX_NAMED])
    more = tr(" 等") if len(cases) > _MAX_NAMED else ""
    return tr("{n} 个此前不符的用例不再评判：{named}", n=len(cases), named=named + more)


def _explains_exit(run: RunRecord) -> bool:
    """Return whether the record explains pytest's exit code: 1 and 2 by a red case, 5 by no judged case."""
    if run.exit in (1, 2):
        return bool(run.of("failed", "broken") or run.collection or run.over_budget)
    if run.exit == 5:
        return run.judged_nothing
    return run.exit == 0


# -- writing and reading


def dump(run: RunRecord) -> str:
    """Return the text of run.json. It also has counts and verdict, which other readers need not compute."""
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
    except (ValueError, RecursionError) as error:
        raise RecordError(tr("不是完整的 JSON：{error}", error=error)) from None
    if not isinstance(document, dict) or "schema" not in document:
        raise RecordError(tr("不是一次运行的记录"))
    if document["schema"] != SCHEMA:
        raise RecordError(tr("版本是 {found}，这里读 {known}", found=document["schema"], known=SCHEMA))
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
        cases=tuple(map(_case_record, _list_field(document, "cases"))),
        collection=tuple(
            CollectionProblem(**_typed_fields(item, ("id", "text"), str))
            for item in _list_field(document, "collection")
        ),
    )


def _case_record(item: Any) -> CaseRecord:
    given = item.get("quarantine") if isinstance(item, dict) else None
    quarantine = (
        Quarantine(
            **_typed_fields(given, ("reason", "until"), str), **_typed_fields(given, ("expired",), bool)
        )
        if given is not None
        else None
    )
    texts = _typed_fields(item, ("id", "title", "status", "headline", "category", "cause", "source"), str)
    if texts["status"] not in STATUSES:
        raise RecordError(tr("{name} 不对：{value}", name="status", value=texts["status"]))
    elapsed = _list_field(item, "elapsed")
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in elapsed):
        raise RecordError(tr("{name} 不对：{value}", name="elapsed", value=""))
    return CaseRecord(
        **texts,
        **_typed_fields({"unrecorded": 0, "received": 0, **item}, _CASE_NUMBERS, int),
        **_typed_fields({"deliberate": False, **item}, ("deliberate",), bool),
        **_typed_fields(item, ("duration",), (int, float)),
        elapsed=tuple(elapsed),
        quarantine=quarantine,
    )


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
