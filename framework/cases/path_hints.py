"""Suggests, in the reader's language, a correct spelling for a path that cannot be read."""

from __future__ import annotations

import re

from framework.base.cutting import cut
from framework.base.messages import tr

# A name after a dot with a sign that RFC 9535 allows only in quotes.
_UNQUOTED_NAME = re.compile(r"\.([^\W\d][\w]*(?:[-:/@][\w]+)+)")


def explain_path(text: str, position: int) -> str:
    """Return how to write *text*, which cannot be read from *position* on."""
    if match := _UNQUOTED_NAME.search(text):
        quoted = f"{text[: match.start()]}['{match.group(1)}']{text[match.end() :]}"
        return tr("名字里有 - 等符号，要放进方括号和引号：{path}", path=cut(quoted, 100))
    place = max(0, position) + 1
    return tr("从第 {n} 个字起读不懂；路径按 RFC 9535 书写，例如 $.data.result[*].id", n=place)
