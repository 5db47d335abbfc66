"""The properties of the ten recorded policies are those of all 190."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

EPOCH_MS = 1288834974657
CHINA = timezone(timedelta(hours=8))
NUMBER = re.compile(r"[一-鿿]{1,12}〔((?:19|20)\d{2})〕[1-9]\d{0,3}号")
ADOPTION = re.compile(
    r"\(?(\d{4})年\d{1,2}月\d{1,2}日重庆市第.{1,3}届人民代表大会常务委员会第.{1,4}次会议(通过|修订)\)?"
)
SIGNED = re.compile(r"<p>(\d{4})年(\d{1,2})月(\d{1,2})日</p>")


def ms_of(snowflake: str) -> int:
    return (int(snowflake) >> 22) + EPOCH_MS


def bare(text: str) -> str:
    return re.sub(r"[\s《》]", "", text)


def test_there_are_190(every):
    assert len(every) == 190


def test_ids_are_strings_of_19_digits(every):
    assert all(re.fullmatch(r"\d{19}", i) for r in every for i in (r["id"], r["files"][0]["fileId"]))


def test_publish_time_is_the_id_s_time_rounded_half_up(every):
    for record in every:
        seconds = (ms_of(record["id"]) + 500) // 1000
        assert record["publishTime"] == datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def test_some_times_are_rounded_up_and_some_down(every):
    up = sum(ms_of(record["id"]) % 1000 >= 500 for record in every)
    assert 50 < up < 140


def test_a_file_is_made_some_seconds_before_its_policy(every):
    gaps = [ms_of(r["id"]) - ms_of(r["files"][0]["fileId"]) for r in every]
    assert min(gaps) >= 1_400
    assert max(gaps) <= 8_700


def test_a_file_s_key_address_and_type_agree(every, standin):
    for record in every:
        (file,) = record["files"]
        folder, stem, kind = re.fullmatch(r"(\d{6})/([0-9a-f]{32})\.(doc|docx)", file["fileKey"]).groups()
        assert file["fileUrl"] == f"{standin.url}/oss/{file['fileKey']}"
        assert folder == record["publishTime"][:7].replace("-", "")
        assert UUID(stem).version == 4
        assert file["fileType"] == kind
        assert 25 <= file["fileSize"] <= 774


@pytest.mark.parametrize("key", ["id", "policyTitle", "issueNumber", "policyText"])
def test_values_that_must_be_unique_are(every, key):
    assert len({record[key] for record in every}) == 190


def test_files_are_unique(every):
    files = [record["files"][0] for record in every]
    assert len({f["fileId"] for f in files}) == len({f["fileKey"] for f in files}) == 190


def test_numbers_have_the_recorded_forms_by_kind_of_policy(every):
    for record in every:
        form = ADOPTION if record["policyTitle"].endswith("条例") else NUMBER
        assert form.fullmatch(record["issueNumber"]), record["issueNumber"]


def test_the_signature_has_the_number_s_year_and_is_not_after_publication(every):
    for record in every:
        if record["policyTitle"].endswith("条例"):
            continue
        (signed,) = SIGNED.findall(record["policyText"])
        year, month, day = map(int, signed)
        assert int(NUMBER.fullmatch(record["issueNumber"])[1]) == year
        assert f"{year:04}-{month:02}-{day:02}" <= record["publishTime"][:10]


def test_the_plan_named_in_the_title_recurs_in_the_text(every):
    titled = [r for r in every if "《" in r["policyTitle"]]
    assert len(titled) > 80
    for record in titled:
        plan = re.search("《.*》", re.sub(r"\s", "", record["policyTitle"]))[0]
        assert plan in record["policyText"]


def test_the_issuer_signs(every):
    for record in every:
        issuer = re.sub(r"\s", "", record["policyTitle"]).partition("关于")[0]
        signers = re.findall("<p>(.*?)</p>", record["policyText"])
        if record["policyTitle"].endswith("条例"):
            assert any(record["issueNumber"] in p for p in signers)
        else:
            assert issuer.removesuffix("等12个部门") in signers


def test_a_file_s_name_is_contained_in_the_title(every):
    for record in every:
        name = re.sub(r"^\d+\s", "", record["files"][0]["fileName"])
        assert bare(name) in bare(record["policyTitle"])


def test_names_agree_with_numbers(every):
    assert len({(r["policyType"], r["policyTypeName"]) for r in every}) == len(
        {r["policyType"] for r in every}
    )
    assert {(r["policyLevel"], r["policyLevelName"]) for r in every} == {
        (1, "市级"),
        (2, "区县级"),
        (3, "国家级"),
    }
    assert {1, 3, 4, 10} <= {r["policyType"] for r in every}
