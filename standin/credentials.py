"""Who may use the stand-in: its tokens (their form is evidenced, their behaviour assumed) and its users.

A module of constants, which a run imports without the stand-in's own code.
"""

from __future__ import annotations

DEFAULT_TOKEN = "PHONE_standindefaultyouthtoken"  # noqa: S105 - it opens nothing but this stand-in
"""Valid: sees the 190 policies."""

EXPIRED_TOKEN = "PHONE_standinexpiredyouthtoken"  # noqa: S105
"""Expired: refused with a message of its own."""

OTHER_TENANT_TOKEN = "PHONE_standinpartneryouthtoken"  # noqa: S105
"""Valid: sees the policies of another tenant and none of the 190."""

USER, PASSWORD = "qa_engineer", "StandinOnly-2026"
BRIEF_USER = "qa_brief"
"""A user with the same password whose tokens end after a moment."""
