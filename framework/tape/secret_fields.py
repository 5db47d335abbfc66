"""Finds secrets by the name of their field: in JSON, forms, queries, cookies, header fields and texts.

A transformation gets the name of the field and its value, and returns the text to put in its place. So one
walk both collects the secrets and masks them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr

Replace = Callable[[str, str], str]
"""Gets the name of a secret field and its value; returns what to write instead of the value."""

_PARTS = re.compile(
    r"token|authori[sz]ation|passw|passphrase|passcode|secret(?!ar)|cookie|(?<!pos)(?<!ob)session|sessid"
    r"|api_?key|access_?key|private_?key|auth_?key|credential|pwd|密码|口令|令牌|密钥|私钥|凭证|凭据|会话"
)
"""Parts of names in lower case with ``_`` between words. Not "secretary", not "possession"."""

_WORDS = frozenset(("pass", "auth", "sid", "otp", "jwt", "bearer"))
"""Names, or last words of names, that are too short to be looked for inside a word."""

_DESCRIPTIVE = re.compile(
    r"(?:type|expires?|expiry|expiration|timeout|count|length|_(?:in|at|ttl|exp|size|limit|total|len|ur[li]"
    r"|enabled|required|status|policy|strategy|rule|hint|valid|rate|date|time|level|version|algorithm|min|max)"
    r"|类型|有效期|长度|时间|次数|强度|状态|规则|期限)$"
)
"""The ends of names such as ``tokenType``: the value describes the secret and is not one."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WHOLE = re.compile(r"-?[0-9]{1,4000}")
_MASKED = re.compile(r"(?:[A-Za-z]+ )?(?:\*\*\*[\w-]+\*\*\*)+")
_SCHEME = re.compile(r"(?:Bearer|Basic|Digest|Token|JWT|ApiKey) +(?=\S)", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)([^/@:\s\"']{0,200}):([^/@\s\"']{1,400})(?=@)")
_PAIR = re.compile(r"(?<![\w.\-%\[\]])([\w.\-%\[\]]{1,80})=([^&\s\"'<>;]+)")
_QUOTED_PAIR = re.compile(
    r"(?<=[\"'])([\w.\-\[\]]{1,80})(\\?[\"'](?:\s{0,9}[:=]\s{0,9}|\s{1,9}value=)\\?[\"'])([^\"'\\]+)(?=\\?[\"'])"
)
# Only values in ASCII: in a document, 密码: may be followed by a sentence.
_COLON_PAIR = re.compile(
    r"(?<![\w-])([\w-]{2,40})(\s?[:：]\s{0,2}(?:(?:Bearer|Basic|Token|Digest)\s{1,2})?)"
    r"([!#-&(-+\--:=?-~]{6,})",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b([Bb]earer\s{1,4})([\w.~+/=-]{6,})")


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Return True if a field of this name holds a secret, such as ``accessToken`` or ``密码``."""
    words = _words(name)
    if is_masked(name) or _DESCRIPTIVE.search(words):
        return False
    return _PARTS.search(words) is not None or words.rpartition("_")[2] in _WORDS


def _words(name: str) -> str:
    separated = _CAMEL.sub("_", unquote(name))
    return re.sub(r"[^\w]+", "_", separated).strip("_").lower()


def mask_name(name: str) -> str:
    """Return the name in the mask of a field: lower case, and only characters that a mask can have."""
    return re.sub(r"[^\w-]", "_", unquote(name).lower())


def distinct_mask_name(name: str, value: str) -> str:
    """Return a name for a mask that distinguishes the values of one field, such as ``token-1f3a9c``."""
    # 24 bits are enough to tell recorded values apart, and too few to find out a value by trying.
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{mask_name(name)}-{digest}"


def is_masked(text: str) -> bool:
    """Return True if *text* is nothing but masks, maybe after the scheme of a credential (``Bearer``)."""
    return _MASKED.fullmatch(text) is not None


def without_scheme(value: str) -> str:
    """Return the credential of a header value: ``Bearer abc`` gives ``abc``."""
    scheme = _SCHEME.match(value)
    return value[scheme.end() :] if scheme else value


def replace_in_json(value: Json, replace: Replace) -> Json:
    """Return a copy of a JSON value with each secret replaced; a text instead if it is nested too deeply."""
    try:
        return _replace_in_value(value, replace)
    except RecursionError:
        return tr("（嵌套过深，没有记下）")


def _replace_in_value(value: Json, replace: Replace) -> Json:
    if isinstance(value, str):
        return replace_in_text(value, replace)
    if isinstance(value, Mapping):
        # Some replies list fields as {"name": "token", "value": "…"}.
        field = next((value[key] for key in ("name", "key") if isinstance(value.get(key), str)), "")
        return {key: _replace_in_member(str(key), item, field, replace) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replace_in_value(item, replace) for item in value]
    return value


def _replace_in_member(name: str, item: Json, field: str, replace: Replace) -> Json:
    if is_secret_name(name):
        return _replace_leaves(item, name, replace)
    if name == "value" and is_secret_name(field):
        return _replace_leaves(item, field, replace)
    return _replace_in_value(item, replace)


def _replace_leaves(value: Json, name: str, replace: Replace) -> Json:
    """Replace all texts and numbers in the value of a secret field."""
    if isinstance(value, Mapping):
        return {
            key: item if _DESCRIPTIVE.search(_words(str(key))) else _replace_leaves(item, name, replace)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_replace_leaves(item, name, replace) for item in value]
    if value is None or isinstance(value, bool) or value == "":
        return value
    text = str(value)
    replaced = replace(name, text)
    if replaced == text:
        return value
    # A number that is replaced by digits stays a number.
    return int(replaced) if isinstance(value, int) and _WHOLE.fullmatch(replaced) else replaced


def replace_in_text(text: str, replace: Replace) -> str:
    """Return *text* with the secrets replaced: those in JSON, ``a=b``, ``"a": "b"`` and ``Bearer b``."""
    document = _parse_json(text)
    if document is not None:
        replaced = replace_in_json(document, replace)
        return text if replaced == document else json.dumps(replaced, ensure_ascii=False)
    if "://" in text:
        text = _USER_INFO.sub(lambda found: f"{found[1]}:{replace('password', found[2])}", text)
    if "=" in text:
        text = _PAIR.sub(lambda found: f"{found[1]}={_replace_encoded(found[1], found[2], replace)}", text)
    if '"' in text or "'" in text:
        text = _QUOTED_PAIR.sub(lambda found: _replace_quoted(found, replace), text)
    if ":" in text or "：" in text:
        text = _COLON_PAIR.sub(lambda found: _replace_quoted(found, replace), text)
    if "earer" in text:
        text = _BEARER.sub(lambda found: found[1] + replace("authorization", found[2]), text)
    return text


def _parse_json(text: str) -> Any:
    """Return the object or array that *text* is, None for any other text."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return read_json(text)
    except NotJsonError:
        # A text that repeats a key is masked as text, so that nothing of it is lost.
        return None


def _replace_quoted(found: re.Match[str], replace: Replace) -> str:
    if not is_secret_name(found[1]):
        return found[0]
    return found[1] + found[2] + replace(found[1], found[3])


def replace_in_url(url: str, replace: Replace) -> str:
    """Return *url* with the secrets in its user information, path parameters, query and fragment replaced."""
    rest, hash_sign, fragment = url.partition("#")
    path, mark, query = rest.partition("?")
    return "".join(
        (
            replace_in_text(path, replace),
            mark,
            replace_in_form(query, replace),
            hash_sign,
            replace_in_form(fragment, replace),
        )
    )


def replace_in_form(form: str, replace: Replace) -> str:
    """Return a query or a form (``a=1&b=2``) with the secrets replaced."""
    return "&".join(_replace_in_pair(pair, replace) for pair in form.split("&"))


def _replace_in_pair(pair: str, replace: Replace) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}={_replace_encoded(name, value, replace)}" if equals else pair


def _replace_encoded(name: str, encoded: str, replace: Replace) -> str:
    """Return a percent-encoded value, replaced if *name* is that of a secret or if it names one itself."""
    if not encoded or is_masked(encoded):
        return encoded
    value = unquote_plus(encoded)
    replaced = replace(name, value) if is_secret_name(name) else value
    if replaced == value and not is_secret_name(name) and "%" in encoded:
        replaced = replace_in_text(value, replace)
        return encoded if replaced == value else quote(replaced, safe="*")
    if replaced == value:
        return encoded
    return replaced if is_masked(replaced) else quote(replaced, safe="*")


def replace_in_body(body: str, replace: Replace) -> str:
    """Return the body of a request, which is JSON, a form or another text, with the secrets replaced."""
    is_form = re.match(r"\s*[\w.\-%\[\]]+=", body) is not None
    return replace_in_form(body, replace) if is_form else replace_in_text(body, replace)
