"""Chooses the faults of one case and puts them into its recorded replies.

A fault is a mutation at a class of places. ``here`` is one place in one reply: a glitch, or a reply that
disagrees with the others. ``everywhere`` is all places of the class in all replies of the endpoint: a bad
release, which no comparison between replies can notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal
from urllib.parse import urlsplit
from zlib import crc32

from framework.audit.combined import as_place
from framework.audit.mutations import MUTATIONS, Mutation, edit_of
from framework.audit.places import Edit, Place, changed_places, path_text, place_classes, site_at, with_edits
from framework.audit.read_set import ELAPSED, HEADER, STATUS
from framework.audit.replay import Mutant
from framework.audit.transport import REPLY_MUTATIONS, ReplyMutation, with_document
from framework.audit.walks import PLACE, WALK_MUTATIONS, WalkMutation, mutated_pages
from framework.base.jsonpath import Json, Location
from framework.base.messages import tr
from framework.http.exchange import Exchange, NotJsonError
from framework.run.verdict import StepResult, Verdict

Extent = Literal["here", "everywhere"]
FaultKey = tuple[str, str, str, Extent]
"""Endpoint, class of places, mutation, extent. Faults with the same key are counted once for the suite."""
MOST_PARTS = 3
"""So many pages of a walk, rounds of a ``for_each`` or repetitions of a request are mutated one by one."""
MOST_ROWS = 30
"""If a reply has more rows, ``everywhere`` is a share of them, about so many."""
_TRIES = 8  # places that are tried until the mutation applies to one
_LONG_VALUE = 100
# ids, digests and dates in the path of a file
_VARYING = re.compile(r"[0-9a-fA-F]*\d[0-9a-fA-F]{5,}[^/]*|\d{4,}[^/]*")
_PLACE_OF_SUBJECT: Mapping[str, Place] = {
    "status_code": STATUS,
    "headers.Content-Type": HEADER,
    "elapsed_ms": ELAPSED,
}


@dataclass(frozen=True)
class Recording:
    """One recorded reply of a case, its JSON document if it has one, and the places in it by class."""

    exchange: Exchange
    result: StepResult
    endpoint: str
    document: Json = None
    places: Mapping[Place, Sequence[Location]] | None = None


@dataclass(frozen=True)
class Fault:
    """A fault. ``recordings``: the replies that it is put into."""

    recordings: tuple[Recording, ...]
    place: Place | None
    mutation: Mutation | ReplyMutation | WalkMutation
    extent: Extent

    @property
    def key(self) -> FaultKey:
        if isinstance(self.mutation, WalkMutation):
            return self.recordings[0].endpoint, tr(PLACE), self.mutation.name, self.extent
        if isinstance(self.mutation, ReplyMutation):
            place = self.mutation.place
        else:
            place = path_text(self.place or ())
        return self.recordings[0].endpoint, place, self.mutation.name, self.extent


def endpoint_of(exchange: Exchange) -> str:
    """Return the name under which the faults of a reply are counted: method and path, with ``*`` for ids.

    All refusals (status 400 and above) of a path are one kind of reply.
    """
    path = "/".join(
        "*" if _VARYING.fullmatch(part) else part for part in urlsplit(exchange.request.url).path.split("/")
    )
    refused = exchange.reply.status is not None and exchange.reply.status >= 400
    return tr("{path} 的拒绝", path=path) if refused else f"{exchange.request.method} {path}"


def recordings_of(verdict: Verdict) -> list[Recording]:
    """Return the recorded replies of a case in their order."""
    return [_recording(step.exchange, step) for step in verdict.flat() if step.exchange is not None]


def _recording(exchange: Exchange, result: StepResult) -> Recording:
    try:
        document = exchange.reply.json
    except NotJsonError:
        return Recording(exchange, result, endpoint_of(exchange))
    recorded = exchange.reply.body is not None or exchange.reply.document is not None
    return Recording(
        exchange, result, endpoint_of(exchange), document, place_classes(document) if recorded else None
    )


def faults_of(verdict: Verdict, recordings: Sequence[Recording], seed: str) -> Iterator[Fault]:
    """Yield the faults to try. ``mutant_of`` returns None for those that do not apply."""
    for step in verdict.steps:
        yield from _walk_faults(step, recordings)
    alone = _mutated_alone(verdict, recordings, seed)
    for endpoint in dict.fromkeys(recording.endpoint for recording in recordings):
        group = tuple(recording for recording in recordings if recording.endpoint == endpoint)
        for recording in group:
            if id(recording.exchange) in alone:
                yield from _faults_in((recording,), "here")
        yield from _faults_in(group, "everywhere")


def _walk_faults(step: StepResult, recordings: Sequence[Recording]) -> Iterator[Fault]:
    """Yield the faults of the first walk of a step. The walks of its other rounds are like it."""
    walk = next((part for part in (step, *step.parts) if _is_walk(part)), None)
    if walk is not None:
        pages = tuple(
            recording for part in walk.parts for recording in recordings if recording.result is part
        )
        yield from (Fault(pages, None, mutation, "here") for mutation in WALK_MUTATIONS if len(pages) > 1)


def _is_walk(part: StepResult) -> bool:
    has_walk = part.step is not None and part.step.walk is not None
    return has_walk and part.scope is not None and part.exchange is None


def _faults_in(recordings: tuple[Recording, ...], extent: Extent) -> Iterator[Fault]:
    for place in dict.fromkeys(place for recording in recordings for place in recording.places or ()):
        yield from (Fault(recordings, place, mutation, extent) for mutation in MUTATIONS)
    yield from (Fault(recordings, None, mutation, extent) for mutation in REPLY_MUTATIONS)


def _mutated_alone(verdict: Verdict, recordings: Sequence[Recording], seed: str) -> set[int]:
    """Return the identities of the exchanges that are mutated one by one.

    Of the replies of one step these are at most ``MOST_PARTS``: the first, the last and some between them.
    """
    chosen: set[int] = set()
    for step in verdict.steps:
        together = [
            recording for recording in recordings if any(part is recording.result for part in step.flat())
        ]
        if len(together) > MOST_PARTS:
            random = Random(f"{seed} {verdict.case_id} {step.name}")  # noqa: S311 - a sample, not a secret
            between = random.sample(together[1:-1], MOST_PARTS - 2)
            together = [together[0], *between, together[-1]]
        chosen.update(id(recording.exchange) for recording in together)
    return chosen


def mutant_of(fault: Fault, seed: str) -> Mutant | None:
    """Return the replies with the fault in them; None if it changes none of them."""
    if isinstance(fault.mutation, ReplyMutation):
        return _reply_mutant(fault.recordings, fault.mutation)
    if isinstance(fault.mutation, WalkMutation):
        return _walk_mutant(fault.recordings, fault.mutation)
    assert fault.place is not None
    exchanges: dict[int, Exchange] = {}
    places: dict[Place, None] = {}
    for recording in fault.recordings:
        edits = list(edits_of(fault, recording, seed))
        if edits:
            document = with_edits(recording.document, edits)
            exchanges[id(recording.exchange)] = _with_document(recording.exchange, document)
            for location, edit in edits:
                place = location if fault.extent == "here" else fault.place
                places.update(dict.fromkeys(changed_places(place, edit)))
    return Mutant(exchanges, tuple(places)) if exchanges else None


def edits_of(fault: Fault, recording: Recording, seed: str) -> Iterator[tuple[Location, Edit]]:
    """Yield the edits of one reply: all that apply, or for ``here`` one at a place that the seed chooses."""
    assert isinstance(fault.mutation, Mutation) and fault.place is not None
    locations = (recording.places or {}).get(fault.place, ())
    if fault.extent == "here":
        random = Random(f"{seed} {fault.key}")  # noqa: S311 - a sample, not a secret
        start = random.randrange(max(1, len(locations)))
        tries = range(min(len(locations), _TRIES))
        locations = [locations[(start + step) % len(locations)] for step in tries]
    else:
        locations = _share_of_rows(recording.document, locations, fault)
    for location in locations:
        edit = edit_of(fault.mutation, site_at(recording.document, location))
        if edit is not None:
            yield location, edit
            if fault.extent == "here":
                return


def _share_of_rows(document: Json, locations: Sequence[Location], fault: Fault) -> Sequence[Location]:
    """Return the places in a share of the rows, if there are many rows.

    A row is chosen by a checksum of its values, so that it is chosen in every reply or in none.
    """
    assert fault.place is not None
    most = max(len((recording.places or {}).get(fault.place, ())) for recording in fault.recordings)
    if most <= MOST_ROWS:
        return locations
    parts = -(-most // MOST_ROWS)
    chosen = [location for location in locations if _row_checksum(document, location) % parts == 0]
    return chosen or locations[:1]


def _row_checksum(document: Json, location: Location) -> int:
    for part in location:
        document = document[part]
        if isinstance(part, int):
            break
    members = document.values() if isinstance(document, dict) else [document]
    texts = (str(value) for value in members if isinstance(value, (str, int)))
    short = (text for text in texts if len(text) < _LONG_VALUE)
    return crc32("|".join(short).encode("utf-8", "replace"))


def _walk_mutant(recordings: Sequence[Recording], mutation: WalkMutation) -> Mutant | None:
    step = recordings[0].result.step
    assert step is not None and step.walk is not None
    pages = mutated_pages(step.walk, [recording.document for recording in recordings], mutation)
    exchanges = {
        id(recordings[at].exchange): _with_document(recordings[at].exchange, document)
        for at, document in pages.items()
    }
    return Mutant(exchanges, (as_place(step.walk.items) or (),)) if exchanges else None


def _with_document(exchange: Exchange, document: Json) -> Exchange:
    return _with_reply(exchange, with_document(exchange.reply, document))


def _with_reply(exchange: Exchange, reply: Any) -> Exchange:
    return Exchange(
        exchange.request, reply, exchange.started, exchange.attempts, exchange.redirects, exchange.replayed
    )


def _reply_mutant(recordings: Sequence[Recording], mutation: ReplyMutation) -> Mutant | None:
    made = ((recording.exchange, mutation.make(recording.exchange.reply)) for recording in recordings)
    exchanges = {id(exchange): _with_reply(exchange, reply) for exchange, reply in made if reply is not None}
    place = _PLACE_OF_SUBJECT.get(mutation.place)
    return Mutant(exchanges, None if place is None else (place,)) if exchanges else None
