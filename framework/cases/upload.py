"""The files of a request: ``files: {field: {path, type, name}}``, or ``content`` in the place of ``path``.

``body: {path, type}`` is one file that is the whole body.
"""

from __future__ import annotations

import hashlib
import mimetypes
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from framework.base.errors import CaseFileError, Problem, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import KeyNode, Node, ScalarNode, SequenceNode

FILE_KEYS = ("path", "content", "type", "name")
BODY_KEYS = ("path", "type")
MAX_UPLOAD = 64 * 1024 * 1024
FindFile = Callable[[str], Path]
"""Returns the path of a file that a suite names; raises CaseFileError without a span."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """One file as sent. ``path`` is where it was read from, empty if its content is in the case.

    ``field_name`` is that of the form, empty if the file is the whole body.
    """

    field_name: str
    name: str
    type: str
    content: bytes = field(repr=False)
    path: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def facts(self) -> dict[str, Json]:
        """The part that logs and tapes keep. ``size`` is in bytes."""
        facts = {"field": self.field_name, "name": self.name, "type": self.type, "size": len(self.content)}
        return {**facts, "sha256": self.digest}


def report_files(node: Node | None, reader: Reader, find_file: FindFile | None) -> None:
    """Report mistakes in ``files``: unknown keys, and files that are not there or lead out of the folder."""
    if isinstance(node, ScalarNode):
        what = tr("files 要写成表单的字段名到文件")
        how = tr("例如 files: {file: data/a.docx}；整个请求体就是这个文件的写 body: data/a.docx")
        reader.problem("upload-source", what, how, node.span)
        return
    mapping = reader.mapping(node, "files")
    if mapping is not None and not mapping.entries:
        how = tr("例如 files: {file: data/a.docx}；不要共用的 files 就写 without: [files]")
        reader.problem("upload-source", tr("files 里没有文件"), how, mapping.span)
    for key, value in mapping.entries if mapping else ():
        for item in value.items if isinstance(value, SequenceNode) else (value,):
            _report_file(key, item, reader, find_file)


def _report_file(key: KeyNode, node: Node, reader: Reader, find_file: FindFile | None) -> None:
    if isinstance(node, ScalarNode):
        _report_path(node, reader, find_file)
        return
    mapping = reader.mapping(node, tr("files 的 {name}", name=key.value), FILE_KEYS)
    if mapping is None:
        return
    sources = [name for name in ("path", "content") if mapping.get(name) is not None]
    if len(sources) != 1:
        what = tr("files 的 {name} 要写 path 或 content 中的一个", name=key.value)
        reader.problem("upload-source", what, tr("例如 {path: data/a.docx}"), mapping.span)
    for name in ("type", "name"):
        reader.text(mapping.get(name), name)
    path = mapping.get("path")
    if path is not None:
        _report_path(path, reader, find_file)


def report_body(node: Node | None, reader: Reader, find_file: FindFile | None) -> None:
    """Report mistakes in ``body``, as ``report_files`` does."""
    if node is None or isinstance(node, ScalarNode):
        if node is not None:
            _report_path(node, reader, find_file)
        return
    mapping = reader.mapping(node, "body", BODY_KEYS)
    if mapping is None:
        return
    reader.text(mapping.get("type"), "type")
    path = mapping.get("path")
    if path is not None:
        _report_path(path, reader, find_file)
    elif all(key.value in BODY_KEYS for key, _ in mapping.entries):
        what = tr("body 要写 path：请求体就是这个文件")
        how = tr("例如 {path: data/a.docx}；请求体是文字就写 data，是 JSON 就写 json")
        reader.problem("upload-source", what, how, mapping.span)


def _report_path(node: Node, reader: Reader, find_file: FindFile | None) -> None:
    name = reader.text(node, "path")
    if not name or "${" in name or find_file is None:
        return  # a path with a reference is looked for when the request is sent
    try:
        find_file(name)
    except CaseFileError as error:
        for problem in error.problems:
            reader.problem(problem.code, problem.what, problem.how, node.span)


def read_files(rendered: Json, span: Span, find_file: FindFile) -> tuple[FilePart, ...]:
    """Return the files of a rendered request.

    Raises:
        UnresolvedError: one of them is not there, is too large, or leads out of the folder of suites.
    """
    if rendered is None:
        return ()
    if not isinstance(rendered, Mapping):
        raise _unfit(tr("files 要写成“键: 值”"), span)
    parts = [
        _part(name, item, span, find_file)
        for name, value in rendered.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    if sum(len(part.content) for part in parts) > MAX_UPLOAD:
        raise _unfit(tr("上传的文件超过 {most} MiB", most=MAX_UPLOAD // 2**20), span)
    return tuple(parts)


def read_body(rendered: Json, span: Span, find_file: FindFile) -> FilePart:
    """Return the file that is the whole body.

    Raises:
        UnresolvedError: it is not there, is too large, or leads out of the folder of suites.
    """
    if not isinstance(rendered, (str, Mapping)):
        raise _unfit(tr("body 要写成 {path: data/a.docx}"), span)
    return _part("", rendered, span, find_file)


def _part(field_name: str, value: Json, span: Span, find_file: FindFile) -> FilePart:
    given = {"path": value} if isinstance(value, str) else value
    if not isinstance(given, Mapping):
        raise _unfit(tr("files 的 {name} 要写成 {{path: data/a.docx}}", name=field_name), span)
    texts = {key: str(given[key]) for key in FILE_KEYS if given.get(key) is not None}
    if "content" in texts:
        content, path = texts["content"].encode("utf-8", "surrogatepass"), None
    else:
        path = _found(texts.get("path", ""), span, find_file)
        content = path.read_bytes()
    name = texts.get("name") or (path.name if path else field_name)
    kind = texts.get("type") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    # Relative to the root of the project, as curl is used there.
    shown = posixpath.join(posixpath.dirname(span.source.name), texts["path"]) if path else ""
    return FilePart(field_name, name, kind, content, shown)


def _found(name: str, span: Span, find_file: FindFile) -> Path:
    try:
        path = find_file(name)
        if path.stat().st_size > MAX_UPLOAD:
            raise _unfit(tr("上传的文件超过 {most} MiB", most=MAX_UPLOAD // 2**20), span)
    except CaseFileError as error:
        problem = error.problems[0]
        raise UnresolvedError(Problem(problem.code, problem.what, problem.how, span)) from None
    return path


def _unfit(what: str, span: Span) -> UnresolvedError:
    return UnresolvedError(Problem("upload", what, "", span))


def file_lines(parts: tuple[FilePart, ...]) -> Iterator[str]:
    """Yield a line for each file, as reports show them."""
    for part in parts:
        yield tr(
            "{field}：{name}（{type}，{size} 字节，sha256 {digest}）",
            field=part.field_name or tr("请求体"),
            name=part.name,
            type=part.type,
            size=len(part.content),
            digest=part.digest[:16],
        )
