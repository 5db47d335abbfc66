"""The shape of replies: which members there are, of which types, and the words of small vocabularies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from framework.base.cutting import cut
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.equality import kind_of
from framework.checks.outcome import kind_word

MOST_PLACES: Final = 2000
_MOST_WORDS: Final = 8
_LONGEST_WORD: Final = 40
_VALUES_FOR_WORDS: Final = 20
"""With fewer values nobody can say that their words are all there are."""

Severity = Literal["breaking", "additive", "data"]


class TooManyPlacesError(ValueError):
    """The value has more places than a shape keeps: its member names are probably data."""


@dataclass(frozen=True, slots=True)
class PlaceShape:
    """``optional``: some objects do not have the member. ``words``: empty if it is no small vocabulary.

    ``seen`` has the texts that a value has there, at most nine of them; of an accepted shape it is empty.
    """

    kinds: tuple[str, ...]
    optional: bool = False
    words: tuple[str, ...] = ()
    seen: tuple[str, ...] = field(default=(), compare=False)

    def json(self) -> Json:
        """Return the shape as plain data, without the properties that do not hold."""
        optional = {"optional": True} if self.optional else {}
        words = {"words": list(self.words)} if self.words else {}
        return {"kinds": list(self.kinds), **optional, **words}


Shape = Mapping[str, PlaceShape]
"""The shape of each place: ``$.items[*].id``."""


@dataclass(frozen=True, slots=True)
class ShapeChange:
    """``breaking``: a reader of the reply may fail; ``additive``: there is something new; ``data``: neither.

    ``new_member`` is the name of a member that no accepted reply has.
    """

    severity: Severity
    place: str
    what: str
    expected: str = ""
    actual: str = ""
    new_member: str = ""


# -- a value to its shape


@dataclass
class _Seen:
    """The values seen at one place. ``objects`` counts the objects there, ``missing`` those that lack it."""

    parent: _Seen | None = None
    kinds: set[str] = field(default_factory=set)
    values: int = 0
    objects: int = 0
    words: set[str] = field(default_factory=set)

    def shape(self) -> PlaceShape:
        optional = self.parent is not None and self.values < self.parent.objects
        is_vocabulary = (
            self.kinds <= {"string", "null"}
            and self.values >= _VALUES_FOR_WORDS
            and len(self.words) <= _MOST_WORDS
            and all(len(word) <= _LONGEST_WORD for word in self.words)
        )
        seen = tuple(sorted(self.words))
        return PlaceShape(tuple(sorted(self.kinds)), optional, seen if is_vocabulary else (), seen)


def shape_of(value: Json) -> Shape:
    """Return the shape of a value.

    Raises:
        TooManyPlacesError: it has more than MOST_PLACES places.
    """
    places: dict[str, _Seen] = {}
    _look(value, "$", None, places)
    return {name: seen.shape() for name, seen in sorted(places.items())}


def shape_from(written: Json) -> Shape:
    """Return the shape that ``PlaceShape.json`` was written of, place by place."""
    return {
        name: PlaceShape(tuple(one["kinds"]), bool(one.get("optional")), tuple(one.get("words", ())))
        for name, one in written.items()
    }


def _look(value: Json, name: str, parent: _Seen | None, places: dict[str, _Seen]) -> None:
    seen = places.get(name)
    if seen is None:
        if len(places) == MOST_PLACES:
            raise TooManyPlacesError
        seen = places[name] = _Seen(parent)
    seen.values += 1
    kind = kind_of(value)
    seen.kinds.add(kind)
    if kind == "string" and len(seen.words) <= _MOST_WORDS:
        seen.words.add(value)
    elif kind == "array":
        for item in value:
            _look(item, f"{name}[*]", None, places)
    elif kind == "object":
        seen.objects += 1
        for key, item in value.items():
            _look(item, f"{name}.{key}", seen, places)


# -- two shapes


def shape_changes(accepted: Shape, actual: Shape) -> Iterator[ShapeChange]:
    """Yield the differences, the accepted places first, in their order.

    A place below one that is missing or empty today is passed over: nothing is known of it.
    """
    for name, before in accepted.items():
        after = actual.get(name)
        if after is None:
            yield from _gone(name, before, accepted, actual)
        else:
            yield from _changed(name, before, after)
    for name in actual:
        if name not in accepted and _parent(name) in accepted:
            member = name.rpartition(".")[2]
            what = tr("新的字段 {name}", name=member) if not name.endswith("[*]") else tr("第一次有内容")
            new_member = "" if name.endswith("[*]") else member
            yield ShapeChange("additive", name, what, tr("没有"), _kinds(actual[name]), new_member)


def _parent(name: str) -> str:
    return name[:-3] if name.endswith("[*]") else name.rpartition(".")[0]


def _gone(name: str, before: PlaceShape, accepted: Shape, actual: Shape) -> Iterator[ShapeChange]:
    parent = actual.get(_parent(name))
    if parent is None or name.endswith("[*]") or "object" not in parent.kinds:
        return  # reported at the parent, or an empty list
    if before.optional:
        yield ShapeChange("data", name, tr("这一次没有出现"), _kinds(before), tr("没有"))
    else:
        yield ShapeChange("breaking", name, tr("字段没有了"), _kinds(before), tr("没有"))


def _changed(name: str, before: PlaceShape, after: PlaceShape) -> Iterator[ShapeChange]:
    if new := set(after.kinds) - set(before.kinds):
        words = tr("、").join(kind_word(kind) for kind in sorted(new))
        yield ShapeChange("breaking", name, tr("出现了{kinds}", kinds=words), _kinds(before), _kinds(after))
    if after.optional and not before.optional:
        yield ShapeChange("breaking", name, tr("有的记录没有这个字段了"), tr("总有"), tr("有时没有"))
    new_words = sorted(set(after.seen) - set(before.words)) if before.words else []
    if new_words:
        listed = tr("、").join(before.words)
        yield ShapeChange(
            "additive",
            name,
            tr("新的取值"),
            listed,
            tr("、").join(cut(word, _LONGEST_WORD) for word in new_words),
        )


def _kinds(shape: PlaceShape) -> str:
    return tr("、").join(kind_word(kind) for kind in shape.kinds)


# -- the next baseline


def joined(accepted: Shape, actual: Shape) -> Shape:
    """Return the shape to accept: today's, with the parts that today's reply only happens not to show."""
    changes = shape_changes(accepted, actual)
    lost = {change.place for change in changes if change.severity == "breaking"}
    kept = {name: before for name, before in accepted.items() if name not in actual and name not in lost}
    both = {name: _joined_place(accepted.get(name), after) for name, after in actual.items()}
    return dict(sorted({**kept, **both}.items()))


def _joined_place(before: PlaceShape | None, after: PlaceShape) -> PlaceShape:
    if before is None:
        return after
    fits = set(after.kinds) <= set(before.kinds)
    nulls = {"null"} & set(before.kinds)
    kinds = before.kinds if fits else tuple(sorted({*after.kinds, *nulls}))
    is_vocabulary = bool(before.words) and len({*before.words, *after.seen}) <= _MOST_WORDS
    words = tuple(sorted({*before.words, *after.seen})) if is_vocabulary else after.words
    return PlaceShape(kinds, before.optional or after.optional, words)
