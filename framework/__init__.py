"""The regression harness: YAML cases, a request engine, checks, reports. See ARCHITECTURE.md.

``from framework import matcher`` is the door for a team's own matchers; ``framework.checks.declare`` has its
documentation.
"""

from __future__ import annotations

from typing import Any

__all__ = ["matcher"]


def __getattr__(name: str) -> Any:
    """Import the door when it is used: most processes that import this package do not need it."""
    if name != "matcher":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from framework.checks.declare import matcher  # noqa: PLC0415

    return matcher
