"""The row of a rule that ``policy_text`` checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from framework.policy.document import Document, RuleFinding, Severity


class Manual(NamedTuple):
    """A rule in the manual, which is Chinese only. ``blind``: the defects that the rule cannot see.

    ``example``: paragraphs of a text that it finds, one a line, or the text itself if it begins with ``<`` or
    ``&``; empty if the rule reads other fields of the record.
    """

    blind: str
    example: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``name`` is stable, because case files and accepted findings refer to it; ``title`` describes a sound
    text. A rule that does not need paragraphs also judges a text that lost its markup. A rule that needs the
    record reads other fields of it and finds nothing without one.
    """

    name: str
    severity: Severity
    find: Callable[[Document], Iterable[RuleFinding]]
    title: str
    manual: Manual
    needs_paragraphs: bool = True
    needs_record: bool = False

    @property
    def documentation(self) -> str:
        """The docstring of the rule's function as one line: the sound form, and the limits of the rule."""
        return " ".join((self.find.__doc__ or "").split())
