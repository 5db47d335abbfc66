"""Tests for the data files of suites: which may be named, and how they are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from framework.base.errors import CaseFileError
from framework.cases.datafile import MAX_BYTES, read_data


@pytest.fixture
def project(small_project):
    return small_project


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., str]:
    folder = tmp_path / "testcases" / "list"
    folder.mkdir(parents=True)

    def run(name: str, encoding: str = "utf-8") -> str:
        return read_data(folder, tmp_path / "testcases", name, encoding)

    return run


@pytest.fixture
def folder(read: Callable[..., str], tmp_path: Path) -> Path:
    return tmp_path / "testcases" / "list"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("标题\n".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + "标题\n".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + "标题\n".encode(), "UTF8"),
        ("标题\n".encode("gb18030"), "gb18030"),
        ("标题\n".encode("utf-16"), "utf-16"),
    ],
)
def test_file_is_read_in_its_encoding(read, folder, data, encoding):
    (folder / "rows.csv").write_bytes(data)
    assert read("rows.csv", encoding) == "标题\n"


def test_file_in_a_folder_below_the_suite_is_read(read, folder):
    (folder / "data").mkdir()
    (folder / "data" / "rows.csv").write_text("x")
    assert read("data/rows.csv") == "x"


@pytest.mark.parametrize(
    "name",
    [
        "../rows.csv",
        "a/../../rows.csv",
        "/etc/passwd",
        "C:\\rows.csv",
        "C:rows.csv",
        "\\\\host\\rows.csv",
        "a\\b.csv",
    ],
)
def test_path_that_leads_out_is_refused(read, name):
    with pytest.raises(CaseFileError, match=r"相对套件的路径"):
        read(name)


@pytest.mark.parametrize("name", ["gone.csv", "a\0b", "x" * 5000, "."])
def test_missing_file_is_reported(read, name):
    with pytest.raises(CaseFileError, match="没有文件"):
        read(name)


def test_similar_name_is_suggested(read, folder):
    (folder / "words.csv").write_text("x")
    with pytest.raises(CaseFileError, match=r"你是不是要写 words\.csv"):
        read("word.csv")


def test_link_is_refused_only_if_it_leads_out(read, folder, tmp_path):
    (tmp_path / "secret.csv").write_text("x")
    (tmp_path / "testcases" / "common.csv").write_text("y")
    (folder / "out.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "in.csv").symlink_to(tmp_path / "testcases" / "common.csv")
    with pytest.raises(CaseFileError, match="之外"):
        read("out.csv")
    assert read("in.csv") == "y"


def test_linked_folder_that_leads_out_is_refused(read, folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "rows.csv").write_text("x")
    (folder / "data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CaseFileError, match="之外"):
        read("data/rows.csv")


def test_huge_file_is_refused_without_being_read(read, folder):
    with (folder / "huge.csv").open("wb") as file:
        file.truncate(1 << 30)  # a sparse file: reading it would take a gigabyte of memory
    with pytest.raises(CaseFileError, match=str(MAX_BYTES)) as caught:
        read("huge.csv")
    assert len(str(caught.value).splitlines()) <= 2


def test_pipe_is_refused_without_waiting_for_it(read, folder):
    os.mkfifo(folder / "pipe.csv")
    with pytest.raises(CaseFileError, match="没有文件"):
        read("pipe.csv")


def test_text_that_is_not_utf8_names_the_key_to_write(read, folder):
    (folder / "rows.csv").write_bytes("标题".encode("gbk"))
    with pytest.raises(CaseFileError, match="encoding: gb18030"):
        read("rows.csv")


@pytest.mark.parametrize("encoding", ["klingon", "hex", "base64", "rot13", "a\0b"])
def test_unknown_encoding_is_refused(read, folder, encoding):
    (folder / "rows.csv").write_text("x")
    with pytest.raises(CaseFileError, match=r"没有叫 .* 的编码"):
        read("rows.csv", encoding)


# Through a suite

CASE = (
    "name: 每页 ${size} 条",
    "parametrize: {file: rows.csv}",
    'request: {url: /list, method: POST, json: {size: "${size}"}}',
    "validate: {status_code: 200}",
)


def test_suite_reads_its_rows_from_a_file(project, regress):
    project.suite(*CASE)
    project.write("testcases/rows.csv", "id,size:integer\nfew,1\nmany,50\n")
    result = regress("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*one?few?*", "*one?many?*"])


def test_mistake_in_a_row_is_located_in_the_data_file(project, regress):
    project.suite(*CASE)
    project.write("testcases/rows.csv", "id,size:integer\nfew,ten\n")
    result = regress()
    result.stdout.fnmatch_lines(["*testcases/rows.csv:2:1: 列 size 的值 ten 不是 integer"])
    assert result.ret != 0


def test_refused_file_is_located_at_its_name_in_the_suite(project, regress):
    project.suite(*(line.replace("rows.csv", "../rows.csv") for line in CASE))
    regress().stdout.fnmatch_lines(["testcases/suite.yaml:5:25: 文件 ../rows.csv *"])
