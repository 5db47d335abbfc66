"""The rows of a ``parametrize``: their ids, and the names that are no columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from framework.base.cutting import cut
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.reader import Reader
from framework.cases.template import Template, format_value
from framework.cases.variables import NAME_RULE, is_name
from framework.cases.yaml.nodes import MappingNode

MAX_ROWS = 10_000
MAX_ID = 80
# Safe in pytest's node ids, in file names and in the history of Allure.
ID = re.compile(r"[\w.+-]+")
_ID_RULE = "只含字母、汉字、数字、. _ + 和 -，最长 80 字"


class RowKeys(NamedTuple):
    """The names that are no columns.

    A row of a list may have the keys ``allowed``, with the meaning that they have in a case. No other key of
    a case, of ``reserved``, can name a column: who writes it means the key of the case.
    """

    allowed: Sequence[str]
    reserved: Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``own_keys`` holds its ``skip``, ``tags`` and the like, or is None.

    ``given_id`` is the value of its ``id``, which is a variable too, or None if the row has no ``id``.
    """

    id: str
    columns: tuple[tuple[str, Template], ...]
    span: Span
    own_keys: MappingNode | None = None
    given_id: Template | None = None


def check_column_name(name: str, span: Span, keys: RowKeys, reader: Reader) -> None:
    """Report a column that has the name of a key of a case, or that can name no variable."""
    if name == "id":
        return
    if name not in keys.reserved:
        if not is_name(name):
            reader.problem("bad-name", tr("{name} 不能作列名", name=name), tr(NAME_RULE), span)
        return
    if name in keys.allowed:
        how = tr("整个用例的写在用例上；各行不同就把行写成列表：- {{id: …, {name}: …}}", name=name)
    elif name == "name":
        how = tr("列改一个名字；各行的标题不同，就在用例的 name 里引用那一列")
    else:
        how = tr("写在用例上；要作列就改一个名字")
    what = tr("{name} 是用例的键，不能作列名", name=name)
    reader.problem("reserved-column", what, how, span)


def id_of_values(values: Iterable[Json]) -> str:
    return "-".join(map(format_value, values))


def checked_row_id(text: str, span: Span, reader: Reader) -> str:
    if not ID.fullmatch(text) or len(text) > MAX_ID:
        reader.problem(
            "row-id",
            tr("行的 id {id} 不能用：{rule}", id=cut(text, 40), rule=tr(_ID_RULE)),
            tr("给这一行写 id"),
            span,
        )
    return text


def check_id(text: str, what: str, span: Span, reader: Reader) -> None:
    """Report an id that is not safe in a node id, in a file name or in Allure's history."""
    if text and (not ID.fullmatch(text) or len(text) > MAX_ID):
        reader.problem(
            "bad-id",
            tr("{what} {id} 不能用：{rule}", what=what, id=cut(text, 40), rule=tr(_ID_RULE)),
            tr("例如 page-size"),
            span,
        )
