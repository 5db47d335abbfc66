"""Reads reply contracts, JSON Schema 2020-12 files, and compiles them.

There are two deliberate deviations from the standard: patterns are the regular expressions of the case
language (rule 14), and ``format`` is only an annotation. A ``$ref`` can name files of the same directory and
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource, Unresolvable
from referencing.jsonschema import DRAFT202012

from framework.base.errors import CaseFileError, Problem, did_you_mean
from framework.base.jsonpath import Json, Location, format_location
from framework.base.messages import tr
from framework.base.source import Source
from framework.checks.contract_shape import is_certainly_valid
from framework.checks.contract_text import mistakes, parse_source, problem_at, read_source, subschemas
from framework.checks.contract_words import describe_violation, learned_value
from framework.checks.outcome import IsAccepted, Violation
from framework.checks.quick import Check, Follow, quick_check
from framework.checks.regex import MORE_DEFINITE, SlowPatternError, slow_pattern_message

MOST_VIOLATIONS = 50
"""How many violations are listed; the others are only counted."""
_MOST_COUNTED = 5000
_SUFFIX = ".schema.json"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")


# -- a compiled contract


@dataclass(frozen=True)
class CompiledContract:
    """One contract, ready to judge documents."""

    name: str
    schema: Json
    registry: Registry[Any]

    @cached_property
    def _validator(self) -> Any:
        return _validators().contract_validator(self.schema, self.registry)

    @cached_property
    def _quick(self) -> Check | None:
        schema, follow = self.root()
        # the resolver already knows the name of the file; the quick check refuses the keyword in a schema
        return quick_check(_without(schema, "$id"), follow)

    def root(self) -> tuple[Json, Follow]:
        """Return the schema, and how to follow the references in it."""
        resolver = self.registry.resolver_with_root(DRAFT202012.create_resource(self.schema))
        return self.schema, partial(_follow, resolver)

    def violations(self, document: Json, is_accepted: IsAccepted | None = None) -> tuple[Violation, ...]:
        """Return the violations: at most 50, then one entry with the number of the others.

        *is_accepted* is asked about each value that breaks a keyword with ``x-learned`` beside it.

        Raises:
            CaseFileError: the search for a pattern exceeded its time limit.
        """
        try:
            if self._quick is not None and self._quick(document):
                return ()
            found = self._validator.iter_errors(document)
            errors = list(islice(_without_accepted(found, is_accepted), _MOST_COUNTED))
        except SlowPatternError as error:
            raise CaseFileError(_slow_pattern(self.name, error)) from None
        # not all of them: a contract that fits no item of a long list would fill the report
        nearest = _validators().nearest_error
        violations = [describe_violation(error, nearest(error)) for error in errors[:MOST_VIOLATIONS]]
        if len(errors) > MOST_VIOLATIONS:
            others = tr("另有 {n} 处不符合契约，没有列出", n=len(errors) - MOST_VIOLATIONS)
            violations.append(Violation("", "", others))
        return tuple(violations)


def _without_accepted(errors: Iterable[Any], is_accepted: IsAccepted | None) -> Iterator[Any]:
    for error in errors:
        value = learned_value(error) if is_accepted is not None else None
        if value is None or is_accepted is None or not is_accepted(value):
            yield error


def _validators() -> ModuleType:
    # A run with right replies does not need it.
    from framework.checks import contract_validator  # noqa: PLC0415

    return contract_validator


def _slow_pattern(contract: str, error: SlowPatternError) -> Problem:
    what = tr("契约 {name} 里的{what}", name=contract, what=slow_pattern_message(error))
    return Problem("pattern-slow", what, tr(MORE_DEFINITE))


def _without(schema: Json, key: str) -> Json:
    if not isinstance(schema, dict):
        return schema
    return {name: value for name, value in schema.items() if name != key}


def _follow(resolver: Any, ref: str) -> tuple[Json, Follow]:
    resolved = resolver.lookup(ref)
    return resolved.contents, partial(_follow, resolved.resolver)


# -- the directory


class Contracts:
    """The contracts of one directory, ``NAME.schema.json``. Each is compiled when it is first needed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._compiled: dict[str, CompiledContract] = {}
        self._files: dict[str, Resource[Any]] = {}
        # referencing types a registry by the contents of its files, and ours are any JSON
        self._registry: Registry[Any] = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]

    def known(self) -> tuple[str, ...]:
        """Return the names of all contracts, sorted."""
        files = self._directory.glob("*" + _SUFFIX)
        return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in files))

    def contract(self, name: str) -> CompiledContract:
        """Return the contract *name*.

        Raises:
            CaseFileError: the file does not exist, or has mistakes. The error holds all of them.
        """
        if name not in self._compiled:
            contract = CompiledContract(name, self._file(name + _SUFFIX).contents, self._registry)
            self._check_references(name, contract.schema)
            self._compiled[name] = contract
        return self._compiled[name]

    def _retrieve(self, uri: str) -> Resource[Any]:
        if not uri.endswith(_SUFFIX) or not _NAME.fullmatch(uri.removesuffix(_SUFFIX)):
            raise NoSuchResource(uri)
        return self._file(uri)

    def _file(self, filename: str) -> Resource[Any]:
        if filename not in self._files:
            self._files[filename] = DRAFT202012.create_resource(self._read(filename))
        return self._files[filename]

    def _read(self, filename: str) -> Json:
        path = self._directory / filename
        name = filename.removesuffix(_SUFFIX)
        if not _NAME.fullmatch(name) or not path.is_file():
            raise CaseFileError(self._missing(name, filename))
        source = read_source(path, self._directory)
        schema = parse_source(source)
        problems = list(_invalid(source, schema))
        if not problems:
            problems = [problem_at(source, *mistake) for mistake in mistakes(schema)]
        if problems:
            raise CaseFileError(*problems)
        # jsonschema chooses the validator by this keyword: it would take its own, without our keywords
        return _without(schema, "$schema")

    def _missing(self, name: str, filename: str) -> Problem:
        similar = did_you_mean(name, self.known())
        directory = self._directory.name + "/"
        return Problem(
            "contract-missing",
            tr("没有契约 {name}（{filename}）", name=name, filename=filename),
            similar or tr("契约放在 {directory} 里", directory=directory),
        )

    def _check_references(self, name: str, schema: Json) -> None:
        """Follow all references now, so that one without a target is reported before the run."""
        resolver: Any = self._registry.resolver_with_root(DRAFT202012.create_resource(schema))
        seen: set[int] = set()
        pending = [(schema, resolver)]
        while pending:
            current, resolver = pending.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            for at, inner in subschemas(current):
                for keyword in ("$ref", "$dynamicRef"):
                    if isinstance(inner, dict) and keyword in inner:
                        pending.append(self._resolved(name, (*at, keyword), inner[keyword], resolver))

    def _resolved(self, name: str, at: Location, ref: str, resolver: Any) -> tuple[Json, Any]:
        try:
            found = resolver.lookup(ref)
        except Unresolvable as error:
            mistake_in_file = _case_file_error(error)
            if mistake_in_file:
                raise mistake_in_file from None
            where = format_location(at)
            problem = Problem(
                "contract-ref",
                tr("契约 {name} 的 {where} 引用了找不到的 {ref}", name=name, where=where, ref=ref),
                tr("只能引用同一目录里的 名字{suffix}，或本文件的 #/$defs/…", suffix=_SUFFIX),
            )
            raise CaseFileError(problem) from None
        return found.contents, found.resolver


def _case_file_error(error: BaseException | None) -> CaseFileError | None:
    """Return the error of a file that a ``$ref`` found but that is no valid contract."""
    while error is not None:
        if isinstance(error, CaseFileError) and error.problems[0].code != "contract-missing":
            return error
        error = error.__cause__
    return None


def _invalid(source: Source, schema: Json) -> Iterator[Problem]:
    """Yield a problem for each violation of the metaschema."""
    if is_certainly_valid(schema):
        return
    validators = _validators()
    for error in validators.metaschema_errors(schema):
        violation = describe_violation(error, validators.nearest_error(error))
        expected = tr("应为{expected}，现在是{actual}", expected=violation.expected, actual=violation.actual)
        what = tr("不是有效的 JSON Schema：{what}", what=violation.what or expected)
        yield problem_at(source, violation.below, what, "")
