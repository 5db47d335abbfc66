"""A disk that takes no more stops the run, in one sentence: what is missing from the evidence must not look
like the whole of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from framework.base.messages import tr


class Disk:
    """What writes evidence during a run writes it inside ``writing``."""

    def __init__(self) -> None:
        self.session: pytest.Session | None = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A failure does not touch the verdict of the case at hand. The run ends after it, interrupted, so it
        is never green; in an xdist worker too, where raising would only be one more crash.
        """
        try:
            yield
        except OSError as error:
            if self.session is None:
                raise
            self.session.shouldstop = self.session.shouldstop or unwritten(error)


def unwritten(error: OSError) -> str:
    """Return what could not be written, and what that means."""
    where = f"{error.filename}: " if error.filename else ""
    return tr("证据写不下去了:{where}{error};运行到此为止,报告不完整", where=where, error=error.strerror)
