"""The sides of the comparison: A, cases written by hand, and B, the same cases in YAML.

B uses the project's own pytest.ini and conftest.py, so that JUnit's file and the log of a nightly run are
measured too.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import replies

ROOT = Path(__file__).resolve().parent.parent
PER_FILE = 20
TOKEN = "PHONE_x"
PATH = "/api/service-qzh/auth/ycqYouthStartAppController/pageList"
CONTRACT = "policy_page"
CONTRACTS = {
    "plain": lambda: (ROOT / "benchmarks" / "by_hand" / "plain.schema.json").read_text("utf-8"),
    "project": lambda: json.dumps(replies.contract(ROOT / "schemas"), ensure_ascii=False),
}
"""The two contracts: one without ``$ref``, as most people write them, and the project's own."""
# Plugins that come with the development environment only, so no user of either side pays for them.
_UNNEEDED = ("randomly", "hypothesispytest", "locust")


@dataclass(frozen=True)
class Side:
    """One side: its name, working folder, arguments of pytest and environment variables."""

    name: str
    folder: Path
    arguments: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable

    def command(self, results: Path, *more: str) -> list[str]:
        off = [word for name in _UNNEEDED for word in ("-p", f"no:{name}")]
        return [
            self.python,
            "-m",
            "pytest",
            "-q",
            *off,
            "--alluredir",
            str(results),
            *self.arguments,
            *more,
        ]


def empty(folder: Path) -> Side:
    """Return a pytest with nothing to do. Its cost is subtracted from that of starting and collecting."""
    folder.mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --junitxml=reports/junit.xml\n", "utf-8")
    return Side("empty", folder)


def by_hand(folder: Path, cases: int, base_url: str, contract: str = "project") -> Side:
    """Return side A: one copy of the file written by hand for every twenty cases."""
    folder.mkdir(parents=True)
    written = ROOT / "benchmarks" / "by_hand"
    shutil.copy(written / "conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    for number in range(files_of(cases)):
        shutil.copy(written / "test_by_hand.py", folder / f"test_by_hand_{number:04d}.py")
    schema = folder / "contract.json"
    schema.write_text(CONTRACTS[contract](), "utf-8")
    return Side("by hand", folder, (), {"BASE_URL": base_url, "CONTRACT": str(schema)})


def ours(folder: Path, cases: int, base_url: str, *options: str, contract: str = "project") -> Side:
    """Return side B: one suite for every twenty cases.

    It keeps every whole reply, as A does, unless *options* change that.
    """
    suites = folder / "testcases"
    suites.mkdir(parents=True)
    for name in ("pytest.ini", "conftest.py"):
        shutil.copy(ROOT / name, folder)
    (folder / "environments.yaml").write_text(_ENVIRONMENT.format(base_url=base_url), "utf-8")
    (folder / "schemas").mkdir()
    (folder / "schemas" / f"{CONTRACT}.schema.json").write_text(CONTRACTS[contract](), "utf-8")
    (suites / "_shared.yaml").write_text(_SHARED, "utf-8")
    for number in range(files_of(cases)):
        (suites / f"policy_list_{number:04d}.yaml").write_text(_suite(number), "utf-8")
    return Side(
        "harness",
        folder,
        ("--evidence", "all", "--no-sharing", "-o", "evidence_mb=100000", *options),
        {"BENCHMARK_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)},
    )


def files_of(cases: int) -> int:
    return -(-cases // PER_FILE)


_ENVIRONMENT = """\
default: benchmark
environments:
  benchmark:
    base_url: {base_url}
    secrets: {{token: BENCHMARK_TOKEN}}
"""

_SHARED = f"""\
variables:
  list: {PATH}
read_only: true
request:
  method: POST
  url: ${{list}}
  headers: {{Token: "${{token}}"}}
"""

# Every case has its own checks, like the tests written by hand, so that B does not profit from sharing them.
_CASE = """\
  - id: list-{number:05d}
    name: 政策列表-{number:05d}
    request:
      json: {{pageNo: {page}, pageSize: 10, query: {{}}}}
    validate:
      status_code: 200
      $.code: "0"
      $.data.result: {{length: 10}}
      $.data.result[*].policyTitle: {{contains: 重庆}}
      $.data.result[0].policyLevelName: 市级
      schema: {contract}
"""


def _suite(number: int) -> str:
    written = [
        _CASE.format(number=index, page=index % 19 + 1, contract=CONTRACT) for index in range(PER_FILE)
    ]
    return f"suite: 政策列表-{number:04d}\ncases:\n" + "".join(written)
