"""The records that evaluation is given: one for all checks of a run, one for the argument of a matcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from framework.cases.datafile import find_data_file
from framework.checks.outcome import AcceptedValues, Contract, ContractSource, Matcher, Slot


def no_slot(_subject: str) -> None:
    """Outside the run of a case nothing was accepted, and nothing can be."""


@dataclass(frozen=True, slots=True)
class EvaluationContext:
    """Everything besides a reply that checks are evaluated with. ``root``: the folder that the names of case
    files start from. ``slots`` returns the accepted value for the check of a subject of the case that runs,
    ``accepted_values`` the values of a kind that were.
    """

    contracts: ContractSource
    matchers: Mapping[str, Matcher]
    root: Path = Path()
    slots: Callable[[str], Slot | None] = no_slot
    accepted_values: Callable[[str], AcceptedValues | None] = no_slot

    def finder(self, file: str) -> Callable[[str], Path]:
        """Return a function that finds the files that the case file *file* names."""
        path = self.root / file
        return partial(find_data_file, path.parent, self.root / Path(file).parts[0])


@dataclass(frozen=True, slots=True)
class MatcherContext:
    """The context in which a matcher prepares its argument. ``file`` is the name of the case file.

    ``now`` returns the time that ``${now}`` is. ``subject`` is the subject of the check, as written.
    """

    evaluation: EvaluationContext
    file: str
    now: Callable[[], datetime]
    subject: str = ""

    @property
    def slot(self) -> Slot | None:
        """The accepted value of this check.

        Raises:
            CaseFileError: another check of the case has the same subject.
        """
        return self.evaluation.slots(self.subject)

    def accepted_values(self, kind: str) -> AcceptedValues | None:
        """Return the accepted values of a kind, such as ``contracts/NAME``."""
        return self.evaluation.accepted_values(kind)

    def contract(self, name: str) -> Contract:
        """Return the contract of that name.

        Raises:
            CaseFileError: there is no such contract, or it cannot be read.
        """
        return self.evaluation.contracts.contract(name)

    @property
    def folder(self) -> Path:
        """The folder of the case file: data files are named relative to it."""
        return (self.evaluation.root / self.file).parent
