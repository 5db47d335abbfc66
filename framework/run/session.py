"""The session of a run: one login for all its processes, and another one when the service has ended it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from framework.base import clock
from framework.base.errors import HarnessError, LoginError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.environments import Environment, environment_definitions
from framework.cases.request import Request
from framework.cases.variables import resolve_definitions
from framework.http.exchange import Exchange, Send
from framework.http.masking import MIN_LENGTH
from framework.run.context import Bindings, RunContext
from framework.run.cookies import with_cookies
from framework.run.missing_secrets import refuse_missing_secrets
from framework.run.rejections import carried, rejection_of, request_texts
from framework.run.shared_login import Login, SharedFile, Values
from framework.run.steps import run_step
from framework.run.teardown_result import reason_of
from framework.run.verdict import StepResult


class Memory:
    """Keeps the login of a run that has one process. The users of a load test share it."""

    def __init__(self) -> None:
        self._login: Login | None = None
        self._lock = threading.Lock()

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._lock:
            yield

    def read(self) -> Login | None:
        return self._login

    def write(self, login: Login) -> None:
        self._login = login


class ReplayedSession:
    """The session of a replay, with the values that the recording has. It never logs in.

    Args:
        values: by name; None if the login had failed when it was recorded.
    """

    def __init__(self, values: Values | None) -> None:
        self.values: Values = values or {}
        self._has_failed = values is None

    def needed_values(self) -> Values:
        """Return the values.

        Raises:
            LoginError: the login had failed.
        """
        if self._has_failed:
            raise LoginError(Problem("login-failed", tr("录制时登录没有成功"), tr("能登录之后重新录制")))
        return self.values

    def take_steps(self) -> tuple[StepResult, ...]:
        """Return nothing: a replay never logs in."""
        return ()


class Session:
    """The session as one process sees it.

    Args:
        context: sends without a session, for the login itself.
        store: keeps the login.
        learned: called with the name and the value of everything that a login returned, and whether that is
            a secret.
    """

    def __init__(
        self, context: RunContext, store: Memory | SharedFile, learned: Callable[[str, str, bool], None]
    ) -> None:
        self._context = context
        self._store = store
        self._learned = learned
        self._login: Login | None = None
        self._old: dict[str, str] = {}
        self._steps: list[StepResult] = []
        self._refused = 0

    @property
    def values(self) -> Values:
        """The secrets of the last login that this process knows; empty before the first."""
        return self._login.values if self._login else {}

    def needed_values(self) -> Values:
        """Return the values of the session. The first process that asks logs in.

        Raises:
            LoginError: the login failed, now or in another process.
        """
        if self._login is None:
            with self._store.locked():
                self._take(self._login_after(0)[0])
        assert self._login is not None
        if self._login.failure:
            raise self._failed(self._login)
        return {**self._login.public, **self._login.values}

    def take_steps(self) -> tuple[StepResult, ...]:
        """Return the steps of the logins since the last call."""
        steps, self._steps = tuple(self._steps), []
        return steps

    def _failed(self, login: Login) -> LoginError:
        return LoginError(Problem("login-failed", login.failure, login.how or _how(), self._span))

    @property
    def _span(self) -> Any:
        return self._context.environment.login[0].span

    def _login_after(self, number: int) -> tuple[Login, bool]:
        """Return the login after *number*, and whether it is new. Call this under the lock.

        Another process may have made it already.
        """
        login = self._store.read()
        if login is not None and login.number > number:
            return login, False
        login = self._log_in(number + 1)
        self._store.write(login)
        return login, True

    def _log_in(self, number: int) -> Login:
        environment = self._context.environment
        try:
            with clock.live_sources():  # a replay never logs in, so the recording must not note these
                return _run_login(number, environment, self._context, self._steps)
        except HarnessError as error:
            return Login(number, failure=error.problems[0].what, how=error.problems[0].how)

    def _take(self, login: Login) -> None:
        if self._login is not None and self._login.number == login.number:
            return
        for name, value in self.values.items():
            self._old[value] = name
        self._login = login
        for name, value in login.values.items():
            self._old.pop(value, None)
            self._learned(name, value, True)
        for name, value in login.public.items():
            self._learned(name, value, False)

    # -- sending

    def sending(self, send: Send) -> Send:
        """Return *send*. If the service has ended the session, it logs in and sends the request once more."""

        def send_in_session(request: Request) -> Exchange:
            request = self._with_current(request)
            is_in_session, number = self._carries(request), self._number
            exchange = send(request)
            if not is_in_session:
                return exchange
            if not rejection_of(exchange, self._context):
                self._refused = 0
                return exchange
            return self._send_renewed(request, exchange, send, number)

        return send_in_session

    def _send_renewed(self, request: Request, exchange: Exchange, send: Send, number: int) -> Exchange:
        """Send *request* in the session after *number*; return the *exchange* at hand if there is none.

        A session may live for a few requests only, and other processes may have used up the one that they
        made. Nobody else knows one that was made under the lock, so its first reply is conclusive: if that is
        a rejection too, the next request does not log in.

        Raises:
            LoginError: the login failed.
        """
        with self._store.locked():
            while number != self._refused:
                login, is_new = self._login_after(number)
                self._take(login)
                if login.failure:
                    raise self._failed(login)
                again = send(self._with_current(request))
                exchange = replace(again, attempts=exchange.attempts + again.attempts)
                number = login.number
                if not rejection_of(exchange, self._context):
                    self._refused = 0
                    break
                if is_new:
                    self._refused = number
        return exchange

    @property
    def _number(self) -> int:
        return self._login.number if self._login else 0

    def _carries(self, request: Request) -> bool:
        return carried(self.values, request_texts(request)) is not None

    def _with_current(self, request: Request) -> Request:
        """Return *request* with the values of this login in the place of those of earlier ones."""
        if not self._old or carried(dict.fromkeys(self._old, ""), request_texts(request)) is None:
            return request
        swap = {old: self.values[name] for old, name in self._old.items() if name in self.values}
        return replace(
            request,
            url=_swapped(request.url, swap),
            params=_swapped(request.params, swap),
            headers=_swapped(request.headers, swap),
            json=_swapped(request.json, swap),
            data=_swapped(request.data, swap),
            cookies=_swapped(request.cookies, swap),
        )


def _run_login(
    number: int, environment: Environment, context: RunContext, results: list[StepResult]
) -> Login:
    """Send the requests of the login and return the extracted values; add the results of its steps to
    *results*.

    Its steps share cookies, as those of a case do.

    Raises:
        LoginError: one of them did not succeed.
        HarnessError: a variable or a secret of the environment has no value.
    """
    definitions = environment_definitions(environment)
    refuse_missing_secrets(environment.login, (), definitions, environment)
    bindings: Bindings = resolve_definitions(definitions)
    context = with_cookies(context)
    values: dict[str, str] = {}
    public: dict[str, str] = {}
    for step in environment.login:
        result, bindings = run_step(step, context, bindings)
        results.append(replace(result, name=tr("登录：{name}", name=result.name)))
        is_public = {extract.name: extract.secret is False for extract in step.extracts}
        # Before anything else is said about the step: a check that failed may show the value.
        for name, value in result.extracted.items():
            if not is_public[name] and len(_text(value)) >= MIN_LENGTH:
                context.hide(name, _text(value))
        if result.status != "passed":
            reason = reason_of(result)
            what = tr("登录没有成功：{reason}", reason=reason)
            raise LoginError(Problem("login-failed", what, "", step.span))
        for name, value in result.extracted.items():
            (public if is_public[name] else values)[name] = _text(value)
            if not is_public[name]:
                _refuse_short(name, _text(value), step.span)
    return Login(number, values, public)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _refuse_short(name: str, text: str, span: Any) -> None:
    if len(text) < MIN_LENGTH:
        what = tr(
            "登录取得的 {name} 短于 {least} 个字符，无法可靠地遮盖；不是密钥就写 {{path: …, secret: false}}",
            name=name,
            least=MIN_LENGTH,
        )
        raise LoginError(Problem("login-short", what, "", span))


def _how() -> str:
    return tr("检查 environments.yaml 的 login 与它用的密钥；不需要登录的用例照常运行")


def _swapped(value: Any, swap: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for old, new in swap.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, Mapping):
        return {name: _swapped(item, swap) for name, item in value.items()}
    if isinstance(value, list):
        return [_swapped(item, swap) for item in value]
    return value
