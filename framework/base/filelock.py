"""A lock that several processes share, on a file. The operating system lets it go when its process ends,
however it ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class LockedError(OSError):
    """Another process holds the lock, and this one was not to wait."""


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[int]:
    """Hold the lock of *path* and yield its file descriptor. The file stays: to remove it would let two in.

    Raises:
        LockedError: it is held, and *wait* is False.
        OSError: the file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        _take(file, wait)
        try:
            yield file
        finally:
            _release(file)
    finally:
        os.close(file)


# The byte that is locked lies far behind the content: Windows lets nobody read a locked byte.
_FAR = 1 << 30

if sys.platform == "win32":

    def _take(file: int, wait: bool) -> None:
        while True:
            os.lseek(file, _FAR, os.SEEK_SET)
            try:
                msvcrt.locking(file, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError as error:
                if not wait:
                    raise LockedError(str(error)) from None
                continue  # LK_LOCK gives up after ten seconds
            return

    def _release(file: int) -> None:
        os.lseek(file, _FAR, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
else:

    def _take(file: int, wait: bool) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise LockedError(str(error)) from None

    def _release(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
