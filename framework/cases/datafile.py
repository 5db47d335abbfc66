"""Reads the data files that a suite names, within limits of place, size and encoding.

A suite is untrusted text. So a name in it must be a relative path without ``..`` to a regular file, no link
may lead out of the folder of suites, and no more than MAX_BYTES are read.
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
        CaseFileError: one problem without a span; only the caller knows the place of the name.
    """
    path = find_data_file(folder, boundary, name)
    codec = _text_codec(encoding)
    with path.open("rb") as file:
        # One byte more than allowed shows that the file is too large, however large it is.
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
        if codec == "utf-8-sig":
            how = tr("是 GBK 就写 encoding: gb18030，或把文件另存为 UTF-8")
        else:
            how = tr("改 encoding，或把文件另存为 UTF-8")
        raise _refused(
            "data-encoding", tr("数据文件 {name} 不是 {encoding} 编码", name=name, encoding=encoding), how
        ) from None


def leads_outside(path: Path, boundary: Path) -> bool:
    """Return whether *path* is outside *boundary* once its links are followed."""
    real, root = path.resolve(), boundary.resolve()
    return real != root and root not in real.parents


def find_data_file(folder: Path, boundary: Path, name: str, *, shown_as: str = "") -> Path:
    """Return the path of the regular file *name* in *folder*; links may not lead out of *boundary*.

    ``shown_as`` is the name in the problem if the file is missing; the default is *name*.

    Raises:
        CaseFileError: one problem without a span; only the caller knows the place of the name.
    """
    if _is_unsafe(name):
        raise _refused(
            "data-path",
            tr("文件 {name} 要写成相对套件的路径，不含 .. 与 \\", name=name),
            tr("放在套件旁边，或它下面的文件夹里"),
        )
    path = folder / name
    try:
        if leads_outside(path, boundary):
            raise _refused(
                "data-path",
                tr("数据文件 {name} 的链接指向 {folder} 之外", name=name, folder=boundary.name + "/"),
                tr("把文件放在套件旁边"),
            )
        is_file = path.is_file()
    except (OSError, ValueError):
        # The name is too long, or holds a null character.
        is_file = False
    if not is_file:
        similar = (other.name for other in path.parent.glob("*") if other.suffix == path.suffix)
        near = did_you_mean(path.name, similar)
        what = tr("没有文件 {name}", name=shown_as or name)
        raise _refused("data-missing", what, near or tr("路径从套件所在的文件夹算起"))
    return path


def _is_unsafe(name: str) -> bool:
    """Return whether *name* is anything but a plain relative path, on any operating system."""
    # A backslash separates folders on Windows only; without it a suite works on every system.
    is_absolute = PurePosixPath(name).is_absolute() or bool(PureWindowsPath(name).drive)
    return is_absolute or "\\" in name or ".." in name.split("/")


def _text_codec(encoding: str) -> str:
    """Return the name of the codec; UTF-8 is read with or without a byte order mark."""
    try:
        found = codecs.lookup(encoding).name
        # Python has codecs that are not for text, such as hex; they fail here.
        "a".encode(found)
    except (LookupError, ValueError):
        raise _refused(
            "data-encoding", tr("没有叫 {encoding} 的编码", encoding=encoding), tr("例如 utf-8、gb18030")
        ) from None
    return "utf-8-sig" if found == "utf-8" else found


def _refused(code: str, what: str, how: str) -> CaseFileError:
    return CaseFileError(Problem(code, what, how))
