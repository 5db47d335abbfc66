"""Adds up the audits of all cases. Each fault is counted once for the suite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from framework.audit.audit import CaseAudit
from framework.audit.faults import Extent, FaultKey
from framework.audit.mutations import MUTATIONS, Mutation
from framework.audit.transport import REPLY_MUTATIONS, ReplyMutation
from framework.audit.walks import WALK_MUTATIONS, WalkMutation

BY_NAME: Mapping[str, Mutation | ReplyMutation | WalkMutation] = {
    one.name: one for one in (*MUTATIONS, *REPLY_MUTATIONS, *WALK_MUTATIONS)
}
EXTENTS: tuple[Extent, ...] = ("here", "everywhere")
PlainData = dict[str, Any]


@dataclass
class SuiteAudit:
    """The audit of all cases.

    ``tried``: the cases into whose replies a fault was put. ``noticed``: those that noticed it.
    ``suggestions``: the line of YAML for a fault, after the size of the reply and the case that it was found
    on. The least of these is kept, so that the result does not depend on how xdist distributes the cases.
    ``not_audited``: reasons by case.
    """

    tried: dict[FaultKey, list[str]] = field(default_factory=dict)
    noticed: dict[FaultKey, list[str]] = field(default_factory=dict)
    noticed_by_contains_true: set[FaultKey] = field(default_factory=set)
    idle: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    suggestions: dict[FaultKey, tuple[int, str, str]] = field(default_factory=dict)
    not_audited: dict[str, str] = field(default_factory=dict)
    mutants: int = 0
    possible_mutants: int = 0
    cases: int = 0

    def add(self, audit: CaseAudit) -> None:
        for key in (*audit.noticed, *audit.survived):
            self.tried.setdefault(key, []).append(audit.case)
        for key in audit.noticed:
            self.noticed.setdefault(key, []).append(audit.case)
        self.noticed_by_contains_true |= audit.noticed_by_contains_true
        if audit.idle:
            self.idle[audit.case] = audit.idle
        self.mutants += audit.mutants
        self.possible_mutants += audit.possible_mutants
        self.cases += 1

    def suggest(self, key: FaultKey, found: tuple[int, str, str]) -> None:
        self.suggestions[key] = min(found, self.suggestions.get(key, found))

    def score(self, extent: Extent | None = None) -> float:
        """Return the share of the faults that a case notices; 0 if nothing was audited."""
        return _share(self.noticed, self._keys_of(extent))

    def contains_true_score(self) -> float:
        """Return the share that the old harness's ``contains: True`` notices on the same replies."""
        return _share(self.noticed_by_contains_true, self._keys_of(None))

    def _keys_of(self, extent: Extent | None) -> list[FaultKey]:
        return [key for key in self.tried if extent in (None, key[3])]

    def survivors(self) -> list[FaultKey]:
        """Return the faults that no case notices, the worst first."""
        return sorted(
            (key for key in self.tried if key not in self.noticed), key=lambda key: (-severity(key), key)
        )

    # -- between processes

    def as_plain_data(self) -> PlainData:
        """Return plain data that xdist can send to another process."""
        number = {key: at for at, key in enumerate(self.tried)}
        return {
            "keys": [list(key) for key in number],
            "tried": list(self.tried.values()),
            "noticed": [[number[key], cases] for key, cases in self.noticed.items()],
            "noticed_by_contains_true": [
                number[key] for key in self.noticed_by_contains_true if key in number
            ],
            "idle": {case: [list(pair) for pair in pairs] for case, pairs in self.idle.items()},
            "suggestions": [[number[key], *found] for key, found in self.suggestions.items()],
            "not_audited": self.not_audited,
            "mutants": self.mutants,
            "possible_mutants": self.possible_mutants,
            "cases": self.cases,
        }

    def merge(self, data: PlainData) -> None:
        """Add the audit of another process."""
        keys: list[FaultKey] = [(one[0], one[1], one[2], one[3]) for one in data["keys"]]
        for key, cases in zip(keys, data["tried"], strict=True):
            self.tried.setdefault(key, []).extend(cases)
        for at, cases in data["noticed"]:
            self.noticed.setdefault(keys[at], []).extend(cases)
        self.noticed_by_contains_true |= {keys[at] for at in data["noticed_by_contains_true"]}
        self.idle.update(
            {case: [(title, place) for title, place in pairs] for case, pairs in data["idle"].items()}
        )
        for at, size, case, line in data["suggestions"]:
            self.suggest(keys[at], (size, case, line))
        self.not_audited.update(data["not_audited"])
        self.mutants += data["mutants"]
        self.possible_mutants += data["possible_mutants"]
        self.cases += data["cases"]


def severity(key: FaultKey) -> int:
    """Return the weight of a fault. ``everywhere`` weighs more, because a bad release is like that."""
    return BY_NAME[key[2]].severity * 2 + (key[3] == "everywhere")


def _share(found: Iterable[FaultKey], keys: list[FaultKey]) -> float:
    """Return which share of *keys* is in *found*."""
    known = set(found)
    return sum(key in known for key in keys) / len(keys) if keys else 0.0
