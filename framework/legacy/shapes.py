"""The shapes of old files: where in them the cases are, and what stands around a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode
from framework.legacy.import_context import ImportContext, first_member, members, text_of
from framework.legacy.requests import REQUEST_KEYS

_STEPS = ("teststeps", "test_steps", "steps")
_CHECKS = ("validate", "validation", "assert", "asserts", "validates", "check")
_WRAPPERS = ("test", "case", "testcase")
_SETTINGS = ("config", "case_common", "common")
_CASES = ("testCase", "test_case", "testCases", "testcases", "cases", "case_list")


@dataclass(frozen=True, slots=True)
class OldCase:
    """One case: its own members, and ``base``, the request that stands beside a group of cases. ``key``: the
    name it stands under, where it has one. ``steps``: of a case that sends several requests.
    """

    node: MappingNode
    name: str = ""
    key: KeyNode | None = None
    base: MappingNode | None = None
    steps: tuple[MappingNode, ...] = ()


@dataclass(frozen=True, slots=True)
class OldFile:
    """``settings``: what is said for all cases (HttpRunner's ``config``)."""

    cases: tuple[OldCase, ...]
    settings: MappingNode | None = None


def read_shape(top: Node, context: ImportContext) -> OldFile:
    """Return the cases of an old file; whatever is none is refused."""
    if isinstance(top, SequenceNode):
        settings = next(
            (
                item.get("config")
                for item in top.items
                if isinstance(item, MappingNode) and isinstance(item.get("config"), MappingNode)
            ),
            None,
        )
        cases = [case for item in top.items for case in _item(item, context)]
        return OldFile(tuple(cases), settings if isinstance(settings, MappingNode) else None)
    if isinstance(top, MappingNode):
        settings = next(
            (found for name in _SETTINGS if isinstance(found := top.get(name), MappingNode)), None
        )
        return OldFile(tuple(_mapping(top, settings, context)), settings)
    context.remark(top, tr("整个文件不是用例"), tr("旧的用例是列表或“键: 值”"))
    return OldFile(())


def _item(node: Node, context: ImportContext) -> Iterator[OldCase]:
    """Yield the cases of one item of a list."""
    if not isinstance(node, MappingNode):
        context.remark(node, tr("这一项不是用例"), tr("用例写成“键: 值”"))
    elif len(node.entries) == 1 and isinstance(inner := node.entries[0][1], MappingNode):
        key = node.entries[0][0]
        if key.value not in _SETTINGS:
            yield OldCase(inner, "" if key.value in _WRAPPERS else key.value, key)
    else:
        yield from _mapping(node, None, context)


def _mapping(node: MappingNode, settings: MappingNode | None, context: ImportContext) -> Iterator[OldCase]:
    steps = first_member(node, *_STEPS)
    base = first_member(node, "baseInfo", "base_info")
    listed = first_member(node, *_CASES)
    if isinstance(steps, SequenceNode):
        yield _flow(node, steps, settings, context)
    elif isinstance(listed, SequenceNode):
        yield from (
            OldCase(item, base=base if isinstance(base, MappingNode) else None)
            for item in listed.items
            if isinstance(item, MappingNode)
        )
    elif is_case(node):
        yield OldCase(node)
    else:
        for key, inner in node.entries:
            if isinstance(inner, MappingNode) and is_case(inner):
                yield OldCase(inner, key.value, key)
            elif key.value not in _SETTINGS:
                context.remark(key, tr("{key} 不是用例", key=key.value), tr("用例里有 request 或 url"))


def _flow(
    node: MappingNode, steps: SequenceNode, settings: MappingNode | None, context: ImportContext
) -> OldCase:
    kept = []
    for item in steps.items:
        inner = item.get("test") or item.get("step") if isinstance(item, MappingNode) else None
        step = inner if isinstance(inner, MappingNode) else item
        if isinstance(step, MappingNode) and is_case(step):
            kept.append(step)
        else:
            context.remark(
                item, tr("这一步不发请求,或引用了别的文件"), tr("把那个文件也转换过来,步骤抄到这里")
            )
    name = text_of(first_member(settings, "name")) if settings else ""
    return OldCase(node, name or text_of(first_member(node, "name")), steps=tuple(kept))


def is_case(node: MappingNode) -> bool:
    return node.get("request") is not None or node.get("url") is not None


def request_parts(node: MappingNode, base: MappingNode | None) -> list[MappingNode]:
    """Return the mappings that make up the request of a case, the weaker first."""
    request = node.get("request")
    parts = [_only_request(base)] if base else []
    return [*parts, request] if isinstance(request, MappingNode) else [*parts, _only_request(node)]


def _only_request(node: MappingNode) -> MappingNode:
    return MappingNode(tuple(entry for entry in node.entries if entry[0].value in REQUEST_KEYS), node.span)


def checks_node(node: MappingNode) -> Node | None:
    return first_member(node, *_CHECKS)


def used_keys(node: MappingNode) -> set[str]:
    """Return the members of a case that this reading takes care of."""
    request = set() if node.get("request") is not None else REQUEST_KEYS
    return {"request", *request, *_CHECKS, *_STEPS, *_SETTINGS, *_CASES, "baseInfo", "base_info"} & members(
        node
    ).keys()


def first_scalar(node: MappingNode, *names: str) -> ScalarNode | None:
    found = first_member(node, *names)
    return found if isinstance(found, ScalarNode) else None
