"""All matchers: those of any JSON service and those of the policy domain, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from framework.checks.matchers.table import CORE
from framework.checks.outcome import Matcher
from framework.policy.matchers import POLICY

MATCHERS: Final[Mapping[str, Matcher]] = {**CORE, **POLICY}
