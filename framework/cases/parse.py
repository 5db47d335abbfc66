"""A suite file and the ``_shared.yaml`` files above it to frozen cases, or to all the problems of the file at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from framework.base.errors import CaseFileError, Problem, did_you_mean
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.case import Case, Definition, KnownDefect, Step, Vocabulary
from framework.cases.parametrize import Row, check_id, parse_rows
from framework.cases.parse_checks import CheckParser
from framework.cases.parse_steps import StepParser
from framework.cases.problem_limits import drop_consequences, limit_problems, start_of
from framework.cases.quarantine import parse_quarantine
from framework.cases.reader import Reader
from framework.cases.reference_scopes import report_unresolvable_references
from framework.cases.shared_parts import SharedParts, SharedPartsMerger
from framework.cases.variables import overlay_definitions
from framework.cases.yaml.compose import read_yaml
from framework.cases.yaml.nodes import MappingNode, Node

SHARED_FILE = "_shared.yaml"
_SHARED_KEYS = ("variables", "allure", "tags", "request", "validate", "walks")
_SUITE_KEYS = ("suite", "description", *_SHARED_KEYS, "without", "cases")
_ROW_KEYS = ("skip", "only_in", "requires", "known_defect", "level", "quarantine")
_CASE_KEYS = (
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
    "steps",
    "retry",
    "for_each",
    "repeat",
    "paginate",
    "assumes",
    *_ROW_KEYS,
)
_DEFECT_KEYS = ("path", "rule", "id", "reason", "link")
_LEVELS = ("error", "warning")
ReadData = Callable[[str, str], str]
"""Reads a data file named in a suite: its name and encoding to its text; raises CaseFileError."""


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What a suite is parsed against, besides its own text.

    ``definitions``: the environment's variables and secrets; ``overrides``: ``--var``; ``tags``: the declared
    markers, or None where any tag is allowed; ``read_data``: reads the CSV files that ``parametrize`` names,
    None where there are none;
    ``contracts``: the names in schemas/, or None where they are not known.
    """

    vocabulary: Vocabulary
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    overrides: Mapping[str, Definition] = field(default_factory=dict)
    tags: Collection[str] | None = None
    read_data: ReadData | None = None
    contracts: Collection[str] | None = None


def parse_suite(source: Source, shared: tuple[Source, ...], context: ParseContext) -> tuple[Case, ...]:
    """Parse a suite; *shared* are the ``_shared.yaml`` files above it, the outermost first.

    Raises:
        CaseFileError: every problem of the file (or of a shared file) that could be found in one reading.
    """
    parser = _SuiteParser(context)
    base = SharedParts()
    cases: tuple[Case, ...] = ()
    try:
        for file in shared:
            base = parser.parts.merge_level(base, parser.top(file, _SHARED_KEYS), "_shared")
        cases = parser.suite(base, parser.top(source, _SUITE_KEYS))
    except CaseFileError:
        if not parser.reader.full:
            raise
    if problems := [*parser.values, *drop_consequences(parser.reader.problems, parser.values)]:
        raise CaseFileError(*limit_problems(sorted(problems, key=start_of), stopped=parser.reader.full))
    return cases


@lru_cache(maxsize=32)
def _parse_once(source: Source) -> tuple[Node, tuple[Problem, ...]]:
    return read_yaml(source)  # every suite of a folder reads the same _shared.yaml


class _SuiteParser:
    def __init__(self, context: ParseContext) -> None:
        self.context = context
        self.reader = Reader()
        self.values: list[Problem] = []
        self.parts = SharedPartsMerger(self.reader, context.tags)
        self.checks = CheckParser(self.reader, context.vocabulary, context.contracts)
        self.steps = StepParser(self.reader, self.parts, self.checks)

    def top(self, source: Source, keys: tuple[str, ...]) -> MappingNode:
        node, wrong = _parse_once(source)
        self.values += wrong
        mapping = self.reader.mapping(node, tr("文件"), keys)
        return mapping or MappingNode((), Span(source, 1, 1, 1, 1))

    def suite(self, base: SharedParts, node: MappingNode) -> tuple[Case, ...]:
        name = self.reader.text(node.get("suite"), "suite")
        if node.get("suite") is None and not self.reader.problems:
            self.reader.problem("no-suite", tr("缺 suite(套件的名字)"), tr("第一行写 suite: 名字"), node.span)
        below = self.parts.merge_level(base, node, "suite")
        cases: list[Case] = []
        seen: dict[str, Span] = {}
        for item in self.reader.sequence(node.get("cases"), "cases"):
            mapping = self.reader.mapping(item, tr("用例"), _CASE_KEYS)
            for case in self._case(below, mapping, name) if mapping else ():
                if case.id in seen:
                    what = tr("用例 id {id} 重复,第 {line} 行已经用过", id=case.id, line=seen[case.id].line)
                    self.reader.problem("duplicate-id", what, tr("换一个 id"), case.span)
                seen.setdefault(case.id, case.span)
                cases.append(case)
        if not cases and not self.reader.problems:
            self.reader.problem("no-cases", tr("这个套件没有用例"), tr("在 cases: 下面写用例"), node.span)
        return tuple(cases)

    def _case(self, base: SharedParts, node: MappingNode, suite: str) -> tuple[Case, ...]:
        before = len(self.reader.problems)
        id_node = node.get("id")
        case_id = self.reader.text(id_node, "id")
        span = id_node.span if id_node else node.span
        if id_node is None:
            self.reader.problem(
                "no-id", tr("用例缺 id"), tr("例如 id: page-size;它是用例不变的身份"), node.span
            )
        check_id(case_id, tr("用例 id"), span, self.reader)
        plain = node.get("steps") is None
        below = self.parts.merge_level(base, node, "case", validate=plain)
        name = self.steps.name(node.get("name"), span, case_id)
        steps = (self.steps.step(below, node, name),) if plain else self.steps.steps(below, node)
        case = Case(
            case_id,
            name,
            suite,
            span,
            steps,
            checks=() if plain else self.checks.checks(node.get("validate")),
            definitions=below.definitions,
            tags=below.tags,
            allure=self.parts.allure_labels(below.allure),
            description=self.reader.text(node.get("description"), "description"),
            assumes=self.reader.texts(node.get("assumes"), "assumes"),
        )
        if len(self.reader.problems) == before:  # a check that is misspelt is not a check that is lacking
            self._has_check(case, steps)
        case = self._conditions(case, node)
        rows = parse_rows(node.get("parametrize"), self.reader, _ROW_KEYS, self.context.read_data)
        if node.get("parametrize") is not None:
            return tuple(self._row(case, row) for row in rows)
        return (self._scoped(case),)

    def _has_check(self, case: Case, steps: tuple[Step, ...]) -> None:
        if not case.checks and not any(step.checks or step.each_reply for step in steps):
            self.reader.problem(
                "no-check",
                tr("用例 {id} 没有任何检查,永远不会失败", id=case.id),
                tr("在 validate: 下面写检查"),
                case.span,
            )

    def _row(self, case: Case, row: Row) -> Case:
        columns = {name: Definition(name, value, "parametrize", row.span) for name, value in row.columns}
        for name in columns:
            below = case.definitions.get(name)
            if below is not None and below.scope == "case":
                self.reader.problem(
                    "shadow",
                    tr("变量 {name} 与 parametrize 的列同名", name=name),
                    tr("改一个名字"),
                    below.span or case.span,
                )
        named = replace(
            case,
            id=f"{case.id}[{row.id}]",
            definitions=overlay_definitions(case.definitions, columns),
            parameters=tuple(columns),
        )
        return self._scoped(self._conditions(named, row.conditions) if row.conditions else named)

    def _conditions(self, case: Case, node: MappingNode) -> Case:
        """Return *case* with what *node* (a case or a row of it) says of when it runs and what its failure
        means.
        """
        said = node.get("level")
        level = self.reader.text(said, "level") or case.level
        if level not in _LEVELS:
            self.reader.problem(
                "bad-level",
                tr("level 只能是 error 或 warning"),
                did_you_mean(level, _LEVELS),
                said.span if said else node.span,
            )
        return replace(
            case,
            skip=self.reader.text(node.get("skip"), "skip") or case.skip,
            only_in=self.reader.texts(node.get("only_in"), "only_in") or case.only_in,
            requires=(*case.requires, *self.reader.texts(node.get("requires"), "requires")),
            known_defects=(*case.known_defects, *self._known_defects(node.get("known_defect"))),
            quarantine=parse_quarantine(node.get("quarantine"), self.reader) or case.quarantine,
            level=level,  # type: ignore[arg-type]
        )

    def _known_defects(self, node: Node | None) -> list[KnownDefect]:
        return [
            defect
            for item in self.reader.sequence(node, "known_defect")
            if (defect := self._known_defect(item)) is not None
        ]

    def _known_defect(self, node: Node) -> KnownDefect | None:
        mapping = self.reader.mapping(node, "known_defect", _DEFECT_KEYS)
        if mapping is None:
            return None
        values = {
            key.value: self.reader.text(value, key.value)
            for key, value in mapping.entries
            if key.value in _DEFECT_KEYS
        }
        if not values.get("reason") or not any(values.get(name) for name in ("path", "rule", "id")):
            self.reader.problem(
                "known-defect",
                tr("已知缺陷要写 reason,以及 path、rule、id 中至少一个"),
                tr("例如 {{path: '$.data.result[*].policyTitle', reason: …, link: …}}", x=""),
                node.span,
            )
            return None
        return KnownDefect(
            values["reason"],
            values.get("link", ""),
            node.span,
            values.get("path", ""),
            values.get("rule", ""),
            values.get("id", ""),
        )

    def _scoped(self, case: Case) -> Case:
        """Lay ``--var`` over everything; report the names that cannot have a value."""
        if self.context.overrides:
            case = replace(case, definitions=overlay_definitions(case.definitions, self.context.overrides))
        report_unresolvable_references(case, self.context.definitions, self.reader)
        return case
