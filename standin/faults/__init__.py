"""The catalogue of faults: each is the behaviour of a bad release, which can be switched on.

A fault alters one stage (:mod:`standin.hooks`) and leaves the others sound, as a bug would. Several faults
can be on at once. Their numbers are stable, so that reports can cite them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from standin.faults.endpoints import ENDPOINTS
from standin.faults.envelopes import ENVELOPES
from standin.faults.extra_pages import EXTRA_PAGES
from standin.faults.extra_replies import EXTRA_REPLIES
from standin.faults.fault import Fault
from standin.faults.files import FILES
from standin.faults.pages import PAGES
from standin.faults.queries import QUERIES
from standin.faults.records import RECORDS
from standin.faults.texts import TEXTS
from standin.faults.wire import WIRE
from standin.hooks import NONE, Hooks

FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in sorted(
        (
            *ENVELOPES,
            *PAGES,
            *QUERIES,
            *RECORDS,
            *TEXTS,
            *FILES,
            *WIRE,
            *EXTRA_PAGES,
            *EXTRA_REPLIES,
            *ENDPOINTS,
        ),
        key=lambda fault: fault.number,
    )
}
"""All faults by name, in the order of their numbers."""

EXTRA_FROM = 67
"""The first number of the extra faults (``extra_pages``, ``extra_replies``), which were added to the first
catalogue.
"""


class UnknownFault(ValueError):
    """A name is not in the catalogue. The message is one line for people."""


def hooks_for(names: Iterable[str]) -> Hooks:
    """Return the combined hooks of the named faults, each with an empty memory (a stale cache has one).

    Raises:
        UnknownFault: a name is not in the catalogue.
    """
    hooks = NONE
    for name in names:
        if name not in FAULTS:
            raise UnknownFault(f"no fault is called {name!r}: see --list-faults")
        hooks = hooks.with_hooks(FAULTS[name].make_hooks())
    return hooks


def listing() -> str:
    """Return the catalogue as lines: number, name, effect."""
    return "".join(f"{fault.number:>2}  {fault.name:<28}{fault.effect}\n" for fault in FAULTS.values())
