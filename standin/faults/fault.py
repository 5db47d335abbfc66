"""An entry of the catalogue of faults, and functions that make entries for the common stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standin.hooks import Hooks, Reply
from standin.paging import Page
from standin.policy import Policy
from standin.query import Select

RecordHook = Callable[[dict[str, Any], Policy], dict[str, Any]]
EnvelopeHook = Callable[[dict[str, Any], Page], dict[str, Any]]
PoliciesHook = Callable[[list[Policy], Page], list[Policy]]
RowsHook = Callable[[Select, Page, int], Select]
ReplyHook = Callable[[Reply], Reply]


@dataclass(frozen=True)
class Fault:
    """One fault.

    ``effect`` describes in Chinese what a tester would see. ``make_hooks`` returns new hooks, so that a fault
    with a memory starts with an empty one. ``incomplete``: no reply arrives complete.
    """

    number: int
    name: str
    effect: str
    make_hooks: Callable[[], Hooks]
    incomplete: bool = False


def with_fields(**fields: Any) -> Callable[[dict[str, Any], object], dict[str, Any]]:
    """Return a hook that sets these keys of an envelope, of its ``data`` or of a record."""
    return lambda value, _: {**value, **fields}


def in_envelope(number: int, name: str, effect: str, hook: EnvelopeHook) -> Fault:
    """Return a fault of the finished envelope."""
    return Fault(number, name, effect, lambda: Hooks(envelope=(hook,)))


def in_data(number: int, name: str, effect: str, hook: EnvelopeHook) -> Fault:
    """Return a fault of the envelope's ``data``; it has no effect if another fault removed the data."""

    def altered(reply: dict[str, Any], page: Page) -> dict[str, Any]:
        return {**reply, "data": hook(reply["data"], page)} if reply["data"] else reply

    return in_envelope(number, name, effect, altered)


def total_in(data: dict[str, Any]) -> int:
    """Return the total, even if other faults changed its type."""
    # Several faults can be on at once: 190, "190" and "190.0" are all possible.
    return int(float(data["totalNum"]))


def in_record(number: int, name: str, effect: str, hook: RecordHook) -> Fault:
    """Return a fault of every record."""
    return Fault(number, name, effect, lambda: Hooks(record=(hook,)))


def in_policies(number: int, name: str, effect: str, hook: PoliciesHook) -> Fault:
    """Return a fault of the list of policies on a page."""
    return Fault(number, name, effect, lambda: Hooks(policies=(hook,)))


def in_rows(number: int, name: str, effect: str, hook: RowsHook) -> Fault:
    """Return a fault of the query for the rows; the total stays sound."""
    return Fault(number, name, effect, lambda: Hooks(rows=(hook,)))


def in_query(number: int, name: str, effect: str, hook: Callable[[Select], Select]) -> Fault:
    """Return a fault of the queries for the rows and for the total, so that both agree with each other."""

    def in_row_query(select: Select, page: Page, total: int) -> Select:
        return hook(select)

    return Fault(number, name, effect, lambda: Hooks(rows=(in_row_query,), count=(hook,)))


def in_reply(number: int, name: str, effect: str, hook: ReplyHook, *, incomplete: bool = False) -> Fault:
    """Return a fault of the written reply to a page."""
    return Fault(number, name, effect, lambda: Hooks(reply=(hook,)), incomplete)


def in_download(number: int, name: str, effect: str, hook: ReplyHook) -> Fault:
    """Return a fault of the reply to a download."""
    return Fault(number, name, effect, lambda: Hooks(file=(hook,)))
