"""The fixtures for tests that run commands on the small project."""

from __future__ import annotations

import pytest


@pytest.fixture
def project(small_project):
    return small_project
