"""Everything that can be wrong and is not the service's fault, and how it is told.

::

    HarnessError                 where, what, how to fix
    ├── CaseFileError            a suite, a contract or a data file is wrong: found at collection
    ├── ConfigError              environments.yaml, the command line, a secret that is not set
    ├── UnresolvedError          a ${reference} that has no value when it is needed
    ├── CredentialError          the service refused the credentials, and the environment says that is what it
    means ├── MatcherError             a matcher of the team's own raised, or returned no verdict ├──
    TapeError                a tape that cannot be read, or does not hold the request ├── InternalError
        a fault of ours └── TransportError           no complete reply
        ├── ConnectError         refused, unresolved, TLS
        ├── TimedOutError        the reply did not end within the time limit
        ├── CutShortError        the connection ended inside the reply
        ├── TooLargeError        the reply is larger than the environment allows
        └── BlockedError         a host, or a redirect to one, that the environment does not name

None of these is an AssertionError: pytest and Allure colour them *broken*. The one error that is the
service's fault is
``run.verdict.CaseFailed``, an AssertionError: *failed*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from framework.base.messages import tr
from framework.base.source import Span, excerpt


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what it is, how to fix it. ``code`` is its stable English name."""

    code: str
    what: str
    how: str = ""
    span: Span | None = None


class HarnessError(Exception):
    """The base of all errors of ours: one or more problems, each told where it was made."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(render(problem) for problem in problems))
        self.problems = problems
        self._text = ""

    def told(self, text: str) -> HarnessError:
        """Return this error with the whole text people read (masked, with its circumstances)."""
        self._text = text
        return self

    def __str__(self) -> str:
        return self._text or super().__str__()


class CaseFileError(HarnessError):
    """A suite, a contract or a data file is wrong; holds all the problems of one file."""


class ConfigError(HarnessError):
    """environments.yaml or the command line is wrong, or a secret is not set."""


class UnresolvedError(HarnessError):
    """A reference has no value when it is needed."""


class CredentialError(HarnessError):
    """The service refused the environment's credentials: a matter of the run, not of the service."""


class MatcherError(HarnessError):
    """A matcher of the team's own raised, or returned something that is no verdict."""


class TapeError(HarnessError):
    """A tape cannot be read, or does not hold the request."""


class InternalError(HarnessError):
    """The harness itself is wrong."""


class TransportError(HarnessError):
    """There was no complete reply, so nothing could be checked."""


class ConnectError(TransportError):
    """The connection was refused, the name did not resolve, or TLS failed."""


class TimedOutError(TransportError):
    """The reply did not end within the time limit."""


class CutShortError(TransportError):
    """The connection ended inside the reply."""


class TooLargeError(TransportError):
    """The reply is larger than the environment allows."""


class BlockedError(TransportError):
    """The environment does not name this host, so nothing was sent to it."""


def render(problem: Problem) -> str:
    """Return the problem as at most six lines: place and what, excerpt, carets, how."""
    if problem.span is None:
        head = [f"{tr('错误')}: {problem.what}"]
    else:
        head = [f"{problem.span.place}: {problem.what}", *excerpt(problem.span)]
    return "\n".join([*head, *([f"     = {tr('改法')}: {problem.how}"] if problem.how else [])])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``你是不是要写 x?`` for the nearest known word, or an empty string."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return tr("你是不是要写 {near}?", near=near[0]) if near else ""
