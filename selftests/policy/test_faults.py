"""The rules detect the stand-in's faults of policyText without any expected data."""

from __future__ import annotations

from itertools import pairwise

import pytest

from selftests.policy.conftest import found, policies, record_of
from standin.faults.texts import TEXTS

FAULTS = {fault.name: fault for fault in TEXTS}
SOME = policies()[::4]


def faulty_records(name: str):
    """Yield the records that a fault changes, with the change."""
    if name == "text-of-another":
        yield from (record_of(policy, other.text) for policy, other in pairwise(SOME))
        return
    (hook,) = FAULTS[name].make_hooks().record
    for policy in SOME:
        record = hook(record_of(policy), policy)
        if record["policyText"] != policy.text:
            yield record


@pytest.mark.parametrize(
    ("name", "rules", "share"),
    [
        ("head-cut", {"head"}, 0.95),
        ("tail-cut", {"grammar", "tail"}, 1),
        ("cut-at-4000", {"tail", "paragraph_cut"}, 0.95),
        ("mojibake", {"code_points"}, 1),
        ("double-escaped", {"escaped", "grammar"}, 1),
        ("script-in-text", {"active_content", "grammar"}, 1),
        ("article-dropped", {"numbering", "list_end", "cross_reference"}, 0.8),
        ("text-of-another", {"title_agreement"}, 1),
        ("tabs-stripped", {"tabs_lost"}, 1),
    ],
)
def test_a_fault_is_detected(name, rules, share):
    records = list(faulty_records(name))
    detected = 0
    for record in records:
        detected += bool(rules & {rule for rule, _ in found(record["policyText"], record)})
    assert records
    assert detected >= share * len(records)
