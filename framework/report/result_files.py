"""What is written into the folder of Allure's results: attachments, records of Allure's as JSON, the titles
of steps.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import MISSING
from framework.http.exchange import NotJsonError
from framework.report.explain import status_word
from framework.report.terminal import size_text
from framework.run.verdict import StepResult


class Store:
    """The attachments of one process. Equal whole replies are kept once, all together no more than *budget*
    bytes; those of cases that pass fill no more than half of it, so that the first failure of a long night
    still finds room.
    """

    def __init__(self, folder: Path, budget: int) -> None:
        self.folder = folder
        self.budget = budget
        self._reserved = budget // 2
        self._sources: dict[str, str] = {}

    def put(self, data: bytes, digest: str | None = None, *, failing: bool = True) -> str | None:
        """Return the file that holds *data*, writing it where it is new; None where the budget is spent.
        *digest* spares making it.
        """
        digest = digest or hashlib.sha256(data).hexdigest()
        if digest not in self._sources:
            if len(data) > self.budget - (0 if failing else self._reserved):
                return None
            self.budget -= len(data)
            self._sources[digest] = self.write(data, "txt")
        return self._sources[digest]

    def write(self, data: bytes, extension: str) -> str:
        """Write an attachment; nobody reads it before the result that names it is there."""
        name = f"{uuid.uuid4()}-attachment.{extension}"
        (self.folder / name).write_bytes(data)
        return name


def as_json(record: Any) -> str:
    """Return a record of Allure's as JSON."""
    return json.dumps(_plain(record), ensure_ascii=False)


def _plain(record: Any) -> Any:
    """Return a record of Allure's as plain data, without its empty fields."""
    if isinstance(record, (list, tuple)):
        return [_plain(item) for item in record]
    names = _fields(record.__class__)
    if names is None:
        return record
    return {name: _plain(value) for name in names if (value := getattr(record, name)) or value is False}


@lru_cache(maxsize=64)
def _fields(kind: type) -> tuple[str, ...] | None:
    fields = getattr(kind, "__attrs_attrs__", None)
    return None if fields is None else tuple(field.name for field in fields)


def step_title(step: StepResult) -> str:
    """Return the name of a step with what came back."""
    if step.exchange is None:
        return step.name if step.parts else step.name + tr("({word})", word=status_word(step.status))
    reply = step.exchange.reply
    parts = [f"HTTP {reply.status or tr('未记录')}"]
    parts += [f"{reply.elapsed_ms:.0f} ms"] if reply.elapsed_ms is not None else []
    parts += [size_text(len(reply.body))] if reply.body is not None else []
    return tr("{name}:{reply}", name=step.name, reply=", ".join(parts))


def document_of(step: StepResult) -> Json:
    """Return what the step's paths start from, None where there is nothing to show."""
    if step.exchange is None:
        return step.scope.reply if step.scope is not None and step.scope.reply is not MISSING else None
    try:
        return step.exchange.reply.json
    except NotJsonError:
        return None
