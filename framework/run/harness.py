"""What one process of a run works with: the transport or the tape, the masker, the contracts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.cases.environments import Environment
from framework.checks.context import EvaluationContext
from framework.checks.schema import Contracts
from framework.http.curl import curl_line
from framework.http.exchange import Exchange, Send
from framework.http.hosts import Hosts
from framework.http.masking import Masker
from framework.http.pace import SharedSlots, pace_file, paced
from framework.http.trace import Tracer, traced
from framework.http.transport import Limits, Transport
from framework.run.breaker import Breaker
from framework.run.plan import Plan
from framework.run.steps import Run

USER_AGENT = "api-regression"
VERSION = "1.0"


class Harness:
    """Runs cases of one process. Close it at the end."""

    def __init__(self, plan: Plan, run_id: str, schemas: Path, share: int = 1) -> None:
        self.environment = _addressed(plan)
        self.masker = Masker(
            {
                name: value
                for name, value in plan.environment.secret_values.items()
                if value and plan.tape is None
            },
            personal=True,
        )
        self._by_hand = plan.service.by_hand if plan.service else ""
        self.breaker = Breaker(self.environment.base_url)
        self._transport: Transport | None = None
        self.tracer = Tracer(run_id)
        send = plan.tape.send if plan.tape else self._sending(run_id, share, schemas.parent)
        self.run = Run(
            send, EvaluationContext(Contracts(schemas), plan.matchers, schemas.parent), self.environment
        )

    def _sending(self, run_id: str, share: int, root: Path) -> Send:
        environment = self.environment
        if not environment.base_url:
            raise ConfigError(
                Problem(
                    "no-base-url",
                    tr("环境 {name} 没有 base_url", name=environment.name),
                    tr("在 environments.yaml 里写 base_url,或用 --base-url 指定"),
                )
            )
        hosts = Hosts(environment.base_url, environment.hosts, environment.declared_base)
        limits = Limits(environment.connect_timeout, environment.total_timeout, environment.max_reply)
        secrets = {name: value for name, value in environment.secret_values.items() if value}
        self._transport = Transport(hosts, limits, secrets, f"{USER_AGENT}/{VERSION} (run {run_id})")
        take = SharedSlots(pace_file(root, environment.base_url), share)
        return paced(traced(self._transport.send, self.tracer), environment.max_rps, take)

    def curl(self, exchange: Exchange) -> str:
        """Return the line that sends the request again, secrets as shell variables; for an embedded service
        with how to start one by hand.
        """
        line = curl_line(exchange.request, self.masker, self.environment.base_url, self.environment.secrets)
        return f"{line}  # {self._by_hand}" if self._by_hand else line

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _addressed(plan: Plan) -> Environment:
    if plan.service is None or plan.environment.base_url:
        return plan.environment
    address = plan.service.address()
    return replace(plan.environment, base_url=address, declared_base=address)
