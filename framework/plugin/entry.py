"""Loads the plugin of an installed package, in a project with an environments.yaml only.

pytest loads the entry points of all installed packages in every project, so this module imports little and
does nothing in a project of somebody else.
"""

from __future__ import annotations

import pytest

MARK = "environments.yaml"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if (early_config.rootpath / MARK).is_file():
        early_config.pluginmanager.import_plugin("framework.plugin")
