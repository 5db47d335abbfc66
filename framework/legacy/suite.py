"""An old file as a whole to one of our suites, as text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Source
from framework.cases.parametrize import MAX_ID
from framework.cases.variables import is_name
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, to_plain
from framework.cases.yaml.pyyaml import dump
from framework.legacy.checks import Checks
from framework.legacy.extracts import extracts_of
from framework.legacy.import_context import ImportContext, first_member, members, text_of
from framework.legacy.parameters import rows_of
from framework.legacy.requests import request_of
from framework.legacy.shapes import OldCase, checks_node, first_scalar, read_shape, request_parts, used_keys

_NOT_IN_ID = re.compile(r"[^\w.+-]+")
_NAMES = ("name", "case_name", "title", "detail")
_EXTRACTS = ("extract", "extract_list", "extractors")
_LABELS = {
    "feature": "feature",
    "story": "story",
    "epic": "epic",
    "severity": "severity",
    "allureEpic": "epic",
    "allureFeature": "feature",
    "allureStory": "story",
    "owner": "owner",
}
_KEPT = {
    *_NAMES,
    *_EXTRACTS,
    *_LABELS,
    "id",
    "case_id",
    "description",
    "desc",
    "variables",
    "parameters",
    "parametrize",
    "times",
    "skip",
    "is_run",
    "api_name",
    "base_url",
    "verify",
    "export",
    "output",
}
_DEFAULT_CHECK: dict[str, Json] = {"status_code": {"between": [200, 299]}}
_SEVERITIES = ("blocker", "critical", "normal", "minor", "trivial")
MODELINE = "# yaml-language-server: $schema=../../schemas/case.schema.json\n"


@dataclass(frozen=True, slots=True)
class Imported:
    """The new text, what was not carried over, what deserves a look."""

    text: str
    cases: int
    remarks: tuple[Problem, ...]
    reviews: tuple[Problem, ...]


def import_suite(source: Source, known: Collection[str] = (), quoted: Collection[str] = ()) -> Imported:
    """Convert an old file; *known*: variables that the environments define; *quoted*: words that must stand
    in quotes.

    Raises:
        CaseFileError: the text is not YAML.
    """
    writer = _Writer(ImportContext(), frozenset(known))
    document, count = writer.suite(parse_yaml(source, lenient=True), source.name)
    text = MODELINE + re.sub(r"\n(?=  - id: )", "\n\n", dump(document, quoted)).replace(
        "cases:\n\n", "cases:\n"
    )
    return Imported(
        text, count, tuple(_in_order(writer.context.remarks)), tuple(_in_order(writer.context.reviews))
    )


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(
        dict.fromkeys(problems),
        key=lambda problem: (problem.span.line, problem.span.column) if problem.span else (0, 0),
    )


@dataclass
class _Writer:
    context: ImportContext
    known: frozenset[str]
    ids: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    def suite(self, top: Node, name: str) -> tuple[dict[str, Json], int]:
        old = read_shape(top, self.context)
        settings = old.settings
        shared = self._variables(settings) if settings else {}
        for case in old.cases:
            for part in (case.node, *case.steps):
                self.elsewhere |= {key for names in _EXTRACTS for key in members(part.get(names))}
                self.context.define(
                    {*self.elsewhere, *members(part.get("variables")), *members(part.get("parameters"))}
                )
        stem = re.sub(r"\.ya?ml\Z", "", name.rsplit("/", 1)[-1])
        document: dict[str, Json] = {
            "suite": (text_of(first_scalar(settings, *_NAMES)) if settings else "") or stem
        }
        if labels := self._labels(settings):
            document["allure"] = labels
        if shared:
            document["variables"] = shared
        base = text_of(first_scalar(settings, "base_url", "host")) if settings else ""
        verify = first_scalar(settings, "verify") if settings else None
        if verify is not None:
            document["request"] = {"verify": verify.value is not False}
        cases = [self._case(case, set(shared), base) for case in old.cases]
        document["cases"] = cases
        return document, len(cases)

    def _case(self, old: OldCase, given: set[str], base: str) -> dict[str, Json]:
        """Return one case; what nobody gives a value is required of the environment, so that it is skipped by
        name until then.
        """
        self.context.referenced = {}
        node = old.node
        name = (
            text_of(first_scalar(node, *_NAMES))
            or old.name
            or text_of(first_scalar(old.base, "api_name") if old.base else None)
        )
        made: dict[str, Json] = {
            "id": self._id(text_of(first_scalar(node, "id", "case_id")) or old.name or name)
        }
        if name:
            made["name"] = self.context.text(name, node)
        self._about(node, made)
        own = self._variables(node)
        if own:
            made["variables"] = own
        columns = rows_of(first_member(node, "parameters", "parametrize"), made, self.context)
        values = given | set(own) | columns
        if old.steps:
            made["steps"] = self._steps(old.steps, values, base, made)
        else:
            made |= self._work(node, request_parts(node, old.base), base, made["id"])
            self._require({name for name in self.context.referenced if name not in values}, made)
        self._leftovers(node, old)
        return made

    def _steps(
        self, steps: tuple[MappingNode, ...], values: set[str], base: str, made: dict[str, Json]
    ) -> list[Json]:
        done: list[Json] = []
        for step in steps:
            self.context.referenced = {}
            own = self._variables(step)
            if own:
                made["variables"] = {**made.get("variables", {}), **own}
                values = values | set(own)
            work = self._work(step, request_parts(step, None), base, text_of(first_scalar(step, *_NAMES)))
            self._require({name for name in self.context.referenced if name not in values}, made)
            values = values | set(work.get("extract", {}))
            done.append(
                {
                    "name": self.context.text(
                        text_of(first_scalar(step, *_NAMES)) or tr("步骤 {n}", n=len(done) + 1), step
                    ),
                    **work,
                }
            )
            self._leftovers(step, None)
        return done

    def _work(self, node: MappingNode, parts: list[MappingNode], base: str, name: str) -> dict[str, Json]:
        made: dict[str, Json] = {}
        if request := request_of(parts, self.context, base):
            made["request"] = request
        checks = Checks(self.context)
        checks.take(checks_node(node))
        if not checks.found:
            self.context.review(
                node, tr("{name} 没有能失败的断言,只检查了状态码 2xx", name=name), tr("写明答复里要有什么")
            )
        made["validate"] = checks.ours() or _DEFAULT_CHECK
        extract: dict[str, str] = {}
        for names in _EXTRACTS:
            extract |= extracts_of(node.get(names), self.context)
        if extract:
            made["extract"] = extract
        return made

    def _require(self, names: set[str], made: dict[str, Json]) -> None:
        for name in sorted(names - self.known):
            node = self.context.referenced[name]
            if name in self.elsewhere:
                self.context.remark(
                    node,
                    tr("变量 {name} 由另一个用例抽取,用例之间不传值", name=name),
                    tr("把两个用例写成一个用例的 steps"),
                )
            else:
                self.context.review(
                    node,
                    tr("变量 {name} 没有值,用例会按名字跳过", name=name),
                    tr("写进 variables 或 environments.yaml,再删去 requires"),
                )
            made["requires"] = [
                *made.get("requires", []),
                *([name] if name not in made.get("requires", []) else []),
            ]

    def _variables(self, node: MappingNode) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for key, value in members(node.get("variables")).values():
            if is_name(key.value):
                found[key.value] = self.context.value(value)
            else:
                self.context.remark(
                    key,
                    tr("变量名 {name}", name=key.value),
                    tr("以字母或汉字开头,只含字母、汉字、数字、- 和 _"),
                )
        self.context.define(found)
        return found

    def _about(self, node: MappingNode, made: dict[str, Json]) -> None:
        description = text_of(first_scalar(node, "description", "desc"))
        if description:
            made["description"] = description
        if labels := self._labels(node):
            made["allure"] = labels
        skip, runs = first_scalar(node, "skip"), first_scalar(node, "is_run")
        if skip is not None and skip.value not in (False, "", "false"):
            made["skip"] = (
                str(skip.value)
                if isinstance(skip.value, str) and skip.value.lower() != "true"
                else tr("旧用例标为跳过,没有写原因")
            )
        elif runs is not None and runs.value is False:
            made["skip"] = tr("旧用例标为不运行")
        times = first_scalar(node, "times")
        if times is not None and "steps" in used_keys(node) | {
            name for name in ("teststeps", "test_steps") if node.get(name)
        }:
            self.context.remark(times, tr("times"), tr("在步骤里写 repeat"))
        elif times is not None and isinstance(times.value, int) and times.value > 1:
            made["repeat"] = min(times.value, 100)

    def _labels(self, node: MappingNode | None) -> dict[str, Json]:
        labels: dict[str, Json] = {}
        for old, ours in _LABELS.items():
            text = text_of(first_scalar(node, old)) if node else ""
            if ours == "severity" and text and text not in _SEVERITIES:
                continue
            if text:
                labels.setdefault(ours, text)
        return labels

    def _id(self, wanted: str) -> str:
        base = _NOT_IN_ID.sub("-", wanted).strip("-")[: MAX_ID - 4] or "case"
        made = next(
            name for n in range(1, 10_000) if (name := base if n == 1 else f"{base}-{n}") not in self.ids
        )
        self.ids.add(made)
        return made

    def _leftovers(self, node: MappingNode, old: OldCase | None) -> None:
        """Name each member that nobody took."""
        for key, value in node.entries:
            if key.value not in _KEPT and key.value not in used_keys(node) and not _says_nothing(value):
                self.context.remark(
                    key, tr("{key}", key=key.value), tr(_LEFT.get(key.value, "用例里没有它的位置"))
                )


def _says_nothing(node: Node) -> bool:
    value = to_plain(node)
    return (
        value is None
        or value is False
        or value in ("", [], {})
        or (isinstance(node, (MappingNode, SequenceNode)) and not value)
        or (isinstance(node, ScalarNode) and value == "None")
    )


_LEFT = {
    "setup_hooks": "用例里不执行代码;先发的请求写成 steps 的前一步",
    "teardown_hooks": "用例里不执行代码;之后的请求写成 steps 的后一步",
    "setup": "用例里不执行代码;先发的请求写成 steps 的前一步",
    "teardown": "用例里不执行代码;之后的请求写成 steps 的后一步",
    "sql": "只检查接口的答复,不连数据库",
    "setup_sql": "只检查接口的答复,不连数据库",
    "teardown_sql": "只检查接口的答复,不连数据库",
    "sleep": "等待写成 retry: {attempts: 3, interval: 1, on: [502]}",
    "dependence_case": "依赖的用例写成 steps 的前一步",
    "dependence_case_data": "依赖的用例写成 steps 的前一步",
    "skipIf": "写成 only_in 或 requires",
    "skipUnless": "写成 only_in 或 requires",
    "tags": "先在 pytest.ini 的 markers 里声明,再写 tags",
    "mark": "先在 pytest.ini 的 markers 里声明,再写 tags",
    "testcase": "把引用的用例也转换过来",
    "api": "把引用的请求抄到这里",
    "files": "上传文件还不支持",
}
