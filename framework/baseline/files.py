"""The files of a baseline: JSON in a form that git shows and merges line by line.

A file is ``{"digest": …, "value": …}``. Nothing in it depends on a date, a number of records or an author, so
two branches that accept different records merge. The digest shows a file that was edited by hand.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Final

from framework.base.errors import BaselineError, Problem
from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.numbers import ExactNumber

ROOT: Final = "baselines"
ABOUT: Final = "_baseline.json"
"""The file of a slot that says how its other files are to be read."""
FORMAT: Final = 1
_EXACT: Final = "$number"
_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_CONFLICT: Final = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


def digest_of(value: Json) -> str:
    """Return 12 hexadecimal digits that two values share if and only if they are equal."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def dump(value: Json) -> str:
    """Return the text of the file that holds *value*."""
    written = portable(value)
    document = {"digest": digest_of(written), "value": written}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def load(text: str, name: str) -> Json:
    """Return the value of a file; *name* is what messages call it.

    Raises:
        BaselineError: the file is cut, was edited by hand, or has the marks of a merge conflict.
    """
    if _CONFLICT.search(text):
        what = tr("{file} 里有没有解决的合并冲突", file=name)
        raise BaselineError(Problem("baseline-conflict", what, tr("选定一边，或删去这个文件后重新认可")))
    try:
        document = read_json(text, name)
    except NotJsonError as error:
        raise BaselineError(Problem("baseline-cut", str(error), _again())) from None
    if not isinstance(document, dict) or document.keys() != {"digest", "value"}:
        what = tr("{file} 不是认可过的文件：应有 digest 与 value", file=name)
        raise BaselineError(Problem("baseline-form", what, _again()))
    if document["digest"] != digest_of(document["value"]):
        what = tr("{file} 被手工改过：内容与它的 digest 不符", file=name)
        raise BaselineError(Problem("baseline-edited", what, _again()))
    return _exact(document["value"])


def read(path: Path, name: str) -> Json:
    """Return the value of the file *path*.

    Raises:
        BaselineError: it cannot be read; see ``load``.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = tr("{file} 读不出来：{error}", file=name, error=str(error))
        raise BaselineError(Problem("baseline-unreadable", what, _again())) from None
    return load(text, name)


def file_name(key: Json) -> str:
    """Return the name of the file of the record with this key."""
    text = key if isinstance(key, str) else json.dumps(key, ensure_ascii=False)
    if _SAFE_NAME.fullmatch(text):
        return f"{text}.json"
    return f"key-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"


def _again() -> str:
    return tr("用 git 恢复它；或者删去它，运行后重新认可")


def portable(value: Json) -> Json:
    """Return *value* with numbers that json would round written as text."""
    if isinstance(value, dict):
        return {key: portable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [portable(item) for item in value]
    return {_EXACT: repr(value)} if isinstance(value, ExactNumber) else value


def _exact(value: Json) -> Json:
    if isinstance(value, dict):
        if value.keys() == {_EXACT} and isinstance(value[_EXACT], str):
            return ExactNumber(value[_EXACT])
        return {key: _exact(item) for key, item in value.items()}
    return [_exact(item) for item in value] if isinstance(value, list) else value
