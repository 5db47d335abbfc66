"""The rows of the rules for style and agreement, which are reported and do not fail a check."""

from __future__ import annotations

from typing import Final

from framework.policy import (
    annexes,
    characters,
    confusions,
    layout,
    record_fields,
    structure,
    tables,
    validity,
    wholeness,
)
from framework.policy.rule import Manual, Rule

STYLE_RULES: Final = (
    # style and agreement: reported, but not failed
    Rule(
        "heading_fused",
        "warning",
        wholeness.heading_fused,
        "小标题自成一段",
        Manual(
            "“特此通知”之类的套话按词表认",
            "\n".join(["先进材料。面向需求,依托我市产业基础。相关软件。开展人工智能软件产品的开发。"] * 3),
        ),
    ),
    Rule(
        "heading_agreement",
        "warning",
        structure.heading_agreement,
        "同一个标题前后写法一致",
        Manual(
            "两个本来不同的标题可能很像",
            "(九)正面典型推广和反面典型通报专项行动\n九、正面典型推广和反面典型通报行动",
        ),
    ),
    Rule(
        "declared_counts",
        "warning",
        structure.declared_counts,
        "说有几项就有几项",
        Manual("可能数错了是哪一种项", "实现以下三项目标:\n1.甲;\n2.乙。"),
    ),
    Rule(
        "table_columns",
        "warning",
        tables.table_columns,
        "表格各行列数相同",
        Manual("合并的单元格也会报", "甲\t乙\n一\t二\n三\t四\t五"),
    ),
    Rule(
        "signature",
        "warning",
        record_fields.signature,
        "落款的机关与日期同标题、文号相符",
        Manual("落款的日期取第一个只有日期的段", "某市人民政府\n2023年5月6日"),
        needs_record=True,
    ),
    Rule(
        "title_absent",
        "warning",
        record_fields.title_absent,
        "正文里有标题与文号",
        Manual("不带版头发布的很多，所以只警告", "各有关单位:"),
        needs_record=True,
    ),
    Rule(
        "title_blanks",
        "warning",
        record_fields.title_blanks,
        "标题里没有多余的空格",
        Manual("字母与数字之间的空格是对的", ""),
        needs_record=True,
    ),
    Rule(
        "issue_number",
        "warning",
        record_fields.issue_number,
        "文号是文号的写法",
        Manual("法规通过的那句话只是提示", ""),
        needs_record=True,
    ),
    Rule(
        "validity",
        "warning",
        validity.validity,
        "施行的日期与有效期合理",
        Manual(
            "别的文件废止了这一份；早于落款不到一年的施行日期",
            "本办法自2024年5月1日起施行，有效期至2023年12月31日。",
        ),
    ),
    Rule(
        "citations",
        "warning",
        validity.citations,
        "引用的文号是文号的写法",
        Manual("引用的文件是否存在", "根据《某意见》(某府发[2024]3号)。"),
    ),
    Rule(
        "annex_agreement",
        "warning",
        annexes.annex_agreement,
        "附件与附件说明一致",
        Manual(
            "名字只比用字；文件名以“附件”加序号开头才看",
            "填写附件2。\n附件:1.创业补贴申报表\n某局\n附件1\n专家评分标准",
        ),
    ),
    Rule(
        "confusions",
        "warning",
        confusions.confusions,
        "没有写错的单字",
        Manual(
            "只认表里的字；错成另一个词的（权利、权力）、全文出现两次的；人名会误报", "加强资金管埋工作。"
        ),
    ),
    Rule(
        "range_unit",
        "warning",
        layout.range_unit,
        "数字范围带量词",
        Manual("量词按词表认", "1-7陪同人员免费。"),
    ),
    Rule(
        "abridged",
        "warning",
        layout.abridged,
        "正文没有删减",
        Manual("只认括号里的“有删减”“有删节”“节选”“以下省略”", "一。\n(本文有删减)"),
    ),
    Rule(
        "file_name",
        "info",
        record_fields.file_name,
        "附件名不以序号开头",
        Manual("只看 fileName", ""),
        needs_record=True,
    ),
    Rule(
        "rare_characters",
        "info",
        characters.rare_characters,
        "没有 GB 2312 以外的字",
        Manual("人名里的生僻字也会报", "喆先生。"),
    ),
    Rule(
        "trailing_blanks",
        "info",
        wholeness.trailing_blanks,
        "末尾没有空段",
        Manual("", "<p>一。</p><p><br></p>"),
    ),
    Rule(
        "blank_runs",
        "info",
        layout.blank_runs,
        "不用连续的空格排版",
        Manual("一段只报一处", "\xa0 \xa0 \xa0某市"),
    ),
    Rule(
        "edge_tabs",
        "info",
        tables.edge_tabs,
        "段首段尾没有制表符",
        Manual("只填了一格的表格行也会报", "\t2024年3月28日"),
    ),
    Rule(
        "article_separators",
        "info",
        layout.article_separators,
        "条号后的空格一致",
        Manual("只报与多数不同的", "第一条  甲。\n第二条  乙。\n第三条 丙。"),
    ),
    Rule(
        "digit_space",
        "info",
        layout.digit_space,
        "数字与汉字之间没有空格",
        Manual("用空格排版的日期与表格也会报", "出口500 万辆。"),
    ),
)
