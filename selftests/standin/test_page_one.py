"""Page 1 equals the service's recorded reply, except for texts and the origin of files."""

from __future__ import annotations

import json
from importlib import resources

FACTS = json.loads(resources.files("standin.seed").joinpath("recorded.json").read_text("utf-8"))
RECORD_KEYS = [
    "id",
    "policyTitle",
    "issueNumber",
    "policyLevel",
    "policyLevelName",
    "policyType",
    "policyTypeName",
    "policyText",
    "files",
    "priority",
    "publishTime",
]
FILE_KEYS = ["fileId", "fileName", "fileKey", "fileType", "fileSize", "fileUrl"]


def test_the_ten_recorded_policies_come_first_and_in_their_order(page):
    assert [record["id"] for record in page()["result"]] == [facts["id"] for facts in FACTS]


def test_their_facts_are_the_recorded_ones(page):
    for record, facts in zip(page()["result"], FACTS, strict=True):
        assert record["policyTitle"] == facts["title"]
        assert record["issueNumber"] == facts["issueNumber"]
        assert (record["policyLevel"], record["policyType"]) == (facts["level"], facts["type"])
        assert (record["publishTime"], record["priority"]) == (facts["publishTime"], 0)
        (file,) = record["files"]
        assert [file[k] for k in ("fileId", "fileName", "fileKey", "fileSize")] == [
            facts[k] for k in ("fileId", "fileName", "fileKey", "fileSize")
        ]


def test_its_size_is_that_of_the_recorded_reply(ask):
    assert 240_000 <= len(ask({"pageNo": 1, "pageSize": 10, "query": {}}).content) <= 250_000


def test_the_envelope_has_the_recorded_keys_types_and_order(ask):
    reply = ask({"pageNo": 1, "pageSize": 10, "query": {}}).json()
    assert list(reply) == ["success", "code", "msg", "data"]
    assert (reply["success"], reply["code"], reply["msg"]) == (True, "0", "success")
    data = reply["data"]
    assert list(data) == ["pageNo", "pageSize", "result", "totalNum", "hasNext"]
    assert (data["pageNo"], data["pageSize"], data["totalNum"], data["hasNext"]) == (1, 10, "190", True)


def test_records_and_files_have_the_recorded_keys_in_order(every):
    assert all(list(record) == RECORD_KEYS for record in every)
    assert all(list(file) == FILE_KEYS for record in every for file in record["files"])


def test_the_reply_is_json_in_utf_8_with_chinese_unescaped(ask):
    reply = ask({})
    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert "重庆".encode() in reply.content
    assert b"\\u" not in reply.content


def test_equal_requests_get_equal_replies(ask):
    body = {"pageNo": 3, "pageSize": 10, "query": {}}
    assert len({ask(body).content for _ in range(5)}) == 1
