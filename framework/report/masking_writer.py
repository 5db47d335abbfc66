"""Writes the files of Allure's results through the masker, in place of allure-pytest's own writer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import allure_commons
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import TestResult, TestResultContainer

from framework.http.masking import Masker
from framework.report.disk import Disk
from framework.report.result_files import as_json


class MaskingWriter(AllureFileLogger):
    """Writes the same files as Allure's writer.

    The texts of fixtures, hooks and other plugins pass the masker too. Results are written with the compiled
    JSON encoder, because Allure's own one is written in Python and slow.
    """

    def __init__(self, folder: Path, masker: Callable[[], Masker], disk: Disk) -> None:
        super().__init__(folder)  # type: ignore[no-untyped-call]
        self.folder = folder
        self.masker = masker
        self.disk = disk

    @allure_commons.hookimpl
    def report_result(self, result: TestResult) -> None:
        if not result.fullName:
            # The process was killed before the case ended. Without a name the result cannot be shown.
            return
        mask = self.masker().text
        text = as_json(result)
        if mask(text) != text:  # rare. Then mask each text by itself, so that the result is still valid JSON.
            mask_in_place(result, mask)
            text = as_json(result)
        name = result.file_pattern.format(prefix=uuid.uuid4())
        # Written under another name first: a result that a kill cuts short would spoil the whole report.
        unfinished = self.folder / f"{name}.tmp"
        with self.disk.writing():
            unfinished.write_bytes(text.encode("utf-8", "replace"))
            unfinished.replace(self.folder / name)

    @allure_commons.hookimpl
    def report_container(self, container: TestResultContainer) -> None:
        mask_in_place(container, self.masker().text)
        with self.disk.writing():
            super().report_container(container)  # type: ignore[no-untyped-call]

    @allure_commons.hookimpl
    def report_attached_data(self, body: str | bytes, file_name: str) -> None:
        data = body.encode("utf-8", "replace") if isinstance(body, str) else body
        with self.disk.writing():
            super().report_attached_data(self.masker().data(data), file_name)  # type: ignore[no-untyped-call]

    @allure_commons.hookimpl
    def report_attached_file(self, source: str, file_name: str) -> None:
        self.report_attached_data(Path(source).read_bytes(), file_name)


def mask_in_place(record: Any, mask: Callable[[str], str]) -> None:
    """Mask every text in the attributes of *record*, in its lists and in the records it holds."""
    for name, value in vars(record).items():
        setattr(record, name, _masked(value, mask))


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    if hasattr(value, "__dict__"):
        mask_in_place(value, mask)
    return value
