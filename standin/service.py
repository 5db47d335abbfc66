"""The policy service without HTTP: from a token and a body to a reply."""

from __future__ import annotations

from functools import lru_cache, reduce

from standin.attachments import CONTENT_TYPES, file_bytes
from standin.contract import FILES_PATH, JSON_TYPE, NO_SUCH_FILE, Refusal, Refused
from standin.envelope import envelope_of, page_json, refusal_of
from standin.hooks import NONE, Hooks, Reply
from standin.paging import Page, effective, parse_page
from standin.policy import Policy
from standin.query import ORDER, Order, Select, select
from standin.records import record_of, to_json
from standin.store import Store
from standin.tokens import tenant_of


class Service:
    """Answers requests from a store. ``hooks`` may be replaced at any time between two requests."""

    def __init__(self, store: Store, files_base: str, hooks: Hooks = NONE, order: Order = ORDER) -> None:
        self.hooks = hooks
        self._order = order
        self._store = store
        self._files_base = files_base if files_base.endswith("/") else files_base + "/"
        self._policy = lru_cache(maxsize=None)(store.policy)
        self._fragment = lru_cache(maxsize=None)(self._write_record)

    def page_list(self, token: str | None, body: bytes) -> Reply:
        """Answer ``pageList``. Raises Refused for a request that gets a wrapped error."""
        hooks = self.hooks
        tenant = tenant_of(reduce(lambda value, hook: hook(value), hooks.token, token))
        asked = reduce(lambda value, hook: hook(value), hooks.page, parse_page(body))
        page = reduce(lambda value, hook: hook(asked, value), hooks.limits, effective(asked))
        query = select(page, tenant, self._order)
        total = self._store.total(reduce(lambda value, hook: hook(value), hooks.count, query))
        rows = reduce(lambda value, hook: hook(value, page, total), hooks.rows, query)
        reply = Reply(200, self._written(page, rows, total), JSON_TYPE)
        return reduce(lambda value, hook: hook(value), hooks.reply, reply)

    def refused(self, refusal: Refusal) -> Reply:
        """Answer a ``pageList`` that is refused."""
        return reduce(lambda value, hook: hook(value), self.hooks.refusal, refusal_reply(refusal))

    def file(self, key: str) -> Reply:
        """Answer a download of an attachment. Raises Refused (404) for an unknown key."""
        policy = self._store.by_file_key(key)
        if policy is None:
            raise Refused(NO_SUCH_FILE)
        reply = Reply(200, _file_bytes(policy), CONTENT_TYPES[policy.attachment.kind])
        return reduce(lambda value, hook: hook(value), self.hooks.file, reply)

    def _written(self, page: Page, query: Select, total: int) -> bytes:
        ids = self._store.page(query)
        if not self.hooks.touch_content:
            return page_json(page, [self._fragment(i) for i in ids], total)
        policies = reduce(
            lambda value, hook: hook(value, page), self.hooks.policies, [self._policy(i) for i in ids]
        )
        envelope = dict(envelope_of(page, [self._altered(p) for p in policies], total))
        return to_json(reduce(lambda value, hook: hook(value, page), self.hooks.envelope, envelope))

    def _altered(self, policy: Policy) -> dict[str, object]:
        record = dict(record_of(policy, self._files_base))
        return reduce(lambda value, hook: hook(value, policy), self.hooks.record, record)

    def _write_record(self, policy_id: int) -> bytes:
        return to_json(record_of(self._policy(policy_id), self._files_base))


def refusal_reply(refusal: Refusal) -> Reply:
    """The reply that wraps an error."""
    headers = {"Allow": refusal.allow} if refusal.allow else {}
    return Reply(refusal.status, to_json(refusal_of(refusal)), JSON_TYPE, headers)


def files_base_of(origin: str) -> str:
    """Where the files of a server at this origin are."""
    return origin + FILES_PATH


@lru_cache(maxsize=32)
def _file_bytes(policy: Policy) -> bytes:
    return file_bytes(policy)
