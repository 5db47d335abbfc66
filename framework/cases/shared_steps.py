"""Steps that several cases share: ``shared_steps`` of a folder or suite, and ``use`` in a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from framework.base.errors import did_you_mean
from framework.base.messages import tr
from framework.cases.case import Definition, Step, Use
from framework.cases.merge import merge_nodes
from framework.cases.reader import Reader
from framework.cases.request import REQUEST_KEYS
from framework.cases.shared_parts import SharedParts, SharedPartsMerger, SharedStep
from framework.cases.traverse import names_in_step
from framework.cases.variables import is_name, parse_definitions
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode

USE_KEYS = ("use", "with")
_BESIDE_USE = ("name", *USE_KEYS, "read_only", "request", "validate", "extract", "for_each", "skip_unless")
_PATHS = ("$", "headers.", "cookies.")


def parse_shared_steps(node: Node | None, keys: tuple[str, ...], reader: Reader) -> dict[str, SharedStep]:
    """Parse ``shared_steps``: steps by name. Each is read where it is used, with the parts of that place."""
    mapping = reader.mapping(node, "shared_steps")
    found: dict[str, SharedStep] = {}
    for key, value in mapping.entries if mapping else ():
        if not is_name(key.value):
            what = tr("{name} 不能作共用步骤的名字", name=key.value)
            how = tr("以字母或汉字开头，只含字母、汉字、数字、- 和 _")
            reader.problem("bad-name", what, how, key.span)
            continue
        step = reader.mapping(value, tr("共用步骤"), keys)
        if step is not None:
            found[key.value] = SharedStep(key.value, step, key.span)
    return found


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """A step as it stands, with the shared one that it uses merged in."""

    parts: SharedParts
    node: MappingNode
    use: Use | None = None


@dataclass(frozen=True, slots=True)
class StepUser:
    """Puts shared steps in the place of the steps that use them."""

    reader: Reader
    parts: SharedPartsMerger

    def written(self, base: SharedParts, node: MappingNode, trail: tuple[str, ...] = ()) -> WrittenStep:
        """Return the step of *node*. *trail* has the shared steps that led here."""
        if node.get("use") is None:
            if node.get("with") is not None and node.get("call") is None:
                how = tr("写 use: 共用步骤的名字；整个用例的变量写在 variables 里")
                self.reader.problem("with-alone", tr("with 要与 use 写在一起"), how, node.span)
            return WrittenStep(self.parts.merge_level(base, node, "step"), node)
        shared = self._shared(base, node, trail)
        if shared is None:
            return WrittenStep(self.parts.merge_level(base, MappingNode((), node.span), "step"), node)
        self._refuse_other_keys(node)
        below = self.written(base, shared.node, (*trail, shared.name))
        return self._merged(below, shared, node)

    def _shared(self, base: SharedParts, node: MappingNode, trail: tuple[str, ...]) -> SharedStep | None:
        use = node.get("use")
        assert use is not None  # for mypy: the caller has looked
        name = self.reader.literal(use, "use")
        if not name:
            return None
        if name in trail:
            circle = " → ".join((*trail[trail.index(name) :], name))
            what = tr("共用步骤互相使用，没有尽头：{circle}", circle=circle)
            self.reader.problem("use-circle", what, tr("让其中一个不再 use 别的步骤"), use.span)
            return None
        if name not in base.shared_steps:
            known = base.shared_steps
            how = did_you_mean(name, known) or tr("在套件或 _shared.yaml 的 shared_steps 里声明它")
            self.reader.problem("unknown-step", tr("没有叫 {name} 的共用步骤", name=name), how, use.span)
        return base.shared_steps.get(name)

    def _refuse_other_keys(self, node: MappingNode) -> None:
        for key, _ in node.entries:
            if key.value not in _BESIDE_USE:
                what = tr("{key} 不能与 use 写在一起", key=key.value)
                how = tr("写在共用步骤里；use 旁边可以写：{names}", names=tr("、").join(_BESIDE_USE))
                self.reader.problem("beside-use", what, how, key.span)

    def _merged(self, below: WrittenStep, shared: SharedStep, node: MappingNode) -> WrittenStep:
        """Return the shared step with the keys of *node* beside ``use``."""
        request = self.reader.mapping(node.get("request"), "request", REQUEST_KEYS)
        validate = self.reader.mapping(node.get("validate"), "validate")
        parts = replace(
            below.parts,
            request=merge_nodes(below.parts.request, request),
            own=merge_nodes(below.parts.own, validate),
            read_only=_either(self.reader.truth("read_only", node.get("read_only")), below.parts.read_only),
        )
        given = parse_definitions(node.get("with"), "with", self.reader)
        own_extracts, renamed = self._extracts(below, shared, node)
        if node.get("for_each") is not None and below.node.get("for_each") is not None:
            what = tr("共用步骤 {name} 已经有 for_each", name=shared.name)
            self.reader.problem("two-loops", what, tr("只在一处写 for_each"), node.span)
        inner = below.use
        use = Use(
            shared.name,
            (node.get("use") or node).span,
            (given, *(inner.given if inner else ())),
            _composed(inner.renamed if inner else {}, renamed),
            node.get("for_each") is not None or (inner is not None and inner.loops),
        )
        entries = {key.value: (key, value) for key, value in below.node.entries}
        for key, value in node.entries:
            if key.value in ("name", "for_each", "skip_unless"):
                entries[key.value] = (key, value)
        if own_extracts is not None:
            entries["extract"] = (KeyNode("extract", own_extracts.span), own_extracts)
        return WrittenStep(parts, MappingNode(tuple(entries.values()), node.span), use)

    def _extracts(
        self, below: WrittenStep, shared: SharedStep, node: MappingNode
    ) -> tuple[MappingNode | None, dict[str, str]]:
        """Return the extracts of both, and the new names of the shared ones by their old ones."""
        own = self.reader.mapping(node.get("extract"), "extract")
        there = below.node.get("extract")
        names = {key.value for key, _ in there.entries} if isinstance(there, MappingNode) else set()
        if below.use is not None:
            names = {below.use.renamed.get(name, name) for name in names}
        added: list[tuple[KeyNode, Node]] = []
        renamed: dict[str, str] = {}
        for key, value in own.entries if own else ():
            if not isinstance(value, ScalarNode) or str(value.value).startswith(_PATHS):
                added.append((key, value))
            elif value.value in names and is_name(key.value):
                renamed[str(value.value)] = key.value
            else:
                what = tr("共用步骤 {name} 不抽取 {text}", name=shared.name, text=value.value)
                how = tr("写成 新名字: 它抽取的名字，或 名字: $.路径")
                how = did_you_mean(str(value.value), names) or how
                self.reader.problem("unknown-extract", what, how, value.span)
                self.reader.refused_names.add(key.value)
        if not added:
            return there if isinstance(there, MappingNode) else None, renamed
        merged = merge_nodes(there, MappingNode(tuple(added), (own or node).span))
        return merged if isinstance(merged, MappingNode) else None, renamed

    def report_unused(self, step: Step, node: MappingNode) -> None:
        """Report the variables of ``with`` that the shared step does not use: most likely misspelt."""
        if step.use is None or not isinstance(node.get("with"), MappingNode):
            return
        used = names_in_step(step)
        for name, definition in step.use.given[0].items():
            if name not in used:
                what = tr("共用步骤 {step} 没有用到 {name}", step=step.use.name, name=name)
                how = did_you_mean(name, used) or tr("删去它")
                self.reader.problem("unused-with", what, how, definition.span or step.span)


def _either(own: bool | None, shared: bool) -> bool:
    return shared if own is None else own


def _composed(inner: Mapping[str, str], outer: Mapping[str, str]) -> dict[str, str]:
    """Return the renaming that does *inner* first, then *outer*."""
    names = {old: outer.get(new, new) for old, new in inner.items()}
    return {**{old: new for old, new in outer.items() if old not in inner.values()}, **names}


def given_names(use: Use | None) -> dict[str, Definition]:
    """Return the variables that ``with`` gives a step, also through other shared steps."""
    return {name: definition for layer in (use.given if use else ()) for name, definition in layer.items()}
