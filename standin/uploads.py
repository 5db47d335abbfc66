"""Uploads of files (all assumed: no reply of this endpoint was recorded).

``POST /auth/file/upload`` takes a multipart form with one ``file``: a doc, docx or pdf of at most one MiB, by
its name and by its first bytes. The reply has the same keys as a file of the list, and the file can be
downloaded at its ``fileUrl``. ``POST /auth/file/delete`` with ``{"fileKey"}`` takes it away.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from standin.attachments import CONTENT_TYPES
from standin.contract import (
    NO_FILE,
    NO_SUCH_FILE,
    NOT_A_FORM,
    NOT_AN_OBJECT,
    NOT_JSON,
    WRONG_FILE_TYPE,
    Refused,
    wrong_type,
)
from standin.hooks import Hooks, apply_hooks

TYPES: Mapping[str, str] = {**CONTENT_TYPES, "pdf": "application/pdf"}
_FIRST_BYTES = {"doc": bytes.fromhex("D0CF11E0A1B11AE1"), "docx": b"PK\x03\x04", "pdf": b"%PDF-"}
MAX_KEPT = 32
"""The oldest upload is taken away when more arrive."""


@dataclass(frozen=True)
class Upload:
    """One file as the form has it."""

    name: str
    content: bytes

    @property
    def kind(self) -> str:
        """The extension of the name, in small letters; empty if it has none."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""


class Uploads:
    """The files that were uploaded, by their keys."""

    def __init__(self) -> None:
        self._files: dict[str, Upload] = {}
        self._count = 0

    def add(self, content_type: str, body: bytes, files_base: str, hooks: Hooks) -> Mapping[str, Any]:
        """Keep the file of a form and return the data of the reply.

        Raises:
            Refused: 400, the form has no file, or its type is not allowed.
        """
        upload = _file_of(content_type, body)
        is_allowed = upload.content.startswith(_FIRST_BYTES.get(upload.kind, b"\0none"))
        if not apply_hooks(hooks.upload_type, is_allowed):
            raise Refused(WRONG_FILE_TYPE)
        key = f"upload/{secrets.token_hex(16)}.{upload.kind}"
        while len(self._files) >= MAX_KEPT:
            del self._files[next(iter(self._files))]
        self._files[key] = Upload(upload.name, apply_hooks(hooks.stored, upload.content))
        self._count += 1
        data = {
            "fileId": str(1790000000000000000 + self._count),
            "fileName": upload.name.rpartition(".")[0],
            "fileKey": key,
            "fileType": upload.kind,
            "fileSize": -(-len(upload.content) // 1024),
            "fileUrl": files_base + key,
        }
        return apply_hooks(hooks.upload, data)

    def find(self, key: str) -> tuple[bytes, str] | None:
        """Return the bytes and the content type of an upload, or None."""
        found = self._files.get(key)
        return None if found is None else (found.content, TYPES.get(found.kind, "application/octet-stream"))

    def delete(self, body: bytes, hooks: Hooks) -> None:
        """Take an upload away.

        Raises:
            Refused: 400 for a bad body, 404 if there is no such upload.
        """
        key = _key_of(body)
        if key not in self._files:
            raise Refused(NO_SUCH_FILE)
        if apply_hooks(hooks.deleted, True):
            del self._files[key]


def _file_of(content_type: str, body: bytes) -> Upload:
    if not content_type.startswith("multipart/form-data"):
        raise Refused(NOT_A_FORM)
    # A multipart form is a MIME message without its head (RFC 7578), which the standard library reads.
    # The policy HTTP also reads file names in raw UTF-8 (section 4.2).
    head = b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n"
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    if not form.is_multipart():
        raise Refused(NOT_A_FORM)
    for part in form.get_payload():
        if isinstance(part, Message) and part.get_param("name", header="content-disposition") == "file":
            content = part.get_payload(decode=True)
            name = part.get_filename()
            if name and isinstance(content, bytes) and content:
                return Upload(name, content)
    raise Refused(NO_FILE)


def _key_of(body: bytes) -> str:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(NOT_JSON) from None
    if not isinstance(document, dict):
        raise Refused(NOT_AN_OBJECT)
    key = document.get("fileKey")
    if not isinstance(key, str):
        raise Refused(wrong_type("fileKey"))
    return key
