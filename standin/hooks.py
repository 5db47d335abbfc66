"""Hooks, each of which alters one stage of the answer to a request.

A sound stand-in has no hooks. A fault is a set of hooks that falsify one stage and leave the others as they
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from standin.contract import Refusal
from standin.paging import Page
from standin.policy import Policy
from standin.query import Select

T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """A reply before it is sent. The stream ends at ``cut_at``, although ``Content-Length`` promises more."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    cut_at: int | None = None


@dataclass(frozen=True)
class Hooks:
    """The hooks of each stage; those of one stage are applied from left to right.

    The first argument of a hook is the value that it alters.
    """

    token: tuple[Callable[[str | None], str | None], ...] = ()
    """The token of the request."""
    page: tuple[Callable[[Page], Page], ...] = ()
    """The requested page, before the limits are applied."""
    limits: tuple[Callable[[Page, Page], Page], ...] = ()
    """The page after the limits; the second argument is the requested page."""
    rows: tuple[Callable[[Select, Page, int], Select], ...] = ()
    """The query for the rows; the other arguments are the page and the total."""
    count: tuple[Callable[[Select], Select], ...] = ()
    """The query for the total."""
    policies: tuple[Callable[[list[Policy], Page], list[Policy]], ...] = ()
    """The policies of the page."""
    record: tuple[Callable[[dict[str, Any], Policy], dict[str, Any]], ...] = ()
    """One record."""
    envelope: tuple[Callable[[dict[str, Any], Page], dict[str, Any]], ...] = ()
    """The whole reply before it is written as JSON."""
    reply: tuple[Callable[[Reply], Reply], ...] = ()
    """The written reply to a request for a page."""
    refusal: tuple[Callable[[Reply], Reply], ...] = ()
    """The written reply to a refused request for a page."""
    file: tuple[Callable[[Reply], Reply], ...] = ()
    """The reply to a download."""
    password: tuple[Callable[[bool], bool], ...] = ()
    """Whether user and password of a log-in are right."""
    wrong_login: tuple[Callable[[Refusal, bool], Refusal], ...] = ()
    """The refusal of a log-in; the second argument is whether there is such a user."""
    login: tuple[Callable[[dict[str, Any], str], dict[str, Any]], ...] = ()
    """The data of a log-in; the second argument is the password."""
    log_out: tuple[Callable[[list[Any], list[Any]], list[Any]], ...] = ()
    """The sessions that a log-out ends; the second argument is all sessions of the user."""
    logged_out: tuple[Callable[[bool], bool], ...] = ()
    """Whether a token was logged out."""
    expired: tuple[Callable[[bool], bool], ...] = ()
    """Whether the life of a token is over."""
    detail_token: tuple[Callable[[str | None], str | None], ...] = ()
    """The token of a request for a detail."""
    detail_visible: tuple[Callable[[bool, Policy, str], bool], ...] = ()
    """Whether the tenant, the third argument, may see the policy."""
    detail: tuple[Callable[[dict[str, Any], Policy], dict[str, Any]], ...] = ()
    """The record of a detail."""
    upload_token: tuple[Callable[[str | None], str | None], ...] = ()
    """The token of a request for an upload."""
    upload_type: tuple[Callable[[bool], bool], ...] = ()
    """Whether a file with this name and these first bytes may be uploaded."""
    upload: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()
    """The data of an upload."""
    stored: tuple[Callable[[bytes], bytes], ...] = ()
    """The bytes of an upload that are kept."""
    deleted: tuple[Callable[[bool], bool], ...] = ()
    """Whether a deleted upload is really taken away."""

    @property
    def alter_content(self) -> bool:
        """Whether a hook alters records, so that their prepared JSON cannot be used."""
        return bool(self.policies or self.record or self.envelope)

    def with_hooks(self, other: Hooks) -> Hooks:
        """Return these hooks followed by others."""
        # Every field of Hooks is a stage, so a new stage needs no change here.
        stages = [stage.name for stage in fields(self)]
        return Hooks(**{name: getattr(self, name) + getattr(other, name) for name in stages})


NONE = Hooks()


def apply_hooks(hooks: Iterable[Callable[..., T]], value: T, *context: object) -> T:
    """Return *value* after all hooks of a stage, which also get the *context*."""
    for hook in hooks:
        value = hook(value, *context)
    return value
