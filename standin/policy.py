"""The policies of the stand-in, as rows of the database."""

from __future__ import annotations

from dataclasses import dataclass, replace

LEVEL_NAMES = {1: "市级", 2: "区县级", 3: "国家级"}
"""Level 1 is evidenced, 2 and 3 are assumed."""

TYPE_NAMES = {
    1: "产业扶持政策",
    2: "金融支持政策",
    3: "成果转化政策",
    4: "创新创业政策",
    6: "乡村振兴政策",
    10: "人才引进政策",
    5: "就业服务政策",
    7: "住房保障政策",
    8: "社会保障政策",
}
"""Types 1, 3, 4 and 10 are evidenced, the others are assumed."""

HOME_TENANT = "youth"
OTHER_TENANT = "partner"


@dataclass(frozen=True)
class Attachment:
    """One attached file.

    ``size_kb`` is in units of 1024 bytes, rounded up; ``key`` is ``yyyyMM/<uuid4 hex>.<kind>``.
    """

    id: int
    name: str
    key: str
    kind: str
    size_kb: int


@dataclass(frozen=True)
class Policy:
    """One policy as the database holds it. ``text`` is HTML of ``<p>`` and ``<br>`` only.

    ``files``: the number of its files, of which ``attachment`` is the first (evidenced: always one).
    """

    id: int
    title: str
    issue_number: str
    level: int
    type: int
    text: str
    attachment: Attachment
    priority: int
    publish_time: str
    tenant: str = HOME_TENANT
    draft: bool = False
    deleted: bool = False
    files: int = 1

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """All files. Those after the first have the last digit of their key counted up."""
        return tuple(self._numbered(number) for number in range(self.files))

    def _numbered(self, number: int) -> Attachment:
        main = self.attachment
        if not number:
            return main
        stem, _, kind = main.key.rpartition(".")
        digit = f"{(int(stem[-1], 16) + number) % 16:x}"
        return replace(
            main, id=main.id - number, name=f"{main.name}附件{number}", key=f"{stem[:-1]}{digit}.{kind}"
        )
