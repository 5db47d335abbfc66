"""Attachments are valid files of the declared type and size."""

from __future__ import annotations

import io
import zipfile

import pytest

MAGIC = {"doc": bytes.fromhex("D0CF11E0A1B11AE1"), "docx": b"PK\x03\x04"}
CONTENT_TYPES = {
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@pytest.fixture(scope="module")
def files(every):
    return [record["files"][0] for record in every]


def test_each_file_has_its_type_and_its_size_in_kb(files, http):
    for file in files[:40]:
        reply = http.get(file["fileUrl"], timeout=120)
        assert reply.status_code == 200
        assert reply.content.startswith(MAGIC[file["fileType"]])
        assert reply.headers["Content-Type"] == CONTENT_TYPES[file["fileType"]]
        assert -(-len(reply.content) // 1024) == file["fileSize"]


def test_a_docx_can_be_opened_and_contains_the_title(every, http):
    record = next(r for r in every if r["files"][0]["fileType"] == "docx")
    archive = zipfile.ZipFile(io.BytesIO(http.get(record["files"][0]["fileUrl"], timeout=120).content))
    assert archive.testzip() is None
    assert "[Content_Types].xml" in archive.namelist()
    assert record["policyTitle"] in archive.read("word/document.xml").decode()


def test_head_returns_the_size_without_the_bytes(files, http):
    whole = http.get(files[0]["fileUrl"], timeout=120).content
    reply = http.head(files[0]["fileUrl"], timeout=120)
    assert (reply.status_code, int(reply.headers["Content-Length"]), reply.content) == (200, len(whole), b"")


@pytest.mark.parametrize(
    ("asked", "span"),
    [("bytes=0-7", slice(0, 8)), ("bytes=100-", slice(100, None)), ("bytes=5-5", slice(5, 6))],
)
def test_a_range_is_served(files, http, asked, span):
    whole = http.get(files[0]["fileUrl"], timeout=120).content
    reply = http.get(files[0]["fileUrl"], headers={"Range": asked}, timeout=120)
    assert (reply.status_code, reply.content) == (206, whole[span])
    assert reply.headers["Content-Range"].endswith(f"/{len(whole)}")


def test_a_range_past_the_end_is_refused(files, http):
    reply = http.get(files[0]["fileUrl"], headers={"Range": "bytes=99999999-"}, timeout=120)
    assert (reply.status_code, reply.content) == (416, b"")


@pytest.mark.parametrize("odd", ["bytes=-5", "bytes=1-2,4-5", "lines=1-2", "bytes=x"])
def test_an_unknown_form_of_range_is_ignored(files, http, odd):
    assert http.get(files[0]["fileUrl"], headers={"Range": odd}, timeout=120).status_code == 200


@pytest.mark.parametrize("key", ["", "202404/none.doc", "../standin/app.py", "202404/" + "0" * 32 + ".doc"])
def test_an_unknown_key_is_not_found(standin, http, key):
    reply = http.get(f"{standin.url}/oss/{key}", timeout=120)
    assert (reply.status_code, reply.json()["code"]) == (404, "404")


def test_files_cannot_be_posted(files, http):
    reply = http.post(files[0]["fileUrl"], timeout=120)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "GET, HEAD")
