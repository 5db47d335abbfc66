"""Moves candidates of a run into the baselines: exactly what the run saw, unless it has moved since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from framework.base.errors import BaselineError, Problem
from framework.base.messages import tr
from framework.baseline import files
from framework.baseline.store import CANDIDATES, INDEX, case_folder, digest_at, place_of

_ENVIRONMENT: Final = re.compile(r"[\w.-]+")
_FILE: Final = re.compile(r"(?:@[\w.-]+/)?[\w.-]+/[\w.-]+\.json")
_CASE: Final = re.compile(r"[^\x00-\x1f\\]+::[^\x00-\x1f/\\]+")


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a candidate. ``basis``: the digest of the accepted file it was compared with, or empty."""

    file: str
    removal: bool
    words: str
    new_members: tuple[str, ...]
    basis: str

    @property
    def is_about(self) -> bool:
        """Whether the file only says how the others are to be read, so that nobody accepts it by itself."""
        return self.file.endswith(f"/{files.ABOUT}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """The candidates of one case of a run. ``folder`` has the files; ``refusal``: why they may not be
    accepted.
    """

    folder: Path
    case: str
    environment: str
    refusal: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The result for one candidate: words for the accepted parts, and for the refused ones with the
    reason.
    """

    case: str
    environment: str
    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unchanged: int = 0


def read_candidates(reports: Path) -> tuple[list[Candidate], list[Problem]]:
    """Return the candidates below the folder *reports*, and the problems of others."""
    folder = reports / CANDIDATES.name
    found: list[Candidate] = []
    problems: list[Problem] = []
    for path in sorted(folder.rglob(INDEX)):
        try:
            found.append(_candidate(path, folder))
        except BaselineError as error:
            problems += error.problems
    return found, problems


def _candidate(path: Path, top: Path) -> Candidate:
    name = path.relative_to(top.parent).as_posix()
    index = files.read(path, name)
    try:
        if index["format"] != files.FORMAT:
            raise ValueError(index["format"])
        candidate = Candidate(
            path.parent,
            _text(index, "case", _CASE),
            _text(index, "environment", _ENVIRONMENT),
            str(index["refusal"]),
            tuple(map(_change, index["changes"])),
        )
    except (LookupError, TypeError, ValueError) as error:
        what = tr("{file} 不是这一版写的候选：{error}", file=name, error=repr(error))
        raise BaselineError(Problem("candidate-form", what, tr("用这一版再运行一次"))) from None
    if case_folder(top, candidate.environment, candidate.case) != path.parent:
        what = tr("{file} 不在 {case} 的位置上", file=name, case=candidate.case)
        raise BaselineError(Problem("candidate-moved", what, tr("整个 reports 文件夹一起拷贝")))
    return candidate


def _change(item: Mapping[str, Any]) -> Change:
    members = tuple(map(str, item["new_members"]))
    return Change(
        _text(item, "file", _FILE), bool(item["removal"]), str(item["words"]), members, item["basis"]
    )


def _text(item: Mapping[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    """Return a text of a file that may come from anywhere, such as a path that must stay below its folder."""
    value = item[key]
    if not isinstance(value, str) or not pattern.fullmatch(value) or ".." in value or value.startswith("/"):
        raise ValueError(value)
    return value


# -- selection


def select(candidates: Iterable[Candidate], names: Sequence[str]) -> tuple[list[Candidate], list[str]]:
    """Return the candidates with the changes that *names* name (all if there is none), and unknown names.

    A name is a case with or without its file, a suite's file, the key of a record, or a new member.
    """
    if not names:
        return list(candidates), []
    found, used = [], set()
    for candidate in candidates:
        chosen = []
        for change in candidate.changes:
            fitting = {name for name in names if _fits(name, candidate, change)}
            used |= fitting
            chosen += [change] if fitting else []
        if chosen:
            found.append(replace(candidate, changes=(*_about_files(candidate, chosen), *chosen)))
    return found, [name for name in names if name not in used]


def _fits(name: str, candidate: Candidate, change: Change) -> bool:
    suite, _, case = candidate.case.partition("::")
    record = change.file.rpartition("/")[2].removesuffix(".json")
    return name in (candidate.case, case, suite, *change.new_members) or (
        not change.is_about and name in (record, change.file)
    )


def _about_files(candidate: Candidate, chosen: Sequence[Change]) -> list[Change]:
    """Return the files that say how the chosen ones are to be read."""
    slots = {change.file.partition("/")[0] for change in chosen}
    about = [it for it in candidate.changes if it.is_about and it.file.partition("/")[0] in slots]
    return [change for change in about if change not in chosen]


# -- acceptance


def accept(candidate: Candidate, root: Path, names: Sequence[str], *, writes: bool = True) -> Acceptance:
    """Accept the changes of a candidate into the baselines of the project at *root*.

    A member that nobody has accepted yet is accepted only if *names* has it. Unless it *writes*, only list
    the changes.
    """
    start = Acceptance(candidate.case, candidate.environment)
    if candidate.refusal:
        return replace(start, refused=(candidate.refusal,))
    accepted, refused, unchanged = [], [], 0
    for change in candidate.changes:
        try:
            state = _accept(change, candidate, root, names, writes)
        except BaselineError as error:
            refused.append(error.problems[0].what)
            continue
        if state == "refused":
            refused.append(_refusal(change, names))
        elif state == "unchanged" or change.is_about:
            unchanged += not change.is_about
        else:
            accepted.append(change.words)
    return replace(start, accepted=tuple(accepted), refused=tuple(refused), unchanged=unchanged)


def _accept(change: Change, candidate: Candidate, root: Path, names: Sequence[str], writes: bool) -> str:
    source = candidate.folder / change.file
    place = place_of(root / files.ROOT, candidate.environment, candidate.case, change.file)
    text = "" if change.removal else _candidate_text(source, change)
    offered = "" if change.removal else files.digest_of(files.portable(files.load(text, change.file)))
    current = digest_at(place)
    if current == offered:
        return "unchanged"
    if current != change.basis or set(change.new_members) - set(names):
        return "refused"
    if writes:
        _put(place, text)
    return "accepted"


def _candidate_text(path: Path, change: Change) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = tr("{file} 读不出来：{error}", file=change.file, error=str(error))
        raise BaselineError(Problem("candidate-unreadable", what)) from None


def _refusal(change: Change, names: Sequence[str]) -> str:
    if unnamed := sorted(set(change.new_members) - set(names)):
        given = {"words": change.words, "names": tr("、").join(unnamed)}
        return tr("{words}：里面有没见过的字段 {names}，要认可就在命令里写上它的名字", **given)
    return tr("{words}：那次运行之后认可的内容变了，再运行一次", words=change.words)


def _put(place: Path, text: str) -> None:
    if not text:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f".{place.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(place)


# -- cases that have baselines


def accepted_cases(root: Path) -> Iterator[tuple[str, str]]:
    """Yield environment and id of each case that has a baseline."""
    for environment in sorted(path for path in (root / files.ROOT).glob("*") if path.is_dir()):
        found = {about.parent.parent for about in environment.rglob(files.ABOUT)}
        for folder in sorted(found):
            suite = folder.parent.relative_to(environment).as_posix()
            yield environment.name, f"{suite}::{folder.name}"
