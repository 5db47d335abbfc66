"""What a bad release does: a catalogue of faults, each one real behaviour that can be switched on.

A fault alters one stage (:mod:`standin.hooks`) and leaves the others sound, as a bug would. Several can be on
at once. The numbers are the catalogue's, so that a report can cite them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
        (*ENVELOPES, *PAGES, *QUERIES, *RECORDS, *TEXTS, *FILES, *WIRE, *EXTRA_PAGES, *EXTRA_REPLIES),
        key=lambda fault: fault.number,
    )
}
"""All faults by name, in the order of their numbers."""

EXTRA_FROM = 67
"""The first number that is not in the catalogue of what is known of the service: see the modules
``extra_pages`` and ``extra_replies``.
"""


class UnknownFault(ValueError):
    """A name that is not in the catalogue. The message is one line for people."""


def hooks_for(names: Iterable[str]) -> Hooks:
    """Return the hooks of the named faults, together.

    Faults with a memory (a stale cache) start with an empty one. Raises UnknownFault.
    """
    hooks = NONE
    for name in names:
        if name not in FAULTS:
            raise UnknownFault(f"no fault is called {name!r}: see --list-faults")
        hooks = hooks.with_hooks(FAULTS[name].make())
    return hooks


def listing() -> str:
    """Return the catalogue as lines: number, name, what it does."""
    return "".join(f"{fault.number:>2}  {fault.name:<28}{fault.what}\n" for fault in FAULTS.values())
