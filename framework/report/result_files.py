"""Writes attachments into the folder of Allure's results, and turns Allure's records into JSON."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import MISSING
from framework.http.exchange import NotJsonError, Reply
from framework.report.explain import status_word
from framework.report.numbers import size_text
from framework.run.verdict import StepResult

Mask = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class KeptReply:
    """A whole reply: its new file, or an empty name if the case ``owner`` has attached an equal one."""

    file: str
    owner: str


class AttachmentStore:
    """The attachments of one process.

    Equal whole replies are kept once, because Allure's page shows a file that two results name in only one of
    them. All whole replies together take at most *budget* bytes. The replies of passing cases take at most
    half of that, so that the first failure of a long night still fits.
    """

    def __init__(self, folder: Path, budget: int) -> None:
        self.folder = folder
        self.budget = budget
        self._reserved = budget // 2
        self._owners: dict[str, str] = {}

    def put(
        self, data: bytes, owner: str, digest: str | None, mask: Mask = bytes, *, failing: bool = True
    ) -> KeptReply | None:
        """Write *data*, masked, if it is new, and return where it is; None if the budget is spent.

        *owner* is the case that attaches it. *digest*: the SHA-256 of *data*, if the caller knows it. Equal
        data is masked once: for a long reply, that costs as much as judging it.
        """
        digest = digest or hashlib.sha256(data).hexdigest()
        if digest in self._owners:
            return KeptReply("", self._owners[digest])
        available = self.budget if failing else self.budget - self._reserved
        if len(data) > available:
            return None
        written = mask(data)
        self.budget -= len(written)
        self._owners[digest] = owner
        return KeptReply(self.write(written, "txt"), owner)

    def write(self, data: bytes, extension: str) -> str:
        """Write an attachment. It need not be atomic: Allure reads it only after the result that names it."""
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
    names = _field_names(record.__class__)
    if names is None:
        return record
    fields = ((name, getattr(record, name)) for name in names)
    return {name: _plain(value) for name, value in fields if value or value is False}


@lru_cache(maxsize=64)
def _field_names(record_type: type) -> tuple[str, ...] | None:
    fields = getattr(record_type, "__attrs_attrs__", None)
    return None if fields is None else tuple(field.name for field in fields)


def step_title(step: StepResult) -> str:
    """Return the name of a step with the status, duration and size of its reply."""
    if step.exchange is None:
        return step.name if step.parts else step.name + tr("（{word}）", word=status_word(step.status))
    reply = step.exchange.reply
    parts = [f"HTTP {reply.status or tr('未记录')}"]
    if reply.elapsed_ms is not None:
        parts.append(f"{reply.elapsed_ms:.0f} ms")
    if reply.body is not None:
        parts.append(size_text(len(reply.body)))
    return tr("{name}：{reply}", name=step.name, reply=", ".join(parts))


def document_of(step: StepResult) -> Json:
    """Return the JSON document that the paths of the step's checks start from; None if there is none."""
    if step.exchange is None:
        combined = step.scope.reply if step.scope is not None else MISSING
        return None if combined is MISSING else combined
    reply = step.exchange.reply
    return reply.json if is_json(reply) else None


def is_json(reply: Reply) -> bool:
    """Return whether the body of a reply is JSON that can be read in one way only."""
    try:
        reply.json  # noqa: B018  # it is read here, or raises
    except NotJsonError:
        return False
    return True
