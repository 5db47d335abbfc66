"""Parses steps: the request, its checks and extracts, and the loops over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import CheckNode, ForEach, HookCall, Phase, Retry, Step, WaitFor, Walk
from framework.cases.hook_names import HookNames
from framework.cases.merge import merge_nodes
from framework.cases.parse_checks import CheckParser
from framework.cases.parse_extracts import ExtractParser
from framework.cases.parse_skip_unless import parse_skip_unless
from framework.cases.parse_subjects import REDIRECTS
from framework.cases.read_only import SAFE_METHODS, constant_method
from framework.cases.reader import Reader
from framework.cases.request_constants import report_unsendable_constants
from framework.cases.shared_parts import SharedParts, SharedPartsMerger
from framework.cases.shared_steps import USE_KEYS, StepUser
from framework.cases.subjects import SUBJECTS
from framework.cases.template import Constant, Template, compile_template
from framework.cases.upload import FindFile, report_body, report_files
from framework.cases.variables import is_name
from framework.cases.walks import choose_walk
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode

_LOOPS = ("for_each", "repeat", "paginate", "wait_for")
STEP_KEYS = (
    "name",
    "request",
    "without",
    "validate",
    "extract",
    "retry",
    "call",
    "read_only",
    "skip_unless",
    *_LOOPS,
    *USE_KEYS,
)
_NOT_BESIDE_CALL = ("request", "without", "retry", "repeat", "paginate", "wait_for", "skip_unless")
MAX_REPEAT = 100
MAX_WAIT = 600
"""Seconds that ``wait_for`` may take."""
_RETRY_ON = ("timeout", "connection")
_LIST_KEYS: dict[Phase, str] = {"setup": "setup", "call": "steps", "teardown": "teardown"}
_SINGLE_REPLY_SUBJECTS = (*SUBJECTS, "schema", REDIRECTS)


@dataclass(frozen=True, slots=True)
class StepParser:
    """Parses the steps of the cases of one file."""

    reader: Reader
    parts: SharedPartsMerger
    checks: CheckParser
    extracts: ExtractParser
    hooks: HookNames
    find_file: FindFile | None = None

    def steps(self, base: SharedParts, node: MappingNode) -> tuple[Step, ...]:
        """Parse the ``steps`` of a case."""
        for key in ("extract", "skip_unless", *_LOOPS):
            if node.get(key) is not None:
                self.reader.problem(
                    "step-key", tr("有 steps 的用例，{key} 写在步骤里", key=key), "", node.span
                )
        steps = self._list(base, node.get("steps"), "call", node.get("retry"))
        if not steps and not self.reader.problems:
            self.reader.problem("no-steps", tr("steps 是空的"), tr("至少写一步"), node.span)
        return steps

    def around(self, base: SharedParts, node: MappingNode, phase: Phase) -> tuple[Step, ...]:
        """Parse the ``setup`` or ``teardown`` of one level, whose steps get the parts of *base*."""
        return self._list(base, node.get(phase), phase)

    def _list(
        self, base: SharedParts, node: Node | None, phase: Phase, retry: Node | None = None
    ) -> tuple[Step, ...]:
        steps: list[Step] = []
        for item in self.reader.sequence(node, _LIST_KEYS[phase]):
            mapping = self.reader.mapping(item, tr("步骤"), STEP_KEYS)
            if mapping is not None:
                default_name = tr("步骤 {n}", n=len(steps) + 1)
                steps.append(self._written(base, mapping, default_name, retry, phase))
        return tuple(steps)

    def _written(
        self, base: SharedParts, node: MappingNode, default_name: str, retry: Node | None, phase: Phase
    ) -> Step:
        """Parse a step of a list, which may use a shared one."""
        user = StepUser(self.reader, self.parts)
        written = user.written(base, node)
        if written.use is not None:
            default_name = written.use.name
        name = self.name(written.node.get("name"), node.span, default_name)
        step = self.step(written.parts, written.node, name, retry)
        step = replace(step, phase=phase, use=written.use)
        user.report_unused(step, node)
        return step

    def name(self, node: Node | None, span: Span, default: str) -> Template:
        """Parse a name, which may hold references."""
        if node is None:
            return Constant(default, span)
        self.reader.text(node, "name")
        return compile_template(node, self.reader.report)

    def step(self, shared: SharedParts, node: MappingNode, name: Template, retry: Node | None = None) -> Step:
        """Parse one step, or a case without steps, whose *shared* parts are merged already.

        *retry* is used if the step has no ``retry`` of its own.
        """
        if node.get("call") is not None:
            return self._call(shared, node, name)
        self.parts.refuse_two_bodies(shared.request, node.span)
        self._check_signer(shared.request)
        if isinstance(shared.request, MappingNode):
            report_files(shared.request.get("files"), self.reader, self.find_file)
            report_body(shared.request.get("body"), self.reader, self.find_file)
        walk = choose_walk(node.get("paginate"), dict(shared.walks), self.reader)
        repeat = self._repeat(node.get("repeat"))
        each_reply, checks = self._checks(shared, together=walk is not None or repeat > 1)
        self._refuse_two_loops(node)
        if walk is not None:
            self._check_walk_addresses(walk, shared.request, node.span)
        request = compile_template(shared.request or MappingNode((), node.span), self.reader.report)
        report_unsendable_constants(shared.request, request, self.reader.report)
        self._refuse_sending_again(node, retry, request, shared)
        return Step(
            name,
            request,
            checks,
            self.extracts.extracts(node.get("extract")),
            node.span,
            self._retry(node.get("retry") or retry),
            each_reply,
            walk,
            repeat,
            self._for_each(node.get("for_each")),
            self._wait_for(node.get("wait_for")),
            parse_skip_unless(node.get("skip_unless"), self.reader, self.checks),
            read_only=shared.read_only,
        )

    def _refuse_sending_again(
        self, node: MappingNode, retry: Node | None, request: Template, shared: SharedParts
    ) -> None:
        """Report a request that may change something and would be sent again after an unknown outcome."""
        method = constant_method(request)
        if shared.read_only or not method or method in SAFE_METHODS:
            return
        for key, value in (("retry", node.get("retry") or retry), ("wait_for", node.get("wait_for"))):
            if value is not None:
                what = tr("{key} 会再次发送 {method} 请求，而它可能改变数据", key=key, method=method)
                how = tr("重发什么也不改变就写 read_only: true，否则去掉 {key}", key=key)
                self.reader.problem("sends-again", what, how, value.span)

    def _call(self, shared: SharedParts, node: MappingNode, name: Template) -> Step:
        """Parse a step that calls a function. The shared request does not apply to it."""
        for key in _NOT_BESIDE_CALL:
            if node.get(key) is not None:
                what = tr("{first} 与 {second} 不能写在一起", first="call", second=key)
                self.reader.problem("beside-call", what, tr("call 不发送请求"), node.span)
        call = node.get("call")
        assert call is not None  # for mypy: the caller has looked
        given = self.reader.mapping(node.get("with"), "with") or MappingNode((), node.span)
        function = self.hooks.read("functions", call, "call")
        if function:
            names = [key.value for key, _ in given.entries]
            self.hooks.check_arguments("functions", function, names, call)
        self._refuse_parts_of_replies(shared.own)
        return Step(
            name,
            Constant({}, node.span),
            self.checks.checks(shared.own),
            self.extracts.extracts(node.get("extract")),
            node.span,
            for_each=self._for_each(node.get("for_each")),
            call=HookCall(function, compile_template(given, self.reader.report), call.span),
            read_only=shared.read_only,
        )

    def _refuse_parts_of_replies(self, checks: Node | None) -> None:
        for key, _ in checks.entries if isinstance(checks, MappingNode) else ():
            if key.value.startswith(tuple(SUBJECTS)):
                what = tr("call 没有 HTTP 答复，不能检查 {subject}", subject=key.value)
                self.reader.problem("beside-call", what, tr("函数返回的 JSON 是 $"), key.span)

    def _check_signer(self, request: Node | None) -> None:
        signer = request.get("auth") if isinstance(request, MappingNode) else None
        if signer is not None and not (isinstance(signer, ScalarNode) and signer.value is None):
            self.hooks.read("signers", signer, "auth")

    def _refuse_two_loops(self, node: MappingNode) -> None:
        """Report two loops in one step: "all replies together" would be ambiguous."""
        loops = [key for key in ("repeat", "paginate", "wait_for") if node.get(key) is not None]
        if len(loops) > 1:
            what = tr("{first} 与 {second} 不能写在一起", first=loops[0], second=loops[1])
            self.reader.problem("two-loops", what, tr("分成两步"), node.span)

    def _checks(
        self, shared: SharedParts, *, together: bool
    ) -> tuple[tuple[CheckNode, ...], tuple[CheckNode, ...]]:
        """Return the checks of each single reply, and the checks of all replies *together*.

        A step with one reply has only the second kind.
        """
        if not together:
            return (), self.checks.checks(shared.validate)
        # Checks of the levels above were written for ordinary requests, so they judge each reply.
        single, joint = _split_checks(shared.own)
        return self.checks.checks(merge_nodes(shared.inherited, single)), self.checks.checks(joint)

    def _check_walk_addresses(self, walk: Walk, request: Node | None, span: Span) -> None:
        """Report an address of the walk whose parent is not in the request.

        The last name of an address may be missing, because the walk adds it.
        """
        for address in filter(None, (walk.position, walk.size)):
            node = request
            for name in address[:-1]:
                node = node.get(name) if isinstance(node, MappingNode) else None
            if isinstance(node, MappingNode):
                self._refuse_similar_name(address, node, span)
            elif len(address) != 2 or address[0] != "params":  # a query that has none yet gets one
                self.reader.problem(
                    "walk-address",
                    tr("翻页要改的 {address} 不在请求里", address=".".join(address)),
                    tr("在 request 里写 json: {pageNo: 1, pageSize: 10}"),
                    span,
                )

    def _refuse_similar_name(self, address: tuple[str, ...], node: MappingNode, span: Span) -> None:
        """Report an address that the walk would add beside a member that is most likely meant."""
        names = [key.value for key, _ in node.entries]
        near = [] if address[-1] in names else get_close_matches(address[-1], names, n=1, cutoff=0.8)
        if near:
            what = tr(
                "翻页要改的 {address} 不在请求里，那里有 {near}", address=".".join(address), near=near[0]
            )
            self.reader.problem("walk-address", what, tr("walks 里写请求用的名字"), span)

    def _repeat(self, node: Node | None) -> int:
        value = self.reader.number(node, "repeat", 2, MAX_REPEAT)
        if value is not None and value != int(value) and node is not None:
            self.reader.problem("not-a-number", tr("repeat 要写整数"), "", node.span)
        return int(value or 1)

    def _wait_for(self, node: Node | None) -> WaitFor | None:
        mapping = self.reader.mapping(node, "wait_for", ("until", "timeout", "interval"))
        if mapping is None:
            return None
        timeout = self.reader.number(mapping.get("timeout"), "timeout", 0.1, MAX_WAIT)
        interval = self.reader.number(mapping.get("interval"), "interval", 0.1, 60)
        checks = self.reader.mapping(mapping.get("until"), "until")
        until = self.checks.checks(checks)
        if mapping.get("until") is None or (checks is not None and not checks.entries):
            how = tr("例如 wait_for: {until: {$.data.state: DONE}, timeout: 30, interval: 1}")
            self.reader.problem("no-until", tr("wait_for 缺 until：等到什么成立"), how, mapping.span)
        return WaitFor(until, timeout or 30, interval or 1, mapping.span)

    def _for_each(self, node: Node | None) -> ForEach | None:
        mapping = self.reader.mapping(node, "for_each")
        if mapping is None:
            return None
        if len(mapping.entries) != 1:
            self.reader.problem(
                "for-each",
                tr("for_each 写一个名字和一个列表"),
                tr("例如 for_each: {type: '${types}'}"),
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
            tr("以字母或汉字开头，只含字母、汉字、数字、- 和 _"),
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


def _split_checks(node: Node | None) -> tuple[MappingNode | None, MappingNode | None]:
    """Split checks into those that only fit a single reply and those of all replies together."""
    if not isinstance(node, MappingNode):
        return None, None
    single = tuple(entry for entry in node.entries if entry[0].value.startswith(_SINGLE_REPLY_SUBJECTS))
    joint = tuple(entry for entry in node.entries if entry not in single)
    return MappingNode(single, node.span), MappingNode(joint, node.span)
