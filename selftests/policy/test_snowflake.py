"""The time inside a snowflake id: Twitter's epoch, rounded half up to the second, China Standard Time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.policy.snowflake import EPOCH_MS, milliseconds, published, snowflake_time_of
from selftests.project_matchers import MATCHERS

SHANGHAI = timezone(timedelta(hours=8))


def made_at(moment: datetime, low: int = 0) -> str:
    return str((int(moment.timestamp() * 1000 + 0.5) - EPOCH_MS) << 22 | low)


@pytest.mark.parametrize(("millisecond", "second"), [(0, 0), (499, 0), (500, 1), (999, 1)])
@pytest.mark.parametrize("low", [0, (1 << 22) - 1])
def test_half_a_second_rounds_up(millisecond, second, low):
    moment = datetime(2024, 1, 31, 23, 59, 58, millisecond * 1000, SHANGHAI)
    assert published(made_at(moment, low)) == f"2024-01-31 23:59:5{8 + second}"


def test_rounding_carries_into_the_next_day():
    assert published(made_at(datetime(2023, 12, 31, 23, 59, 59, 500_000, SHANGHAI))) == "2024-01-01 00:00:00"


def test_the_epoch():
    assert milliseconds("1") == 1288834974657
    assert published("1") == "2010-11-04 09:42:55"


@given(st.integers(1, (1 << 63) - 1))
def test_it_agrees_with_the_calendar(snowflake):
    moment = datetime.fromtimestamp(((snowflake >> 22) + EPOCH_MS) // 1000, SHANGHAI)
    written = datetime.strptime(published(str(snowflake)), "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    assert timedelta(0) <= written - moment <= timedelta(seconds=1)


@pytest.mark.parametrize("value", [None, 1706716800, ["2024-01-31 08:00:00"], {}])
def test_a_time_that_is_not_text_is_a_type_mismatch(value):
    assert snowflake_time_of(value, "1").type_mismatch


def test_a_wrong_time_is_reported_with_the_time_of_the_id():
    (fault,) = snowflake_time_of("2010-11-04 01:42:55", "1").violations
    assert fault.expected == '"2010-11-04 09:42:55"'
    assert fault.what == "编号 1 里的时间是 2010-11-04 09:42:55"


@pytest.mark.parametrize("argument", [1, "", "0", "-1", "1.0", " 1", "1" * 20, "١", None, str(1 << 63)])
def test_an_argument_that_is_no_snowflake_is_rejected(argument):
    assert MATCHERS["snowflake_time_of"].accepts(argument)
