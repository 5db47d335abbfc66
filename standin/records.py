"""Turns a policy into the record of a reply (its keys and their order are evidenced)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from standin.policy import LEVEL_NAMES, TYPE_NAMES, Attachment, Policy

Record = Mapping[str, Any]


def record_of(policy: Policy, files_base: str) -> Record:
    """Return the record of a policy. ``files_base`` ends in a slash and precedes the key of a file."""
    return {
        "id": str(policy.id),
        "policyTitle": policy.title,
        "issueNumber": policy.issue_number,
        "policyLevel": policy.level,
        "policyLevelName": LEVEL_NAMES[policy.level],
        "policyType": policy.type,
        "policyTypeName": TYPE_NAMES[policy.type],
        "policyText": policy.text,
        "files": [_file_of(file, files_base) for file in policy.attachments],
        "priority": policy.priority,
        "publishTime": policy.publish_time,
    }


def _file_of(file: Attachment, files_base: str) -> Record:
    return {
        "fileId": str(file.id),
        "fileName": file.name,
        "fileKey": file.key,
        "fileType": file.kind,
        "fileSize": file.size_kb,
        "fileUrl": files_base + file.key,
    }


def to_json(value: object) -> bytes:
    """Return compact JSON in UTF-8 with Chinese unescaped, like the service (evidenced by its size)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
