"""The manual's page about the rules for policy texts: the limits of each, and a text that it finds.

The page is docs/text-rules.md; ``python -m framework check-text --markdown FILE`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from framework.policy.rules import RULES


class Entry(NamedTuple):
    """``blind``: the defects that the rule cannot see. ``example``: paragraphs of a text that it finds, one
    a line, or
    the text itself if it begins with ``<`` or ``&``.
    """

    blind: str
    example: str


MANUAL: Final[Mapping[str, Entry]] = {
    "grammar": Entry("一段只报第一处", "<p>一<b>二</b></p>"),
    "active_content": Entry("标签开头 500 字之后的事件", "<p>一</p><script>x</script>"),
    "escaped": Entry("\\n、\\r、\\t 后面跟着字母的", "&lt;p&gt;一&lt;/p&gt;"),
    "code_points": Entry("制表符由表格的规则看；零宽字符只是警告", "政\ufffd策"),
    "mojibake": Entry("繁体字的公文会误报；单个带重音的字母不算", "锟斤拷"),
    "personal_data": Entry(
        "“电话”“联系”之后的手机号、“账号”之后的卡号只是警告，“邮箱”之后的邮箱不报；不找人名",
        "王某13912345678",
    ),
    "head": Entry("从两个词之间切开、而开头的话自己站得住的", "民政府,有关单位:"),
    "tail": Entry("从两段之间切开的结尾", "一。\n为此,"),
    "signed": Entry(
        "方案、规划的最后一段丢了；文种由称呼、“现印发给你们”与标题看出",
        "各区县人民政府：\n《某办法》已经市政府同意，现印发给你们。\n某市人民政府\n某办法\n第一条 为了一。",
    ),
    "paragraph_cut": Entry(
        "40 字以内的段；一份公文常不写句号时只警告",
        "坚持问题导向,聚焦青年创新创业的难点、堵点。完善政策供给,优化服务流程,推动各项措施落地见",
    ),
    "title_agreement": Entry(
        "没有标题不是证据；名字只差年份的两份分不出",
        "某市人民政府关于印发《某市养老服务规划》的通知\n各有关单位:",
    ),
    "title_cut": Entry("丢了整个词的标题，正文里也没有的", ""),
    "numbering": Entry("缺最后一项；段内的编号；1.1 这样的小数编号", "一、甲\n二、乙\n四、丁"),
    "list_end": Entry("表格里的列表", "(一)甲;\n(二)乙;"),
    "contents": Entry(
        "只比“第一章”这样的条目，不比页码", "目录\n第一章 总则\n第二章 罚则\n第一章 总则\n第一条 甲。"
    ),
    "cross_reference": Entry(
        "三条以上的公文才看；句子里先提到别的法律就不看",
        "第一条 甲。\n第二条 乙。\n第三条 违反本办法第七条的,责令改正。",
    ),
    "brackets": Entry("交叉的一对、直引号", "现将(甲、乙印发。"),
    "tabs_lost": Entry(
        "没有“序号”之类表头的表格", "序号工作任务牵头单位\n1开展宣传市教委\n2开展培训市科技局"
    ),
    "look_alikes": Entry("只认表里的形近字", "釆取措施。"),
    "letters_in_numbers": Entry("只认 O、o、l、I", "自2O24年起施行。"),
    "lexicon": Entry("只认词表里的错写", "显着提高。"),
    "impossible_dates": Entry("中文数字、点或横线写的日期；2月29日不写年份", "自2024年2月30日起。"),
    "repeated_text": Entry(
        "隔着别的段落重复的一段只是警告；表格的行不看",
        "请各单位认真组织实施,按时报送总结与台账。\n请各单位认真组织实施,按时报送总结与台账。",
    ),
    "word_residue": Entry("只认表里的几种", "见错误!未找到引用源。"),
    "line_feeds": Entry("段首段尾的换行", "<p>第一行\n第二行</p>"),
    "page_numbers": Entry("单独一个数字", "甲\n— 3 —\n乙"),
    "spaced_characters": Entry("八个字以内的，标题常这样排", "各 有 关 单 位 请 认 真 贯 彻 落 实"),
    "lost_characters": Entry("问句里的问号；全文只有一处时是警告", "本办?法由某部?门解释。"),
    "placeholders": Entry("附件里的，表格本来就留空", "由某某局负责。"),
    "annex_missing": Entry("文件里究竟是哪个附件", "一。\n附件:1.申报表"),
    "heading_fused": Entry(
        "“特此通知”之类的套话按词表认",
        "\n".join(["先进材料。面向需求,依托我市产业基础。相关软件。开展人工智能软件产品的开发。"] * 3),
    ),
    "heading_agreement": Entry(
        "两个本来不同的标题可能很像",
        "(九)正面典型推广和反面典型通报专项行动\n九、正面典型推广和反面典型通报行动",
    ),
    "declared_counts": Entry("可能数错了是哪一种项", "实现以下三项目标:\n1.甲;\n2.乙。"),
    "table_columns": Entry("合并的单元格也会报", "甲\t乙\n一\t二\n三\t四\t五"),
    "signature": Entry("落款的日期取第一个只有日期的段", "某市人民政府\n2023年5月6日"),
    "title_absent": Entry("不带版头发布的很多，所以只警告", "各有关单位:"),
    "title_blanks": Entry("字母与数字之间的空格是对的", ""),
    "issue_number": Entry("法规通过的那句话只是提示", ""),
    "validity": Entry(
        "别的文件废止了这一份；早于落款不到一年的施行日期",
        "本办法自2024年5月1日起施行，有效期至2023年12月31日。",
    ),
    "citations": Entry("引用的文件是否存在", "根据《某意见》(某府发[2024]3号)。"),
    "annex_agreement": Entry(
        "名字只比用字；文件名以“附件”加序号开头才看",
        "填写附件2。\n附件:1.创业补贴申报表\n某局\n附件1\n专家评分标准",
    ),
    "confusions": Entry(
        "只认表里的字；错成另一个词的（权利、权力）、全文出现两次的；人名会误报", "加强资金管埋工作。"
    ),
    "range_unit": Entry("量词按词表认", "1-7陪同人员免费。"),
    "abridged": Entry("只认括号里的“有删减”“有删节”“节选”“以下省略”", "一。\n(本文有删减)"),
    "file_name": Entry("只看 fileName", ""),
    "rare_characters": Entry("人名里的生僻字也会报", "喆先生。"),
    "trailing_blanks": Entry("", "<p>一。</p><p><br></p>"),
    "blank_runs": Entry("一段只报一处", "\xa0 \xa0 \xa0某市"),
    "edge_tabs": Entry("只填了一格的表格行也会报", "\t2024年3月28日"),
    "article_separators": Entry("只报与多数不同的", "第一条  甲。\n第二条  乙。\n第三条 丙。"),
    "digit_space": Entry("用空格排版的日期与表格也会报", "出口500 万辆。"),
}
"""By the name of the rule. Without an example, the rule reads other fields of the record."""

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
        entry = MANUAL[rule.name]
        # One paragraph is enough to show a repetition.
        lines = dict.fromkeys(entry.example.split("\n"))
        example = f"`{_visible(' ⏎ '.join(lines))}`" if entry.example else "（看记录的字段）"
        title = rule.title.replace("<", "&lt;").replace(">", "&gt;")
        blind = _visible(entry.blind) or "无"
        yield f"| `{rule.name}` | {_SEVERITIES[rule.severity]} | {title} | {blind} | {example} |\n"


def _visible(text: str) -> str:
    """Return a text for a cell of a table, with characters that nobody sees made visible."""
    return text.replace("\t", "⇥").replace("\xa0", "␣").replace("\ufffd", "\\ufffd").replace("|", "\\|")
