"""Finds text that the parser left unrendered, so that no reference is ever sent as it is written."""

from __future__ import annotations

from collections.abc import Iterator

from framework.base.cutting import cut
from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.template import Constant, Template, leaves


def refuse_unrendered(template: Template) -> None:
    """Refuse a request in which a text has a reference that rendering would leave as it is.

    The parser leaves none, so this is a guard: without it the case would be judged for another request than
    the one that its author wrote.

    Raises:
        UnresolvedError: there is such a text.
    """
    for text, span in _unrendered_texts(template):
        what = tr("{text} 里的引用没有代入，请求没有发出", text=cut(text, 40))
        how = tr("换一个写法；要字面上的 ${ 就写 $${")
        raise UnresolvedError(Problem("reference-left", what, how, span))


def was_refused(template: Template) -> bool:
    """Return whether a reference in *template* could not be read, which is reported already."""
    if isinstance(template, Constant) and not isinstance(template.value, (str, list, dict)):
        return False
    return next(_unrendered_texts(template), None) is not None


def _unrendered_texts(template: Template) -> Iterator[tuple[str, Span]]:
    for leaf in leaves(template):
        if isinstance(leaf, Constant):
            yield from ((text, leaf.span) for text in _texts(leaf.value) if "${" in text)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
