"""The measurement of the rules for texts: each damage does what its name says, and both tables have their
rows.
"""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.text_damage import RECORD_DAMAGE, TEXT_DAMAGE, paragraphs_of, text_of
from benchmarks.texts import alarm_table, damage_table, damaged, measure, records_of

PROSE = (
    "各单位要高度重视（以下简称“重视”），按照《某办法》（某府发〔2024〕3号）做好100项工作，"
    "及时报送总结与台账，认真组织实施。"
)
PARAGRAPHS = [
    "某市人民政府关于青年工作的通知",
    "某府发〔2024〕1号",
    "各区县人民政府：",
    PROSE,
    "一、总体要求",
    PROSE.replace("100", "210"),
    "二、主要任务",
    PROSE.replace("100", "320"),
    "三、时间",
    "自2024年5月1日起，甲\t乙。",
    "某市人民政府",
    "2024年4月1日",
    "附件",
]
RECORD = {
    "policyTitle": PARAGRAPHS[0],
    "issueNumber": PARAGRAPHS[1],
    "policyText": text_of(PARAGRAPHS),
    "publishTime": "2024-04-02 00:00:00",
    "files": [],
}


@pytest.mark.parametrize("name", TEXT_DAMAGE)
def test_a_damage_changes_the_text(name):
    changed = TEXT_DAMAGE[name](PARAGRAPHS, Random(1))
    assert changed is not None
    assert changed != PARAGRAPHS


def test_a_text_without_the_thing_is_left_out():
    assert TEXT_DAMAGE["date of the signature lost"](["甲", "乙", "丙"], Random(1)) is None
    assert TEXT_DAMAGE["tabs lost"](["甲", "乙", "丙"], Random(1)) is None


def test_paragraphs_and_text_are_inverse():
    assert paragraphs_of(text_of(PARAGRAPHS)) == PARAGRAPHS


def test_records_are_found_in_replies_and_lists():
    assert records_of([{"data": {"result": [RECORD]}}, RECORD]) == [RECORD, RECORD]


def test_every_damage_has_a_row_and_a_head_without_its_masthead_is_none():
    tallies = measure([RECORD, RECORD])
    assert [name for name, tally in tallies.items() if not tally.tried] == []
    rows = list(damage_table(tallies))
    assert len(rows) == 2 + len(TEXT_DAMAGE) + len(RECORD_DAMAGE)
    for name, _, changed in damaged([RECORD]):
        if name.startswith("head"):
            assert paragraphs_of(changed["policyText"])[0] not in PARAGRAPHS[:3]


def test_alarms_are_counted_by_texts():
    table = "\n".join(alarm_table([RECORD, {**RECORD, "policyText": "<p>某局釆取措施。釆。</p>"}]))
    assert "| `look_alikes` | error | 1 |" in table
