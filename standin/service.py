"""The policy service without HTTP: turns a token and a body into a reply."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from standin.accounts import Accounts
from standin.attachments import CONTENT_TYPES, file_bytes
from standin.contract import FILES_PATH, JSON_TYPE, NO_SUCH_FILE, NO_SUCH_POLICY, Refusal, Refused
from standin.envelope import envelope_of, page_json, refusal_of
from standin.hooks import NONE, Hooks, Reply, apply_hooks
from standin.paging import Page, parse_page, with_limits
from standin.policy import Policy
from standin.query import ORDER, Order, Select, select
from standin.records import record_of, to_json
from standin.store import Store
from standin.uploads import Uploads

MAX_LONG = 2**63 - 1
"""The largest value of Java's Long."""


class Service:
    """Answers requests from a store. ``hooks`` can be replaced at any time between two requests.

    ``hooks`` are those of a sound service; faults come after them.
    ``clock`` gives seconds that never go back; the life of a token is measured by it.
    """

    def __init__(
        self,
        store: Store,
        files_base: str,
        hooks: Hooks = NONE,
        order: Order = ORDER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own_hooks = hooks
        self.hooks = hooks
        self._order = order
        self._store = store
        self._files_base = files_base if files_base.endswith("/") else files_base + "/"
        self._policy = lru_cache(maxsize=None)(store.policy)
        self._accounts = Accounts(clock)
        self._uploads = Uploads()
        # The JSON of a record is made once: a page of the whole data has more than a megabyte.
        self._fragment = lru_cache(maxsize=None)(self._write_record)

    def switch_faults(self, hooks: Hooks) -> None:
        """Replace the active faults by those of *hooks*; NONE makes the service sound again."""
        self.hooks = self._own_hooks.with_hooks(hooks)

    def page_list(self, token: str | None, body: bytes) -> Reply:
        """Answer ``pageList``.

        Raises:
            Refused: the request gets a wrapped error.
        """
        hooks = self.hooks
        tenant = self._accounts.tenant_of(apply_hooks(hooks.token, token), hooks)
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
        uploaded = self._uploads.find(key)
        if uploaded is not None:
            return Reply(200, *uploaded)
        policy = self._store.by_file_key(key)
        if policy is None:
            raise Refused(NO_SUCH_FILE)
        reply = Reply(200, _file_bytes(policy), CONTENT_TYPES[policy.attachment.kind])
        return apply_hooks(self.hooks.file, reply)

    def log_in(self, body: bytes) -> Reply:
        """Answer a log-in; raise Refused for a wrong one."""
        return _success(self._accounts.log_in(body, self.hooks))

    def log_out(self, token: str | None) -> Reply:
        """Answer a log-out; raise Refused if the token is not valid."""
        self._accounts.log_out(token, self.hooks)
        return _success(None)

    def detail(self, token: str | None, policy_id: str) -> Reply:
        """Answer the detail of one policy, which is the record that the list has.

        Raises:
            Refused: 401 for a wrong token; 404 if the tenant sees no such policy.
        """
        hooks = self.hooks
        tenant = self._accounts.tenant_of(apply_hooks(hooks.detail_token, token), hooks)
        policy = self._found(policy_id)
        is_visible = policy is not None and policy.tenant == tenant and not (policy.draft or policy.deleted)
        if policy is None or not apply_hooks(hooks.detail_visible, is_visible, policy, tenant):
            raise Refused(NO_SUCH_POLICY)
        record = dict(record_of(policy, self._files_base))
        return _success(apply_hooks(hooks.detail, record, policy))

    def upload(self, token: str | None, content_type: str, body: bytes) -> Reply:
        """Answer an upload; raise Refused for a wrong token or file."""
        self._accounts.tenant_of(apply_hooks(self.hooks.upload_token, token), self.hooks)
        return _success(self._uploads.add(content_type, body, self._files_base, self.hooks))

    def delete_upload(self, token: str | None, body: bytes) -> Reply:
        """Take an upload away; raise Refused for a wrong token, or if there is no such upload."""
        self._accounts.tenant_of(token, self.hooks)
        self._uploads.delete(body, self.hooks)
        return _success(None)

    def _found(self, policy_id: str) -> Policy | None:
        if not re.fullmatch(r"[0-9]{1,19}", policy_id) or int(policy_id) > MAX_LONG:
            return None
        try:
            return self._policy(int(policy_id))
        except KeyError:
            return None

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


def _success(data: Mapping[str, Any] | None) -> Reply:
    return Reply(200, to_json({"success": True, "code": "0", "msg": "success", "data": data}), JSON_TYPE)


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
