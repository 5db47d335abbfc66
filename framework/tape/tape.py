"""Answers requests from recorded exchanges, without opening a socket.

A recording answers a request if method, URL, parameters, body and header fields are equal. Bodies are
compared as JSON values. There are two rules for masked secrets:

* A masked header value only matches the same mask, which a replay sends in place of the secret. With another
  token, the service might have answered differently.
* A masked part of a URL or a body matches any text, and a masked field any value.

Several recorded values of one field have masks of their own, with a short digest. Such a mask matches its own
value, in a header field and elsewhere.

If several recordings are equal, the n-th equal request gets the n-th of them, and all later ones get the
last.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from framework.base.errors import Problem, TapeError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import Missing, Request
from framework.http.exchange import Exchange
from framework.tape import format as tape_format
from framework.tape.format import Header, LineError, relative_url
from framework.tape.miss import TapeMiss
from framework.tape.redaction import (
    FieldRedactor,
    SecretMasker,
    distinct_mask,
    mask_exchange,
    mask_named_fields,
)
from framework.tape.secret_fields import is_masked, is_secret_name, without_scheme

FILE_NAME = "tape.jsonl"
MAX_BYTES = 256 * 1024 * 1024
_MAX_PROBLEMS = 20
_MASK = re.compile(r"\*\*\*[\w-]+\*\*\*")
_DISTINCT_MASK = re.compile(r"\*\*\*[\w-]+-[0-9a-f]{6}\*\*\*")
RequestKey = tuple[str, str, str]
"""The method, the URL relative to the origin, and one canonical text of parameters, cookies and body."""


class Tape:
    """The recorded exchanges of one folder, in order. ``origin`` is ``scheme://host[:port]``."""

    environment = ""
    recorded: None = None
    knows_secrets = False
    """It is no recording of a run: times and secrets are not on it, and nothing is in the order of a case."""

    def __init__(self, origin: str, source: str, exchanges: Iterable[Exchange]) -> None:
        self.origin = origin
        self.source = source
        self.exchanges = tuple(exchanges)
        self._by_key: dict[RequestKey, list[Exchange]] = {}
        self._with_mask: list[Exchange] = []
        self._times_answered: Counter[tuple[int, ...]] = Counter()
        for exchange in self.exchanges:
            key = self._request_key(exchange.request)
            self._by_key.setdefault(key, []).append(exchange)
            if _MASK.search("".join(key)):
                self._with_mask.append(exchange)

    @classmethod
    def load(cls, folder: Path) -> Tape:
        """Read the tape in *folder*.

        Raises:
            TapeError: there is no tape, it is larger than MAX_BYTES, or lines are wrong; each wrong line is
            named.
        """
        path = folder / FILE_NAME
        lines = _read_lines(path)
        try:
            header = tape_format.read_header(lines[0] if lines else "")
        except LineError as error:
            raise TapeError(_line_problem(path, 1, error)) from None
        exchanges: list[Exchange] = []
        problems: list[Problem] = []
        for number, line in enumerate(lines[1:], start=2):
            try:
                if line.strip():
                    exchanges.append(tape_format.read_exchange(line, header))
            except LineError as error:
                problems.append(_line_problem(path, number, error))
        if problems:
            raise TapeError(*problems[:_MAX_PROBLEMS])
        return cls(header.origin, header.source, exchanges)

    def answer(self, request: Request) -> Exchange | None:
        """Return the recorded exchange that answers *request*, None if there is none."""
        matching = self._matching_exchanges(request)
        if not matching:
            return None
        group = tuple(id(exchange) for exchange in matching)
        times = self._times_answered[group]
        self._times_answered[group] += 1
        index = min(times, len(matching) - 1)
        before = times >= len(matching)
        return replace(matching[index], request=request, replayed=True, answered_before=before)

    def send(self, request: Request) -> Exchange:
        """Answer *request*.

        Raises:
            TapeMiss: no recording answers it. The message describes the nearest recording.
        """
        exchange = self.answer(request)
        if exchange is None:
            # Without the query, which may contain a secret: a replay does not know the secrets, so it cannot
            # mask them.
            path = relative_url(request.url, self.origin).partition("?")[0]
            what = tr("录制数据里没有这个请求：{method} {where}", method=request.method, where=path)
            raise TapeMiss(Problem("tape-miss", what, self._nearest_hint(request)))
        return exchange

    def _matching_exchanges(self, request: Request) -> list[Exchange]:
        # The second key also matches a secret that is no text, or that has a quote inside.
        keys = (self._request_key(request), self._request_key(mask_named_fields(request)))
        same_key = self._by_key.get(keys[0]) or self._by_key.get(keys[1])
        if not same_key:
            same_key = [
                exchange
                for exchange in self._with_mask
                if _matches_one_of(self._request_key(exchange.request), keys)
            ]
        fields = _sent_fields(request.headers)
        return [exchange for exchange in same_key if _sent_fields(exchange.request.headers) == fields]

    def _request_key(self, request: Request) -> RequestKey:
        parameters = {name: value for name, value in request.params.items() if value is not None}
        if request.uploads:
            body = "files " + _canonical_json([part.facts for part in request.uploads])
        elif request.data is not None:
            body = "data " + _canonical_json(request.data)
        elif not isinstance(request.json, Missing):
            body = "json " + _canonical_json(request.json)
        else:
            body = ""
        content = _canonical_json([parameters, dict(request.cookies), body])
        return request.method.upper(), relative_url(request.url, self.origin), content

    def _nearest_hint(self, request: Request) -> str:
        """Return the remedy for a miss, by how near the recordings come to *request*."""
        method, url, content = self._request_key(mask_named_fields(request))
        keys = [self._request_key(exchange.request) for exchange in self.exchanges]
        same_url = [key for key in keys if key[0] == method and _matches_masked_text(key[1], url)]
        if not same_url:
            return tr("录制数据里没有对这个地址的请求；重新录制，或者连到服务上运行")
        if any(_matches_masked_text(key[2], content) for key in same_url):
            return tr("地址和参数都录过，但请求头不同（例如一个带 Token，一个不带）")
        return tr("这个地址录过 {count} 次，但参数或请求体不同；重新录制", count=len(same_url))


def write_tape(
    folder: Path,
    origin: str,
    source: str,
    exchanges: Iterable[Exchange],
    masker: SecretMasker,
    *,
    one_header_mask: bool = False,
) -> None:
    """Write *exchanges* as a tape and replace an existing one, completely or not at all.

    Masks the secrets that the masker knows, and the value of every field with the name of a secret. With
    *one_header_mask*, all values of such a header field get the same mask.

    Raises:
        TapeError: *folder* contains other files than a tape, or cannot be written.
    """
    path = folder / FILE_NAME
    header = Header(origin, source)
    try:
        if folder.exists() and not path.exists() and any(folder.iterdir()):
            raise TapeError(
                Problem(
                    "tape-folder",
                    tr("{folder} 里有别的文件，不是录制数据", folder=folder),
                    tr("换一个空的目录"),
                )
            )
        folder.mkdir(parents=True, exist_ok=True)
        # An unfinished tape never gets the final name: renaming is atomic.
        draft = folder / f".{FILE_NAME}.part"
        masked = [mask_exchange(exchange, masker) for exchange in exchanges]
        redactor = FieldRedactor(masked, one_header_mask=one_header_mask)
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(tape_format.header_line(header) + "\n")
            for exchange in masked:
                file.write(tape_format.exchange_line(redactor.exchange(exchange), header) + "\n")
        draft.replace(path)
    except OSError as error:
        raise TapeError(
            Problem("tape-write", tr("{path} 写不了：{error}", path=path, error=error.strerror))
        ) from None


def _read_lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TapeError(
                Problem("tape-large", tr("{path} 超过 {limit} MiB", path=path, limit=MAX_BYTES // 2**20))
            )
        data = path.read_bytes()
    except OSError as error:
        raise TapeError(
            Problem(
                "tape-missing",
                tr("{path} 读不了：{error}", path=path, error=error.strerror),
                tr("目录里要有 {name}", name="tape.json"),
            )
        ) from None
    try:
        return data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TapeError(_line_problem(path, line, LineError(tr("不是 UTF-8")))) from None


def _line_problem(path: Path, line: int, error: LineError) -> Problem:
    return Problem("tape-line", f"{path}:{line}: {error}", tr("录制数据是机器写的；重新录制比手改可靠"))


# -- comparing requests


def _canonical_json(value: Json) -> str:
    """Return the same text for all equal JSON values: members are sorted, and 1.0 is written as 1."""
    return json.dumps(_integers_as_int(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _integers_as_int(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _integers_as_int(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_integers_as_int(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _matches_masked_key(recorded: RequestKey, requested: RequestKey) -> bool:
    return all(_matches_masked_text(one, other) for one, other in zip(recorded, requested, strict=True))


def _matches_one_of(recorded: RequestKey, requested: Iterable[RequestKey]) -> bool:
    return any(_matches_masked_key(recorded, key) for key in requested)


def _matches_masked_text(recorded: str, requested: str) -> bool:
    """Compare two texts. A mask in *recorded* matches any text inside one JSON string or URL parameter.

    The mask of one of several values of a field matches only the same mask and the masks without a value.
    """
    if not _MASK.search(recorded):
        return recorded == requested
    pattern = ""
    end = 0
    for mask in _MASK.finditer(recorded):
        pattern += re.escape(recorded[end : mask.start()]) + _mask_pattern(mask[0])
        end = mask.end()
    return re.fullmatch(pattern + re.escape(recorded[end:]), requested) is not None


def _mask_pattern(mask: str) -> str:
    if not _DISTINCT_MASK.fullmatch(mask):
        return '[^"&]*'
    return rf"(?:{re.escape(mask)}|(?!{_DISTINCT_MASK.pattern}){_MASK.pattern})"


def _sent_fields(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: _sent_value(name, str(value)) for name, value in headers.items() if value is not None}


def _sent_value(name: str, value: str) -> str:
    """Return the value of a header field as it is compared.

    Another value than a mask is compared with the masks of the recorded values. The scheme in Authorization
    is left out before a mask, since the mask replaces the whole value.
    """
    if not is_secret_name(name) or not value:
        return value
    if not is_masked(value):
        return distinct_mask(name, value)
    return without_scheme(value) if "authorization" in name.lower() else value
