"""Contracts accepted without the metaschema are valid by it; the project's own contracts are among them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.contract_schemas import SchemaMaker
from framework.checks import contract_text
from framework.checks.contract_shape import is_certainly_valid
from framework.checks.contract_validator import metaschema_errors

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = sorted(contract_text._KNOWN | {"x-owner", "requird"})
VALUES: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 1.0, 0.5, -0.5, "", "a", "string"),
    *([], [0], ["a"], ["a", "a"], ["string", "null"], [True], [{}], [["a"]]),
    *({}, {"a": 0}, {"a": {}}, {"a": ["b"]}, {"type": 5}, {"minLength": -1}, {"a": {"type": "text"}}),
)


def is_valid(schema: Any) -> bool:
    return not list(metaschema_errors(schema))


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_no_invalid_value_of_a_keyword_is_taken_for_valid(keyword: str) -> None:
    for value in VALUES:
        inside = {"anyOf": [{"properties": {"a": {keyword: value}}}]}
        for schema in ({keyword: value}, {"items": {keyword: value}}, inside):
            assert is_valid(schema) or not is_certainly_valid(schema), schema


@pytest.mark.parametrize("schema", [*filter(lambda value: not isinstance(value, (dict, bool)), VALUES)])
def test_what_is_no_schema_is_not_taken_for_valid(schema: Any) -> None:
    assert not is_certainly_valid(schema)


def test_random_contracts_are_taken_for_valid_and_are_valid() -> None:
    makers = (SchemaMaker(Random(seed)) for seed in itertools.count())
    schemas = [maker.document_schema() for maker in itertools.islice(makers, 200)]
    assert all(is_valid(schema) for schema in schemas if is_certainly_valid(schema))
    assert sum(map(is_certainly_valid, schemas)) > 10


@pytest.mark.parametrize("name", ["policy_page", "policy", "policy_file"])
def test_the_contracts_of_the_project_need_no_metaschema(name: str) -> None:
    schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    assert is_certainly_valid(schema)
    assert is_valid(schema)
