"""Log-in, log-out and the tokens that a log-in gives (all assumed: no reply of these endpoints was recorded).

``POST /login`` with ``{"user", "password"}`` answers ``{"token", "expiresIn"}``, the life of the token in
seconds. Each log-in gives a token of its own, which ends with its life or with ``POST /auth/logout``. A wrong
password and an unknown user get the same answer, so that nobody learns which users exist.
"""

from __future__ import annotations

import hmac
import json
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from standin.contract import (
    BAD_TOKEN,
    EXPIRED_TOKEN_REFUSAL,
    NOT_AN_OBJECT,
    NOT_JSON,
    WRONG_LOGIN,
    Refused,
    wrong_type,
)
from standin.credentials import BRIEF_USER, PASSWORD, USER
from standin.hooks import Hooks, apply_hooks
from standin.policy import HOME_TENANT
from standin.tokens import tenant_of

LIFE_S, BRIEF_LIFE_S = 1800.0, 0.4
"""How long a token of a log-in lasts, and one of BRIEF_USER."""
MAX_TOKENS = 1000
"""The oldest token ends when more are given."""

_LIVES = {USER: LIFE_S, BRIEF_USER: BRIEF_LIFE_S}


@dataclass
class Session:
    """A token that was given: the user, when it ends (in seconds of the clock), whether it was logged out."""

    user: str
    ends: float
    is_out: bool = False


class Accounts:
    """The tokens that are valid now: the fixed ones, and those of log-ins."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def log_in(self, body: bytes, hooks: Hooks) -> Mapping[str, Any]:
        """Return the data of the reply.

        Raises:
            Refused: 400 for a bad body, 401 for a wrong user or password.
        """
        user, password = _credentials(body)
        is_right = user in _LIVES and hmac.compare_digest(password.encode(), PASSWORD.encode())
        if not apply_hooks(hooks.password, is_right):
            raise Refused(apply_hooks(hooks.wrong_login, WRONG_LOGIN, user in _LIVES))
        token = "PHONE_" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(24))
        life = _LIVES.get(user, LIFE_S)
        while len(self._sessions) >= MAX_TOKENS:
            del self._sessions[next(iter(self._sessions))]
        self._sessions[token] = Session(user, self._clock() + life)
        return apply_hooks(hooks.login, {"token": token, "expiresIn": life}, password)

    def log_out(self, token: str | None, hooks: Hooks) -> None:
        """End the token; the fixed tokens do not end.

        Raises:
            Refused: 401, the token is not valid.
        """
        self.tenant_of(token, hooks)
        session = self._sessions.get(token or "")
        if session is not None:
            same_user = [one for one in self._sessions.values() if one.user == session.user]
            for ended in apply_hooks(hooks.log_out, [session], same_user):
                ended.is_out = True

    def tenant_of(self, token: str | None, hooks: Hooks) -> str:
        """Return the tenant of a token.

        Raises:
            Refused: 401, the token is missing, unknown, logged out or at the end of its life.
        """
        session = self._sessions.get(token or "")
        if session is None:
            return tenant_of(token)
        if apply_hooks(hooks.logged_out, session.is_out):
            raise Refused(BAD_TOKEN)
        if apply_hooks(hooks.expired, self._clock() >= session.ends):
            raise Refused(EXPIRED_TOKEN_REFUSAL)
        return HOME_TENANT


def _credentials(body: bytes) -> tuple[str, str]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(NOT_JSON) from None
    if not isinstance(document, dict):
        raise Refused(NOT_AN_OBJECT)
    for key in ("user", "password"):
        if not isinstance(document.get(key), str):
            raise Refused(wrong_type(key))
    return document["user"], document["password"]
