"""Whether the time that some work takes grows in proportion to its size.

Two measurements on the same machine are compared, so its speed does not matter. They are in CPU time,
so other programs hardly matter. Noise may spoil one try, but work that is truly quadratic fails every try.
"""

from __future__ import annotations

import time
from collections.abc import Callable

FACTOR = 8
ALLOWED = FACTOR * 4
"""Quadratic work takes ``FACTOR * FACTOR`` times as long."""

_LEAST_SECONDS = 0.01
"""Shorter times are mostly noise."""


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of this thread in *work*."""
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def grows_linearly(work: Callable[[int], object], small: int, tries: int = 5) -> bool:
    """Return whether ``work(FACTOR * small)`` takes at most ``ALLOWED`` times as long as ``work(small)``."""
    for _ in range(tries):
        short = cpu_seconds(lambda: work(small))
        long = cpu_seconds(lambda: work(small * FACTOR))
        if long <= max(short, _LEAST_SECONDS) * ALLOWED:
            return True
    return False
