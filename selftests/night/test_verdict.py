"""The exit code of a run and its reasons."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from night.conftest import case, problem, run_of

from framework.report.case_record import Quarantine
from framework.report.record_file import RecordError, dump, load
from framework.report.run_record import verdict_of

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "run.schema.json").read_text(encoding="utf-8"))
HELD = Quarantine("不稳", "2999-01-01")
SLOW = [case(str(n), elapsed=(900.0,)) for n in range(20)]
FAILED, BROKEN, WRONG = case("f", "F"), case("b", "B"), case("w", "B", category="case")


@pytest.mark.parametrize(
    ("run", "code"),
    [
        (run_of({"a": "P"}), 0),
        (run_of({"a": "P", "b": "K", "c": "W", "d": "S"}), 0),
        (run_of([case("a"), FAILED]), 1),
        (run_of([case("a"), BROKEN]), 2),
        (run_of([case("a"), WRONG]), 3),
        (run_of({"a": "P"}, collection=(problem(),)), 3),
        (run_of([], exit=5), 2),
        (run_of({"a": "S"}, exit=5), 2),
        (run_of({"a": "S"}), 2),
        (run_of({"a": "P"}, collected=2, exit=2), 2),
        (run_of({"a": "P"}, interrupted=True, exit=2), 2),
        (run_of({"a": "P"}, exit=3), 2),
        (run_of({"a": "P"}, exit=1), 2),
        (run_of({"a": "P"}, exit=-9), 2),
        (run_of([case("a"), case("q", "B", quarantine=HELD)]), 0),
        (run_of([case("q", "B", quarantine=HELD)]), 2),
        (run_of([case("q", "W", quarantine=HELD)]), 0),
        (run_of(SLOW, budget_ms=800.0, exit=1), 1),
        (run_of(SLOW, budget_ms=1000.0), 0),
        (run_of(SLOW[:19], budget_ms=800.0), 0),
        (run_of([FAILED, BROKEN, WRONG], collection=(problem(),)), 1),
        (run_of([BROKEN, WRONG]), 3),
        (run_of([*SLOW, BROKEN], budget_ms=800.0), 1),
    ],
    ids=range(23),
)
def test_the_exit_code_of_a_run(run, code: int) -> None:
    assert verdict_of(run)[0] == code
    assert bool(verdict_of(run)[1]) is bool(code)


def test_every_reason_is_reported() -> None:
    reasons = verdict_of(run_of([FAILED, BROKEN, WRONG], collection=(problem(),)))[1]
    assert len(reasons) == 4


def test_a_record_survives_writing_and_matches_its_schema() -> None:
    run = run_of(
        [case("a", quarantine=HELD), FAILED, BROKEN],
        collection=(problem(),),
        budget_ms=3.5,
        selection="-m smoke",
        service="1.2",
    )
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(dump(run)))
    assert load(dump(run)) == run.__class__(
        **{
            **{name: getattr(run, name) for name in run.__slots__},
            "cases": tuple(sorted(run.cases, key=lambda item: item.id)),
        }
    )


WHOLE = dump(run_of({"a": "P", "b": "F"}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "NaN",
        WHOLE[: len(WHOLE) // 2],
        WHOLE.replace('"schema": 1', '"schema": 0'),
        WHOLE.replace('"schema": 1', '"schema": 2'),
        WHOLE.replace('"passed"', '"green"'),
        WHOLE.replace('"exit": 1', '"exit": "1"'),
        WHOLE.replace('"exit": 1', '"exit": true'),
        WHOLE.replace('"cases": [', '"cases": [7,'),
        WHOLE.replace("5.0", '"5"'),
        WHOLE.replace('"quarantine": null', '"quarantine": {}'),
        "[" * 100_000,
    ],
    ids=range(15),
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(RecordError):
        load(text)
