"""Judges a case again on mutated replies without sending a request. Would it have failed?

The steps are judged in the order in which they ran. A mutated reply may change an extract, and the steps
after it see the changed value. If a later request would then be a different one, its reply is not known. The
case is not judged beyond that, and a fault that only shows there counts as not noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from framework.audit.combined import combined_places, repeat_document
from framework.audit.memo import FirstFailure, Memory
from framework.audit.places import Place
from framework.audit.read_set import ReadSet, read_set_of, read_set_of_extracts
from framework.audit.transport import is_stale, with_bytes
from framework.base.errors import HarnessError
from framework.base.jsonpath import Json
from framework.base.source import Span
from framework.cases.case import Case, Check, CheckNode, Each, MatcherCall, Step
from framework.cases.template import Binding, Scope, Template, references, render
from framework.checks.equality import same
from framework.checks.evaluate import evaluate, implied_status_check
from framework.checks.extract import extract, gather
from framework.checks.invariants import invariants
from framework.checks.result import CheckResult, Finding
from framework.http.exchange import Exchange
from framework.http.paginate import walk_over
from framework.run.several_replies import largest_page
from framework.run.verdict import StepResult, Verdict

Excused = Callable[[Finding], bool]
CheckId = tuple[str, int, int]
"""File, line and column of a check, which identify it."""
Bindings = Mapping[str, Binding]


class _FaultNoticed(Exception):
    """A check failed, or the case could not continue: the fault would have been noticed."""


class _NotRecorded(Exception):
    """The next reply is not in the recording."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """Mutated replies in place of recorded ones, by the identity of the recorded exchange.

    ``places``: the places that differ; None if more than some places of the JSON do.
    """

    exchanges: Mapping[int, Exchange]
    places: tuple[Place, ...] | None = None

    def of(self, exchange: Exchange) -> Exchange:
        """Return the mutated exchange, or *exchange* itself if it is not mutated."""
        return self.exchanges.get(id(exchange), exchange)


class Replay:
    """Judges one case on mutants. ``failed_checks`` has the checks that failed on at least one of them."""

    def __init__(self, case: Case, verdict: Verdict, memory: Memory, excused: Excused | None = None) -> None:
        self.case = case
        self.verdict = verdict
        self.context = memory.context
        self.excused = excused
        self._memory = memory
        self.failed_checks: set[CheckId] = set()
        self._read_sets: dict[int, ReadSet] = {}
        self._check_ids: dict[int, tuple[CheckId, ...]] = {}

    def notices(self, mutant: Mutant) -> bool:
        """Return whether the case would have failed on the mutant."""
        new: dict[str, Binding] = {}  # the variables that have other values than in the recorded run
        try:
            for result in self.verdict.steps:
                if result.step is not None:
                    new.update(self._judge_step(result, result.step, mutant, new))
            last = self.verdict.steps[-1]
            all_passed = all(result.status == "passed" for result in self.verdict.steps)
            if self.case.checks and new and all_passed:
                scope = Scope({**_variables(last), **_extracted(last), **new})
                self._judge(self.case.checks, None, scope, mutant, frozenset(new), on_changed=False)
        except (_FaultNoticed, HarnessError):
            return True  # a case that cannot continue is red, too
        except _NotRecorded:
            return False
        return False

    # -- steps

    def _judge_step(
        self, result: StepResult, step: Step, mutant: Mutant, new: Bindings
    ) -> dict[str, Binding]:
        """Judge a step; return the extracts whose values differ from the recorded ones."""
        if step.for_each is None:
            found = self._judge_round(result, step, mutant, new)
            return {} if found is None else _changed_extracts(result, found)
        if _variable_names(step.for_each.values) & new.keys():
            raise _NotRecorded  # the rounds would be others than the recorded ones
        rounds = [(part, self._judge_round(part, step, mutant, new)) for part in result.parts]
        if all(found is None for _, found in rounds):
            return {}
        return _changed_extracts(
            result,
            gather(step.extracts, [part.extracted if found is None else found for part, found in rounds]),
        )

    def _judge_round(
        self, result: StepResult, step: Step, mutant: Mutant, new: Bindings
    ) -> Mapping[str, Json] | None:
        """Judge one round; return its extracts, None if the mutant does not affect the round."""
        if result.scope is None:
            return None
        scope = replace(result.scope, variables={**result.scope.variables, **new}) if new else result.scope
        if new and _variable_names(step.request) & new.keys():
            self._require_same_request(step, scope)
        if step.walk is not None or step.repeat > 1:
            return self._judge_combined(result, step, scope, mutant, new)
        assert result.exchange is not None
        exchange = mutant.of(result.exchange)
        if exchange is result.exchange and not new:
            return None
        return self._extract_and_check(result, exchange, scope, mutant, new)

    @staticmethod
    def _require_same_request(step: Step, scope: Scope) -> None:
        try:
            rendered = render(step.request, replace(scope, request=None))
        except HarnessError:
            raise _FaultNoticed from None
        if not same(rendered, scope.request):
            raise _NotRecorded

    def _judge_combined(
        self, result: StepResult, step: Step, scope: Scope, mutant: Mutant, new: Bindings
    ) -> Mapping[str, Json] | None:
        parts = [(part, mutant.of(part.exchange)) for part in result.parts if part.exchange is not None]
        is_mutated = any(exchange is not part.exchange for part, exchange in parts)
        if not is_mutated and not new:
            return None
        exchanges = [exchange for _, exchange in parts]
        walked = walk_over(step.walk, scope.request, exchanges, largest_page(scope)) if step.walk else None
        for part, exchange in parts[: len(walked.pages) if walked else None]:
            if part.scope is not None and (exchange is not part.exchange or new):
                within = replace(part.scope, variables={**part.scope.variables, **new})
                self._judge(
                    step.each_reply,
                    exchange,
                    within,
                    mutant,
                    frozenset(new),
                    on_changed=exchange is not part.exchange,
                )
        places = mutant.places and tuple(
            place for one in mutant.places for place in combined_places(step.walk, one)
        )
        affects_walk = places is None or ("total",) in places
        if walked is not None and affects_walk and any(map(self._fails, invariants(walked))):
            raise _FaultNoticed
        document = walked.document if walked is not None else repeat_document(exchanges)
        return self._extract_and_check(
            result,
            None,
            replace(scope, reply=document),
            Mutant(mutant.exchanges, places if is_mutated else ()),
            new,
        )

    def _fails(self, result: CheckResult) -> bool:
        return result.status == "failed" and self._counts(result)

    def _extract_and_check(
        self, result: StepResult, exchange: Exchange | None, scope: Scope, mutant: Mutant, new: Bindings
    ) -> Mapping[str, Json]:
        """Extract, then check, in the order of a real step. Return the extracts."""
        step, found = result.step, result.extracted
        assert step is not None
        on_changed = exchange is not result.exchange or exchange is None
        extracts_read = read_set_of_extracts(step.extracts)
        if step.extracts and self._is_affected(extracts_read, mutant, frozenset(new), on_changed=on_changed):
            readable = self._with_body(exchange) if extracts_read.reads_body else exchange
            found, misses = extract(step.extracts, readable, scope)
            if misses:
                raise _FaultNoticed
        own = {name: Binding(value, "extract") for name, value in found.items()}
        changed = frozenset(new) | {
            name
            for name in own
            if name not in result.extracted or not same(own[name].value, result.extracted[name])
        }
        self._judge(
            step.checks,
            exchange,
            replace(scope, variables={**scope.variables, **own}),
            mutant,
            changed,
            on_changed=on_changed,
        )
        return found

    # -- checks

    def _judge(
        self,
        nodes: Sequence[CheckNode],
        exchange: Exchange | None,
        scope: Scope,
        mutant: Mutant,
        new: frozenset[str],
        *,
        on_changed: bool,
    ) -> None:
        """Evaluate the checks that may read a difference.

        First come all checks that have not failed yet, so that the idle checks can be named. Then come the
        others, up to the first that fails.
        """
        has_status_check = any(self._read_set(node).reads_status for node in nodes)
        needs_implied = on_changed and exchange is not None and not has_status_check
        if needs_implied and exchange is not None and self._fails(implied_status_check(exchange)):
            raise _FaultNoticed
        affected = [
            node
            for node in nodes
            if self._is_affected(self._read_set(node), mutant, new, on_changed=on_changed)
        ]
        not_failed_yet = [node for node in affected if not self._has_failed(node)]
        if not_failed_yet:
            self._evaluate(not_failed_yet, exchange, scope)
        for node in affected:
            if node not in not_failed_yet:
                self._memory.stop_at_first_failure = self.excused is None and _fails_with_one_value(node)
                self._evaluate([node], exchange, scope)

    def _evaluate(self, nodes: Sequence[CheckNode], exchange: Exchange | None, scope: Scope) -> None:
        if any(self._read_set(node).reads_body for node in nodes):
            exchange = self._with_body(exchange)
        try:
            results = evaluate(nodes, exchange, scope, self.context)
        except (HarnessError, FirstFailure):
            # The case is broken, which is noticed too; or one value failed where every value must pass.
            raise _FaultNoticed from None
        finally:
            self._memory.stop_at_first_failure = False
        # Implied status checks are skipped: they appear because only some nodes are evaluated, and ``_judge``
        # did one.
        failed = [result for result in results if not result.implied and self._fails(result)]
        ids = (check_id(result) for result in failed)
        self.failed_checks.update(key for key in ids if key is not None)
        if failed:
            raise _FaultNoticed

    def _counts(self, result: CheckResult) -> bool:
        """Return whether a failed check fails the case: known defects may excuse all of its findings."""
        if self.excused is None or not result.findings:
            return True
        return any(not self.excused(finding) for finding in result.findings)

    def _is_affected(
        self, read_set: ReadSet, mutant: Mutant, new: frozenset[str], *, on_changed: bool
    ) -> bool:
        if read_set.variables & new:
            return True
        return on_changed and (mutant.places is None or read_set.includes(mutant.places))

    def _read_set(self, node: CheckNode) -> ReadSet:
        read_set = self._read_sets.get(id(node))
        if read_set is None:
            read_set = self._read_sets[id(node)] = read_set_of(node, self.context.matchers)
        return read_set

    def _has_failed(self, node: CheckNode) -> bool:
        ids = self._check_ids.get(id(node))
        if ids is None:
            ids = self._check_ids[id(node)] = tuple(_check_ids(node))
        return all(key in self.failed_checks for key in ids)

    @staticmethod
    def _with_body(exchange: Exchange | None) -> Exchange | None:
        """Return the exchange with the bytes of its JSON. A mutant gets them only when they are needed."""
        if exchange is None or not is_stale(exchange.reply):
            return exchange
        return replace(exchange, reply=with_bytes(exchange.reply))


def check_id(result: CheckResult) -> CheckId | None:
    """Return the id of the check of a result; None if the check is not written in a case file."""
    return None if result.span is None else _span_id(result.span)


def _span_id(span: Span) -> CheckId:
    return span.source.name, span.line, span.column


def _check_ids(node: CheckNode) -> Iterator[CheckId]:
    if not isinstance(node, Check):
        yield _span_id(node.span)
        return
    for call in node.calls:
        if isinstance(call, Each):
            for inner in call.checks:
                yield from _check_ids(inner)
        else:
            yield _span_id(call.span)


def _fails_with_one_value(node: CheckNode) -> bool:
    """Return whether the check fails as soon as one value fails one matcher."""
    if not isinstance(node, Check):
        return False
    for call in node.calls:
        if isinstance(call, Each):
            if not all(map(_fails_with_one_value, call.checks)):
                return False
        elif not isinstance(call, MatcherCall):
            return False
    return True


def _variables(result: StepResult) -> Bindings:
    ran = next((part for part in (result, *result.parts) if part.scope is not None), None)
    return ran.scope.variables if ran is not None and ran.scope is not None else {}


def _extracted(result: StepResult) -> Bindings:
    return {name: Binding(value, "extract") for name, value in result.extracted.items()}


def _changed_extracts(result: StepResult, found: Mapping[str, Json]) -> dict[str, Binding]:
    return {
        name: Binding(value, "extract")
        for name, value in found.items()
        if name not in result.extracted or not same(value, result.extracted[name])
    }


def _variable_names(template: Template) -> set[str]:
    return {reference.name for reference in references(template) if reference.origin == "variable"}
