"""Merges the parts that each level shares with the levels below (rule 6 of the case language)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from framework.base.errors import did_you_mean
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import Definition, Step, Walk
from framework.cases.conditions import RunConditions, narrow_conditions
from framework.cases.merge import merge_nodes, remove_member
from framework.cases.reader import Reader
from framework.cases.request import REQUEST_KEYS
from framework.cases.variables import is_name, overlay_definitions, parse_definitions
from framework.cases.walks import parse_walks
from framework.cases.yaml.nodes import MappingNode, Node, ScalarNode

_ALLURE_KEYS = ("epic", "feature", "story", "severity", "owner", "links")
_TWO_BODIES = (("json", "data"), ("json", "files"), ("json", "body"), ("data", "body"), ("files", "body"))
_SEVERITIES = ("blocker", "critical", "normal", "minor", "trivial")


@dataclass(frozen=True, slots=True)
class SharedStep:
    """A step that cases can use by its name, as it is written."""

    name: str
    node: MappingNode
    span: Span


@dataclass(frozen=True, slots=True)
class SharedParts:
    """The parts in force at one level: a folder, a suite, a case or a step.

    ``inherited`` holds the checks of the levels above, ``own`` those of this level. ``setup`` and
    ``teardown`` are in the order in which they run.
    """

    request: Node | None = None
    inherited: Node | None = None
    own: Node | None = None
    allure: Node | None = None
    tags: tuple[str, ...] = ()
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    walks: Mapping[str, Walk] = field(default_factory=dict)
    conditions: RunConditions = field(default_factory=RunConditions)
    setup: tuple[Step, ...] = ()
    teardown: tuple[Step, ...] = ()
    shared_steps: Mapping[str, SharedStep] = field(default_factory=dict)
    fixtures: Mapping[str, Span] = field(default_factory=dict)
    read_only: bool = False

    @property
    def validate(self) -> Node | None:
        return merge_nodes(self.inherited, self.own)


def _innermost(own: bool | None, above: bool) -> bool:
    return above if own is None else own


class SharedPartsMerger:
    """Merges one level after the other and reports the mistakes in them."""

    def __init__(self, reader: Reader, declared_tags: Collection[str] | None) -> None:
        self.reader = reader
        self.declared_tags = declared_tags

    def merge_level(
        self, base: SharedParts, node: MappingNode, scope: str, *, validate: bool = True
    ) -> SharedParts:
        """Return the parts of the level that *node* describes, merged into those of the level above.

        If *validate* is false, the checks of *node* are left out. That is so for a case with steps, whose
        checks judge the whole case and no single reply.
        """
        reader = self.reader
        # ``without`` removes inherited members only, so it is applied before the own ones are merged in.
        request, inherited = self._apply_without(base.request, base.validate, node.get("without"))
        definitions, walks = base.definitions, base.walks
        if node.get("variables"):
            own_definitions = parse_definitions(node.get("variables"), scope, reader)
            definitions = overlay_definitions(definitions, own_definitions)
        if node.get("walks"):
            walks = {**walks, **parse_walks(node.get("walks"), reader)}
        return replace(
            base,
            request=merge_nodes(request, reader.mapping(node.get("request"), "request", REQUEST_KEYS)),
            inherited=inherited,
            own=reader.mapping(node.get("validate"), "validate") if validate else None,
            allure=merge_nodes(base.allure, reader.mapping(node.get("allure"), "allure", _ALLURE_KEYS)),
            tags=tuple(dict.fromkeys((*base.tags, *self.tags(node.get("tags"))))),
            definitions=definitions,
            walks=walks,
            conditions=narrow_conditions(base.conditions, node, reader),
            read_only=_innermost(reader.truth("read_only", node.get("read_only")), base.read_only),
            fixtures={**base.fixtures, **self._fixtures(node.get("fixtures"))},
        )

    def tags(self, node: Node | None) -> tuple[str, ...]:
        """Return the tags of one level; report those that are not declared."""
        if node is None:
            return ()
        tags = self.reader.literals(node, "tags")
        for tag in tags:
            if self.declared_tags is not None and tag not in self.declared_tags:
                how = did_you_mean(tag, self.declared_tags) or tr("在 pytest.ini 的 markers 里声明它")
                self.reader.problem("unknown-tag", tr("标签 {tag} 没有声明", tag=tag), how, node.span)
        return tags

    def _fixtures(self, node: Node | None) -> dict[str, Span]:
        """Return the pytest fixtures of one level. Each is a variable too, so its name must be one."""
        found: dict[str, Span] = {}
        items = (node,) if isinstance(node, ScalarNode) else self.reader.sequence(node, "fixtures")
        for item in items:
            name = self.reader.literal(item, "fixtures")
            if name and not (is_name(name) and name.isidentifier()):
                what = tr("{name} 不是 fixture 的名字", name=name)
                self.reader.problem("bad-name", what, tr("写 conftest.py 里那个函数的名字"), item.span)
            elif name:
                found[name] = item.span
        return found

    def _apply_without(
        self, request: Node | None, validate: Node | None, node: Node | None
    ) -> tuple[Node | None, Node | None]:
        for item in self.reader.sequence(node, "without"):
            text = self.reader.text(item, "without")
            if not text or not isinstance(item, ScalarNode):
                continue
            if text == "validate" or text.startswith("validate."):
                rest = text.removeprefix("validate").removeprefix(".")
                validate, problem = remove_member(validate, item, (rest,) if rest else ())
            else:
                request, problem = remove_member(request, item, tuple(text.split(".")))
            if problem:
                self.reader.report(problem)
        return request, validate

    def refuse_two_bodies(self, request: Node | None, span: Span) -> None:
        """Report a request that has more than one body; only the fields in ``data`` go with ``files``."""
        if not isinstance(request, MappingNode):
            return
        for one, other in _TWO_BODIES:
            if request.get(one) is not None and request.get(other) is not None:
                self.reader.problem(
                    "two-bodies",
                    tr("{one} 与 {other} 不能同时发送", one=one, other=other),
                    tr("不要共用的 {one} 就写 without: [{one}]", one=one),
                    span,
                )
                return

    def allure_labels(self, node: Node | None) -> dict[str, str | tuple[str, ...]]:
        """Return Allure's labels, each a list of texts."""
        labels: dict[str, str | tuple[str, ...]] = {}
        for key, value in node.entries if isinstance(node, MappingNode) else ():
            if key.value == "severity":
                self._severity(value)
            labels[key.value] = self.reader.texts(value, key.value)
        return labels

    def _severity(self, node: Node) -> None:
        text = self.reader.text(node, "severity")
        if text and text not in _SEVERITIES:
            how = did_you_mean(text, _SEVERITIES) or tr("可以写：{names}", names=tr("、").join(_SEVERITIES))
            self.reader.problem("bad-severity", tr("severity 不能是 {text}", text=text), how, node.span)
