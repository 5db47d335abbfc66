"""The record that every report sink is installed with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from framework.http.masking import Masker
from framework.report.run_record import Shard


@dataclass(frozen=True, slots=True)
class RunTarget:
    """The tested service and the selected cases, as masked texts; see RunRecord.

    ``budget_ms`` is the limit for the 95th percentile of response times, in milliseconds; 0 means no limit.
    """

    environment: str = ""
    address: str = ""
    service: str = ""
    selection: str = ""
    budget_ms: float = 0.0
    shard: Shard | None = None


@dataclass(frozen=True, slots=True)
class SinkContext:
    """The facts that sinks need. The functions are called later, when there is a plan."""

    run_id: str
    masker: Callable[[], Masker]
    target: Callable[[], RunTarget]
