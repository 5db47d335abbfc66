"""One door for all tests of checks: YAML (or the mapping it stands for) and a reply in, results out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from framework.base.source import Source
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.request import Request
from framework.cases.template import Binding, Scope
from framework.cases.yaml.compose import parse_yaml
from framework.checks.context import EvaluationContext
from framework.checks.evaluate import evaluate
from framework.checks.result import CheckResult
from framework.checks.schema import Contracts
from framework.http.exchange import Exchange, Reply
from selftests.project_matchers import MATCHERS

JSON_HEADERS = (("Content-Type", "application/json;charset=UTF-8"),)


def parsed(checks: str | Mapping[str, Any]) -> tuple[Any, list[str]]:
    """Return the checks and the texts of their problems."""
    reader = Reader()
    text = checks if isinstance(checks, str) else json.dumps(checks, ensure_ascii=False)
    nodes = CheckParser(reader, MATCHERS).checks(parse_yaml(Source("t.yaml", text)))
    return nodes, [problem.what for problem in reader.problems]


def reply(document: Any = None, **fields: Any) -> Reply:
    body = json.dumps(document, ensure_ascii=False).encode() if "body" not in fields else fields.pop("body")
    return Reply(
        **{
            "url": "http://x/list",
            "status": 200,
            "headers": JSON_HEADERS,
            "body": body,
            "elapsed_ms": 12.5,
            **fields,
        }
    )


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    return tmp_path / "schemas"


@pytest.fixture
def judge(contracts: Path) -> Callable[..., tuple[CheckResult, ...]]:
    """``judge(checks, document, variables={…}, **reply fields)``: the results, without the implied status
    check.
    """

    def run(
        checks: str | Mapping[str, Any],
        document: Any = None,
        variables: Mapping[str, Any] | None = None,
        together: bool = False,
        exchanged: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> tuple[CheckResult, ...]:
        nodes, problems = parsed(checks)
        assert not problems
        # as after all pages of a walk: no exchange, and the document (if it is not MISSING) is the reply
        given = {"reply": document} if together else {}
        request = Request("POST", "http://x/list")
        exchange = (
            None if together else Exchange(request, reply(document, **fields), 0.0, **(exchanged or {}))
        )
        scope = Scope(
            {name: Binding(value) for name, value in (variables or {}).items()},
            **given,
            request={"json": {"pageSize": 10}},
        )
        results = evaluate(nodes, exchange, scope, EvaluationContext(Contracts(contracts), MATCHERS))
        return tuple(result for result in results if not result.implied)

    return run


@pytest.fixture
def problems() -> Callable[[str | Mapping[str, Any]], list[str]]:
    return lambda checks: parsed(checks)[1]


@pytest.fixture
def parse() -> Callable[[str | Mapping[str, Any]], Any]:
    return lambda checks: parsed(checks)[0]
