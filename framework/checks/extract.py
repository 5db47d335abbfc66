"""Extracts: values that a step takes from its reply for the steps and checks after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from framework.base.jsonpath import Json, format_location
from framework.base.messages import tr
from framework.cases.case import Extract, HookKind
from framework.cases.request import MISSING
from framework.cases.template import Scope
from framework.checks.decode import CannotDecodeError, decode_value
from framework.checks.equality import identity
from framework.checks.locate import select_values, target_of
from framework.checks.outcome import type_kind
from framework.checks.result import CheckResult, Finding
from framework.checks.shown import short
from framework.checks.team_files import TeamFunction
from framework.http.exchange import Exchange


def extract(
    extracts: Sequence[Extract],
    exchange: Exchange | None,
    scope: Scope,
    hooks: Callable[[HookKind], Mapping[str, TeamFunction]] = lambda kind: {},
) -> tuple[dict[str, Json], tuple[CheckResult, ...]]:
    """Return the extracted values, and a failed result for each extract that found nothing.

    Raises:
        HookError: a decoder of the team raised, or did not return JSON.
    """
    values: dict[str, Json] = {}
    misses: list[CheckResult] = []
    for wanted in extracts:
        value, finding = _extract_one(wanted, exchange, scope, hooks)
        if finding is None:
            values[wanted.name] = value
        else:
            misses.append(
                CheckResult(tr("抽取 {name}", name=wanted.name), "failed", 0, (finding,), wanted.span)
            )
    return values, tuple(misses)


def gather(extracts: Sequence[Extract], rounds: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Gather the extracts of the rounds: lists one after another, single values into a list."""
    gathered: dict[str, Json] = {}
    for wanted in extracts:
        values = [found[wanted.name] for found in rounds if wanted.name in found]
        single = wanted.subject.singular and not wanted.distinct
        gathered[wanted.name] = values if single else [item for value in values for item in value]
    return gathered


def _extract_one(
    wanted: Extract,
    exchange: Exchange | None,
    scope: Scope,
    hooks: Callable[[HookKind], Mapping[str, TeamFunction]],
) -> tuple[Json, Finding | None]:
    selection = select_values(wanted.subject, target_of(exchange, scope))
    path, something = wanted.subject.text, tr("有值可以抽取")
    if selection.unrecorded:
        return None, Finding(path, something, tr("未记录"))
    if selection.problem or (not selection.values and (wanted.subject.singular or not selection.held)):
        return None, Finding(path, something, selection.problem or tr("路径没有选中任何值"), kind="missing")
    converted: list[Json] = []
    seen: set[object] = set()
    for located in selection.values:
        try:
            value = _decoded(located.value, wanted, hooks)
        except CannotDecodeError as error:
            readable = tr("可以解码：{names}", names=tr("、").join(wanted.decode))
            place = format_location(located.location)
            return None, Finding(place, readable, short(located.value), str(error), kind="value")
        value = _convert(value, wanted.convert)
        if value is MISSING:
            return None, Finding(
                format_location(located.location),
                tr("可以转换为 {kind}", kind=wanted.convert),
                short(located.value),
                kind="value" if isinstance(located.value, str) else type_kind(located.value),
            )
        mark = identity(value) if wanted.distinct else None
        if mark is None or mark not in seen:
            converted.append(value)
            seen.add(mark)
    if len(converted) > 1 and wanted.subject.row is not None and wanted.subject.row.repeats:
        return ", ".join(map(str, converted)), None  # RFC 9110, section 5.3
    return (converted[0] if wanted.subject.singular and not wanted.distinct else converted), None


def _decoded(value: Json, wanted: Extract, hooks: Callable[[HookKind], Mapping[str, TeamFunction]]) -> Json:
    if not wanted.decode:
        return value
    own = hooks("decoders")  # one of the same name takes the place of ours
    return decode_value(value, wanted.decode, own)


def _convert(value: Json, kind: str | None) -> Json:
    if kind is None or (kind == "text" and isinstance(value, str)):
        return value
    if kind == "text":
        return json.dumps(value, ensure_ascii=False)  # not shown but used, so neither shortened nor masked
    try:
        return int(value) if kind == "integer" else float(value)
    except (TypeError, ValueError):
        return MISSING
