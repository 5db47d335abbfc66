"""Remembers the outcomes of matchers on the values of the original replies, which mutants share.

A value is identified by its ``id()``. That is safe, because the original replies live as long as the audit of
their case. Matchers are pure, so the outcome is always the same. If a matcher reads the record too, the
members that it read must be the original ones as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from framework.base.jsonpath import Json
from framework.checks.context import EvaluationContext
from framework.checks.outcome import (
    Contract,
    ContractSource,
    IsAccepted,
    Matcher,
    Outcome,
    Sources,
    Violation,
)
from framework.checks.quick import Check, quick_check
from framework.checks.schema import CompiledContract

_LONG_TEXT = 32  # judging a shorter text again costs less than remembering it
_IDENTIFIER = "$id"
_MAX_OUTCOMES = 4
_MISSING: Final = object()


def original_ids(documents: Iterable[Json]) -> frozenset[int]:
    """Return the identities of the containers and long texts of *documents*."""
    found: set[int] = set()
    waiting = list(documents)
    while waiting:
        value = waiting.pop()
        if isinstance(value, (dict, list)):
            found.add(id(value))
            waiting += value.values() if isinstance(value, dict) else value
        elif isinstance(value, str) and len(value) >= _LONG_TEXT:
            found.add(id(value))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _PreparedArgument:
    """A prepared argument with the outcomes that are known for it, by the identity of the value."""

    argument: object
    known: dict[int, Outcome] = field(default_factory=dict)
    with_record: dict[int, list[tuple[dict[str, Json], Outcome]]] = field(default_factory=dict)


class FirstFailure(Exception):
    """A value fails, so the other values need not be judged."""


class _ReadTracker(dict[str, Json]):
    """A record that remembers which of its members a matcher read."""

    def __init__(self, record: dict[str, Json]) -> None:
        super().__init__(record)
        self.read: dict[str, Json] = {}

    def get(self, name: str, default: Json = None) -> Json:
        self.read[name] = super().get(name, _MISSING)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Json:
        self.read[name] = super().get(name, _MISSING)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.read[str(name)] = super().get(str(name), _MISSING)
        return super().__contains__(name)

    def _all(self) -> None:
        self.read.update(self)

    def __iter__(self) -> Iterator[str]:
        self._all()
        return super().__iter__()

    def keys(self) -> Any:
        self._all()
        return super().keys()

    def values(self) -> Any:
        self._all()
        return super().values()

    def items(self) -> Any:
        self._all()
        return super().items()


class Memory:
    """Wraps the matchers and contracts of a context for the audit of one case.

    With ``stop_at_first_failure``, matchers raise ``FirstFailure`` at the first value that fails. It is for
    checks that fail if one value fails.
    """

    def __init__(self, context: EvaluationContext, documents: Iterable[Json], *, need_findings: bool) -> None:
        """*need_findings*: contracts must return their findings, not only whether there are any."""
        self.stop_at_first_failure = False
        self.original_values = original_ids(documents)
        self._prepared: dict[tuple[str, str], _PreparedArgument] = {}
        contracts = (
            context.contracts if need_findings else _FastContracts(context.contracts, self.original_values)
        )
        self.context = replace(
            context,
            contracts=contracts,
            matchers={name: self._wrap_matcher(row) for name, row in context.matchers.items()},
        )

    def _wrap_matcher(self, row: Matcher) -> Matcher:
        if row.kind != "value" or row.measures:
            return row

        def prepare(argument: Json, sources: Sources) -> _PreparedArgument:
            key = (row.name, repr(argument))
            if key not in self._prepared:
                self._prepared[key] = _PreparedArgument(row.prepare(argument, sources))
            return self._prepared[key]

        return replace(
            row,
            prepare=prepare,
            judge=self._judge_with_record(row) if row.needs_record else self._judge_value(row),
        )

    def _judge_value(self, row: Matcher) -> Callable[..., Outcome]:
        judge, original_values = row.judge, self.original_values

        def remembered(value: Json, prepared: _PreparedArgument) -> Outcome:
            if id(value) not in original_values:
                return self._stop_if_failed(judge(value, prepared.argument))
            key = id(value)
            if key not in prepared.known:
                prepared.known[key] = judge(value, prepared.argument)
            return self._stop_if_failed(prepared.known[key])

        return remembered

    def _judge_with_record(self, row: Matcher) -> Callable[..., Outcome]:
        judge, original_values = row.judge, self.original_values

        def remembered(value: Json, prepared: _PreparedArgument, record: Json) -> Outcome:
            if id(value) not in original_values or not isinstance(record, dict):
                return self._stop_if_failed(judge(value, prepared.argument, record))
            known = prepared.with_record.setdefault(id(value), [])
            for members_read, outcome in known:
                if all(record.get(name, _MISSING) is value for name, value in members_read.items()):
                    return self._stop_if_failed(outcome)
            tracker = _ReadTracker(record)
            outcome = judge(value, prepared.argument, tracker)
            # The record of a mutant may be freed, and its id used again, so only originals are remembered.
            if len(known) < _MAX_OUTCOMES and id(record) in original_values:
                known.append((tracker.read, outcome))
            return self._stop_if_failed(outcome)

        return remembered

    def _stop_if_failed(self, outcome: Outcome) -> Outcome:
        if self.stop_at_first_failure and not outcome.ok:
            raise FirstFailure
        return outcome


class _FastContracts:
    """Contracts that return only whether a document is valid, which is faster."""

    def __init__(self, contracts: ContractSource, original_values: frozenset[int]) -> None:
        self._contracts = contracts
        self._original_values = original_values
        self._made: dict[str, Contract] = {}

    def contract(self, name: str) -> Contract:
        if name not in self._made:
            self._made[name] = self._contract(self._contracts.contract(name))
        return self._made[name]

    def _contract(self, contract: Contract) -> Contract:
        if not isinstance(contract, CompiledContract):
            return contract
        schema, follow = contract.root()
        if isinstance(schema, dict):
            schema = {key: value for key, value in schema.items() if key != _IDENTIFIER}
        check = quick_check(schema, follow, self._remember_check)
        return contract if check is None else _BooleanContract(check, contract)

    def _remember_check(self, check: Check) -> Check:
        known: dict[int, bool] = {}
        original_values = self._original_values

        def remembered(value: Json) -> bool:
            key = id(value)
            if key not in original_values:
                return check(value)
            if key not in known:
                known[key] = check(value)
            return known[key]

        return remembered


_FAULT = (Violation("", ""),)


@dataclass(frozen=True, slots=True)
class _BooleanContract:
    """A contract whose only fault says nothing more than that the document is invalid."""

    check: Check
    whole: Contract

    def violations(self, document: Json, is_accepted: IsAccepted | None = None) -> tuple[Violation, ...]:
        if self.check(document):
            return ()
        return self.whole.violations(document, is_accepted) if is_accepted else _FAULT
