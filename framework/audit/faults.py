"""The faults that are put into the replies of one case: which places, which mutation, in one reply or in all
of them.

``here``: one place in one reply, a glitch or an answer that disagrees with the others. ``everywhere``: every
place of the class in every reply of the endpoint, alike: what a bad release does, and what comparing replies
with each other cannot see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal
from urllib.parse import urlsplit
from zlib import crc32

from framework.audit.mutations import MUTATIONS, Mutation, edit_of
from framework.audit.places import Edit, Place, classes, rebuilt, site, touched, written
from framework.audit.reach import ELAPSED, HEADER, STATUS
from framework.audit.replay import Change
from framework.audit.several import plain
from framework.audit.transport import REPLY_MUTATIONS, ReplyMutation, with_document
from framework.audit.walks import PLACE, WALK_MUTATIONS, WalkMutation, mutated_pages
from framework.base.jsonpath import Json, Location
from framework.base.messages import tr
from framework.http.exchange import Exchange, NotJsonError
from framework.run.verdict import StepResult, Verdict

Extent = Literal["here", "everywhere"]
Key = tuple[str, str, str, Extent]
"""What a fault is counted as, once for the suite: endpoint, class of places, mutation, extent."""
MOST_PARTS = 3
"""Of the pages of a walk, the rounds of a ``for_each``, the repetitions of a request, so many are mutated
alone.
"""
MOST_ROWS = 30
"""``everywhere`` is in so many rows, or a share of about so many."""
_TRIES = 8
_VARYING = re.compile(r"[0-9a-fA-F]*\d[0-9a-fA-F]{5,}[^/]*|\d{4,}[^/]*")
_SEEN: Mapping[str, Place] = {"status_code": STATUS, "headers.Content-Type": HEADER, "elapsed_ms": ELAPSED}


@dataclass(frozen=True)
class Answer:
    """One recorded reply of a case: its JSON, where it has one, and the classes of places in it."""

    exchange: Exchange
    result: StepResult
    endpoint: str
    document: Json = None
    places: Mapping[Place, Sequence[Location]] | None = None


@dataclass(frozen=True)
class Fault:
    """A fault to put in. ``answers``: the replies it is put into."""

    answers: tuple[Answer, ...]
    place: Place | None
    mutation: Mutation | ReplyMutation | WalkMutation
    extent: Extent

    @property
    def key(self) -> Key:
        if isinstance(self.mutation, WalkMutation):
            return self.answers[0].endpoint, tr(PLACE), self.mutation.name, self.extent
        where = self.mutation.place if isinstance(self.mutation, ReplyMutation) else written(self.place or ())
        return self.answers[0].endpoint, where, self.mutation.name, self.extent


def endpoint_of(exchange: Exchange) -> str:
    """Return method and path of an answer that was given, the path alone of a refusal: refusals are one kind
    of reply, whatever was refused. What differs from file to file in a path is ``*``.
    """
    path = "/".join(
        "*" if _VARYING.fullmatch(part) else part for part in urlsplit(exchange.request.url).path.split("/")
    )
    refused = exchange.reply.status is not None and exchange.reply.status >= 400
    return tr("{path} 的拒绝", path=path) if refused else f"{exchange.request.method} {path}"


def answers_of(verdict: Verdict) -> list[Answer]:
    """Return the replies of a case, in the order in which they came."""
    return [_answer(step.exchange, step) for step in verdict.flat() if step.exchange is not None]


def _answer(exchange: Exchange, result: StepResult) -> Answer:
    try:
        document = exchange.reply.json
    except NotJsonError:
        return Answer(exchange, result, endpoint_of(exchange))
    recorded = exchange.reply.body is not None or exchange.reply.document is not None
    return Answer(exchange, result, endpoint_of(exchange), document, classes(document) if recorded else None)


def faults_of(verdict: Verdict, answers: Sequence[Answer], seed: str) -> Iterator[Fault]:
    """Yield the faults to try; where one does not apply to what is there, ``change_of`` returns None."""
    for step in verdict.steps:
        yield from _walks(step, answers)
    alone = _alone(verdict, answers, seed)
    for endpoint in dict.fromkeys(answer.endpoint for answer in answers):
        group = tuple(answer for answer in answers if answer.endpoint == endpoint)
        for answer in group:
            if id(answer.exchange) in alone:
                yield from _of((answer,), "here")
        yield from _of(group, "everywhere")


def _walks(step: StepResult, answers: Sequence[Answer]) -> Iterator[Fault]:
    """Yield the faults of the first walk of a step: those of its rounds are alike."""
    walk = next(
        (
            part
            for part in (step, *step.parts)
            if part.step is not None
            and part.step.walk is not None
            and part.scope is not None
            and part.exchange is None
        ),
        None,
    )
    if walk is not None:
        pages = tuple(answer for part in walk.parts for answer in answers if answer.result is part)
        yield from (Fault(pages, None, mutation, "here") for mutation in WALK_MUTATIONS if len(pages) > 1)


def _of(answers: tuple[Answer, ...], extent: Extent) -> Iterator[Fault]:
    for place in dict.fromkeys(place for answer in answers for place in answer.places or ()):
        yield from (Fault(answers, place, mutation, extent) for mutation in MUTATIONS)
    yield from (Fault(answers, None, mutation, extent) for mutation in REPLY_MUTATIONS)


def _alone(verdict: Verdict, answers: Sequence[Answer], seed: str) -> set[int]:
    """Choose the replies that are mutated alone: of many that belong together the first, the last and some
    between.
    """
    chosen: set[int] = set()
    for step in verdict.steps:
        together = [answer for answer in answers if any(part is answer.result for part in step.flat())]
        if len(together) > MOST_PARTS:
            between = Random(f"{seed} {verdict.case_id} {step.name}").sample(together[1:-1], MOST_PARTS - 2)  # noqa: S311 - a sample, no secret
            together = [together[0], *between, together[-1]]
        chosen.update(id(answer.exchange) for answer in together)
    return chosen


def change_of(fault: Fault, seed: str) -> Change | None:
    """Return the replies with the fault in them; None where it changes none of them."""
    if isinstance(fault.mutation, ReplyMutation):
        return _reply_change(fault.answers, fault.mutation)
    if isinstance(fault.mutation, WalkMutation):
        return _walk_change(fault.answers, fault.mutation)
    assert fault.place is not None
    exchanges: dict[int, Exchange] = {}
    places: dict[Place, None] = {}
    for answer in fault.answers:
        edits = list(edits_of(fault, answer, seed))
        if edits:
            document = rebuilt(answer.document, edits)
            exchanges[id(answer.exchange)] = _with(answer.exchange, document)
            places.update(
                dict.fromkeys(
                    place
                    for at, edit in edits
                    for place in touched(at if fault.extent == "here" else fault.place, edit)
                )
            )
    return Change(exchanges, tuple(places)) if exchanges else None


def edits_of(fault: Fault, answer: Answer, seed: str) -> Iterator[tuple[Location, Edit]]:
    """Yield the edits of one reply: all that apply, or one of them at a place that the seed chooses."""
    assert isinstance(fault.mutation, Mutation) and fault.place is not None
    locations = (answer.places or {}).get(fault.place, ())
    if fault.extent == "here":
        start = Random(f"{seed} {fault.key}").randrange(max(1, len(locations)))  # noqa: S311
        locations = [
            locations[(start + step) % len(locations)] for step in range(min(len(locations), _TRIES))
        ]
    else:
        locations = _share(answer.document, locations, fault)
    for location in locations:
        edit = edit_of(fault.mutation, site(answer.document, location))
        if edit is not None:
            yield location, edit
            if fault.extent == "here":
                return


def _share(document: Json, locations: Sequence[Location], fault: Fault) -> Sequence[Location]:
    """Return the places in a share of the rows, where there are many. A row is chosen by what it holds, so
    that it is chosen in every reply or in none.
    """
    assert fault.place is not None
    most = max(len((answer.places or {}).get(fault.place, ())) for answer in fault.answers)
    if most <= MOST_ROWS:
        return locations
    parts = -(-most // MOST_ROWS)
    return [location for location in locations if _mark_of_row(document, location) % parts == 0] or locations[
        :1
    ]


def _mark_of_row(document: Json, location: Location) -> int:
    for part in location:
        document = document[part]
        if isinstance(part, int):
            break
    members = document.values() if isinstance(document, dict) else [document]
    return crc32(
        "|".join(
            str(value) for value in members if isinstance(value, (str, int)) and len(str(value)) < 100
        ).encode("utf-8", "replace")
    )


def _walk_change(answers: Sequence[Answer], mutation: WalkMutation) -> Change | None:
    step = answers[0].result.step
    assert step is not None and step.walk is not None
    pages = mutated_pages(step.walk, [answer.document for answer in answers], mutation)
    exchanges = {
        id(answers[at].exchange): _with(answers[at].exchange, document) for at, document in pages.items()
    }
    return Change(exchanges, (plain(step.walk.items) or (),)) if exchanges else None


def _with(exchange: Exchange, document: Json) -> Exchange:
    return _replaced(exchange, with_document(exchange.reply, document))


def _replaced(exchange: Exchange, reply: Any) -> Exchange:
    return Exchange(
        exchange.request, reply, exchange.started, exchange.attempts, exchange.redirects, exchange.replayed
    )


def _reply_change(answers: Sequence[Answer], mutation: ReplyMutation) -> Change | None:
    made = ((answer.exchange, mutation.make(answer.exchange.reply)) for answer in answers)
    exchanges = {id(exchange): _replaced(exchange, reply) for exchange, reply in made if reply is not None}
    seen = _SEEN.get(mutation.place)
    return Change(exchanges, None if seen is None else (seen,)) if exchanges else None
