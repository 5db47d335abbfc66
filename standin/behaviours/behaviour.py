"""An entry of the table of behaviours, and how several of them make one service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce

from standin.hooks import NONE, Hooks
from standin.policy import Policy
from standin.query import ORDER, Order

Data = tuple[Policy, ...]


def _as_they_are(policies: Data) -> Data:
    return policies


@dataclass(frozen=True)
class Behaviour:
    """One thing that a sound service may do in another way than the stand-in does by itself.

    ``effect`` describes it in Chinese for a tester. ``data`` changes the policies, which are the newest first
    and end with the hidden ones.
    """

    number: int
    name: str
    effect: str
    hooks: Hooks = NONE
    data: Callable[[Data], Data] = field(default=_as_they_are)
    order: Order = ORDER


@dataclass(frozen=True)
class Conduct:
    """The combination of several behaviours: the hooks, the data and the order of a service."""

    hooks: Hooks
    policies: Data
    order: Order


def together(behaviours: Iterable[Behaviour], policies: Iterable[Policy]) -> Conduct:
    """Return the conduct of a service with these behaviours, applied in their order."""
    chosen = tuple(behaviours)
    hooks = reduce(Hooks.with_hooks, (one.hooks for one in chosen), NONE)
    data = reduce(lambda so_far, one: one.data(so_far), chosen, tuple(policies))
    order = next((one.order for one in reversed(chosen) if one.order != ORDER), ORDER)
    return Conduct(hooks, data, order)
