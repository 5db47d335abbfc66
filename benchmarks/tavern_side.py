"""The same cases for Tavern, run by an interpreter that has ``tavern`` and ``allure-pytest`` installed.

Tavern writes the request and the reply of each case into Allure's results as YAML, which costs more than all
else. The second side replaces that dump by one of JSON, to show what the rest costs.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.sides import CONTRACTS, PATH, PER_FILE, Side, files_of

_CHECKS = """\
import json, os, pathlib
import jsonschema

_SCHEMA = json.loads(pathlib.Path(os.environ["CONTRACT"]).read_text("utf-8"))
_VALIDATOR = jsonschema.Draft202012Validator(_SCHEMA)


def page(response):
    body = response.json()
    records = body["data"]["result"]
    assert len(records) == 10
    assert all("重庆" in record["policyTitle"] for record in records)
    assert records[0]["policyLevelName"] == "市级"
    errors = sorted(_VALIDATOR.iter_errors(body), key=lambda error: list(error.absolute_path))
    assert not errors, errors[0].message
"""

_CONFTEST_WITHOUT_DUMP = """\
import json
import allure
from tavern._core import report
from tavern._plugins.rest import request, response


def attach(payload, name):
    allure.attach(json.dumps(report.prepare_yaml(payload), ensure_ascii=False), name)


def prepared(value):
    if isinstance(value, dict):
        return {str(key): prepared(part) for key, part in value.items()}
    return [prepared(part) for part in value] if isinstance(value, (list, tuple)) else str(value)


report.prepare_yaml = prepared
request.attach_yaml = response.attach_yaml = attach
"""

_CASE = """\
---
test_name: 政策列表-{number:05d}
stages:
  - name: list
    request:
      url: {url}
      method: POST
      headers: {{Token: PHONE_x}}
      json: {{pageNo: {page}, pageSize: 10, query: {{}}}}
      timeout: 10
    response:
      strict: false
      status_code: 200
      json: {{code: "0"}}
      verify_response_with:
        function: list_checks:page
"""


def tavern(python: str, folder: Path, cases: int, base_url: str, contract: str, *, dump: bool) -> Side:
    """Return Tavern's side. *dump*: as it comes, or with its YAML dump of bodies replaced by JSON."""
    folder.mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (folder / "list_checks.py").write_text(_CHECKS, "utf-8")
    (folder / "contract.json").write_text(CONTRACTS[contract](), "utf-8")
    if not dump:
        (folder / "conftest.py").write_text(_CONFTEST_WITHOUT_DUMP, "utf-8")
    for number in range(files_of(cases)):
        written = [
            _CASE.format(number=index, page=index % 19 + 1, url=base_url + PATH) for index in range(PER_FILE)
        ]
        (folder / f"test_list_{number:04d}.tavern.yaml").write_text("".join(written), "utf-8")
    variables = {"CONTRACT": str(folder / "contract.json"), "PYTHONPATH": str(folder)}
    name = "Tavern" if dump else "Tavern without its YAML dump"
    return Side(name, folder, (), variables, python)
