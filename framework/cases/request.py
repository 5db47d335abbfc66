"""A rendered request: what goes out, in requests' own keys, with an absolute URL."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from framework.jsonpath import Json


class Missing:
    """The mark for 'not given', where None is a value (a JSON null)."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()

REQUEST_KEYS = ("method", "url", "params", "headers", "json", "data", "cookies", "timeout", "verify", "allow_redirects")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, rendered. ``json`` is MISSING where no JSON body is sent. ``timeout``: seconds for the whole exchange,
    or None for the environment's. Secrets stand in here in clear: only the transport may see the repr, so there is none."""

    method: str
    url: str
    params: Mapping[str, Json] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Json | Missing = field(default=MISSING, repr=False)
    data: str | Mapping[str, Json] | None = field(default=None, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float | None = None
    verify: bool = True
    allow_redirects: bool = True
