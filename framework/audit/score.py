"""What the audits of all cases add up to: each fault counted once for the suite, whoever saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from framework.audit.audit import CaseAudit
from framework.audit.faults import Extent, Key
from framework.audit.mutations import MUTATIONS, Mutation
from framework.audit.transport import REPLY_MUTATIONS, ReplyMutation
from framework.audit.walks import WALK_MUTATIONS, WalkMutation

BY_NAME: Mapping[str, Mutation | ReplyMutation | WalkMutation] = {
    one.name: one for one in (*MUTATIONS, *REPLY_MUTATIONS, *WALK_MUTATIONS)
}
EXTENTS: tuple[Extent, ...] = ("here", "everywhere")
Wire = dict[str, Any]


@dataclass
class Suite:
    """``seen``: fault to the cases whose replies it was put into; ``noticed``: those that noticed; ``lines``:
    a YAML line for a fault, with the size of the reply and the case it was found on, so that every way of
    sharing out the cases finds the same.
    """

    seen: dict[Key, list[str]] = field(default_factory=dict)
    noticed: dict[Key, list[str]] = field(default_factory=dict)
    old: set[Key] = field(default_factory=set)
    idle: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    lines: dict[Key, tuple[int, str, str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    made: int = 0
    possible: int = 0
    cases: int = 0

    def add(self, audit: CaseAudit) -> None:
        for key in (*audit.noticed, *audit.survived):
            self.seen.setdefault(key, []).append(audit.case)
        for key in audit.noticed:
            self.noticed.setdefault(key, []).append(audit.case)
        self.old |= audit.old
        if audit.idle:
            self.idle[audit.case] = audit.idle
        self.made += audit.made
        self.possible += audit.possible
        self.cases += 1

    def suggest(self, key: Key, found: tuple[int, str, str]) -> None:
        self.lines[key] = min(found, self.lines.get(key, found))

    def score(self, extent: Extent | None = None) -> float:
        """Return the share of the faults that some case notices; 0 where nothing was audited."""
        return _share(self.noticed, self._of(extent))

    def old_score(self) -> float:
        """Return the share that the old harness's ``contains: True`` notices, on the same replies."""
        return _share(self.old, self._of(None))

    def _of(self, extent: Extent | None) -> list[Key]:
        return [key for key in self.seen if extent in (None, key[3])]

    def survivors(self) -> list[Key]:
        """Return what nothing notices, worst first."""
        return sorted(
            (key for key in self.seen if key not in self.noticed), key=lambda key: (-severity(key), key)
        )

    # -- between processes

    def wire(self) -> Wire:
        """Return plain data that xdist can carry."""
        table = {key: at for at, key in enumerate(self.seen)}
        return {
            "keys": [list(key) for key in table],
            "seen": list(self.seen.values()),
            "noticed": [[table[key], cases] for key, cases in self.noticed.items()],
            "old": [table[key] for key in self.old if key in table],
            "idle": {case: [list(pair) for pair in pairs] for case, pairs in self.idle.items()},
            "lines": [[table[key], *found] for key, found in self.lines.items()],
            "left_out": self.left_out,
            "made": self.made,
            "possible": self.possible,
            "cases": self.cases,
        }

    def merge(self, wire: Wire) -> None:
        """Add what another process found."""
        keys: list[Key] = [(one[0], one[1], one[2], one[3]) for one in wire["keys"]]
        for key, cases in zip(keys, wire["seen"], strict=True):
            self.seen.setdefault(key, []).extend(cases)
        for at, cases in wire["noticed"]:
            self.noticed.setdefault(keys[at], []).extend(cases)
        self.old |= {keys[at] for at in wire["old"]}
        self.idle.update(
            {case: [(title, place) for title, place in pairs] for case, pairs in wire["idle"].items()}
        )
        for at, size, case, line in wire["lines"]:
            self.suggest(keys[at], (size, case, line))
        self.left_out.update(wire["left_out"])
        self.made += wire["made"]
        self.possible += wire["possible"]
        self.cases += wire["cases"]


def severity(key: Key) -> int:
    """A release does it everywhere: that weighs more than one place of one reply."""
    return BY_NAME[key[2]].severity * 2 + (key[3] == "everywhere")


def _share(those: Iterable[Key], among: list[Key]) -> float:
    found = set(those)
    return sum(key in found for key in among) / len(among) if among else 0.0
