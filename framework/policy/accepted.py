"""Reads accepted findings: known defects of published texts that are tolerated for a while.

::

    accepted:
      - {id: "1775452166944673792", rule: lexicon, quote: 原代码, reason: 官方原文如此, until: 2030-12-31}
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from framework.base.errors import CaseFileError, did_you_mean
from framework.base.messages import tr
from framework.cases.reader import Reader
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import Node
from framework.policy.datafiles import read_data
from framework.policy.rules import RULES

_KEYS = ("id", "rule", "quote", "reason", "until")
_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class AcceptedFinding:
    """``quote`` is a few characters of the defect; ``until`` is the last day of the acceptance, or None."""

    id: str
    rule: str
    quote: str
    reason: str
    until: date | None = None

    def covers(self, rule: str, quote: str) -> bool:
        """Whether a finding of *rule* with this quotation is the accepted one."""
        return self.rule == rule and bool(quote) and (self.quote in quote or quote in self.quote)


def load_accepted(folder: Path, name: str) -> tuple[AcceptedFinding, ...]:
    """Return the entries of a file.

    Raises:
        CaseFileError: the file cannot be read, or entries are wrong; all problems are reported together.
    """
    path = folder / name
    # The time of the last change is part of the cache's key, so that an edited file is read again.
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return _load(folder, name, stamp)


@lru_cache(maxsize=16)
def _load(folder: Path, name: str, _stamp: int) -> tuple[AcceptedFinding, ...]:
    reader = Reader()
    top = reader.mapping(parse_yaml(read_data(folder, name, _MAX_BYTES)), name, ("accepted",))
    items = reader.sequence(top.get("accepted") if top else None, "accepted")
    entries = tuple(filter(None, (_read_entry(item, reader) for item in items)))
    if reader.problems:
        raise CaseFileError(*reader.problems)
    return entries


def _read_entry(node: Node, reader: Reader) -> AcceptedFinding | None:
    mapping = reader.mapping(node, "accepted", _KEYS)
    if mapping is None:
        return None
    values = {key: reader.text(mapping.get(key), key) for key in _KEYS}
    missing = [key for key in _KEYS[:4] if mapping.get(key) is None]
    if missing:
        reader.problem("accepted-key", tr("缺 {names}", names=tr("、").join(missing)), "", node.span)
    if values["rule"] and values["rule"] not in RULES:
        reader.problem(
            "accepted-rule",
            tr("没有叫 {name} 的规则", name=values["rule"]),
            did_you_mean(values["rule"], RULES),
            node.span,
        )
    return AcceptedFinding(
        values["id"],
        values["rule"],
        values["quote"],
        values["reason"],
        _read_date(mapping.get("until"), values["until"], reader),
    )


def _read_date(node: Node | None, text: str, reader: Reader) -> date | None:
    if node is None or not text:
        return None
    try:
        # date.fromisoformat also accepts other forms, depending on the version of Python.
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    reader.problem("accepted-until", tr("until 要写成日期,例如 2030-12-31"), "", node.span)
    return None


def accepted_for_policy(
    entries: Iterable[AcceptedFinding], policy_id: str, rules: Iterable[str]
) -> list[AcceptedFinding]:
    """Return the entries for one policy that are about one of the given rules."""
    names = set(rules)
    return [entry for entry in entries if entry.id == policy_id and entry.rule in names]
