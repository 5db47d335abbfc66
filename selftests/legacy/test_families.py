"""Files of many other tools and harnesses: each value is carried over or named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

FAMILIES = Path(__file__).parent / "families"
FOREIGN = {
    "apifox.json": "Apifox",
    "artillery.yml": "Artillery",
    "har.json": "HAR",
    "hurl.hurl": "hurl",
    "hurl2.hurl": "hurl",
    "insomnia.json": "Insomnia",
    "karate.feature": "Gherkin",
    "openapi.yaml": "OpenAPI",
    "postman.json": "Postman",
    "rest.http": ".http",
    "runn.yml": "runn",
    "runn2.yml": "runn",
    "stepci.yml": "Step CI",
    "tavern.yaml": "Tavern",
    "tavern1.yaml": "Tavern",
}
_LINE = re.compile(r"^ *(\d+) \| ", re.MULTILINE)
_BLOCK = re.compile(r"(?m)^(?=old:\d+:\d+: )")
# A value of the files has a number of five digits that occurs nowhere else.
_VALUE = re.compile(r"\d{5}")


@pytest.fixture
def convert(project):
    def run(text: str, *arguments: str) -> tuple[int, str, str]:
        project.write("old", text)
        return project.run("import-cases", "old", *arguments)

    return run


@pytest.mark.parametrize("name", sorted(path.name for path in FAMILIES.iterdir()))
def test_every_value_of_a_family_is_carried_over_or_named(project, convert, name):
    old = (FAMILIES / name).read_text("utf-8")
    code, new, remarks = convert(old)
    named = {
        int(number)
        for block in _BLOCK.split(remarks)
        if "没有带过来" in block
        for number in _LINE.findall(block)
    }
    lost = [
        f"{number}: {value}"
        for number, line in enumerate(old.splitlines(), 1)
        for value in _VALUE.findall(line)
        if value not in new and number not in named
    ]
    assert lost == []
    assert code == (1 if named else 0)
    if new:
        project.write("testcases/new.yaml", new)
        lint, out, _ = project.run("lint")
        assert lint == 0, out


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_file_of_another_tool_is_named_as_what_it_is(convert, name):
    code, new, remarks = convert((FAMILIES / name).read_text("utf-8"))
    assert (code, new) == (1, "")
    assert FOREIGN[name] in remarks.splitlines()[0]
    assert "--curl" in remarks


def test_nothing_to_read_is_a_mistake_of_its_own(convert):
    assert convert("config: {name: ''}\n")[0] == 2
    assert convert("- name: [\n")[0] == 2


SWITCHES = (
    "comment_out: true",
    "valid: false",
    "use: false",
    "switch: off",
    "state: 0",
    "status: 1",
    "deprecated: true",
    "no_run: true",
    "is_open: false",
    "todo: true",
    "exclude: true",
    "is_effective: 0",
    "xfail: true",
    "case_enable: N",
    "isRunCase: '0'",
    "是否启用: 否",
    "废弃: 是",
    "test_disabled: 1",
)


@pytest.mark.parametrize("switch", SWITCHES)
def test_switch_under_any_of_its_names_keeps_a_step_and_a_case_from_running(convert, switch):
    step = f"{{name: a, url: /a, method: DELETE, {switch}}}"
    code, new, _ = convert(f"steps:\n- {step}\n- {{name: b, url: /b, method: GET}}\n")
    assert (code, "/a" in new, "/b" in new) == (1, False, True)
    _, new, _ = convert(f"- {step}\n")
    assert "skip" in yaml.safe_load(new)["cases"][0]


@pytest.mark.parametrize(
    "member",
    ["ignore_ssl: true", "open_id: 0", "use_proxy: false", "status: 200", "run_count: 1", "state: CQ"],
)
def test_other_members_are_no_switch(convert, member):
    _, new, _ = convert(f"- {{name: a, url: /a, {member}}}\n")
    assert "skip" not in yaml.safe_load(new)["cases"][0]


def test_comparators_under_a_path_are_comparators(convert):
    old = "- name: a\n  url: /a\n  validate: [{$.n: {gt: 3, le: 9}}, {$.d: {gtx: 1}}]\n"
    code, new, _ = convert(old)
    checks = yaml.safe_load(new)["cases"][0]["validate"]
    assert checks == {"$.n": {"greater_than": 3, "at_most": 9}, "$.d": {"equals": {"gtx": 1}}}
    assert code == 0


@pytest.mark.parametrize("place", ["json", "headers", "params", "data", "cookies"])
def test_reference_in_a_key_of_the_request_is_carried_over(convert, place):
    old = f"- name: a\n  variables: {{k: x}}\n  request: {{url: /a, {place}: {{'p-$k': '1'}}}}\n"
    code, new, err = convert(old)
    assert (code, yaml.safe_load(new)["cases"][0]["request"][place]) == (0, {"p-${k}": "1"}), err


@pytest.mark.parametrize("url", ["{raw: /x}", "[GET, /x]"])
def test_address_that_is_no_text_is_named(convert, url):
    code, new, err = convert(f"- {{name: a, request: {{url: {url}}}}}\n")
    assert (code, new) == (1, "")
    assert "地址写成一个文本" in err


def test_a_tag_of_yaml_itself_gives_the_value_that_it_names_and_another_is_named(convert):
    old = (
        "- name: a\n  url: /a\n  method: POST\n  json: !!map {a: !!str 5, b: !!int '7', c: !!float 3,\n"
        "    d: !!bool yes, e: !!null '', f: !!str 2020-01-01, g: !!seq [1], h: !!int x1}\n"
        "  validate: [{eq: [status_code, !!int '200']}]\n"
    )
    code, new, remarks = convert(old)
    case = yaml.safe_load(new)["cases"][0]
    values = {
        "a": "5",
        "b": 7,
        "c": 3.0,
        "d": True,
        "e": None,
        "f": "2020-01-01",
        "g": [1],
        "h": "${included}",
    }
    assert case["request"]["json"] == values and case["validate"] == {"status_code": 200}
    assert code == 1 and remarks.count("不支持 YAML 标签") == 1 and "请看一眼：2020" not in remarks


def test_an_expected_failure_is_no_skip_without_a_reason(convert):
    _, new, remarks = convert("- {name: a, url: /a, xfail: true}\n- {name: b, url: /b, xfail: false}\n")
    first, second = yaml.safe_load(new)["cases"]
    assert first["skip"] == "旧用例标为预期失败" and "没有带过来：预期失败 xfail：True" in remarks
    assert "skip" not in second and "2 个用例，1 处没有带过来" in remarks
