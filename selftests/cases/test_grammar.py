"""schemas/case.schema.json, which editors read, and the parser, in step: over the example files, and key by
key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from framework.base.errors import CaseFileError
from framework.cases import (
    alternative_names,
    conditions,
    csv_rows,
    parse,
    parse_checks,
    parse_extracts,
    parse_steps,
    quarantine,
    shared_parts,
    walks,
)
from framework.cases.request import REQUEST_KEYS
from framework.cases.subjects import SUBJECTS
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import to_plain
from framework.cases.yaml.textfile import read_source
from selftests.project_matchers import MATCHERS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "selftests/cases/examples"
ONLY_THE_PARSER_SEES = {
    "case-id-twice": "two places of one file",
    "case-without-check": "checks may be shared",
    "extract-used-before-its-step": "names",
    "variables-in-a-circle": "references",
    "reference-syntax": "references",
    "reference-without-value-here": "references",
    "rows-bad-id": "ids made of values",
    "rows-of-different-columns": "rows compared",
    "rows-same-id": "rows compared",
    "rows-too-many": "a product",
    "shadow-extract-and-column": "names",
    "shadow-two-extracts": "names",
    "shadow-variable-and-column": "names",
    "two-bodies": "a body that is shared",
    "undefined": "names",
    "hooks-unknown": "functions in Python",
    "walk-of-another-name": "names in the request",
    "shared-steps-names": "names",
    "check-of-a-number-never-fails": "what a number always is",
    "contradictory-filter": "what a filter selects",
    "accepted-more-than-once": "rows and steps",
    "compared-with-itself": "two places that are the same",
}
"""Negative examples whose mistake is none of shape; an example that the schema sees all the same must go from
here.
"""


@cache
def grammar() -> dict[str, Any]:
    return json.loads((ROOT / "schemas/case.schema.json").read_text("utf-8"))


def accepts(document: Any) -> bool:
    return Draft7Validator(grammar()).is_valid(document)


def documents(folder: str) -> Iterator[Any]:
    """Yield the examples that are YAML; any other text has no shape."""
    for path in sorted((EXAMPLES / folder).glob("*.yaml")):
        try:
            yield pytest.param(to_plain(parse_yaml(read_source(path, path.name))), id=path.stem)
        except CaseFileError:
            continue


def test_it_is_a_schema():
    Draft7Validator.check_schema(grammar())


def test_it_says_only_what_editors_have_known_for_long():
    """The YAML language server read draft-07 alone until 2026; there, a key beside $ref is not looked at."""
    text = json.dumps(grammar())
    assert not {
        word
        for word in ("$defs", "prefixItems", "unevaluated", "dependentRequired", "$dynamicRef", "minContains")
        if word in text
    }
    for schema in every_schema(grammar()):
        assert "$ref" not in schema or len(schema) == 1, schema


def every_schema(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from every_schema(inner)


@pytest.mark.parametrize("document", documents("positive"))
def test_what_the_parser_reads_it_accepts(document):
    errors = [
        f"{list(error.absolute_path)}: {error.message[:200]}"
        for error in Draft7Validator(grammar()).iter_errors(document)
    ]
    assert errors == []


@pytest.mark.parametrize("document", documents("negative"))
def test_what_the_parser_refuses_for_its_shape_it_refuses(document, request):
    name = request.node.callspec.id
    if name != "_shared":
        assert accepts(document) == (name in ONLY_THE_PARSER_SEES)


def test_the_list_names_examples_that_are_there():
    assert set(ONLY_THE_PARSER_SEES) <= {path.stem for path in (EXAMPLES / "negative").glob("*.yaml")}


# -- key by key

PLACES = [
    ("suite", parse._SUITE_KEYS, ("properties",)),
    ("case", parse.CASE_KEYS, ("definitions", "case", "properties")),
    ("step", parse_steps.STEP_KEYS, ("definitions", "step", "properties")),
    ("row", ("id", *parse._ROW_KEYS), ("definitions", "parametrize", "anyOf", 0, "items", "properties")),
    ("file of rows", csv_rows._FILE_KEYS, ("definitions", "parametrize", "anyOf", 1, "properties")),
    ("known_defect", conditions._DEFECT_KEYS, ("definitions", "known_defect", "items", "properties")),
    ("quarantine", quarantine._KEYS, ("definitions", "quarantine", "properties")),
    ("request", REQUEST_KEYS, ("definitions", "request", "properties")),
    ("allure", shared_parts._ALLURE_KEYS, ("definitions", "allure", "properties")),
    ("walk", walks._KEYS, ("definitions", "walks", "additionalProperties", "properties")),
    (
        "subjects",
        (
            *(name for name, row in SUBJECTS.items() if not row.named),
            "schema",
            *parse_checks._COMBINATIONS,
            alternative_names.KEY,
        ),
        ("definitions", "check_body", "properties"),
    ),
    ("matchers", (*MATCHERS, *parse_checks.STRUCTURE), ("definitions", "matchers", "properties")),
    (
        "extract",
        parse_extracts.EXTRACT_KEYS,
        ("definitions", "extract", "additionalProperties", "anyOf", 1, "properties"),
    ),
    ("retry", ("attempts", "interval", "on"), ("definitions", "retry", "properties")),
]


def at(place: tuple[str | int, ...]) -> dict[str, Any]:
    found: Any = grammar()
    for part in place:
        found = found[part]
    return found


def described(schema: Any) -> bool:
    """In words here, or where the reference leads."""
    if "$ref" in schema:
        return described(at(tuple(schema["$ref"].removeprefix("#/").split("/"))))
    return bool(schema.get("description")) or any(described(branch) for branch in schema.get("anyOf", ()))


@pytest.mark.parametrize(("keys", "place"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_it_knows_the_keys_of_the_parser_and_describes_each(keys, place):
    known = at(place)
    assert set(known) == set(keys)
    assert [key for key in known if not described(known[key])] == []


@pytest.mark.parametrize("name", MATCHERS)
def test_it_describes_a_matcher_as_the_manual_does(name):
    row = MATCHERS[name]
    assert (
        at(("definitions", "matchers", "properties"))[name]["description"] == f"{row.doc}。例：{row.example}"
    )


def test_a_bare_name_of_a_matcher_is_refused():
    assert set(at(("definitions", "bare", "not"))["enum"]) == {*MATCHERS, *parse_checks.STRUCTURE}


def test_it_knows_the_names_that_are_no_columns() -> None:
    names = grammar()["definitions"]
    assert set(names["keys_of_a_case"]["enum"]) == set(parse.CASE_KEYS) - {"id", *parse._ROW_KEYS}
    assert set(names["keys_of_a_row"]["enum"]) == set(parse._ROW_KEYS)
