"""Contracts: the words of a violation, mistakes in a contract file, references between files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from framework.base.errors import CaseFileError
from framework.base.jsonpath import format_location
from framework.checks.quick import quick_check
from framework.checks.schema import Contracts


class Found(NamedTuple):
    """A violation with its place as people read it."""

    path: str
    expected: str | None
    actual: str | None
    what: str


def findings(contracts: Contracts, name: str, document: Any) -> tuple[Found, ...]:
    found = contracts.contract(name).violations(document)
    return tuple(Found(format_location(it.below, "$"), it.expected, it.actual, it.what) for it in found)


DIALECT = "https://json-schema.org/draft/2020-12/schema"


@pytest.fixture
def contract(contracts: Path):
    contracts.mkdir()

    def write(schema, name: str = "page") -> Contracts:
        text = schema if isinstance(schema, str) else json.dumps(schema, ensure_ascii=False, indent=1)
        (contracts / f"{name}.schema.json").write_text(text, "utf-8")
        return Contracts(contracts)

    return write


# schema, document, place, expected, actual, what
VIOLATIONS = [
    ({"type": "string"}, 5, "$", "字符串", "数字 5", ""),
    ({"type": ["string", "null"]}, True, "$", "字符串 或 null", "布尔值 true", ""),
    ({"type": "integer"}, 1.5, "$", "整数", "数字 1.5", ""),
    ({"type": "string"}, None, "$", "字符串", "null", ""),
    ({"required": ["a", "编号"]}, {"a": 1}, "$.编号", "有这个键", "没有", "缺少键 编号"),
    (
        {"properties": {"a": {}}, "additionalProperties": False},
        {"a": 1, "b": [2]},
        "$.b",
        "没有这个键",
        "[2]",
        "多出键 b",
    ),
    ({"enum": ["市级", 1]}, "国家级", "$", '["市级", 1] 之一', '"国家级"', ""),
    ({"enum": [1]}, True, "$", "[1] 之一", "true", ""),
    ({"const": "0"}, 0, "$", '"0"', "0", ""),
    ({"pattern": r"^\d{3}$"}, "12x", "$", r"匹配 ^\d{3}$", '"12x"', ""),
    ({"pattern": r"^\d$"}, "1\n", "$", r"匹配 ^\d$", '"1␊"', ""),
    ({"pattern": r"^\d$"}, "٣", "$", r"匹配 ^\d$", '"٣"', ""),
    ({"minimum": 1}, 0, "$", "不小于 1", "0", ""),
    ({"maximum": 1}, 2, "$", "不大于 1", "2", ""),
    ({"exclusiveMinimum": 1}, 1, "$", "大于 1", "1", ""),
    ({"exclusiveMaximum": 1}, 1, "$", "小于 1", "1", ""),
    ({"multipleOf": 5}, 7, "$", "5 的倍数", "7", ""),
    ({"minLength": 3}, "青年", "$", "至少 3 字", '2 字："青年"', ""),
    ({"maxLength": 1}, "青年", "$", "至多 1 字", '2 字："青年"', ""),
    ({"minItems": 1}, [], "$", "至少 1 项", "0 项：[]", ""),
    ({"maxItems": 1}, [1, 2], "$", "至多 1 项", "2 项：[1, 2]", ""),
    ({"minProperties": 1}, {}, "$", "至少 1 个键", "0 个键：{}", ""),
    ({"uniqueItems": True}, ["a", "b", "a"], "$", "各项互不重复", '["a", "b", "a"]', "第 1 项与第 3 项相同"),
    ({"contains": {"const": 1}}, [2], "$", "有符合 contains 的项", "[2]", ""),
    ({"not": {"type": "null"}}, None, "$", "不符合 not 里的写法", "null", ""),
    ({"properties": {"a": False}}, {"a": 1}, "$.a", "没有这个值", "1", ""),
    (
        {"dependentRequired": {"a": ["b"]}},
        {"a": 1},
        "$.b",
        "有这个键",
        "没有",
        "缺少键 b，有了别的键就要有它",
    ),
    ({"patternProperties": {"^x$": {"type": "null"}}}, {"x": 1, "x\n": 1}, "$.x", "null", "数字 1", ""),
    (
        {"patternProperties": {r"^\d$": True}, "additionalProperties": False},
        {"1": 1, "٣": 1},
        '$["٣"]',
        "没有这个键",
        "1",
        "多出键 ٣",
    ),
    (
        {"oneOf": [{"type": "string"}, {"minLength": 1}]},
        "a",
        "$",
        "恰好符合 oneOf 的一种",
        '"a"',
        "符合的不止一种",
    ),
    (
        {
            "anyOf": [
                {"type": "null"},
                {"properties": {"t": {"type": "string"}}, "required": ["t"], "type": "object"},
            ]
        },
        {"t": 1},
        "$.t",
        "字符串",
        "数字 1",
        "anyOf 的写法都不符合，最接近的一种：字符串",
    ),
    (
        {"if": {"properties": {"k": {"const": 1}}}, "then": {"required": ["v"]}},
        {"k": 1},
        "$.v",
        "有这个键",
        "没有",
        "缺少键 v",
    ),
    ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "null"}}}, [], "$", "null", "列表 []", ""),
    ({"prefixItems": [{}], "items": False}, [1, 2], "$", "没有多出的项", "[1, 2]", ""),
]


@pytest.mark.parametrize(
    ("schema", "document", "place", "expected", "actual", "what"),
    VIOLATIONS,
    ids=lambda value: json.dumps(value, ensure_ascii=False)[:40],
)
def test_a_violation_in_words(contract, schema, document, place, expected, actual, what):
    (finding,) = findings(contract(schema), "page", document)
    assert (finding.path, finding.expected, finding.actual, finding.what) == (place, expected, actual, what)


def test_the_row_of_a_violation_and_no_dump_of_it(contract, judge):
    record = {"type": "object", "required": ["id", "title"], "properties": {"text": {"maxLength": 5}}}
    contract({"properties": {"rows": {"items": {"$ref": "record.schema.json"}}}})
    contract(record, "record")
    rows = [{"id": f"r{n}", "title": "t", "text": "字" * 90_000 if n == 2 else "x"} for n in range(4)]
    del rows[1]["title"]
    (result,) = judge({"schema": "page"}, {"rows": rows})
    assert [(f.path, f.record) for f in result.findings] == [
        ("$.rows[1].title", (1, "r1")),
        ("$.rows[2].text", (2, "r2")),
    ]
    assert all(len(f.actual) < 200 for f in result.findings)
    (result,) = judge({"$.rows[*]": {"schema": "record"}}, {"rows": rows})
    assert [(f.path, f.record) for f in result.findings] == [
        ("$.rows[1].title", (1, "r1")),
        ("$.rows[2].text", (2, "r2")),
    ]


def test_violations_are_listed_up_to_a_bound(contract):
    found = findings(contract({"items": {"type": "null"}}), "page", [1] * 70)
    assert len(found) == 51
    assert found[-1].what == "另有 20 处不符合契约，没有列出"


def test_a_contract_that_names_its_dialect_keeps_our_expressions(contract):
    contracts = contract(
        {
            "$schema": DIALECT,
            "$id": "page.schema.json",
            "items": {"$ref": "#/$defs/d"},
            "$defs": {"d": {"pattern": "^a$"}},
            "contains": True,
        }
    )
    assert findings(contracts, "page", ["a"]) == ()
    assert len(findings(contracts, "page", ["a\n"])) == 1


def test_known_lists_the_names(contract):
    contract({"type": "null"}, "b")
    assert contract({"type": "null"}, "a").known() == ("a", "b")


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("{", "契约不是 JSON"),
        ("[" * 100_000, "嵌套过深"),
        ('{"type": "strin"}', "不是有效的 JSON Schema"),
        ({"requird": ["a"], "type": "object"}, "没有 requird 这个关键字"),
        ('{"type": "object", "type": "null"}', "不止一次"),
        ('{"properties": {"a": {"type": "null"}, "a": {"type": "string"}}}', "（在 $.properties.a）"),
        ({"type": "string", "format": "date-time"}, "format 在 JSON Schema 2020-12 里只是注解"),
        ({"properties": {"a": {"type": "string", "format": "date"}}}, "（在 $.properties.a.format）"),
        ({"pattern": "("}, "正则表达式有误"),
        ({"patternProperties": {"[": {}}}, "正则表达式有误"),
        ({}, "什么也没有要求"),
        ("true", "什么也没有要求"),
        ({"title": "x"}, "什么也没有要求"),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "null"}, "2020-12"),
        ({"$ref": "http://example.com/x.schema.json"}, "找不到的"),
        ({"$ref": "../x.schema.json"}, "找不到的"),
        ({"$ref": "#/$defs/none"}, "找不到的"),
        ({"$dynamicRef": "#/$defs/none"}, '$["$dynamicRef"] 引用了找不到的'),
        ({"properties": {"a": {"$ref": "sub/x.schema.json"}}}, "找不到的"),
        ({"$ref": "nothing.schema.json"}, "找不到的 nothing.schema.json"),
    ],
)
def test_a_contract_that_is_wrong(contract, schema, message):
    with pytest.raises(CaseFileError) as caught:
        contract(schema).contract("page")
    assert message in str(caught.value)


def test_a_file_that_is_referred_to_is_checked_too(contract):
    contract({"$ref": "record.schema.json"})
    with pytest.raises(
        CaseFileError, match=r"record\.schema\.json:2:2: JSON Schema 2020-12 里没有 typ 这个关键字"
    ):
        contract({"typ": "object"}, "record").contract("page")


def test_a_mistake_in_a_contract_is_shown_in_its_line(contract):
    with pytest.raises(CaseFileError) as caught:
        contract('{\n "properties": {\n  "code": {\n   "typ": "string"\n  }\n }\n}').contract("page")
    assert str(caught.value).splitlines() == [
        "schemas/page.schema.json:4:4: JSON Schema 2020-12 里没有 typ 这个关键字，它什么也不检查（在 "
        "$.properties.code.typ）",
        '   4 |    "typ": "string"',
        "     |    ^",
        "     = 改法：你是不是要写 type？",
    ]


@pytest.mark.parametrize("name", ["nothing", "../page", "a/b", "", ".", "page\n", "/etc/passwd"])
def test_a_contract_that_is_not_there(contract, name):
    with pytest.raises(CaseFileError, match="没有契约"):
        contract({"type": "null"}).contract(name)


def test_a_near_name_is_offered(contract):
    with pytest.raises(CaseFileError, match=r"你是不是要写 page？"):
        contract({"type": "null"}).contract("pag")


# -- the quick check and the validator


def test_a_contract_that_refers_to_itself(contract):
    contracts = contract(
        {
            "type": "object",
            "properties": {"next": {"$ref": "#"}, "n": {"type": "integer"}},
            "additionalProperties": False,
        }
    )
    assert findings(contracts, "page", {"next": {"next": {"n": 1}}}) == ()
    assert [finding.path for finding in findings(contracts, "page", {"next": {"next": {"n": "1"}}})] == [
        "$.next.next.n"
    ]


def test_the_validator_answers_if_there_is_no_quick_check(contract):
    contracts = contract(
        {"properties": {"a": {"type": "null"}}, "unevaluatedProperties": False, "contains": {"type": "null"}}
    )
    assert findings(contracts, "page", {"a": None}) == ()
    assert [finding.expected for finding in findings(contracts, "page", {"a": None, "b": 1})] == [
        "没有未说明的键"
    ]


# -- numbers and equality that the package jsonschema gets wrong

EXACT = [
    ({"multipleOf": 0.01}, 4.02, True),
    ({"multipleOf": 0.01}, 4.025, False),
    ({"multipleOf": 0.1}, 0.9000000000000001, False),
    ({"multipleOf": 0.5}, 10**400, True),
    ({"multipleOf": 10**400}, 1.5, False),
    ({"multipleOf": 10**20 + 1}, 1e20, False),
    ({"multipleOf": 3}, 10**400 + 2, True),
    ({"multipleOf": 1.5}, float("inf"), False),
    ({"multipleOf": 2}, float("inf"), False),
    ({"maximum": float(2**53)}, 2**53 + 1, False),
    ({"minimum": 1e308}, 10**400, True),
    ({"const": 2**53 + 1}, float(2**53), False),
    ({"uniqueItems": True}, [[1], [True], [1]], False),
    ({"uniqueItems": True}, [[1], [True], ["1"]], True),
    ({"uniqueItems": True}, [{"a": 1}, {"a": 1.0}], False),
]


@pytest.mark.parametrize(("schema", "document", "valid"), EXACT, ids=lambda value: repr(value)[:40])
def test_numbers_are_decimal_and_equality_is_jsons(contract, schema, document, valid):
    contracts = contract(schema)
    assert bool(quick_check(schema, lambda ref: (ref, None))(document)) is valid
    assert (findings(contracts, "page", document) == ()) is valid


def test_unevaluated_members_are_found_by_the_expressions_of_the_case_language(contract):
    contracts = contract({"patternProperties": {r"^\d$": True}, "unevaluatedProperties": False})
    assert findings(contracts, "page", {"1": 0}) == ()
    for name in ("1\n", "١"):
        (finding,) = findings(contracts, "page", {name: 0})
        assert finding.expected == "没有未说明的键"


def test_members_that_branches_evaluate(contract):
    contracts = contract(
        {
            "$ref": "#/$defs/a",
            "anyOf": [{"properties": {"b": {"const": 1}}, "required": ["b"]}, {"properties": {"c": True}}],
            "if": {"required": ["d"]},
            "then": {"properties": {"d": True, "e": True}},
            "dependentSchemas": {"d": {"properties": {"f": True}}},
            "unevaluatedProperties": {"type": "null"},
            "$defs": {"a": {"properties": {"a": True}}},
        }
    )
    assert findings(contracts, "page", {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": None}) == ()
    for document in ({"b": 2}, {"e": 1}, {"f": 1}, {"g": 1}):
        assert len(findings(contracts, "page", document)) == 1
