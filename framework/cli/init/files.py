"""The files of a new project."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.yaml.pyyaml import dump
from framework.cli.init.curl import CurlRequest
from framework.cli.init.secrets import Kept
from framework.http.hosts import origin_of

_HERE = Path(__file__).parent
_GRAMMARS = (_HERE / "case.schema.json", _HERE.parents[2] / "schemas" / "case.schema.json")
"""The grammar of case files: in an installed package, or in this repository."""
_DROPPED = ("accept-encoding", "content-length", "host", "connection", "user-agent", "content-type")
_EDITOR = "# yaml-language-server: $schema=../../schemas/case.schema.json\n"
CONFTEST = '''"""Loads the harness. A team's own fixtures can stand here too."""

pytest_plugins = ["framework.plugin"]
'''
INI = """\
[pytest]
testpaths = testcases
addopts =
    --strict-markers
    --continue-on-collection-errors
    --alluredir=reports/allure-results
    --junitxml=reports/junit.xml
junit_family = xunit2
console_output_style = count
markers =
    smoke: the fewest checks
"""
IGNORED = ".env\n.venv/\n__pycache__/\n.pytest_cache/\n.cache/\nreports/\n"


@dataclass(frozen=True, slots=True)
class Learned:
    """The facts learned from one reply: a contract, the path of its list, and how the list is paged; empty
    if nothing.
    """

    contract: dict[str, Json] = field(default_factory=dict)
    items: str = ""
    walk: dict[str, str | int] = field(default_factory=dict)


def project_files(name: str, kept: Kept, learned: Learned) -> dict[str, str]:
    """Return the texts of the files by their names."""
    request = kept.request
    grammar = next(path for path in _GRAMMARS if path.is_file())
    files = {
        "environments.yaml": _environments(kept),
        "pytest.ini": INI,
        "conftest.py": CONFTEST,
        ".gitignore": IGNORED,
        "schemas/case.schema.json": grammar.read_text(encoding="utf-8"),
        f"testcases/{name}/_shared.yaml": _shared(name, request, learned),
        f"testcases/{name}/smoke.yaml": _suite(name, learned),
    }
    if learned.contract:
        text = json.dumps(learned.contract, ensure_ascii=False, indent=2) + "\n"
        files[f"schemas/{name}.schema.json"] = text
    if kept.secrets:
        lines = (f"{kept.variables[secret]}={_quoted(value)}" for secret, value in kept.secrets.items())
        files[".env"] = "\n".join(lines) + "\n"
    return files


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _environments(kept: Kept) -> str:
    base = str(origin_of(kept.request.url)) if kept.request else "http://127.0.0.1:8000"
    test: dict[str, Json] = {"base_url": base}
    if kept.secrets:
        test["secrets"] = kept.variables
        test["rejected_credentials"] = [401]
    test |= {"timeout": {"connect": 3, "total": 20}, "max_rps": 5, "allow": []}
    return dump({"default": "test", "environments": {"test": test}})


def _shared(name: str, request: CurlRequest | None, learned: Learned) -> str:
    sent: dict[str, Json] = {"method": request.method, "url": _path(request)} if request else {"url": "/"}
    if request is not None:
        headers = {key: value for key, value in request.headers.items() if key.lower() not in _DROPPED}
        parts = (("params", request.params), ("headers", headers), ("cookies", request.cookies))
        sent |= {key: value for key, value in parts if value}
        if request.json is not None:
            sent["json"] = request.json
        if request.data:
            sent["data"] = request.data
    document: dict[str, Json] = {"allure": {"feature": name}}
    text = ""
    if request is not None and request.method == "POST":
        text = "read_only: true   # " + tr("只是查询，问几次都不改变数据；会改变数据就删去这一行") + "\n"
    document |= {"request": sent, "validate": {"status_code": 200}}
    if learned.walk:
        document["walks"] = {"all": learned.walk}
    return _EDITOR + text + dump(document)


def _path(request: CurlRequest) -> str:
    return urlsplit(request.url).path or "/"


def _suite(name: str, learned: Learned) -> str:
    checks: dict[str, Json] = {"elapsed_ms": {"less_than": 10000}}
    if learned.contract:
        checks["schema"] = name
    if learned.items:
        checks[learned.items] = {"not_empty": True}
    first = {"id": "first-reply", "name": tr("答复合乎契约"), "tags": ["smoke"], "validate": checks}
    cases: list[Json] = [first]
    if learned.walk:
        walked = {"$.items": {"not_empty": True}}
        whole = {"id": "whole-list", "name": tr("翻完全部，不重不漏"), "paginate": "all", "validate": walked}
        cases.append(whole)
    return _EDITOR + dump({"suite": name, "cases": cases})
