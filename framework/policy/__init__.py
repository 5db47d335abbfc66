"""The domain: matchers for records and texts of official documents.

pytest.ini registers them by name. Each is imported when a case first uses it, because the rules for texts
compile a hundred patterns that a run without them does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MATCHERS = ("snowflake_time_of", "policy_text", "official_source")
_HOME = {"snowflake_time_of": "snowflake"}


def __getattr__(name: str) -> Any:
    if name not in _MATCHERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME.get(name, name)}"), name)
