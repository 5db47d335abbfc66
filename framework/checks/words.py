"""Describes a matcher call in words, for the title of its result."""

from __future__ import annotations

from collections.abc import Sequence

from framework.base.errors import UnresolvedError
from framework.base.messages import tr
from framework.cases.case import Call, Each, MatcherCall, Measure
from framework.cases.logic import combined_words
from framework.cases.template import (
    Constant,
    ListTemplate,
    MappingTemplate,
    Reference,
    Scope,
    Template,
    references,
    render,
)
from framework.checks.context import EvaluationContext
from framework.checks.outcome import Matcher
from framework.checks.shown import short


def call_words(call: Call, scope: Scope, context: EvaluationContext) -> str:
    """Return the call in words. A reference that differs from record to record is shown as it was written."""
    if isinstance(call, MatcherCall):
        matcher = context.matchers[call.name]
        return tr(matcher.words, argument=_argument_words(call.argument, matcher, scope))
    if isinstance(call, Measure):
        inner = tr("（{words}）", words=_all_words(call.calls, scope, context))
        # "长度为 {argument}": Chinese has no space before a full-width bracket.
        return tr(context.matchers[call.name].words, argument=inner).replace(" （", "（", 1)
    if isinstance(call, Each):
        return tr("每条都符合")
    return combined_words(call.kind, [_all_words(branch, scope, context) for branch in call.branches])


def _all_words(calls: Sequence[Call], scope: Scope, context: EvaluationContext) -> str:
    return tr(" 且 ").join(call_words(call, scope, context) for call in calls)


def _argument_words(template: Template, matcher: Matcher, scope: Scope) -> str:
    if isinstance(template, Constant):
        return matcher.show(template.value)
    if any(reference.origin == "record" for reference in references(template)):
        return as_written(template)
    try:
        value = render(template, scope)
    except UnresolvedError:
        return as_written(template)
    return matcher.show(value) if matcher.accepts(value) is None else short(value)


def as_written(template: Template) -> str:
    """Return a template with its references unresolved."""
    if isinstance(template, Constant):
        return short(template.value, 60)
    if isinstance(template, Reference):
        return "${" + template.text + "}"
    if isinstance(template, ListTemplate):
        return "[" + ", ".join(map(as_written, template.items)) + "]"
    if isinstance(template, MappingTemplate):
        fields = (
            f"{key.value if isinstance(key, Constant) else as_written(key)}: {as_written(value)}"
            for key, value in template.fields
        )
        return "{" + ", ".join(fields) + "}"
    return "".join(part if isinstance(part, str) else as_written(part) for part in template.parts)
