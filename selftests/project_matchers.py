"""The matchers of this project: the harness's own and those of its packages that pytest.ini names."""

from __future__ import annotations

from dataclasses import replace

from framework.cases.settings import read_settings
from framework.checks.registry import matcher_table
from selftests.shipped import OWN_PACKAGE, ROOT

_SETTINGS = read_settings(ROOT)
_LIBRARIES = {name: module for name, module in _SETTINGS.libraries.items() if module.startswith(OWN_PACKAGE)}
MATCHERS = matcher_table(replace(_SETTINGS, folders=(), libraries=_LIBRARIES))
