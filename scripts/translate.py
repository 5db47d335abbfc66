"""Updates the English message catalogue from the code and compiles it (``scripts/translate``).

The Chinese text in the code is the key (msgid). The code is searched for Chinese texts, and not only for
calls of ``tr``, because a text in a table is passed to ``tr`` at another place.
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
from typing import TypeGuard

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
_FIXED_DATE = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""The date in the catalogue's header; the real date would change the file in every run."""

# -- Chinese texts that are not messages

_DOCUMENT_WORDS = (
    "patterns and words of Chinese official documents: data about them, in whatever language a run speaks"
)
DATA_FILES = {
    **{
        f"framework/policy/{name}.py": _DOCUMENT_WORDS
        for name in (
            "annexes",
            "brackets",
            "characters",
            "confusions",
            "differences",
            "document",
            "document_names",
            "evident",
            "grammar",
            "text_edits",
            "identity",
            "layout",
            "lexicon",
            "markers",
            "masthead",
            "normalization",
            "numbering",
            "numerals",
            "openings",
            "signing",
            "privacy",
            "record_fields",
            "structure",
            "tables",
            "validity",
            "wholeness",
        )
    },
    **{
        f"framework/legacy/{name}.py": "the words the old harness wrote into its logs"
        for name in ("import_log", "log_entries", "log_lines", "log_values")
    },
    "framework/tape/secret_fields.py": "parts of the names of fields",
    "framework/cli/manual/sample.py": "a reply, made up",
    "framework/policy/sample.py": "a reply of the service, made up",
    "framework/policy/rule_manual.py": "a page of the manual, which is Chinese",
    "framework/audit/texts.py": "the range of ideographs: Chinese is corrupted as Chinese",
    "framework/legacy/switches.py": "the words of other harnesses for switched-off cases",
    "framework/base/exit_codes.py": "the table of exit codes in the Chinese documents",
}
"""Files in which only the arguments of ``tr`` are messages, each with the reason."""

_YAML_PATTERN = "a pattern of full-width characters in case files"
_SAMPLE_VALUE = "an example that is run against the sample reply, so it says what the reply says"
DATA = {
    "framework/base/messages.py": {
        "没有 {name} 这种语言 / no such language: {name} ({known})": "in both languages, for all readers"
    },
    "framework/cases/yaml/scalars.py": {
        r"[$＄]｛|＄\{": _YAML_PATTERN,
        r"(“[^”]*”|‘[^’]*’|＂[^＂]*＂)\Z": _YAML_PATTERN,
        r"[｛［].*[｝］]\Z": _YAML_PATTERN,
        "｛": _YAML_PATTERN,
        "［": _YAML_PATTERN,
        "“‘＂": _YAML_PATTERN,
    },
    "framework/cases/yaml/syntax_mistakes.py": {
        "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]": _YAML_PATTERN,
        r"^\s*(?:-\s+)*[\w.$@*\[\]-]+(：)": _YAML_PATTERN,
        r":\s+(｛|［|【)": _YAML_PATTERN,
        "[{\\[][^\"'#]*?(，)": _YAML_PATTERN,
        r"[{\[,]\s*[\w.$@*-]+(：)": _YAML_PATTERN,
    },
    "framework/legacy/requests.py": {
        "method|verb|type|way|action|方式|方法": "the names of other harnesses for the method"
    },
    "framework/checks/words.py": dict.fromkeys((" （", "（"), "no space before a full-width bracket"),
    "framework/checks/partial.py": {
        "：: ": "the end of a sentence whose last part is empty, in both languages"
    },
    "framework/base/console.py": dict.fromkeys(("✗中", "中"), "characters that a console may lack"),
    "framework/report/causes.py": {
        r"\d{5,}|\d+(?= (?:字节|bytes?))": "a pattern of sizes in a message of either language"
    },
    "framework/base/source.py": {"\u3000": "a character of the source text"},
    "framework/night/message.py": {"\uff20": "replaces @, which is a command to chat services"},
    "framework/checks/matchers/value_table.py": {
        "$.data.result[*].title: {contains: 测试}": _SAMPLE_VALUE,
        "$.data.result[*].title: {none_of: [无题, untitled]}": _SAMPLE_VALUE,
    },
    "framework/policy/years.py": {
        r"〔(\d{4})〕": _DOCUMENT_WORDS,
        r"(?<!\d)(\d{4})年": _DOCUMENT_WORDS,
        r"\s*((?:19|20|21)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*": _DOCUMENT_WORDS,
    },
    "framework/policy/official_source.py": {
        "【": "it marks the place of a difference in an excerpt",
        "】": "it marks the place of a difference in an excerpt",
    },
    "framework/audit/equivalent.py": {"政策": "a value that is changed and stays equal"},
}
"""Single texts that are not messages, each with the reason."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message and its place.

    ``concatenated``: it is a part of a longer text that is composed outside ``tr``, so it cannot be
    translated.
    """

    text: str
    file: str
    line: int
    concatenated: bool = False


# -- the messages in the code


def texts() -> list[Text]:
    """Return every message: the literals passed to ``tr``, and all other Chinese texts that are not data.

    The Chinese manual of the rules (``Manual`` of framework/policy/rule.py) is data.
    """
    files = [ROOT / "conftest.py", *sorted(FRAMEWORK.rglob("*.py")), REPORT_TEMPLATE]
    return [text for path in files for text in texts_of(path, path.relative_to(ROOT).as_posix())]


def texts_of(path: Path, file: str) -> Iterator[Text]:
    """Yield the messages of a file that is called *file*."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        for text in _strings(json.loads(content)):
            if CHINESE.search(text):
                yield Text(text, file, 0)
        return
    nodes = list(ast.walk(ast.parse(content)))
    docstrings = {id(node.body[0].value) for node in nodes if _has_docstring(node)}
    arguments = {id(node.args[0]) for node in nodes if _is_call(node, "tr") and node.args}
    in_manual = {id(part) for node in nodes if _is_call(node, "Manual") for part in ast.walk(node)}
    concatenated = {id(part) for node in nodes for part in _concatenated_parts(node)}
    for node in nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        is_data = file in DATA_FILES or id(node) in in_manual or node.value in DATA.get(file, {})
        if id(node) in arguments:
            yield Text(node.value, file, node.lineno)
        elif CHINESE.search(node.value) and not is_data:
            yield Text(node.value, file, node.lineno, id(node) in concatenated)


def _has_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and bool(node.body)
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    )


def _is_call(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _concatenated_parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a composed text: of an f-string, of ``+`` and ``%``, and objects of method calls."""
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


def updated_catalogue(old: Catalog, current_texts: list[Text]) -> Catalog:
    """Return the catalogue of the current texts. A changed text needs a new translation: none is guessed."""
    catalog = Catalog(
        locale="en",
        project="harness",
        version="1",
        fuzzy=False,
        creation_date=_FIXED_DATE,
        revision_date=_FIXED_DATE,
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        header_comment=(
            "# The Chinese texts of the harness in English. The keys come from the code: "
            "scripts/translate brings them up to date."
        ),
    )
    for text in sorted({one.text for one in current_texts}):
        known = old.get(text)
        files = sorted({one.file for one in current_texts if one.text == text})
        catalog.add(text, known.string if known else "", locations=[(file, 0) for file in files])
    return catalog


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces that ``tr`` replaces.

    ``${name}`` and ``{name: …}`` are syntax of cases and not placeholders; a text with a single brace has
    none.
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


_MANY = re.compile(r"\{\w+:[^{}|]*\|([^{}|]*)\}")
_NEVER_ONE = {"limit", "least", "most", "factor", "kind", "tag"}
"""Placeholders that are constants above one, or no numbers."""


def counted_nouns(catalog: Catalog) -> frozenset[str]:
    """Return the plural nouns for which a translation has a singular: ``cases`` of ``{n:case|cases}``."""
    forms = (form for message in catalog if message.id for form in _MANY.findall(message.string))
    return frozenset(
        word for form in forms for word in form.split() if word.endswith("s") and len(word) > len("its")
    )


def counts_without_singular(text: str, nouns: frozenset[str]) -> list[str]:
    """Return the places of *text* that would say "1 cases"."""
    noun = "|".join(sorted(nouns))
    counts = re.finditer(rf"\{{(\w+)(?::\d*[dg]?)?\}}(?: [a-z]+)?? (?:{noun})\b", text)
    return [count.group() for count in counts if count.group(1) not in _NEVER_ONE]


def problems_of(catalog: Catalog) -> list[str]:
    """Return the problems of the translations, one line for each."""
    found = []
    nouns = counted_nouns(catalog)
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy or not message.string:
            found.append(f"{message.locations[0][0]}: no translation: {message.id}")
        elif placeholders(message.id) != placeholders(message.string):
            found.append(f"other placeholders than {message.id}: {message.string}")
        elif CHINESE.search(message.string):
            found.append(f"still Chinese: {message.string}")
        else:
            found += [
                f"no singular, write {{n:case|cases}}: {count}"
                for count in counts_without_singular(message.string, nouns)
            ]
    return found


def main() -> int:
    """Write the .po and the .mo; return 1 if there are problems, such as a missing translation."""
    current_texts = texts()
    catalog = updated_catalogue(read_catalogue(), current_texts)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalog, width=0, include_lineno=False)
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    problems = [
        *(
            f"{one.file}:{one.line}: put together outside tr(): {one.text}"
            for one in current_texts
            if one.concatenated
        ),
        *problems_of(catalog),
    ]
    for line in problems:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(catalog)} texts, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
