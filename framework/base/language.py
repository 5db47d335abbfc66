"""Chooses the language of a run: ``--lang``, else HARNESS_LANG, else English if the console cannot show
Chinese, else ``lang`` of pytest.ini, else Chinese.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from framework.base.console import language_of_console
from framework.base.ini import nearest_ini
from framework.base.messages import LANGUAGES, VARIABLE, UnknownLanguageError, set_language

OPTION = "--lang"


def apply_language_option(arguments: Sequence[str]) -> list[str]:
    """Set the language for ``python -m framework`` and return *arguments* without the option.

    Raises:
        UnknownLanguageError: there is no such language.
    """
    chosen, others = _split_option(arguments)
    ini_language = nearest_ini(Path.cwd()).get("lang", "").strip()
    set_language(first_choice((chosen, os.environ.get(VARIABLE)), (language_of_console(), ini_language)))
    if chosen:
        # Processes that the command starts, such as the pytest of a nightly run, must use the same language.
        os.environ[VARIABLE] = chosen
    return others


def first_choice(given: Sequence[str | None], usual: Sequence[str | None]) -> str:
    """Return the first of *given* that is not None; if all are, the first of *usual* with a
    text, or Chinese.

    An empty value of a variable is no absent one: it is a mistake of the script that sets it.
    """
    chosen = next((choice for choice in given if choice is not None), None)
    return next(filter(None, usual), LANGUAGES[0]) if chosen is None else chosen


def _split_option(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the value of the option, None if it is not given, and all other arguments."""
    chosen: str | None = None
    others: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == OPTION:
            chosen = next(remaining, "")
            if not chosen:
                raise UnknownLanguageError(f"{OPTION} {'|'.join(LANGUAGES)}")
        elif argument.startswith(f"{OPTION}="):
            chosen = argument.partition("=")[2]
            if not chosen:
                raise UnknownLanguageError(f"{OPTION} {'|'.join(LANGUAGES)}")
        else:
            others.append(argument)
    return chosen, others
