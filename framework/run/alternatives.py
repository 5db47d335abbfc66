"""The named alternatives that held in a case, and whether they are still those that were accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from framework.base.errors import HarnessError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.template import Constant
from framework.checks.outcome import ProposedFile
from framework.checks.result import CheckResult, Finding
from framework.checks.words import as_written
from framework.run.context import RunContext
from framework.run.verdict import StepResult, Verdict

SUBJECT: Final = "any_of"
RULE: Final = "alternative"
"""The name by which a known defect refers to a pinned alternative that another one has replaced."""
_FILE: Final = "alternatives.json"


def held_alternatives(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Return place and name of the alternatives that held, each once, in the order of the case."""
    found = [
        (_place_of(step, verdict) + held.place, held.name)
        for step in verdict.flat()
        for result in step.results
        for held in result.alternatives
    ]
    found += [(held.place, held.name) for result in verdict.results for held in result.alternatives]
    return tuple(dict.fromkeys(found))


def _place_of(result: StepResult, verdict: Verdict) -> str:
    step = result.step
    if step is None:
        return ""
    name = ""
    if len(verdict.steps) > 1:
        name = f"{step.name.value if isinstance(step.name, Constant) else as_written(step.name)} "
    is_one_of_several = (step.walk is not None or step.repeat > 1) and not result.parts
    return name + ("each_reply." if is_one_of_several else "")


def compared_with_accepted(verdict: Verdict, context: RunContext) -> Verdict:
    """Return *verdict*, failed if an alternative holds that is not the accepted one.

    Without a baseline nothing is compared; the alternative that held can be accepted.
    """
    held = _names_by_place(verdict)
    if verdict.status != "passed" or not held:
        return verdict
    try:
        slot = context.checks.slots(SUBJECT)
        accepted = slot.accepted() if slot else None
    except HarnessError as error:
        return replace(verdict, status="broken", error=error)
    if slot is None:
        return verdict
    if accepted is None:
        slot.propose([slot.about(), _proposal(held, held)])
        return verdict
    before: Mapping[str, list[str]] = accepted[_FILE]
    new = {place: names for place, names in held.items() if place not in before}
    changed = {place: names for place, names in held.items() if before.get(place, names) != names}
    if new or changed:
        slot.propose([_proposal({**before, **held}, {**new, **changed})])
    if not changed:
        return verdict
    results = tuple(_changed_result(place, before[place], names) for place, names in changed.items())
    return replace(verdict, status="failed", results=(*verdict.results, *results))


def _names_by_place(verdict: Verdict) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place, name in held_alternatives(verdict):
        found[place] = sorted({*found.get(place, ()), name})
    return found


def _proposal(value: Mapping[str, list[str]], named: Mapping[str, list[str]]) -> ProposedFile:
    words = tr("；").join(f"{place}{tr('：')}{_joined(names)}" for place, names in named.items())
    written: Json = dict(sorted(value.items()))
    return ProposedFile(_FILE, written, tr("取的是 {words}", words=words))


def _changed_result(place: str, before: list[str], names: list[str]) -> CheckResult:
    what = tr("服务在这里的做法变了；改得对就认可")
    finding = Finding(place, _joined(before), _joined(names), what, rule=RULE, kind="changed")
    return CheckResult(tr("{place} 取的仍是认可的那一种", place=place), "failed", 1, (finding,))


def _joined(names: list[str]) -> str:
    return tr("、").join(tr("“{name}”", name=name) for name in names)
