"""Measures which damage to a text the rules of ``policy_text`` find, and where they alarm without any.

    python -m benchmarks.texts                   # the stand-in's texts; --every 10 takes a tenth of them
    python -m benchmarks.texts REPLY.json …      # recorded replies, or a list of records
    python -m benchmarks.texts --markdown        # also writes the tables into benchmarks/README.md

Every text is damaged in every way of ``text_damage``. A damage counts as found if there is an error that the
undamaged text does not have; as seen, if there is an error or a warning. A head that lost nothing but title,
number and issuer is left out, since documents are published like that.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.text_damage import RECORD_DAMAGE, TEXT_DAMAGE, Record, paragraphs_of, text_of
from framework.base.clock import CHINA
from framework.policy.document import Document, compact
from framework.policy.rules import RULES
from standin.records import record_of
from standin.seed.catalogue import others

PAGE = Path(__file__).with_name("README.md")
FILES_BASE = "https://youth.cq.cqyl.org.cn/oss/"
_BLOCK = re.compile(r"<!-- texts -->.*<!-- /texts -->", re.DOTALL)
_ROUNDS = 2
"""How often each text is damaged in each way, at different places."""
Findings = Counter[tuple[str, str, str]]


@dataclass
class Tally:
    """How many texts were damaged in one way, how often that was found and seen, and by which rules."""

    tried: int = 0
    found: int = 0
    seen: int = 0
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, new: Findings) -> None:
        errors = {rule for severity, rule, _ in new if severity == "error"}
        self.tried += 1
        self.found += bool(errors)
        self.seen += any(severity != "info" for severity, _, _ in new)
        self.rules.update(errors)


def findings(record: Record) -> Findings:
    """Return severity, rule and quotation of what the rules find in the text of a record."""
    document = Document(record["policyText"], record)
    return Counter(
        (finding.severity or rule.severity, rule.name, f"{finding.message} {finding.quote}")
        for rule in RULES.values()
        if document.has_paragraphs or not rule.needs_paragraphs
        for finding in rule.find(document)
    )


def damaged(records: Sequence[Record]) -> Iterator[tuple[str, Record, Record]]:
    """Yield the name of each damage, the sound record and the damaged one."""
    for index, record in enumerate(records):
        paragraphs = paragraphs_of(record["policyText"])
        for name, damage in TEXT_DAMAGE.items():
            for number in range(_ROUNDS):
                rest = damage(paragraphs, Random(f"{name} {index} {number}"))
                if rest is not None and not _lost_masthead_only(record, paragraphs, rest):
                    yield name, record, _with_text(record, rest, name)
        for name, change in RECORD_DAMAGE.items():
            other = records[(index + 1 + len(records) // 3) % len(records)]
            changed = change(record, other, Random(f"{name} {index}"))
            if changed is not None:
                yield name, record, changed


def _with_text(record: Record, paragraphs: Sequence[str], name: str) -> Record:
    files = [] if name.endswith("no file") else record["files"]
    return {**record, "policyText": text_of(paragraphs), "files": files}


def _lost_masthead_only(record: Record, before: Sequence[str], after: Sequence[str]) -> bool:
    lost = len(before) - len(after)
    masthead = compact(record["policyTitle"] + record["issueNumber"])
    is_head = 0 < lost <= 6 and list(before[lost:]) == list(after)
    return is_head and all(compact(line.replace("<br>", "")) in masthead for line in before[:lost])


def measure(records: Sequence[Record]) -> dict[str, Tally]:
    """Return a tally for each kind of damage."""
    sound = {id(record): findings(record) for record in records}
    tallies = {name: Tally() for name in (*TEXT_DAMAGE, *RECORD_DAMAGE)}
    for name, record, changed in damaged(records):
        tallies[name].add(findings(changed) - sound[id(record)])
    return tallies


# -- the tables


def damage_table(tallies: dict[str, Tally]) -> Iterator[str]:
    yield "| damage | texts | found | found or warned | rules |"
    yield "|---|---|---|---|---|"
    for name, tally in tallies.items():
        if tally.tried:
            rules = ", ".join(f"`{rule}`" for rule, _ in tally.rules.most_common(3))
            shares = f"{_share(tally.found, tally.tried)} | {_share(tally.seen, tally.tried)}"
            yield f"| {name} | {tally.tried} | {shares} | {rules} |"


def _share(part: int, whole: int) -> str:
    return f"{part * 100 // whole} %"


def alarm_table(records: Sequence[Record]) -> Iterator[str]:
    """Yield, for each rule that finds something in the undamaged texts, in how many of them."""
    texts: Counter[tuple[str, str]] = Counter()
    for record in records:
        texts.update({(rule, severity) for severity, rule, _ in findings(record) if severity != "info"})
    yield f"| rule | severity | of {len(records)} undamaged texts |"
    yield "|---|---|---|"
    for (rule, severity), count in sorted(texts.items()):
        yield f"| `{rule}` | {severity} | {count} |"
    if not texts:
        yield "| none | | 0 |"


# -- the texts


def standin_records() -> list[Record]:
    return [
        dict(record_of(policy, FILES_BASE)) for policy in others() if not (policy.draft or policy.deleted)
    ]


def records_of(value: Any) -> list[Record]:
    """Return the records of a reply, a list of replies or a list of records."""
    if isinstance(value, dict):
        if "policyText" in value:
            return [value]
        return [record for each in value.values() for record in records_of(each)]
    return [record for each in value for record in records_of(each)] if isinstance(value, list) else []


def main() -> None:
    options = _options()
    records = [
        record
        for path in options.replies
        for record in records_of(json.loads(path.read_text(encoding="utf-8")))
    ]
    records = (records or standin_records())[:: options.every]
    lines = [*damage_table(measure(records)), "", *alarm_table(records)]
    print("\n".join(lines))
    if options.markdown:
        day = f"{datetime.now(CHINA):%Y-%m-%d}"
        block = "\n".join(
            ["<!-- texts -->", f"{len(records)} texts of the stand-in, {day}.", "", *lines, "<!-- /texts -->"]
        )
        PAGE.write_text(_BLOCK.sub(lambda _: block, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.texts", description=__doc__)
    parser.add_argument("replies", nargs="*", type=Path, metavar="REPLY.json")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take one text in N")
    parser.add_argument("--markdown", action="store_true", help="write the tables into benchmarks/README.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
