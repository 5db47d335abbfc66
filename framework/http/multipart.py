"""Encodes a form with files as ``multipart/form-data`` (RFC 7578)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from framework.base.jsonpath import Json
from framework.cases.template import format_value
from framework.cases.upload import FilePart


def encode_form(data: Mapping[str, Json], files: Sequence[FilePart]) -> tuple[bytes, str]:
    """Return the body and its Content-Type. The same form always has the same boundary."""
    fields = [
        RequestField(name, format_value(item).encode())
        for name, value in data.items()
        for item in (value if isinstance(value, list) else [value])
        if item is not None
    ]
    for field in fields:
        field.make_multipart()
    for part in files:
        file = RequestField(part.field_name, part.content, filename=part.name)
        file.make_multipart(content_type=part.type)
        fields.append(file)
    digest = hashlib.sha256(repr([(field.headers, field.data) for field in fields]).encode())
    body, content_type = encode_multipart_formdata(fields, boundary=digest.hexdigest()[:32])
    return body, content_type
