"""The line of YAML that would notice a fault: candidates from the general to the particular; the first that
is proven is taken.

Proven: it passes on the recorded reply and fails on the mutated one, by the same evaluation as a real run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from framework.audit.faults import Answer, Fault, change_of, edits_of
from framework.audit.mutations import Mutation
from framework.audit.places import site, written
from framework.audit.transport import ReplyMutation, is_stale, with_bytes
from framework.audit.walks import WalkMutation
from framework.base.errors import HarnessError
from framework.base.jsonpath import Json
from framework.base.source import Source
from framework.cases.case import CheckNode
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.template import Scope
from framework.cases.yaml.compose import parse_yaml
from framework.checks.context import EvaluationContext
from framework.checks.equality import identity
from framework.checks.evaluate import evaluate
from framework.http.exchange import Exchange

_PLAIN_KEY = re.compile(r"[\w$.\[\]*-]+")
_RULES = (
    "head",
    "tail",
    "paragraph_cut",
    "numbering",
    "mojibake",
    "escaped",
    "active_content",
    "title_agreement",
)
_FEW, _SHORT, _MANY = 6, 120, 60


def suggestion(fault: Fault, seed: str, context: EvaluationContext) -> str:
    """Return the line; empty where no candidate holds."""
    change = change_of(fault, seed)
    if change is None:
        return ""
    answer = next(answer for answer in fault.answers if id(answer.exchange) in change.exchanges)
    mutated = change.of(answer.exchange)
    if is_stale(mutated.reply):
        mutated = replace(mutated, reply=with_bytes(mutated.reply))
    scope = replace(answer.result.scope, reply=None) if answer.result.scope is not None else Scope()
    return next(
        (
            line
            for line in dict.fromkeys(candidates(fault, answer, mutated, seed))
            if proven(line, answer.exchange, mutated, scope, context)
        ),
        "",
    )


def proven(
    line: str, original: Exchange, mutated: Exchange, scope: Scope, context: EvaluationContext
) -> bool:
    """Return whether the line passes on the one and fails on the other."""
    nodes = parsed(line, context)
    if not nodes:
        return False
    try:
        before = [result.status for result in evaluate(nodes, original, scope, context) if not result.implied]
        after = [result.status for result in evaluate(nodes, mutated, scope, context) if not result.implied]
    except HarnessError:
        return False
    return set(before) == {"passed"} and "failed" in after


def parsed(line: str, context: EvaluationContext) -> Sequence[CheckNode]:
    """Return the checks that a line of ``validate`` stands for; none where it is no such line."""
    reader = Reader()
    try:
        nodes = CheckParser(reader, context.matchers).checks(parse_yaml(Source("audit.yaml", line)))
    except HarnessError:
        return ()
    return () if reader.problems else nodes


# -- candidates


def candidates(fault: Fault, answer: Answer, mutated: Exchange, seed: str) -> Iterator[str]:
    """Yield lines that may notice the fault."""
    if isinstance(fault.mutation, WalkMutation):
        return  # it shows only between replies: no line about one of them can notice it
    if isinstance(fault.mutation, ReplyMutation):
        yield from _of_reply(fault.mutation, answer.exchange)
        return
    assert fault.place is not None
    location, _ = next(edits_of(fault, answer, seed))
    values = [site(answer.document, at).value for at in (answer.places or {}).get(fault.place, ())]
    every, here = written(fault.place), written(location)
    at = site(answer.document, location)
    yield from (_line(every, matcher) for matcher in _general(at.value, values, fault.mutation))
    if isinstance(at.key, str) and len(fault.place) > 1:
        yield _line(written(fault.place[:-1]), {"length": len(at.holder)})
    yield from (_line(here, matcher) for matcher in _particular(at.value, mutated, location))
    if isinstance(at.value, list) and at.value and isinstance(at.value[0], dict):
        key = "id" if "id" in at.value[0] else next(iter(at.value[0]))
        yield _line(
            f"{here}[*].{key}",
            {"same_sequence_as": [item.get(key) for item in at.value if isinstance(item, dict)][:_MANY]},
        )


def _of_reply(mutation: ReplyMutation, exchange: Exchange) -> Iterator[str]:
    reply = exchange.reply
    yield from (
        _line("status_code", reply.status),
        _line("elapsed_ms", {"less_than": 2000}),
        _line("elapsed_ms", {"less_than": 30000}),
    )
    kind = (reply.header("content-type") or "").partition(";")[0]
    yield from (
        _line("headers.Content-Type", {"starts_with": kind}),
        _line("body.kind", "json"),
        _line("$", {"type": "object"}),
    )
    yield _line("body.size", {"at_least": len(reply.body or b"")})
    yield _line("body.size", len(reply.body or b""))
    yield _line("body", {"starts_with": (reply.text or "")[:1]})


def _general(value: Json, values: Sequence[Json], mutation: Mutation) -> Iterator[Json]:
    """Yield what may hold at every place of the class."""
    distinct = {identity(one): one for one in values if isinstance(one, (str, int, float, bool))}
    if (
        len(values) > 1
        and len(distinct) <= _FEW
        and len(distinct) < len(values)
        and all(len(str(one)) <= _SHORT for one in distinct.values())
    ):
        yield {"one_of": list(distinct.values())}
    if isinstance(value, str):
        yield from _of_texts(value, values, mutation)
    if value not in ("", [], {}) and isinstance(value, (str, list, dict)):
        yield {"not_empty": True}
    yield {"type": _type(value)}
    if (
        isinstance(value, (list, dict))
        and len({len(one) for one in values if isinstance(one, (list, dict))}) == 1
    ):
        yield {"length": len(value)}


def _of_texts(value: str, values: Sequence[Json], mutation: Mutation) -> Iterator[Json]:
    if mutation.name == "script":
        yield {"not": {"matches": "(?i)<script"}}
    if mutation.name == "mojibake":
        yield {"not": {"matches": "[À-ÿ]{2}"}}
    if mutation.name == "escaped_twice":
        yield {"not_contains": "&"}
    if "<p>" in value:
        yield {"policy_text": list(_RULES)}
        yield from ({"policy_text": [rule]} for rule in _RULES)
    lengths = {len(one) for one in values if isinstance(one, str)}
    if value.isdigit():
        yield {"matches": rf"^\d{{{len(value)}}}$" if len(lengths) == 1 else r"^\d+$"}
    yield {"datetime": True}


def _particular(value: Json, mutated: Exchange, location: Sequence[int | str]) -> Iterator[Json]:
    """Yield what holds at this one place: the value as it is, or the piece of a long text that changed."""
    if isinstance(value, str) and len(value) > _SHORT:
        changed = mutated.reply.json
        try:
            for part in location:
                changed = changed[part]
        except (LookupError, TypeError):
            changed = None
        if isinstance(changed, str):
            first = next(
                (at for at, (one, other) in enumerate(zip(value, changed, strict=False)) if one != other),
                min(len(value), len(changed)),
            )
            yield {"contains": value[max(0, first - 20) : first + 20]}
        yield {"length": len(value)}
    elif isinstance(value, (list, dict)):
        yield {"length": len(value)}
        yield from ({"contains": key} for key in list(value)[:1] if isinstance(value, dict))
    else:
        yield {"equals": value}


def _type(value: Json) -> str:
    names = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _line(subject: str, expected: Json) -> str:
    key = subject if _PLAIN_KEY.fullmatch(subject) else json.dumps(subject, ensure_ascii=False)
    return f"{key}: {_flow(expected)}"


def _flow(value: Json) -> str:
    """Write a value as YAML on one line; a reference that is none is escaped."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value.replace("${", "$${") if isinstance(value, str) else value, ensure_ascii=False)
