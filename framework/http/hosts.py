"""Decides to which hosts a request may go and which of them may receive a secret.

Only environments.yaml decides this, never a reply. An origin is scheme, host and port (RFC 6454). A named
host means https on the default port; ``host:port`` means that port with either scheme.

The rule for secrets is stricter: they go only to the origin of base_url, and only if that is this machine or
a host that environments.yaml declares. So ``--base-url`` cannot send a token to an undeclared host.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_AMBIGUOUS = re.compile(r"[^\x21-\x7e]|\\")
"""Spaces, control characters, non-ASCII, backslashes: with these, parsers disagree on where the host ends."""


class Origin(NamedTuple):
    """The scheme, the host in lower case and the port of a URL."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


@lru_cache(maxsize=1024)
def origin_of(url: str) -> Origin | None:
    """Return the origin of an absolute http or https URL; None for any other text.

    Also None if the authority is ambiguous, that is, has user information, a backslash or control characters.
    """
    authority = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    if not authority or "@" in authority or _AMBIGUOUS.search(authority):
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

    Attributes:
        base_url: the address to which this run sends.
        named: further hosts, as ``name`` or ``name:port``.
        declared_base: the base_url in environments.yaml, which ``--base-url`` may override; empty if it has
            none.
    """

    base_url: str
    named: tuple[str, ...] = ()
    declared_base: str = ""

    def allows(self, url: str) -> bool:
        """Return whether a request may go to *url* at all."""
        origin = origin_of(url)
        return origin is not None and (origin == origin_of(self.base_url) or self._is_named(origin))

    def may_carry_secrets(self, url: str) -> bool:
        """Return whether a request to *url* may carry a secret."""
        origin = origin_of(url)
        if origin is None or origin != origin_of(self.base_url):
            return False
        return is_loopback(origin.host) or self._is_declared(origin)

    def _is_named(self, origin: Origin) -> bool:
        names = [name.lower() for name in self.named]
        is_default_https = (origin.scheme, origin.port) == ("https", 443)
        return f"{origin.host}:{origin.port}" in names or (is_default_https and origin.host in names)

    def _is_declared(self, origin: Origin) -> bool:
        # If https is declared, http is not allowed: the token would cross the network unencrypted.
        declared = origin_of(self.declared_base)
        if declared is not None and origin.host == declared.host:
            return origin.scheme in ("https", declared.scheme)
        named_hosts = [name.lower().partition(":")[0] for name in self.named]
        return origin.scheme == "https" and origin.host in named_hosts


def is_loopback(host: str) -> bool:
    """Return whether *host*, as an origin has it, is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
