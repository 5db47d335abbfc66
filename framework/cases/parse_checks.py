"""Parses ``validate`` and ``extract`` into checks and extracts: subjects, matchers, combinations (rules 1 to
3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain
from typing import TypeVar

from framework.base.errors import Problem, did_you_mean
from framework.base.messages import tr
from framework.cases.alone import misplaced
from framework.cases.alternative_names import name_of, split_names
from framework.cases.case import (
    Call,
    Check,
    CheckNode,
    CombinedCalls,
    CombinedChecks,
    Each,
    MatcherCall,
    Measure,
    Subject,
    Vocabulary,
)
from framework.cases.logic import CombinationKind
from framework.cases.parse_subjects import parse_record_subject, parse_subject
from framework.cases.possible_values import COUNTS
from framework.cases.reader import Reader, only_true
from framework.cases.synonyms import suggest_matcher
from framework.cases.tautology import constant_check, constant_combination, contradiction, nothing_to_judge
from framework.cases.template import (
    Constant,
    compile_path_template,
    compile_template,
)
from framework.cases.unrendered import was_refused
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode

_COMBINATIONS: tuple[CombinationKind, ...] = ("not", "all_of", "any_of")
STRUCTURE = ("each", "not", "all_of", "any_of", "may_be_empty")


AnyCall = TypeVar("AnyCall", MatcherCall, Measure, CombinedCalls)


class CheckParser:
    """Parses checks with one vocabulary of matchers. A shared check that many cases use is parsed once."""

    def __init__(
        self,
        reader: Reader,
        vocabulary: Vocabulary,
        contracts: Collection[str] | None = None,
    ) -> None:
        self.reader = reader
        self.vocabulary = vocabulary
        self.contracts = contracts
        self._known: dict[tuple[str, int], tuple[Node, CheckNode | None]] = {}

    def checks(self, node: Node | None, *, inside: bool = False, place: str = "") -> tuple[CheckNode, ...]:
        """Parse a mapping of subjects; *inside* an ``each`` the subjects are paths relative to the record.

        *place* is where the mapping is in its ``validate``.
        """
        mapping = self.reader.mapping(node, "validate")
        if mapping is None:
            return ()
        return tuple(
            filter(None, (self._check_once(key, value, inside, place) for key, value in mapping.entries))
        )

    def _check_once(self, key: KeyNode, value: Node, inside: bool, place: str) -> CheckNode | None:
        if inside:
            return self._check(key, value, inside, place)
        where = (place + key.value, id(value))
        if where not in self._known:
            self._known[where] = (
                value,
                self._check(key, value, inside, place),
            )  # the node is kept, so its id stays its own
        return self._known[where][1]

    def _check(self, key: KeyNode, value: Node, inside: bool, place: str) -> CheckNode | None:
        for kind in _COMBINATIONS:
            if key.value == kind:
                return self._combined_checks(kind, key, value, inside, place + kind)
        if key.value == "schema" and not inside:
            return self._whole_schema(key, value)
        parse = parse_record_subject if inside else parse_subject
        subject = parse(key.value, key.span, self.reader)
        if subject is None:
            return None
        calls, may_be_empty = self._calls(subject, value)
        return Check(subject, calls, key.span, may_be_empty) if calls else None

    def _whole_schema(self, key: KeyNode, value: Node) -> CheckNode | None:
        path = compile_path_template("$", key.span, self.reader.report)
        subject = Subject("path", "schema", key.span, path=path)
        call = self._matcher_call(subject, KeyNode("schema", key.span), value)
        return Check(subject, (call,), key.span) if call else None

    def _combined_checks(
        self, kind: CombinationKind, key: KeyNode, value: Node, inside: bool, place: str
    ) -> CombinedChecks | None:
        branches = [value] if kind == "not" else list(self.reader.sequence(value, kind))
        names: tuple[str, ...] = ()
        if kind == "any_of" and not inside:
            names, branches = split_names(branches, self.reader)
        parsed = tuple(
            self.checks(branch, inside=inside, place=f"{place}[{number}].")
            for number, branch in enumerate(branches)
        )
        if kind != "not" and len(branches) < 2 and not isinstance(value, ScalarNode):
            self.reader.problem("too-few-branches", tr("{kind} 至少要有两项", kind=kind), "", key.span)
        if any(not branch for branch in parsed):
            if not self.reader.problems:
                self.reader.problem(
                    "empty-branch", tr("{kind} 的每一项都要有检查", kind=kind), "", value.span
                )
            return None
        if not parsed:
            return None
        combined = CombinedChecks(kind, parsed, key.span, names, place)
        self._report_all(misplaced(chain.from_iterable(parsed), kind, self.vocabulary))
        problem = constant_combination(combined, self.vocabulary)
        if problem:
            self.reader.report(problem)
        return None if problem else combined

    # -- matchers

    def _calls(self, subject: Subject, value: Node) -> tuple[tuple[Call, ...], bool]:
        if not isinstance(value, MappingNode):
            bare = self._bare(subject, value)
            return ((bare,) if bare else ()), False
        may_be_empty = False
        calls: list[Call] = []
        for key, argument in value.entries:
            if key.value == "may_be_empty":
                may_be_empty = only_true(key, argument, self.reader)
            elif call := self._call(subject, key, argument):
                calls.append(call)
        if not calls and not any(key.value != "may_be_empty" for key, _ in value.entries):
            self.reader.problem(
                "no-matcher",
                tr("{subject} 下面没有匹配器，什么也没检查", subject=subject.text),
                tr("例如 {equals: …}、{length: 10}"),
                value.span,
            )
        problem = contradiction(subject, calls, self.vocabulary)
        if problem is None and not may_be_empty:
            problem = nothing_to_judge(subject, calls, self.vocabulary)
        if problem:
            self.reader.report(problem)
        return tuple(calls), may_be_empty

    def _bare(self, subject: Subject, value: Node) -> MatcherCall | None:
        if (
            isinstance(value, ScalarNode)
            and isinstance(value.value, str)
            and value.plain
            and (value.value in self.vocabulary or value.value in STRUCTURE)
        ):
            name = value.value
            self.reader.problem(
                "bare-matcher",
                tr("{name} 是匹配器的名字，单独写会被当作文本", name=name),
                tr("匹配器写成 {{{name}: …}}，要比较文本就写 {{equals: {name}}}", name=name),
                value.span,
            )
            return None
        template = compile_template(value, self.reader.report)
        if was_refused(template):
            return None
        return self._not_constant(subject, MatcherCall("equals", template, value.span))

    def _not_constant(self, subject: Subject, call: AnyCall) -> AnyCall | None:
        problem = constant_check(subject, call, self.vocabulary)
        if problem:
            self.reader.report(problem)
        return None if problem else call

    def _call(self, subject: Subject, key: KeyNode, argument: Node) -> Call | None:
        if key.value == "each":
            return self._each(subject, key, argument)
        for kind in _COMBINATIONS:
            if key.value == kind:
                return self._combined_calls(kind, subject, key, argument)
        return self._matcher_call(subject, key, argument)

    def _each(self, subject: Subject, key: KeyNode, argument: Node) -> Each | None:
        if subject.kind == "part":
            self.reader.problem("wrong-place", tr("each 只能用于路径或变量选出的记录"), "", key.span)
            return None
        checks = self.checks(argument, inside=True)
        self._report_all(misplaced(checks, "each", self.vocabulary))
        if not checks and isinstance(argument, MappingNode) and not argument.entries:
            self.reader.problem("no-check", tr("each 里没有检查"), "", argument.span)
        return Each(checks, key.span) if checks else None

    def _report_all(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.reader.report(problem)

    def _combined_calls(
        self, kind: CombinationKind, subject: Subject, key: KeyNode, argument: Node
    ) -> CombinedCalls | None:
        branches = [argument] if kind == "not" else list(self.reader.sequence(argument, kind))
        if kind != "not" and len(branches) == 1:
            self.reader.problem("too-few-branches", tr("{kind} 至少要有两项", kind=kind), "", key.span)
        parsed = tuple(self._branch(subject, branch) for branch in branches)
        if not parsed or not all(parsed):
            return None
        self._report_all(misplaced(chain.from_iterable(parsed), kind, self.vocabulary))
        return self._not_constant(subject, CombinedCalls(kind, parsed, key.span))

    def _branch(self, subject: Subject, branch: Node) -> tuple[Call, ...]:
        if (node := name_of(branch)) is not None:
            what = tr("匹配器的组合没有 name：每个值成立的可以是不同的一项")
            how = tr("把 any_of 写在检查对象的位置，每一项写 name 与整条检查")
            self.reader.problem("wrong-place", what, how, node.span)
            return ()
        calls, may_be_empty = self._calls(subject, branch)
        if may_be_empty:
            self.reader.problem("wrong-place", tr("may_be_empty 写在最外层的匹配器旁边"), "", branch.span)
        return calls

    def _matcher_call(self, subject: Subject, key: KeyNode, argument: Node) -> Call | None:
        spec = self.vocabulary.get(key.value)
        if spec is None:
            names = (*self.vocabulary, *STRUCTURE)
            how = (
                suggest_matcher(key.value)
                or did_you_mean(key.value, names)
                or tr("可以在 testcases/matchers.py 里写一个；要比较整个对象就写 {equals: {…}}")
            )
            self.reader.problem(
                "unknown-matcher", tr("没有叫 {name} 的匹配器", name=key.value), how, key.span
            )
            return None
        if not self._in_place(subject, spec.kind, key):
            return None
        if spec.measures and isinstance(argument, MappingNode):
            return self._measure(subject, key, argument)
        template = compile_template(argument, self.reader.report)
        if was_refused(template):
            return None
        wrong = spec.accepts(template.value) if isinstance(template, Constant) else None
        if wrong:
            self.reader.problem(
                "matcher-argument",
                tr("{name} 的值不对：{wrong}", name=key.value, wrong=wrong),
                "",
                argument.span,
            )
            return None
        if key.value == "schema" and isinstance(template, Constant):
            self._known_contract(template)
        return self._not_constant(subject, MatcherCall(key.value, template, key.span))

    def _known_contract(self, template: Constant) -> None:
        if self.contracts is not None and template.value not in self.contracts:
            how = did_you_mean(template.value, self.contracts) or tr(
                "契约是 schemas/{name}.schema.json，先写好它", name=template.value
            )
            self.reader.problem(
                "contract-missing", tr("schemas/ 里没有契约 {name}", name=template.value), how, template.span
            )

    def _measure(self, subject: Subject, key: KeyNode, argument: MappingNode) -> Measure | None:
        text = tr("{subject} 的 {name}", subject=subject.text, name=key.value)
        number = Subject("variable", text, key.span, row=None if key.value == "sum" else COUNTS)
        inner, _ = self._calls(number, argument)
        return self._not_constant(subject, Measure(key.value, inner, key.span)) if inner else None

    def _in_place(self, subject: Subject, kind: str, key: KeyNode) -> bool:
        if kind == "list" and subject.kind not in ("path", "variable"):
            self.reader.problem(
                "wrong-place",
                tr("{name} 看的是一列值，不能用于 {subject}", name=key.value, subject=subject.text),
                tr("用于 $.路径[*].字段 或数组"),
                key.span,
            )
            return False
        if kind == "presence" and subject.kind != "path" and not (subject.row and subject.row.named):
            self.reader.problem(
                "wrong-place", tr("{name} 只能用于路径或 headers.名称", name=key.value), "", key.span
            )
            return False
        return True
