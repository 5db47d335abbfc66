"""Which language a run speaks: ``--lang``, else the variable HARNESS_LANG, else ``lang`` of pytest.ini, else Chinese.

Of pytest's hooks, these are called before ours that make texts; xdist's workers get the option with the others.
"""
from __future__ import annotations

import configparser
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framework.messages import LANGUAGES, VARIABLE, UnknownLanguageError, use

if TYPE_CHECKING:
    import pytest

_OPTION = "--lang"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness")
    group.addoption(_OPTION, metavar="NAME", dest="harness_lang", help=f"language of what people read: {' or '.join(LANGUAGES)}")
    parser.addini("lang", f"language of what people read, where neither {_OPTION} nor {VARIABLE} says it", default="")


def pytest_configure(config: pytest.Config) -> None:
    import pytest  # noqa: PLC0415  # the other commands do without

    try:
        use(_first(config.option.harness_lang, os.environ.get(VARIABLE), config.getini("lang")))
    except UnknownLanguageError as error:
        raise pytest.UsageError(str(error)) from None


def from_command_line(arguments: Sequence[str]) -> list[str]:
    """Switch to the language that the arguments of ``python -m framework`` ask for; return them without it.

    What a command starts, such as the pytest of a nightly run, finds the language in its environment.

    Raises:
        UnknownLanguageError: there is no such language.
    """
    asked, rest = _taken(arguments)
    use(_first(asked, os.environ.get(VARIABLE), _setting(Path.cwd())))
    if asked:
        os.environ[VARIABLE] = asked
    return rest


def _first(*wishes: str | None) -> str:
    return next(filter(None, wishes), LANGUAGES[0])


def _taken(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    asked, rest, given = None, [], iter(arguments)
    for argument in given:
        if argument == _OPTION:
            asked = next(given, "")
            if not asked:
                raise UnknownLanguageError(f"{_OPTION} {'|'.join(LANGUAGES)}")
        elif argument.startswith(f"{_OPTION}="):
            asked = argument.partition("=")[2]
        else:
            rest.append(argument)
    return asked, rest


def _setting(folder: Path) -> str:
    """Return ``lang`` of the pytest.ini of this folder or the nearest above, empty where there is none that can be read."""
    path = next((path for above in (folder, *folder.parents) if (path := above / "pytest.ini").is_file()), None)
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True, delimiters=("=",))
    try:
        parser.read(path or (), encoding="utf-8-sig")
    except (configparser.Error, UnicodeDecodeError):
        return ""
    return (parser.get("pytest", "lang", fallback="") or "").strip()
