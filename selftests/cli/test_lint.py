"""``python -m framework lint``: all problems that a run would report, and warnings."""

from __future__ import annotations

import subprocess
import sys

import pytest

from framework.cli.lint.command import lint_command
from framework.run import project as lint_project

REQUEST = "request: {url: /list, method: POST}"
CHECK = "validate: {status_code: 200}"
PAGE = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "data": {
            "type": "object",
            "required": ["result", "totalNum"],
            "properties": {
                "result": {"type": "array", "items": {"$ref": "#/$defs/row"}},
                "totalNum": {"type": "string"},
                "extra": {"type": "string"},
            },
        }
    },
    "$defs": {
        "row": {
            "type": "object",
            "required": ["id", "size"],
            "properties": {"id": {"type": "string"}, "size": {"type": "integer"}},
        }
    },
}


def places(text: str) -> list[str]:
    """Return the first line of each problem, with its place and text."""
    return [line for line in text.splitlines() if line and not line.startswith(" ")][:-1]


def test_a_clean_project(project):
    project.suite(REQUEST, CHECK)
    project.contract("page", PAGE)
    assert project.run("lint") == (0, "3 个文件，1 个用例，0 个问题\n", "")


def test_every_problem_of_every_file_at_once(project):
    project.suite("request: {urll: /list}", "validate: {status_code: {equal: 200}}", name="a")
    project.suite(REQUEST, "validate: {$.a: '${gone}'}", name="b")
    code, out, _ = project.run("lint")
    assert code == 1
    assert places(out) == [
        "testcases/a.yaml:4:15: request 里没有 urll 这个键",
        "testcases/a.yaml:5:30: 没有叫 equal 的匹配器",
        "testcases/b.yaml:5:21: 没有叫 gone 的变量",
    ]
    assert "= 改法：你是不是要写 equals？" in out
    assert out.endswith("3 个文件，0 个用例，3 个问题\n")


def test_the_problems_of_a_file_are_printed_before_the_next_is_read(project, monkeypatch):
    project.suite("request: {urll: /list}", CHECK, name="a")
    project.suite(REQUEST, CHECK, name="b")
    read = lint_project.read_suite

    def stopping(path, *around):
        if path.stem == "b":
            raise KeyboardInterrupt
        return read(path, *around)

    monkeypatch.setattr(lint_project, "read_suite", stopping)
    messages = []
    with pytest.raises(KeyboardInterrupt):
        lint_command([], messages.append)
    assert [text.partition("\n")[0] for text in messages] == [
        "testcases/a.yaml:4:15: request 里没有 urll 这个键"
    ]


def test_each_problem_has_six_lines_at_most(project):
    project.suite(REQUEST, "validate: [\n" + "      a,\n" * 20 + "      ]")
    _, out, _ = project.run("lint")
    assert len(out.splitlines()) <= 6 + 1


def test_a_mistake_in_a_shared_file_is_reported_once(project):
    project.write("testcases/_shared.yaml", "request: {urll: /list}\n")
    project.suite(CHECK, name="a")
    project.suite(CHECK, name="b")
    _, out, _ = project.run("lint")
    assert places(out) == ["testcases/_shared.yaml:1:11: request 里没有 urll 这个键"]


def test_environments_contracts_and_matchers_are_read_too(project):
    project.suite(REQUEST, "validate: {$.a: '${token}', $.b: {ours: 1}}")
    project.write("environments.yaml", "default: test\nenvironments:\n  test: {base: http://x}\n")
    project.write("schemas/page.schema.json", '{"requird": ["a"]}')
    project.write("testcases/matchers.py", "def f(:\n")
    code, out, _ = project.run("lint")
    assert code == 1
    assert {place.split(": ")[0].split(":")[0] for place in places(out)} == {
        "environments.yaml",
        "schemas/page.schema.json",
        "testcases/matchers.py",
    }


def test_the_project_is_found_from_a_subfolder(project, monkeypatch):
    project.suite(REQUEST, CHECK)
    monkeypatch.chdir(project.root / "testcases")
    assert project.run("lint")[0] == 0


def test_paths_choose_the_suites(project):
    project.suite(REQUEST, CHECK, name="a")
    project.suite("validate: 1", name="b")
    assert project.run("lint", "testcases/a.yaml")[0] == 0
    assert project.run("lint", "testcases")[0] == 1


def test_a_missing_path_is_a_usage_error(project):
    code, _, err = project.run("lint", "gone.yaml")
    assert (code, "没有这个套件文件或文件夹：gone.yaml" in err) == (2, True)


def test_a_project_without_suites_is_not_clean(project):
    code, out, _ = project.run("lint")
    assert (code, "没有找到套件" in out) == (1, True)


def test_names_of_all_secrets_are_known_and_no_value_is_read(project, monkeypatch):
    monkeypatch.delenv("A_TOKEN", raising=False)
    project.write(
        "environments.yaml",
        "default: a\nenvironments:\n  a: {base_url: 'http://x', secrets: {token: A_TOKEN}}\n",
    )
    project.suite("request: {url: /list, headers: {Token: '${token}'}}", CHECK)
    assert project.run("lint")[0] == 0


def test_a_missing_contract(project):
    project.contract("page", PAGE)
    project.suite(REQUEST, "validate: {schema: pge, $.data: {schema: row}}")
    code, out, _ = project.run("lint")
    assert code == 1
    assert "testcases/suite.yaml:5:24: schemas/ 里没有契约 pge" in out
    assert "你是不是要写 page？" in out
    assert "schemas/ 里没有契约 row" in out


def test_a_tag_must_be_a_declared_marker(project):
    project.suite("tags: [skip]", REQUEST, CHECK)
    assert "标签 skip 没有声明" in project.run("lint")[1]


# -- warnings --


def warnings(project) -> list[str]:
    code, out, _ = project.run("lint")
    assert code == 0, out
    assert project.run("lint", "--strict")[0] == bool("警告" in out)
    return places(out)


@pytest.mark.parametrize(
    ("checks", "messages"),
    [
        ("schema: page, $.data.totalNum: {type: string}", ["1:52: 警告：契约 page 已经规定这里是 string"]),
        ("schema: page, '$.data.result[*].id': {type: string}", ["契约 page 已经规定这里是 string"]),
        ("schema: page, '$.data.result[*].size': {type: number}", ["契约 page 已经规定这里是 integer"]),
        (
            "schema: page, '$.data.result[*]': {each: {id: {type: string}}}",
            ["契约 page 已经规定这里是 string"],
        ),
        ("$.data: {schema: page}, $.data.data.totalNum: {type: string}", ["契约 page 已经规定这里是 string"]),
        ("schema: page, $.data.extra: {type: string}", []),  # it may be lacking, the check says it may not
        ("schema: page, $.data.unknown: {type: string}", []),
        ("schema: page, '$.data.result[*].size': {type: string}", []),
        ("schema: page, '$..id': {type: string}", []),
        ("$.data.totalNum: {type: string}", []),
        ("schema: page, any_of: [{$.data.totalNum: {type: string}}, {status_code: 401}]", []),
    ],
)
def test_a_type_check_that_the_contract_covers(project, checks, messages):
    project.contract("page", PAGE)
    project.suite(REQUEST, f"validate: {{{checks}}}")
    found = warnings(project)
    assert len(found) == len(messages)
    assert all(text.split(":", 2)[-1] in place for text, place in zip(messages, found, strict=True))


def test_unused_variables_columns_extracts_and_rounds(project):
    project.write(
        "testcases/_shared.yaml",
        "variables: {spare: 1, base: /list, path: '${base}'}\nwalks:\n"
        "  all: {page: json.p, size: json.s, more: $.m, items: $.i, total: $.t, key: id, max_pages: 9}\n",
    )
    project.write(
        "testcases/suite.yaml",
        """\
suite: 甲
variables: {mine: 1, hidden: 2}
cases:
  - id: one
    name: 第 ${n} 个
    variables: {own: 3, hidden: 4}
    parametrize: [{n: 1, m: 2}, {n: 2, m: 2}]
    steps:
      - name: 一
        request: {url: '${path}', json: '${hidden}'}
        extract: {a: $.a, b: $.b}
        validate: {status_code: 200}
      - name: 二
        for_each: {x: '${a}'}
        request: {url: '${path}'}
        validate: {$.n: '${n}'}
""",
    )
    assert [place.split("警告：")[1] for place in warnings(project)] == [
        "共用变量 spare 没有用到",
        "翻页方式 all 没有用到",
        "套件的变量 mine 没有用到",
        "套件的变量 hidden 没有用到",
        "用例的变量 own 没有用到",
        "参数的列 m 没有用到",
        "抽取的 b 没有用到",
        "for_each 的 x 没有用到，每一轮都一样",
    ]


def test_shared_definitions_are_judged_only_if_all_suites_were_read(project):
    project.write("testcases/_shared.yaml", "variables: {path: /list}\n")
    project.suite(REQUEST, CHECK, name="a")
    project.suite("request: {url: '${path}', method: POST}", CHECK, name="b")
    assert project.run("lint", "testcases/a.yaml")[1] == "3 个文件，1 个用例，0 个问题\n"


def test_a_repeated_case(project):
    project.write(
        "testcases/suite.yaml",
        """\
suite: 甲
cases:
  - {id: one, name: 一, request: {url: /list}, validate: {status_code: 200}}
  - {id: two, name: 二, request: {url: /list}, validate: {status_code: 200}}
  - {id: other-check, request: {url: /list}, validate: {status_code: 201}}
  - {id: other-type, request: {url: /list, json: {a: 1}}, validate: {status_code: 200}}
  - {id: other-type-yet, request: {url: /list, json: {a: true}}, validate: {status_code: 200}}
  - id: rows
    name: '${n}'
    parametrize: [{n: 1, what: 甲}, {n: 2, what: 乙}]
    request: {url: '/${n}'}
    validate: {status_code: {at_most: 200}}
""",
    )
    found = warnings(project)
    assert [place.split("警告：")[0] for place in found if "同样的请求" in place] == [
        "testcases/suite.yaml:4:10: "
    ]
    assert "与 testcases/suite.yaml:3:10 的 one 发送" in "".join(found)


def test_a_repeated_case_that_uses_a_shared_step(project):
    project.write(
        "testcases/suite.yaml",
        """\
suite: 甲
shared_steps:
  ask: {request: {url: '/${what}'}, validate: {status_code: 200}}
cases:
  - {id: one, steps: [{use: ask, with: {what: a}}]}
  - {id: other, steps: [{use: ask, with: {what: b}}]}
  - {id: same, steps: [{use: ask, with: {what: a}}]}
""",
    )
    (place,) = [place for place in warnings(project) if "同样的请求" in place]
    assert place.startswith("testcases/suite.yaml:7:10: ")


def test_a_variable_that_only_some_environments_define(project):
    project.write(
        "environments.yaml",
        """\
default: a
environments:
  a: {base_url: 'http://x', variables: {total: 1, both: 1}}
  b: {base_url: 'http://y', variables: {both: 2}}
""",
    )
    project.write(
        "testcases/suite.yaml",
        """\
suite: 甲
cases:
  - {id: one, request: {url: '/${both}'}, validate: {$.n: '${total}'}}
  - {id: two, requires: [total], request: {url: /two}, validate: {$.n: '${total}'}}
  - {id: three, only_in: [a], request: {url: /three}, validate: {$.n: '${total}'}}
  - {id: four, only_in: [aa], request: {url: /four}, validate: {$.n: 4}}
""",
    )
    login = "login: [{request: {url: /l}, extract: {total: $.t}}], "
    environments = (project.root / "environments.yaml").read_text()
    project.write(
        "environments.yaml",
        environments.replace(
            "  b: {", f"  c: {{{login}base_url: 'http://z', variables: {{both: 3}}}}\n  b: {{"
        ),
    )
    assert [place.partition(" ")[2] for place in warnings(project)] == [
        "警告：环境 b 没有变量 total，在那里收集会出错",
        "警告：only_in 的环境 aa 并不存在，用例不会在那里运行",
    ]


def test_a_contract_that_links_outside_is_huge_or_binary_is_reported(project):
    project.suite(REQUEST, CHECK)
    project.write("elsewhere.json", '{"type": "object"}')
    (project.root / "schemas").mkdir()
    (project.root / "schemas/out.schema.json").symlink_to(project.root / "elsewhere.json")
    with (project.root / "schemas/huge.schema.json").open("wb") as file:
        file.truncate(1 << 30)
    project.write("schemas/latin.schema.json", b'{"title": "\xe9"}')
    code, out, _ = project.run("lint")
    assert code == 1
    assert "契约 schemas/out.schema.json 的链接指向 schemas/ 之外" in out
    assert "schemas/huge.schema.json: 文件超过 1048576 字节" in out
    assert "schemas/latin.schema.json:1:12: 从这里起不是 UTF-8" in out


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["- request: {url: /login}", "  extract: {token: $.t}", "- request: {url: '/${token}'}"], []),
        (["- request: {url: '/${token}'}", "  extract: {token: $.t}", "- request: {url: /x}"], ["b"]),
        (["- for_each: {token: [1]}", "  request: {url: '/${token}'}"], []),
        (
            ["- for_each: {token: [1]}", "  request: {url: '/${token}'}", "- request: {url: '/${token}'}"],
            ["b"],
        ),
    ],
)
def test_names_are_resolved_as_a_run_resolves_them(project, lines, found):
    """A step may use the values that an earlier step extracted, and no others."""
    project.write(
        "environments.yaml",
        "default: a\nenvironments:\n  a: {base_url: http://127.0.0.1:9, variables: {token: x}}\n"
        "  b: {base_url: http://127.0.0.1:9}\n",
    )
    project.suite("steps:", *(f"  {line}" for line in lines), CHECK)
    code, out, _ = project.run("lint")
    assert code == 0
    assert [name for name in ("a", "b") if f"环境 {name} 没有变量 token" in out] == found


def test_names_are_not_resolved_for_environments_in_which_the_case_does_not_run(project):
    project.write(
        "environments.yaml",
        "default: a\nenvironments:\n"
        "  a: {base_url: http://127.0.0.1:9, variables: {token: x}, allow: [load]}\n"
        "  b: {base_url: http://127.0.0.1:9}\n",
    )
    project.write("pytest.ini", "[pytest]\nmarkers =\n    load: 成批\n")
    for number, line in enumerate(("requires: [token]", "only_in: [a]", "tags: [load]", "skip: 等修复")):
        project.suite(line, f"request: {{url: '/{number}/${{token}}'}}", CHECK, name=f"s{number}")
    assert "没有变量" not in project.run("lint")[1]


def test_a_shared_file_stands_for_its_folder_and_lint_says_so(project):
    project.suite(REQUEST, CHECK)
    project.write("testcases/_shared.yaml", "tags: []\n")
    code, out, _ = project.run("lint", "testcases/_shared.yaml")
    assert code == 0
    assert out.startswith("_shared.yaml 由文件夹共用：检查的是 testcases/ 里的全部套件\n")


def test_an_empty_path_is_an_error(project):
    project.suite(REQUEST, CHECK)
    assert project.run("lint", "")[0] == 2


def test_a_closed_pipe_ends_lint_quietly(project):
    for number in range(300):
        project.suite("request: {urll: /list}", CHECK, name=f"s{number}")
    with subprocess.Popen(
        [sys.executable, "-m", "framework", "lint"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as lint:
        assert lint.stdout is not None and lint.stderr is not None
        lint.stdout.readline()
        lint.stdout.close()
        errors = lint.stderr.read()
    assert errors == b""
    assert lint.returncode == 141
