"""The matchers of this project: the harness's own and those that its pytest.ini registers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from framework.cases.settings import read_settings
from framework.checks.registry import matcher_table

ROOT = Path(__file__).resolve().parents[1]
MATCHERS = matcher_table(replace(read_settings(ROOT), folders=()))
