"""The data files that a suite names: where they may be, how large, in which encoding.

A suite is somebody's text, so a name in it reaches no further than the folders of suites: no absolute path,
no ``..``, no link that leads out, nothing that is not a plain file, and never more than the bound is read.
"""

from __future__ import annotations

import codecs
from pathlib import Path, PurePosixPath, PureWindowsPath

from framework.base.errors import CaseFileError, Problem, did_you_mean
from framework.base.messages import tr

MAX_BYTES = 1024 * 1024


def read_data(folder: Path, boundary: Path, name: str, encoding: str) -> str:
    """Return the text of the file *name* in *folder*; links may not lead out of *boundary*.

    Raises:
        CaseFileError: one problem, without a place: the caller knows where the name is written.
    """
    path = find_data_file(folder, boundary, name)
    codec = _codec(encoding)
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _refused(
            "data-too-large",
            tr("数据文件 {name} 超过 {limit} 字节", name=name, limit=MAX_BYTES),
            tr("拆成几个文件"),
        )
    try:
        return data.decode(codec)
    except UnicodeError:
        how = (
            tr("是 GBK 就写 encoding: gb18030,或把文件另存为 UTF-8")
            if codec == "utf-8-sig"
            else tr("改 encoding,或把文件另存为 UTF-8")
        )
        raise _refused(
            "data-encoding", tr("数据文件 {name} 不是 {encoding} 编码", name=name, encoding=encoding), how
        ) from None


def strays(path: Path, boundary: Path) -> bool:
    """Whether *path*, its links followed, is outside *boundary*."""
    real, root = path.resolve(), boundary.resolve()
    return real != root and root not in real.parents


def find_data_file(folder: Path, boundary: Path, name: str, *, shown_as: str = "") -> Path:
    """Return the path of the plain file *name* in *folder*; links may not lead out of *boundary*.

    ``shown_as`` is the name in the problem if it is missing; by default that is *name*.

    Raises:
        CaseFileError: one problem, without a place.
    """
    if (
        "\\" in name
        or ".." in name.split("/")
        or PurePosixPath(name).is_absolute()
        or PureWindowsPath(name).drive
    ):
        raise _refused(
            "data-path",
            tr("数据文件 {name} 要写成相对套件的路径,不含 .. 与 \\", name=name),
            tr("放在套件旁边,写 file: 名字.csv"),
        )
    path = folder / name
    try:
        if strays(path, boundary):
            raise _refused(
                "data-path",
                tr("数据文件 {name} 的链接指向 {folder} 之外", name=name, folder=boundary.name + "/"),
                tr("把文件放在套件旁边"),
            )
        found = path.is_file()
    except (OSError, ValueError):
        found = False
    if not found:
        similar = [other.name for other in folder.glob("*") if other.suffix == path.suffix]
        near = did_you_mean(name, similar)
        raise _refused(
            "data-missing",
            tr("没有数据文件 {name}", name=shown_as or name),
            near or tr("路径从套件所在的文件夹算起"),
        )
    return path


def _codec(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding).name
        "a".encode(found)  # hex and its like are codecs too, and not of text
    except (LookupError, ValueError):
        raise _refused(
            "data-encoding", tr("没有叫 {encoding} 的编码", encoding=encoding), tr("例如 utf-8、gb18030")
        ) from None
    return "utf-8-sig" if found == "utf-8" else found


def _refused(code: str, what: str, how: str) -> CaseFileError:
    return CaseFileError(Problem(code, what, how))
