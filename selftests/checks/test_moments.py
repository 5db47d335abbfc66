"""Times written as text: which texts are times, and which moment each names."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.base.clock import CHINA
from framework.checks.matchers.moments import moment, moment_of_format, written_moment

UTC = timezone.utc


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29 23:59:58", datetime(2024, 2, 29, 23, 59, 58, tzinfo=CHINA)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=CHINA)),
        ("2024-02-29T01:02:03", datetime(2024, 2, 29, 1, 2, 3, tzinfo=CHINA)),
        ("2024-02-29T01:02:03Z", datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC)),
        ("2024-02-29T01:02:03+08:00", datetime(2024, 2, 29, 1, 2, 3, tzinfo=CHINA)),
        ("2024-02-29T01:02:03+0800", datetime(2024, 2, 29, 1, 2, 3, tzinfo=CHINA)),
        ("2024-02-29T01:02:03-05:30", datetime(2024, 2, 29, 6, 32, 3, tzinfo=UTC)),
        ("2024-02-29T01:02:03.5", datetime(2024, 2, 29, 1, 2, 3, 500_000, tzinfo=CHINA)),
        ("2024-02-29T01:02:03.000001Z", datetime(2024, 2, 29, 1, 2, 3, 1, tzinfo=UTC)),
        ("2024-02-29T01:02:03.123456789Z", datetime(2024, 2, 29, 1, 2, 3, 123_456, tzinfo=UTC)),
        ("2024-02-29T01:02:03.0Z", datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC)),
    ],
)
def test_a_text_that_is_a_time_names_one_moment(text, expected):
    found = moment(text)
    assert found == expected
    assert found.utcoffset() is not None


@pytest.mark.parametrize(
    "value",
    [
        "2023-02-29",
        "2023-02-29 00:00:00",
        "2023-02-29T00:00:00Z",
        "2024-01-01 24:00:00",
        "2024-01-01 00:60:00",
        "2024-1-01",
        "2024-01-01T00:00",
        "2024-01-01T00:00:00.",
        "2024-01-01T00:00:00.1234567890",
        "2024-01-01T00:00:00+08",
        "2024-01-01T00:00:00+8:00",
        "2024-01-01T00:00:00+25:00",
        "2024-01-01t00:00:00z",
        "2024-01-01 00:00:00Z",
        "2024-01-01\n",
        " 2024-01-01",
        "２０２４-01-01",
        "20240101",
        "",
        "now",
        20240101,
        1.5,
        True,
        None,
        ["2024-01-01"],
    ],
)
def test_other_values_are_no_times(value):
    assert moment(value) is None
    assert written_moment(value) is None


@pytest.mark.parametrize("text", ["2024-02-29", "2024-02-29T01:02:03", "2024-02-29T01:02:03Z"])
def test_only_the_full_form_with_a_space_is_a_written_time(text):
    assert written_moment(text) is None
    assert written_moment("2024-02-29 01:02:03") == datetime(2024, 2, 29, 1, 2, 3, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        ("29.02.2024 01:02", "%d.%m.%Y %H:%M", datetime(2024, 2, 29, 1, 2, tzinfo=CHINA)),
        ("2024年2月29日", "%Y年%m月%d日", datetime(2024, 2, 29, tzinfo=CHINA)),
        ("29.02.2024 01:02-0530", "%d.%m.%Y %H:%M%z", datetime(2024, 2, 29, 6, 32, tzinfo=UTC)),
        ("29.02.2024 01:02Z", "%d.%m.%Y %H:%M%z", datetime(2024, 2, 29, 1, 2, tzinfo=UTC)),
        ("29.02.2023", "%d.%m.%Y", None),
        ("29.02.2024 ", "%d.%m.%Y", None),
        ("２９.02.2024", "%d.%m.%Y", None),
        ("", "%Y", None),
    ],
)
def test_a_text_in_a_format_names_one_moment(text, written, expected):
    found = moment_of_format(text, written)
    assert found == expected
    assert found is None or found.utcoffset() is not None


@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)), st.integers(-23 * 60, 23 * 60))
def test_a_time_of_any_offset_is_the_same_moment(local, minutes):
    local = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(local.isoformat("T", "microseconds")) == local
    whole = local.replace(microsecond=0)
    assert moment(whole.isoformat("T")) == whole


@given(st.datetimes(datetime(1000, 1, 1)))
def test_a_written_time_is_china_standard_time(local):
    local = local.replace(microsecond=0, tzinfo=CHINA)
    assert written_moment(local.strftime("%Y-%m-%d %H:%M:%S")) == moment(local.isoformat()) == local
