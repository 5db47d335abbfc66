"""Parses a suite file, with the ``_shared.yaml`` files above it, into frozen cases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.alone import judged_more_than_once
from framework.cases.case import Case, Definition, Hooks, Vocabulary
from framework.cases.conditions import CONDITION_KEYS, RUN_KEYS, ConditionParser
from framework.cases.contradictions import contradictions
from framework.cases.hook_names import HookNames
from framework.cases.parametrize import parse_rows
from framework.cases.parse_checks import CheckParser
from framework.cases.parse_extracts import ExtractParser
from framework.cases.parse_steps import STEP_KEYS, StepParser
from framework.cases.problem_limits import drop_consequences, limit_problems, start_of
from framework.cases.reader import Reader
from framework.cases.reference_scopes import report_unresolvable_references
from framework.cases.rows import Row, RowKeys, check_id
from framework.cases.self_evident import self_evident_checks
from framework.cases.shared_parts import SharedParts, SharedPartsMerger
from framework.cases.shared_steps import parse_shared_steps
from framework.cases.upload import FindFile
from framework.cases.variables import overlay_definitions
from framework.cases.yaml.compose import read_yaml
from framework.cases.yaml.nodes import MappingNode

SHARED_FILE = "_shared.yaml"
_AROUND = ("setup", "teardown")
_SHARED_KEYS = (
    "variables",
    "allure",
    "tags",
    "request",
    "validate",
    "walks",
    "shared_steps",
    *_AROUND,
    "fixtures",
    "read_only",
    *RUN_KEYS,
)
_SUITE_KEYS = ("suite", "description", *_SHARED_KEYS, "without", "cases")
_ROW_KEYS = ("tags", "assumes", *CONDITION_KEYS)
CASE_KEYS = (
    "id",
    "name",
    "description",
    "tags",
    "allure",
    "variables",
    "parametrize",
    "request",
    "without",
    "validate",
    "extract",
    *_AROUND,
    "steps",
    "retry",
    "for_each",
    "repeat",
    "paginate",
    "wait_for",
    "skip_unless",
    "fixtures",
    "read_only",
    "assumes",
    *CONDITION_KEYS,
)
ReadData = Callable[[str, str], str]
"""Returns the text of a data file, given its name in the suite and its encoding; raises CaseFileError."""


@dataclass(frozen=True, slots=True)
class ParseContext:
    """Everything besides its own text that a suite is parsed against.

    Attributes:
        vocabulary: the known matchers.
        definitions: the environment's variables and secrets.
        overrides: the variables given with ``--var``.
        tags: the declared markers, or None if any tag is allowed.
        read_data: reads the CSV files that ``parametrize`` names, or None if data files cannot be read.
        contracts: the names of the contracts in schemas/, or None if they are not known.
        hooks: the functions of the team, by kind and name.
        find_file: finds the files that a request uploads, or None if they cannot be looked for.
        runs_here: whether a case runs in this environment; the names of others are not resolved here.
    """

    vocabulary: Vocabulary
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    overrides: Mapping[str, Definition] = field(default_factory=dict)
    tags: Collection[str] | None = None
    read_data: ReadData | None = None
    contracts: Collection[str] | None = None
    hooks: Hooks = lambda kind: {}
    find_file: FindFile | None = None
    runs_here: Callable[[Case], bool] = lambda case: not case.skip


def parse_suite(source: Source, shared: tuple[Source, ...], context: ParseContext) -> tuple[Case, ...]:
    """Parse a suite; *shared* are the ``_shared.yaml`` files above it, the outermost first.

    Raises:
        CaseFileError: all the problems of the file and of the shared files that one reading finds.
    """
    parser = _SuiteParser(context)
    parts = SharedParts()
    cases: tuple[Case, ...] = ()
    try:
        for file in shared:
            parts = parser.level(parts, parser.top(file, _SHARED_KEYS), "_shared")
        cases = parser.suite(parts, parser.top(source, _SUITE_KEYS))
    except CaseFileError:
        # A full reader has all its problems already. Any other error comes from YAML: there is no tree.
        if not parser.reader.full:
            raise
    yaml_problems = parser.yaml_problems
    problems = [*yaml_problems, *drop_consequences(parser.reader.problems, yaml_problems)]
    if problems:
        raise CaseFileError(*limit_problems(sorted(problems, key=start_of), stopped=parser.reader.full))
    return cases


_parse_shared = lru_cache(maxsize=32)(read_yaml)
"""Every suite of a folder reads the same _shared.yaml. The nodes of a suite are not kept: its cases are."""


class _SuiteParser:
    """Parses one suite; its parts share one reader, which collects the problems."""

    def __init__(self, context: ParseContext) -> None:
        self.context = context
        self.reader = Reader()
        self.yaml_problems: list[Problem] = []
        hooks = HookNames(self.reader, context.hooks)
        self.parts = SharedPartsMerger(self.reader, context.tags)
        self.checks = CheckParser(self.reader, context.vocabulary, context.contracts)
        extracts = ExtractParser(self.reader, hooks)
        self.steps = StepParser(self.reader, self.parts, self.checks, extracts, hooks, context.find_file)
        self.conditions = ConditionParser(self.reader)

    def top(self, source: Source, keys: tuple[str, ...]) -> MappingNode:
        """Return the top mapping of a file; an empty one if the file is no mapping."""
        node, problems = read_yaml(source) if keys is _SUITE_KEYS else _parse_shared(source)
        self.yaml_problems += problems
        mapping = self.reader.mapping(node, tr("文件"), keys)
        return mapping or MappingNode((), Span(source, 1, 1, 1, 1))

    def level(self, base: SharedParts, node: MappingNode, scope: str) -> SharedParts:
        """Return the parts of a folder or suite, merged into those of the level above."""
        parts = self.parts.merge_level(base, node, scope)
        own_steps = parse_shared_steps(node.get("shared_steps"), STEP_KEYS, self.reader)
        parts = replace(parts, shared_steps={**parts.shared_steps, **own_steps})
        return self._around(parts, parts, node)

    def _around(self, parts: SharedParts, base: SharedParts, node: MappingNode) -> SharedParts:
        """Return *parts* with ``setup`` and ``teardown`` of *node*. Their steps get the parts of *base*."""
        setup = self.steps.around(base, node, "setup")
        teardown = self.steps.around(base, node, "teardown")
        return replace(parts, setup=(*parts.setup, *setup), teardown=(*teardown, *parts.teardown))

    def suite(self, base: SharedParts, node: MappingNode) -> tuple[Case, ...]:
        name = self.reader.text(node.get("suite"), "suite")
        # In a file with other problems the key may only be misspelt.
        if node.get("suite") is None and not self.reader.problems:
            self.reader.problem(
                "no-suite", tr("缺 suite（套件的名字）"), tr("第一行写 suite: 名字"), node.span
            )
        parts = self.level(base, node, "suite")
        cases: list[Case] = []
        seen: dict[str, Span] = {}
        for item in self.reader.sequence(node.get("cases"), "cases"):
            mapping = self.reader.mapping(item, tr("用例"), CASE_KEYS)
            for case in self._cases(parts, mapping, name) if mapping else ():
                if case.id in seen:
                    what = tr("用例 id {id} 重复，第 {line} 行已经用过", id=case.id, line=seen[case.id].line)
                    self.reader.problem("duplicate-id", what, tr("换一个 id"), case.span)
                # The first case keeps the id; every later one is reported against it.
                seen.setdefault(case.id, case.span)
                cases.append(case)
        if not cases and not self.reader.problems:
            self.reader.problem("no-cases", tr("这个套件没有用例"), tr("在 cases: 下面写用例"), node.span)
        return tuple(cases)

    def _cases(self, base: SharedParts, node: MappingNode, suite: str) -> tuple[Case, ...]:
        """Return the case of one item of ``cases``, or one case for each row of its ``parametrize``."""
        case = self.conditions.add_meaning(self._base_case(base, node, suite), node)
        if node.get("parametrize") is None:
            return (self._with_overrides(case),)
        keys = RowKeys(_ROW_KEYS, CASE_KEYS)
        rows = parse_rows(node.get("parametrize"), self.reader, keys, self.context.read_data)
        return tuple(self._row_case(case, row) for row in rows)

    def _base_case(self, base: SharedParts, node: MappingNode, suite: str) -> Case:
        """Return the case without its conditions and rows."""
        problems_before = len(self.reader.problems)
        case_id, span = self._case_id(node)
        has_steps = node.get("steps") is not None
        parts = self.parts.merge_level(base, node, "case", validate=not has_steps)
        # The request of the case does not apply to the steps around it.
        parts = self._around(parts, base, node)
        name = self.steps.name(node.get("name"), span, case_id)
        steps = self.steps.steps(parts, node) if has_steps else (self.steps.step(parts, node, name),)
        case = Case(
            case_id,
            name,
            suite,
            span,
            (*parts.setup, *steps),
            teardown=parts.teardown,
            fixtures=parts.fixtures,
            checks=self.checks.checks(node.get("validate")) if has_steps else (),
            definitions=parts.definitions,
            tags=parts.tags,
            allure=self.parts.allure_labels(parts.allure),
            description=self.reader.text(node.get("description"), "description"),
            assumes=self.reader.texts(node.get("assumes"), "assumes"),
            skip=parts.conditions.skip,
            only_in=parts.conditions.only_in,
            requires=parts.conditions.requires,
        )
        # A misspelt check is not a missing check: report one mistake, not two.
        if len(self.reader.problems) == problems_before:
            self._require_check(case)
            for problem in judged_more_than_once(case, self.context.vocabulary):
                self.reader.report(problem)
        return case

    def _case_id(self, node: MappingNode) -> tuple[str, Span]:
        """Return the id with its place; that is the whole case if the id is missing."""
        id_node = node.get("id")
        if id_node is None:
            self.reader.problem(
                "no-id", tr("用例缺 id"), tr("例如 id: page-size；它是用例不变的身份"), node.span
            )
            return "", node.span
        case_id = self.reader.text(id_node, "id")
        check_id(case_id, tr("用例 id"), id_node.span, self.reader)
        return case_id, id_node.span

    def _require_check(self, case: Case) -> None:
        own = [step for step in case.steps if step.phase == "call"]
        if not case.checks and not any(step.checks or step.each_reply or step.wait_for for step in own):
            how = tr("在 validate: 下面写检查")
            if any(step.walk is not None for step in own):
                how = tr("翻页自己的检查在空列表上也成立；写 validate: {$.items: {not_empty: true}}")
            what = tr("用例 {id} 没有任何检查，永远成立", id=case.id)
            self.reader.problem("no-check", what, how, case.span)

    def _row_case(self, case: Case, row: Row) -> Case:
        """Return the case of one row."""
        columns = {name: Definition(name, value, "parametrize", row.span) for name, value in row.columns}
        for name in (*columns, *_id_as_variable(case, row)):
            # A column may shadow a variable of the suite, but one of the same case is surely a mistake.
            hidden = case.definitions.get(name)
            if hidden is not None and hidden.scope == "case":
                self.reader.problem(
                    "shadow",
                    tr("变量 {name} 与 parametrize 的列同名", name=name),
                    tr("改一个名字"),
                    hidden.span or case.span,
                )
        named = replace(
            case,
            id=f"{case.id}[{row.id}]",
            definitions=overlay_definitions(case.definitions, columns, _id_as_variable(case, row)),
            parameters=tuple(columns),
        )
        if row.own_keys:
            named = self._with_row_keys(named, row.own_keys)
        return self._with_overrides(named)

    def _with_row_keys(self, case: Case, node: MappingNode) -> Case:
        """Return *case* with the keys of its row that are keys of a case too."""
        tags = self.parts.tags(node.get("tags"))
        assumes = self.reader.texts(node.get("assumes"), "assumes")
        case = replace(
            case,
            tags=tuple(dict.fromkeys((*case.tags, *tags))),
            assumes=(*case.assumes, *assumes),
        )
        return self.conditions.add_meaning(self.conditions.add_run_conditions(case, node), node)

    def _with_overrides(self, case: Case) -> Case:
        """Return the case with the variables of ``--var``; report the references that cannot have a value."""
        if self.context.overrides:
            case = replace(case, definitions=overlay_definitions(case.definitions, self.context.overrides))
        if self.context.runs_here(case):
            report_unresolvable_references(case, self.context.definitions, self.reader)
            vocabulary = self.context.vocabulary
            for problem in chain(self_evident_checks(case, vocabulary), contradictions(case, vocabulary)):
                self.reader.report(problem)
        return case


def _id_as_variable(case: Case, row: Row) -> dict[str, Definition]:
    """Return the ``id`` of a row as a variable; none if a loop of the case gives the name to its items."""
    is_item = any(step.for_each is not None and step.for_each.name == "id" for step in case.all_steps)
    if row.given_id is None or is_item:
        return {}
    return {"id": Definition("id", row.given_id, "parametrize", row.span)}
