"""Keeps the bodies of a recording in files of their own, named by their content, each once.

JSON on one line is written with line breaks, so that two recordings can be compared, if that loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json

FOLDER = "bodies"
_NAME_LENGTH = 16
_LAYOUTS: Mapping[str, Callable[[Json], str]] = {
    "compact": lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    "spaced": lambda value: json.dumps(value, ensure_ascii=False),
    "ascii": lambda value: json.dumps(value, separators=(",", ":")),
    "ascii-spaced": json.dumps,
}


class BodyError(ValueError):
    """The file of a body is missing or was changed."""


def write_body(folder: Path, body: bytes) -> dict[str, Json]:
    """Write *body* into the recording *folder*; return its reference."""
    if not body:
        return {"size": 0}
    layout, text = _readable(body)
    ending = "json" if layout else "txt" if _is_text(body) else "bin"
    name = f"{FOLDER}/{_digest(body)}.{ending}"
    path = folder / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{os.getpid()}.part")
        draft.write_bytes(text.encode() if layout else body)
        draft.replace(path)
    return {"size": len(body), "_file": name, **({"_layout": layout} if layout else {})}


def read_body(folder: Path, content: Mapping[str, Json]) -> bytes:
    """Return the body that ``write_body`` described.

    Raises:
        BodyError: the file is missing, or was changed; the message is the name of the file.
    """
    name = content.get("_file")
    if not isinstance(name, str):
        return b""
    try:
        body = (folder / name).read_bytes()
        layout = _LAYOUTS.get(str(content.get("_layout", "")))
        if layout is not None:
            body = layout(json.loads(body)).encode()
    except (OSError, ValueError, RecursionError):
        raise BodyError(name) from None
    if name.split("/")[-1].partition(".")[0] != _digest(body):
        raise BodyError(name)
    return body


def _readable(body: bytes) -> tuple[str, str]:
    """Return the layout of *body* and its JSON with line breaks; empty texts if it is to stay as it is."""
    if body[:1] not in b"{[":
        return "", ""
    try:
        text = body.decode("utf-8")
        value = read_json(text)
        for name, layout in _LAYOUTS.items():
            if layout(value) == text:
                return name, json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    except (NotJsonError, ValueError, RecursionError):
        pass
    return "", ""


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in body


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:_NAME_LENGTH]
