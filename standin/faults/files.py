"""Faults of attachments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from standin.attachments import CONTENT_TYPES
from standin.contract import JSON_TYPE, NO_SUCH_FILE
from standin.envelope import refusal_of
from standin.faults.fault import in_download, in_record
from standin.hooks import Reply
from standin.policy import Policy
from standin.records import to_json

INTERNAL_BASE = "http://10.0.0.12:9000/oss/"


def with_file_fields(record: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return the record with these keys set in each of its files."""
    return {**record, "files": [{**file, **fields} for file in record["files"] or ()]}


def _internal_address(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
    return with_file_fields(record, fileUrl=INTERNAL_BASE + policy.attachment.key)


def _other_type(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
    other = "doc" if policy.attachment.kind == "docx" else "docx"
    return with_file_fields(record, fileType=other)


def _gone(reply: Reply) -> Reply:
    if reply.content_type == CONTENT_TYPES["doc"]:
        return Reply(404, to_json(refusal_of(NO_SUCH_FILE)), JSON_TYPE)
    return replace(reply, body=b"")


def _id_of_policy(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
    return with_file_fields(record, fileId=record["id"])


FILES = (
    in_record(60, "file-host-internal", "附件地址为内网 http", _internal_address),
    in_record(61, "file-type-wrong", "附件类型与扩展名不符", _other_type),
    in_download(62, "file-gone", "附件 404 或 0 字节", _gone),
    in_record(113, "file-id-of-policy", "附件的编号就是政策的编号", _id_of_policy),
)
