"""The same pair judged by the harness: a check is given to it as YAML, a reply as bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.naive_verdicts.evaluator import NaiveReply
from framework.base.errors import UnresolvedError
from framework.base.source import Source
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.request import Request
from framework.cases.template import Binding, Scope
from framework.cases.yaml.compose import parse_yaml
from framework.checks.context import EvaluationContext
from framework.checks.evaluate import evaluate
from framework.checks.schema import Contracts
from framework.http.exchange import Exchange, Reply
from selftests.project_matchers import MATCHERS

REFUSED = "refused"
CONTEXT = EvaluationContext(Contracts(Path("schemas")), MATCHERS)


def harness_verdict(checks: dict[str, Any], reply: NaiveReply, variables: dict[str, Any]) -> str:
    """``passed``, ``failed``, ``broken``, or ``refused`` if the checks are an error at collection."""
    reader = Reader()
    nodes = CheckParser(reader, MATCHERS).checks(
        parse_yaml(Source("pair.yaml", json.dumps(checks, ensure_ascii=False)))
    )
    if reader.problems:
        return REFUSED
    scope = Scope({name: Binding(value) for name, value in variables.items()}, request={})
    try:
        results = evaluate(nodes, _exchange(reply), scope, CONTEXT)
    except UnresolvedError:
        return "broken"
    judged = [result for result in results if not result.implied]
    return "passed" if all(result.status == "passed" for result in judged) else "failed"


def _exchange(reply: NaiveReply) -> Exchange:
    answer = Reply(
        url="http://x/list",
        status=reply.status,
        headers=tuple(reply.headers.items()),
        body=reply.text.encode(),
        elapsed_ms=12.5,
    )
    return Exchange(Request("POST", "http://x/list"), answer, 0.0)
