"""Finds the cases in an old file; other harnesses have several layouts of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

from framework.base.messages import tr
from framework.cases.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, to_plain
from framework.legacy.import_context import ImportContext, first_member
from framework.legacy.requests import REQUEST_KEYS, URL_KEYS, changes_request, is_method_entry

_STEPS = ("teststeps", "test_steps", "testSteps", "steps")
_CHECKS = ("validate", "validation", "assert", "asserts", "validates", "validators", "assertions", "check")
_WRAPPERS = ("test", "case", "testcase")
_SETTINGS = ("config", "case_common", "common")
_BASES = ("baseInfo", "base_info")
_PARAMETERS = ("parameters", "parametrize")
_CASES = ("testCase", "test_case", "testCases", "testcases", "cases", "case_list", "tests")


@dataclass(frozen=True, slots=True)
class OldCase:
    """One case of an old file.

    Attributes:
        node: the members of the case.
        name: the key of the case, if it is a name.
        base: the request that a group of cases shares.
        steps: the steps of a case that sends several requests.
        around: the mappings that the case is in; a switch there turns it off too.
    """

    node: MappingNode
    name: str = ""
    base: MappingNode | None = None
    steps: tuple[MappingNode, ...] = ()
    around: tuple[MappingNode, ...] = ()


@dataclass(frozen=True, slots=True)
class OldFile:
    """The cases of an old file; ``settings`` hold for all of them (HttpRunner's ``config``)."""

    cases: tuple[OldCase, ...]
    settings: MappingNode | None = None


def read_old_file(top: Node, context: ImportContext) -> OldFile:
    """Return the cases of an old file; anything that is not a case becomes a remark."""
    if isinstance(top, SequenceNode):
        configs = [item.get("config") for item in top.items if isinstance(item, MappingNode)]
        cases = [case for item in top.items for case in _cases_of_item(item, (), context)]
        return OldFile(tuple(cases), _first_mapping(configs))
    if isinstance(top, MappingNode):
        settings = _first_mapping(top.get(name) for name in _SETTINGS)
        cases = list(_cases_of_mapping(top, "", (), context))
        is_group = first_member(top, *_STEPS, *_CASES) is not None
        return OldFile(tuple(cases), settings or (top if is_group else None))
    context.remark(top, tr("整个文件不是用例"), tr("旧的用例是列表或“键: 值”"))
    return OldFile(())


def _first_mapping(nodes: Iterable[Node | None]) -> MappingNode | None:
    return next((node for node in nodes if isinstance(node, MappingNode)), None)


def _cases_of_item(node: Node, around: tuple[MappingNode, ...], context: ImportContext) -> Iterator[OldCase]:
    """Yield the cases of one item of a list."""
    if not isinstance(node, MappingNode):
        if to_plain(node) is not None:
            context.remark(node, tr("这一项不是用例"), tr("用例写成“键: 值”"))
    elif len(node.entries) == 1 and to_plain(node.entries[0][1]) is None:
        context.remark(
            node, tr("用例 {name} 是空的", name=node.entries[0][0].value), tr("用例里有 request 或 url")
        )
    elif len(node.entries) == 1 and isinstance(inner := node.entries[0][1], MappingNode):
        key = node.entries[0][0]
        if key.value not in _SETTINGS:
            name = "" if key.value in _WRAPPERS else key.value
            yield from _cases_of_mapping(inner, name, around, context)
    else:
        yield from _cases_of_mapping(node, "", around, context)


def _cases_of_mapping(
    node: MappingNode, name: str, around: tuple[MappingNode, ...], context: ImportContext
) -> Iterator[OldCase]:
    steps = first_member(node, *_STEPS)
    listed = first_member(node, *_CASES)
    if isinstance(steps, SequenceNode):
        yield OldCase(node, name, steps=tuple(_read_steps(steps, context)), around=around)
    elif isinstance(listed, SequenceNode):
        yield from _listed_cases(node, listed, (*around, node), context)
    elif isinstance(listed, MappingNode) and not is_case(node):
        yield from _cases_of_mapping(listed, name, (*around, node), context)
    elif is_case(node):
        yield OldCase(node, name, around=around)
    else:
        for key, inner in node.entries:
            if isinstance(inner, MappingNode) and (
                is_case(inner) or first_member(inner, *_STEPS) is not None
            ):
                inner_name = "" if key.value in _WRAPPERS else key.value
                yield from _cases_of_mapping(inner, inner_name, (*around, node), context)
            elif _has_cases(inner):
                yield from _listed_cases(node, inner, (*around, node), context)
            elif key.value not in _SETTINGS:
                context.hints[id(key)] = tr("用例里有 request 或 url")


def _has_cases(node: Node) -> TypeGuard[SequenceNode]:
    return isinstance(node, SequenceNode) and any(
        isinstance(item, MappingNode) and is_case(item) for item in node.items
    )


def _listed_cases(
    node: MappingNode, listed: SequenceNode, around: tuple[MappingNode, ...], context: ImportContext
) -> Iterator[OldCase]:
    base = first_member(node, *_BASES)
    if isinstance(base, MappingNode) and is_case(base):
        for item in listed.items:
            if isinstance(item, MappingNode):
                yield OldCase(item, base=base, around=(*around, base))
            else:
                yield from _cases_of_item(item, around, context)
    else:
        for item in listed.items:
            yield from _cases_of_item(item, around, context)


def _read_steps(steps: SequenceNode, context: ImportContext) -> Iterator[MappingNode]:
    for item in steps.items:
        wrapped = (item.get("test") or item.get("step")) if isinstance(item, MappingNode) else None
        step = wrapped if isinstance(wrapped, MappingNode) else item
        if isinstance(step, MappingNode) and is_case(step):
            yield step
        else:
            context.remark(
                item, tr("这一步不发请求，或引用了别的文件"), tr("把那个文件也转换过来，步骤抄到这里")
            )


def is_case(node: MappingNode) -> bool:
    """Return whether *node* sends a request."""
    return isinstance(node.get("request"), MappingNode) or first_scalar(node, *URL_KEYS) is not None


def request_parts(node: MappingNode, base: MappingNode | None) -> list[MappingNode]:
    """Return the mappings that make up the request of a case; a later one overrides an earlier one."""
    request = node.get("request")
    own = request if isinstance(request, MappingNode) else request_members(node)
    if base is None:
        return [own]
    inner = base.get("request")
    return [inner if isinstance(inner, MappingNode) else request_members(base), own]


def request_members(node: MappingNode, *without: str) -> MappingNode:
    """Return the members of a case, or of settings, that belong to its request."""
    names = REQUEST_KEYS - set(without)
    entries = (entry for entry in node.entries if entry[0].value in names or is_method_entry(*entry))
    return MappingNode(tuple(entries), node.span)


def unread_request_members(node: MappingNode) -> list[str]:
    """Return the members of a case or step that change its request and that nothing converts."""
    is_flat = not isinstance(node.get("request"), MappingNode)
    read = {*_PARAMETERS, *(REQUEST_KEYS if is_flat else ())}
    return [key.value for key, value in node.entries if key.value not in read and changes_request(key, value)]


def checks_node(node: MappingNode) -> Node | None:
    """Return the assertions of a case, or None."""
    return first_member(node, *_CHECKS)


def first_scalar(node: MappingNode, *names: str) -> ScalarNode | None:
    """Return the first of the members *names*, if it is a scalar."""
    found = first_member(node, *names)
    return found if isinstance(found, ScalarNode) else None
