"""``python -m framework load``: the cases of a project as load, on Locust, which is optional."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.load.options import parse_options

Say = Callable[[str], None]


def load_command(arguments: Sequence[str], say: Say) -> int:
    """Put load on a service; return 0 if all thresholds were held, 1 if not, 5 if no case was judged.

    Raises:
        ConfigError: Locust is not installed.
    """
    options = parse_options(arguments)
    if find_spec("locust") is None:
        what = tr("施压要 Locust，它没有装")
        how = tr("pip install -r requirements-load.lock；装的是包时：pip install 'policy-regression[load]'")
        raise ConfigError(Problem("no-locust", what, how))
    os.environ.pop("PYTEST_ADDOPTS", None)  # meant for runs: -n would send every case to xdist
    _prepare_python()
    from framework.load.session import run_load  # noqa: PLC0415

    return run_load(options, say)


def _prepare_python() -> None:
    """Import Locust before any module that may open a socket.

    Locust puts gevent's functions in the place of Python's own, so that all users share one thread.
    """
    native_poll = getattr(select, "poll", None)
    import locust  # noqa: F401, PLC0415

    if native_poll is not None:
        # urllib3 only asks whether a kept connection has ended, and never waits for the answer. gevent's
        # function lets every other user go first, and that time would count as the service's.
        select.poll = native_poll  # type: ignore[misc]
