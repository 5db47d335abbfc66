"""What one process of a run holds: the chosen environment, the transport or the tape, the masker, the
contracts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from framework.base.errors import (
    BlockedError,
    ConfigError,
    ConnectError,
    CredentialError,
    Problem,
    TimedOutError,
)
from framework.base.messages import tr
from framework.cases.case import Definition
from framework.cases.environments import (
    Environment,
    by_base_url,
    choose,
    environment_definitions,
    with_secrets,
)
from framework.cases.suites import contract_names
from framework.checks.evaluate import Context
from framework.checks.outcome import Matcher
from framework.checks.registry import vocabulary
from framework.checks.schema import Contracts
from framework.http.curl import curl_line
from framework.http.exchange import Exchange, Send
from framework.http.hosts import Hosts
from framework.http.masking import MIN_LENGTH, Masker, mask_of
from framework.http.pace import SharedSlots, pace_file, paced
from framework.http.trace import Tracer, traced
from framework.http.transport import Limits, Transport
from framework.run.steps import Run
from framework.run.verdict import Verdict
from framework.tape.tape import Tape

VERSION = "1.0"
UNREACHABLE = 3
"""So many cases in a row that cannot reach the service mean that it is down."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says, and where the suites are."""

    root: Path
    folders: tuple[Path, ...] = ()
    environment: str | None = None
    base_url: str | None = None
    overrides: tuple[Definition, ...] = ()
    replay: Path | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedService:
    """A service of the project's own. ``address`` may wait for it to listen; ``secrets`` it accepts, by name
    in cases;
    ``version``: as long as it is the same, so is the service; ``by_hand``: how to start one outside a run."""

    address: Callable[[], str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    by_hand: str = ""


@dataclass(frozen=True)
class Plan:
    """What is known before anything is sent: enough to collect. ``tape`` is set where a tape takes the
    service's place,
    ``service`` where an embedded one does. ``contracts``: the names in schemas/."""

    environment: Environment
    matchers: Mapping[str, Matcher]
    folders: tuple[Path, ...] = ()
    contracts: tuple[str, ...] = ()
    overrides: dict[str, Definition] = field(default_factory=dict)
    tape: Tape | None = None
    service: EmbeddedService | None = None

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        return environment_definitions(self.environment)

    @cached_property
    def masker(self) -> Masker:
        """What hides the secrets before the first case runs; one that cannot be hidden is refused when a case
        would send it.
        """
        values = (
            {}
            if self.tape
            else {
                name: value
                for name, value in self.environment.secret_values.items()
                if len(value) >= MIN_LENGTH
            }
        )
        try:
            return Masker(values, personal=True)
        except ConfigError:
            return Masker({}, personal=True)

    @property
    def embedded(self) -> bool:
        """Whether the environment has no address of its own, so that an embedded service takes its place;
        with ``--base-url`` one that was started by hand, whose secrets are the same.
        """
        return self.tape is None and not self.environment.declared_base


def make_plan(options: Options) -> Plan:
    """Choose the environment; a replay takes the one whose base_url the tape was recorded from.

    Raises:
        ConfigError, TapeError: environments.yaml, a matcher of the team's, the command line or the tape is
        wrong.
    """
    tape = Tape.load(options.replay) if options.replay else None
    name = options.environment
    if tape is not None and name is None:
        name = by_base_url(options.root, tape.origin)
    environment = choose(options.root, name, options.base_url)
    if tape is not None:
        # The tape's own masks stand in for the secrets: a replay needs none, and could send none.
        masks = {secret: mask_of(secret) for secret in environment.secrets}
        environment = replace(environment, base_url=tape.origin, secret_values=masks)
    else:
        environment = with_secrets(environment, options.root, {})
    overrides = {definition.name: definition for definition in options.overrides}
    return Plan(
        environment,
        vocabulary(options.folders, options.root),
        options.folders,
        contract_names(options.root),
        overrides,
        tape,
    )


class Breaker:
    """Stops a run that has nothing left to learn: the credentials are rejected, or the service cannot be
    reached.

    It is said once, by the cases that met it; the cases after them are skipped with the reason.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.reason = ""
        self._in_a_row = 0

    def watch(self, verdict: Verdict) -> None:
        error = verdict.error
        what = error.problems[0].what if error else ""
        unreachable = isinstance(error, (BlockedError, ConnectError, TimedOutError)) and self.base_url in what
        self._in_a_row = self._in_a_row + 1 if unreachable else 0
        if isinstance(error, CredentialError) or self._in_a_row >= UNREACHABLE:
            self.reason = tr("没有运行,原因已见于用例 {case}:{what}", case=verdict.case_id, what=what)


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
        self.run = Run(send, Context(Contracts(schemas), plan.matchers, schemas.parent), self.environment)

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
        self._transport = Transport(hosts, limits, secrets, f"policy-regression/{VERSION} (run {run_id})")
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


def embed(plan: Plan, service: EmbeddedService, root: Path) -> Plan:
    """Return the plan with an embedded service, its secrets known, its address not asked for yet."""
    return replace(plan, environment=with_secrets(plan.environment, root, service.secrets), service=service)


def _addressed(plan: Plan) -> Environment:
    if plan.service is None or plan.environment.base_url:
        return plan.environment
    address = plan.service.address()
    return replace(plan.environment, base_url=address, declared_base=address)
