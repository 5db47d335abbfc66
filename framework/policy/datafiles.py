"""Reads the data files that an argument of a policy matcher names, relative to the suite's folder."""

from __future__ import annotations

import re
from pathlib import Path

from framework.base.messages import tr
from framework.base.source import Source
from framework.cases.datafile import find_data_file
from framework.cases.yaml.textfile import read_source

_NAME = re.compile(r"[^\\:*?\"<>|\x00-\x1f]{1,200}")


def path_problem(name: object) -> str | None:
    """Return the problem with the name of a data file, or None if the name is valid."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return tr("要写数据文件的名字,例如 sources/文件.txt")
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return tr("数据文件写成相对于套件所在文件夹的路径,不能有 ..,不能以 / 开头")
    return None


def read_data(folder: Path, name: str, limit: int) -> Source:
    """Return the text of the data file *name* in *folder*, at most *limit* bytes.

    Raises:
        CaseFileError: the file is missing, a link leads out of *folder*, or it is too large or not UTF-8.
    """
    path = (folder / name).as_posix()
    return read_source(find_data_file(folder, folder, name, shown_as=path), name, limit)
