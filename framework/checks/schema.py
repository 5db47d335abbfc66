"""Reply contracts: JSON Schema 2020-12 files to compiled contracts. The only module that imports jsonschema.

Two deviations, both on purpose: ``pattern`` and ``patternProperties`` have the regular expressions of the
case language (rule 14), and ``format`` is an annotation only. A ``$ref`` reaches files of the same directory
and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource, Unresolvable
from referencing.jsonschema import DRAFT202012

from framework.base.errors import CaseFileError, Problem, did_you_mean
from framework.base.jsonpath import Json, Located, Location, format_location
from framework.base.messages import tr
from framework.base.source import Source
from framework.checks.contract_keywords import ContractValidator
from framework.checks.contract_text import mistakes, parse_source, problem_at, read_source, subschemas
from framework.checks.contract_words import fault_of
from framework.checks.locate import Selection
from framework.checks.outcome import Fault
from framework.checks.quick import Check, Follow, quick_check
from framework.checks.regex import MORE_DEFINITE, SlowPatternError, told_slow
from framework.checks.result import Finding

MOST_VIOLATIONS = 50
_COUNTED = 5000
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
        return ContractValidator(self.schema, registry=self.registry, format_checker=None)

    @cached_property
    def _quick(self) -> Check | None:
        schema, follow = self.root()
        plain = (
            {key: value for key, value in schema.items() if key != "$id"}
            if isinstance(schema, dict)
            else schema
        )
        return quick_check(plain, follow)

    def _slow(self, error: SlowPatternError) -> Problem:
        what = tr("契约 {name} 里的{what}", name=self.name, what=told_slow(error))
        return Problem("pattern-slow", what, tr(MORE_DEFINITE))

    def root(self) -> tuple[Json, Follow]:
        """Return the schema, and how to follow the references in it."""
        return self.schema, partial(
            _follow, self.registry.resolver_with_root(DRAFT202012.create_resource(self.schema))
        )

    def faults(self, document: Json) -> tuple[Fault, ...]:
        """Return a fault for each violation: the first ones, and then how many more.

        Raises:
            CaseFileError: a pattern takes too long.
        """
        try:
            if self._quick is not None and self._quick(document):
                return ()
            errors = list(islice(self._validator.iter_errors(document), _COUNTED))
        except SlowPatternError as error:
            raise CaseFileError(self._slow(error)) from None
        faults = [fault_of(error, _nearest(error)) for error in errors[:MOST_VIOLATIONS]]
        if len(errors) > MOST_VIOLATIONS:
            faults.append(
                Fault("", "", tr("另有 {n} 处不符合契约,没有列出", n=len(errors) - MOST_VIOLATIONS))
            )
        return tuple(faults)


def _nearest(error: ValidationError) -> ValidationError | None:
    return best_match([error]) if error.context else None


def _follow(resolver: Any, ref: str) -> tuple[Json, Follow]:
    resolved = resolver.lookup(ref)
    return resolved.contents, partial(_follow, resolved.resolver)


# -- the directory


class Contracts:
    """The contracts of one directory, ``NAME.schema.json``, each read and compiled when it is first asked
    for.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._compiled: dict[str, CompiledContract] = {}
        self._files: dict[str, Resource[Any]] = {}
        # referencing's own type of the registry keeps Resource generic in what our files are: any JSON
        self._registry: Registry[Any] = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]

    def known(self) -> tuple[str, ...]:
        """Return the names of the contracts there are."""
        return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in self._directory.glob("*" + _SUFFIX)))

    def contract(self, name: str) -> CompiledContract:
        """Return the contract *name*.

        Raises:
            CaseFileError: there is no such file, or it is not a valid schema; with all that is wrong in it.
        """
        if name not in self._compiled:
            contract = CompiledContract(name, self._file(name + _SUFFIX).contents, self._registry)
            self._resolve_all(name, contract.schema)
            self._compiled[name] = contract
        return self._compiled[name]

    def problems(self, name: str, document: Json) -> tuple[Finding, ...]:
        """Return what in *document* is not as the contract has it, as findings with their places from ``$``.

        Raises:
            CaseFileError: as ``contract``.
        """
        whole, root = Selection("$", document=document), Located((), document)
        return tuple(
            Finding(
                whole.place(root, fault.below),
                fault.expected or "",
                fault.actual or "",
                fault.what,
                whole.row(root, fault.below),
            )
            for fault in self.contract(name).faults(document)
        )

    def _retrieve(self, uri: str) -> Resource[Any]:
        if not uri.endswith(_SUFFIX) or not _NAME.fullmatch(uri.removesuffix(_SUFFIX)):
            raise NoSuchResource(uri)
        return self._file(uri)

    def _file(self, filename: str) -> Resource[Any]:
        if filename not in self._files:
            self._files[filename] = DRAFT202012.create_resource(self._read(filename))
        return self._files[filename]

    def _read(self, filename: str) -> Json:
        path, name = self._directory / filename, filename.removesuffix(_SUFFIX)
        if not _NAME.fullmatch(name) or not path.is_file():
            how = did_you_mean(name, self.known()) or tr(
                "契约放在 {directory} 里", directory=self._directory.name + "/"
            )
            raise CaseFileError(
                Problem(
                    "contract-missing", tr("没有契约 {name}({filename})", name=name, filename=filename), how
                )
            )
        source = read_source(path, self._directory)
        schema = parse_source(source)
        problems = [*_invalid(source, schema)] or [
            problem_at(source, *mistake) for mistake in mistakes(schema)
        ]
        if problems:
            raise CaseFileError(*problems)
        # a schema that names its dialect would be judged by the stock validator, without the keywords of ours
        return (
            {key: value for key, value in schema.items() if key != "$schema"}
            if isinstance(schema, dict)
            else schema
        )

    def _resolve_all(self, name: str, schema: Json) -> None:
        """Meet a ``$ref`` that leads nowhere now, not in the middle of a run."""
        resolver: Any = self._registry.resolver_with_root(DRAFT202012.create_resource(schema))
        seen: set[int] = set()
        pending = [(schema, resolver)]
        while pending:
            current, here = pending.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            for at, inner in subschemas(current):
                if isinstance(inner, dict) and isinstance(inner.get("$ref"), str):
                    pending.append(self._resolved(name, at, inner["$ref"], here))

    def _resolved(self, name: str, at: Location, ref: str, resolver: Any) -> tuple[Json, Any]:
        try:
            found = resolver.lookup(ref)
        except Unresolvable as error:
            if broken := _broken_file(error):
                raise broken from None
            where = format_location((*at, "$ref"))
            problem = Problem(
                "contract-ref",
                tr("契约 {name} 的 {where} 引用了找不到的 {ref}", name=name, where=where, ref=ref),
                tr("只能引用同一目录里的 名字{suffix},或本文件的 #/$defs/…", suffix=_SUFFIX),
            )
            raise CaseFileError(problem) from None
        return found.contents, found.resolver


def _broken_file(error: BaseException | None) -> CaseFileError | None:
    """Return what is wrong with a file that a ``$ref`` did find."""
    while error is not None:
        if isinstance(error, CaseFileError) and error.problems[0].code != "contract-missing":
            return error
        error = error.__cause__
    return None


# -- a contract file that is wrong


def _invalid(source: Source, schema: Json) -> Iterator[Problem]:
    for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema):
        fault = fault_of(error, _nearest(error))
        what = tr(
            "不是有效的 JSON Schema:{what}",
            what=fault.what
            or tr("应为{expected},现在是{actual}", expected=fault.expected, actual=fault.actual),
        )
        yield problem_at(source, fault.below, what, "")
