"""Converts the selection of an old assertion or extract into a subject of ours."""

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
_REPLY_OBJECT = re.compile(
    r"(?:response|resp|res|r)\.(?=(?:status_code|headers?|cookies?|text|content|body|json)\b)"
)
"""The reply as an object of the requests library: what follows is a part of it, not a member of the body."""
_NOT_IN_BODY = re.compile(
    r"request\..+|(?:response|resp|res|r)\.(?:ok|reason|encoding|url|history|request|raw)\b.*"
)
_ATTRIBUTES = ("ok", "reason", "encoding", "url")
_ELAPSED = re.compile(r"(response_time|elapsed(\..+)?)\Z")
_BODY_PREFIX = re.compile(r"(?:content|body|json|response(?:\.json)?)\.(?=\S)")
_REFERENCE = re.compile(r"\$\{[^}]*\}")
_INDEX = re.compile(r"-?\d+")
_PLAIN_MEMBER = re.compile(r"[^\W\d]\w*(\[(-?\d+|\*|-?\d*:-?\d*)\])*")
_OTHER_MEMBER = re.compile(r"[\w \-@:/+]+")
_LENGTH = re.compile(r"(?:len|length|size|count)\(\s*(.*?)\s*\)\Z")
_HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
# Dots inside of quotes do not separate: ``headers."a.b"``.
_SEPARATOR = re.compile(r"""\.(?=(?:[^"]*"[^"]*")*[^"]*\Z)""")


def convert_subject(old: str, place: Node | KeyNode, context: ImportContext) -> str:
    """Return our subject for the *old* one; an empty text, after a remark, if there is none."""
    old = _REPLY_OBJECT.sub("", old.strip())
    if _NOT_IN_BODY.fullmatch(old):
        return _remark_path(old, place, context)
    if old in _ATTRIBUTES:
        what = tr("{name} 读成了答复里的字段 $.{name}", name=old)
        context.review(place, what, tr("旧框架里指的是应答对象的属性就改写，例如 status_code、url"))
    if old in _PLAIN_SUBJECTS:
        return _PLAIN_SUBJECTS[old]
    if _ELAPSED.match(old):
        # The unit is not known, so the limit cannot be converted.
        how = tr("写成 elapsed_ms: {less_than: 毫秒数}")
        context.remark(place, tr("耗时 {asked}", asked=old), how)
        return ""
    if old.startswith(("headers.", "header.", "cookies.", "cookie.")):
        part, _, name = old.partition(".")
        name = name.strip("\"'")
        if _HEADER_NAME.fullmatch(name):
            return ("headers." if part.startswith("header") else "cookies.") + name
        return _remark_path(old, place, context)
    if old.startswith("$") and not old.startswith(("$.", "$[")) and old != "$":
        # A variable or a call: the other side of the comparison does not depend on the reply.
        return _remark_path(old, place, context)
    path = context.text(old, place) if old.startswith("$") else _convert_dotted_path(old)
    try:
        compile_path(_REFERENCE.sub("'x'", path))
    except PathSyntaxError:
        return _remark_path(old, place, context)
    return path


def split_length(old: str) -> tuple[str, bool]:
    """Return the path inside of ``length(path)``, and whether there was such a call."""
    found = _LENGTH.match(old.strip())
    return (found.group(1), True) if found else (old, False)


def looks_like_subject(text: str) -> bool:
    """Return whether a text names something in the reply rather than being the wording of a value."""
    text = split_length(text)[0].strip()
    if text in _PLAIN_SUBJECTS or text.startswith(("$", "headers.", "header.", "cookies.", "cookie.")):
        return True
    return bool(_BODY_PREFIX.match(text) or re.fullmatch(r"[A-Za-z_][\w.\-\[\]:*\"]*", text, re.ASCII))


def selects_one(subject: str) -> bool:
    """Return whether a subject of ours selects one value, not a list of values."""
    if not subject.startswith("$"):
        return True
    try:
        return compile_path(_REFERENCE.sub("'x'", subject)).singular
    except PathSyntaxError:
        return True


def _remark_path(old: str, place: Node | KeyNode, context: ImportContext) -> str:
    context.remark(
        place, tr("读不懂的路径 {asked}", asked=old), tr("路径按 RFC 9535 书写，例如 $.data.result[*].id")
    )
    return ""


def _convert_dotted_path(old: str) -> str:
    """Convert ``content.data.0.id`` to ``$.data[0].id``; the result is not a path if *old* is none."""
    names = _SEPARATOR.split(_BODY_PREFIX.sub("", old))
    return "$" + "".join(map(_path_segment, names))


def _path_segment(name: str) -> str:
    quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "\"'"
    if _INDEX.fullmatch(name):
        return f"[{name}]"
    if _PLAIN_MEMBER.fullmatch(name):
        return f".{name}"
    if quoted or _OTHER_MEMBER.fullmatch(name):
        return f"[{json.dumps(name[1:-1] if quoted else name, ensure_ascii=False)}]"
    # Calls, filters and pipes of JMESPath are not names.
    return ".?"
