"""The result of one check, with every place that is not as expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from framework.base.source import Span

CheckStatus = Literal["passed", "failed", "unrecorded", "pending", "unaccepted"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that is not as expected. All texts are for people; the sinks mask and escape them.

    ``path`` is the place in the reply, ``$.data.result[3].id``; ``record`` the index and id of its row;
    ``what`` a sentence, if expected and actual alone do not say it; ``rule`` the stable name of the rule that
    found it. ``kind`` is the stable name of the kind of difference, without data, if the rule alone does not
    say it. ``branch`` is the number of the alternative of an ``any_of`` that it belongs to, 0 for none.
    ``replies`` names the replies that it is about, such as 第 3 页, if its step has several.
    """

    path: str
    expected: str
    actual: str
    what: str = ""
    record: tuple[int, str] | None = None
    rule: str = ""
    kind: str = field(default="", compare=False)
    branch: int = field(default=0, compare=False)
    replies: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Alternative:
    """The alternative of an ``any_of`` that held. ``place``: where the ``any_of`` is in its ``validate``."""

    place: str
    name: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict of one matcher on one subject.

    ``title`` is the check in words; ``evaluated`` counts the judged values (0 only if ``may_be_empty`` allows
    it, or the status is not passed); ``findings`` has every place that failed, in document order; ``notes``
    are places worth a look that fail nothing. The status ``unrecorded`` means that a replayed tape does not
    have the part of the reply, so the check was not judged. ``pending``: its findings are differences from
    the baseline, which wait for somebody to accept them; ``unaccepted``: nothing was accepted yet.
    ``alternatives``: of each named ``any_of`` in a check that passed, the one that held, the outer one first.
    """

    title: str
    status: CheckStatus
    evaluated: int = 0
    findings: tuple[Finding, ...] = ()
    span: Span | None = None
    implied: bool = False
    notes: tuple[Finding, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
