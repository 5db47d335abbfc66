"""Finds the secrets that a case makes: values that it extracts from a reply and sends as a credential.

Nobody declared these values, so the masker does not know them before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import Extract
from framework.http.masking import MIN_LENGTH
from framework.run.context import Bindings, RunContext

_CREDENTIAL_FIELD = re.compile(
    r"pass(wd|word|phrase|code)|pwd|token|secret|auth(?!or(?!i[sz]))|session|cookie|credential|jwt|signature"
    r"|api[_-]?key|access[_-]?key|private[_-]?key|^sid$|sess(ion)?[_-]?id",
    re.IGNORECASE,
)
_CURSOR_FIELD = re.compile(r"page|next|cursor|contin|sync|offset", re.IGNORECASE)
"""A token that says where a list goes on, such as ``page_token``, is not a credential."""


def is_credential(name: str) -> bool:
    """Return whether a field of this name holds a credential, as far as names say."""
    return bool(_CREDENTIAL_FIELD.search(name)) and not _CURSOR_FIELD.search(name)


def hide_extracted(extracts: Iterable[Extract], values: Mapping[str, Json], context: RunContext) -> None:
    """Mask the extracted *values* that are declared with ``secret: true``.

    Raises:
        UnresolvedError: a value is too short to be masked.
    """
    for wanted in extracts:
        if wanted.secret and wanted.name in values:
            for text in _texts(values[wanted.name]):
                _hide(wanted.name, text, wanted.span, context)


def hide_sent(rendered: Json, bindings: Bindings, span: Span, context: RunContext) -> None:
    """Mask the values of extracted variables that the *rendered* request sends as credentials.

    Raises:
        UnresolvedError: such a value is too short to be masked.
    """
    extracted = {
        name: value for name, value in bindings.items() if value.is_extracted and not value.is_public
    }
    if not extracted or not isinstance(rendered, dict):
        return
    credentials = tuple(_credential_texts(rendered))
    for name, binding in extracted.items():
        for text in _texts(binding.value):
            if any(_is_sent_in(text, credential) for credential in credentials):
                _hide(name, text, span, context)


def hide_added(before: Mapping[str, Json], after: Mapping[str, Json], context: RunContext) -> None:
    """Mask the credentials that a signer added to a request. One that is too short is a mere flag."""
    known = set(_credential_texts(before))
    for text in _credential_texts(after):
        if text not in known and len(text) >= MIN_LENGTH:
            context.hide("auth", text)


def _hide(name: str, text: str, span: Span, context: RunContext) -> None:
    if len(text) < MIN_LENGTH:
        raise UnresolvedError(
            Problem(
                "secret-short",
                tr(
                    "抽取的 {name} 是密钥，却短于 {least} 个字符，无法可靠地遮盖", name=name, least=MIN_LENGTH
                ),
                tr("真是密钥就请服务换长的；不是就在 extract 里写 {path: …, secret: false}"),
                span,
            )
        )
    context.hide(name, text)


def _is_sent_in(text: str, credential: str) -> bool:
    if len(text) >= MIN_LENGTH:
        return text in credential
    # Any long text contains a short one by chance.
    return bool(text) and text in re.split(r"[\s;,=:]+", credential)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _credential_texts(request: Mapping[str, Json]) -> Iterator[str]:
    """Yield the texts in the fields of *request* whose names say that they hold a credential."""
    for part in ("headers", "cookies", "params", "json", "data"):
        yield from _fields(request.get(part))
    data = request.get("data")
    if isinstance(data, str):
        yield from _pairs(data)
    url = request.get("url")
    if isinstance(url, str):
        yield from _pairs(urlsplit(url).query)
        credentials, at, _ = urlsplit(url).netloc.rpartition("@")
        if at:
            yield unquote(credentials)


def _fields(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if is_credential(name):
                yield from _texts(item)
            else:
                yield from _fields(item)
    elif isinstance(value, list):
        for item in value:
            yield from _fields(item)


def _pairs(query: str) -> Iterator[str]:
    for name, value in parse_qsl(query, keep_blank_values=True):
        yield from _fields({name: value})
