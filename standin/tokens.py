"""The rights that a token of the stand-in gives."""

from __future__ import annotations

import re
from collections.abc import Mapping

from standin.contract import BAD_TOKEN, EXPIRED_TOKEN_REFUSAL, NO_TOKEN, Refused
from standin.credentials import DEFAULT_TOKEN, EXPIRED_TOKEN, OTHER_TENANT_TOKEN
from standin.policy import HOME_TENANT, OTHER_TENANT

TOKEN_FORM = re.compile(r"PHONE_[a-z]{24}")

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
