"""Makes the plan of a run: everything that is known before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from framework.base.errors import Problem, TapeError
from framework.base.messages import tr
from framework.cases.case import Definition
from framework.cases.environments import (
    Environment,
    choose_environment,
    environment_definitions,
    find_by_base_url,
    with_secrets,
)
from framework.cases.read_only import WRITE
from framework.cases.settings import Settings
from framework.cases.suites import contract_names
from framework.checks.outcome import Matcher
from framework.checks.registry import matcher_table
from framework.checks.team_files import TeamFunctions
from framework.http.masking import Masker, mask_of

if TYPE_CHECKING:
    from framework.tape.player import RecordedTape
    from framework.tape.tape import Tape


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a run from the command line and pytest.ini."""

    root: Path
    settings: Settings
    environment: str | None = None
    base_url: str | None = None
    overrides: tuple[Definition, ...] = ()
    replay: Path | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedService:
    """A service that the project starts for a run, in place of an environment without an address.

    Attributes:
        address: returns the base_url; may wait until the service listens.
        secrets: the values that the service accepts, by their names in cases.
        version: the same text as long as the service is the same.
        by_hand: how to start one outside a run.
        altered_by: the option that makes it answer unlike itself, so that nothing of it may be accepted.
    """

    address: Callable[[], str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    by_hand: str = ""
    altered_by: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything that is known before anything is sent, which is enough to collect cases.

    Attributes:
        folders: the folders of suites.
        contracts: the names of the contracts in schemas/.
        overrides: the variables that ``--var`` sets.
        hooks: the functions of the team.
        tape: set if a tape takes the place of the service.
        service: set if an embedded service takes its place.
    """

    environment: Environment
    matchers: Mapping[str, Matcher]
    folders: tuple[Path, ...] = ()
    contracts: tuple[str, ...] = ()
    overrides: dict[str, Definition] = field(default_factory=dict)
    hooks: TeamFunctions = field(default_factory=lambda: TeamFunctions(Settings(Path())))
    tape: Tape | RecordedTape | None = None
    service: EmbeddedService | None = None

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """The variables that the environment defines."""
        return environment_definitions(self.environment)

    @cached_property
    def masker(self) -> Masker:
        """The masker of this process, for everything that leaves it.

        Raises:
            ConfigError: a secret cannot be masked.
        """
        # The tape of a log has masks instead of secrets, so there is nothing to mask. A secret that is not
        # set is reported by the cases that need it.
        secrets = {} if self.tape and not self.tape.knows_secrets else self.environment.secret_values
        given = {name: value for name, value in secrets.items() if value}
        return Masker(given, personal=True, variables=self.environment.secrets)

    @property
    def not_acceptable(self) -> str:
        """The reason why no reply of this run may be accepted as the baseline of the environment; empty if
        it may.
        """
        if self.tape is not None:
            return tr("这一次是回放")
        options = ["--base-url"] if self.environment.declared_base != self.environment.base_url else []
        options += ["--var"] if self.overrides else []
        options += [self.service.altered_by] if self.service and self.service.altered_by else []
        return tr("这一次用了 {options}", options=tr("、").join(options)) if options else ""

    @property
    def needs_embedded_service(self) -> bool:
        """Whether an embedded service takes the place of the environment, which has no address of its own.

        Also true with ``--base-url``, which then names such a service that was started by hand: it accepts
        the same secrets.
        """
        return self.tape is None and not self.environment.declared_base


def make_plan(options: Options) -> Plan:
    """Read the project's files and choose the environment.

    A replay without ``--env`` uses the environment that was recorded.

    Raises:
        ConfigError: environments.yaml, a team's own matcher or the command line is wrong.
        TapeError: the tape is wrong.
    """
    tape = _load_tape(options.replay) if options.replay else None
    matchers = matcher_table(options.settings)
    name = _environment_name(options, tape)
    environment = choose_environment(options.root, name, options.base_url, matchers)
    if tape is not None:
        environment = _replayed(environment, tape)
    else:
        environment = with_secrets(environment, options.root, {})
    overrides = {definition.name: definition for definition in options.overrides}
    return Plan(
        environment,
        matchers,
        options.settings.folders,
        contract_names(options.root),
        overrides,
        TeamFunctions(options.settings, environment.hook_timeout),
        tape,
    )


def _load_tape(folder: Path) -> Tape | RecordedTape:
    # Only a replay needs these.
    from framework.tape.player import RecordedTape  # noqa: PLC0415
    from framework.tape.recording import is_recording  # noqa: PLC0415
    from framework.tape.tape import Tape  # noqa: PLC0415

    return RecordedTape.load(folder) if is_recording(folder) else Tape.load(folder)


def _environment_name(options: Options, tape: Tape | RecordedTape | None) -> str | None:
    if tape is None:
        return options.environment
    if tape.environment and options.environment not in (None, tape.environment):
        what = tr(
            "{folder} 录的是环境 {recorded}，不是 {name}",
            folder=options.replay,
            recorded=tape.environment,
            name=options.environment,
        )
        how = tr("去掉 --env，或换成 {name} 的录制", name=options.environment)
        raise TapeError(Problem("tape-environment", what, how))
    return options.environment or tape.environment or find_by_base_url(options.root, tape.origin)


def _replayed(environment: Environment, tape: Tape | RecordedTape) -> Environment:
    """Return the environment of a replay. It needs no secrets: the tape has others in their place."""
    if (recorded := tape.recorded) is not None and tape.knows_secrets:
        variables = {**dict.fromkeys(recorded.secrets, ""), **environment.secrets}
        names = [name for name in variables if name not in environment.session_names]
        return replace(
            environment,
            base_url=tape.origin,
            secrets={name: variables[name] for name in names},
            secret_values={name: recorded.secrets.get(name, "") for name in names},
        )
    masks = {secret: mask_of(secret) for secret in environment.secrets}
    # Nothing is sent, so nothing can be changed.
    allow = (*environment.allow, WRITE)
    return replace(environment, base_url=tape.origin, secret_values=masks, allow=allow)


def with_embedded_service(plan: Plan, service: EmbeddedService, root: Path) -> Plan:
    """Return the plan with *service* and its secrets. Its address is not used before the first case."""
    environment = with_secrets(plan.environment, root, service.secrets)
    return replace(plan, environment=environment, service=service)
