"""Ends somebody else's code that takes too long, at the line where it is."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

HOOK_SECONDS = 60.0
"""How long a function of the team may take, unless its environment says otherwise."""
_AGAIN_SECONDS = 1.0


class TookTooLongError(BaseException):
    """The time is over. No Exception, so that a loop that catches those ends too."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TookTooLongError in the code inside after *seconds*.

    Needs the system's timer signal: on Windows, and beside the main thread, nothing is limited.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    is_over = False

    def expire(number: int, frame: object) -> None:
        if not is_over:
            raise TookTooLongError

    started = time.monotonic()
    previous = signal.signal(signal.SIGALRM, expire)
    # Again and again, because a bare ``except`` may swallow the first one.
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        is_over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous or signal.SIG_DFL)
        if left:  # somebody else's timer, such as that of pytest-timeout
            signal.setitimer(signal.ITIMER_REAL, max(0.001, left - (time.monotonic() - started)), interval)
