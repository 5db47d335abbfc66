"""The policy service without HTTP: turns a token and a body into a reply."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from standin.attachments import CONTENT_TYPES, file_bytes
from standin.contract import FILES_PATH, JSON_TYPE, NO_SUCH_FILE, Refusal, Refused
from standin.envelope import envelope_of, page_json, refusal_of
from standin.hooks import NONE, Hooks, Reply, apply_hooks
from standin.paging import Page, parse_page, with_limits
from standin.policy import Policy
from standin.query import ORDER, Order, Select, select
from standin.records import record_of, to_json
from standin.store import Store
from standin.tokens import tenant_of


class Service:
    """Answers requests from a store. ``hooks`` can be replaced at any time between two requests."""

    def __init__(self, store: Store, files_base: str, hooks: Hooks = NONE, order: Order = ORDER) -> None:
        self.hooks = hooks
        self._order = order
        self._store = store
        self._files_base = files_base if files_base.endswith("/") else files_base + "/"
        self._policy = lru_cache(maxsize=None)(store.policy)
        # The JSON of a record is made once: a page of the whole data has more than a megabyte.
        self._fragment = lru_cache(maxsize=None)(self._write_record)

    def page_list(self, token: str | None, body: bytes) -> Reply:
        """Answer ``pageList``.

        Raises:
            Refused: the request gets a wrapped error.
        """
        hooks = self.hooks
        tenant = tenant_of(apply_hooks(hooks.token, token))
        requested = apply_hooks(hooks.page, parse_page(body))
        page = apply_hooks(hooks.limits, with_limits(requested), requested)
        query = select(page, tenant, self._order)
        total = self._store.total(apply_hooks(hooks.count, query))
        rows = apply_hooks(hooks.rows, query, page, total)
        reply = Reply(200, self._write_page(page, rows, total), JSON_TYPE)
        return apply_hooks(hooks.reply, reply)

    def refused(self, refusal: Refusal) -> Reply:
        """Answer a refused ``pageList`` with a wrapped error."""
        return apply_hooks(self.hooks.refusal, refusal_reply(refusal))

    def file(self, key: str) -> Reply:
        """Answer the download of an attachment.

        Raises:
            Refused: 404, the key is unknown.
        """
        policy = self._store.by_file_key(key)
        if policy is None:
            raise Refused(NO_SUCH_FILE)
        reply = Reply(200, _file_bytes(policy), CONTENT_TYPES[policy.attachment.kind])
        return apply_hooks(self.hooks.file, reply)

    def _write_page(self, page: Page, query: Select, total: int) -> bytes:
        ids = self._store.page(query)
        # Without a fault of the content, the prepared JSON of each record is used.
        if not self.hooks.alter_content:
            return page_json(page, [self._fragment(i) for i in ids], total)
        policies = apply_hooks(self.hooks.policies, [self._policy(i) for i in ids], page)
        envelope = dict(envelope_of(page, [self._altered_record(p) for p in policies], total))
        return to_json(apply_hooks(self.hooks.envelope, envelope, page))

    def _altered_record(self, policy: Policy) -> dict[str, Any]:
        record = dict(record_of(policy, self._files_base))
        return apply_hooks(self.hooks.record, record, policy)

    def _write_record(self, policy_id: int) -> bytes:
        return to_json(record_of(self._policy(policy_id), self._files_base))


def refusal_reply(refusal: Refusal) -> Reply:
    """Return the reply with a wrapped error."""
    headers = {"Allow": refusal.allow} if refusal.allow else {}
    return Reply(refusal.status, to_json(refusal_of(refusal)), JSON_TYPE, headers)


def files_base_of(origin: str) -> str:
    """Return the base URL of the files of a server at this origin."""
    return origin + FILES_PATH


@lru_cache(maxsize=32)
def _file_bytes(policy: Policy) -> bytes:
    return file_bytes(policy)
