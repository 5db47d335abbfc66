"""Passes the login of a run to all its processes, in a file outside of reports/ that only its user can read.

The file is deleted at the end of the run. If the run is killed, the next one deletes it: the process that
owns a run holds a lock, which the operating system releases.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from framework.base.errors import LoginError, Problem
from framework.base.filelock import locked
from framework.base.messages import tr

Values = Mapping[str, str]
_PREFIX = "api-regression-"
_OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Login:
    """A login of this run. ``number`` counts them; ``failure`` says why there are no values, ``how`` the
    remedy.

    ``values`` are secrets; ``public`` are those that the login says are none.
    """

    number: int
    values: Values = field(default_factory=dict)
    public: Values = field(default_factory=dict)
    failure: str = ""
    how: str = ""


class SharedFile:
    """Keeps the login of a run for all its processes.

    Raises:
        LoginError: the folder for it belongs to somebody else.
    """

    def __init__(self, run_id: str) -> None:
        self._folder = _private_folder(run_id)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with locked(self._folder / "lock"):
            yield

    def read(self) -> Login | None:
        try:
            text = (self._folder / "login.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return Login(**json.loads(text))

    def write(self, login: Login) -> None:
        document = asdict(login)
        path = self._folder / "login.json"
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file)


@contextmanager
def shared_login(run_id: str) -> Iterator[None]:
    """Keep the place of the login while the process that owns the run is at work, then delete it.

    Raises:
        LoginError: the folder for it belongs to somebody else.
    """
    _remove_abandoned()
    folder = _private_folder(run_id)
    try:
        with locked(folder / _OWNER):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned() -> None:
    """Delete the leftovers of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if _is_private(folder) and (folder / _OWNER).exists():
                with locked(folder / _OWNER, wait=False):
                    pass
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # another run is at work there, or has just ended
            continue


def _private_folder(run_id: str) -> Path:
    folder = Path(tempfile.gettempdir()) / f"{_PREFIX}{run_id}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not _is_private(folder):
        what = tr("{folder} 不是只属于这个用户的文件夹，登录取得的值不能放进去", folder=folder)
        raise LoginError(Problem("login-folder", what, tr("删去它再运行")))
    return folder


def _is_private(folder: Path) -> bool:
    facts = folder.lstat()
    is_foreign = hasattr(os, "getuid") and facts.st_uid != os.getuid()
    is_open = os.name == "posix" and bool(facts.st_mode & 0o077)
    return stat.S_ISDIR(facts.st_mode) and not is_foreign and not is_open
