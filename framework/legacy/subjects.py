"""Converts what an old assertion or extract selects into a subject of ours."""

from __future__ import annotations

import json
import re

from framework.base.jsonpath import PathSyntaxError, compile_path
from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, Node
from framework.legacy.import_context import ImportContext

_PLAIN_SUBJECTS = {
    "status_code": "status_code",
    "http_code": "status_code",
    "body": "body",
    "content": "body",
    "text": "body",
    "response": "body",
}
_ELAPSED = re.compile(r"(response_time|elapsed(\..+)?)\Z")
_BODY_PREFIX = re.compile(r"(?:content|body|json|response(?:\.json)?)\.(?=\S)")
_REFERENCE = re.compile(r"\$\{[^}]*\}")
_INDEX = re.compile(r"\d+")
_PLAIN_MEMBER = re.compile(r"[^\W\d]\w*(\[(\d+|\*)\])*")


def convert_subject(old: str, place: Node | KeyNode, context: ImportContext) -> str:
    """Return our subject for the *old* one; an empty text, after a remark, if there is none."""
    old = old.strip()
    if old in _PLAIN_SUBJECTS:
        return _PLAIN_SUBJECTS[old]
    if _ELAPSED.match(old):
        # The unit is not known, so the limit cannot be converted.
        how = tr("写成 elapsed_ms: {{less_than: 毫秒数}}", x="")
        context.remark(place, tr("耗时 {asked}", asked=old), how)
        return ""
    if old.startswith(("headers.", "header.")):
        name = old.partition(".")[2]
        return "headers." + name.strip("\"'")
    if old.startswith("cookies."):
        context.remark(place, tr("Cookie {asked}", asked=old), tr("检查 headers.Set-Cookie"))
        return ""
    path = context.text(old, place) if old.startswith("$") else _convert_dotted_path(old)
    try:
        compile_path(_REFERENCE.sub("'x'", path))
    except PathSyntaxError:
        context.remark(
            place,
            tr("读不懂的路径 {asked}", asked=old),
            tr("路径按 RFC 9535 书写,例如 $.data.result[*].id"),
        )
        return ""
    return path


def _convert_dotted_path(old: str) -> str:
    """Convert ``content.data.0.id`` to ``$.data[0].id``."""
    names = _BODY_PREFIX.sub("", old).split(".")
    return "$" + "".join(map(_path_segment, names))


def _path_segment(name: str) -> str:
    if _INDEX.fullmatch(name):
        return f"[{name}]"
    if _PLAIN_MEMBER.fullmatch(name):
        return f".{name}"
    return f"[{json.dumps(name, ensure_ascii=False)}]"
