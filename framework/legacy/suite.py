"""Converts an old case file into the text of a suite."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.source import Source
from framework.cases.problem_limits import start_of
from framework.cases.yaml.pyyaml import dump
from framework.legacy.conservation import entry_values, remark_lost
from framework.legacy.foreign import foreign_text, foreign_tree
from framework.legacy.import_context import ImportContext
from framework.legacy.old_yaml import parse_old_yaml
from framework.legacy.suite_converter import SuiteConverter

_SUFFIX = re.compile(r"\.(?:ya?ml|json)\Z", re.IGNORECASE)
_CASE_START = re.compile(r"\n(?=  - id: )")
MODELINE = "# yaml-language-server: $schema=../../schemas/case.schema.json\n"
Validate = Callable[[str], tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import.

    Attributes:
        text: the new suite.
        cases: the number of its cases.
        remarks: parts of the old file that are not carried over.
        reviews: parts that are carried over, but that a person should look at.
    """

    text: str
    cases: int
    remarks: tuple[Problem, ...]
    reviews: tuple[Problem, ...]


@dataclass(frozen=True)
class Surroundings:
    """The facts of the project that an import needs.

    Attributes:
        known: the variables that the environments define.
        quoted: words that must be written in quotes, because otherwise they would be read as matchers.
        origins: ``https://host`` of the base URLs of the environments.
        validate: returns the problems of the text of a suite.
    """

    known: Collection[str] = ()
    quoted: Collection[str] = ()
    origins: Collection[str] = ()
    validate: Validate = field(default=lambda _: ())


def import_suite(source: Source, surroundings: Surroundings) -> Imported:
    """Convert an old file.

    Raises:
        CaseFileError: the text is not YAML.
    """
    if foreign := foreign_text(source):
        return _nothing(foreign)
    old = parse_old_yaml(source)
    if foreign := foreign_tree(old.top, source):
        return _nothing(foreign)
    context = ImportContext(known=frozenset(surroundings.known), tagged=old.tagged)
    context.remarks += old.remarks
    context.reviews += old.reviews
    context.values = entry_values(old.top)

    def problems_of(document: dict[str, Json]) -> tuple[Problem, ...]:
        return surroundings.validate(dump(document, surroundings.quoted))

    converter = SuiteConverter(context, frozenset(surroundings.origins), problems_of)
    document = converter.suite(old.top, _stem(source.name))
    # Without cases no suite is written.
    remark_lost(old.top, document if document["cases"] else {}, context)
    text = MODELINE + _separate_cases(dump(document, surroundings.quoted))
    return Imported(text, len(document["cases"]), _in_order(context.remarks), _in_order(context.reviews))


def _nothing(remark: Problem) -> Imported:
    return Imported("", 0, (remark,), ())


def _stem(file_name: str) -> str:
    return _SUFFIX.sub("", file_name.rsplit("/", 1)[-1])


def _separate_cases(text: str) -> str:
    """Put a blank line between the cases, but not before the first one."""
    return _CASE_START.sub("\n\n", text).replace("cases:\n\n", "cases:\n")


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=start_of))
