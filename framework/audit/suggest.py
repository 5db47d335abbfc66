"""Suggests a line of YAML that notices a fault.

Candidates are tried from the general to the particular. The first line that passes on the recorded reply and
fails on the mutated one, in the same evaluation as a real run, is suggested.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from framework.audit.faults import Fault, Recording, edits_of, mutant_of
from framework.audit.mutations import Mutation
from framework.audit.places import path_text, site_at
from framework.audit.texts import is_prose
from framework.audit.transport import ReplyMutation, is_stale, with_bytes
from framework.audit.walks import WalkMutation
from framework.base.errors import HarnessError
from framework.base.jsonpath import Json, Location
from framework.base.source import Source
from framework.cases.case import Check, CheckNode, MatcherCall
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.template import Constant, Scope
from framework.cases.yaml.compose import parse_yaml
from framework.checks.context import EvaluationContext
from framework.checks.equality import identity
from framework.checks.evaluate import evaluate
from framework.checks.matchers import MATCHERS
from framework.http.exchange import Exchange

_PLAIN_KEY = re.compile(r"[\w$.\[\]*-]+")
_MAX_CHOICES = 6
_MAX_TEXT = 120
_MAX_ITEMS = 60
_CONTEXT = 20


def suggest_line(
    fault: Fault, seed: str, context: EvaluationContext, is_masked: Callable[[str], bool]
) -> str:
    """Return the line; empty if no candidate notices the fault.

    *is_masked*: whether a text has something to hide. No piece of it is quoted, since half a secret cannot be
    found and masked afterwards.
    """
    change = mutant_of(fault, seed)
    if change is None:
        return ""
    recording = next(
        recording for recording in fault.recordings if id(recording.exchange) in change.exchanges
    )
    mutated = change.of(recording.exchange)
    if is_stale(mutated.reply):
        mutated = replace(mutated, reply=with_bytes(mutated.reply))
    # Without the combined reply: the line is about this reply alone.
    scope = replace(recording.result.scope, reply=None) if recording.result.scope is not None else Scope()
    for line in dict.fromkeys(candidates(fault, recording, mutated, seed, context, is_masked=is_masked)):
        if is_proven(line, recording.exchange, mutated, scope, context):
            return line
    return ""


def is_proven(
    line: str, original: Exchange, mutated: Exchange, scope: Scope, context: EvaluationContext
) -> bool:
    """Return whether the line passes on the original and fails on the mutated exchange."""
    nodes = parsed_checks(line, context)
    if not nodes:
        return False
    try:
        before = [result.status for result in evaluate(nodes, original, scope, context) if not result.implied]
        after = [result.status for result in evaluate(nodes, mutated, scope, context) if not result.implied]
    except HarnessError:
        return False
    return set(before) == {"passed"} and "failed" in after


def parsed_checks(line: str, context: EvaluationContext) -> Sequence[CheckNode]:
    """Return the checks of a line of ``validate``; none if it is not a valid line."""
    reader = Reader()
    try:
        nodes = CheckParser(reader, context.matchers).checks(parse_yaml(Source("audit.yaml", line)))
    except HarnessError:
        return ()
    return () if reader.problems else nodes


# -- candidates


def candidates(
    fault: Fault,
    recording: Recording,
    mutated: Exchange,
    seed: str,
    context: EvaluationContext,
    *,
    is_masked: Callable[[str], bool],
) -> Iterator[str]:
    """Yield lines that may notice the fault."""
    if isinstance(fault.mutation, WalkMutation):
        return  # it shows only between replies, so no line about one of them can notice it
    if isinstance(fault.mutation, ReplyMutation):
        yield from _lines_for_reply(recording.exchange)
        return
    assert fault.place is not None
    location, _ = next(edits_of(fault, recording, seed))
    values = [site_at(recording.document, at).value for at in (recording.places or {}).get(fault.place, ())]
    every, here = path_text(fault.place), path_text(location)
    at = site_at(recording.document, location)
    yield from (
        _yaml_line(every, expected)
        for expected in _general_matchers(at.value, values, fault.mutation, context)
    )
    if isinstance(at.key, str) and len(fault.place) > 1:
        yield _yaml_line(path_text(fault.place[:-1]), {"length": len(at.holder)})
    can_be_quoted = not (isinstance(at.value, str) and is_masked(at.value))
    particular = _particular_matchers(at.value, mutated, location) if can_be_quoted else ()
    yield from (_yaml_line(here, expected) for expected in particular)
    if isinstance(at.value, list) and at.value and isinstance(at.value[0], dict):
        key = "id" if "id" in at.value[0] else next(iter(at.value[0]))
        keys = [item.get(key) for item in at.value if isinstance(item, dict)]
        yield _yaml_line(f"{here}[*].{key}", {"same_sequence_as": keys[:_MAX_ITEMS]})


def _lines_for_reply(exchange: Exchange) -> Iterator[str]:
    reply = exchange.reply
    media_type = (reply.header("content-type") or "").partition(";")[0]
    yield _yaml_line("status_code", reply.status)
    yield _yaml_line("elapsed_ms", {"less_than": 2000})
    yield _yaml_line("elapsed_ms", {"less_than": 30000})
    yield _yaml_line("headers.Content-Type", {"starts_with": media_type})
    yield _yaml_line("body.kind", "json")
    yield _yaml_line("$", {"type": "object"})
    yield _yaml_line("body.size", {"at_least": len(reply.body or b"")})
    yield _yaml_line("body.size", len(reply.body or b""))
    yield _yaml_line("body", {"starts_with": (reply.text or "")[:1]})


def _general_matchers(
    value: Json, values: Sequence[Json], mutation: Mutation, context: EvaluationContext
) -> Iterator[dict[str, Json]]:
    """Yield matchers that may hold at every place of the class."""
    choices = _choices(values)
    if choices:
        yield {"one_of": choices}
    if isinstance(value, str):
        yield from _for_text(value, values, mutation, context)
    if isinstance(value, (str, list, dict)) and value:
        yield {"not_empty": True}
    yield {"type": _type_name(value)}
    lengths = {len(one) for one in values if isinstance(one, (list, dict))}
    if isinstance(value, (list, dict)) and len(lengths) == 1:
        yield {"length": len(value)}


def _choices(values: Sequence[Json]) -> list[Json]:
    """Return the distinct values if they are few, short and repeated; else none."""
    scalars = {identity(value): value for value in values if isinstance(value, (str, int, float, bool))}
    distinct = list(scalars.values())
    is_repeated = len(values) > 1 and len(distinct) < len(values)
    is_short = all(len(str(value)) <= _MAX_TEXT for value in distinct)
    return distinct if is_repeated and is_short and len(distinct) <= _MAX_CHOICES else []


def _for_text(
    value: str, values: Sequence[Json], mutation: Mutation, context: EvaluationContext
) -> Iterator[dict[str, Json]]:
    if mutation.name == "script":
        yield {"not": {"matches": "(?i)<script"}}
    if mutation.name == "mojibake":
        yield {"not": {"matches": "[À-ÿ]{2}"}}
    if mutation.name == "escaped_twice":
        yield {"not_contains": "&"}
    if is_prose(value):
        yield from _library_matchers(context)
    lengths = {len(one) for one in values if isinstance(one, str)}
    if value.isdigit():
        yield {"matches": rf"^\d{{{len(value)}}}$" if len(lengths) == 1 else r"^\d+$"}
    yield {"datetime": True}


def _library_matchers(context: EvaluationContext) -> Iterator[dict[str, Json]]:
    """Yield the matchers of libraries and of the team, each with the argument of its example."""
    for name in context.matchers:
        if name in MATCHERS:
            continue
        try:
            example = context.matchers[name].example
        except HarnessError:  # a library that cannot be imported
            continue
        for check in parsed_checks(example, context):
            for call in check.calls if isinstance(check, Check) else ():
                if (
                    isinstance(call, MatcherCall)
                    and call.name == name
                    and isinstance(call.argument, Constant)
                ):
                    yield {name: call.argument.value}


def _particular_matchers(value: Json, mutated: Exchange, location: Location) -> Iterator[dict[str, Json]]:
    """Yield matchers for this one place: the value itself, or the piece of a long text that changed."""
    if isinstance(value, str) and len(value) > _MAX_TEXT:
        changed = _value_at(mutated.reply.json, location)
        if isinstance(changed, str):
            pairs = enumerate(zip(value, changed, strict=False))
            differing = (index for index, (old, new) in pairs if old != new)
            first = next(differing, min(len(value), len(changed)))
            yield {"contains": value[max(0, first - _CONTEXT) : first + _CONTEXT]}
        yield {"length": len(value)}
    elif isinstance(value, (list, dict)):
        yield {"length": len(value)}
        if isinstance(value, dict) and value:
            yield {"contains": next(iter(value))}
    else:
        yield {"equals": value}


def _value_at(document: Json, location: Location) -> Json:
    """Return the value at *location*, None if there is none."""
    try:
        for part in location:
            document = document[part]
    except (LookupError, TypeError):
        return None
    return document


def _type_name(value: Json) -> str:
    names = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _yaml_line(subject: str, expected: Json) -> str:
    key = subject if _PLAIN_KEY.fullmatch(subject) else json.dumps(subject, ensure_ascii=False)
    return f"{key}: {_flow_style(expected)}"


def _flow_style(value: Json) -> str:
    """Write a value as YAML on one line. ``${`` in a text is escaped, else it would be a reference."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow_style(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow_style, value)) + "]"
    return json.dumps(value.replace("${", "$${") if isinstance(value, str) else value, ensure_ascii=False)
