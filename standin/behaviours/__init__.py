"""The table of behaviours: differences between sound services, to be switched on one by one.

A behaviour is no fault. The suite must be green with it, or red only for an assumption that it states. Their
numbers are stable, so that reports can cite them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from standin.behaviours.answers import ANSWERS
from standin.behaviours.behaviour import Behaviour
from standin.behaviours.data import DATA

BEHAVIOURS: Mapping[str, Behaviour] = {
    behaviour.name: behaviour for behaviour in sorted((*ANSWERS, *DATA), key=lambda one: one.number)
}
"""All behaviours by name, in the order of their numbers."""


class UnknownBehaviour(ValueError):
    """A name is not in the table. The message is one line for people."""


def behaviours_for(names: Iterable[str]) -> tuple[Behaviour, ...]:
    """Return the named behaviours, in the order of their numbers.

    Raises:
        UnknownBehaviour: a name is not in the table.
    """
    wanted = set(names)
    for name in sorted(wanted - set(BEHAVIOURS)):
        raise UnknownBehaviour(f"no behaviour is called {name!r}: see --list-behaviours")
    return tuple(behaviour for behaviour in BEHAVIOURS.values() if behaviour.name in wanted)


def listing() -> str:
    """Return the table as lines: number, name, effect."""
    return "".join(f"{one.number:>2}  {one.name:<24}{one.effect}\n" for one in BEHAVIOURS.values())
