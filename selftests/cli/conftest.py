"""The tests here work on the small project, through the commands."""

from __future__ import annotations

import pytest


@pytest.fixture
def project(small_project):
    return small_project
