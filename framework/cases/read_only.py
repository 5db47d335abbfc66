"""Decides which requests change nothing when they are sent again: ``read_only``, and the safe methods of
HTTP.

Nothing else decides which requests may be sent twice, or sent to an environment that does not allow
``write``.
"""

from __future__ import annotations

from collections.abc import Mapping

from framework.base.errors import UnresolvedError
from framework.base.jsonpath import Json
from framework.cases.case import Case, Definition, Step
from framework.cases.template import Constant, MappingTemplate, Scope, Template, render
from framework.cases.variables import resolve_definitions, variables_needed

WRITE = "write"
"""The word in an environment's ``allow`` for requests that may change something."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""RFC 9110, section 9.2.1."""


def first_writing_step(case: Case, definitions: Mapping[str, Definition]) -> tuple[Step, str] | None:
    """Return the first step that may change something, with its method or call; None if there is none.

    *definitions* has all variables that are known before the run. A method that is not known then is not
    judged here, but when the request is sent.
    """
    for step in case.all_steps:
        if step.read_only:
            continue
        if step.call is not None:
            return step, f"call {step.call.name}"
        method = _method(step, definitions)
        if method and method not in SAFE_METHODS:
            return step, method
    return None


def constant_method(request: Template) -> str:
    """Return the method of a request; an empty text if it depends on variables."""
    method = _method_template(request)
    return str(method.value).upper() if isinstance(method, Constant) else ""


def _method(step: Step, definitions: Mapping[str, Definition]) -> str:
    template = _method_template(step.request)
    try:
        bindings = resolve_definitions(definitions, variables_needed(template, definitions))
        return str(render(template, Scope(bindings))).upper()
    except UnresolvedError:
        return ""


def _method_template(request: Template) -> Template:
    """Return the template of the method, GET if the request has none."""
    if isinstance(request, MappingTemplate):
        for key, value in request.fields:
            if isinstance(key, Constant) and key.value == "method":
                return value
    elif isinstance(request, Constant) and isinstance(request.value, Mapping):
        return Constant(_text(request.value), request.span)
    return Constant("GET", request.span)


def _text(request: Mapping[str, Json]) -> str:
    return str(request.get("method", "GET"))
