"""Parses the key of a check into its subject: a part of the reply, a path, a variable, or a path inside a
record.
"""

from __future__ import annotations

import re
from typing import Final

from framework.base.errors import did_you_mean
from framework.base.filters import contradictory_filter, empty_slice
from framework.base.jsonpath import steps_of
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import Subject
from framework.cases.reader import Reader
from framework.cases.subjects import SUBJECTS, find_subject
from framework.cases.synonyms import suggest_subject
from framework.cases.template import PathTemplate, compile_path_template, parse_reference

_VARIABLE: Final = re.compile(r"\$\{(.*)\}\Z", re.DOTALL)
REDIRECTS: Final = "redirects"
"""The redirects that were followed, in order: a list of ``{status, url}``."""
_OF_REDIRECT: Final = ("status", "url")
_OTHERS: Final = (REDIRECTS, "schema", "$.", "not", "all_of", "any_of")


def parse_subject(text: str, span: Span, reader: Reader) -> Subject | None:
    """Parse the subject of a check of a reply; a mistake is reported to *reader*."""
    found = find_subject(text)
    if found is not None:
        row, name = found
        return Subject("part", text, span, name=name, row=row)
    if text == REDIRECTS or text.startswith(f"{REDIRECTS}["):
        path = compile_path_template(text.removeprefix(REDIRECTS), span, reader.report, "$")
        return _redirect_subject(text, path, span, reader)
    if match := _VARIABLE.match(text):
        return _variable(text, match.group(1), span, reader)
    if text.startswith("$"):
        path = compile_path_template(text, span, reader.report)
        return _path_subject(text, path, span, reader)
    reader.problem("unknown-subject", tr("没有 {text} 这种检查对象", text=text), _hint(text), span)
    return None


def parse_record_subject(text: str, span: Span, reader: Reader) -> Subject | None:
    """Parse a path relative to the record at hand: ``publishTime``, ``files[*]``, ``@`` for the record."""
    if match := _VARIABLE.match(text):
        return _variable(text, match.group(1), span, reader)
    if text.startswith("$"):
        reader.problem(
            "absolute-in-each",
            tr("each 里的路径相对于当前记录，不以 $ 开头"),
            tr("写 publishTime 而不是 $.publishTime"),
            span,
        )
        return None
    prefix = "$" if text.startswith(("@", "[")) else "$."
    path = compile_path_template(text.removeprefix("@"), span, reader.report, prefix)
    return _path_subject(text, path, span, reader)


def _path_subject(text: str, path: PathTemplate | None, span: Span, reader: Reader) -> Subject | None:
    if path is None:
        return None
    contradiction = contradictory_filter(path.fixed) if path.fixed is not None and "?" in text else ""
    if contradiction:
        what = tr("{filter} 的条件互相矛盾，什么也选不中", filter=contradiction)
        how = tr("&& 要同时成立；只要成立一个就写 ||")
        reader.problem("selects-nothing", what, how, span)
        return None
    nothing = empty_slice(path.fixed) if path.fixed is not None and ":" in text else ""
    if nothing:
        what = tr("{slice} 从任何列表里都选不出东西", slice=nothing)
        reader.problem("selects-nothing", what, tr("[1:3] 是第二、第三项：含开头，不含结尾"), span)
        return None
    return Subject("path", text, span, path=path, singular=path.singular)


def _redirect_subject(text: str, path: PathTemplate | None, span: Span, reader: Reader) -> Subject | None:
    if path is None:
        return None
    steps = (steps_of(path.fixed.query) if path.fixed is not None else None) or ()
    unknown = next((step for step in steps if isinstance(step, str) and step not in _OF_REDIRECT), None)
    if unknown is not None:
        what = tr("redirects 的一项里没有 {name}", name=unknown)
        reader.problem(
            "unknown-subject", what, tr("可以写：{names}", names=tr("、").join(_OF_REDIRECT)), span
        )
        return None
    return Subject("redirects", text, span, path=path, singular=path.singular)


def _variable(text: str, inner: str, span: Span, reader: Reader) -> Subject | None:
    reference = parse_reference(inner, span, reader.report)
    if reference is None:
        return None
    if reference.origin != "variable":
        reader.problem(
            "subject-reference",
            tr("{text} 不能作检查对象", text=text),
            tr("写变量、抽取值的名字，或直接写 $.路径"),
            span,
        )
        return None
    written = reference.path
    path = PathTemplate(written.text, span, (written.text,), written, written.singular)
    return Subject("variable", text, span, name=reference.name, path=path, singular=path.singular)


def _hint(text: str) -> str:
    if "${" in text and not text.startswith("$"):
        return tr("名称里不能写引用，直接写出名称，例如 headers.Content-Type")
    names = [row.name + tr("名称") if row.named else row.name for row in SUBJECTS.values()]
    possible = (*names, "schema", tr("$.路径"), tr("${变量}"))
    return (
        did_you_mean(text, (*names, *_OTHERS))
        or suggest_subject(text)
        or tr("可以写：{names}", names=tr("、").join(possible))
    )
