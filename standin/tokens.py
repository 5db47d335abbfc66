"""The tokens of the stand-in (their form is evidenced, their behaviour assumed)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from standin.contract import BAD_TOKEN, EXPIRED_TOKEN_REFUSAL, NO_TOKEN, Refused
from standin.policy import HOME_TENANT, OTHER_TENANT

TOKEN_FORM = re.compile(r"PHONE_[a-z]{24}")

DEFAULT_TOKEN = "PHONE_standindefaultyouthtoken"  # noqa: S105 - it opens nothing but this stand-in
"""Valid: sees the 190 policies."""

EXPIRED_TOKEN = "PHONE_standinexpiredyouthtoken"  # noqa: S105
"""Expired: refused with a message of its own."""

OTHER_TENANT_TOKEN = "PHONE_standinpartneryouthtoken"  # noqa: S105
"""Valid: sees the policies of another tenant and none of the 190."""

# The expired token has no tenant: it is refused before this table is used.
TENANTS: Mapping[str, str] = {DEFAULT_TOKEN: HOME_TENANT, OTHER_TENANT_TOKEN: OTHER_TENANT}


def tenant_of(token: str | None) -> str:
    """Return the tenant of a ``Token`` header.

    Raises:
        Refused: 401, the token is missing, malformed, unknown or expired.
    """
    if not token:
        raise Refused(NO_TOKEN)
    if token == EXPIRED_TOKEN:
        raise Refused(EXPIRED_TOKEN_REFUSAL)
    if not TOKEN_FORM.fullmatch(token) or token not in TENANTS:
        raise Refused(BAD_TOKEN)
    return TENANTS[token]
