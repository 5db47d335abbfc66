"""The record of one case of a run, as reports/run.json holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Status = Literal["passed", "failed", "broken", "skipped", "known", "warned"]
STATUSES: tuple[Status, ...] = get_args(Status)
JUDGED = ("passed", "failed", "known", "warned")
NO_DRIFT = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A case whose failures do not count for a time. ``until``: the last such day, yyyy-MM-dd."""

    reason: str
    until: str
    expired: bool = False


@dataclass(frozen=True, slots=True)
class CauseRecord:
    """One reason why a case is not green.

    ``category``: its stable English name. ``text``: the place and the kind of difference, without data, the
    same for all cases with this cause. ``example``: the expected and the actual value in this case.
    ``family``:
    causes of one family are different views of one fault (see ``causes``), empty for none.
    """

    category: str
    text: str
    example: str = ""
    family: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts of a red case that a reader needs first.

    ``place``: file:line:column of the check or of the mistake. ``request``: method, path and body of the
    request whose reply was wrong. ``curl``: a command line that sends it again. All are masked.
    """

    place: str = ""
    request: str = ""
    curl: str = ""


@dataclass(frozen=True, slots=True)
class HeldAlternative:
    """The alternative of a named ``any_of`` that held.

    ``place``: the name of the step as it is written in the suite, if there are several, and the place of the
    ``any_of`` in its checks. It stays the same if anything else is edited. One place has several names if the
    step sent several requests and the service answered differently.
    """

    place: str
    name: str


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case of a run.

    ``category`` and ``cause``: those of its first cause. ``causes``: all of them. ``duration``: seconds.
    ``elapsed``: milliseconds of each request. ``source``: a digest of the suite's file. ``unrecorded``: the
    number of checks that a tape could not answer. ``received``: bytes. ``deliberate``: the case is skipped
    because its own text says so, not because something is missing. ``shared``: replies that another case had
    got to the same question, so that no request was sent. ``alternatives``: the named alternatives that held.
    ``drift``: records added, changed and removed since the last acceptance.
    """

    id: str
    title: str
    status: Status
    headline: str = ""
    category: str = ""
    cause: str = ""
    duration: float = 0.0
    elapsed: tuple[float, ...] = ()
    checks: int = 0
    requests: int = 0
    quarantine: Quarantine | None = None
    source: str = ""
    unrecorded: int = 0
    received: int = 0
    deliberate: bool = False
    causes: tuple[CauseRecord, ...] = ()
    evidence: Evidence | None = None
    shared: int = 0
    alternatives: tuple[HeldAlternative, ...] = ()
    drift: tuple[int, int, int] = NO_DRIFT

    @property
    def name(self) -> str:
        """The id without the file."""
        return self.id.partition("::")[2] or self.id

    @property
    def all_causes(self) -> tuple[CauseRecord, ...]:
        """The causes; of a record without a list of them, its one cause."""
        if self.causes or not self.category:
            return self.causes
        return (CauseRecord(self.category, self.cause),)
