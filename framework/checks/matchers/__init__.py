"""The table of the harness's own matchers, for replies of any JSON service: ``MATCHERS``, by name.

The parser, the evaluation, the editor's grammar, the manual and the audit read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from framework.checks.matchers.list_table import LIST_ROWS
from framework.checks.matchers.moment_table import MOMENT_ROWS
from framework.checks.matchers.value_table import VALUE_ROWS
from framework.checks.outcome import Matcher

MATCHERS: Final[Mapping[str, Matcher]] = {row.name: row for row in (*VALUE_ROWS, *MOMENT_ROWS, *LIST_ROWS)}
