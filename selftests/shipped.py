"""The project's own settings as they were shipped, whatever a user has added or chosen since.

Tests that run cases in a folder of their own take the settings from here. So a user's default environment,
language or matcher library changes no verdict of a selftest.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWN_PACKAGE = "framework."
WITHOUT_PLUGINS = tuple(
    part for name in ("randomly", "hypothesispytest", "anyio") for part in ("-p", f"no:{name}")
)
"""Options of an inner pytest. These plugins serve the selftests only, and loading them doubles its start."""


def shipped_ini() -> str:
    """Return pytest.ini in the language and with the matcher libraries that it was shipped with."""
    text = (ROOT / "pytest.ini").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^lang = .*$", "lang = zh", text)
    kept, in_libraries = [], False
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            in_libraries = line.startswith("matchers =")
        elif in_libraries and not line.strip().startswith(OWN_PACKAGE):
            continue
        kept.append(line)
    return "".join(kept)


def shipped_environments() -> str:
    """Return environments.yaml with the stand-in as the default environment."""
    text = (ROOT / "environments.yaml").read_text(encoding="utf-8")
    return re.sub(r"(?m)^default: .*$", "default: standin", text)
