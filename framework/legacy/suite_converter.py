"""Converts the cases of an old file into the document of a suite."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.rows import MAX_ID
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node
from framework.legacy.case_parts import (
    EXTRACT_KEYS,
    NAME_KEYS,
    add_description,
    add_step_variables,
    convert_labels,
    convert_variables,
    note_exports,
    read_times,
    repeated_checks,
)
from framework.legacy.checks import CheckConverter
from framework.legacy.comparisons import CheckCollector
from framework.legacy.extracts import convert_extracts
from framework.legacy.import_context import ImportContext, first_member, members, text_of, unused_name
from framework.legacy.invalid_cases import ANY_CHECK, CaseMender, ExchangePlaces, review_no_check
from framework.legacy.parameters import convert_parameters
from framework.legacy.requests import OldAddress, RequestConverter
from framework.legacy.shapes import (
    OldCase,
    checks_node,
    first_scalar,
    read_old_file,
    request_members,
    request_parts,
    unread_request_members,
)
from framework.legacy.switches import reason_off

_NOT_IN_ID = re.compile(r"[^\w.+-]+")


@dataclass
class SuiteConverter:
    """Converts one file.

    Attributes:
        origins: ``https://host`` of the base URLs of the environments.
        problems_of: returns the problems of a document, so that no case is written that lint refuses.
        ids: the ids given so far.
        extracted: the variables that any case of the file extracts.
        suite_references: the variables that the settings refer to; every case needs them.
    """

    context: ImportContext
    origins: frozenset[str]
    problems_of: Callable[[dict[str, Json]], tuple[Problem, ...]]
    ids: set[str] = field(default_factory=set)
    extracted: set[str] = field(default_factory=set)
    suite_references: dict[str, Node | KeyNode] = field(default_factory=dict)
    address: OldAddress = field(default_factory=OldAddress)
    settings: MappingNode | None = None

    def suite(self, top: Node, stem: str) -> dict[str, Json]:
        """Return the document of the suite."""
        old = read_old_file(top, self.context)
        self.settings = settings = old.settings or MappingNode((), top.span)
        for case in old.cases:
            for part in (settings, case.node, *case.steps):
                self._define_variables(part)
        shared = convert_variables(settings, self.context)
        document: dict[str, Json] = {
            "suite": self.context.scalar_text(first_scalar(settings, *NAME_KEYS)) or stem
        }
        if labels := convert_labels(settings, self.context):
            document["allure"] = labels
        if shared:
            document["variables"] = shared
        if request := self._shared_request(settings):
            document["request"] = request
        self.suite_references = self.context.referenced
        mender = CaseMender(self.context, self.problems_of, document)
        cases = [made for case in old.cases if (made := self._case(case, set(shared), mender)) is not None]
        for part in (settings, *(part for case in old.cases for part in (case.node, *case.steps))):
            note_exports(part, self.context)
        document["cases"] = cases
        return document

    def _define_variables(self, part: MappingNode) -> None:
        """Note the variables of a case or step, so that ``$name`` is recognized as a reference everywhere."""
        for key in EXTRACT_KEYS:
            self.extracted |= members(part.get(key)).keys()
        self.context.define(self.extracted)
        self.context.define(members(part.get("variables")))
        for name in members(part.get("parameters")):
            self.context.define([name, *name.split("-")])

    def _shared_request(self, settings: MappingNode) -> dict[str, Json]:
        """Return the request that the settings share, and keep their base URL."""
        inner = settings.get("request")
        parts = [request_members(settings, "url", "path", "uri")]
        if isinstance(inner, MappingNode):
            parts.append(inner)
        converter = RequestConverter(self.context, OldAddress(known_origins=self.origins))
        request = converter.convert(parts)
        self.address = converter.address
        return request

    def _case(self, old: OldCase, shared: set[str], mender: CaseMender) -> dict[str, Json] | None:
        """Return one case, or None, after a remark, if it sends nothing.

        A variable without a value is put into ``requires``, so that the case is skipped until it has one.
        """
        # The conversions below fill it with the variables that this case refers to.
        self.context.referenced = dict(self.suite_references)
        self.context.incomplete = []
        self.context.renames = self._renames(old, shared)
        node, settings = old.node, self.settings or MappingNode((), old.node.span)
        case: dict[str, Json] = {"id": ""}
        self._add_names(old, case)
        add_description(node, case, (*old.around, settings), self.context)
        # The settings may be those of the case itself.
        variables = {} if node is settings else convert_variables(node, self.context)
        if variables:
            case["variables"] = variables
        columns = self._parametrize(node, case)
        defined = shared | set(variables) | columns
        exchanges: list[ExchangePlaces] = []
        if old.steps:
            extracts = {name for step in old.steps for key in EXTRACT_KEYS for name in members(step.get(key))}
            self._require_undefined(defined | extracts, case)
            case["steps"] = self._steps(old.steps, defined, case, exchanges)
        else:
            exchange = self._exchange(node, request_parts(node, old.base), case["id"], exchanges)
            if exchange is None:
                return None
            case |= exchange
            self._require_undefined(defined, case)
        if old.steps and not case["steps"]:
            return None
        if self.context.incomplete:
            # It would send something else than the old one.
            names = ", ".join(dict.fromkeys(self.context.incomplete))
            case.setdefault("skip", tr("旧请求没有带全：{names}", names=names))
        return mender.mend(node, case, exchanges)

    def _renames(self, old: OldCase, shared: set[str]) -> dict[str, str]:
        """Return new names for variables that another case extracts and that an environment has too.

        Without them the case would be run with the environment's value.
        """
        own = set(shared)
        for part in (old.node, *old.steps):
            for key in (*EXTRACT_KEYS, "variables", "parameters", "parametrize"):
                own |= members(part.get(key)).keys()
        clashes = sorted((self.extracted & self.context.known) - own)
        taken = self.context.defined | self.context.known
        return {name: unused_name(f"old_{name}", taken) for name in clashes}

    def _add_names(self, old: OldCase, case: dict[str, Json]) -> None:
        settings_name = first_scalar(self.settings, "name") if self.settings and old.steps else None
        own = first_scalar(old.node, *NAME_KEYS)
        base_name = first_scalar(old.base, "api_name", *NAME_KEYS) if old.base else None
        named = next((node for node in (own, settings_name, base_name) if text_of(node)), None)
        name = (
            (text_of(own) or old.name or text_of(settings_name) or text_of(base_name)) if named else old.name
        )
        id_node = first_scalar(old.node, "id", "case_id")
        wanted = text_of(id_node) or old.name or name
        case["id"] = self._unique_id(wanted)
        if id_node is not None:
            self.context.wrote(id_node, text_of(id_node))
        if name:
            place = named if named is not None and text_of(named) == name else KeyNode(name, old.node.span)
            case["name"] = self.context.text(name, place)
        if base_name is not None and text_of(base_name):
            # The group's name has no place of its own.
            case["allure"] = {"story": text_of(base_name)}
            self.context.wrote(base_name, text_of(base_name))

    def _parametrize(self, node: MappingNode, case: dict[str, Json]) -> set[str]:
        own = first_member(node, "parameters", "parametrize")
        shared = first_member(self.settings, "parameters", "parametrize") if self.settings else None
        if own is not None and shared is not None and own is not shared:
            self.context.remark(shared, tr("参数"), tr("与用例自己的参数合成一个 parametrize"))
        return convert_parameters(own if own is not None else shared, case, self.context)

    def _steps(
        self,
        old_steps: tuple[MappingNode, ...],
        defined: set[str],
        case: dict[str, Json],
        exchanges: list[ExchangePlaces],
    ) -> list[Json]:
        steps: list[Json] = []
        for old in self._active_steps(old_steps, case):
            self.context.referenced = {}
            case_renames = self.context.renames
            extracted = {name for step in steps for name in step.get("extract", {})}
            defined = defined | add_step_variables(
                old, case, self._taken_names(defined, case, old_steps), self.context
            )
            name_node = first_scalar(old, *NAME_KEYS)
            name = text_of(name_node)
            shown_name = name or tr("步骤 {n}", n=len(steps) + 1)
            exchange = self._exchange(old, request_parts(old, None), shown_name, exchanges)
            if exchange is not None:
                step_name = self.context.text(shown_name, name_node or old)
                steps.append({"name": step_name, **exchange})
                self._add_step_note(old, steps[-1])
            self._require_undefined(defined | extracted, case)
            self.context.renames = case_renames
        return steps

    def _taken_names(
        self, defined: set[str], case: dict[str, Json], old_steps: tuple[MappingNode, ...]
    ) -> set[str]:
        """Return the names that a step cannot give another value: those of the case and of extracts."""
        extracts = {name for step in old_steps for key in EXTRACT_KEYS for name in members(step.get(key))}
        return (defined - set(case.get("variables", {}))) | extracts | self.context.known

    def _add_step_note(self, old: MappingNode, step: dict[str, Json]) -> None:
        """Note the id of a step if its name holds it."""
        id_node = first_scalar(old, "id", "case_id", "step_id")
        if id_node is not None:
            text = text_of(id_node)
            if text and text not in step["name"]:
                step["name"] = f"{text} {step['name']}"
            self.context.wrote(id_node, text)

    def _active_steps(
        self, old_steps: tuple[MappingNode, ...], case: dict[str, Json]
    ) -> tuple[MappingNode, ...]:
        """Return the steps that are turned on; if all are off, return all and skip the case."""
        reasons = [reason_off(step, self.context) for step in old_steps]
        if old_steps and all(reasons):
            case.setdefault("skip", tr("；").join(dict.fromkeys(reasons)))
            return old_steps
        active = []
        for step, reason in zip(old_steps, reasons, strict=True):
            if reason:
                name = text_of(first_scalar(step, *NAME_KEYS))
                what = tr("停用的步骤 {name}（{reason}）", name=name, reason=reason)
                self.context.remark(step, what, tr("要它就写成 steps 里的一步"))
            else:
                active.append(step)
        return tuple(active)

    def _exchange(
        self, node: MappingNode, parts: list[MappingNode], name: str, exchanges: list[ExchangePlaces]
    ) -> dict[str, Json] | None:
        """Return the request, the checks and the extracts of a case or step called *name*."""
        request = RequestConverter(self.context, self.address).convert(parts)
        if "url" not in request:
            self.context.remark(node, tr("{name} 没有 url", name=name), tr("在 request 里写 url"))
            return None
        if "method" not in request:
            what = tr("{name} 没有写 method，按 GET 发送", name=name)
            self.context.review(node, what, tr("在 request 里写 method"))
        self.context.incomplete += unread_request_members(node)
        exchange: dict[str, Json] = {"request": request}
        checks = CheckCollector(self.context)
        CheckConverter(self.context, checks).add(checks_node(node))
        if not checks.calls:
            review_no_check(node, name, self.context)
        exchange["validate"] = checks.validate() or dict(ANY_CHECK)
        extract: dict[str, str] = {}
        for key in EXTRACT_KEYS:
            extract |= convert_extracts(node.get(key), self.context)
        if extract:
            exchange["extract"] = extract
        times = read_times(node, self.context, can_repeat=not extract)
        places = checks.places
        if times > 1:
            exchange["repeat"] = times
            exchange["validate"] = repeated_checks(exchange["validate"])
            places = {
                subject: places[old] for subject, old in zip(exchange["validate"], places, strict=False)
            }
        exchanges.append(ExchangePlaces(node, places))
        return exchange

    def _require_undefined(self, defined: set[str], case: dict[str, Json]) -> None:
        """Put the referenced variables that have no value into ``requires``."""
        referenced = self.context.referenced
        new_names = {new: old for old, new in self.context.renames.items()}
        missing = set(self.context.missing.values())
        for name in sorted(referenced.keys() - defined - self.context.known):
            old_name = new_names.get(name, name)
            if old_name in self.extracted:
                self.context.remark(
                    referenced[name],
                    tr("变量 {name} 由另一个用例抽取，用例之间不传值", name=old_name),
                    tr("把两个用例写成一个用例的 steps"),
                )
            elif name not in missing:
                self.context.review(
                    referenced[name],
                    tr("变量 {name} 没有值，用例会按名字跳过", name=name),
                    tr("写进 variables 或 environments.yaml，再删去 requires"),
                )
            required = case.setdefault("requires", [])
            if name not in required:
                required.append(name)

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
