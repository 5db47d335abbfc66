"""The context that all cases of a process share: how to send, and how to evaluate checks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from framework.base.jsonpath import Json
from framework.cases.case import HookKind
from framework.cases.environments import Environment
from framework.cases.template import Binding
from framework.checks.context import EvaluationContext
from framework.checks.team_files import TeamFunction
from framework.http.exchange import Send
from framework.run.verdict import StepResult

Bindings = Mapping[str, Binding]
"""The variables of a case by name."""

Hide = Callable[[str, str], None]
"""Masks a secret from now on: its name and its value."""

TeamHooks = Callable[[HookKind], Mapping[str, TeamFunction]]
"""Returns the functions of the team of one kind, by name."""


TapedCall = Callable[[str, Callable[[], Json]], Json]
"""Gets the name of a function of the team and how to call it; returns what it returns."""


class SessionValues(Protocol):
    """The session of the run, as far as cases need it."""

    @property
    def values(self) -> Mapping[str, str]:
        """The values of the last login; empty before the first."""

    def needed_values(self) -> Mapping[str, str]:
        """Return the values, after a login if there was none; raise LoginError if it failed."""

    def take_steps(self) -> tuple[StepResult, ...]:
        """Return the steps of the logins since the last call."""


Progress = Callable[[str, int, int], None]
"""Reports a page of a long walk: title, pages so far, pages in all."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """The functions and data that running a case needs, and nothing of pytest.

    Attributes:
        send: the network, or a tape.
        checks: contracts and matchers for evaluating checks.
        hide: masks a secret that the case made.
        hooks: the functions of the team.
        session: set if the environment has a login.
        keeps_cookies: whether a case sends the cookies that it was given.
        taped: makes a function that sends one that also records, or that answers from a recording.
        changed: says that something outside of the requests may have changed the data of the service.
        taped_call: calls a function of the team, or returns what it returned when it was recorded.
        sleep: waits between the attempts of a ``retry`` and of a ``wait_for``; the argument is in seconds.
        clock: a time in seconds that never goes back.
    """

    send: Send
    checks: EvaluationContext
    environment: Environment
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    progress: Progress = lambda title, done, total: None
    hide: Hide = lambda name, value: None
    hooks: TeamHooks = lambda kind: {}
    session: SessionValues | None = None
    keeps_cookies: bool = True
    taped: Callable[[Send], Send] = lambda send: send
    taped_call: TapedCall = lambda name, function: function()
    changed: Callable[[], None] = lambda: None
