"""A case judged again on other replies, without a request: did it turn red?

The steps are gone through in order, as they ran. What a changed reply changes in the extracts goes on into
the steps after it. Where a later request would then have been another one, its reply is not known: the case
is not judged beyond that, and what only shows there counts as not noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from framework.audit.memo import FirstFault, Memory
from framework.audit.places import Place
from framework.audit.reach import Sight, sight_of, sight_of_extracts
from framework.audit.several import repeated, together_places, walked_again
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
from framework.run.verdict import StepResult, Verdict

Excused = Callable[[Finding], bool]
Mark = tuple[str, int, int]
"""Where a check is written: what tells it from others."""
Bindings = Mapping[str, Binding]


class _Red(Exception):
    """A check failed, or the case could not go on: it would have been seen."""


class _Unknown(Exception):
    """What comes next is not in the recording."""


@dataclass(frozen=True, slots=True)
class Change:
    """Other replies in the place of recorded ones, by the identity of the exchange. ``places``: what differs
    in them; None where that is more than some places of the JSON.
    """

    exchanges: Mapping[int, Exchange]
    places: tuple[Place, ...] | None = None

    def of(self, exchange: Exchange) -> Exchange:
        return self.exchanges.get(id(exchange), exchange)


class Replay:
    """Judges one case on changed replies. ``decided`` gathers the checks that failed at least once."""

    def __init__(self, case: Case, verdict: Verdict, memory: Memory, excused: Excused | None = None) -> None:
        self.case, self.verdict, self.context, self.excused = case, verdict, memory.context, excused
        self._memory = memory
        self.decided: set[Mark] = set()
        self._sights: dict[int, Sight] = {}
        self._marks: dict[int, tuple[Mark, ...]] = {}

    def notices(self, change: Change) -> bool:
        """Return whether the case would not have passed."""
        new: dict[str, Binding] = {}
        try:
            for result in self.verdict.steps:
                if result.step is not None:
                    new.update(self._step(result, result.step, change, new))
            last = self.verdict.steps[-1]
            if self.case.checks and new and all(result.status == "passed" for result in self.verdict.steps):
                scope = Scope({**_variables(last), **_after(last), **new})
                self._judge(self.case.checks, None, scope, change, frozenset(new), on_changed=False)
        except _Red:
            return True
        except _Unknown:
            return False
        return False

    # -- steps

    def _step(self, result: StepResult, step: Step, change: Change, new: Bindings) -> dict[str, Binding]:
        """Return the extracts that come out otherwise."""
        if step.for_each is None:
            found = self._round(result, step, change, new)
            return {} if found is None else _differing(result, found)
        if _names(step.for_each.values) & new.keys():
            raise _Unknown  # other rounds than those that ran
        rounds = [(part, self._round(part, step, change, new)) for part in result.parts]
        if all(found is None for _, found in rounds):
            return {}
        return _differing(
            result,
            gather(step.extracts, [part.extracted if found is None else found for part, found in rounds]),
        )

    def _round(
        self, result: StepResult, step: Step, change: Change, new: Bindings
    ) -> Mapping[str, Json] | None:
        """Judge one round; return its extracts, None where nothing of it is touched."""
        if result.scope is None:
            return None
        scope = replace(result.scope, variables={**result.scope.variables, **new}) if new else result.scope
        if new and _names(step.request) & new.keys():
            self._same_request(step, scope)
        if step.walk is not None or step.repeat > 1:
            return self._several(result, step, scope, change, new)
        assert result.exchange is not None
        exchange = change.of(result.exchange)
        if exchange is result.exchange and not new:
            return None
        return self._together(result, exchange, scope, change, new)

    @staticmethod
    def _same_request(step: Step, scope: Scope) -> None:
        try:
            rendered = render(step.request, replace(scope, request=None))
        except HarnessError:
            raise _Red from None
        if not same(rendered, scope.request):
            raise _Unknown

    def _several(
        self, result: StepResult, step: Step, scope: Scope, change: Change, new: Bindings
    ) -> Mapping[str, Json] | None:
        parts = [(part, change.of(part.exchange)) for part in result.parts if part.exchange is not None]
        touched = any(exchange is not part.exchange for part, exchange in parts)
        if not touched and not new:
            return None
        exchanges = [exchange for _, exchange in parts]
        walked = walked_again(step.walk, scope.request, exchanges) if step.walk is not None else None
        for part, exchange in parts[: len(walked.pages) if walked else None]:
            if part.scope is not None and (exchange is not part.exchange or new):
                within = replace(part.scope, variables={**part.scope.variables, **new})
                self._judge(
                    step.each_reply,
                    exchange,
                    within,
                    change,
                    frozenset(new),
                    on_changed=exchange is not part.exchange,
                )
        places = change.places and tuple(
            place for one in change.places for place in together_places(step.walk, one)
        )
        if (
            walked is not None
            and (places is None or ("total",) in places)
            and any(map(self._fails, invariants(walked)))
        ):
            raise _Red
        document = walked.document if walked is not None else repeated(exchanges)
        return self._together(
            result,
            None,
            replace(scope, reply=document),
            Change(change.exchanges, places if touched else ()),
            new,
        )

    def _fails(self, result: CheckResult) -> bool:
        return result.status == "failed" and self._counts(result)

    def _together(
        self, result: StepResult, exchange: Exchange | None, scope: Scope, change: Change, new: Bindings
    ) -> Mapping[str, Json]:
        """Extract, then check, as a step does."""
        step, found = result.step, result.extracted
        assert step is not None
        on_changed = exchange is not result.exchange or exchange is None
        if step.extracts and self._touches(
            sight_of_extracts(step.extracts), change, frozenset(new), on_changed=on_changed
        ):
            found, misses = extract(
                step.extracts, self._readable(exchange, sight_of_extracts(step.extracts)), scope
            )
            if misses:
                raise _Red
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
            change,
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
        change: Change,
        new: frozenset[str],
        *,
        on_changed: bool,
    ) -> None:
        """Evaluate the checks that can see what changed: first those that have not decided anything yet, so
        that each that can fail is seen to fail; then the others, as far as the first that fails.
        """
        asked = any(self._sight(node).asks_status for node in nodes)
        if on_changed and exchange is not None and not asked and self._fails(implied_status_check(exchange)):
            raise _Red
        seeing = [
            node for node in nodes if self._touches(self._sight(node), change, new, on_changed=on_changed)
        ]
        if not seeing:
            return
        fresh = [node for node in seeing if not self._has_decided(node)]
        if fresh:
            self._evaluate(fresh, exchange, scope)
        for node in seeing:
            if node not in fresh:
                self._memory.at_first = self.excused is None and _conjunctive(node)
                self._evaluate([node], exchange, scope)

    def _evaluate(self, nodes: Sequence[CheckNode], exchange: Exchange | None, scope: Scope) -> None:
        looks_at_body = exchange is not None and any(self._sight(node).body for node in nodes)
        try:
            results = evaluate(
                nodes, self._body_of(exchange) if looks_at_body else exchange, scope, self.context
            )
        except (HarnessError, FirstFault):
            # broken, and seen; or a value that fails a check of which every value must pass
            raise _Red from None
        finally:
            self._memory.at_first = False
        red = False
        for result in results:
            if not result.implied and self._fails(
                result
            ):  # an implied one stands for a check that was left out here
                red = True
                self.decided.update(mark for mark in [mark_of(result)] if mark)
        if red:
            raise _Red

    def _counts(self, result: CheckResult) -> bool:
        return (
            self.excused is None
            or not result.findings
            or any(not self.excused(finding) for finding in result.findings)
        )

    def _touches(self, sight: Sight, change: Change, new: frozenset[str], *, on_changed: bool) -> bool:
        return bool(sight.variables & new) or (
            on_changed and (change.places is None or sight.sees(change.places))
        )

    def _sight(self, node: CheckNode) -> Sight:
        sight = self._sights.get(id(node))
        if sight is None:
            sight = self._sights[id(node)] = sight_of(node, self.context.matchers)
        return sight

    def _has_decided(self, node: CheckNode) -> bool:
        marks = self._marks.get(id(node))
        if marks is None:
            marks = self._marks[id(node)] = tuple(_marks(node))
        return all(mark in self.decided for mark in marks)

    def _readable(self, exchange: Exchange | None, sight: Sight) -> Exchange | None:
        return self._body_of(exchange) if sight.body else exchange

    @staticmethod
    def _body_of(exchange: Exchange | None) -> Exchange | None:
        """Return the exchange with the bytes of its JSON, where only the JSON was changed."""
        if exchange is None or not is_stale(exchange.reply):
            return exchange
        return replace(exchange, reply=with_bytes(exchange.reply))


def mark_of(result: CheckResult) -> Mark | None:
    """Return where the check of a result is written; None for a check that nobody wrote."""
    return None if result.span is None else _mark(result.span)


def _mark(span: Span) -> Mark:
    return span.source.name, span.line, span.column


def _marks(node: CheckNode) -> Iterator[Mark]:
    if not isinstance(node, Check):
        yield _mark(node.span)
        return
    for call in node.calls:
        if isinstance(call, Each):
            for inner in call.checks:
                yield from _marks(inner)
        else:
            yield _mark(call.span)


def _conjunctive(node: CheckNode) -> bool:
    """Whether one value that fails one matcher fails the check."""
    return isinstance(node, Check) and all(
        isinstance(call, MatcherCall) or (isinstance(call, Each) and all(map(_conjunctive, call.checks)))
        for call in node.calls
    )


def _variables(result: StepResult) -> Bindings:
    ran = next((part for part in (result, *result.parts) if part.scope is not None), None)
    return ran.scope.variables if ran is not None and ran.scope is not None else {}


def _after(result: StepResult) -> Bindings:
    return {name: Binding(value, "extract") for name, value in result.extracted.items()}


def _differing(result: StepResult, found: Mapping[str, Json]) -> dict[str, Binding]:
    return {
        name: Binding(value, "extract")
        for name, value in found.items()
        if name not in result.extracted or not same(value, result.extracted[name])
    }


def _names(template: Template) -> set[str]:
    return {reference.name for reference in references(template) if reference.origin == "variable"}
