"""Answers the requests of a case from its recording, in the recorded order and without waiting."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from framework.base import clock
from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import Request
from framework.http.exchange import Exchange, Send
from framework.tape.har import error_of, exchange_of, request_record
from framework.tape.matching import Parts, differences, key_of, nearest, parts_of
from framework.tape.miss import TapeMiss
from framework.tape.recording import Recording, load

_LIVE = clock.Sources()
_HOUR = 3600.0


@dataclass(frozen=True)
class _Entry:
    case: str
    entry: Mapping[str, Any]
    parts: Parts


@dataclass
class _Case:
    """The exchanges that the running case has taken from the recording."""

    name: str = ""
    log: Mapping[str, Any] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)

    def take(self, source: str) -> Any:
        """Return the next recorded value of *source*; None if there are no more."""
        values = self.log.get(source, ())
        self.taken[source] += 1
        at = self.taken[source] - 1
        return values[at] if at < len(values) else None


class RecordedTape:
    """The tape of a run. ``origin`` is the address of its environment."""

    def __init__(self, recording: Recording) -> None:
        self.origin = recording.origin
        self.source = recording.source
        self.environment = recording.environment
        self.secrets = {name: values[0] for name, values in recording.secrets.items() if values}
        self._recording = recording
        self._names = {made: name for name, values in recording.secrets.items() for made in values}
        self._by_case: dict[str, dict[str, list[_Entry]]] = {}
        self._everywhere: dict[str, list[_Entry]] = {}
        self._case = _Case()
        for case, log in recording.cases.items():
            found = self._by_case.setdefault(case, {})
            for entry in log["entries"]:
                parts = self._parts(entry["request"])
                one = _Entry(case, entry, parts)
                found.setdefault(key_of(parts), []).append(one)
                self._everywhere.setdefault(key_of(parts), []).append(one)

    @property
    def recorded(self) -> RecordedTape:
        """The tape itself: it has all inputs of a run."""
        return self

    @classmethod
    def load(cls, folder: Path) -> RecordedTape:
        """Read the recording in *folder*.

        Raises:
            TapeError: something of it is missing or was changed.
        """
        return cls(load(folder))

    def _parts(self, record: Mapping[str, Any]) -> Parts:
        # A value may change with each login, its name does not.
        return parts_of(record, self.origin, self._names, with_headers=self._recording.source == "run")

    @property
    def knows_secrets(self) -> bool:
        """Whether the tape has substitutes of the environment's secrets; a browser does not name them."""
        return self.source == "run"

    # -- during a case

    def begin(self, case: str) -> None:
        """Start a case: it gets the exchanges recorded for it."""
        self._case = _Case(case, self._recording.cases.get(case, {}))
        clock.use_sources(clock.Sources(self._now, self._uuid))

    def end(self) -> None:
        """End the case."""
        clock.use_sources(None)
        self._case = _Case()

    def sending(self, _send: Send) -> Send:
        """Return a function that answers from the tape. It neither signs nor sends."""
        return self.send

    def send(self, request: Request) -> Exchange:
        """Answer *request*: the n-th equal one of a case with the n-th recorded reply, or the last.

        Raises:
            TapeMiss: nothing equal was recorded; the message names the nearest.
            HarnessError: the recorded request got no complete reply.
        """
        parts = self._parts(request_record(request))
        key = key_of(parts)
        found = self._by_case.get(self._case.name, {}).get(key) or self._everywhere.get(key)
        if not found:
            raise TapeMiss(self._miss(parts))
        times = self._case.answered[key]
        self._case.answered[key] += 1
        entry = found[min(times, len(found) - 1)].entry
        exchange = exchange_of(entry, request, self._recording.folder)
        return replace(exchange, answered_before=times >= len(found))

    def _miss(self, asked: Parts) -> Problem:
        what = tr("录制数据里没有这个请求：{method} {where}", method=asked["method"], where=asked["url"])
        own = self._by_case.get(self._case.name, {})
        entries = [one for found in (own or self._everywhere).values() for one in found]
        by_key = {key_of(one.parts): one for one in entries}
        lines = [
            tr(
                "最近的一条是 {method} {where}（用例 {case}）：{differences}",
                method=parts["method"],
                where=parts["url"],
                case=by_key[key_of(parts)].case,
                differences=differences(asked, parts),
            )
            for parts in nearest(asked, (one.parts for one in entries))
        ]
        return Problem("tape-miss", what, tr("；").join([*lines, tr("用例改了就重新录制")]))

    def call(self, name: str, _function: Callable[[], Json]) -> Json:
        """Return the recorded result of the function of the team.

        Raises:
            TapeMiss: it was not recorded.
            HarnessError: it had failed.
        """
        for record in iter(lambda: self._case.take("_calls"), None):
            if record["name"] == name:
                if "error" in record:
                    raise error_of(record["error"])
                return json.loads(json.dumps(record["returned"]))
        what = tr("录制数据里没有函数 {name} 的这一次调用", name=name)
        raise TapeMiss(Problem("tape-miss", what, tr("用例改了就重新录制")))

    def _now(self) -> datetime:
        recorded = self._case.take("_now")
        if recorded is None:
            values = self._case.log.get("_now") or [entry["startedDateTime"] for entry in self._entries()]
            recorded = values[-1] if values else None
        return datetime.fromisoformat(recorded) if recorded else _LIVE.now()

    def _entries(self) -> Iterator[Mapping[str, Any]]:
        for log in [self._case.log] if self._case.log else self._recording.cases.values():
            yield from log["entries"]

    def _uuid(self) -> str:
        return self._case.take("_uuid") or _LIVE.uuid()

    def clock(self) -> float:
        """Return the recorded time. After the last of them every wait is over."""
        recorded = self._case.take("_clock")
        return recorded if recorded is not None else self._case.taken["_clock"] * _HOUR

    def sleep(self, seconds: float) -> None:
        """Do not wait: the next reply is recorded."""
