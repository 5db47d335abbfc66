"""Tests that schemas/case.schema.json, which editors use, and the parser accept the same language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from framework.base.errors import CaseFileError
from framework.cases import parametrize, parse, parse_checks, parse_steps, quarantine, shared_parts, walks
from framework.cases.request import REQUEST_KEYS
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
    "check-of-a-number-never-fails": "what a number always is",
    "compared-with-itself": "two places that are the same",
}
"""Negative examples whose mistake a schema cannot express; the schema accepts exactly these."""


@cache
def grammar() -> dict[str, Any]:
    return json.loads((ROOT / "schemas/case.schema.json").read_text("utf-8"))


def accepts(document: Any) -> bool:
    return Draft7Validator(grammar()).is_valid(document)


def documents(folder: str) -> Iterator[Any]:
    """Yield the examples that are valid YAML; a schema says nothing about others."""
    for path in sorted((EXAMPLES / folder).glob("*.yaml")):
        try:
            yield pytest.param(to_plain(parse_yaml(read_source(path, path.name))), id=path.stem)
        except CaseFileError:
            continue


def test_grammar_is_a_valid_schema():
    Draft7Validator.check_schema(grammar())


def test_grammar_uses_only_keywords_that_editors_support():
    """Until 2026 the YAML language server knew only draft-07, in which a key beside $ref is ignored."""
    text = json.dumps(grammar())
    assert not {
        word
        for word in ("$defs", "prefixItems", "unevaluated", "dependentRequired", "$dynamicRef", "minContains")
        if word in text
    }
    for schema in all_schemas(grammar()):
        assert "$ref" not in schema or len(schema) == 1, schema


def all_schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from all_schemas(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_schemas(inner)


@pytest.mark.parametrize("document", documents("positive"))
def test_grammar_accepts_what_the_parser_reads(document):
    errors = [
        f"{list(error.absolute_path)}: {error.message[:200]}"
        for error in Draft7Validator(grammar()).iter_errors(document)
    ]
    assert errors == []


@pytest.mark.parametrize("document", documents("negative"))
def test_grammar_refuses_what_the_parser_refuses_for_its_shape(document, request):
    name = request.node.callspec.id
    if name != "_shared":
        assert accepts(document) == (name in ONLY_THE_PARSER_SEES)


def test_every_listed_example_exists():
    assert set(ONLY_THE_PARSER_SEES) <= {path.stem for path in (EXAMPLES / "negative").glob("*.yaml")}


# Key by key

PLACES = [
    ("suite", parse._SUITE_KEYS, ("properties",)),
    ("case", parse._CASE_KEYS, ("definitions", "case", "properties")),
    ("step", parse_steps.STEP_KEYS, ("definitions", "step", "properties")),
    ("row", ("id", *parse._ROW_KEYS), ("definitions", "parametrize", "anyOf", 0, "items", "properties")),
    ("file of rows", parametrize._FILE_KEYS, ("definitions", "parametrize", "anyOf", 1, "properties")),
    ("known_defect", parse._DEFECT_KEYS, ("definitions", "known_defect", "items", "properties")),
    ("quarantine", quarantine._KEYS, ("definitions", "quarantine", "properties")),
    ("request", REQUEST_KEYS, ("definitions", "request", "properties")),
    ("allure", shared_parts._ALLURE_KEYS, ("definitions", "allure", "properties")),
    ("walk", walks._KEYS, ("definitions", "walks", "additionalProperties", "properties")),
    (
        "subjects",
        (*parse_checks._PLAIN_SUBJECTS, "schema", *parse_checks._COMBINATIONS),
        ("definitions", "checks", "properties"),
    ),
    ("matchers", (*MATCHERS, *parse_checks.STRUCTURE), ("definitions", "matchers", "properties")),
    (
        "extract",
        ("path", "as", "distinct"),
        ("definitions", "extract", "additionalProperties", "anyOf", 1, "properties"),
    ),
    ("retry", ("attempts", "interval", "on"), ("definitions", "retry", "properties")),
]


def at(place: tuple[str | int, ...]) -> dict[str, Any]:
    found: Any = grammar()
    for part in place:
        found = found[part]
    return found


def is_described(schema: Any) -> bool:
    """Return whether the schema, or the one that it refers to, has a description."""
    if "$ref" in schema:
        return is_described(at(tuple(schema["$ref"].removeprefix("#/").split("/"))))
    return bool(schema.get("description")) or any(is_described(branch) for branch in schema.get("anyOf", ()))


@pytest.mark.parametrize(("keys", "place"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_grammar_describes_every_key_of_the_parser(keys, place):
    known = at(place)
    assert set(known) == set(keys)
    assert [key for key in known if not is_described(known[key])] == []


@pytest.mark.parametrize("name", MATCHERS)
def test_grammar_describes_a_matcher_as_the_manual_does(name):
    row = MATCHERS[name]
    assert (
        at(("definitions", "matchers", "properties"))[name]["description"] == f"{row.doc}。例:{row.example}"
    )


def test_grammar_refuses_a_bare_matcher_name():
    assert set(at(("definitions", "bare", "not"))["enum"]) == {*MATCHERS, *parse_checks.STRUCTURE}
