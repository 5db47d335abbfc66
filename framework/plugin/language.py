"""``--lang`` and pytest.ini's ``lang``: pytest's side of choosing the language. xdist's workers get the
option with the others.
"""

from __future__ import annotations

import os

import pytest

from framework.base.language import OPTION, first_of
from framework.base.messages import LANGUAGES, VARIABLE, UnknownLanguageError, use


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness")
    group.addoption(
        OPTION,
        metavar="NAME",
        dest="harness_lang",
        help=f"language of what people read: {' or '.join(LANGUAGES)}",
    )
    parser.addini(
        "lang", f"language of what people read, where neither {OPTION} nor {VARIABLE} says it", default=""
    )


@pytest.hookimpl(tryfirst=True)  # before anything that makes texts
def pytest_configure(config: pytest.Config) -> None:
    try:
        use(first_of(config.option.harness_lang, os.environ.get(VARIABLE), config.getini("lang")))
    except UnknownLanguageError as error:
        raise pytest.UsageError(str(error)) from None
