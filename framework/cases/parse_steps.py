"""Steps: the request, its checks and extracts, how often and over what it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import CheckNode, ForEach, Retry, Step, Walk
from framework.cases.merge import merge_nodes
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.shared_parts import SharedParts, SharedPartsMerger
from framework.cases.template import Constant, Template, compile_template
from framework.cases.variables import is_name
from framework.cases.walks import choose_walk
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode

STEP_KEYS = ("name", "request", "without", "validate", "extract", "retry", "for_each", "repeat", "paginate")
MAX_REPEAT = 100
_RETRY_ON = ("timeout", "connection")
_OF_ONE_REPLY = ("status_code", "url", "elapsed_ms", "headers.", "body", "schema")


@dataclass(frozen=True, slots=True)
class StepParser:
    """Parses the steps of the cases of one file."""

    reader: Reader
    parts: SharedPartsMerger
    checks: CheckParser

    def steps(self, base: SharedParts, node: MappingNode) -> tuple[Step, ...]:
        """Parse the ``steps`` of a case."""
        for key in ("extract", "for_each", "repeat", "paginate"):
            if node.get(key) is not None:
                self.reader.problem(
                    "step-key", tr("有 steps 的用例,{key} 写在步骤里", key=key), "", node.span
                )
        steps: list[Step] = []
        for item in self.reader.sequence(node.get("steps"), "steps"):
            mapping = self.reader.mapping(item, tr("步骤"), STEP_KEYS)
            if mapping is not None:
                below = self.parts.merge_level(base, mapping, "step")
                name = self.name(mapping.get("name"), mapping.span, tr("步骤 {n}", n=len(steps) + 1))
                steps.append(self.step(below, mapping, name, node.get("retry")))
        if not steps and not self.reader.problems:
            self.reader.problem("no-steps", tr("steps 是空的"), tr("至少写一步"), node.span)
        return tuple(steps)

    def name(self, node: Node | None, span: Span, default: str) -> Template:
        """Parse a name, which may hold references."""
        if node is None:
            return Constant(default, span)
        self.reader.text(node, "name")
        return compile_template(node, self.reader.report)

    def step(self, below: SharedParts, node: MappingNode, name: Template, retry: Node | None = None) -> Step:
        """Parse one step (or a case without steps); *below* has its request and checks already merged."""
        self.parts.refuse_two_bodies(below.request, node.span)
        walk = choose_walk(node.get("paginate"), dict(below.walks), self.reader)
        repeat = self._repeat(node.get("repeat"))
        each_reply, checks = self._checks(below, together=walk is not None or repeat > 1)
        if walk is not None and repeat > 1:
            self.reader.problem("two-loops", tr("repeat 与 paginate 不能写在一起"), tr("分成两步"), node.span)
        if walk is not None:
            self._addressed(walk, below.request, node.span)
        return Step(
            name,
            compile_template(below.request or MappingNode((), node.span), self.reader.report),
            checks,
            self.checks.extracts(node.get("extract")),
            node.span,
            self._retry(node.get("retry") or retry),
            each_reply,
            walk,
            repeat,
            self._for_each(node.get("for_each")),
        )

    def _checks(
        self, below: SharedParts, *, together: bool
    ) -> tuple[tuple[CheckNode, ...], tuple[CheckNode, ...]]:
        """Return the checks of each reply and those of all together; a single reply has only the second kind."""
        if not together:
            return (), self.checks.checks(below.validate)
        single, joint = _split(below.own)
        return self.checks.checks(merge_nodes(below.inherited, single)), self.checks.checks(joint)

    def _addressed(self, walk: Walk, request: Node | None, span: Span) -> None:
        for address in (walk.page, walk.size):
            node = request
            for name in address[:-1]:
                node = node.get(name) if isinstance(node, MappingNode) else None
            if not isinstance(node, MappingNode):
                self.reader.problem(
                    "walk-address",
                    tr("翻页要改的 {address} 不在请求里", address=".".join(address)),
                    tr("在 request 里写 json: {{pageNo: 1, pageSize: 10}}", x=""),
                    span,
                )

    def _repeat(self, node: Node | None) -> int:
        value = self.reader.number(node, "repeat", 2, MAX_REPEAT)
        if value is not None and value != int(value) and node is not None:
            self.reader.problem("not-a-number", tr("repeat 要写整数"), "", node.span)
        return int(value or 1)

    def _for_each(self, node: Node | None) -> ForEach | None:
        mapping = self.reader.mapping(node, "for_each")
        if mapping is None:
            return None
        if len(mapping.entries) != 1:
            self.reader.problem(
                "for-each",
                tr("for_each 写一个名字和一个列表"),
                tr("例如 for_each: {{type: '${{types}}'}}", x=""),
                mapping.span,
            )
            return None
        key, value = mapping.entries[0]
        if not is_name(key.value):
            self._bad_name(key)
        return ForEach(key.value, compile_template(value, self.reader.report), key.span)

    def _bad_name(self, key: KeyNode) -> None:
        self.reader.problem(
            "bad-name",
            tr("{name} 不能作变量名", name=key.value),
            tr("以字母或汉字开头,只含字母、汉字、数字、- 和 _"),
            key.span,
        )

    def _retry(self, node: Node | None) -> Retry | None:
        mapping = self.reader.mapping(node, "retry", ("attempts", "interval", "on"))
        if mapping is None:
            return None
        attempts = self.reader.number(mapping.get("attempts"), "attempts", 2, 10)
        interval = self.reader.number(mapping.get("interval"), "interval", 0, 60)
        on: list[int | str] = []
        for item in self.reader.sequence(mapping.get("on"), "on"):
            value = item.value if isinstance(item, ScalarNode) else None
            if value in _RETRY_ON or (isinstance(value, int) and 400 <= value <= 599):
                on.append(value)
            else:
                self.reader.problem(
                    "retry-on", tr("on 里只能写 timeout、connection 或 400 到 599 的状态码"), "", item.span
                )
        return Retry(int(attempts or 2), interval or 0, tuple(on) or (*_RETRY_ON, 502, 503))


def _split(node: Node | None) -> tuple[MappingNode | None, MappingNode | None]:
    """Divide checks into those that can only look at one reply and those of all replies together."""
    if not isinstance(node, MappingNode):
        return None, None
    single = tuple(entry for entry in node.entries if entry[0].value.startswith(_OF_ONE_REPLY))
    joint = tuple(entry for entry in node.entries if entry not in single)
    return MappingNode(single, node.span), MappingNode(joint, node.span)
