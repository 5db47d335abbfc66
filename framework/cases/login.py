"""Parses ``login`` of an environment: the steps that begin the session of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from framework.base.errors import did_you_mean
from framework.base.messages import tr
from framework.cases.case import HookKind, Step, Vocabulary
from framework.cases.hook_names import HookNames
from framework.cases.parse_checks import CheckParser
from framework.cases.parse_extracts import ExtractParser
from framework.cases.parse_steps import StepParser
from framework.cases.reader import Reader
from framework.cases.shared_parts import SharedParts, SharedPartsMerger
from framework.cases.template import Reference, references
from framework.cases.traverse import check_references
from framework.cases.yaml.nodes import MappingNode, Node

LOGIN_KEYS = ("name", "request", "validate", "extract", "call", "with")


def parse_login(
    node: Node, known: Iterable[str], reader: Reader, vocabulary: Vocabulary | None
) -> tuple[Step, ...]:
    """Return the steps. *known* are the names of the environment's variables and secrets.

    A check that fails, or a value that is not there, is a login that failed. Without a *vocabulary* the
    checks are left out.
    """
    parser = _parser(reader, vocabulary or {})
    steps: list[Step] = []
    names = set(known)
    for number, item in enumerate(reader.sequence(node, "login"), 1):
        mapping = reader.mapping(item, "login", LOGIN_KEYS)
        if mapping is None:
            continue
        if vocabulary is None:
            mapping = _without_checks(mapping)
        step = _step(parser, mapping, number)
        _report_unknown(_references(step), names, reader)
        for extract in step.extracts:
            if extract.name in names:
                what = tr("login 抽取的 {name} 与这个环境的变量或密钥同名", name=extract.name)
                reader.problem("shadow", what, tr("改一个名字"), extract.span)
            names.add(extract.name)
        _report_unknown((found for found, _ in check_references(step.checks)), names, reader)
        steps.append(step)
    if not any(step.extracts for step in steps) and not reader.problems:
        what = tr("login 没有抽取任何值，会话无从使用")
        reader.problem("login-nothing", what, tr("例如 extract: {token: $.data.token}"), node.span)
    return tuple(steps)


class _AnyFunction(HookNames):
    """Accepts every name: the files of the team's functions are not known when environments are read."""

    def read(self, kind: HookKind, node: Node, key: str) -> str:
        return self.reader.literal(node, key)

    def check_arguments(self, kind: HookKind, name: str, names: object, node: Node) -> None:
        """Leave it to the call."""


def _parser(reader: Reader, vocabulary: Vocabulary) -> StepParser:
    hooks = _AnyFunction(reader, lambda kind: {})
    return StepParser(
        reader,
        SharedPartsMerger(reader, None),
        CheckParser(reader, vocabulary),
        ExtractParser(reader, hooks),
        hooks,
    )


def _without_checks(node: MappingNode) -> MappingNode:
    entries = tuple(entry for entry in node.entries if entry[0].value != "validate")
    return MappingNode(entries, node.span)


def _step(parser: StepParser, node: MappingNode, number: int) -> Step:
    parts = parser.parts.merge_level(SharedParts(read_only=True), node, "step")
    name = parser.name(node.get("name"), node.span, tr("第 {n} 步", n=number))
    return parser.step(parts, node, name)


def _report_unknown(found: Iterable[Reference], known: set[str], reader: Reader) -> None:
    for reference in found:
        if reference.origin == "variable" and reference.name not in known:
            what = tr("没有叫 {name} 的变量", name=reference.name)
            how = did_you_mean(reference.name, known) or tr("在这个环境的 secrets 或 variables 里定义它")
            reader.problem("unknown-variable", what, how, reference.span)


def _references(step: Step) -> Iterator[Reference]:
    yield from references(step.request)
    if step.call is not None:
        yield from references(step.call.arguments)
