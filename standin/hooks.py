"""Where the answer to a request can be altered, one stage at a time.

A sound stand-in has no hooks. A fault is a set of hooks that make one stage wrong and leave the others as
they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from standin.paging import Page
from standin.policy import Policy
from standin.query import Select


@dataclass(frozen=True)
class Reply:
    """A reply before it is sent. ``cut_at`` ends the stream there although ``Content-Length`` promised more."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    cut_at: int | None = None


@dataclass(frozen=True)
class Hooks:
    """Alterations by stage, in the order in which a request meets them; those of one stage run left to right."""

    token: tuple[Callable[[str | None], str | None], ...] = ()
    """The token of the request."""
    page: tuple[Callable[[Page], Page], ...] = ()
    """The page asked for, before the limits are applied."""
    limits: tuple[Callable[[Page, Page], Page], ...] = ()
    """The page as asked for, and the page after the limits: gives the latter anew."""
    rows: tuple[Callable[[Select, Page, int], Select], ...] = ()
    """The query for the rows; beside it the page and the total."""
    count: tuple[Callable[[Select], Select], ...] = ()
    """The query for the total."""
    policies: tuple[Callable[[list[Policy], Page], list[Policy]], ...] = ()
    """The rows of the page."""
    record: tuple[Callable[[dict[str, Any], Policy], dict[str, Any]], ...] = ()
    """One record."""
    envelope: tuple[Callable[[dict[str, Any], Page], dict[str, Any]], ...] = ()
    """The whole reply before it is written."""
    reply: tuple[Callable[[Reply], Reply], ...] = ()
    """The reply to a page, written."""
    refusal: tuple[Callable[[Reply], Reply], ...] = ()
    """The reply to a request for a page that is refused, written."""
    file: tuple[Callable[[Reply], Reply], ...] = ()
    """The reply to a download."""

    @property
    def touch_content(self) -> bool:
        """Whether records must be written anew for this request."""
        return bool(self.policies or self.record or self.envelope)

    def with_hooks(self, other: Hooks) -> Hooks:
        """Return these hooks followed by others."""
        return Hooks(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


NONE = Hooks()
