"""A suite file and the ``_shared.yaml`` files above it to frozen cases, or to all the problems of the file at once."""
from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace
from functools import lru_cache

from framework.cases.case import Case, CheckNode, Definition, Retry, Step, Vocabulary
from framework.cases.merge import merge, remove
from framework.cases.parametrize import Row, check_id, parse_rows
from framework.cases.parse_checks import CheckParser, check_references, subject_variables
from framework.cases.reader import Reader
from framework.cases.request import REQUEST_KEYS
from framework.cases.template import Constant, Reference, Template, compile_template, references
from framework.cases.variables import layer, parse_definitions
from framework.cases.yamlfile import Mapping, Node, Scalar, parse_yaml
from framework.errors import CaseFileError, did_you_mean
from framework.messages import tr
from framework.source import Source, Span

SHARED_FILE = "_shared.yaml"
_SHARED_KEYS = ("variables", "allure", "tags", "request", "validate")
_SUITE_KEYS = ("suite", "description", *_SHARED_KEYS, "without", "cases")
_STEP_KEYS = ("name", "request", "without", "validate", "extract", "retry")
_CASE_KEYS = (
    "id", "name", "description", "tags", "allure", "variables", "parametrize", "request", "without", "validate", "extract", "steps",
    "skip", "only_in", "requires", "assumes", "retry",
)
_ALLURE_KEYS = ("epic", "feature", "story", "severity", "owner", "links")
_SEVERITIES = ("blocker", "critical", "normal", "minor", "trivial")
_RETRY_ON = ("timeout", "connection")


@dataclass(frozen=True, slots=True)
class Outside:
    """What a suite is parsed against, besides its own text.

    ``definitions``: the environment's variables and secrets; ``overrides``: ``--var``; ``tags``: the declared markers, or None
    where any tag is allowed.
    """

    vocabulary: Vocabulary
    definitions: MappingType[str, Definition] = field(default_factory=dict)
    overrides: MappingType[str, Definition] = field(default_factory=dict)
    tags: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """What a file or a case hands down to what is below it."""

    request: Node | None = None
    validate: Node | None = None
    allure: Node | None = None
    tags: tuple[str, ...] = ()
    definitions: MappingType[str, Definition] = field(default_factory=dict)


def parse_suite(source: Source, shared: tuple[Source, ...], outside: Outside) -> tuple[Case, ...]:
    """Parse a suite; *shared* are the ``_shared.yaml`` files above it, the outermost first.

    Raises:
        CaseFileError: every problem of the file (or of a shared file) that could be found in one reading.
    """
    parser = _SuiteParser(outside)
    base = Layer()
    for file in shared:
        base = parser.layer(base, parser.top(file, _SHARED_KEYS), "_shared")
    cases = parser.suite(base, parser.top(source, _SUITE_KEYS))
    if parser.reader.problems:
        raise CaseFileError(*sorted(parser.reader.problems, key=lambda problem: problem.span.line if problem.span else 0))
    return cases


@lru_cache(maxsize=32)
def _parse_once(source: Source) -> Node:
    return parse_yaml(source)  # every suite of a folder reads the same _shared.yaml


class _SuiteParser:
    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.reader = Reader()
        self.checks = CheckParser(self.reader, outside.vocabulary)

    def top(self, source: Source, keys: tuple[str, ...]) -> Mapping:
        mapping = self.reader.mapping(_parse_once(source), tr("文件"), keys)
        return mapping or Mapping((), Span(source, 1, 1, 1, 1))

    def layer(self, base: Layer, node: Mapping, scope: str) -> Layer:
        """Lay what *node* says over *base*."""
        request, validate = self._without(base.request, base.validate, node.get("without"))
        return Layer(
            merge(request, self._request(node.get("request"))),
            merge(validate, self.reader.mapping(node.get("validate"), "validate")),
            merge(base.allure, self.reader.mapping(node.get("allure"), "allure", _ALLURE_KEYS)),
            tuple(dict.fromkeys((*base.tags, *self._tags(node.get("tags"))))),
            layer(base.definitions, parse_definitions(node.get("variables"), scope, self.reader)),
        )

    def _request(self, node: Node | None) -> Mapping | None:
        return self.reader.mapping(node, "request", REQUEST_KEYS)

    def _tags(self, node: Node | None) -> tuple[str, ...]:
        tags = self.reader.texts(node, "tags")
        for tag in tags:
            if self.outside.tags is not None and tag not in self.outside.tags and node is not None:
                how = did_you_mean(tag, self.outside.tags) or tr("在 pytest.ini 的 markers 里声明它")
                self.reader.problem("unknown-tag", tr("标签 {tag} 没有声明", tag=tag), how, node.span)
        return tags

    def _without(self, request: Node | None, validate: Node | None, node: Node | None) -> tuple[Node | None, Node | None]:
        for item in self.reader.sequence(node, "without"):
            text = self.reader.text(item, "without")
            if not text or not isinstance(item, Scalar):
                continue
            if text == "validate" or text.startswith("validate."):
                rest = text.removeprefix("validate").removeprefix(".")
                validate, problem = remove(validate, item, (rest,) if rest else ())
            else:
                request, problem = remove(request, item, tuple(text.split(".")))
            if problem:
                self.reader.report(problem)
        return request, validate

    # -- suite and cases -----------------------------------------------------------------------------------------------

    def suite(self, base: Layer, node: Mapping) -> tuple[Case, ...]:
        name = self.reader.text(node.get("suite"), "suite")
        if node.get("suite") is None and not self.reader.problems:
            self.reader.problem("no-suite", tr("缺 suite(套件的名字)"), tr("第一行写 suite: 名字"), node.span)
        below = self.layer(base, node, "suite")
        cases: list[Case] = []
        seen: dict[str, Span] = {}
        for item in self.reader.sequence(node.get("cases"), "cases"):
            mapping = self.reader.mapping(item, tr("用例"), _CASE_KEYS)
            if mapping is None:
                continue
            for case in self._case(below, mapping, name):
                if case.id in seen:
                    self.reader.problem("duplicate-id", tr("用例 id {id} 重复,第 {line} 行已经用过", id=case.id, line=seen[case.id].line), tr("换一个 id"), case.span)
                seen.setdefault(case.id, case.span)
                cases.append(case)
        if not cases and not self.reader.problems:
            self.reader.problem("no-cases", tr("这个套件没有用例"), tr("在 cases: 下面写用例"), node.span)
        return tuple(cases)

    def _case(self, base: Layer, node: Mapping, suite: str) -> tuple[Case, ...]:
        id_node = node.get("id")
        case_id = self.reader.text(id_node, "id")
        span = id_node.span if id_node else node.span
        if id_node is None:
            self.reader.problem("no-id", tr("用例缺 id"), tr("例如 id: page-size;它是用例不变的身份"), node.span)
        check_id(case_id, tr("用例 id"), span, self.reader)
        plain = node.get("steps") is None
        below = self.layer(base, _only(node, None if plain else "validate"), "case")
        self._both_bodies(below.request, span)
        rows = parse_rows(node.get("parametrize"), self.reader)
        name = self._name(node.get("name"), span, case_id)
        steps = (self._step(below, None, node, name),) if plain else self._steps(below, node)
        case = Case(
            case_id, name, suite, span, steps,
            checks=() if plain else self.checks.checks(node.get("validate")),
            definitions=below.definitions,
            tags=below.tags,
            allure=self._allure(below.allure),
            description=self.reader.text(node.get("description"), "description"),
            assumes=self.reader.texts(node.get("assumes"), "assumes"),
            skip=self.reader.text(node.get("skip"), "skip"),
            only_in=self.reader.texts(node.get("only_in"), "only_in"),
            requires=self.reader.texts(node.get("requires"), "requires"),
        )
        if not case.checks and not any(step.checks for step in steps):
            self.reader.problem("no-check", tr("用例 {id} 没有任何检查,永远不会失败", id=case_id), tr("在 validate: 下面写检查"), span)
        return tuple(self._row(case, row) for row in rows) if rows else (self._scoped(case),)

    def _row(self, case: Case, row: Row) -> Case:
        own = {name: definition for name, definition in case.definitions.items() if definition.scope == "case"}
        columns = {name: Definition(name, value, "parametrize", row.span) for name, value in row.columns}
        for name in own.keys() & columns.keys():
            self.reader.problem("shadow", tr("变量 {name} 与 parametrize 的列同名", name=name), tr("改一个名字"), own[name].span or case.span)
        named = replace(case, id=f"{case.id}[{row.id}]", definitions=layer(case.definitions, columns), parameters=tuple(columns))
        return self._scoped(named)

    def _name(self, node: Node | None, span: Span, default: str) -> Template:
        if node is None:
            return Constant(default, span)
        self.reader.text(node, "name")
        return compile_template(node, self.reader.report)

    def _steps(self, base: Layer, node: Mapping) -> tuple[Step, ...]:
        if node.get("extract") is not None:
            self.reader.problem("extract-place", tr("有 steps 的用例,extract 写在步骤里"), "", node.span)
        steps: list[Step] = []
        for item in self.reader.sequence(node.get("steps"), "steps"):
            mapping = self.reader.mapping(item, tr("步骤"), _STEP_KEYS)
            if mapping is not None:
                below = self.layer(base, mapping, "step")
                self._both_bodies(below.request, mapping.span)
                steps.append(self._step(below, node.get("retry"), mapping, self._name(mapping.get("name"), mapping.span, tr("步骤 {n}", n=len(steps) + 1))))
        if not steps and not self.reader.problems:
            self.reader.problem("no-steps", tr("steps 是空的"), tr("至少写一步"), node.span)
        return tuple(steps)

    def _step(self, below: Layer, inherited: Node | None, node: Mapping, name: Template) -> Step:
        request = below.request or Mapping((), node.span)
        return Step(
            name, compile_template(request, self.reader.report), self.checks.checks(below.validate),
            self.checks.extracts(node.get("extract")), node.span, self._retry(node.get("retry") or inherited),
        )

    def _both_bodies(self, request: Node | None, span: Span) -> None:
        if isinstance(request, Mapping) and request.get("json") is not None and request.get("data") is not None:
            self.reader.problem("two-bodies", tr("json 与 data 不能同时发送"), tr("不要共用的 json 就写 without: [json]"), span)

    def _allure(self, node: Node | None) -> dict[str, str | tuple[str, ...]]:
        labels: dict[str, str | tuple[str, ...]] = {}
        if not isinstance(node, Mapping):
            return labels
        for key, value in node.entries:
            if key.value == "severity" and (text := self.reader.text(value, "severity")) not in (*_SEVERITIES, ""):
                self.reader.problem("bad-severity", tr("severity 不能是 {text}", text=text), did_you_mean(text, _SEVERITIES) or tr("可以写:{names}", names=tr("、").join(_SEVERITIES)), value.span)
            labels[key.value] = self.reader.texts(value, key.value)
        return labels

    def _retry(self, node: Node | None) -> Retry | None:
        mapping = self.reader.mapping(node, "retry", ("attempts", "interval", "on"))
        if mapping is None:
            return None
        attempts = self.reader.number(mapping.get("attempts"), "attempts", 2, 10)
        interval = self.reader.number(mapping.get("interval"), "interval", 0, 60)
        on: list[int | str] = []
        for item in self.reader.sequence(mapping.get("on"), "on"):
            value = item.value if isinstance(item, Scalar) else None
            if value in _RETRY_ON or (isinstance(value, int) and 400 <= value <= 599):
                on.append(value)
            else:
                self.reader.problem("retry-on", tr("on 里只能写 timeout、connection 或 400 到 599 的状态码"), "", item.span)
        return Retry(int(attempts or 2), interval or 0, tuple(on) or (*_RETRY_ON, 502, 503))

    # -- names ---------------------------------------------------------------------------------------------------------

    def _scoped(self, case: Case) -> Case:
        """Report every reference that cannot have a value where it stands; lay ``--var`` over everything."""
        case = replace(case, definitions=layer(case.definitions, self.outside.overrides))
        known = {*self.outside.definitions, *case.definitions, *case.requires}
        for definition in case.definitions.values():
            self._known(references(definition.value), known, {"variable", "builtin"})
        self._known(references(case.name), known, {"variable", "builtin"})
        extracted: dict[str, Span] = {}
        for step in case.steps:
            self._known([*references(step.name), *references(step.request)], known, {"variable", "builtin"})
            paths = [reference for extract in step.extracts if extract.subject.path for reference in references(extract.subject.path)]
            self._known(paths, known, {"variable", "builtin", "request"})
            for extract in step.extracts:
                if extract.name in case.parameters or extract.name in extracted:
                    self.reader.problem("shadow", tr("抽取 {name} 与 parametrize 的列或另一个抽取同名", name=extract.name), tr("改一个名字"), extract.span)
                extracted[extract.name] = extract.span
                known.add(extract.name)
            self._check_names(step.checks, known, {"variable", "builtin", "request", "reply"})
        self._check_names(case.checks, known, {"variable", "builtin"})
        return case

    def _check_names(self, checks: tuple[CheckNode, ...], known: set[str], origins: set[str]) -> None:
        for reference, inside in check_references(checks):
            self._known([reference], known, origins | {"record"} if inside else origins)
        for subject in subject_variables(checks):
            if subject.name not in known:
                self._undefined(subject.name, known, subject.span)

    def _known(self, found: Iterable[Reference], known: set[str], origins: set[str]) -> None:
        for reference in found:
            if reference.origin not in origins:
                self.reader.problem("reference-place", tr("${{{text}}} 在这里还没有值", text=reference.text), _PLACE_HINTS.get(reference.origin, ""), reference.span)
            elif reference.origin == "variable" and reference.name not in known:
                self._undefined(reference.name, known, reference.span)

    def _undefined(self, name: str, known: set[str], span: Span) -> None:
        how = did_you_mean(name, known) or tr("在 variables、parametrize、extract 或 environments.yaml 里定义它,或用 --var {name}=值", name=name)
        self.reader.problem("unknown-variable", tr("没有叫 {name} 的变量", name=name), how, span)


_PLACE_HINTS = {
    "reply": "答复还没有到;要用上一步的答复,先用 extract 取出来",
    "record": "${@.…} 只能写在 each 里",
    "request": "${request.…} 只能写在 validate 与 extract 里",
}


def _only(node: Mapping, dropped: str | None) -> Mapping:
    return node if dropped is None else Mapping(tuple(entry for entry in node.entries if entry[0].value != dropped), node.span)
