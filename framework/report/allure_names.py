"""The name by which Allure knows a case, from the id that pytest gives it."""

from __future__ import annotations

import posixpath


def full_name(case_id: str) -> str:
    """Return Allure's full name: ``testcases.paging#page-size[7]``."""
    file, _, name = case_id.partition("::")
    package = posixpath.splitext(file)[0].replace("/", ".")
    *classes, test = name.split("::")
    # A row of a suite is a case of its own; a parameter of a test in Python is not part of the name.
    test = test.partition("[")[0] if file.endswith(".py") else test
    return f"{'.'.join([package, *classes])}#{test}"
