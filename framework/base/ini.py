"""Reads pytest.ini for commands that run without pytest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NAME = "pytest.ini"


def read_ini(path: Path) -> Mapping[str, str]:
    """Return the section ``[pytest]`` of *path*; empty if there is no such file or it cannot be parsed.

    pytest itself reports a file that cannot be parsed, so there is no second message here.
    """
    import configparser  # noqa: PLC0415  # only commands that run without pytest need it

    # The same dialect as pytest's own reader: only "=" separates, so that a value may contain a colon.
    parser = configparser.ConfigParser(
        interpolation=None, strict=False, allow_no_value=True, delimiters=("=",), comment_prefixes=("#", ";")
    )
    try:
        parser.read(path, encoding="utf-8-sig")
    except (configparser.Error, UnicodeDecodeError):
        return {}
    section = parser["pytest"] if parser.has_section("pytest") else {}
    return {key: value or "" for key, value in section.items()}


def nearest_ini(start: Path) -> Mapping[str, str]:
    """Return the section of the pytest.ini in *start* or the nearest folder above it."""
    candidates = [folder / NAME for folder in (start, *start.parents)]
    nearest = next(filter(Path.is_file, candidates), None)
    return read_ini(nearest) if nearest else {}
