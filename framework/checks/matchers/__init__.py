"""The harness's own matchers, for replies of any JSON service: ``MATCHERS``, by name."""

from framework.checks.matchers.table import CORE as MATCHERS

__all__ = ["MATCHERS"]
