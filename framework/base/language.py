"""The language of a run: ``--lang``, else the variable HARNESS_LANG, else ``lang`` of pytest.ini, else
Chinese.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from framework.base.ini import nearest_ini
from framework.base.messages import LANGUAGES, VARIABLE, UnknownLanguageError, use

OPTION = "--lang"


def from_command_line(arguments: Sequence[str]) -> list[str]:
    """Switch to the language that the arguments of ``python -m framework`` ask for; return them without it.

    What a command starts, such as the pytest of a nightly run, finds the language in its environment.

    Raises:
        UnknownLanguageError: there is no such language.
    """
    asked, rest = _taken(arguments)
    use(first_of(asked, os.environ.get(VARIABLE), nearest_ini(Path.cwd()).get("lang", "").strip()))
    if asked:
        os.environ[VARIABLE] = asked
    return rest


def first_of(*wishes: str | None) -> str:
    """Return the first wish that is not empty, else Chinese."""
    return next(filter(None, wishes), LANGUAGES[0])


def _taken(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    asked, rest, given = None, [], iter(arguments)
    for argument in given:
        if argument == OPTION:
            asked = next(given, "")
            if not asked:
                raise UnknownLanguageError(f"{OPTION} {'|'.join(LANGUAGES)}")
        elif argument.startswith(f"{OPTION}="):
            asked = argument.partition("=")[2]
        else:
            rest.append(argument)
    return asked, rest
