"""Audits one case: puts every fault into its replies and judges the case again on each."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from framework.audit.faults import Fault, FaultKey, Recording, faults_of, mutant_of, recordings_of
from framework.audit.memo import Memory
from framework.audit.read_set import read_set_of
from framework.audit.replay import Excused, Mutant, Replay, check_id
from framework.audit.transport import ReplyMutation
from framework.base.jsonpath import Json
from framework.cases.case import Case
from framework.checks.context import EvaluationContext
from framework.checks.result import CheckResult
from framework.http.exchange import Exchange, NotJsonError
from framework.run.verdict import Verdict

MOST_MUTANTS = 4000
MOST_BYTES = 4_000_000_000
MOST_BYTES_READ = 100_000_000
LEAST_MUTANTS = 50
"""Limits of the mutants of one case. If there are more faults, the seed chooses a sample.

Large replies allow fewer mutants. Checks that read the bytes of the body allow fewer still, because the bytes
of every mutant must be made.
"""
DEFAULT_SEED = "0"


@dataclass
class CaseAudit:
    """The result for one case.

    ``noticed_by_contains_true``: the faults that the old harness's only assertion notices. ``idle``: title
    and place of the checks that no fault made fail. ``mutants``: how many were judged, of
    ``possible_mutants`` (estimated).
    """

    case: str
    noticed: set[FaultKey] = field(default_factory=set)
    survived: dict[FaultKey, Fault] = field(default_factory=dict)
    noticed_by_contains_true: set[FaultKey] = field(default_factory=set)
    idle: list[tuple[str, str]] = field(default_factory=list)
    mutants: int = 0
    possible_mutants: int = 0


def audit_case(
    name: str,
    case: Case,
    verdict: Verdict,
    context: EvaluationContext,
    *,
    seed: str = DEFAULT_SEED,
    excused: Excused | None = None,
    most: int | None = None,
) -> CaseAudit:
    """Try the faults on a case that has passed.

    *excused*: returns whether a known defect of the case explains a finding. *most*: the largest number of
    mutants.
    """
    recordings = recordings_of(verdict)
    memory = Memory(
        context, (recording.document for recording in recordings), need_findings=excused is not None
    )
    replay = Replay(case, verdict, memory, excused)
    audit = CaseAudit(name)
    faults = list(faults_of(verdict, recordings, seed))
    if most is None:
        most = _mutant_limit(case, recordings, context)
    for fault in _sample_faults(faults, most, f"{seed} {name}"):
        mutant = mutant_of(fault, seed)
        if mutant is not None:
            _try_fault(fault, mutant, replay, audit, recordings)
    sampled = len(faults) > most
    audit.possible_mutants = round(audit.mutants * len(faults) / most) if sampled else audit.mutants
    # A fault is tried on many replies. One that is noticed once counts as noticed.
    audit.survived = {key: fault for key, fault in audit.survived.items() if key not in audit.noticed}
    audit.idle = _idle_checks(case, verdict, replay)
    return audit


def _mutant_limit(case: Case, recordings: list[Recording], context: EvaluationContext) -> int:
    size = sum(len(recording.exchange.reply.body or b"") for recording in recordings) + 1
    nodes = [node for step in case.steps for node in (*step.checks, *step.each_reply)]
    reads_body = any(read_set_of(node, context.matchers).reads_body for node in nodes)
    budget = MOST_BYTES_READ if reads_body else MOST_BYTES
    return max(LEAST_MUTANTS, min(MOST_MUTANTS, budget // size))


def _sample_faults(faults: list[Fault], most: int, seed: str) -> list[Fault]:
    if len(faults) <= most:
        return faults
    chosen = set(Random(seed).sample(range(len(faults)), most))  # noqa: S311 - a sample, not a secret
    return [fault for at, fault in enumerate(faults) if at in chosen or _is_cheap(fault)]


def _is_cheap(fault: Fault) -> bool:
    """Return whether a fault is always tried: those of status, headers, time and walks are few and fast."""
    return fault.place is None and not (
        isinstance(fault.mutation, ReplyMutation) and fault.mutation.place == "body"
    )


def _try_fault(
    fault: Fault, mutant: Mutant, replay: Replay, audit: CaseAudit, recordings: list[Recording]
) -> None:
    key = fault.key
    audit.mutants += 1
    if replay.notices(mutant):
        audit.noticed.add(key)
    else:
        audit.survived.setdefault(key, fault)
    if any(
        _contains_true_notices(recording.exchange, mutant.of(recording.exchange)) for recording in recordings
    ):
        audit.noticed_by_contains_true.add(key)


def _idle_checks(case: Case, verdict: Verdict, replay: Replay) -> list[tuple[str, str]]:
    """Return title and place of the checks that failed on no mutant.

    The checks of a walk itself are left out, because nobody wrote them.
    """
    walks = {step.walk.span for step in case.steps if step.walk is not None}
    written: dict[Any, CheckResult] = {}
    for result in verdict.all_results:
        if result.span is not None and result.span not in walks and result.status == "passed":
            written.setdefault(check_id(result), result)
    return [
        (result.title, result.span.place)
        for key, result in written.items()
        if key not in replay.failed_checks and result.span is not None
    ]


# -- the old harness's only assertion


def _contains_true_notices(recorded: Exchange, changed: Exchange) -> bool:
    return changed is not recorded and not passes_contains_true(changed) and passes_contains_true(recorded)


def passes_contains_true(exchange: Exchange) -> bool:
    """Return the verdict of ``[{'contains': True}]`` in the old harness.

    It passed if ``True`` was in the reply as Python prints it.
    """
    try:
        return _prints_true(exchange.reply.json)
    except NotJsonError:
        return False


def _prints_true(value: Json) -> bool:
    if value is True:
        return True
    if isinstance(value, str):
        return "True" in value
    if isinstance(value, dict):
        return any(map(_prints_true, value.values())) or any("True" in key for key in value)
    return isinstance(value, list) and any(map(_prints_true, value))
