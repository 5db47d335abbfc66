"""Measures how many mutants the audit judges in a second: ``python -m benchmarks.audit_speed``.

The case has a reply of about 10 KB and ordinary checks.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from framework.audit.audit import audit_case
from framework.base.source import Source
from framework.cases.case import Case
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.request import Request
from framework.cases.template import Scope
from framework.checks.context import EvaluationContext
from framework.checks.matchers import MATCHERS
from framework.checks.schema import Contracts
from framework.http.exchange import Exchange, Reply
from framework.run.verdict import StepResult, Verdict

ROOT = Path(__file__).parents[1]
SUITE = """suite: 速度
cases:
  - id: page
    request: {method: POST, url: /list}
    validate:
      status_code: 200
      headers.Content-Type: {starts_with: application/json}
      schema: policy_page
      $.data.pageSize: 10
      $.data.result: {length: 10}
      $.data.result[*].id: {matches: '^\\d{19}$', unique: true}
      $.data.result[*].publishTime: {datetime: true, sorted: descending}
"""
ROUNDS = 5


def document() -> dict[str, object]:
    """Return a page of ten policies with short texts, about 10 KB."""
    rows = [
        {
            "id": str(1779417586041335808 - at * 4194304000),
            "policyTitle": f"关于印发第{at}号办法的通知",
            "issueNumber": f"渝府发〔2018〕{at + 1}号",
            "policyLevel": 1,
            "policyLevelName": "市级",
            "policyType": 1,
            "policyTypeName": "产业扶持政策",
            "policyText": "<p>关于印发办法的通知</p>" * 8,
            "files": [
                {
                    "fileId": str(1779417561068445696 - at),
                    "fileName": "通知",
                    "fileKey": f"202404/{at:012x}4{'0' * 3}8{'0' * 15}.doc",
                    "fileType": "doc",
                    "fileSize": 25,
                    "fileUrl": f"https://youth.cq.cqyl.org.cn/oss/202404/{at:012x}4{'0' * 3}8{'0' * 15}.doc",
                }
            ],
            "priority": 0,
            "publishTime": f"2024-04-{28 - at:02} 10:00:00",
        }
        for at in range(10)
    ]
    return {
        "success": True,
        "code": "0",
        "msg": "success",
        "data": {"pageNo": 1, "pageSize": 10, "result": rows, "totalNum": "190", "hasNext": True},
    }


def recorded() -> tuple[Case, Verdict, int]:
    """Return the case, a verdict with its one reply, and the size of the reply in bytes."""
    (case,) = parse_suite(Source("speed.yaml", SUITE), (), ParseContext(MATCHERS))
    body = json.dumps(document(), ensure_ascii=False).encode()
    reply = Reply("http://127.0.0.1/list", 200, (("Content-Type", "application/json"),), body, 5.0)
    step = StepResult(
        "1",
        "passed",
        Exchange(Request("POST", reply.url), reply, 0.0),
        step=case.steps[0],
        scope=Scope(request={}),
    )
    return case, Verdict(case.id, case.id, "passed", (step,)), len(body)


def main() -> None:
    case, verdict, size = recorded()
    context = EvaluationContext(Contracts(ROOT / "schemas"), MATCHERS)
    best = 0.0
    for _ in range(ROUNDS):
        started = time.perf_counter()
        audit = audit_case("speed", case, verdict, context)
        best = max(best, audit.mutants / (time.perf_counter() - started))
    print(f"{size} bytes, {audit.mutants} mutants, {best:.0f} mutants a second (best of {ROUNDS})")


if __name__ == "__main__":
    main()
