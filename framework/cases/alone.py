"""Finds matchers that may not be inside ``each``, ``not``, ``all_of`` or ``any_of``, and are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.cases.case import Call, Check, CheckNode, MatcherCall, Vocabulary


def misplaced(inner: Iterable[CheckNode | Call], outside: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield a problem for each such matcher directly inside *outside*, the word for what it is in."""
    for node in inner:
        calls = node.calls if isinstance(node, Check) else (node,)
        for call in calls:
            if isinstance(call, MatcherCall) and vocabulary[call.name].alone:
                what = tr("{name} 不能写在 {outside} 里：认可的是整个对象", name=call.name, outside=outside)
                how = tr("写到外面去：$.items: {{{name}: …}}", name=call.name)
                yield Problem("matcher-alone", what, how, call.span)
