"""``not``, ``all_of`` and ``any_of``: one truth table, for matchers on a value and for whole checks.

It is Kleene's three-valued logic with a fourth state: a value that a matcher cannot judge (a wrong type, or
nothing selected) fails, and ``not`` does not turn that into a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from framework.base.messages import tr

CombinationKind = Literal["not", "all_of", "any_of"]
State = Literal["held", "violated", "unjudgeable", "unrecorded"]
"""``unrecorded``: a replayed tape does not have what the check looks at."""

_WORST_FIRST: Final[tuple[State, ...]] = ("unjudgeable", "violated", "unrecorded", "held")
_NEGATED: Final[dict[State, State]] = {
    "held": "violated",
    "violated": "held",
    "unjudgeable": "unjudgeable",
    "unrecorded": "unrecorded",
}


def all_hold(states: Iterable[State]) -> State:
    """Return the state of parts that must all hold: the worst of them."""
    found = set(states)
    return next((state for state in _WORST_FIRST if state in found), "held")


def one_holds(states: Iterable[State]) -> State:
    """Return the state of alternatives: held if one holds, unrecorded if one might, else the worst."""
    found = set(states)
    return next((state for state in ("held", "unrecorded") if state in found), all_hold(found))


def combined(kind: CombinationKind, branches: Sequence[Sequence[State]]) -> State:
    """Return the state of a combination; each branch is the states of its parts."""
    each = [all_hold(branch) for branch in branches]
    if kind == "any_of":
        return one_holds(each)
    return _NEGATED[all_hold(each)] if kind == "not" else all_hold(each)


def combined_words(kind: CombinationKind, branches: Sequence[str]) -> str:
    """Return the combination in words, from the words of its branches."""
    if kind == "not":
        return tr("不满足（{branch}）", branch=branches[0])
    joint = tr("）或（") if kind == "any_of" else tr("）且（")
    return tr("（{words}）", words=joint.join(branches))
