"""Contracts: the words of a violation, mistakes in a contract file, references between files, and the quick
way's answers.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from framework.base.errors import CaseFileError
from framework.checks.quick import quick_check
from framework.checks.schema import Contracts

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
    ({"minLength": 3}, "青年", "$", "至少 3 字", '2 字:"青年"', ""),
    ({"maxLength": 1}, "青年", "$", "至多 1 字", '2 字:"青年"', ""),
    ({"minItems": 1}, [], "$", "至少 1 项", "0 项:[]", ""),
    ({"maxItems": 1}, [1, 2], "$", "至多 1 项", "2 项:[1, 2]", ""),
    ({"minProperties": 1}, {}, "$", "至少 1 个键", "0 个键:{}", ""),
    ({"uniqueItems": True}, ["a", "b", "a"], "$", "各项互不重复", '["a", "b", "a"]', "第 1 项与第 3 项相同"),
    ({"contains": {"const": 1}}, [2], "$", "有符合 contains 的项", "[2]", ""),
    ({"not": {"type": "null"}}, None, "$", "不符合 not 里的写法", "null", ""),
    ({"properties": {"a": False}}, {"a": 1}, "$.a", "没有这个值", "1", ""),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "$.b", "有这个键", "没有", "缺少键 b,有了别的键就要有它"),
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
        "anyOf 的写法都不符合,最接近的一种:字符串",
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
    (finding,) = contract(schema).problems("page", document)
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
    findings = contract({"items": {"type": "null"}}).problems("page", [1] * 70)
    assert len(findings) == 51
    assert findings[-1].what == "另有 20 处不符合契约,没有列出"


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
    assert contracts.problems("page", ["a"]) == ()
    assert len(contracts.problems("page", ["a\n"])) == 1


def test_known_lists_the_names(contract):
    contract({"type": "null"}, "b")
    assert contract({"type": "null"}, "a").known() == ("a", "b")


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ("{", "契约不是 JSON"),
        ("[" * 100_000, "嵌套过深"),
        ('{"type": "strin"}', "不是有效的 JSON Schema"),
        ({"requird": ["a"], "type": "object"}, "没有 requird 这个关键字"),
        ({"pattern": "("}, "正则表达式有误"),
        ({"patternProperties": {"[": {}}}, "正则表达式有误"),
        ({}, "什么也没有要求"),
        ("true", "什么也没有要求"),
        ({"title": "x"}, "什么也没有要求"),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "null"}, "2020-12"),
        ({"$ref": "http://example.com/x.schema.json"}, "找不到的"),
        ({"$ref": "../x.schema.json"}, "找不到的"),
        ({"$ref": "#/$defs/none"}, "找不到的"),
        ({"properties": {"a": {"$ref": "sub/x.schema.json"}}}, "找不到的"),
        ({"$ref": "nothing.schema.json"}, "找不到的 nothing.schema.json"),
    ],
)
def test_a_contract_that_is_wrong(contract, schema, told):
    with pytest.raises(CaseFileError) as caught:
        contract(schema).contract("page")
    assert told in str(caught.value)


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
        "schemas/page.schema.json:4:4: JSON Schema 2020-12 里没有 typ 这个关键字,它什么也不检查(在 "
        "$.properties.code.typ)",
        '   4 |    "typ": "string"',
        "     |    ^",
        "     = 改法: 你是不是要写 type?",
    ]


@pytest.mark.parametrize("name", ["nothing", "../page", "a/b", "", ".", "page\n", "/etc/passwd"])
def test_a_contract_that_is_not_there(contract, name):
    with pytest.raises(CaseFileError, match="没有契约"):
        contract({"type": "null"}).contract(name)


def test_a_near_name_is_offered(contract):
    with pytest.raises(CaseFileError, match=r"你是不是要写 page\?"):
        contract({"type": "null"}).contract("pag")


# -- the quick way gives the validator's answers

SCALARS = st.sampled_from([None, True, False, 0, 1, 1.0, 1.5, -3, 2**60, "", "a", "ab", "1", "青年"])
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "ab", "1"]), inner, max_size=3)
    ),
    max_leaves=8,
)
SIZES = st.integers(0, 3)
KEYWORDS = {
    "type": st.sampled_from(
        [
            "string",
            "integer",
            "number",
            "boolean",
            "array",
            "object",
            "null",
            ["string", "integer"],
            ["array", "null"],
        ]
    ),
    "const": DOCUMENTS,
    "enum": st.lists(DOCUMENTS, min_size=1, max_size=3),
    "minimum": st.integers(-1, 2),
    "maximum": st.sampled_from([0, 1.5]),
    "exclusiveMinimum": SIZES,
    "exclusiveMaximum": SIZES,
    "multipleOf": st.integers(1, 3),
    "minLength": SIZES,
    "maxLength": SIZES,
    "minItems": SIZES,
    "maxItems": SIZES,
    "minProperties": SIZES,
    "maxProperties": SIZES,
    "uniqueItems": st.booleans(),
    "pattern": st.sampled_from(["a", "^a", "b|1"]),
    "required": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
}


LEAVES = st.sampled_from(sorted(KEYWORDS)).flatmap(lambda name: st.fixed_dictionaries({name: KEYWORDS[name]}))


@st.composite
def nested_schema(draw, inner):
    names = st.sampled_from(["a", "b", "ab"])
    one, several = inner | st.booleans(), st.lists(inner, min_size=1, max_size=2)
    choices = {
        "properties": st.dictionaries(names, one, max_size=2),
        "additionalProperties": one,
        "patternProperties": st.dictionaries(st.sampled_from(["a", "^1"]), one, max_size=2),
        "propertyNames": one,
        "items": one,
        "prefixItems": several,
        "not": one,
        "if": one,
        "then": one,
        "else": one,
        "allOf": several,
        "anyOf": several,
        "oneOf": several,
        "$ref": st.just("#/$defs/x"),
        **KEYWORDS,
    }
    chosen = draw(st.lists(st.sampled_from(sorted(choices)), min_size=1, max_size=4, unique=True))
    return {name: draw(choices[name]) for name in chosen}


SCHEMAS = st.recursive(LEAVES, nested_schema, max_leaves=6)


@settings(max_examples=600)
@given(SCHEMAS, st.lists(DOCUMENTS, min_size=1, max_size=4), LEAVES)
def test_the_quick_way_agrees_with_the_validator(schema, documents, target):
    check = quick_check(schema, lambda _ref: (target, None))
    assert check is not None
    validator = Draft202012Validator(
        {**schema, "$defs": {"x": target}} if isinstance(schema, dict) else schema
    )
    for document in documents:
        assert check(document) == validator.is_valid(document), (schema, document)


def test_a_contract_that_refers_to_itself(contract):
    contracts = contract(
        {
            "type": "object",
            "properties": {"next": {"$ref": "#"}, "n": {"type": "integer"}},
            "additionalProperties": False,
        }
    )
    assert contracts.problems("page", {"next": {"next": {"n": 1}}}) == ()
    assert [finding.path for finding in contracts.problems("page", {"next": {"next": {"n": "1"}}})] == [
        "$.next.next.n"
    ]


def test_beyond_the_quick_way_the_validator_answers(contract):
    contracts = contract(
        {"properties": {"a": {"type": "null"}}, "unevaluatedProperties": False, "contains": {"type": "null"}}
    )
    assert contracts.problems("page", {"a": None}) == ()
    assert [finding.expected for finding in contracts.problems("page", {"a": None, "b": 1})] == [
        "没有未说明的键"
    ]
