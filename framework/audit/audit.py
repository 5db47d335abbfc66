"""The audit of one case: every fault put into its replies, the case judged again on each."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from framework.audit.faults import Answer, Fault, Key, answers_of, change_of, faults_of
from framework.audit.memo import Memory
from framework.audit.reach import sight_of
from framework.audit.replay import Change, Excused, Replay, mark_of
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
"""So many faults are tried in one case, fewer where its replies are large and fewer still where its checks read their bytes,
which every mutant has anew; of more, a sample that the seed chooses."""
DEFAULT_SEED = "0"


@dataclass
class CaseAudit:
    """What came of it. ``noticed`` and ``survived``: by what a fault is counted as; ``old``: what ``contains: True`` notices;
    ``made`` of ``possible`` faults were tried; ``idle``: the checks that no fault made fail."""

    case: str
    noticed: set[Key] = field(default_factory=set)
    survived: dict[Key, Fault] = field(default_factory=dict)
    old: set[Key] = field(default_factory=set)
    idle: list[tuple[str, str]] = field(default_factory=list)
    made: int = 0
    possible: int = 0


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
    """Try the faults on a case that has passed. *excused*: the findings that its known defects account for."""
    answers = answers_of(verdict)
    memory = Memory(context, (answer.document for answer in answers), wording=excused is not None)
    replay = Replay(case, verdict, memory, excused)
    audit = CaseAudit(name)
    faults = list(faults_of(verdict, answers, seed))
    most = _most(case, answers, context) if most is None else most
    for fault in _sampled(faults, most, f"{seed} {name}"):
        change = change_of(fault, seed)
        if change is not None:
            _try(fault, change, replay, audit, answers)
    audit.possible = audit.made if len(faults) <= most else round(audit.made * len(faults) / most)
    audit.survived = {key: fault for key, fault in audit.survived.items() if key not in audit.noticed}
    audit.idle = _idle(case, verdict, replay)
    return audit


def _most(case: Case, answers: list[Answer], context: EvaluationContext) -> int:
    size = sum(len(answer.exchange.reply.body or b"") for answer in answers) + 1
    nodes = [node for step in case.steps for node in (*step.checks, *step.each_reply)]
    budget = MOST_BYTES_READ if any(sight_of(node, context.matchers).body for node in nodes) else MOST_BYTES
    return max(LEAST_MUTANTS, min(MOST_MUTANTS, budget // size))


def _sampled(faults: list[Fault], most: int, seed: str) -> list[Fault]:
    if len(faults) <= most:
        return faults
    chosen = set(Random(seed).sample(range(len(faults)), most))  # noqa: S311 - a sample, no secret
    return [fault for at, fault in enumerate(faults) if at in chosen or _is_cheap(fault)]


def _is_cheap(fault: Fault) -> bool:
    """Those of status, headers, time and walks are few, or cost next to nothing: they are tried in any case."""
    return fault.place is None and not (
        isinstance(fault.mutation, ReplyMutation) and fault.mutation.place == "body"
    )


def _try(fault: Fault, change: Change, replay: Replay, audit: CaseAudit, answers: list[Answer]) -> None:
    key = fault.key
    audit.made += 1
    if replay.notices(change):
        audit.noticed.add(key)
    else:
        audit.survived.setdefault(key, fault)
    if any(_old_notices(answer.exchange, change.of(answer.exchange)) for answer in answers):
        audit.old.add(key)


def _idle(case: Case, verdict: Verdict, replay: Replay) -> list[tuple[str, str]]:
    """Return the checks that failed on no mutant, each with its place; not those of a walk itself, which
    nobody wrote.
    """
    walks = {step.walk.span for step in case.steps if step.walk is not None}
    written: dict[Any, CheckResult] = {}
    for result in verdict.all_results:
        if result.span is not None and result.span not in walks and result.status == "passed":
            written.setdefault(mark_of(result), result)
    return [
        (result.title, result.span.place)
        for mark, result in written.items()
        if mark not in replay.decided and result.span is not None
    ]


# -- the old harness's only assertion


def _old_notices(recorded: Exchange, changed: Exchange) -> bool:
    return changed is not recorded and not passes_contains_true(changed) and passes_contains_true(recorded)


def passes_contains_true(exchange: Exchange) -> bool:
    """Return what ``[{'contains': True}]`` came to in the old harness: the reply, printed as Python prints
    it, has ``True`` in it.
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
