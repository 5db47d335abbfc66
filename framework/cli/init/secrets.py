"""Takes the credentials out of a request: they go into ``.env``, and the case refers to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from framework.base.jsonpath import Json
from framework.cli.init.curl import CurlRequest
from framework.run.credentials import is_credential

_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Digest) +", re.IGNORECASE)
_LEAST = 6


@dataclass(frozen=True, slots=True)
class Kept:
    """A request without its credentials, and their values by the names in the case."""

    request: CurlRequest | None
    secrets: dict[str, str]

    @property
    def variables(self) -> dict[str, str]:
        """The names of the environment variables by the names in the case."""
        return {name: f"QA_{name.upper()}" for name in self.secrets}


def without_secrets(request: CurlRequest, known: dict[str, str] | None = None) -> Kept:
    """Return the request with references in the place of credentials; *known* gets new ones."""
    secrets = {} if known is None else known
    return Kept(
        replace(
            request,
            headers=_cleaned(request.headers, secrets),
            params=_cleaned(request.params, secrets),
            cookies={name: _reference(name, value, secrets) for name, value in request.cookies.items()},
            json=_cleaned(request.json, secrets),
        ),
        secrets,
    )


def _cleaned(value: Json, secrets: dict[str, str]) -> Json:
    if isinstance(value, dict):
        return {
            name: _reference(name, item, secrets)
            if is_credential(name) and isinstance(item, str)
            else _cleaned(item, secrets)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_cleaned(item, secrets) for item in value]
    return value.replace("${", "$${") if isinstance(value, str) else value


def _reference(name: str, value: str, secrets: dict[str, str]) -> str:
    """Keep *value* as a secret and return the reference to it. One that is too short stays as it is."""
    scheme = _SCHEME.match(value)
    prefix = scheme[0] if scheme else ""
    bare = value[len(prefix) :]
    if len(bare) < _LEAST:
        return value
    known = next((key for key, secret in secrets.items() if secret == bare), None)
    if known is None:
        known = _new_name(name, secrets)
        secrets[known] = bare
    return f"{prefix}${{{known}}}"


def _new_name(name: str, secrets: dict[str, str]) -> str:
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower() or "secret"
    plain = "token" if plain == "authorization" else plain
    plain = f"x_{plain}" if plain[0].isdigit() else plain
    number, made = 2, plain
    while made in secrets:
        made, number = f"{plain}_{number}", number + 1
    return made
