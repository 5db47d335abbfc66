"""Where a request may go, and where a secret may go. Both answers come from environments.yaml and never from
a reply.

An origin is scheme, host and port (RFC 6454). A named host means https on its default port; ``host:port``
names a port, with either scheme. Secrets are stricter than requests: they go to the origin of base_url alone,
and to that only where it is this machine or a host that environments.yaml declares, so ``--base-url`` cannot
carry a token to a host nobody wrote down.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SUSPECT = re.compile(r"[^\x21-\x7e]|\\")
"""Spaces, control characters, non-ASCII and backslashes: parsers disagree on where the host of such an
authority ends.
"""


class Origin(NamedTuple):
    """Scheme, host in lower case and port of a URL."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


@lru_cache(maxsize=1024)
def origin_of(url: str) -> Origin | None:
    """Return the origin of an absolute http or https URL; None for any other text, and where the authority
    could be read in two ways (user information, backslash, control characters).
    """
    authority = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    if not authority or "@" in authority or _SUSPECT.search(authority):
        return None
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return None
    if scheme not in _DEFAULT_PORTS or not host or parts.netloc != authority:
        return None
    return Origin(scheme, host.rstrip(".").lower(), port or _DEFAULT_PORTS[scheme])


@dataclass(frozen=True)
class Hosts:
    """The hosts of one environment.

    ``base_url``: where this run sends; ``named``: the further hosts, ``name`` or ``name:port``;
    ``declared_base``: the base_url that environments.yaml holds, which ``--base-url`` may differ from (empty
    where it holds none).
    """

    base_url: str
    named: tuple[str, ...] = ()
    declared_base: str = ""

    def allows(self, url: str) -> bool:
        """Tell whether a request may go to *url* at all."""
        origin = origin_of(url)
        return origin is not None and (origin == origin_of(self.base_url) or self._is_named(origin))

    def may_carry_secrets(self, url: str) -> bool:
        """Tell whether a request to *url* may carry a secret."""
        origin = origin_of(url)
        return (
            origin is not None
            and origin == origin_of(self.base_url)
            and (_is_loopback(origin.host) or self._declares(origin))
        )

    def _is_named(self, origin: Origin) -> bool:
        return any(
            f"{origin.host}:{origin.port}" == name.lower()
            or (origin.host == name.lower() and origin[::2] == ("https", 443))
            for name in self.named
        )

    def _declares(self, origin: Origin) -> bool:
        # A declared https host over http is not what was declared: the token would cross the network in
        # clear.
        declared = origin_of(self.declared_base)
        if declared is not None and origin.host == declared.host:
            return origin.scheme in ("https", declared.scheme)
        return origin.scheme == "https" and any(
            origin.host == name.lower().partition(":")[0] for name in self.named
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
