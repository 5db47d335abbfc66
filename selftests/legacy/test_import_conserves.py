"""The law of the import: every value of the old file is in the new suite, or a remark names its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml

from framework.legacy.requests import RequestConverter
from selftests.legacy.old_files import OldFiles

SEEDS = range(120)
_WORD = re.compile(r"w\d+q|1\d{5}|10\d\d\b")
_LINE = re.compile(r"^ *(\d+) \| ", re.MULTILINE)
_HEAD = re.compile(r"(?m)^(?=old\.yaml:\d+:\d+: )")


def scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Yield the values of a document, without its keys."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item)
    else:
        for _, value in node.value:
            yield from scalars(value)


def lost_values(old: str, new: str, remarks: str) -> list[str]:
    """Return the values of the old text that are neither in the new one nor in a line that a remark shows."""
    named = {
        int(number)
        for block in _HEAD.split(remarks)
        if "没有带过来" in block
        for number in _LINE.findall(block)
    }
    return [
        f"{node.start_mark.line + 1}: {node.value}"
        for node in scalars(yaml.compose(old))
        for word in _WORD.findall(node.value)
        if word not in new and node.start_mark.line + 1 not in named
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_value_is_carried_over_or_named(project, seed):
    old = OldFiles(seed).file()
    project.write("old.yaml", old)
    code, new, remarks = project.run("import-cases", "old.yaml")
    assert lost_values(old, new, remarks) == []
    has_remarks = not re.search(r"个用例，0 处没有带过来", remarks)
    assert code == int(has_remarks) if new else code == 1
    if not new:
        return
    project.write("testcases/new.yaml", new)
    lint, out, _ = project.run("lint")
    assert lint == 0, out
    # Nothing that the old harness would have replaced is sent as text.
    assert not re.search(r"\$[A-Za-z_]\w*|\$\$\{|\$\{[^}]*\(", re.sub(r"\$\{[\w.-]+\}|\$schema", "", new)), (
        new
    )


@pytest.mark.parametrize("seed", range(30))
def test_switched_off_cases_are_not_run(project, seed):
    """A case or step with a switch is left out or skipped, in every shape of file."""
    old = OldFiles(seed)
    text = yaml.safe_dump(
        {
            "config": {"name": "x"},
            "teststeps": [
                {"name": "on", "request": {"method": "GET", "url": f"/{old.word()}"}},
                {
                    "name": "off",
                    "request": {"method": "DELETE", "url": "/off"},
                    **_SWITCHES[seed % len(_SWITCHES)],
                },
            ],
        }
    )
    project.write("old.yaml", text)
    code, new, _ = project.run("import-cases", "old.yaml")
    assert code == 1
    assert "/off" not in new


_SWITCHES = (
    {"skip": True},
    {"skip": "服务下线"},
    {"is_run": False},
    {"is_run": "no"},
    {"enabled": "no"},
    {"enable": 0},
    {"disabled": True},
    {"run": "N"},
    {"isSkip": "y"},
    {"skipIf": "${flag}"},
    {"is_run": "maybe"},
)


def test_guard_notices_a_converter_that_drops_a_value(project, monkeypatch):
    """The guard is in the command, so the law holds even if a converter forgets something."""
    monkeypatch.setattr(RequestConverter, "_move_query", lambda self: self.found.pop("params", None))
    request = "  request:\n    url: /a\n    params: {b: lost-value}\n"
    project.write("old.yaml", f"- name: a\n{request}  validate: [{{eq: [status_code, 200]}}]\n")
    code, _, err = project.run("import-cases", "old.yaml")
    assert code == 1
    assert "old.yaml:4:5: 第 4 行没有带过来：params: " in err


OLD_TEXT = "- name: 登录成功\n  request: {method: GET, url: /登录}\n  validate: [{eq: [status_code, 200]}]\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings_of_old_files(project, encoding):
    project.write("old.yaml", OLD_TEXT.encode(encoding))
    code, new, err = project.run("import-cases", "old.yaml")
    assert code == 0, err
    assert "name: 登录成功" in new
    assert ("按 GB18030 读取" in err) == encoding.startswith("gb")


def test_unreadable_bytes_are_refused(project):
    project.write("old.yaml", b"- name: \xff\xff\xff\n")
    code, new, err = project.run("import-cases", "old.yaml")
    assert (code, new) == (2, "")
    assert "不是 UTF-8" in err


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://a.test:8000", "http://a.test:8000/orders"),
        ("http://a.test/v1/", "http://a.test/v1/orders"),
        ("a.test", "http://a.test/orders"),
        ("${ENV(BASE)}", "${base}/orders"),
        ("https://app.youth.cq.cqyl.org.cn/v2", "/v2/orders"),
    ],
)
@pytest.mark.parametrize("place", ["config", "request"])
def test_base_url_is_joined_with_the_path(project, base, url, place):
    project.write(
        "environments.yaml",
        "default: test\nenvironments: {test: {base_url: 'https://app.youth.cq.cqyl.org.cn'}}\n",
    )
    own = {"base_url": base} if place == "request" else {}
    config = {"name": "x", **({"base_url": base} if place == "config" else {})}
    step = {"name": "y", "request": {**own, "url": "/orders"}, "validate": [{"eq": ["status_code", 200]}]}
    project.write("old.yaml", yaml.safe_dump({"config": config, "teststeps": [step]}))
    code, new, err = project.run("import-cases", "old.yaml")
    assert code == 0, err
    (case,) = yaml.safe_load(new)["cases"]
    assert case["steps"][0]["request"]["url"] == url


def test_case_that_lint_would_refuse_is_named_instead(project):
    project.write(
        "old.yaml",
        "- name: a\n  request: {url: /a}\n  validate:\n    - eq: [status_code, 999]\n    - eq: [body.a, 1]\n",
    )
    code, new, err = project.run("import-cases", "old.yaml")
    assert code == 1
    assert "999" in err
    assert yaml.safe_load(new)["cases"][0]["validate"] == {"$.a": 1}


def test_reference_in_the_key_of_a_case_covers_nothing_else(project):
    project.write("old.yaml", '"${f(1)} 甲":\n  url: /a\n  foo: lost\n  assert: {code: 1}\n')
    code, _, err = project.run("import-cases", "old.yaml")
    assert code == 1
    assert "第 3 行没有带过来：foo: lost" in err


@pytest.mark.parametrize(
    ("member", "named"),
    [
        ("files: {a: b.png}", "files"),
        ("auth: [u, p]", "auth"),
        ("form_data: {a: 1}", "form_data"),
        ("requestType: file", "requestType"),
    ],
)
def test_case_with_an_incomplete_request_is_skipped(project, member, named):
    project.write("old.yaml", f"a:\n  url: /a\n  method: DELETE\n  {member}\n  assert: {{code: 1}}\n")
    code, new, _ = project.run("import-cases", "old.yaml")
    assert code == 1
    assert named in yaml.safe_load(new)["cases"][0].get("skip", "")


@pytest.mark.parametrize("key", ["request_type", "http_method", "verb"])
def test_method_under_another_key_is_kept(project, key):
    for text in (f"request: {{url: /a, {key}: delete}}", f"url: /a\n  {key}: delete"):
        project.write("old.yaml", f"a:\n  {text}\n  assert: {{code: 1}}\n")
        code, new, err = project.run("import-cases", "old.yaml")
        assert code == 0, err
        assert yaml.safe_load(new)["cases"][0]["request"]["method"] == "DELETE"


def test_environment_without_an_address_changes_no_path(project):
    """The embedded stand-in's environment has no base_url; a path is no host of it."""
    project.write("environments.yaml", "default: standin\nenvironments: {standin: {}}\n")
    project.write(
        "old.yaml",
        "- name: a\n  request: {method: GET, url: /items}\n  validate: [{eq: [status_code, 200]}]\n",
    )
    code, new, err = project.run("import-cases", "old.yaml")
    assert (code, "0 处请看一眼" in err) == (0, True), err
    assert yaml.safe_load(new)["cases"][0]["request"]["url"] == "/items"
