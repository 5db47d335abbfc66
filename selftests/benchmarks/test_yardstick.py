"""The yardstick of all speed figures must not change, unless CHANGELOG.md says why."""

import hashlib
from pathlib import Path

import pytest

BY_HAND = Path(__file__).parents[2] / "benchmarks" / "by_hand"
DIGESTS = {
    "README.md": "a1f9ccc2a4822a6ee808873a2fb0aeb0df326b4f9aa9b378632003da752d61c2",
    "conftest.py": "d0191aaa73596d763a7c8b3b803ba28b040e88392f5a79ed7af9987d9b4f330a",
    "plain.schema.json": "556eb4ebe95fe3308f0e19e81ceaabfdf5ecec86dd9002aad8910d839fd52ef3",
    "test_by_hand.py": "8934c567ca70a6b247c1b28f3065f39046f8e53592aebfa404744415246e21f1",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_the_work_written_by_hand_is_unchanged(name):
    assert hashlib.sha256((BY_HAND / name).read_bytes()).hexdigest() == DIGESTS[name]


def test_nothing_was_added_to_it():
    assert {path.name for path in BY_HAND.iterdir() if path.name != "__pycache__"} == set(DIGESTS)
