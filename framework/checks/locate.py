"""A check's subject to the values it selects, each with its place.

What cannot be looked at is data too: a tape that does not hold it, a reply that is not JSON, a path that selects nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json, Located, Location, Path, compile_path, format_location
from framework.base.messages import tr
from framework.cases.case import Subject
from framework.cases.request import MISSING
from framework.cases.template import Reference, Scope, render_path
from framework.checks.bodykind import body_kind
from framework.checks.shown import short, shorten
from framework.http.exchange import Exchange, NotJsonError, Reply

_ROOT = Located((), None)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a subject selects.

    ``root`` is how the place of a value begins, ``document`` what its location starts from. ``problem``: why nothing can be
    selected, in the reader's language. ``held``: the list of a list, the parent of a single value is there, so that finding
    nothing in it means something; ``parents``: how many objects and lists the values could stand in. ``unrecorded``: a tape
    does not hold it. ``start`` and ``rest``: the value the path starts from and the path from there, as written.
    ``lacking``: nothing is selected although there are records, for none has such a member.
    """

    root: str
    values: Sequence[Located] = ()
    singular: bool = True
    document: Json = None
    problem: str = ""
    held: bool = False
    parents: int = 0
    unrecorded: bool = False
    start: Located = _ROOT
    rest: str = ""
    lacking: bool = False

    @property
    def asked(self) -> str:
        """The path that was asked, where there is no value to point at: ``$.data.result[3].files[*]``."""
        return self.place(self.start) + shorten(self.rest, 200)

    def place(self, located: Located | None = None, below: Location = ()) -> str:
        """Return where a value, or a piece of it, stands: ``$.data.result[3].id``."""
        return shorten(format_location((*located.location, *below) if located else below, self.root), 300)

    def row(self, located: Located | None, below: Location = ()) -> tuple[int, str] | None:
        """Return index and id of the outermost list item with a member ``id`` on the way to a value."""
        value = self.document
        for part in (*located.location, *below) if located else below:
            value = value[part] if _has(value, part) else None
            if isinstance(part, int) and isinstance(value, dict) and "id" in value:
                return part, shorten(value["id"] if isinstance(value["id"], str) else short(value["id"]), 40)
        return None

    def holder(self, located: Located) -> Json:
        """Return the object or list that a value stands in; None for a whole document."""
        value: Json = self.document if located.location else None
        for part in located.location[:-1]:
            value = value[part] if _has(value, part) else None
        return value


def _has(value: Json, part: int | str) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


@dataclass(frozen=True, slots=True)
class Base:
    """Where the paths of checks start: the reply, or one record inside ``each``.

    ``problem`` and ``unrecorded`` say why there is no document. ``at`` is the place of the record, from ``document``.
    """

    scope: Scope
    exchange: Exchange | None = None
    root: str = "$"
    document: Json = None
    at: Located = _ROOT
    problem: str = ""
    unrecorded: bool = False


def base_of(exchange: Exchange | None, scope: Scope) -> Base:
    """Return where the checks of a reply start; the scope's reply is its JSON document, where it has one."""
    if exchange is None:
        return Base(
            scope,
            problem="" if scope.reply is not MISSING else tr("这里没有答复"),
            document=scope.reply,
            at=Located((), scope.reply),
        )
    if exchange.reply.body is None and exchange.reply.document is None:
        return Base(replace(scope, reply=MISSING), exchange, unrecorded=True)
    try:
        document = exchange.reply.json
    except NotJsonError as error:
        return Base(replace(scope, reply=MISSING), exchange, problem=shorten(str(error), 200))
    return Base(replace(scope, reply=document), exchange, document=document, at=Located((), document))


def records(selection: Selection, base: Base) -> list[Base]:
    """Return a base for each selected record; a list under a singular path stands for its items."""
    values = (
        items_of(selection)
        if selection.singular and selection.values and isinstance(selection.values[0].value, list)
        else selection.values
    )
    return [
        Base(
            replace(base.scope, record=located.value),
            base.exchange,
            selection.root,
            selection.document,
            located,
        )
        for located in values
    ]


def items_of(selection: Selection) -> list[Located]:
    """Return the items of the list under a singular path."""
    whole = selection.values[0]
    return [Located((*whole.location, index), item) for index, item in enumerate(whole.value)]


def locate(subject: Subject, base: Base) -> Selection:
    """Return what *subject* selects.

    Raises:
        UnresolvedError: a variable, or a reference inside the path, has no value.
    """
    if subject.kind == "path":
        return _path(subject, base)
    if subject.kind == "variable":
        return _variable(subject, base)
    if base.exchange is None:
        return Selection(subject.text, problem=tr("这里没有答复"))
    if subject.kind == "header":
        return _header(subject, base.exchange.reply)
    value = _FIELDS[subject.kind](base.exchange.reply)
    return Selection(subject.text, unrecorded=True) if value is None else _single(subject.text, value)


_FIELDS: dict[str, Callable[[Reply], Json]] = {
    "status_code": lambda reply: reply.status,
    "url": lambda reply: reply.url,
    "elapsed_ms": lambda reply: reply.elapsed_ms,
    "body": lambda reply: reply.text,
    "body.size": lambda reply: None if reply.body is None else len(reply.body),
    "body.size_kb": lambda reply: (
        None if reply.body is None else -(-len(reply.body) // 1024)
    ),  # as a file list says it
    "body.kind": lambda reply: None if reply.body is None else body_kind(reply.body),
}


def _single(root: str, value: Json) -> Selection:
    return Selection(root, (Located((), value),), document=value)


def _header(subject: Subject, reply: Reply) -> Selection:
    if reply.headers is None:
        return Selection(subject.text, unrecorded=True)
    value = reply.header(subject.name)
    return Selection(subject.text, held=True, parents=1) if value is None else _single(subject.text, value)


def _path(subject: Subject, base: Base) -> Selection:
    if base.unrecorded or base.problem:
        return unable(subject, base, base.problem)
    if subject.path is None:
        raise TypeError(subject)
    return _select(render_path(subject.path, base.scope), base.root, base.document, base.at)


def unable(subject: Subject, base: Base, why: str) -> Selection:
    """Return the selection that says why nothing can be selected."""
    if subject.kind not in ("path", "variable"):
        return Selection(subject.text, problem=why)
    written = subject.path.text if subject.path else ""
    rest = written.removeprefix("$") if written.startswith(("$", "[")) or not written else "." + written
    root, start = (base.root, base.at) if subject.kind == "path" else (subject.text, _ROOT)
    return Selection(
        root, (), subject.singular, base.document, why, unrecorded=base.unrecorded, start=start, rest=rest
    )


def _variable(subject: Subject, base: Base) -> Selection:
    binding = base.scope.variables.get(subject.name)
    if binding is None:
        raise UnresolvedError(
            Problem("reference-undefined", tr("{text} 在这里没有值", text=subject.text), "", subject.span)
        )
    root = "${" + subject.name + "}"
    if subject.path is None:
        return _single(root, binding.value)
    return _select(render_path(subject.path, base.scope), root, binding.value, Located((), binding.value))


def _select(path: Path, root: str, document: Json, start: Located) -> Selection:
    found: Sequence[Located] = path.select(start.value)
    rest = path.text[1:]
    if found:
        if start.location:
            found = [Located((*start.location, *located.location), located.value) for located in found]
        return Selection(root, found, path.singular, document, held=True, parents=1, start=start, rest=rest)
    held, parents = _surroundings(path, start.value)
    return Selection(
        root,
        (),
        path.singular,
        document,
        "",
        held,
        parents,
        start=start,
        rest=rest,
        lacking=_lacks(path, start.value),
    )


def _surroundings(path: Path, document: Json) -> tuple[bool, int]:
    parents = (
        [isinstance(parent.value, (list, dict)) for parent in path.parent.select(document)]
        if path.parent
        else []
    )
    inside = len(parents) if all(parents) else 0
    if path.singular:
        return inside > 0, inside
    trunk = path.trunk.select(document)
    return bool(trunk) and isinstance(trunk[0].value, (list, dict)), inside


def _lacks(path: Path, document: Json) -> bool:
    """Return whether the path, which selects nothing, ends at records that are there and have no such member."""
    above = path.parent
    while above is not None:
        if found := above.select(document):
            return _ends_with_names(path, above) and any(
                isinstance(located.value, (list, dict)) for located in found
            )
        path, above = above, above.parent
    return False


def _ends_with_names(path: Path, above: Path) -> bool:
    step = compile_path("$" + str(path.query).removeprefix(str(above.query))).shape
    return bool(step) and step[0] is not None


def about_reply(reference: Reference) -> bool:
    """Return whether a reference names what the service said, so that its having no value is the service's
    fault.
    """
    return reference.origin in ("reply", "record")
