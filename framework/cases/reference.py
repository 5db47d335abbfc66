"""``${…}`` in a text: where it stands, what it names. ``template`` says what may stand in it and gives it a
value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from framework.base.errors import Problem
from framework.base.jsonpath import Path, PathSyntaxError, compile_path
from framework.base.messages import tr
from framework.base.source import Span

BUILTINS = ("now", "today", "uuid")
Origin = Literal["variable", "builtin", "request", "reply", "record"]
ReportProblem = Callable[[Problem], None]

_TOKEN = re.compile(r"\$\$\{|\$\{")
_NAME = re.compile(r"[^\W\d][\w-]*")


@dataclass(frozen=True, slots=True)
class Reference:
    """``${text}``. ``name``: the variable or builtin; ``path``: what is selected in the value the reference
    names.
    """

    text: str
    origin: Origin
    name: str
    path: Path
    span: Span


def split_references(text: str, span: Span, report: ReportProblem) -> tuple[str | Reference, ...]:
    """Split *text* into literal parts and references."""
    parts: list[str | Reference] = []
    literal = ""
    position = 0
    while match := _TOKEN.search(text, position):
        literal += text[position : match.start()]
        if match.group() == "$${":
            literal += "${"
            position = match.end()
            continue
        end = _closing(text, match.end())
        if end is None:
            report(
                Problem(
                    "reference-open",
                    tr("引用没有收尾的 }}:{text}", text=text[match.start() :]),
                    tr("写成 ${{name}};要字面上的 ${{ 就写 $${{", text=text),
                    span,
                )
            )
            return (text,)
        reference = parse_reference(text[match.end() : end], span, report)
        if reference is None:
            return (text,)
        parts += [literal, reference] if literal else [reference]
        literal = ""
        position = end + 1
    literal += text[position:]
    return tuple([*parts, literal] if literal or not parts else parts)


def _closing(text: str, position: int) -> int | None:
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
    """Parse what stands between ``${`` and ``}``."""
    text = text.strip()
    origin: Origin
    if text.startswith(("$", "@")):
        origin, name, rest = ("reply" if text[0] == "$" else "record"), "", text[1:]
    elif match := _NAME.match(text):
        name, rest = match.group(), text[match.end() :]
        origin = "request" if name == "request" else "builtin" if name in BUILTINS else "variable"
    else:
        report(
            Problem(
                "reference-syntax",
                tr("读不懂的引用 ${{{text}}}", text=text),
                tr(
                    "可以写 ${{变量}}、${{变量.键}}、${{$.路径}}、${{@.路径}}、${{request.json.键}}、"
                    "${{now}}、${{today}}、${{uuid}}",
                    text="",
                ),
                span,
            )
        )
        return None
    try:
        return Reference(text, origin, name, compile_path("$" + rest), span)
    except PathSyntaxError as error:
        report(
            Problem(
                "reference-syntax", tr("读不懂的引用 ${{{text}}}:{error}", text=text, error=error), "", span
            )
        )
        return None
