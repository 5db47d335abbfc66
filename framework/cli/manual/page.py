"""Writes the manual's page of matchers as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.settings import SHIPPED
from framework.checks.matchers import MATCHERS
from framework.checks.outcome import Matcher
from framework.checks.registry import MatcherTable
from framework.cli.manual.sample import SAMPLE, library_samples

_LONG_TEXT = 100
_SHOWN_OF_LONG = 40
KINDS = {"value": "看每个值", "list": "看整个列表", "presence": "看有没有"}
_INTRO = {
    "value": "路径选出的每一个值都要满足；一个值也没有选中算不符。",
    "list": "看选出的全部值，或单值路径下的那个数组。"
    "列表空着时，unique、sorted、sum、all_equal、subset_of、disjoint_from 没有可看的，算不符。",
    "presence": "看路径有没有选中值。",
}
_COMBINED = """\
| 写法 | 意思 |
|---|---|
| `each: {路径: …}` | 选出的每一条记录都满足里面的检查；键是相对于记录的路径，`${@.…}` 是当前记录 |
| `not: {…}` | 不满足；里面有一处类型不对或没有选中值，在 not 之下也算不符 |
| `all_of: [{…}, {…}]` | 都满足 |
| `any_of: [{…}, {…}]` | 至少满足一项 |
| `may_be_empty: true` | 写在最外层的匹配器旁边：选出的列表可以为空；值匹配器与 each 这时成立，列表匹配器照样判断空列表 |
"""


def manual_page(known: MatcherTable) -> str:
    """Return the page for *known*: the harness's own matchers, those of libraries, the team's."""
    return "\n".join(_page_parts(known)).rstrip() + "\n"


def _page_parts(known: MatcherTable) -> Iterator[str]:
    yield tr("# 匹配器\n")
    yield tr("<!-- 由 python -m framework matchers --markdown docs/matchers.md 生成，不要手改 -->\n")
    yield tr(
        "检查写成 `检查对象: {匹配器: 参数}`；直接写值就是 `equals`。每一行的例子都在文末的样例答复上成立，"
        "自测会逐个运行。\n"
    )
    for kind, title in KINDS.items():
        yield f"## {tr(title)}\n\n{tr(_INTRO[kind])}\n"
        yield from _matcher_rows([row for row in MATCHERS.values() if row.kind == kind])
    yield tr("## 组合\n\n") + tr(_COMBINED)
    yield tr("## 与认可的相比\n\n") + tr(_ACCEPTED)
    yield from _matcher_rows([known[name] for name in SHIPPED])
    if domain := [known[name] for name in known.libraries if name not in SHIPPED]:
        yield tr("## 领域的匹配器\n")
        yield from _matcher_rows(domain)
    own = [known[name] for name in known if name in known.own]
    if own:
        yield tr("## 本组自己的\n")
        yield from _matcher_rows(own)
    yield tr(_TEAM)
    yield from _samples(known)


def _matcher_rows(rows: list[Matcher]) -> Iterator[str]:
    yield tr("| 匹配器 | 要求 | 例子 |\n|---|---|---|")
    for row in rows:
        yield f"| `{row.name}` | {_escaped_cell(tr(row.doc))} | `{_escaped_cell(row.example)}` |"
    yield ""


def _escaped_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_ACCEPTED = """\
第一次运行没有可比的，结果是“未认可”，不算通过；看过之后运行 `python -m framework accept`，下一次起与认可的相比（见
[第一次接上真实服务](first-contact.md)）。一个用例里一个对象只比一次，不能写在 each、not、all_of、any_of 里。
"""

_TEAM = '''\
## 自己写匹配器

现有的都不合适时，在 `testcases/matchers.py` 里写一个函数。说明是给读报告的人看的，名字不能与已有的相同：

```python
from framework import matcher

@matcher(example="$.data.totalNum: {divisible_by: 10}")
def divisible_by(value, argument):
    """是给定数的倍数"""
    return int(value) % argument == 0 or f"余 {int(value) % argument}"
```

返回 True、False，或一句说明哪里不对的话。`kind="list"` 的函数得到选出的整个列表。函数自己抛出异常时，用例是“故障”而不是“不符”，并指出是这个文件的哪一行。
'''


def _samples(known: MatcherTable) -> Iterator[str]:
    yield tr("## 样例答复\n")
    yield tr(
        "HTTP 200，{elapsed:g} 毫秒，`Content-Type: {kind}`。内容是编的。\n",
        elapsed=SAMPLE.elapsed_ms,
        kind=SAMPLE.headers["Content-Type"],
    )
    yield _json_block(_shortened(SAMPLE.reply))
    yield tr("变量：\n")
    yield _json_block(SAMPLE.variables, indent=None)
    for name, contract in SAMPLE.contracts.items():
        yield tr("契约 `{name}`：\n", name=name)
        yield _json_block(contract)
    for sample in library_samples(known.libraries.values()):
        yield tr("## 领域的样例答复\n")
        yield tr("领域匹配器的例子都在这份答复上成立，状态、头与耗时同上。内容是编的。\n")
        yield _json_block(_shortened(sample.reply))
        for name, text in sample.files.items():
            yield tr("文件 `{name}`：\n", name=name)
            yield f"```text\n{text}\n```\n"


def _json_block(value: Json, indent: int | None = 2) -> str:
    return "```json\n" + json.dumps(value, ensure_ascii=False, indent=indent) + "\n```\n"


def _shortened(value: Json) -> Json:
    """Return the value with its long texts cut, so that a reply fits on the page."""
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    if isinstance(value, str) and len(value) > _LONG_TEXT:
        return value[:_SHOWN_OF_LONG] + "…"
    return value
