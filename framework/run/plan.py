"""What a run knows before it sends anything: enough to collect its cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from framework.base.errors import ConfigError
from framework.cases.case import Definition
from framework.cases.environments import (
    Environment,
    choose_environment,
    environment_definitions,
    find_by_base_url,
    with_secrets,
)
from framework.cases.settings import Settings
from framework.cases.suites import contract_names
from framework.checks.outcome import Matcher
from framework.checks.registry import matcher_table
from framework.http.masking import MIN_LENGTH, Masker, mask_of
from framework.tape.tape import Tape


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line and pytest.ini say."""

    root: Path
    settings: Settings
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
        name = find_by_base_url(options.root, tape.origin)
    environment = choose_environment(options.root, name, options.base_url)
    if tape is not None:
        # The tape's own masks stand in for the secrets: a replay needs none, and could send none.
        masks = {secret: mask_of(secret) for secret in environment.secrets}
        environment = replace(environment, base_url=tape.origin, secret_values=masks)
    else:
        environment = with_secrets(environment, options.root, {})
    overrides = {definition.name: definition for definition in options.overrides}
    return Plan(
        environment,
        matcher_table(options.settings),
        options.settings.folders,
        contract_names(options.root),
        overrides,
        tape,
    )


def embed(plan: Plan, service: EmbeddedService, root: Path) -> Plan:
    """Return the plan with an embedded service, its secrets known, its address not asked for yet."""
    return replace(plan, environment=with_secrets(plan.environment, root, service.secrets), service=service)
