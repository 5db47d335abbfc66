"""Finds the baselines and their candidates, and keeps those of the case that runs.

A baseline is in ``baselines/ENVIRONMENT/SUITE/CASE/SUBJECT/``. A run writes the differences from it, or all
if there is none, to the same place below ``reports/candidates/``, ready to be accepted. Nothing else than the
command ``accept`` writes a baseline.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from framework.base.errors import BaselineError, CaseFileError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.baseline import files
from framework.baseline.learned import KnownValues, name_of, written
from framework.checks.outcome import LearnedValue, ProposedFile
from framework.checks.shown import short

CANDIDATES: Final = Path("reports") / "candidates"
LAST_LOOK: Final = Path("reports") / "candidates-before"
"""The candidates of the run before. Members that differ between two first looks change by themselves."""
FINDINGS: Final = "findings/"
"""Begins the kinds of values that are defects, of which a sound service has none to accept."""
OF_ALL_CASES: Final = "@"
"""Begins the name of a file that belongs to the environment, not to the case that saw its value."""
INDEX: Final = "_candidate.json"
"""The file of a case's candidates that lists them. It is written last, so it is missing if the run died."""
Mask = Callable[[Json], Json]


def case_folder(root: Path, environment: str, case: str) -> Path:
    """Return the folder of a case, ``suite.yaml::id``, below *root*."""
    suite, _, name = case.partition("::")
    return root / environment / suite / name


def place_of(root: Path, environment: str, case: str, file: str) -> Path:
    """Return the path of the *file* of a candidate in the baselines at *root*."""
    if file.startswith(OF_ALL_CASES):
        return root / environment / file.removeprefix(OF_ALL_CASES)
    return case_folder(root, environment, case) / file


def slot_name(subject: str) -> str:
    """Return the folder of a subject: ``items`` for ``$.items``, ``reply`` for ``$``."""
    plain = re.sub(r"[^\w.-]+", "-", subject.removeprefix("$").removesuffix("[*]")).strip("-.")
    return plain or "reply"


@dataclass
class _Slot:
    """The accepted value of one subject of a case; satisfies ``checks.outcome.Slot``."""

    folder: Path
    name: str
    environment: str
    mask: Mask
    proposed: list[ProposedFile] = field(default_factory=list)

    def accepted(self) -> Mapping[str, Json] | None:
        if not (self.folder / files.ABOUT).is_file():
            return None
        paths = sorted(path for path in self.folder.iterdir() if path.suffix == ".json")
        found = {path.name: files.read(path, f"{self.name}/{path.name}") for path in paths}
        about = found[files.ABOUT]
        if not isinstance(about, dict) or about.get("format") != files.FORMAT:
            what = tr(
                "{place} 的写法这一版读不懂：format 应是 {format}", place=self.name, format=files.FORMAT
            )
            raise BaselineError(Problem("baseline-format", what, tr("用写它的那一版运行，或重新认可")))
        if about.get("environment") != self.environment:
            given = {"other": str(about.get("environment")), "environment": self.environment}
            what = tr("{place} 是环境 {other} 的，不是 {environment} 的", place=self.name, **given)
            raise BaselineError(
                Problem("baseline-environment", what, tr("移回去；每个环境在自己的运行里认可"))
            )
        return found

    def about(self, **facts: Json) -> ProposedFile:
        value = {"format": files.FORMAT, "environment": self.environment, **facts}
        return ProposedFile(files.ABOUT, value, "")

    def masked(self, value: Json) -> Json:
        return self.mask(value)

    def propose(self, proposed: Iterable[ProposedFile]) -> None:
        # Whoever proposes has masked what it compares; nothing else may reach a file either.
        self.proposed += [self._masked_file(file) for file in proposed]

    def _masked_file(self, file: ProposedFile) -> ProposedFile:
        new_members = tuple(map(self.mask, file.new_members))
        return replace(
            file, value=self.mask(file.value), words=self.mask(file.words), new_members=new_members
        )


@dataclass
class _Values:
    """The accepted values of one kind, and those that the running case saw besides."""

    accepted: KnownValues
    mask: Mask
    proposed: dict[str, ProposedFile] = field(default_factory=dict)

    @property
    def exist(self) -> bool:
        return bool(self.accepted.known)

    def is_accepted(self, value: LearnedValue) -> bool:
        value = replace(value, value=self.mask(value.value))
        if self.accepted.has(value):
            return True
        name = name_of(value)
        if name not in self.proposed:
            facts = written(value)
            shown = short(facts["value"], 60)
            words = tr("新见的 {place}（{keyword}）：{value}", **{**facts, "value": shown})
            self.proposed[name] = ProposedFile(name, facts, words)
        return False

    def propose_no_more(self) -> None:
        """Offer for acceptance that there is nothing besides; if nothing was found, this is the only file."""
        nothing = LearnedValue("*", "*", None)
        words = tr("此外没有别的发现：从此新出现的判为不符")
        self.proposed.setdefault(name_of(nothing), ProposedFile(name_of(nothing), written(nothing), words))


class Baselines:
    """The baselines of one environment, in one process. Satisfies ``EvaluationContext.slots`` by ``slot``.

    Args:
        root: the folder of the project.
        mask: takes secrets and personal data out of a value.
        address: the base_url of the environment. It is written as ``${base_url}``: an embedded service has
            another one in every run.
        refusal: why nothing that this run sees may be accepted; empty if it may.
        writes: whether the run writes candidates.
    """

    def __init__(
        self,
        root: Path,
        environment: str,
        mask: Mask,
        *,
        address: str = "",
        refusal: str = "",
        writes: bool = True,
    ) -> None:
        self.root = root
        self.environment = environment
        self.address = address
        self._mask = mask
        self.refusal = refusal
        self.writes = writes
        self._case = ""
        self._slots: dict[str, _Slot] = {}
        self._values: dict[str, _Values] = {}

    def begin(self, case: str) -> None:
        """Start the case of this id: until its end, each subject may be used once."""
        self._case = case
        self._slots = {}
        for values in self._values.values():
            values.proposed = {}

    def slot(self, subject: str) -> _Slot | None:
        """Return the slot of a subject; None outside a case.

        Raises:
            CaseFileError: the running case has used the subject already.
        """
        if not self._case:
            return None
        name = slot_name(subject)
        if name in self._slots:
            what = tr("{subject} 在这个用例里与认可的比了两次，分不清哪一次是哪一次的", subject=subject)
            how = tr("一个用例里每个对象只比一次；循环的各轮写成 parametrize 的各行")
            raise CaseFileError(Problem("baseline-twice", what, how))
        folder = case_folder(Path(files.ROOT), self.environment, self._case) / name
        self._slots[name] = _Slot(self.root / folder, folder.as_posix(), self.environment, self._neutral)
        return self._slots[name]

    def values(self, kind: str) -> _Values | None:
        """Return the accepted values of a kind, for every case of the run: ``contracts/NAME``.

        Outside a case, None if there is none.

        Raises:
            BaselineError: a file cannot be read.
        """
        if kind not in self._values:
            folder = Path(files.ROOT) / self.environment / kind
            paths = sorted((self.root / folder).glob("*.json"))
            known = tuple(files.read(path, f"{folder.as_posix()}/{path.name}") for path in paths)
            self._values[kind] = _Values(KnownValues(known), self._neutral)
        values = self._values[kind]
        if self._case and kind.startswith(FINDINGS) and not values.exist:
            values.propose_no_more()
        return values if self._case or values.exist else None

    def end(self, refusal: str) -> None:
        """Write the candidates of the case. *refusal*: why they may not be accepted; empty if they may."""
        slots, case = self._slots, self._case
        self._slots, self._case = {}, ""
        proposed = {name: slot.proposed for name, slot in slots.items() if slot.proposed}
        for kind, values in self._values.items():
            if case and values.proposed:
                proposed[f"{OF_ALL_CASES}{kind}"] = list(values.proposed.values())
        if proposed and self.writes:
            folder = case_folder(self.root / CANDIDATES, self.environment, case)
            # A case that is run again, such as by a plugin, replaces its earlier observations.
            shutil.rmtree(folder, ignore_errors=True)
            changes = [change for name, listed in proposed.items() for change in _write(folder, name, listed)]
            index: Json = {
                "format": files.FORMAT,
                "case": case,
                "environment": self.environment,
                "refusal": self.refusal or refusal,
                "changes": [self._with_basis(case, change) for change in changes],
            }
            (folder / INDEX).write_text(files.dump(index), encoding="utf-8")

    def _neutral(self, value: Json) -> Json:
        masked = self._mask(value)
        return _replaced(masked, self.address, "${base_url}") if self.address else masked

    def _with_basis(self, case: str, change: dict[str, Json]) -> dict[str, Json]:
        """Return *change* with the digest of the accepted file that it was compared with."""
        path = place_of(self.root / files.ROOT, self.environment, case, change["file"])
        return {**change, "basis": digest_at(path)}


def _replaced(value: Json, old: str, new: str) -> Json:
    """Return *value* with *old* replaced by *new* in every text."""
    if isinstance(value, str):
        return value.replace(old, new) if old in value else value
    if isinstance(value, dict):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    return [_replaced(item, old, new) for item in value] if isinstance(value, list) else value


def keep_as_last_look(root: Path) -> None:
    """Make room for the candidates of a run; those of the run before stay for a comparison."""
    if (root / CANDIDATES).is_dir():
        shutil.rmtree(root / LAST_LOOK, ignore_errors=True)
        with suppress(OSError):
            (root / CANDIDATES).rename(root / LAST_LOOK)
    shutil.rmtree(root / CANDIDATES, ignore_errors=True)


def digest_at(path: Path) -> str:
    """Return the digest of the content of a file of a baseline; empty if there is no such file."""
    with suppress(BaselineError, FileNotFoundError):
        return files.digest_of(files.portable(files.read(path, path.name))) if path.is_file() else ""
    return "unreadable"


def _write(folder: Path, slot: str, proposed: Iterable[ProposedFile]) -> Iterator[dict[str, Json]]:
    (folder / slot).mkdir(parents=True, exist_ok=True)
    for each in proposed:
        if not each.is_removal:
            (folder / slot / each.name).write_text(files.dump(each.value), encoding="utf-8")
        yield {
            "file": f"{slot}/{each.name}",
            "removal": each.is_removal,
            "words": each.words,
            "new_members": list(each.new_members),
        }
