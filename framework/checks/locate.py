"""Finds the values that the subject of a check selects in a reply, each with its place.

That nothing can be selected is data too: a tape that does not hold it, a reply that is not JSON, a path that
selects nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json, Located, Location, Path, compile_path, format_location
from framework.base.messages import tr
from framework.cases.case import Subject
from framework.cases.request import MISSING
from framework.cases.subjects import SubjectRow
from framework.cases.template import PathTemplate, Scope, render_path
from framework.checks.shown import short, shorten
from framework.http.exchange import Exchange, NotJsonError, Reply

_ROOT = Located((), None)


@dataclass(frozen=True, slots=True)
class Target:
    """The target of checks: a reply, one record of it inside ``each``, or only variables.

    ``root`` is how places in the document are written, ``at`` the place of the record in it. ``problem`` and
    ``unrecorded`` say why there is no document.
    """

    scope: Scope
    exchange: Exchange | None = None
    root: str = "$"
    document: Json = None
    at: Located = _ROOT
    problem: str = ""
    unrecorded: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """The values that a subject selects in a target.

    ``document`` is the value that the places of the values start from, ``root`` how such a place begins;
    ``start`` is the value that the path starts from and ``rest`` the path from there, as written.

    Without values: ``problem`` says, in the reader's language, why nothing can be selected; ``unrecorded``
    that a tape does not hold it; ``held`` that the list exists that the values would come from, so that an
    empty result means something; ``parents`` how many objects and lists the values could be in, 0 if one of
    them cannot have such a member; ``lacking`` that there are values to look into and none has such a member.
    """

    target: Target
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
        """The path that was asked, if there is no value to point at: ``$.data.result[3].files[*]``."""
        return self.place(self.start) + shorten(self.rest, 200)

    @property
    def single(self) -> Located | None:
        """The value of a singular path; None if there is none, or the path is not singular."""
        return self.values[0] if self.singular and self.values else None

    def place(self, located: Located | None = None, below: Location = ()) -> str:
        """Return the place of a value, or of a piece of it: ``$.data.result[3].id``."""
        location = (*located.location, *below) if located else below
        return shorten(format_location(location, self.root), 300)

    def row(self, located: Located | None, below: Location = ()) -> tuple[int, str] | None:
        """Return index and id of the outermost list item with a member ``id`` on the way to a value."""
        value = self.document
        for part in (*located.location, *below) if located else below:
            value = value[part] if _has(value, part) else None
            if isinstance(part, int) and isinstance(value, dict) and "id" in value:
                key = value["id"]
                return part, shorten(key if isinstance(key, str) else short(key), 40)
        return None

    def record_of(self, located: Located) -> Json:
        """Return the record at hand inside ``each``, else the object that a value is in or is, else None."""
        if isinstance(self.target.scope.record, dict):
            return self.target.scope.record
        value = self.document
        for part in located.location[:-1]:
            value = value[part]
        return value if isinstance(value, dict) else None

    def items(self) -> list[Located]:
        """Return the selected values; the list under a singular path counts as its items."""
        single = self.single
        if single is None or not isinstance(single.value, list):
            return list(self.values)
        return [Located((*single.location, index), item) for index, item in enumerate(single.value)]


def _has(value: Json, part: int | str) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


# -- targets


def target_of(exchange: Exchange | None, scope: Scope) -> Target:
    """Return the target of the checks of a reply. Its scope's reply is the JSON document, if there is one.

    *exchange* is None for checks after the last step, or of all pages together: then the scope's reply
    counts.
    """
    if exchange is None:
        problem = "" if scope.reply is not MISSING else tr("这里没有答复")
        return Target(scope, problem=problem, document=scope.reply, at=Located((), scope.reply))
    without_reply = Target(scope, exchange)
    if exchange.reply.body is None and exchange.reply.document is None:
        return replace(without_reply, unrecorded=True)
    try:
        document = exchange.reply.json
    except NotJsonError as error:
        return replace(without_reply, problem=shorten(str(error), 200))
    return Target(replace(scope, reply=document), exchange, document=document, at=Located((), document))


def record_targets(selection: Selection) -> list[Target]:
    """Return a target for each selected record, for the checks of an ``each``."""
    outer = selection.target
    return [
        Target(
            replace(outer.scope, record=located.value),
            root=selection.root,
            document=selection.document,
            at=located,
        )
        for located in selection.items()
    ]


# -- selecting


def select_values(subject: Subject, target: Target) -> Selection:
    """Return the values that *subject* selects in *target*.

    Raises:
        UnresolvedError: a variable, or a reference inside the path, has no value.
    """
    if subject.path is None:
        return _select_part(subject, target)
    if subject.kind == "redirects":
        return _select_redirects(subject.path, target)
    if subject.kind == "variable":
        return _select_variable(subject, subject.path, target)
    return _select_path(subject.path, target)


def nothing_selectable(path: PathTemplate, target: Target, why: str) -> Selection:
    """Return the selection that says why the path cannot select anything in the target."""
    written = "".join(part if isinstance(part, str) else "${" + part.text + "}" for part in path.parts)
    return Selection(
        target,
        target.root,
        document=target.document,
        problem=why,
        unrecorded=target.unrecorded,
        start=target.at,
        rest=written.removeprefix("$"),
    )


def _select_part(subject: Subject, target: Target) -> Selection:
    if target.exchange is None or subject.row is None:
        return Selection(target, subject.text, problem=tr("这里没有答复"))
    reply = target.exchange.reply
    problem = _unreadable(subject.row, reply)
    if problem:
        return Selection(target, subject.text, problem=shorten(problem, 200))
    value = subject.row.read(reply, subject.name)
    if value is None:
        return Selection(target, subject.text, unrecorded=True)
    if value is MISSING:
        return Selection(target, subject.text, parents=1)
    if subject.row.repeats:
        fields = [field for name, field in reply.headers or () if name.lower() == subject.name.lower()]
        if len(fields) > 1:
            each = tuple(Located((index,), field) for index, field in enumerate(fields))
            return Selection(target, subject.text, each, singular=False, document=list(fields))
    return Selection(target, subject.text, (Located((), value),))


def _unreadable(row: SubjectRow, reply: Reply) -> str:
    """Return why the part of the reply that a subject reads cannot be decoded; empty if it can."""
    if row.name == "body":
        return reply.text_problem
    return (reply.undecodable or "") if row.part == "body" else ""


def _select_path(template: PathTemplate, target: Target) -> Selection:
    if target.unrecorded or target.problem:
        return nothing_selectable(template, target, target.problem)
    path = render_path(template, target.scope)
    return _select(path, target, target.root, target.document, target.at)


def _select_redirects(template: PathTemplate, target: Target) -> Selection:
    exchange = target.exchange
    if exchange is None:
        return Selection(target, "redirects", problem=tr("这里没有答复"))
    if len(exchange.redirect_statuses) < len(exchange.redirects):
        return Selection(target, "redirects", unrecorded=True)
    hops = zip(exchange.redirects, exchange.redirect_statuses, strict=False)
    document = [{"url": url, "status": status} for url, status in hops]
    path = render_path(template, target.scope)
    return _select(path, target, "redirects", document, Located((), document))


def _select_variable(subject: Subject, template: PathTemplate, target: Target) -> Selection:
    binding = target.scope.variables.get(subject.name)
    if binding is None:
        what = tr("{text} 在这里没有值", text=subject.text)
        raise UnresolvedError(Problem("reference-undefined", what, "", subject.span))
    root = "${" + subject.name + "}"
    path = render_path(template, target.scope)
    return _select(path, target, root, binding.value, Located((), binding.value))


def _select(path: Path, target: Target, root: str, document: Json, start: Located) -> Selection:
    found: Sequence[Located] = path.select(start.value)
    rest = path.text[1:]
    if found:
        if start.location:
            found = [replace(located, location=(*start.location, *located.location)) for located in found]
        return Selection(target, root, found, path.singular, document, start=start, rest=rest)
    return Selection(
        target,
        root,
        singular=path.singular,
        document=document,
        held=_holds_list(path, start.value),
        parents=_count_parents(path, start.value),
        start=start,
        rest=rest,
        lacking=_lacks_member(path, start.value),
    )


def _count_parents(path: Path, document: Json) -> int:
    """Return ``parents`` of a path that selects nothing."""
    above = path.parent.select(document) if path.parent else []
    can_have_it = [isinstance(parent.value, path.container_types) for parent in above]
    return len(above) if all(can_have_it) else 0


def _holds_list(path: Path, document: Json) -> bool:
    """Return ``held`` of a path that selects nothing."""
    trunk = path.trunk.select(document)
    return bool(trunk) and isinstance(trunk[0].value, (list, dict))


def _lacks_member(path: Path, document: Json) -> bool:
    """Return whether the path, which selects nothing, ends at values that have no such member or no items.

    A null among them is no record; any other value that is not a record or a list has the wrong type.
    """
    above = path.parent
    while above is not None:
        found = above.select(document)
        if found:
            present = [located.value for located in found if located.value is not None]
            any_fits = any(isinstance(value, path.container_types) for value in present)
            return bool(present) and (_ends_with_names(path, above) or not any_fits)
        path, above = above, above.parent
    return False


def _ends_with_names(path: Path, above: Path) -> bool:
    last = compile_path("$" + str(path.query).removeprefix(str(above.query))).shape
    return bool(last) and last[0] is not None
