"""Converts an old case file into the text of a suite."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Source
from framework.cases.parse_steps import MAX_REPEAT
from framework.cases.problem_limits import start_of
from framework.cases.rows import MAX_ID
from framework.cases.variables import is_name
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import MappingNode, Node
from framework.cases.yaml.pyyaml import dump
from framework.legacy.checks import CheckConverter
from framework.legacy.extracts import convert_extracts
from framework.legacy.import_context import ImportContext, first_member, members, text_of
from framework.legacy.leftovers import EXTRACT_KEYS, LABEL_KEYS, NAME_KEYS, remark_leftovers
from framework.legacy.parameters import convert_parameters
from framework.legacy.requests import convert_request
from framework.legacy.shapes import (
    OldCase,
    checks_node,
    first_scalar,
    read_old_file,
    request_parts,
    used_keys,
)

_NOT_IN_ID = re.compile(r"[^\w.+-]+")
_YAML_SUFFIX = re.compile(r"\.ya?ml\Z")
_CASE_START = re.compile(r"\n(?=  - id: )")
_DEFAULT_CHECK: dict[str, Json] = {"status_code": {"between": [200, 299]}}
_SEVERITIES = ("blocker", "critical", "normal", "minor", "trivial")
MODELINE = "# yaml-language-server: $schema=../../schemas/case.schema.json\n"


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import.

    Attributes:
        text: the new suite.
        cases: the number of its cases.
        remarks: parts of the old file that are not carried over.
        reviews: parts that are carried over, but that a person should look at.
    """

    text: str
    cases: int
    remarks: tuple[Problem, ...]
    reviews: tuple[Problem, ...]


def import_suite(source: Source, known: Collection[str] = (), quoted: Collection[str] = ()) -> Imported:
    """Convert an old file.

    *known* are the variables that the environments define. *quoted* are the words that must be written in
    quotes, because without them they would be read as matchers.

    Raises:
        CaseFileError: the text is not YAML.
    """
    context = ImportContext()
    converter = _SuiteConverter(context, frozenset(known))
    document, count = converter.suite(parse_yaml(source, lenient=True), source.name)
    text = MODELINE + _separate_cases(dump(document, quoted))
    return Imported(text, count, _in_order(context.remarks), _in_order(context.reviews))


def _separate_cases(text: str) -> str:
    """Put a blank line between the cases, but not before the first one."""
    return _CASE_START.sub("\n\n", text).replace("cases:\n\n", "cases:\n")


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=start_of))


@dataclass
class _SuiteConverter:
    """Converts one file.

    ``known`` are the variables of the environments, ``ids`` the ids given so far, and ``extracted`` the
    variables that any case of the file extracts.
    """

    context: ImportContext
    known: frozenset[str]
    ids: set[str] = field(default_factory=set)
    extracted: set[str] = field(default_factory=set)

    def suite(self, top: Node, file_name: str) -> tuple[dict[str, Json], int]:
        """Return the document of the suite and the number of its cases."""
        old = read_old_file(top, self.context)
        settings = old.settings or MappingNode((), top.span)
        shared = self._variables(settings)
        for case in old.cases:
            for part in (case.node, *case.steps):
                self._define_variables(part)
        stem = _YAML_SUFFIX.sub("", file_name.rsplit("/", 1)[-1])
        document: dict[str, Json] = {"suite": text_of(first_scalar(settings, *NAME_KEYS)) or stem}
        if labels := self._labels(settings):
            document["allure"] = labels
        if shared:
            document["variables"] = shared
        verify = first_scalar(settings, "verify")
        if verify is not None:
            document["request"] = {"verify": verify.value is not False}
        base_url = text_of(first_scalar(settings, "base_url", "host"))
        document["cases"] = [self._case(case, set(shared), base_url) for case in old.cases]
        return document, len(old.cases)

    def _define_variables(self, part: MappingNode) -> None:
        """Note the variables of a case or step, so that ``$name`` is recognized as a reference everywhere."""
        for key in EXTRACT_KEYS:
            self.extracted |= members(part.get(key)).keys()
        self.context.define(self.extracted)
        self.context.define(members(part.get("variables")))
        self.context.define(members(part.get("parameters")))

    def _case(self, old: OldCase, shared: set[str], base_url: str) -> dict[str, Json]:
        """Return one case.

        A variable without a value is put into ``requires``, so that the case is skipped until it has one.
        """
        # The conversions below fill it with what this case refers to.
        self.context.referenced = {}
        node = old.node
        name = text_of(first_scalar(node, *NAME_KEYS)) or old.name
        if not name and old.base:
            name = text_of(first_scalar(old.base, "api_name"))
        wanted_id = text_of(first_scalar(node, "id", "case_id")) or old.name or name
        case: dict[str, Json] = {"id": self._unique_id(wanted_id)}
        if name:
            case["name"] = self.context.text(name, node)
        self._add_description(node, case)
        variables = self._variables(node)
        if variables:
            case["variables"] = variables
        columns = convert_parameters(first_member(node, "parameters", "parametrize"), case, self.context)
        defined = shared | set(variables) | columns
        if old.steps:
            case["steps"] = self._steps(old.steps, defined, base_url, case)
        else:
            case |= self._exchange(node, request_parts(node, old.base), base_url, case["id"])
            self._require_undefined(defined, case)
        remark_leftovers(node, self.context)
        return case

    def _steps(
        self, old_steps: tuple[MappingNode, ...], defined: set[str], base_url: str, case: dict[str, Json]
    ) -> list[Json]:
        steps: list[Json] = []
        for old in old_steps:
            self.context.referenced = {}
            variables = self._variables(old)
            if variables:
                # Our steps have no variables of their own.
                case["variables"] = {**case.get("variables", {}), **variables}
                defined = defined | set(variables)
            name = text_of(first_scalar(old, *NAME_KEYS))
            exchange = self._exchange(old, request_parts(old, None), base_url, name)
            self._require_undefined(defined, case)
            defined = defined | set(exchange.get("extract", {}))
            shown_name = name or tr("步骤 {n}", n=len(steps) + 1)
            steps.append({"name": self.context.text(shown_name, old), **exchange})
            remark_leftovers(old, self.context)
        return steps

    def _exchange(
        self, node: MappingNode, parts: list[MappingNode], base_url: str, name: str
    ) -> dict[str, Json]:
        """Return the request, the checks and the extracts of a case or step called *name*."""
        exchange: dict[str, Json] = {}
        if request := convert_request(parts, self.context, base_url):
            exchange["request"] = request
        checks = CheckConverter(self.context)
        checks.add(checks_node(node))
        if not checks.calls:
            # A case without a check would be refused.
            self.context.review(
                node, tr("{name} 没有能失败的断言，只检查了状态码 2xx", name=name), tr("写明答复里要有什么")
            )
        exchange["validate"] = checks.validate() or _DEFAULT_CHECK
        extract: dict[str, str] = {}
        for key in EXTRACT_KEYS:
            extract |= convert_extracts(node.get(key), self.context)
        if extract:
            exchange["extract"] = extract
        return exchange

    def _require_undefined(self, defined: set[str], case: dict[str, Json]) -> None:
        """Put the referenced variables that have no value into ``requires``."""
        referenced = self.context.referenced
        for name in sorted(referenced.keys() - defined - self.known):
            if name in self.extracted:
                self.context.remark(
                    referenced[name],
                    tr("变量 {name} 由另一个用例抽取，用例之间不传值", name=name),
                    tr("把两个用例写成一个用例的 steps"),
                )
            else:
                self.context.review(
                    referenced[name],
                    tr("变量 {name} 没有值，用例会按名字跳过", name=name),
                    tr("写进 variables 或 environments.yaml，再删去 requires"),
                )
            required = case.setdefault("requires", [])
            if name not in required:
                required.append(name)

    def _variables(self, node: MappingNode) -> dict[str, Json]:
        variables: dict[str, Json] = {}
        for key, value in members(node.get("variables")).values():
            if is_name(key.value):
                variables[key.value] = self.context.value(value)
            else:
                self.context.remark(
                    key,
                    tr("变量名 {name}", name=key.value),
                    tr("以字母或汉字开头，只含字母、汉字、数字、- 和 _"),
                )
        self.context.define(variables)
        return variables

    def _add_description(self, node: MappingNode, case: dict[str, Json]) -> None:
        """Add the description, the labels, the reason to skip and the repetition."""
        description = text_of(first_scalar(node, "description", "desc"))
        if description:
            case["description"] = description
        if labels := self._labels(node):
            case["allure"] = labels
        if reason := _skip_reason(node):
            case["skip"] = reason
        times = first_scalar(node, "times")
        if times is None:
            return
        if "steps" in used_keys(node):
            self.context.remark(times, tr("times"), tr("在步骤里写 repeat"))
        elif isinstance(times.value, int) and times.value > 1:
            case["repeat"] = min(times.value, MAX_REPEAT)

    def _labels(self, node: MappingNode) -> dict[str, Json]:
        labels: dict[str, Json] = {}
        for old, ours in LABEL_KEYS.items():
            text = text_of(first_scalar(node, old))
            is_unknown_severity = ours == "severity" and text not in _SEVERITIES
            if text and not is_unknown_severity:
                labels.setdefault(ours, text)
        return labels

    def _unique_id(self, wanted: str) -> str:
        """Return an id made of *wanted*; a number is added if it is taken."""
        # There must be room for the number.
        base = _NOT_IN_ID.sub("-", wanted).strip("-")[: MAX_ID - len("-999")] or "case"
        unique, number = base, 1
        while unique in self.ids:
            number += 1
            unique = f"{base}-{number}"
        self.ids.add(unique)
        return unique


def _skip_reason(node: MappingNode) -> str:
    skip, is_run = first_scalar(node, "skip"), first_scalar(node, "is_run")
    if skip is not None and skip.value not in (False, "", "false"):
        has_reason = isinstance(skip.value, str) and skip.value.lower() != "true"
        return str(skip.value) if has_reason else tr("旧用例标为跳过，没有写原因")
    if is_run is not None and is_run.value is False:
        return tr("旧用例标为不运行")
    return ""
