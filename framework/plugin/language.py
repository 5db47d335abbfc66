"""Sets the language of a pytest run from ``--lang``, the environment or pytest.ini."""

from __future__ import annotations

import os

import pytest

from framework.base.console import language_of_console
from framework.base.language import OPTION, first_choice
from framework.base.messages import LANGUAGES, VARIABLE, UnknownLanguageError, set_language


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness")
    group.addoption(
        OPTION,
        metavar="NAME",
        dest="harness_lang",
        help=f"language of what people read: {' or '.join(LANGUAGES)}",
    )
    parser.addini(
        "lang", f"language of what people read, if neither {OPTION} nor {VARIABLE} sets it", default=""
    )


@pytest.hookimpl(tryfirst=True)  # before any other hook makes a text
def pytest_configure(config: pytest.Config) -> None:
    try:
        set_language(
            first_choice(
                (config.option.harness_lang or None, os.environ.get(VARIABLE)),
                (language_of_console(), config.getini("lang")),
            )
        )
    except UnknownLanguageError as error:
        raise pytest.UsageError(str(error)) from None
