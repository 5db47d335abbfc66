"""Recorded exchanges, and the answers they give. No socket is opened here.

A request is answered by a recording of the same method, address, parameters and body (equal as JSON) whose
header fields have the same names and values. A header value that was masked in the recording fits the same
mask alone, which a replay sends in place of the secret: another token would have had another answer. A masked
piece of a body or an address stands for any text. Of several equal recordings the n-th equal request gets the
n-th, and from then on the last.
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
from framework.tape import tape_format
from framework.tape.tape_format import Header, LineError, Masks, address

FILE_NAME = "tape.jsonl"
MAX_BYTES = 256 * 1024 * 1024
_MAX_PROBLEMS = 20
_MASK = re.compile(r"\*\*\*[\w-]+\*\*\*")
Key = tuple[str, str, str]


class TapeMiss(TapeError):
    """The tape does not hold the request."""


class Tape:
    """The exchanges of one folder, in recorded order. ``origin``: where they were recorded, ``scheme://host[:port]``."""

    def __init__(self, origin: str, source: str, exchanges: Iterable[Exchange]) -> None:
        self.origin = origin
        self.source = source
        self.exchanges = tuple(exchanges)
        self._by_key: dict[Key, list[Exchange]] = {}
        self._masked: list[Exchange] = []
        self._given: Counter[tuple[int, ...]] = Counter()
        for exchange in self.exchanges:
            self._by_key.setdefault(self._key(exchange.request), []).append(exchange)
            if _MASK.search("".join(self._key(exchange.request))):
                self._masked.append(exchange)

    @classmethod
    def load(cls, folder: Path) -> Tape:
        """Read the tape in *folder*.

        Raises:
            TapeError: there is none, it is larger than MAX_BYTES, or lines of it are wrong; each is named.
        """
        path = folder / FILE_NAME
        lines = _lines(path)
        try:
            header = tape_format.read_header(lines[0] if lines else "")
        except LineError as error:
            raise TapeError(_wrong(path, 1, error)) from None
        exchanges: list[Exchange] = []
        problems: list[Problem] = []
        for number, line in enumerate(lines[1:], start=2):
            try:
                exchanges += [tape_format.read_exchange(line, header)] if line.strip() else []
            except LineError as error:
                problems.append(_wrong(path, number, error))
        if problems:
            raise TapeError(*problems[:_MAX_PROBLEMS])
        return cls(header.origin, header.source, exchanges)

    def answer(self, request: Request) -> Exchange | None:
        """Return the recorded exchange with *request* in it, or None where there is none."""
        found = self._equal(request)
        if not found:
            return None
        group = tuple(id(exchange) for exchange in found)
        given = self._given[group]
        self._given[group] += 1
        return replace(found[min(given, len(found) - 1)], request=request, replayed=True)

    def send(self, request: Request) -> Exchange:
        """Answer *request*.

        Raises:
            TapeMiss: the tape does not hold it; says what is nearest.
        """
        exchange = self.answer(request)
        if exchange is None:
            where = address(request.url, self.origin).partition("?")[
                0
            ]  # a query may hold a secret, which nobody here knows
            raise TapeMiss(
                Problem(
                    "tape-miss",
                    tr("录音里没有这个请求:{method} {where}", method=request.method, where=where),
                    self._nearest(request),
                )
            )
        return exchange

    def _equal(self, request: Request) -> list[Exchange]:
        key = self._key(request)
        same = self._by_key.get(key) or [
            exchange for exchange in self._masked if _fits(self._key(exchange.request), key)
        ]
        # Another token would have had another answer, so a masked field fits the same mask only.
        return [
            exchange for exchange in same if _fields(exchange.request.headers) == _fields(request.headers)
        ]

    def _key(self, request: Request) -> Key:
        parameters = {name: value for name, value in request.params.items() if value is not None}
        body = "" if isinstance(request.json, Missing) else "json " + _canonical(request.json)
        if request.data is not None:
            body = "data " + _canonical(request.data)
        return (
            request.method.upper(),
            address(request.url, self.origin),
            _canonical([parameters, dict(request.cookies), body]),
        )

    def _nearest(self, request: Request) -> str:
        method, where, rest = self._key(request)
        same_place = [
            exchange for exchange in self.exchanges if self._key(exchange.request)[:2] == (method, where)
        ]
        if not same_place:
            return tr("录音里没有对这个地址的请求;重新录制,或者连到服务上运行")
        if any(self._key(exchange.request)[2] == rest for exchange in same_place):
            return tr("地址和参数都录过,但请求头不同(例如一个带 Token,一个不带)")
        return tr("这个地址录过 {count} 次,但参数或请求体不同;重新录制", count=len(same_place))


def write_tape(folder: Path, origin: str, source: str, exchanges: Iterable[Exchange], masker: Masks) -> None:
    """Write *exchanges* as a tape, replacing one that is there, whole or not at all.

    Raises:
        TapeError: *folder* holds something that is not a tape, or cannot be written.
    """
    path = folder / FILE_NAME
    header = Header(origin, source)
    try:
        if folder.exists() and not path.exists() and any(folder.iterdir()):
            raise TapeError(
                Problem(
                    "tape-folder", tr("{folder} 里有别的文件,不是录音", folder=folder), tr("换一个空的目录")
                )
            )
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{FILE_NAME}.part"
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(tape_format.header_line(header) + "\n")
            file.writelines(
                tape_format.exchange_line(exchange, header, masker) + "\n" for exchange in exchanges
            )
        draft.replace(path)
    except OSError as error:
        raise TapeError(
            Problem("tape-write", tr("{path} 写不了:{error}", path=path, error=error.strerror))
        ) from None


def _lines(path: Path) -> list[str]:
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
                tr("{path} 读不了:{error}", path=path, error=error.strerror),
                tr("目录里要有 {name}", name=FILE_NAME),
            )
        ) from None
    try:
        return data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TapeError(_wrong(path, line, LineError(tr("不是 UTF-8")))) from None


def _wrong(path: Path, line: int, error: LineError) -> Problem:
    return Problem("tape-line", f"{path}:{line}: {error}", tr("录音是机器写的;重新录制比手改可靠"))


# -- equality


def _canonical(value: Json) -> str:
    """Return one text for all JSON texts of an equal value: members sorted, 1.0 as 1."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fits(recorded: Key, asked: Key) -> bool:
    return all(_text_fits(one, other, '[^"&]*') for one, other in zip(recorded, asked, strict=True))


def _text_fits(recorded: str, asked: str, anything: str = ".*") -> bool:
    if not _MASK.search(recorded):
        return recorded == asked
    return re.fullmatch(anything.join(map(re.escape, _MASK.split(recorded))), asked) is not None


def _fields(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: str(value) for name, value in headers.items() if value is not None}
