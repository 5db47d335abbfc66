"""The error of a tape without an answer; a module of its own, so that a run without a tape loads no more."""

from __future__ import annotations

from framework.base.errors import TapeError


class TapeMiss(TapeError):
    """The tape has no recording that answers the request."""
