"""pytest.ini, read without pytest."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path

NAME = "pytest.ini"


def read_ini(path: Path) -> Mapping[str, str]:
    """Return the section ``[pytest]`` of *path*; empty if there is no such file or it cannot be read.

    A file that cannot be read is pytest's to report.
    """
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
    found = next((folder / NAME for folder in (start, *start.parents) if (folder / NAME).is_file()), None)
    return read_ini(found) if found else {}
