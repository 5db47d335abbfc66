"""The manual's page about the rules for policy texts: the limits of each, and a text that it finds.

The page is docs/text-rules.md; ``python -m framework check-text --markdown FILE`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from framework.policy.rules import RULES

RECORD: Final = {
    "policyTitle": "某市人民政府关于印发《某市低空经济发展行动方案》的通知",
    "issueNumber": "某府发〔2024〕1号",
    "publishTime": "2024-06-01 00:00:00",
    "files": [],
}
"""The record of the examples."""
_SEVERITIES: Final = {"error": "不符", "warning": "警告", "info": "提示"}
_HEAD: Final = """# 正文的规则

<!-- 由 python -m framework check-text --markdown docs/text-rules.md 生成，不要手改 -->

`policy_text` 用这些规则看一份公文，`python -m framework check-text FILE` 用同样的规则看一个文件。
级别是“不符”的使用例不符，其余写进报告；`{rules: true, fail: [规则名]}` 让别的级别也使用例不符。
例子是这条规则会报的正文，⏎ 是换段。

| 规则 | 级别 | 完好的正文 | 看不见什么 | 会报的例子 |
|---|---|---|---|---|
"""


def example_text(example: str) -> str:
    """Return the example as a policyText."""
    if example.startswith(("<", "&")):
        return example
    return "".join(f"<p>{line}</p>" for line in example.split("\n"))


def manual_page() -> str:
    """Return the page: a table with a row for each rule."""
    return _HEAD + "".join(_rows())


def _rows() -> Iterator[str]:
    for rule in RULES.values():
        entry = rule.manual
        # One paragraph is enough to show a repetition.
        lines = dict.fromkeys(entry.example.split("\n"))
        example = f"`{_visible(' ⏎ '.join(lines))}`" if entry.example else "（看记录的字段）"
        title = rule.title.replace("<", "&lt;").replace(">", "&gt;")
        blind = _visible(entry.blind) or "无"
        yield f"| `{rule.name}` | {_SEVERITIES[rule.severity]} | {title} | {blind} | {example} |\n"


def _visible(text: str) -> str:
    """Return a text for a cell of a table, with characters that nobody sees made visible."""
    return text.replace("\t", "⇥").replace("\xa0", "␣").replace("\ufffd", "\\ufffd").replace("|", "\\|")
