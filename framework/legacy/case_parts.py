"""Converts the small parts of an old case: names, labels, variables, repetition."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.parse_steps import MAX_REPEAT
from framework.cases.variables import is_name
from framework.cases.yaml.nodes import MappingNode, ScalarNode
from framework.legacy.import_context import ImportContext, members, text_of, unused_name
from framework.legacy.old_yaml import walk_scalars
from framework.legacy.shapes import first_scalar
from framework.legacy.switches import reason_off

NAME_KEYS: Final = ("name", "case_name", "title", "detail")
EXTRACT_KEYS: Final = ("extract", "extract_list", "extractors")
_EXPORT_KEYS: Final = ("export", "output")
_LABEL_KEYS: Final = {
    "feature": "feature",
    "story": "story",
    "epic": "epic",
    "severity": "severity",
    "allureEpic": "epic",
    "allureFeature": "feature",
    "allureStory": "story",
    "owner": "owner",
}
"""The old key of a label, and the key of ours."""
_SEVERITIES: Final = ("blocker", "critical", "normal", "minor", "trivial")


def convert_labels(node: MappingNode, context: ImportContext) -> dict[str, Json]:
    """Return the labels for ``allure``."""
    labels: dict[str, Json] = {}
    for old, ours in _LABEL_KEYS.items():
        scalar = first_scalar(node, old)
        text = text_of(scalar)
        if not text or scalar is None:
            continue
        if ours == "severity" and text.lower() not in _SEVERITIES:
            context.remark(
                scalar,
                tr("severity {text}", text=text),
                tr("写 {names} 之一", names=tr("、").join(_SEVERITIES)),
            )
        elif ours not in labels:
            labels[ours] = text.lower() if ours == "severity" else text
            context.wrote(scalar, labels[ours])
    return labels


def convert_variables(node: MappingNode, context: ImportContext) -> dict[str, Json]:
    """Return the variables of the settings, a case or a step."""
    variables: dict[str, Json] = {}
    for key, value in members(node.get("variables")).values():
        if is_name(key.value):
            variables[key.value] = context.value(value)
        else:
            context.remark(
                key,
                tr("变量名 {name}", name=key.value),
                tr("以字母或汉字开头，只含字母、汉字、数字、- 和 _"),
            )
    context.define(variables)
    return variables


def add_step_variables(
    node: MappingNode, case: dict[str, Json], taken: Collection[str], context: ImportContext
) -> set[str]:
    """Put the variables of a step into the case; one whose name has another value already is renamed.

    Our steps have no variables of their own. The new names hold for the references of this step. *taken* are
    the names that mean something else in the case. Returns the names in the case.
    """
    own: dict[str, Json] = case.get("variables", {})
    renames: dict[str, str] = {}
    referenced = dict(context.referenced)
    for name, value in convert_variables(node, context).items():
        if name in taken or (name in own and not _is_same(own[name], value)):
            renames[name] = unused_name(name, {name, *taken, *own, *context.defined})
            context.define([renames[name]])
    if renames:
        # The variables of a step may refer to one another, so they are converted again with the new names.
        context.referenced = referenced
        context.renames = {**context.renames, **renames}
    converted = {renames.get(name, name): value for name, value in convert_variables(node, context).items()}
    if converted:
        case["variables"] = {**own, **converted}
    return set(converted)


def _is_same(first: Json, second: Json) -> bool:
    return type(first) is type(second) and first == second


def read_times(node: MappingNode, context: ImportContext, *, can_repeat: bool) -> int:
    """Return how often a request is sent; 1, after a remark, if the number cannot be carried over."""
    times = node.get("times")
    value = times.value if isinstance(times, ScalarNode) else None
    if times is None or value is None:
        return 1
    if value == 1 and not isinstance(value, bool):
        context.wrote(times)
        return 1
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and can_repeat and isinstance(value, int) and 1 < value <= MAX_REPEAT:
        context.wrote(times, value)
        return value
    how = tr("repeat 最多 {most} 次，写在没有 extract 的步骤里", most=MAX_REPEAT)
    context.remark(times, tr("times: {value}", value=value), how)
    return 1


def repeated_checks(checks: dict[str, Json]) -> dict[str, Json]:
    """Return checks for a request that is sent several times: their paths lead into every reply."""
    return {_in_every_reply(subject): matchers for subject, matchers in checks.items()}


def _in_every_reply(subject: str) -> str:
    return "$.replies[*]" + subject[1:] if subject == "$" or subject.startswith(("$.", "$[")) else subject


def add_description(
    node: MappingNode, case: dict[str, Json], around: tuple[MappingNode, ...], context: ImportContext
) -> None:
    """Add the description, the labels and the reason to skip, which may be given *around* the case."""
    if description := context.scalar_text(first_scalar(node, "description", "desc")):
        case["description"] = description
    is_settings = any(node is part for part in around)
    if not is_settings and (labels := convert_labels(node, context)):
        case["allure"] = {**case.get("allure", {}), **labels}
    reasons = [reason for part in (node, *around) if (reason := reason_off(part, context))]
    if reasons:
        case["skip"] = tr("；").join(dict.fromkeys(reasons))


def note_exports(node: MappingNode, context: ImportContext) -> None:
    """Note that the names of exported variables are carried over with their extracts."""
    for key in _EXPORT_KEYS:
        exported = node.get(key)
        for scalar in walk_scalars(exported) if exported is not None else ():
            if str(scalar.value) in context.defined:
                context.wrote(scalar, str(scalar.value))
