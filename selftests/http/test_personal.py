"""Personal data is recognized by its form, and nothing else is masked."""

import pytest

from framework.http.masking import Masker
from framework.http.personal import IDENTITY, MOBILE, hide_personal, is_identity

GOOD = "11010519491231002X"  # the example in the standard


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("电话13800138000。", f"电话{MOBILE}。"),
        ('{"phone":"19912345678"}', '{"phone":"' + MOBILE + '"}'),
        ("13800138000,15900000000", f"{MOBILE},{MOBILE}"),
        (f"身份证{GOOD}号", f"身份证{IDENTITY}号"),
        (GOOD.lower(), IDENTITY),
        (f"{GOOD} {GOOD}", f"{IDENTITY} {IDENTITY}"),
    ],
)
def test_personal_data_is_masked(text, hidden):
    assert hide_personal(text) == hidden == Masker({}, personal=True).text(text)


@pytest.mark.parametrize(
    "text",
    [
        "1778690715361914880",
        "12345678901",
        "023-63896389",
        "2024-04-12 15:44:48",
        "138001380001",
        "x13800138000",
        "13800138000a",
        "110105194912310021",
        "11010519491331002X",
        "da13243e9a1e444e9246b2ebda53410e",
        "1380013800",
        "",
    ],
)
def test_other_numbers_are_not_masked(text):
    assert hide_personal(text) == text


def test_personal_data_in_bytes_is_masked():
    assert Masker({}, personal=True).data(b"\xff 13800138000") == b"\xff " + MOBILE.encode()
    assert Masker({}, personal=True).data(b"\xff 1380013800") == b"\xff 1380013800"
    assert Masker({}).data(b"13800138000") == b"13800138000"


def test_check_digit_of_identity_numbers():
    assert (
        is_identity(GOOD)
        and not is_identity(GOOD[:-1] + "1")
        and not is_identity("1" * 17)
        and not is_identity("x" * 18)
    )
