"""The policies in an SQLite database in memory, which is filled at every start."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from standin.policy import Attachment, Policy
from standin.query import Select, escape_wildcards, to_half_width

SCHEMA = """
CREATE TABLE policy (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, title_key TEXT NOT NULL, issue_number TEXT NOT NULL,
  level INTEGER NOT NULL, type INTEGER NOT NULL, text TEXT NOT NULL, priority INTEGER NOT NULL,
  publish_time TEXT NOT NULL, tenant TEXT NOT NULL, draft INTEGER NOT NULL, deleted INTEGER NOT NULL,
  file_id INTEGER NOT NULL, file_name TEXT NOT NULL, file_key TEXT NOT NULL UNIQUE, file_kind TEXT NOT NULL,
  file_kb INTEGER NOT NULL, files INTEGER NOT NULL
);
CREATE INDEX policy_order ON policy (tenant, publish_time DESC, priority DESC, id DESC);
"""

INSERT = "INSERT INTO policy VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ONE_POLICY = """
SELECT id, title, issue_number, level, type, text, priority, publish_time, tenant, draft, deleted,
  file_id, file_name, file_key, file_kind, file_kb, files
FROM policy WHERE id = ?
"""


class Store:
    """A database of policies. Only the thread that created it may use it."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.executescript(SCHEMA)
        self._db.executemany(INSERT, map(_row, policies))
        self._db.commit()

    def page(self, select: Select) -> list[int]:
        """Return the ids of one page, in order."""
        return [row[0] for row in self._db.execute(*select.rows())]

    def total(self, select: Select) -> int:
        """Return the number of rows on all pages."""
        return int(self._db.execute(*select.count()).fetchone()[0])

    def policy(self, policy_id: int) -> Policy:
        """Return one policy, which may be hidden.

        Raises:
            KeyError: there is no such policy.
        """
        row = self._db.execute(ONE_POLICY, (policy_id,)).fetchone()
        if row is None:
            raise KeyError(policy_id)
        return _policy(row)

    def by_file_key(self, key: str) -> Policy | None:
        """Return the policy of a file, or None. Files are the same for all tenants (assumed)."""
        stem, _, kind = key.rpartition(".")
        # The files of a policy differ in the last digit of their keys.
        query = r"SELECT id FROM policy WHERE file_key LIKE ? ESCAPE '\'"
        found = self._db.execute(query, (f"{escape_wildcards(stem[:-1])}_.{escape_wildcards(kind)}",))
        policies = [self.policy(row[0]) for row in found.fetchall()]
        return next((one for one in policies if any(file.key == key for file in one.attachments)), None)

    def close(self) -> None:
        """Release the memory."""
        self._db.close()


def _row(p: Policy) -> tuple[str | int, ...]:
    policy = (
        p.id,
        p.title,
        to_half_width(p.title),
        p.issue_number,
        p.level,
        p.type,
        p.text,
        p.priority,
        p.publish_time,
    )
    file = p.attachment
    return (
        *policy,
        p.tenant,
        p.draft,
        p.deleted,
        file.id,
        file.name,
        file.key,
        file.kind,
        file.size_kb,
        p.files,
    )


def _policy(row: tuple[Any, ...]) -> Policy:
    # The columns of ONE_POLICY in their order; those of the attachment are the last but one.
    names = ("id", "title", "issue_number", "level", "type", "text", "priority", "publish_time", "tenant")
    fields = dict(zip(names, row, strict=False))
    return Policy(
        **fields,
        draft=bool(row[9]),
        deleted=bool(row[10]),
        attachment=Attachment(*row[11:16]),
        files=row[16],
    )
