"""Masks secrets in everything that leaves the run: logs, reports, tapes, messages.

``spellings`` finds a secret in every form that JSON, a URL, a header, HTML or a repr can give it. A text must
be masked before it is shortened (see ``framework.base.cutting``). As a second line of defence, the pieces of
a secret beside an ellipsis are masked too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from framework.base.errors import ConfigError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.http.personal import IDENTITY_LENGTH, hide_personal
from framework.http.pieces import ELLIPSIS
from framework.http.spellings import Secret

MIN_LENGTH = 6
"""A shorter value would match by chance all over a reply, and the masks would then reveal it."""

_MAX_PASSES = 4
_MASK = re.compile(r"\*\*\*[^*]+\*\*\*")


def mask_of(name: str) -> str:
    """Return the mask of the secret *name*, such as ``***token***``."""
    return f"***{name}***"


class Masker:
    """Replaces every spelling of every secret by ``***name***``.

    Args:
        secrets: the values by name.
        personal: mask mobile and identity numbers too.
        variables: the names of the environment variables that hold the secrets, for messages.

    Raises:
        ConfigError: a value cannot be masked: it is empty, shorter than MIN_LENGTH or part of a mask.
    """

    def __init__(
        self,
        secrets: Mapping[str, str],
        *,
        personal: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        checked = [_secret_problem(name, value, secrets, variables or {}) for name, value in secrets.items()]
        problems = [problem for problem in checked if problem is not None]
        if problems:
            raise ConfigError(*problems)
        self._personal = personal
        self._secrets: tuple[Secret, ...] = ()
        self.names: tuple[str, ...] = ()
        self._all_ascii = True
        for name, value in secrets.items():
            self._append(name, value)

    def add(self, name: str, value: str) -> None:
        """Mask *value* from now on too. Does nothing if it is masked already or is a mask from a tape.

        Raises:
            ConfigError: the value cannot be masked.
        """
        if _MASK.search(value) or any(secret.value == value for secret in self._secrets):
            return
        problem = _secret_problem(name, value, dict.fromkeys([*self.names, name], ""), {})
        if problem is not None:
            raise ConfigError(problem)
        self._append(name, value)

    def _append(self, name: str, value: str) -> None:
        # Longest first: one secret may contain another.
        secrets = sorted((*self._secrets, Secret(name, value)), key=lambda secret: -len(secret.value))
        self._secrets = tuple(secrets)
        self.names = tuple(dict.fromkeys((*self.names, name)))
        self._all_ascii = self._all_ascii and value.isascii()

    def text(self, text: str) -> str:
        """Return *text* with every secret masked."""
        if len(text) < MIN_LENGTH and ELLIPSIS not in text:
            return text  # no secret is so short, and many texts are
        # A mask and the text around it may together spell another secret, so each replacement needs another
        # pass.
        for _ in range(_MAX_PASSES):
            candidates = self._candidates(text)
            if not candidates:
                break
            before = text
            for secret in candidates:
                text = self._without(secret, text)
            if text == before:
                break
        if ELLIPSIS in text:
            for secret in self._secrets:
                text = secret.without_pieces(text, self._mask_of(secret))
        return self._hide_personal(text) if self._personal else text

    def data(self, data: bytes) -> bytes:
        """Return *data* with every secret masked; bytes that are not UTF-8 stay as they are."""
        # Every spelling of an ASCII secret is ASCII, and decoding as Latin-1 is ten times as fast as UTF-8.
        if self._all_ascii:
            latin = data.decode("latin-1")
            has_personal = self._personal and self._hide_personal(latin) is not latin
            if not has_personal and not self._candidates(latin):
                return data
        text = data.decode("utf-8", "surrogateescape")
        masked = self.text(text)
        return data if masked == text else masked.encode("utf-8", "surrogateescape")

    def json(self, value: Json) -> Json:
        """Return a copy of a JSON value with every secret masked, also in member names and numbers."""
        try:
            return self._mask_json(value)
        except RecursionError:
            return tr("（嵌套过深，没有记下）")

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the names of the secrets that *text* contains in any spelling."""
        found = (secret.name for secret in self._candidates(text) if secret.is_in(text))
        return tuple(dict.fromkeys(found))

    def _without(self, secret: Secret, text: str) -> str:
        return secret.masked(text, self._mask_of(secret))

    @property
    def reach(self) -> int:
        """Return how many characters the longest spelling of a secret or of personal data has at most."""
        return max((secret.reach for secret in self._secrets), default=0) + IDENTITY_LENGTH

    def _mask_of(self, secret: Secret) -> str:
        return mask_of(secret.name)

    def _hide_personal(self, text: str) -> str:
        return hide_personal(text)

    def _candidates(self, text: str) -> list[Secret]:
        return [secret for secret in self._secrets if secret.may_be_in(text)]

    def _mask_json(self, value: Json) -> Json:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self._mask_json(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._mask_json(item) for item in value]
        if value is None or isinstance(value, bool):
            return value
        number = str(value)  # a secret may consist of digits
        masked = self.text(number)
        return value if masked == number else masked


def _secret_problem(
    name: str, value: str, names: Iterable[str], variables: Mapping[str, str]
) -> Problem | None:
    """Return why the secret cannot be masked, None if it can."""
    variable = variables.get(name)
    if len(value) < MIN_LENGTH:
        how = tr("检查它的环境变量或 .env；太短的值无法可靠地遮盖；不是秘密的写进 variables")
        if variable:
            how = tr(
                "检查环境变量 {variable}（或 .env 里的它）；太短的值无法可靠地遮盖；不是秘密的写进 variables",
                variable=variable,
            )
        return Problem(
            "secret-short", tr("密钥 {name} 是空的，或短于 {least} 个字符", name=name, least=MIN_LENGTH), how
        )
    masks = [mask_of(other) for other in names]
    # Two masks may be adjacent, and the value may be spread over both.
    if any(value in first + second for first in masks for second in masks):
        how = tr("换一个真实的密钥")
        if variable:
            how = tr("把环境变量 {variable} 换成真实的密钥", variable=variable)
        return Problem("secret-mask", tr("密钥 {name} 的值就是遮盖文字的一部分", name=name), how)
    return None
