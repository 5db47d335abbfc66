"""Reads and writes the folder of a recording, and reports its problems.

::

    tape.json            the environment, the substitutes of its secrets, and a checksum of every case file
    cases/….har          one file a case, HAR 1.2
    bodies/….json        the bodies of the replies, each once

While a run records, ``tape.json`` does not exist. It is written last.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from framework.base.errors import Problem, TapeError
from framework.base.filelock import LockedError, locked
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.tape.bodies import BodyError, read_body

INDEX, LOCK = "tape.json", ".lock"
VERSION = 2
_CASES = "cases"
_MAX_BYTES = 512 * 1024 * 1024
_MAX_PROBLEMS = 20
_ATTRIBUTES = ".gitattributes"
_NO_CONVERSION = "* -text\n"


@dataclass(frozen=True)
class Recording:
    """The content of a folder. ``secrets`` are made-up values by the names of the environment's secrets."""

    folder: Path
    environment: str
    origin: str
    secrets: Mapping[str, tuple[str, ...]]
    source: str = "run"
    cases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The ``log`` of each case."""


# -- writing


@contextmanager
def recording_into(folder: Path) -> Iterator[None]:
    """Make *folder* and hold it for one recording.

    Raises:
        TapeError: another run records into it, it has other files, or it cannot be written.
    """
    try:
        with locked(folder / LOCK, wait=False):
            if any(path.name not in (LOCK, _ATTRIBUTES) for path in folder.iterdir()):
                raise TapeError(_occupied(folder))
            (folder / _ATTRIBUTES).write_text(_NO_CONVERSION, encoding="utf-8", newline="\n")
            yield
    except LockedError:
        what = tr("另一次运行正在录制到 {folder}", folder=folder)
        how = tr("等它结束，或录到另一个目录；分片各录到自己的目录")
        raise TapeError(Problem("tape-busy", what, how)) from None
    except OSError as error:
        what = tr("{path} 写不了：{error}", path=folder, error=error.strerror)
        raise TapeError(Problem("tape-write", what)) from None


def _occupied(folder: Path) -> Problem:
    if not (folder / INDEX).exists():
        if (folder / _CASES).exists():
            what = tr("{folder} 里有一次没有录完的录制", folder=folder)
            how = tr("录到另一个目录；确认没有别的运行还在录，就先删去它")
            return Problem("tape-folder", what, how)
        return Problem(
            "tape-folder", tr("{folder} 里有别的文件，不是录制数据", folder=folder), tr("换一个空的目录")
        )
    try:
        environment = str(_read_json(folder / INDEX)["environment"])
    except (TapeError, KeyError):
        environment = "?"
    what = tr("{folder} 里已有环境 {name} 的一次录制", folder=folder, name=environment)
    return Problem("tape-folder", what, tr("录到另一个目录，分片各录到自己的目录；不再需要它才删去"))


def case_file(folder: Path, case: str) -> Path:
    """Return the file of a case, by its node id."""
    suite, _, name = case.partition("::")
    parts = [_file_name(part) for part in suite.split("/") if part.strip(".")]
    digest = hashlib.sha256(case.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return folder.joinpath(_CASES, *parts, f"{_file_name(name) or 'case'}-{digest}.har")


def _file_name(text: str) -> str:
    return "".join(islice(re.sub(r"[^\w.\[\]-]+", "_", text), 80))


def write_json(path: Path, value: Json) -> None:
    """Write *value* as JSON with line breaks, completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        data = json.dumps(value, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8 encoding, but JSON can escape it.
        data = json.dumps(value, indent=1).encode()
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(data + b"\n")
    draft.replace(path)


def write_facts(folder: Path, facts: Mapping[str, Json]) -> None:
    """Keep the facts that this process knows until the recording is finished."""
    write_json(folder / f".facts-{os.getpid()}.json", dict(facts))


def finish(folder: Path, source: str = "run") -> int:
    """Write the index of a recording, if it has cases; return their number.

    *source*: ``run``, or ``har`` for the requests of a browser.

    Raises:
        TapeError: something cannot be read or written.
    """
    try:
        facts: dict[str, Any] = {"environment": "", "origin": ""}
        secrets: dict[str, list[str]] = {}
        for path in sorted(folder.glob(".facts-*.json")):
            part = _read_json(path)
            facts |= {name: part[name] for name in facts if part.get(name)}
            for name, values in part["secrets"].items():
                secrets[name] = list(dict.fromkeys([*secrets.get(name, ()), *values]))
        files = sorted((folder / _CASES).rglob("*.har"))
        index = {
            "tape": VERSION,
            **facts,
            "source": source,
            "secrets": secrets,
            "cases": {path.relative_to(folder).as_posix(): _digest(path) for path in files},
        }
        if files:
            write_json(folder / INDEX, index)
        for path in folder.glob(".facts-*.json"):
            path.unlink()
    except OSError as error:
        what = tr("{path} 写不了：{error}", path=folder, error=error.strerror)
        raise TapeError(Problem("tape-write", what)) from None
    return len(files)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- reading


def is_recording(folder: Path) -> bool:
    """Return whether *folder* holds a recording, finished or not, and no tape of another format."""
    return (folder / INDEX).exists() or (folder / _CASES).is_dir()


def load(folder: Path) -> Recording:
    """Read a recording and check that nothing of it is missing or was changed.

    Raises:
        TapeError: something is; every file is named.
    """
    if not (folder / INDEX).exists():
        what = tr("{folder} 里的录制没有录完：没有 {name}", folder=folder, name=INDEX)
        raise TapeError(Problem("tape-unfinished", what, tr("重新录制")))
    index = _read_json(folder / INDEX)
    if index.get("tape") != VERSION:
        what = tr("{path} 不是第 {version} 版的录制数据", path=folder / INDEX, version=VERSION)
        raise TapeError(Problem("tape-version", what, tr("用录制它的那个版本回放，或重新录制")))
    try:
        secrets = {name: tuple(map(str, values)) for name, values in index["secrets"].items()}
        recording = Recording(folder, index["environment"], index["origin"], secrets, index["source"])
        listed = dict(index["cases"])
    except (KeyError, TypeError, AttributeError, ValueError):
        raise TapeError(_edited(folder / INDEX)) from None
    return _with_cases(recording, listed)


def _with_cases(recording: Recording, listed: Mapping[str, str]) -> Recording:
    folder, problems = recording.folder, []
    cases: dict[str, Mapping[str, Any]] = {}
    for name, digest in listed.items():
        try:
            if _digest(folder / name) != digest:
                problems.append(_edited(folder / name))
                continue
            log = _read_json(folder / name)["log"]
            _check_bodies(folder, log)
            cases[log["_case"]] = log
        except BodyError as error:
            body = folder / str(error)
            problems.append(_edited(body) if body.exists() else _missing(body))
        except OSError:
            problems.append(_missing(folder / name))
        except (KeyError, TypeError, AttributeError):
            problems.append(_edited(folder / name))
    if problems:
        raise TapeError(*islice(dict.fromkeys(problems), _MAX_PROBLEMS))
    return Recording(
        folder, recording.environment, recording.origin, recording.secrets, recording.source, cases
    )


def _check_bodies(folder: Path, log: Mapping[str, Any]) -> None:
    for entry in log["entries"]:
        read_body(folder, entry["response"]["content"])


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TapeError(_edited(path))
        value = json.loads(path.read_bytes())
    except OSError:
        raise TapeError(_missing(path)) from None
    except (ValueError, RecursionError):
        raise TapeError(_edited(path)) from None
    if not isinstance(value, dict):
        raise TapeError(_edited(path))
    return value


def _missing(path: Path) -> Problem:
    return Problem("tape-cut", tr("录制数据缺了 {path}", path=path), tr("找回整个目录，或重新录制"))


def _edited(path: Path) -> Problem:
    what = tr("{path} 与录制时不同：被截断或改过", path=path)
    return Problem("tape-edited", what, tr("找回原来的文件，或重新录制"))
