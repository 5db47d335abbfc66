"""Groups the cases of a run by cause, so that two hundred failures with five causes are five entries.

A case counts under each of its causes. A cause whose cases all have a larger cause too is listed beneath the
larger one that it shares most cases with: whoever mends that one probably mends both. So is a cause of the
same family as a larger one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from framework.report.case_record import CaseRecord, CauseRecord

_PRECISION = {"empty": 1, "vague": 2}
"""The order of families by how well they say where the fault is; all others are 0."""


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """A cause and its cases, with those of the causes ``beneath`` it."""

    cause: CauseRecord
    cases: tuple[CaseRecord, ...]
    beneath: tuple[CauseGroup, ...] = ()

    @property
    def text(self) -> str:
        return self.cause.text

    @property
    def category(self) -> str:
        return self.cause.category

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the cause and of those beneath it."""
        return (self.text, *(group.text for group in self.beneath))

    @property
    def first(self) -> CaseRecord:
        """The case to look at: of those that have this very cause, one that ran, with the fewest causes."""
        own = [case for case in self.cases if self.text in {cause.text for cause in case.all_causes}]
        return min(own, key=lambda case: (case.status == "skipped", len(case.all_causes), case.id))

    @property
    def example(self) -> str:
        return next(cause.example for cause in self.first.all_causes if cause.text == self.text)


def group_by_cause(cases: Iterable[CaseRecord]) -> tuple[CauseGroup, ...]:
    """Return the causes of *cases*, the one with the most cases first."""
    members: dict[str, list[CaseRecord]] = {}
    records: dict[str, Counter[CauseRecord]] = {}
    for case in cases:
        for cause in case.all_causes:
            members.setdefault(cause.text, []).append(case)
            # The same place and kind may be found by a contract and by a comparison.
            records.setdefault(cause.text, Counter())[replace(cause, example="")] += 1
    # Sorting is stable: among equals, the cause that a case met first comes first.
    texts = sorted(members, key=lambda text: -len(members[text]))
    groups = [CauseGroup(_most_common(records[text]), tuple(members[text])) for text in texts]
    return _nested(sorted(groups, key=lambda group: _PRECISION.get(group.cause.family, 0)))


def _most_common(records: Counter[CauseRecord]) -> CauseRecord:
    """Return the record that most cases have; a cause that makes any case red is no mere warning."""
    red = Counter({record: n for record, n in records.items() if record.category not in ("warning", "known")})
    return (red or records).most_common(1)[0][0]


def _nested(groups: list[CauseGroup]) -> tuple[CauseGroup, ...]:
    top: list[CauseGroup] = []
    for group in groups:
        parent = _parent(group, top)
        if parent is None:
            top.append(group)
        else:
            index = top.index(parent)
            merged = {case.id: case for case in (*parent.cases, *group.cases)}
            top[index] = CauseGroup(parent.cause, tuple(merged.values()), (*parent.beneath, group))
    return tuple(sorted(top, key=lambda group: -len(group.cases)))


def _parent(group: CauseGroup, top: list[CauseGroup]) -> CauseGroup | None:
    """Return the larger group that *group* belongs beneath; None if it is a cause of its own."""
    own = {case.id for case in group.cases}
    if own <= {case.id for larger in top for case in larger.cases}:
        return max(top, key=lambda larger: sum(case.id in own for case in larger.cases))
    family = group.cause.family
    if family == "vague" and top:
        return top[0]
    kin = (family, "list", "row:") if family == "empty" else (family,) if family else ()
    # A list in which nothing was found: its records are others, or the one that was looked for is.
    related = (larger for name in kin for larger in top if larger.cause.family.startswith(name))
    return next(related, None)
