"""Finds and parses the references ``${…}`` in a text; ``template`` gives them their values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from framework.base.errors import Problem
from framework.base.jsonpath import Path, PathSyntaxError, compile_path
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.path_hints import explain_path

BUILTINS = ("now", "today", "uuid")
Origin = Literal["variable", "builtin", "request", "reply", "record"]
ReportProblem = Callable[[Problem], None]

_TOKEN = re.compile(r"\$\$\{|\$\{")
_CALCULATION = re.compile(r"\s*[-+*/%|]|[\w.]*\(")
_NAME = re.compile(r"[^\W\d][\w-]*")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference ``${text}``.

    ``name`` is the variable or builtin; ``path`` selects inside the named value.
    """

    text: str
    origin: Origin
    name: str
    path: Path
    span: Span

    @property
    def about_reply(self) -> bool:
        """Whether it names something the service said: that it has no value is then the service's fault."""
        return self.origin in ("reply", "record")


def split_references(text: str, span: Span, report: ReportProblem) -> tuple[str | Reference, ...]:
    """Split *text* into literal parts and references; after a mistake the whole text is one literal part."""
    parts: list[str | Reference] = []
    literal = ""
    position = 0
    while match := _TOKEN.search(text, position):
        literal += text[position : match.start()]
        if match.group() == "$${":
            literal += "${"
            position = match.end()
            continue
        end = _closing_brace(text, match.end())
        if end is None:
            report(
                Problem(
                    "reference-open",
                    tr("引用没有收尾的 }}：{text}", text=text[match.start() :]),
                    tr("写成 ${name}；要字面上的 ${ 就写 $${"),
                    span,
                )
            )
            return (text,)
        reference = parse_reference(text[match.end() : end], span, report)
        if reference is None:
            # The mistake is reported; the caller goes on with the literal text.
            return (text,)
        parts += [literal, reference] if literal else [reference]
        literal = ""
        position = end + 1
    literal += text[position:]
    return tuple([*parts, literal] if literal or not parts else parts)


def _closing_brace(text: str, position: int) -> int | None:
    """Return the index of the ``}`` that ends the reference; one inside a quoted name does not."""
    quote = ""
    for index in range(position, len(text)):
        char = text[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "}":
            return index
    return None


def parse_reference(text: str, span: Span, report: ReportProblem) -> Reference | None:
    """Parse the text between ``${`` and ``}``; return None, after a report, if it is not a reference."""
    text = text.strip()
    name_match = _NAME.match(text)
    name = name_match.group() if name_match else ""
    if not name and not text.startswith(("$", "@")):
        report(_unreadable_reference(text, span))
        return None
    # The rest after the name, or after the sign $ or @, is a JSONPath into the referenced value.
    rest = text[len(name) :] if name else text[1:]
    try:
        return Reference(text, _origin(text, name), name, compile_path("$" + rest), span)
    except PathSyntaxError as error:
        report(
            Problem(
                "reference-syntax", tr("读不懂的引用 ${{{text}}}", text=text), _hint(text, rest, error), span
            )
        )
        return None


def _hint(text: str, rest: str, error: PathSyntaxError) -> str:
    if _CALCULATION.match(rest):
        return tr("引用只取值，不计算；在 variables 里写好结果，或用 --var 给")
    return explain_path(text, error.position - 1 + len(text) - len(rest))


def _origin(text: str, name: str) -> Origin:
    if not name:
        return "reply" if text.startswith("$") else "record"
    if name == "request":
        return "request"
    return "builtin" if name in BUILTINS else "variable"


def _unreadable_reference(text: str, span: Span) -> Problem:
    return Problem(
        "reference-syntax",
        tr("读不懂的引用 ${{{text}}}", text=text),
        tr(
            "可以写 ${变量}、${变量.键}、${$.路径}、${@.路径}、${request.json.键}、${now}、${today}、${uuid}",
        ),
        span,
    )
