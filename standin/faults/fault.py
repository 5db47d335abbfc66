"""One entry of the catalogue, and how the common ones are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standin.hooks import Hooks
from standin.paging import Page
from standin.policy import Policy
from standin.query import Select

RecordHook = Callable[[dict[str, Any], Policy], dict[str, Any]]
EnvelopeHook = Callable[[dict[str, Any], Page], dict[str, Any]]


@dataclass(frozen=True)
class Fault:
    """``make`` gives fresh hooks; ``what`` says in Chinese what a tester would see; ``incomplete``: no reply
    comes whole.
    """

    number: int
    name: str
    what: str
    make: Callable[[], Hooks]
    incomplete: bool = False


def in_envelope(number: int, name: str, what: str, hook: EnvelopeHook) -> Fault:
    """A fault of the finished envelope."""
    return Fault(number, name, what, lambda: Hooks(envelope=(hook,)))


def in_data(number: int, name: str, what: str, hook: EnvelopeHook) -> Fault:
    """A fault of the envelope's ``data``; without effect where another fault took the data away."""

    def altered(reply: dict[str, Any], page: Page) -> dict[str, Any]:
        return {**reply, "data": hook(reply["data"], page)} if reply["data"] else reply

    return in_envelope(number, name, what, altered)


def total_in(data: dict[str, Any]) -> int:
    """Read the total, whatever other faults made of its type."""
    return int(float(data["totalNum"]))


def in_record(number: int, name: str, what: str, hook: RecordHook) -> Fault:
    """A fault of every record."""
    return Fault(number, name, what, lambda: Hooks(record=(hook,)))


def in_rows(number: int, name: str, what: str, hook: Callable[[Select, Page, int], Select]) -> Fault:
    """A fault of the query for the rows; the total stays sound."""
    return Fault(number, name, what, lambda: Hooks(rows=(hook,)))


def in_query(number: int, name: str, what: str, hook: Callable[[Select], Select]) -> Fault:
    """A fault of rows and total alike, so that they agree with each other."""
    return Fault(
        number, name, what, lambda: Hooks(rows=(lambda select, page, total: hook(select),), count=(hook,))
    )
