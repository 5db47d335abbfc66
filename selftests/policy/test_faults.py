"""The text faults of the catalogue are seen without any expected data."""

from __future__ import annotations

from itertools import pairwise

import pytest

from selftests.policy.conftest import found, policies, record_of
from standin.faults.texts import TEXTS

FAULTS = {fault.number: fault for fault in TEXTS}
SOME = policies()[::4]


def broken(number: int):
    """Yield the records that a fault changes, as it leaves them."""
    if number == 58:
        yield from (record_of(policy, other.text) for policy, other in pairwise(SOME))
        return
    (hook,) = FAULTS[number].make().record
    for policy in SOME:
        record = hook(record_of(policy), policy)
        if record["policyText"] != policy.text:
            yield record


@pytest.mark.parametrize(
    ("number", "rules", "share"),
    [
        (51, {"head"}, 0.95),
        (52, {"grammar", "tail"}, 1),
        (53, {"tail", "paragraph_cut"}, 0.95),
        (54, {"code_points"}, 1),
        (55, {"escaped", "grammar"}, 1),
        (56, {"active_content", "grammar"}, 1),
        (57, {"numbering", "list_end", "cross_reference"}, 0.8),
        (58, {"title_agreement"}, 1),
        (59, {"tabs_lost"}, 1),
    ],
)
def test_a_fault_is_seen(number, rules, share):
    records = list(broken(number))
    seen = [record for record in records if rules & {rule for rule, _ in found(record["policyText"], record)}]
    assert records
    assert len(seen) >= share * len(records)
