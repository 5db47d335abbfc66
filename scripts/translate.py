"""``scripts/translate``: the English catalogue, brought up to date with the code and compiled.

The Chinese text in the code is the key (msgid), so the code is searched for Chinese texts, not for calls of
``tr``: a text in a table is passed to ``tr`` somewhere else.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FRAMEWORK = ROOT / "framework"
CATALOGUE = FRAMEWORK / "base" / "locale" / "en" / "LC_MESSAGES" / "harness.po"
REPORT_TEMPLATE = FRAMEWORK / "report" / "allure_report" / "allurerc.json"
CHINESE = re.compile(
    "[\u2e80-\u303f\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff65\U00020000-\U0003ffff]"
)
_REFERENCE = re.compile(r"\$\{[^{}]*\}")
_BEGUN = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""The date in the catalogue's head: a real one would change the file each time it is made."""

# -- what is Chinese and no message

_DOCUMENTS = (
    "patterns and words of Chinese official documents: data about them, in whatever language a run speaks"
)
DATA_FILES = {
    **{
        f"framework/policy/{name}.py": _DOCUMENTS
        for name in (
            "brackets",
            "characters",
            "document",
            "edits",
            "identity",
            "layout",
            "lexicon",
            "markers",
            "normal",
            "numbering",
            "numerals",
            "official_source",
            "privacy",
            "structure",
            "tables",
            "wholeness",
        )
    },
    "framework/legacy/import_log.py": "the words the old harness wrote into its logs",
    "framework/cli/manual/sample.py": "a reply, made up",
    "framework/policy/sample.py": "a reply of the service, made up",
    "framework/audit/texts.py": "the range of ideographs: Chinese is corrupted as Chinese",
}
"""Files in which only what is written in a call of ``tr`` is a message; each with its reason."""

_YAML = "a pattern of full-width characters in case files"
_SAMPLE = "an example that is run against the sample reply, so it says what the reply says"
DATA = {
    "framework/base/messages.py": {
        "没有 {name} 这种语言 / no such language: {name} ({known})": "told in both, for a reader of either"
    },
    "framework/cases/yaml_mistakes.py": {
        r"[$＄]｛|＄\{": _YAML,
        "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]": _YAML,
        r"(“[^”]*”|‘[^’]*’|＂[^＂]*＂)\Z": _YAML,
        r"[｛［].*[｝］]\Z": _YAML,
        "｛": _YAML,
        "［": _YAML,
        "“‘＂": _YAML,
        r"^\s*(?:-\s+)*[\w.$@*\[\]-]+(：)": _YAML,
        r":\s+(｛|［|【)": _YAML,
        "[{\\[][^\"'#]*?(，)": _YAML,
        r"[{\[,]\s*[\w.$@*-]+(：)": _YAML,
    },
    "framework/base/source.py": {"\u3000": "a character that is shown as what it is"},
    "framework/night/notify.py": {"\uff20": "stands for @, which is a command to chat services"},
    "framework/checks/matchers/table.py": {
        "$.data.result[*].title: {contains: 测试}": _SAMPLE,
        "$.data.result[*].title: {none_of: [无题, untitled]}": _SAMPLE,
    },
    "framework/audit/equivalent.py": {"政策": "a value that is changed and stays equal"},
}
"""Single texts; each with its reason."""


@dataclass(frozen=True, slots=True)
class Text:
    """``glued``: part of a longer text that is put together outside ``tr``, so that it can have no
    translation.
    """

    text: str
    file: str
    line: int
    glued: bool = False


# -- what the code says


def texts() -> list[Text]:
    """Return every message: what is passed to ``tr`` as it stands, and every Chinese text that is not known
    to be data.
    """
    files = [ROOT / "conftest.py", *sorted(FRAMEWORK.rglob("*.py")), REPORT_TEMPLATE]
    return [text for path in files for text in texts_of(path, path.relative_to(ROOT).as_posix())]


def texts_of(path: Path, file: str) -> Iterator[Text]:
    """Yield the messages of a file that is called *file*."""
    if path.suffix == ".json":
        yield from (
            Text(text, file, 0)
            for text in _strings(json.loads(path.read_text(encoding="utf-8")))
            if CHINESE.search(text)
        )
        return
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    skipped = {id(node.body[0].value) for node in nodes if _has_docstring(node)}
    passed = {id(node.args[0]) for node in nodes if _is_tr(node)}
    glued = {id(part) for node in nodes for part in _glued(node)}
    for node in nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in skipped:
            continue
        if id(node) in passed:
            yield Text(node.value, file, node.lineno)
        elif CHINESE.search(node.value) and file not in DATA_FILES and node.value not in DATA.get(file, {}):
            yield Text(node.value, file, node.lineno, id(node) in glued)


def _has_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and bool(node.body)
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    )


def _is_tr(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "tr"
        and bool(node.args)
    )


def _glued(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is put together with something else: parts of an f-string, of ``+`` and ``%``, the object of
    a method.
    """
    if isinstance(node, ast.JoinedStr):
        yield from node.values
    elif isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
    elif isinstance(node, ast.Attribute):
        yield node.value


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


# -- the catalogue


def read_catalogue() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def updated(old: Catalog, said: list[Text]) -> Catalog:
    """Return the catalogue of what is said now; a text that changed has to be translated anew, never by a
    guess.
    """
    catalog = Catalog(
        locale="en",
        project="harness",
        version="1",
        fuzzy=False,
        creation_date=_BEGUN,
        revision_date=_BEGUN,
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        header_comment=(
            "# The Chinese texts of the harness in English. The keys come from the code: "
            "scripts/translate brings them up to date."
        ),
    )
    for text in sorted({one.text for one in said}):
        known = old.get(text)
        files = sorted({one.file for one in said if one.text == text})
        catalog.add(text, known.string if known else "", locations=[(file, 0) for file in files])
    return catalog


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces that ``tr`` fills in. ``${name}`` and ``{name: …}`` are what people write in
    cases, and a text with a lone brace is no format.
    """
    try:
        parts = list(Formatter().parse(_REFERENCE.sub("", text)))
    except ValueError:
        return frozenset()
    return frozenset(
        name
        for _, name, form, _ in parts
        if name and name.isidentifier() and not (form or "").startswith(" ")
    )


def problems_of(catalog: Catalog) -> list[str]:
    """Return what is wrong with the translations, one line for each."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy or not message.string:
            found.append(f"{message.locations[0][0]}: no translation: {message.id}")
        elif placeholders(message.id) != placeholders(message.string):
            found.append(f"other placeholders than {message.id}: {message.string}")
        elif CHINESE.search(message.string):
            found.append(f"still Chinese: {message.string}")
    return found


def main() -> int:
    """Write the .po and the .mo; 1 where something lacks a translation."""
    said = texts()
    catalog = updated(read_catalogue(), said)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalog, width=0, include_lineno=False)
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    wrong = [
        *(f"{one.file}:{one.line}: put together outside tr(): {one.text}" for one in said if one.glued),
        *problems_of(catalog),
    ]
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(catalog)} texts, {len(wrong)} problems\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
