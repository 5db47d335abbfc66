"""The table of the rules that ``policy_text`` checks.

Each rule function's docstring says when a text is sound and, under "Limits", which defects the rule cannot
see. Only errors fail a check; warnings and notes are reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from framework.policy.error_rules import ERROR_RULES
from framework.policy.rule import Rule
from framework.policy.style_rules import STYLE_RULES

RULES: Final[Mapping[str, Rule]] = {rule.name: rule for rule in (*ERROR_RULES, *STYLE_RULES)}
