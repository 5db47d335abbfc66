"""Data files that a case names: beside its suite, never outside of that folder."""

from __future__ import annotations

import re
from pathlib import Path

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.base.source import Source
from framework.cases.datafile import leads_outside
from framework.cases.yaml.textfile import read_source

_NAME = re.compile(r"[^\\:*?\"<>|\x00-\x1f]{1,200}")


def path_problem(name: object) -> str | None:
    """Return what is wrong with a name as it is written in a case, or None."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return tr("要写数据文件的名字,例如 sources/文件.txt")
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return tr("数据文件写成相对于套件所在文件夹的路径,不能有 ..,不能以 / 开头")
    return None


def read_data(folder: Path, name: str, limit: int) -> Source:
    """Return the text of a data file.

    Raises:
        CaseFileError: it is not there, lies outside of *folder* by a link, is too large or not UTF-8.
    """
    path = folder / name
    if not path.is_file():
        raise CaseFileError(
            Problem(
                "data-file-missing",
                tr("没有数据文件 {path}", path=path.as_posix()),
                tr("路径从套件所在的文件夹算起"),
            )
        )
    if leads_outside(path, folder):
        raise CaseFileError(
            Problem("data-file-outside", tr("数据文件 {path} 指向了文件夹以外", path=path.as_posix()))
        )
    return read_source(path, name, limit)
