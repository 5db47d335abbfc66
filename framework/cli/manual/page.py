"""The page of the manual, as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator

from framework.base.messages import tr
from framework.checks.matchers import MATCHERS
from framework.checks.outcome import Matcher
from framework.checks.registry import MatcherTable
from framework.cli.manual.sample import ELAPSED_MS, HEADERS, REPLY, SOURCE, VARIABLES

KINDS = {"value": "看每个值", "list": "看整个列表", "presence": "看有没有"}
_INTRO = {
    "value": "路径选出的每一个值都要满足;一个值也没有选中算失败。",
    "list": "看选出的全部值,或单值路径下的那个数组。"
    "列表空着时,unique、sorted、sum、all_equal、subset_of、disjoint_from 没有可看的,算失败。",
    "presence": "看路径有没有选中值。",
}
_COMBINED = """\
| 写法 | 意思 |
|---|---|
| `each: {路径: …}` | 选出的每一条记录都满足里面的检查;键是相对于记录的路径,`${@.…}` 是当前记录 |
| `not: {…}` | 不满足;里面有一处类型不对或没有选中值,在 not 之下也算失败 |
| `all_of: [{…}, {…}]` | 都满足 |
| `any_of: [{…}, {…}]` | 至少满足一项 |
| `may_be_empty: true` | 写在最外层的匹配器旁边:选出的列表可以为空;值匹配器与 each 这时成立,列表匹配器照样判断空列表 |
"""


def page(known: MatcherTable) -> str:
    """Return the page for the matchers in *known*, those of the team after ours."""
    return "\n".join(_page(known)).rstrip() + "\n"


def _page(known: MatcherTable) -> Iterator[str]:
    yield tr("# 匹配器\n")
    yield tr("<!-- 由 python -m framework matchers --markdown docs/matchers.md 生成,不要手改 -->\n")
    yield tr(
        "检查写成 `检查对象: {匹配器: 参数}`;直接写值就是 `equals`。每一行的例子都在文末的样例答复上成立,"
        "自测会逐个运行。\n"
    )
    for kind, title in KINDS.items():
        yield f"## {tr(title)}\n\n{tr(_INTRO[kind])}\n"
        yield from _table([row for row in MATCHERS.values() if row.kind == kind])
    yield tr("## 组合\n\n") + tr(_COMBINED)
    if known.libraries:
        yield tr("## 领域的匹配器\n")
        yield from _table([known[name] for name in known.libraries])
    if own := [known[name] for name in known if name in known.own]:
        yield tr("## 本组自己的\n")
        yield from _table(own)
    yield tr(_TEAM)
    yield from _sample()


def _table(rows: list[Matcher]) -> Iterator[str]:
    yield tr("| 匹配器 | 要求 | 例子 |\n|---|---|---|")
    for row in rows:
        yield f"| `{row.name}` | {_cell(tr(row.doc))} | `{_cell(row.example)}` |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_TEAM = '''\
## 自己写匹配器

现有的都不合适时,在 `testcases/matchers.py` 里写一个函数。说明是给读报告的人看的,名字不能与已有的相同:

```python
from framework import matcher

@matcher(example="$.data.totalNum: {divisible_by: 10}")
def divisible_by(value, argument):
    """是给定数的倍数"""
    return int(value) % argument == 0 or f"余 {int(value) % argument}"
```

返回 True、False,或一句说明哪里不对的话。`kind="list"` 的函数得到选出的整个列表。函数自己抛出异常时,用例是“故障”而不是“失败”,并指出是这个文件的哪一行。
'''


def _sample() -> Iterator[str]:
    yield tr("## 样例答复\n")
    shown = json.loads(json.dumps(REPLY))
    for policy in shown["data"]["result"]:
        policy["policyText"] = policy["policyText"][:40] + "…"
    yield tr(
        "HTTP 200,{elapsed:g} 毫秒,`Content-Type: {kind}`。内容是编的。\n",
        elapsed=ELAPSED_MS,
        kind=HEADERS["Content-Type"],
    )
    yield "```json\n" + json.dumps(shown, ensure_ascii=False, indent=2) + "\n```\n"
    yield tr("变量:\n")
    yield "```json\n" + json.dumps(VARIABLES, ensure_ascii=False) + "\n```\n"
    yield tr("`{source}` 是官方公布的原文,与 `policyText` 相同。", source=SOURCE[0])
