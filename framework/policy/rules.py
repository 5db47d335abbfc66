"""The table of the rules that ``policy_text`` checks.

Each rule function's docstring says when a text is sound and, under "Limits", which defects the rule cannot
see. Only errors fail a check; warnings and notes are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from framework.policy import (
    annexes,
    brackets,
    characters,
    confusions,
    evident,
    grammar,
    identity,
    layout,
    lexicon,
    numbering,
    privacy,
    record_fields,
    signing,
    structure,
    tables,
    validity,
    wholeness,
)
from framework.policy.document import Document, RuleFinding, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``name`` is stable, because case files and accepted findings refer to it; ``title`` describes a sound
    text. A rule that does not need paragraphs also judges a text that lost its markup. A rule that needs the
    record reads other fields of it and finds nothing without one.
    """

    name: str
    severity: Severity
    find: Callable[[Document], Iterable[RuleFinding]]
    title: str
    needs_paragraphs: bool = True
    needs_record: bool = False

    @property
    def documentation(self) -> str:
        """The docstring of the rule's function as one line: the sound form, and the limits of the rule."""
        return " ".join((self.find.__doc__ or "").split())


_ROWS: Final = (
    # the markup and forbidden content
    Rule(
        "grammar",
        "error",
        grammar.grammar,
        "正文只由 <p>文字</p> 与 <p><br></p> 组成",
        needs_paragraphs=False,
    ),
    Rule(
        "active_content",
        "error",
        grammar.active_content,
        "没有脚本、事件、框架与图片",
        needs_paragraphs=False,
    ),
    Rule("escaped", "error", grammar.escaped, "没有被多转义一次", needs_paragraphs=False),
    Rule(
        "code_points",
        "error",
        characters.code_points,
        "没有替换符、私用区、控制符与部首字",
        needs_paragraphs=False,
    ),
    Rule("mojibake", "error", characters.mojibake, "没有用错字符集", needs_paragraphs=False),
    Rule(
        "personal_data",
        "error",
        privacy.personal_data,
        "没有手机号码、身份证号码、银行卡号与邮箱",
        needs_paragraphs=False,
    ),
    # a complete text, and that of this policy
    Rule("head", "error", wholeness.head, "开头完整"),
    Rule("tail", "error", wholeness.tail, "结尾完整", needs_paragraphs=False),
    Rule("signed", "error", signing.signed, "该署名的署了名，写了日期"),
    Rule("paragraph_cut", "error", wholeness.paragraph_cut, "长段都写完了"),
    Rule("title_agreement", "error", identity.title_agreement, "正文就是标题所说的那一份", needs_record=True),
    Rule("title_cut", "error", record_fields.title_cut, "标题完整", needs_record=True),
    Rule("numbering", "error", numbering.numbering, "章、条、一、（一）、1. 的编号连续"),
    Rule("list_end", "error", numbering.list_end, "分号相连的列表有最后一项"),
    Rule("contents", "error", structure.contents, "目录与正文一致"),
    Rule("cross_reference", "error", structure.cross_reference, "引用的条文存在"),
    Rule("brackets", "error", brackets.brackets, "括号与引号成对"),
    Rule("tabs_lost", "error", tables.tabs_lost, "表格保留了制表符"),
    Rule("look_alikes", "error", characters.look_alikes, "没有形似的错字"),
    Rule("letters_in_numbers", "error", characters.letters_in_numbers, "数字里没有字母"),
    Rule("lexicon", "error", lexicon.lexicon, "没有常见的错写"),
    # evident from the text alone
    Rule("impossible_dates", "error", evident.impossible_dates, "日期都存在"),
    Rule("repeated_text", "error", evident.repeated_text, "没有重复的段落"),
    Rule("word_residue", "error", evident.word_residue, "没有文字处理软件的残留", needs_paragraphs=False),
    Rule("line_feeds", "error", evident.line_feeds, "段落里没有换行符"),
    Rule("page_numbers", "error", evident.page_numbers, "没有页码"),
    Rule("spaced_characters", "error", evident.spaced_characters, "字与字之间没有空格"),
    Rule("lost_characters", "error", evident.lost_characters, "没有问号代替的字"),
    Rule("placeholders", "error", evident.placeholders, "没有未填写的地方"),
    Rule("annex_missing", "error", annexes.annex_missing, "列出的附件在正文或文件里", needs_record=True),
    # style and agreement: reported, but not failed
    Rule("heading_fused", "warning", wholeness.heading_fused, "小标题自成一段"),
    Rule("heading_agreement", "warning", structure.heading_agreement, "同一个标题前后写法一致"),
    Rule("declared_counts", "warning", structure.declared_counts, "说有几项就有几项"),
    Rule("table_columns", "warning", tables.table_columns, "表格各行列数相同"),
    Rule(
        "signature", "warning", record_fields.signature, "落款的机关与日期同标题、文号相符", needs_record=True
    ),
    Rule("title_absent", "warning", record_fields.title_absent, "正文里有标题与文号", needs_record=True),
    Rule("title_blanks", "warning", record_fields.title_blanks, "标题里没有多余的空格", needs_record=True),
    Rule("issue_number", "warning", record_fields.issue_number, "文号是文号的写法", needs_record=True),
    Rule("validity", "warning", validity.validity, "施行的日期与有效期合理"),
    Rule("citations", "warning", validity.citations, "引用的文号是文号的写法"),
    Rule("annex_agreement", "warning", annexes.annex_agreement, "附件与附件说明一致"),
    Rule("confusions", "warning", confusions.confusions, "没有写错的单字"),
    Rule("range_unit", "warning", layout.range_unit, "数字范围带量词"),
    Rule("abridged", "warning", layout.abridged, "正文没有删减"),
    Rule("file_name", "info", record_fields.file_name, "附件名不以序号开头", needs_record=True),
    Rule("rare_characters", "info", characters.rare_characters, "没有 GB 2312 以外的字"),
    Rule("trailing_blanks", "info", wholeness.trailing_blanks, "末尾没有空段"),
    Rule("blank_runs", "info", layout.blank_runs, "不用连续的空格排版"),
    Rule("edge_tabs", "info", tables.edge_tabs, "段首段尾没有制表符"),
    Rule("article_separators", "info", layout.article_separators, "条号后的空格一致"),
    Rule("digit_space", "info", layout.digit_space, "数字与汉字之间没有空格"),
)
RULES: Final[Mapping[str, Rule]] = {rule.name: rule for rule in _ROWS}
