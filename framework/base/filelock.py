"""A lock that several processes share, on a file. Only this module imports ``filelock``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_POLL_SECONDS = 0.005
"""Between two attempts. A lock that is waited for is only held while one number is written."""


class LockedError(OSError):
    """Another process holds the lock, and the caller does not wait."""


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of *path*. The operating system releases it when the process ends, even if it is killed.

    The file stays, because removing it would let two processes in. Its content is not the caller's to use.

    Raises:
        LockedError: another process holds it, and *wait* is False.
        OSError: the file cannot be made, or its file system has no locks.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without system locks the package could fall back to a marker file, which a killed process leaves behind.
    lock = FileLock(path, blocking=wait, poll_interval=_POLL_SECONDS, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(str(error)) from None
    try:
        yield
    finally:
        lock.release()
