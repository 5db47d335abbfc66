"""Makes the JUnit file agree with the record of the run: one entry for each case, with its file and line, and
with one line as its message.

pytest writes one entry for each attempt of a test that is run again, one more if a tear-down fails after a
failure, one without a name for a case that was interrupted, and none for a case that an internal error ended.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from framework.report.case_record import CaseRecord
from framework.report.words import cut_at_word

_LONGEST_MESSAGE = 300
_WRONG = ("failure", "error")
_WANTED = {"failed": ("failure",), "broken": _WRONG, "passed": (), "skipped": ("skipped",)}
_ATTRIBUTES = {"errors": "error", "failures": "failure", "skipped": "skipped"}


def complete_junit(config: pytest.Config, cases: Mapping[str, CaseRecord], lines: Mapping[str, int]) -> None:
    """Keep the entry of each case that the record is about, and count the entries again.

    *lines* has the line at which each case begins, by its id.

    Raises:
        OSError: the file cannot be read or written.
    """
    given = getattr(config.option, "xmlpath", None)
    path = Path(os.path.expandvars(Path(given).expanduser())) if given else None
    if path is None or not path.is_file():
        return
    tree = ElementTree.parse(path)  # noqa: S314  # pytest has just written it
    suite = tree.find("testsuite")
    if suite is None:
        return
    _add_missing(suite, cases)
    _remove_superfluous(suite, cases)
    entries = suite.findall("testcase")
    places = {_junit_name(name): (name.partition("::")[0], line) for name, line in lines.items()}
    for entry in entries:
        _complete(entry, places)
    for attribute, tag in _ATTRIBUTES.items():
        suite.set(attribute, str(sum(entry.find(tag) is not None for entry in entries)))
    suite.set("tests", str(len(entries)))
    tree.write(path, encoding="utf-8", xml_declaration=True)


def _complete(entry: ElementTree.Element, places: Mapping[tuple[str, str], tuple[str, int]]) -> None:
    """Add the place of the case, and shorten its message to the first line: the text has the others."""
    place = places.get((entry.get("classname", ""), entry.get("name", "")))
    if place is not None:
        entry.set("file", place[0])
        entry.set("line", str(place[1]))
    for child in entry:
        message = child.get("message")
        if message:
            child.set("message", cut_at_word(message.partition("\n")[0], _LONGEST_MESSAGE))


def _add_missing(suite: ElementTree.Element, cases: Mapping[str, CaseRecord]) -> None:
    """Add an entry for each case of which pytest had no report."""
    known = {(entry.get("classname"), entry.get("name")) for entry in suite.iter("testcase")}
    missing = [case for case in cases.values() if _junit_name(case.id) not in known]
    for case in missing:
        classname, name = _junit_name(case.id)
        entry = ElementTree.SubElement(suite, "testcase", classname=classname, name=name, time="0.000")
        for tag in _WANTED.get(case.status, ("skipped",))[-1:]:
            ElementTree.SubElement(entry, tag, message=case.headline)


def _remove_superfluous(suite: ElementTree.Element, cases: Mapping[str, CaseRecord]) -> None:
    """Remove the entries that are not about the last attempt."""
    status_by_name = {_junit_name(case.id): case.status for case in cases.values()}
    kept: dict[tuple[str, str], ElementTree.Element] = {}
    entries = suite.findall("testcase")
    for entry in entries:
        name = (entry.get("classname", ""), entry.get("name", ""))
        other = kept.get(name)
        wanted = _WANTED.get(status_by_name.get(name, ""), ("skipped",))
        if not name[1]:
            suite.remove(entry)
        elif other is None:
            kept[name] = entry
        elif _fits(other, wanted) and not _fits(entry, wanted):
            suite.remove(entry)
        else:
            suite.remove(other)
            kept[name] = entry


def _fits(entry: ElementTree.Element, wanted: tuple[str, ...]) -> bool:
    tags = {child.tag for child in entry} & {*_WRONG, "skipped"}
    return bool(tags & {*wanted}) if wanted else not tags


def _junit_name(case_id: str) -> tuple[str, str]:
    """Return class name and name of a case as pytest writes them."""
    address, bracket, parameters = case_id.partition("[")
    first, *rest = address.split("::")
    names = [re.sub(r"\.py$", "", first.replace("/", ".")), *rest]
    return ".".join(names[:-1]), names[-1] + bracket + parameters
