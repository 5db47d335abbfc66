"""Records the exchanges of the cases of one process: a file a case, written when the case ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from framework.base import clock
from framework.base.errors import ConfigError, HarnessError, Problem, TapeError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import Request
from framework.http.exchange import Exchange, Reply, Send
from framework.http.masking import MIN_LENGTH
from framework.tape.har import entry_of, error_record, failure_entry
from framework.tape.recording import case_file, write_facts, write_json
from framework.tape.redaction import mask_exchange, replace_in_exchange
from framework.tape.same_form import SameFormMasker, Substitutes, looks_secret
from framework.tape.secret_fields import without_scheme

_LIVE = clock.Sources()


@dataclass
class _Case:
    """The exchanges and inputs of the running case, with its secrets still in them."""

    name: str = ""
    exchanges: list[tuple[Exchange, HarnessError | None]] = field(default_factory=list)
    calls: list[tuple[str, Json, HarnessError | None]] = field(default_factory=list)
    now: list[datetime] = field(default_factory=list)
    uuids: list[str] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)


class Recorder:
    """Records into *folder*.

    Args:
        key: makes the substitutes of secrets; the same in all processes of the run, and written nowhere.
        facts: of the environment: its name, and its address.
        secrets: the values that the environment declares, by name.
    """

    def __init__(
        self, folder: Path, key: bytes, facts: Mapping[str, str], secrets: Mapping[str, str]
    ) -> None:
        self._folder = folder
        self._facts = facts
        self._substitutes = Substitutes(key)
        self._masker = SameFormMasker(self._substitutes)
        self._named: dict[str, list[str]] = {}
        self._case = _Case()
        for name, value in secrets.items():
            if value:
                self.declare(name, value)
        write_facts(folder, {**facts, "secrets": self._named})

    def hide(self, name: str, value: str) -> None:
        """Replace *value* from now on wherever it occurs."""
        if len(value) >= MIN_LENGTH and not self._substitutes.has_made(value):
            self._masker.add(name, value)

    def declare(self, name: str, value: str) -> None:
        """Replace a secret that a replay needs too, such as a value of the session."""
        self.hide(name, value)
        self._name(name, self._substitutes.secret(value))

    def declare_public(self, name: str, value: str) -> None:
        """Keep a value that a replay needs and that is no secret."""
        self._name(name, value)

    def _name(self, name: str, made: str) -> None:
        if made not in self._named.setdefault(name, []):
            self._named[name].append(made)
            write_facts(self._folder, {**self._facts, "secrets": self._named})

    # -- during a case

    def begin(self, case: str) -> None:
        """Start a case; exchanges from now on belong to it."""
        self._case = _Case(case)
        clock.use_sources(clock.Sources(self._now, self._uuid))

    def sending(self, send: Send) -> Send:
        """Return *send*, which records every exchange with the request as it was before signing."""

        def send_and_record(request: Request) -> Exchange:
            started = time.time()
            try:
                exchange = send(request)
            except HarnessError as error:
                none = Exchange(request, Reply(request.url, None), started)
                self._case.exchanges.append((none, error))
                raise
            self._case.exchanges.append((replace(exchange, request=request), None))
            return exchange

        return send_and_record

    def take(self, exchange: Exchange) -> None:
        """Record an exchange that took place elsewhere."""
        self._case.exchanges.append((exchange, None))

    def call(self, name: str, function: Callable[[], Json]) -> Json:
        """Call a function of the team and record its result."""
        try:
            returned = function()
        except HarnessError as error:
            self._case.calls.append((name, None, error))
            raise
        self._case.calls.append((name, returned, None))
        return returned

    def _now(self) -> datetime:
        self._case.now.append(_LIVE.now())
        return self._case.now[-1]

    def _uuid(self) -> str:
        self._case.uuids.append(_LIVE.uuid())
        return self._case.uuids[-1]

    def clock(self) -> float:
        """Return a time in seconds that never goes back."""
        self._case.clock.append(time.monotonic())
        return self._case.clock[-1]

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def end(self) -> None:
        """End the case and write its file, unless it exchanged nothing.

        Raises:
            TapeError: it cannot be written.
        """
        clock.use_sources(None)
        try:
            self._write()
        except OSError as error:
            what = tr("{path} 写不了：{error}", path=self._folder, error=error.strerror)
            raise TapeError(Problem("tape-write", what)) from None

    def _write(self) -> None:
        case, self._case = self._case, _Case()
        if not case.exchanges and not case.calls and not case.now:
            return
        self._learn_secrets(case)
        log = {
            "version": "1.2",
            "creator": {"name": "policy-regression", "version": "1"},
            "_case": case.name,
            "_now": [moment.isoformat() for moment in case.now],
            "_uuid": case.uuids,
            "_clock": [round(moment - case.clock[0], 6) for moment in case.clock],
            "_calls": [self._call_record(*one) for one in case.calls],
            "entries": [entry for one in case.exchanges if (entry := self._entry(*one))],
        }
        write_json(case_file(self._folder, case.name), {"log": log})

    def _learn_secrets(self, case: _Case) -> None:
        """Find the secrets that only their fields name; long ones are replaced wherever they occur."""

        def collect(name: str, value: str) -> str:
            if looks_secret(value) and name.lower() not in ("cookie", "set-cookie"):
                self.hide(name, value)
                self.hide(name, without_scheme(value))
            return value

        for exchange, _ in case.exchanges:
            replace_in_exchange(exchange, collect)

    def _entry(self, exchange: Exchange, error: HarnessError | None) -> dict[str, Any] | None:
        change = self._substitutes.field
        clean = replace_in_exchange(mask_exchange(exchange, self._masker), change)
        try:
            if error is None:
                return entry_of(clean, self._folder)
            return failure_entry(clean.request, self._clean_error(error), clean.started)
        except ConfigError:
            return None  # a request that cannot be written cannot be sent either, in the replay as well

    def _clean_error(self, error: HarnessError) -> HarnessError:
        text = self._masker.text
        return type(error)(*(replace(one, what=text(one.what), how=text(one.how)) for one in error.problems))

    def _call_record(self, name: str, returned: Json, error: HarnessError | None) -> dict[str, Json]:
        if error is not None:
            return {"name": name, "error": error_record(self._clean_error(error))}
        return {"name": name, "returned": self._masker.json(returned)}
