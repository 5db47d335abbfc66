"""Fixtures: one real stand-in on loopback for the whole session, and functions that send requests to it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

# pytest's importlib mode may import this folder as a namespace package called standin, which hides the
# real one.
if getattr(sys.modules.get("standin"), "__file__", None) is None:
    sys.modules.pop("standin", None)

from standin.contract import PAGE_LIST_PATH
from standin.credentials import OTHER_TENANT_TOKEN
from standin.process import StandinProcess

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
    """A function that posts a body to the page list: a JSON value, or raw bytes."""

    def post(body: Any = None, token: str | None = standin.token, method: str = "POST") -> requests.Response:
        headers = {} if token is None else {"Token": token}
        content = {"data": body} if isinstance(body, bytes) else {"json": {} if body is None else body}
        return http.request(method, standin.url + PAGE_LIST_PATH, headers=headers, timeout=120, **content)

    return post


@pytest.fixture(scope="session")
def page(ask: Ask) -> Callable[..., dict[str, Any]]:
    """A function that requests a page and returns its data; keyword arguments are keys of the query."""

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
    """The ids of the policies that the other tenant sees."""
    reply = ask({"pageSize": 200}, token=OTHER_TENANT_TOKEN)
    return {record["id"] for record in reply.json()["data"]["result"]}
