"""Judging many documents that share nearly everything: what was judged once of the original is not judged
again.

A value of the original is known by its identity: mutants share it, and it outlives the audit of its case.
Matchers are pure, so the outcome is the same; where a matcher reads the record too, the record must be the
original one as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from framework.base.jsonpath import Json
from framework.checks.context import EvaluationContext
from framework.checks.outcome import Contract, ContractSource, Matcher, Outcome, Sources, Violation
from framework.checks.quick import Check, quick_check
from framework.checks.schema import CompiledContract

_LONG = 32
_MARKED = "$id"
_MOST_KNOWN = 4
_NOTHING: Final = object()


def originals(documents: Iterable[Json]) -> frozenset[int]:
    """Return the identities of the containers and long texts of *documents*."""
    found: set[int] = set()
    waiting = list(documents)
    while waiting:
        value = waiting.pop()
        if isinstance(value, (dict, list)):
            found.add(id(value))
            waiting += value.values() if isinstance(value, dict) else value
        elif isinstance(value, str) and len(value) >= _LONG:
            found.add(id(value))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A prepared argument, with the outcomes that are known for it."""

    argument: object
    known: dict[int, Outcome] = field(default_factory=dict)
    with_record: dict[int, list[tuple[dict[str, Json], Outcome]]] = field(default_factory=dict)


class FirstFault(Exception):
    """A value fails; nothing more is asked."""


class _Watched(dict[str, Json]):
    """A record that remembers which of its members were read."""

    def __init__(self, record: dict[str, Json]) -> None:
        super().__init__(record)
        self.read: dict[str, Json] = {}

    def get(self, name: str, default: Json = None) -> Json:
        self.read[name] = super().get(name, _NOTHING)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Json:
        self.read[name] = super().get(name, _NOTHING)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.read[str(name)] = super().get(str(name), _NOTHING)
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
    """Wraps the matchers and contracts of a context for the audit of one case."""

    def __init__(self, context: EvaluationContext, documents: Iterable[Json], *, wording: bool) -> None:
        """*wording*: the findings are looked at, so a contract must say what is wrong and not only that
        something is.

        ``at_first``: raise ``FirstFault`` at the first value that fails; for checks of which every value must
        pass.
        """
        self.at_first = False
        self.known_values = originals(documents)
        self._prepared: dict[tuple[str, str], _Prepared] = {}
        contracts = context.contracts if wording else _Quick(context.contracts, self.known_values)
        self.context = replace(
            context,
            contracts=contracts,
            matchers={name: self._wrapped(row) for name, row in context.matchers.items()},
        )

    def _wrapped(self, row: Matcher) -> Matcher:
        if row.kind != "value" or row.measures:
            return row

        def prepare(argument: Json, sources: Sources) -> _Prepared:
            key = (row.name, repr(argument))
            if key not in self._prepared:
                self._prepared[key] = _Prepared(row.prepare(argument, sources))
            return self._prepared[key]

        return replace(
            row, prepare=prepare, judge=self._with_record(row) if row.needs_record else self._alone(row)
        )

    def _alone(self, row: Matcher) -> Callable[..., Outcome]:
        judge, known_values = row.judge, self.known_values

        def remembered(value: Json, prepared: _Prepared) -> Outcome:
            if id(value) not in known_values:
                return self._told(judge(value, prepared.argument))
            key = id(value)
            if key not in prepared.known:
                prepared.known[key] = judge(value, prepared.argument)
            return self._told(prepared.known[key])

        return remembered

    def _with_record(self, row: Matcher) -> Callable[..., Outcome]:
        judge, known_values = row.judge, self.known_values

        def remembered(value: Json, prepared: _Prepared, record: Json) -> Outcome:
            if id(value) not in known_values or not isinstance(record, dict):
                return self._told(judge(value, prepared.argument, record))
            known = prepared.with_record.setdefault(id(value), [])
            for read, outcome in known:
                if all(record.get(name, _NOTHING) is was for name, was in read.items()):
                    return self._told(outcome)
            watched = _Watched(record)
            outcome = judge(value, prepared.argument, watched)
            if len(known) < _MOST_KNOWN and id(record) in known_values:
                known.append((watched.read, outcome))
            return self._told(outcome)

        return remembered

    def _told(self, outcome: Outcome) -> Outcome:
        if self.at_first and not outcome.ok:
            raise FirstFault
        return outcome


class _Quick:
    """Contracts that say only whether a document is as they have it."""

    def __init__(self, contracts: ContractSource, known_values: frozenset[int]) -> None:
        self._contracts = contracts
        self._known_values = known_values
        self._made: dict[str, Contract] = {}

    def contract(self, name: str) -> Contract:
        if name not in self._made:
            self._made[name] = self._contract(self._contracts.contract(name))
        return self._made[name]

    def _contract(self, contract: Contract) -> Contract:
        if not isinstance(contract, CompiledContract):
            return contract
        schema, follow = contract.root()
        plain = (
            {key: value for key, value in schema.items() if key != _MARKED}
            if isinstance(schema, dict)
            else schema
        )
        check = quick_check(plain, follow, self._remembered)
        return contract if check is None else _YesOrNo(check)

    def _remembered(self, check: Check) -> Check:
        known: dict[int, bool] = {}
        known_values = self._known_values

        def remembered(value: Json) -> bool:
            key = id(value)
            if key not in known_values:
                return check(value)
            if key not in known:
                known[key] = check(value)
            return known[key]

        return remembered


_VIOLATION = (Violation("", ""),)


@dataclass(frozen=True, slots=True)
class _YesOrNo:
    check: Check

    def violations(self, document: Json) -> tuple[Violation, ...]:
        return () if self.check(document) else _VIOLATION
