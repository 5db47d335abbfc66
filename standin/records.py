"""From a policy to the record of a reply (key sets and their order are evidenced)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from standin.policy import LEVEL_NAMES, TYPE_NAMES, Attachment, Policy

Record = Mapping[str, Any]


def record_of(policy: Policy, files_base: str) -> Record:
    """Return the eleven keys of a record. ``files_base`` ends in a slash and precedes the file's key."""
    return {
        "id": str(policy.id),
        "policyTitle": policy.title,
        "issueNumber": policy.issue_number,
        "policyLevel": policy.level,
        "policyLevelName": LEVEL_NAMES[policy.level],
        "policyType": policy.type,
        "policyTypeName": TYPE_NAMES[policy.type],
        "policyText": policy.text,
        "files": [_file_of(policy.attachment, files_base)],
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
    """Write compact JSON in UTF-8, Chinese unescaped, as the service does (evidenced by its size)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
