"""Reads environments.yaml: addresses, secrets, variables, timeouts and limits of each environment.

The value of a secret comes from the environment of the process or from a ``.env`` file beside
environments.yaml, never from YAML. This is the only module that imports dotenv.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from framework.base.errors import CaseFileError, ConfigError, Problem, did_you_mean
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.base.time_limit import HOOK_SECONDS
from framework.cases.case import CheckNode, Definition, Step, Vocabulary
from framework.cases.connection_settings import TlsFiles, parse_proxy, parse_tls
from framework.cases.problem_limits import start_of
from framework.cases.read_only import WRITE
from framework.cases.reader import Reader
from framework.cases.rejected import parse_replies, parse_statuses
from framework.cases.template import Constant, Template
from framework.cases.urls import is_http_url
from framework.cases.variables import NAME_RULE, is_name, parse_definitions
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import MappingNode, Node
from framework.cases.yaml.textfile import read_source

FILE = "environments.yaml"
_KEYS = (
    "base_url",
    "hosts",
    "secrets",
    "variables",
    "timeout",
    "max_reply_mb",
    "max_rps",
    "allow",
    "rejected_credentials",
    "budget",
    "login",
    "tls",
    "proxy",
)
GATED_TAGS = ("intrusive", "load")
ALLOWED = (*GATED_TAGS, WRITE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment of environments.yaml.

    Attributes:
        base_url: the URL to send to, possibly that of ``--base-url``.
        declared_base: the ``base_url`` of the file.
        hosts: other hosts that may be sent to.
        secrets: maps the name in cases to the name of the environment variable.
        secret_values: maps the name in cases to the value.
        definitions: the environment's own variables.
        connect_timeout: seconds to connect.
        total_timeout: seconds for a whole exchange.
        hook_timeout: seconds for a function of the team.
        max_reply: the largest accepted reply, in bytes.
        max_rps: the highest rate of requests per second; 0 means no limit.
        allow: the kinds of cases that may run here although they burden the service or change its data.
        rejected_credentials: statuses which mean that the credentials were not accepted.
        rejected_replies: checks, each group of which means the same if all of it holds.
        budget_p95: in milliseconds, a limit for the 95th percentile of the run's reply times; 0 means no
        limit.
        login: the steps that begin a session.
        tls: whom to trust, and the client certificate.
        proxy: the URL of a proxy, which may refer to secrets.
    """

    name: str
    base_url: str = ""
    declared_base: str = ""
    hosts: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    secret_values: Mapping[str, str] = field(default_factory=dict, repr=False)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    # The defaults are careful, because an environment may be a real service.
    connect_timeout: float = 3
    total_timeout: float = 20
    hook_timeout: float = HOOK_SECONDS
    max_reply: int = 32 * 1024 * 1024
    max_rps: float = 0
    allow: tuple[str, ...] = ()
    rejected_credentials: tuple[int, ...] = ()
    rejected_replies: tuple[tuple[CheckNode, ...], ...] = ()
    budget_p95: float = 0
    login: tuple[Step, ...] = ()
    tls: TlsFiles | None = None
    proxy: Template | None = None

    @property
    def session_names(self) -> tuple[str, ...]:
        """The variables whose values a login returns."""
        return tuple(extract.name for step in self.login for extract in step.extracts)

    @property
    def missing_secrets(self) -> tuple[str, ...]:
        return tuple(name for name in self.secrets if not self.secret_values.get(name))


def load_environments(root: Path, vocabulary: Vocabulary | None = None) -> tuple[str, dict[str, Environment]]:
    """Return the name of the default environment, and all environments by name.

    The checks in them are left out without a *vocabulary* of matchers.

    Raises:
        ConfigError: the file is missing or has mistakes; it holds all of them.
    """
    if not (root / FILE).exists():
        what = tr("{folder} 里没有 {file}，它不是一个项目的根目录", folder=root, file=FILE)
        how = tr(
            "在项目的根目录运行；选项的值是文件夹时写等号（--alluredir=DIR、--replay=DIR），"
            "否则 pytest 按它决定根目录"
        )
        raise ConfigError(Problem("no-project", what, how))
    try:
        source = read_source(root / FILE, FILE)
        return _parse(source, vocabulary)
    except CaseFileError as error:
        raise ConfigError(*error.problems) from None


def _parse(source: Source, vocabulary: Vocabulary | None) -> tuple[str, dict[str, Environment]]:
    reader = Reader()
    node = parse_yaml(source)
    top = reader.mapping(node, FILE, ("default", "environments")) or MappingNode((), node.span)
    environments: dict[str, Environment] = {}
    listed = reader.mapping(top.get("environments"), "environments")
    for key, value in listed.entries if listed else ():
        mapping = reader.mapping(value, tr("环境 {name}", name=key.value), _KEYS)
        if mapping is not None:
            environments[key.value] = _environment(key.value, mapping, reader, vocabulary)
    default = reader.text(top.get("default"), "default")
    # If anything else is wrong, the environment that is named may only be missing because of that.
    if default not in environments and not reader.problems:
        default_node = top.get("default")
        reader.problem(
            "unknown-environment",
            tr("default 要写一个环境的名字"),
            did_you_mean(default, environments),
            default_node.span if default_node else node.span,
        )
    if reader.problems:
        raise CaseFileError(*sorted(reader.problems, key=start_of))
    return default, environments


def _environment(name: str, node: MappingNode, reader: Reader, vocabulary: Vocabulary | None) -> Environment:
    base_url = _base_url(node.get("base_url"), reader)
    budget = reader.mapping(node.get("budget"), "budget", ("p95_ms",)) or MappingNode((), node.span)
    timeout = reader.mapping(node.get("timeout"), "timeout", ("connect", "total", "hook")) or MappingNode(
        (), node.span
    )
    size = reader.number(node.get("max_reply_mb"), "max_reply_mb", 0.001, 1024)
    secrets = _secrets(node.get("secrets"), reader)
    definitions = parse_definitions(node.get("variables"), "environment", reader)
    rejected = node.get("rejected_credentials")
    return Environment(
        name,
        base_url,
        base_url,
        hosts=reader.texts(node.get("hosts"), "hosts"),
        secrets=secrets,
        definitions=definitions,
        login=_login(node.get("login"), ("base_url", *secrets, *definitions), reader, vocabulary),
        connect_timeout=reader.number(timeout.get("connect"), "connect", 0.01, 600) or 3,
        total_timeout=reader.number(timeout.get("total"), "total", 0.01, 600) or 20,
        hook_timeout=reader.number(timeout.get("hook"), "hook", 0.01, 3600) or HOOK_SECONDS,
        max_reply=int((size or 32) * 1024 * 1024),
        max_rps=reader.number(node.get("max_rps"), "max_rps", 0.01, 10_000) or 0,
        allow=_allow(node.get("allow"), reader),
        rejected_credentials=parse_statuses(rejected, reader),
        rejected_replies=parse_replies(rejected, reader, vocabulary),
        budget_p95=reader.number(budget.get("p95_ms"), "p95_ms", 1, 600_000) or 0,
        tls=parse_tls(node.get("tls"), reader),
        proxy=parse_proxy(node.get("proxy"), (*secrets, *definitions), reader),
    )


def _login(
    node: Node | None, known: tuple[str, ...], reader: Reader, vocabulary: Vocabulary | None
) -> tuple[Step, ...]:
    if node is None:
        return ()
    from framework.cases.login import parse_login  # noqa: PLC0415  # few environments have a login

    return parse_login(node, known, reader, vocabulary)


def _base_url(node: Node | None, reader: Reader) -> str:
    base_url = reader.text(node, "base_url").rstrip("/")
    if node is None or not base_url or is_http_url(base_url):
        return base_url
    if "@" in base_url:
        # The URL may hold a password, so the problem has no span: its excerpt would show it.
        reader.report(
            Problem(
                "bad-url",
                tr("{place}: base_url 里不能有用户名和密码", place=node.span.place),
                tr("放进 secrets，由用例的请求头带上"),
            )
        )
    else:
        reader.problem(
            "bad-url",
            tr("base_url 要写成 http:// 或 https:// 开头的地址"),
            tr("写到主机与路径为止，不带 ? 和 #"),
            node.span,
        )
    return base_url


def _secrets(node: Node | None, reader: Reader) -> dict[str, str]:
    mapping = reader.mapping(node, "secrets")
    found: dict[str, str] = {}
    for key, value in mapping.entries if mapping else ():
        variable = reader.text(value, key.value)
        if not is_name(key.value):
            reader.problem("bad-name", tr("{name} 不能作变量名", name=key.value), tr(NAME_RULE), key.span)
        if variable and not _VARIABLE.fullmatch(variable):
            # It may be the secret itself, so the problem shows neither the value nor an excerpt.
            what = tr("{place}: 密钥 {name} 这里要写环境变量的名字", place=value.span.place, name=key.value)
            reader.report(
                Problem(
                    "secret-in-clear",
                    what,
                    tr("例如 POLICY_TOKEN；值写进环境变量或 .env，绝不写在这里；写过的值要作废"),
                )
            )
        found[key.value] = variable
    return found


def _allow(node: Node | None, reader: Reader) -> tuple[str, ...]:
    allowed = reader.texts(node, "allow")
    for word in allowed:
        if word not in ALLOWED and node is not None:
            reader.problem(
                "bad-allow",
                tr("allow 里只能写 {names}", names=tr("、").join(ALLOWED)),
                did_you_mean(word, ALLOWED),
                node.span,
            )
    return allowed


def choose_environment(
    root: Path, name: str | None, base_url: str | None, vocabulary: Vocabulary | None = None
) -> Environment:
    """Return the environment called *name*, or the default one if None, with *base_url* if it is given.

    Raises:
        ConfigError: there is no such environment, or *base_url* is not a valid URL.
    """
    default, environments = load_environments(root, vocabulary)
    # An empty name is no absent one: a script that lost its variable must not run somewhere else.
    environment = environments.get(default if name is None else name)
    if environment is None:
        names = tr("、").join(environments)
        raise ConfigError(
            Problem(
                "unknown-environment",
                tr("没有叫 {name} 的环境", name=name) if name else tr("--env 后面是空的"),
                did_you_mean(name or "", environments) or tr("{file} 里有：{names}", file=FILE, names=names),
            )
        )
    if base_url is None:
        return environment
    if "@" in base_url:
        what = tr("--base-url {url} 里不能有用户名和密码", url=shown_base_url(base_url))
        raise ConfigError(Problem("bad-url", what, tr("放进 secrets，由用例的请求头带上")))
    if not is_http_url(base_url):
        what = tr("--base-url {url} 不是 http:// 或 https:// 开头的地址", url=shown_base_url(base_url))
        raise ConfigError(Problem("bad-url", what))
    return replace(environment, base_url=base_url.rstrip("/"))


def shown_base_url(url: str) -> str:
    """Return *url* without what may be a password, or a token in its query."""
    return re.sub(r"//[^/]*@", "//***@", url.partition("?")[0])


def find_by_base_url(root: Path, origin: str) -> str | None:
    """Return the name of the environment whose base URL is *origin*, or None."""
    _, environments = load_environments(root)
    return next((name for name, found in environments.items() if found.base_url == origin), None)


def with_secrets(environment: Environment, root: Path, given: Mapping[str, str]) -> Environment:
    """Return the environment with the values of its secrets.

    A value comes from the process, or else from ``.env``, or else from *given*: the secrets of a stand-in.
    """
    stored = _env_file(root)
    # The empty name of a variable marks a secret that only *given* has.
    variables = {**dict.fromkeys(given, ""), **environment.secrets}
    values: dict[str, str] = {}
    for name, variable in variables.items():
        value = os.environ.get(variable) or stored.get(variable) if variable else ""
        values[name] = value or given.get(name, "")
    return replace(environment, secrets=variables, secret_values=values)


def stored_value(root: Path, variable: str) -> str:
    """Return the value of *variable* in the process, or else in ``.env``, or else an empty text."""
    return os.environ.get(variable) or _env_file(root).get(variable) or ""


def _env_file(root: Path) -> Mapping[str, str | None]:
    path = root / ".env"
    if not path.exists():
        return {}
    import dotenv  # noqa: PLC0415  # a run without the file does not need it

    try:
        return dotenv.dotenv_values(path)
    except UnicodeDecodeError:
        what = tr("{path} 不是 UTF-8，读不了里面的密钥", path=path.name)
        how = tr("另存为 UTF-8；PowerShell 里用 Out-File -Encoding utf8")
        raise ConfigError(Problem("env-encoding", what, how)) from None


def environment_definitions(environment: Environment) -> dict[str, Definition]:
    """Return the variables that cases get: ``base_url``, the secrets, and the environment's own variables."""
    no_place = Span(Source(FILE, ""), 1, 1, 1, 1)
    # A secret that is not set is an empty text.
    # Nor do the results of a login have a value before it.
    sessions = dict.fromkeys(environment.session_names, "")
    fixed = {"base_url": environment.base_url, **sessions, **environment.secret_values}
    definitions = {
        name: Definition(name, Constant(value, no_place), "environment") for name, value in fixed.items()
    }
    return {**definitions, **environment.definitions}
