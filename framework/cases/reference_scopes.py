"""Reports references that cannot have a value at their place (rules 1 and 5 of the case language)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import Case, CheckNode, Step, Use
from framework.cases.reader import Reader
from framework.cases.template import Reference, references
from framework.cases.traverse import check_references, subject_variables
from framework.cases.variables import find_cycles

_ANYWHERE = frozenset({"variable", "builtin"})
"""The origins of references that are valid in every place."""
_PLACE_HINTS = {
    "reply": "答复还没有到；要用上一步的答复，先用 extract 取出来",
    "record": "${@.…} 只能写在 each 里",
    "request": "${request.…} 只能写在 validate 与 extract 里",
}


def report_unresolvable_references(case: Case, given: Iterable[str], reader: Reader) -> None:
    """Report every reference of *case* that cannot have a value at its place.

    *given* are the names that the environment defines.
    """
    _CaseScope(case, given, reader).check()


def names_without_value(case: Case, given: Iterable[str]) -> dict[str, Span]:
    """Return the variables that have no value where *case* uses them, each with the place of its first use.

    *given* are the names that the environment defines. A run in it reports exactly these names.
    """
    scope = _NamesOnly(case, given, Reader())
    scope.check()
    return scope.undefined


class _CaseScope:
    """Goes through a case in the order of the run; ``known`` are the variables that have a value so far."""

    def __init__(self, case: Case, given: Iterable[str], reader: Reader) -> None:
        self.case = case
        self.known = {*given, *case.definitions, *case.requires, *case.fixtures}
        self.reader = reader
        self.extracted: set[str] = set()
        self.use: Use | None = None

    def check(self) -> None:
        """Report every reference without a value, and every cycle of variables."""
        for first, cycle in find_cycles(self.case.definitions):
            self.reader.report(
                Problem(
                    "variable-circle",
                    tr("变量互相引用，没有尽头：{circle}", circle=cycle),
                    tr("让其中一个不引用别的变量"),
                    first.span,
                )
            )
        for definition in self.case.definitions.values():
            self._check_references(references(definition.value), _ANYWHERE)
        self._check_references(references(self.case.name), _ANYWHERE)
        for step in self.case.steps:
            self._check_step(step)
        self._check_references_of_checks(self.case.checks, _ANYWHERE)
        for step in self.case.teardown:
            self._check_step(step)

    def _check_step(self, step: Step) -> None:
        known = set(self.known)
        self.use = step.use
        if step.use is None or not step.use.loops:
            self._add_given(step)
        self._add_item(step)
        if step.use is not None and step.use.loops:
            self._add_given(step)
        self._check_references([*references(step.name), *references(step.request)], _ANYWHERE)
        if step.call is not None:
            self._check_references(references(step.call.arguments), _ANYWHERE)
        until = step.wait_for.until if step.wait_for else ()
        self._check_references_of_checks(until, _ANYWHERE | {"request", "reply"})
        for extract in step.extracts:
            if extract.subject.path:
                self._check_references(references(extract.subject.path), _ANYWHERE | {"request"})
        # Checks may use the extracts of their own step, because they run after them.
        self.known |= {extract.name for extract in step.extracts}
        conditions = step.skip_unless.conditions if step.skip_unless else ()
        judged = (*step.each_reply, *step.checks, *conditions)
        self._check_references_of_checks(judged, _ANYWHERE | {"request", "reply"})
        self.use = None
        # A name that a step gives, such as the item of for_each, is known inside it only.
        self.known = known | {step.name_after(extract.name) for extract in step.extracts}
        self._keep_extracts(step)

    def _add_given(self, step: Step) -> None:
        for layer in step.use.given if step.use else ():
            for definition in layer.values():
                self._check_references(references(definition.value), _ANYWHERE)
            self.known |= layer.keys()

    def _add_item(self, step: Step) -> None:
        loop = step.for_each
        if loop is None:
            return
        self._check_references(references(loop.values), _ANYWHERE)
        # A loop may hide a variable of the environment, as an extract may.
        if loop.name in {*self.case.definitions, *self.extracted}:
            self._report_shadow(loop.name, loop.span)
        self.known.add(loop.name)

    def _keep_extracts(self, step: Step) -> None:
        for extract in step.extracts:
            name = step.name_after(extract.name)
            if name in self.case.parameters or name in self.extracted:
                self._report_shadow(name, step.use.span if step.use else extract.span, step.use)
            self.extracted.add(name)

    def _report_shadow(self, name: str, span: Span, use: Use | None = None) -> None:
        how = tr("改一个名字")
        if use is not None:
            how = tr("在 use 旁边写 extract: {{另一个名字: {name}}}", name=name)
        self.reader.problem(
            "shadow",
            tr("{name} 与 parametrize 的列、另一个抽取或变量同名", name=name),
            how,
            span,
        )

    def _check_references_of_checks(self, checks: tuple[CheckNode, ...], origins: frozenset[str]) -> None:
        for reference, inside in check_references(checks):
            self._check_references([reference], origins | {"record"} if inside else origins)
        for subject in subject_variables(checks):
            if subject.name not in self.known:
                self._report_undefined(subject.name, subject.span)

    def _check_references(self, found: Iterable[Reference], origins: frozenset[str]) -> None:
        for reference in found:
            if reference.origin not in origins:
                what = tr("${{{text}}} 在这里还没有值", text=reference.text)
                self.reader.problem(
                    "reference-place", what, tr(_PLACE_HINTS.get(reference.origin, "")), reference.span
                )
            elif reference.origin == "variable" and reference.name not in self.known:
                self._report_undefined(reference.name, reference.span)

    def _report_undefined(self, name: str, span: Span) -> None:
        if name in self.reader.refused_names:
            return
        define_it = tr(
            "在 variables、parametrize、extract 或 environments.yaml 里定义它，或用 --var {name}=值",
            name=name,
        )
        if self.use is not None:
            define_it = tr(
                "{place} use 了这一步：在那里写 with: {{{name}: 值}}", place=self.use.span.place, name=name
            )
        elif name == "id" and self.case.id.endswith("]"):
            define_it = tr("给 parametrize 的每一行写 id，或把列改一个名字")
        near = get_close_matches(name, self.case.fixtures, n=1)
        if near:
            define_it = tr("fixtures 里写的是 {near}：两处要同名", near=near[0])
        self.reader.problem(
            "unknown-variable",
            tr("没有叫 {name} 的变量", name=name),
            define_it if near else self.reader.suggest(name, self.known) or define_it,
            span,
        )


class _NamesOnly(_CaseScope):
    """Collects the undefined names instead of reporting them."""

    def __init__(self, case: Case, given: Iterable[str], reader: Reader) -> None:
        super().__init__(case, given, reader)
        self.undefined: dict[str, Span] = {}

    def _report_undefined(self, name: str, span: Span) -> None:
        self.undefined.setdefault(name, span)
