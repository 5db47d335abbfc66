"""The errors of the harness: all failures for which the service under test is not to blame.

::

    HarnessError
    ├── CaseFileError            a suite, a contract or a data file is wrong; found at collection
    ├── ConfigError              environments.yaml or the command line is wrong, or a secret is not set
    ├── UnresolvedError          a ${reference} has no value when it is needed
    ├── CredentialError          the service rejected the credentials of the environment
    ├── LoginError               the login of the environment failed
    ├── TeardownError            the teardown of a case did not succeed
    ├── MatcherError             a team's own matcher raised, or did not return a verdict
    ├── HookError                a team's own function raised, or did not return what it should
    ├── NotAskedError            skip_unless: with the data of this service, a case makes no sense
    ├── TapeError                a tape cannot be read, or does not hold the request
    ├── InternalError            a bug in the harness
    └── TransportError           there was no complete reply
        ├── ConnectError         connection refused, host not resolved, TLS failed
        ├── TimedOutError        the reply did not end within the time limit
        ├── CutShortError        the connection ended inside the reply
        ├── TooLargeError        the reply is larger than the environment allows
        └── BlockedError         the environment does not name the host

None of these is an AssertionError, so pytest and Allure report them as *broken*. If the service is wrong, the
error is ``framework.run.verdict.CaseFailed``, which is an AssertionError and is reported as *failed*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from framework.base.messages import tr
from framework.base.source import Span, excerpt


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake and how to fix it.

    ``code`` is a stable English name that tools and tests can rely on; ``what`` and ``how`` are texts for
    people.
    """

    code: str
    what: str
    how: str = ""
    span: Span | None = None


_Same = TypeVar("_Same", bound="HarnessError")


class HarnessError(Exception):
    """The base class: one or more problems, each with the place in the source at which it was made."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(render(problem) for problem in problems))
        self.problems = problems
        self._text = ""

    @classmethod
    def of(cls: type[_Same], code: str, what: str, how: str = "", span: Span | None = None) -> _Same:
        """Return the error with one problem."""
        return cls(Problem(code, what, how, span))

    def with_text(self, text: str) -> HarnessError:
        """Make ``str`` return *text*, for example a masked one; return the error itself."""
        self._text = text
        return self

    def __str__(self) -> str:
        return self._text or super().__str__()


class CaseFileError(HarnessError):
    """A suite, a contract or a data file is wrong; holds all problems of that file."""


class ConfigError(HarnessError):
    """environments.yaml or the command line is wrong, or a secret is not set."""


class UnresolvedError(HarnessError):
    """A reference has no value when it is needed."""


class CredentialError(HarnessError):
    """The service rejected the credentials of the environment.

    The run was set up wrongly, so this says nothing about the quality of the service.
    """


class TeardownError(HarnessError):
    """The teardown of a case did not succeed. The data that the case made may still exist."""


class LoginError(HarnessError):
    """The login of the environment failed, so the cases that need its session cannot run."""


class MatcherError(HarnessError):
    """A team's own matcher raised, or did not return a verdict."""


class HookError(HarnessError):
    """A team's own function raised, or returned a wrong result."""


class NotAskedError(HarnessError):
    """With the data that the service has, the case makes no sense. It is skipped, not broken."""


class TapeError(HarnessError):
    """A tape cannot be read, or does not hold the request."""


class BaselineError(HarnessError):
    """A baseline cannot be read, or a candidate cannot be accepted."""


class InternalError(HarnessError):
    """The harness has a bug."""


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
    """Return the problem as a few lines: place and message, excerpt, carets, fix."""
    if problem.span is None:
        head = [tr("错误：{what}", what=problem.what)]
    else:
        head = [f"{problem.span.place}: {problem.what}", *excerpt(problem.span)]
    fix = ["     = " + tr("改法：{how}", how=problem.how)] if problem.how else []
    return "\n".join([*head, *fix])


def empty_option(name: str) -> Problem:
    """Return the problem of an option whose value is empty, as a variable that is not set makes it in CI."""
    return Problem(
        "empty-option",
        tr("{name} 的值是空的", name=name),
        tr("写明值，或不写 {name}；在 CI 里多半是一个没有设置的变量", name=name),
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``你是不是要写 x?`` for the nearest known word, or an empty string."""
    nearest = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return tr("你是不是要写 {near}？", near=nearest[0]) if nearest else ""
