"""Creates the live objects of one process from the plan: transport or tape, masker, contracts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.baseline.store import Baselines
from framework.cases.environments import Environment, environment_definitions
from framework.cases.template import Scope, render
from framework.cases.variables import resolve_definitions, variables_needed
from framework.checks.context import EvaluationContext
from framework.checks.schema import Contracts
from framework.http.curl import exchange_as_curl
from framework.http.exchange import Exchange, Send
from framework.http.hosts import Hosts, origin_of
from framework.http.masking import mask_of
from framework.http.pace import SharedSlots, pace_file, paced
from framework.http.tls import read_identity
from framework.http.trace import Tracer, traced
from framework.http.transport import Limits, Transport
from framework.run.breaker import CircuitBreaker
from framework.run.context import RunContext
from framework.run.plan import Plan
from framework.run.sharing import SharedReplies

if TYPE_CHECKING:
    from framework.tape.recorder import Recorder

USER_AGENT = "api-regression"
VERSION = "1.0"
_LEAST_CONNECTIONS = 10
"""How many connections to one host are kept open even if one case runs at a time."""


class Harness:
    """The live objects of one process of a run. Close it at the end.

    Args:
        schemas: the folder of contracts, directly below the root of the project.
        processes: how many processes share the rate limit of the environment.
        share: whether cases that ask the same share a reply; in a replay they never do.
        candidates: whether the run writes its observations, so that they can be accepted.
        users: how many cases run at the same time, each on a connection of its own.
        recording: the folder of the tape to record, and the key of its substitutes.

    Raises:
        ConfigError: the environment has no address, or a secret cannot be masked.
    """

    def __init__(
        self,
        plan: Plan,
        run_id: str,
        schemas: Path,
        processes: int = 1,
        *,
        share: bool = False,
        candidates: bool = False,
        users: int = 1,
        recording: tuple[Path, bytes] | None = None,
    ) -> None:
        root = schemas.parent
        self._users = users
        self.environment = _environment_with_address(plan)
        self.masker = plan.masker
        self.breaker = CircuitBreaker(self.environment.base_url)
        self.tracer = Tracer(run_id)
        self._start_by_hand = plan.service.by_hand if plan.service else ""
        self._transport: Transport | None = None
        send = plan.tape.send if plan.tape else self._open_transport(run_id, processes, root)
        self.baselines = Baselines(
            root,
            self.environment.name,
            self.masker.json,
            address=self.environment.base_url,
            refusal=plan.not_acceptable,
            writes=candidates,
        )
        checks = EvaluationContext(
            Contracts(schemas), plan.matchers, root, self.baselines.slot, self.baselines.values
        )
        self.recorder = self._recorder(plan, recording)
        self._taping = plan.tape.recorded if plan.tape else self.recorder
        context = RunContext(
            send,
            checks,
            self.environment,
            hide=self._hide,
            hooks=plan.hooks,
            keeps_cookies=plan.tape is None,
        )
        context = self._with_session(context, plan, run_id, processes)
        self.shared_replies = SharedReplies(context.clock)
        if share and plan.tape is None:
            shared = self.shared_replies
            context = replace(context, send=shared.sharing(context.send), changed=shared.changed)
        self.run_context = self._with_tape(context, plan)

    def _recorder(self, plan: Plan, recording: tuple[Path, bytes] | None) -> Recorder | None:
        if recording is None:
            return None
        from framework.tape.recorder import Recorder  # noqa: PLC0415  # few runs record

        facts = {"environment": self.environment.name, "origin": str(origin_of(self.environment.base_url))}
        return Recorder(*recording, facts, self.environment.secret_values)

    def _with_tape(self, context: RunContext, plan: Plan) -> RunContext:
        """Return *context* as it records, or as a recording answers it."""
        taping = self._taping
        if taping is None:
            # A tape has all that it can answer, so waiting changes nothing.
            return replace(context, sleep=lambda seconds: None) if plan.tape else context
        return replace(
            context, taped=taping.sending, taped_call=taping.call, clock=taping.clock, sleep=taping.sleep
        )

    def begin(self, case: str) -> None:
        """Start a case, identified by its node id."""
        if self._transport is not None:
            self._transport.begin_case()
        self.tracer.begin(case)
        self.shared_replies.begin(case)
        self.baselines.begin(case)
        if self._taping is not None:
            self._taping.begin(case)

    def end(self) -> None:
        """End the recording or the replay of the case.

        Raises:
            TapeError: the recording cannot be written.
        """
        if self._taping is not None:
            self._taping.end()

    def _hide(self, name: str, value: str) -> None:
        self.masker.add(name, value)
        if self.recorder is not None:
            self.recorder.hide(name, value)

    def _with_session(self, context: RunContext, plan: Plan, run_id: str, processes: int) -> RunContext:
        """Return *context* with the session of the environment, if it has one and is not replayed."""
        if not self.environment.login:
            return context
        # Few environments log in.
        from framework.run.session import Memory, ReplayedSession, Session  # noqa: PLC0415
        from framework.run.shared_login import SharedFile  # noqa: PLC0415

        if plan.tape is not None:
            return replace(context, session=ReplayedSession(_session_values(plan)))
        session = Session(context, SharedFile(run_id) if processes > 1 else Memory(), self._learn)
        return replace(context, send=session.sending(context.send), session=session)

    def _learn(self, name: str, value: str, is_secret: bool) -> None:
        if not is_secret:
            if self.recorder is not None:
                self.recorder.declare_public(name, value)
            return
        self.masker.add(name, value)
        if self._transport is not None:
            self._transport.add_secret(name, value)
        if self.recorder is not None:
            self.recorder.declare(name, value)

    def _open_transport(self, run_id: str, processes: int, root: Path) -> Send:
        environment = self.environment
        if not environment.base_url:
            raise ConfigError(
                Problem(
                    "no-base-url",
                    tr("环境 {name} 没有 base_url", name=environment.name),
                    tr("在 environments.yaml 里写 base_url，或用 --base-url 指定"),
                )
            )
        hosts = Hosts(environment.base_url, environment.hosts, environment.declared_base)
        limits = Limits(environment.connect_timeout, environment.total_timeout, environment.max_reply)
        user_agent = f"{USER_AGENT}/{VERSION} (run {run_id})"
        self._transport = Transport(
            hosts,
            limits,
            _set_secrets(environment),
            user_agent,
            identity=read_identity(environment.tls, root),
            proxy=_proxy_of(environment),
            kept_connections=max(self._users, _LEAST_CONNECTIONS),
        )
        slots = SharedSlots(pace_file(root, environment.base_url), processes)
        return paced(traced(self._transport.send, self.tracer), environment.max_rps, slots)

    def curl(self, exchange: Exchange) -> str:
        """Return a curl line that sends the request again, with secrets as shell variables.

        For an embedded service, a comment says how to start one by hand.
        """
        line = exchange_as_curl(exchange, self.masker, self.environment.base_url, self.environment.secrets)
        return f"{line}  # {self._start_by_hand}" if self._start_by_hand else line

    def close(self) -> None:
        """Close all open connections and files."""
        self.shared_replies.close()
        if self._transport is not None:
            self._transport.close()


def _proxy_of(environment: Environment) -> str:
    """Return the URL of the proxy; empty if there is none.

    Raises:
        ConfigError: a secret in it is not set.
    """
    if environment.proxy is None:
        return ""
    definitions = environment_definitions(environment)
    needed = variables_needed(environment.proxy, definitions)
    if missing := needed & set(environment.missing_secrets):
        what = tr("环境 {env} 的 proxy 要密钥 {name}，它没有值", env=environment.name, name=min(missing))
        variable = environment.secrets[min(missing)]
        how = tr("设置环境变量 {variable}，或在 .env 里写 {variable}=…", variable=variable)
        raise ConfigError(Problem("secret-missing", what, how))
    bindings = resolve_definitions(definitions, needed)
    quoted = {name: replace(one, value=quote(str(one.value), safe="")) for name, one in bindings.items()}
    return str(render(environment.proxy, Scope(quoted)))


def _session_values(plan: Plan) -> dict[str, str] | None:
    """Return the values of the session that the tape has; None if its login had failed."""
    names = plan.environment.session_names
    recorded = plan.tape.recorded if plan.tape else None
    if recorded is None or not recorded.knows_secrets:
        return {name: mask_of(name) for name in names}
    values = {name: recorded.secrets[name] for name in names if name in recorded.secrets}
    return values if len(values) == len(names) else None


def _set_secrets(environment: Environment) -> dict[str, str]:
    return {name: value for name, value in environment.secret_values.items() if value}


def _environment_with_address(plan: Plan) -> Environment:
    """Return the environment; if an embedded service takes its place, wait until that has an address."""
    if plan.service is None or plan.environment.base_url:
        return plan.environment
    address = plan.service.address()
    return replace(plan.environment, base_url=address, declared_base=address)
