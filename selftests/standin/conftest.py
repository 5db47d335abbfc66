"""One real stand-in on loopback for the whole session, and the ways in which the tests talk to it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

# pytest's importlib mode may name this folder's modules standin.*, behind a namespace that hides the package
# itself.
if getattr(sys.modules.get("standin"), "__file__", None) is None:
    sys.modules.pop("standin", None)

from standin.contract import PAGE_LIST_PATH
from standin.process import StandinProcess
from standin.tokens import OTHER_TENANT_TOKEN

Ask = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def standin() -> Iterator[StandinProcess]:
    with StandinProcess() as process:
        yield process


@pytest.fixture(scope="session")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(scope="session")
def ask(standin: StandinProcess, http: requests.Session) -> Ask:
    """Post a body to the page list: a JSON value, or bytes as they are."""

    def post(body: Any = None, token: str | None = standin.token, method: str = "POST") -> requests.Response:
        headers = {} if token is None else {"Token": token}
        content = {"data": body} if isinstance(body, bytes) else {"json": {} if body is None else body}
        return http.request(method, standin.url + PAGE_LIST_PATH, headers=headers, timeout=120, **content)

    return post


@pytest.fixture(scope="session")
def page(ask: Ask) -> Callable[..., dict[str, Any]]:
    """Ask for a page and give its data; keys of the query go by name."""

    def data(number: int = 1, size: int = 10, **query: Any) -> dict[str, Any]:
        reply = ask({"pageNo": number, "pageSize": size, "query": query})
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    return data


@pytest.fixture(scope="session")
def every(page: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """All visible records, in order."""
    return page(1, 190)["result"]


@pytest.fixture(scope="session")
def partner_ids(ask: Ask) -> set[str]:
    """The ids that the other tenant sees."""
    reply = ask({"pageSize": 200}, token=OTHER_TENANT_TOKEN)
    return {record["id"] for record in reply.json()["data"]["result"]}
