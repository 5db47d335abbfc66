"""Stops the run when evidence cannot be written, so that incomplete evidence is not taken for complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from framework.base.messages import tr


class Disk:
    """Everything that writes evidence during a run does so inside ``writing``."""

    def __init__(self) -> None:
        self.session: pytest.Session | None = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """End the run after the current case if the block raises OSError.

        The verdict of the current case stays as it is. An interrupted run is never green. Nothing is raised,
        because xdist would report an exception in a worker as a crash.
        """
        try:
            yield
        except OSError as error:
            if self.session is None:
                raise
            self.session.shouldstop = self.session.shouldstop or write_failure(error)


def write_failure(error: OSError) -> str:
    """Return a sentence with the file that could not be written and the consequence."""
    where = f"{error.filename}: " if error.filename else ""
    return tr("证据写不下去了:{where}{error};运行到此为止,报告不完整", where=where, error=error.strerror)
