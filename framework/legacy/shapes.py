"""Finds the cases in an old file; other harnesses have several layouts of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from framework.base.messages import tr
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode
from framework.legacy.import_context import ImportContext, first_member, members, text_of
from framework.legacy.requests import REQUEST_KEYS

_STEPS = ("teststeps", "test_steps", "steps")
_CHECKS = ("validate", "validation", "assert", "asserts", "validates", "check")
_WRAPPERS = ("test", "case", "testcase")
_SETTINGS = ("config", "case_common", "common")
_BASES = ("baseInfo", "base_info")
_CASES = ("testCase", "test_case", "testCases", "testcases", "cases", "case_list")


@dataclass(frozen=True, slots=True)
class OldCase:
    """One case of an old file.

    Attributes:
        node: the members of the case.
        name: the key of the case, if it is a name.
        key: the key of the case, if it has one.
        base: the request that a group of cases shares.
        steps: the steps of a case that sends several requests.
    """

    node: MappingNode
    name: str = ""
    key: KeyNode | None = None
    base: MappingNode | None = None
    steps: tuple[MappingNode, ...] = ()


@dataclass(frozen=True, slots=True)
class OldFile:
    """The cases of an old file; ``settings`` hold for all of them (HttpRunner's ``config``)."""

    cases: tuple[OldCase, ...]
    settings: MappingNode | None = None


def read_old_file(top: Node, context: ImportContext) -> OldFile:
    """Return the cases of an old file; anything that is not a case becomes a remark."""
    if isinstance(top, SequenceNode):
        configs = [item.get("config") for item in top.items if isinstance(item, MappingNode)]
        cases = [case for item in top.items for case in _cases_of_item(item, context)]
        return OldFile(tuple(cases), _first_mapping(configs))
    if isinstance(top, MappingNode):
        settings = _first_mapping(top.get(name) for name in _SETTINGS)
        return OldFile(tuple(_cases_of_mapping(top, settings, context)), settings)
    context.remark(top, tr("整个文件不是用例"), tr("旧的用例是列表或“键: 值”"))
    return OldFile(())


def _first_mapping(nodes: Iterable[Node | None]) -> MappingNode | None:
    return next((node for node in nodes if isinstance(node, MappingNode)), None)


def _cases_of_item(node: Node, context: ImportContext) -> Iterator[OldCase]:
    """Yield the cases of one item of a list."""
    if not isinstance(node, MappingNode):
        context.remark(node, tr("这一项不是用例"), tr("用例写成“键: 值”"))
    elif len(node.entries) == 1 and isinstance(inner := node.entries[0][1], MappingNode):
        key = node.entries[0][0]
        if key.value not in _SETTINGS:
            yield OldCase(inner, "" if key.value in _WRAPPERS else key.value, key)
    else:
        yield from _cases_of_mapping(node, None, context)


def _cases_of_mapping(
    node: MappingNode, settings: MappingNode | None, context: ImportContext
) -> Iterator[OldCase]:
    steps = first_member(node, *_STEPS)
    base = first_member(node, *_BASES)
    listed = first_member(node, *_CASES)
    if isinstance(steps, SequenceNode):
        yield _case_with_steps(node, steps, settings, context)
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


def _case_with_steps(
    node: MappingNode, steps: SequenceNode, settings: MappingNode | None, context: ImportContext
) -> OldCase:
    kept = []
    for item in steps.items:
        wrapped = item.get("test") or item.get("step") if isinstance(item, MappingNode) else None
        step = wrapped if isinstance(wrapped, MappingNode) else item
        if isinstance(step, MappingNode) and is_case(step):
            kept.append(step)
        else:
            context.remark(
                item, tr("这一步不发请求,或引用了别的文件"), tr("把那个文件也转换过来,步骤抄到这里")
            )
    name = text_of(first_member(settings, "name")) if settings else ""
    return OldCase(node, name or text_of(first_member(node, "name")), steps=tuple(kept))


def is_case(node: MappingNode) -> bool:
    """Return whether *node* sends a request."""
    return node.get("request") is not None or node.get("url") is not None


def request_parts(node: MappingNode, base: MappingNode | None) -> list[MappingNode]:
    """Return the mappings that make up the request of a case; a later one overrides an earlier one."""
    request = node.get("request")
    own = request if isinstance(request, MappingNode) else _request_members(node)
    return [_request_members(base), own] if base else [own]


def _request_members(node: MappingNode) -> MappingNode:
    return MappingNode(tuple(entry for entry in node.entries if entry[0].value in REQUEST_KEYS), node.span)


def checks_node(node: MappingNode) -> Node | None:
    """Return the assertions of a case, or None."""
    return first_member(node, *_CHECKS)


def used_keys(node: MappingNode) -> set[str]:
    """Return the keys of a case that the functions of this module read."""
    request = set() if node.get("request") is not None else REQUEST_KEYS
    read = {"request", *request, *_CHECKS, *_STEPS, *_SETTINGS, *_CASES, *_BASES}
    return read & members(node).keys()


def first_scalar(node: MappingNode, *names: str) -> ScalarNode | None:
    """Return the first of the members *names*, if it is a scalar."""
    found = first_member(node, *names)
    return found if isinstance(found, ScalarNode) else None
