"""The rows of the rules whose findings fail a check."""

from __future__ import annotations

from typing import Final

from framework.policy import (
    annexes,
    brackets,
    characters,
    evident,
    grammar,
    identity,
    lexicon,
    numbering,
    privacy,
    record_fields,
    signing,
    structure,
    tables,
    wholeness,
)
from framework.policy.rule import Manual, Rule

ERROR_RULES: Final = (
    # the markup and forbidden content
    Rule(
        "grammar",
        "error",
        grammar.grammar,
        "正文只由 <p>文字</p> 与 <p><br></p> 组成",
        Manual("一段只报第一处", "<p>一<b>二</b></p>"),
        needs_paragraphs=False,
    ),
    Rule(
        "active_content",
        "error",
        grammar.active_content,
        "没有脚本、事件、框架与图片",
        Manual("标签开头 500 字之后的事件", "<p>一</p><script>x</script>"),
        needs_paragraphs=False,
    ),
    Rule(
        "escaped",
        "error",
        grammar.escaped,
        "没有被多转义一次",
        Manual("\\n、\\r、\\t 后面跟着字母的", "&lt;p&gt;一&lt;/p&gt;"),
        needs_paragraphs=False,
    ),
    Rule(
        "code_points",
        "error",
        characters.code_points,
        "没有替换符、私用区、控制符与部首字",
        Manual("制表符由表格的规则看；零宽字符只是警告", "政\ufffd策"),
        needs_paragraphs=False,
    ),
    Rule(
        "mojibake",
        "error",
        characters.mojibake,
        "没有用错字符集",
        Manual("繁体字的公文会误报；单个带重音的字母不算", "锟斤拷"),
        needs_paragraphs=False,
    ),
    Rule(
        "personal_data",
        "error",
        privacy.personal_data,
        "没有手机号码、身份证号码、银行卡号与邮箱",
        Manual(
            "“电话”“联系”之后的手机号、“账号”之后的卡号只是警告，“邮箱”之后的邮箱不报；不找人名",
            "王某13912345678",
        ),
        needs_paragraphs=False,
    ),
    # a complete text, and that of this policy
    Rule(
        "head",
        "error",
        wholeness.head,
        "开头完整",
        Manual("从两个词之间切开、而开头的话自己站得住的", "民政府,有关单位:"),
    ),
    Rule(
        "tail",
        "error",
        wholeness.tail,
        "结尾完整",
        Manual("从两段之间切开的结尾", "一。\n为此,"),
        needs_paragraphs=False,
    ),
    Rule(
        "signed",
        "error",
        signing.signed,
        "该署名的署了名，写了日期",
        Manual(
            "方案、规划的最后一段丢了；文种由称呼、“现印发给你们”与标题看出",
            "各区县人民政府：\n《某办法》已经市政府同意，现印发给你们。\n某市人民政府\n某办法\n"
            "第一条 为了一。",
        ),
    ),
    Rule(
        "paragraph_cut",
        "error",
        wholeness.paragraph_cut,
        "长段都写完了",
        Manual(
            "40 字以内的段；一份公文常不写句号时只警告",
            "坚持问题导向,聚焦青年创新创业的难点、堵点。完善政策供给,优化服务流程,推动各项措施落地见",
        ),
    ),
    Rule(
        "title_agreement",
        "error",
        identity.title_agreement,
        "正文就是标题所说的那一份",
        Manual(
            "没有标题不是证据；名字只差年份的两份分不出",
            "某市人民政府关于印发《某市养老服务规划》的通知\n各有关单位:",
        ),
        needs_record=True,
    ),
    Rule(
        "title_cut",
        "error",
        record_fields.title_cut,
        "标题完整",
        Manual("丢了整个词的标题，正文里也没有的", ""),
        needs_record=True,
    ),
    Rule(
        "numbering",
        "error",
        numbering.numbering,
        "章、条、一、（一）、1. 的编号连续",
        Manual("缺最后一项；段内的编号；1.1 这样的小数编号", "一、甲\n二、乙\n四、丁"),
    ),
    Rule(
        "list_end",
        "error",
        numbering.list_end,
        "分号相连的列表有最后一项",
        Manual("表格里的列表", "(一)甲;\n(二)乙;"),
    ),
    Rule(
        "contents",
        "error",
        structure.contents,
        "目录与正文一致",
        Manual(
            "只比“第一章”这样的条目，不比页码", "目录\n第一章 总则\n第二章 罚则\n第一章 总则\n第一条 甲。"
        ),
    ),
    Rule(
        "cross_reference",
        "error",
        structure.cross_reference,
        "引用的条文存在",
        Manual(
            "三条以上的公文才看；句子里先提到别的法律就不看",
            "第一条 甲。\n第二条 乙。\n第三条 违反本办法第七条的,责令改正。",
        ),
    ),
    Rule(
        "brackets",
        "error",
        brackets.brackets,
        "括号与引号成对",
        Manual("交叉的一对、直引号", "现将(甲、乙印发。"),
    ),
    Rule(
        "tabs_lost",
        "error",
        tables.tabs_lost,
        "表格保留了制表符",
        Manual("没有“序号”之类表头的表格", "序号工作任务牵头单位\n1开展宣传市教委\n2开展培训市科技局"),
    ),
    Rule(
        "look_alikes",
        "error",
        characters.look_alikes,
        "没有形似的错字",
        Manual("只认表里的形近字", "釆取措施。"),
    ),
    Rule(
        "letters_in_numbers",
        "error",
        characters.letters_in_numbers,
        "数字里没有字母",
        Manual("只认 O、o、l、I", "自2O24年起施行。"),
    ),
    Rule("lexicon", "error", lexicon.lexicon, "没有常见的错写", Manual("只认词表里的错写", "显着提高。")),
    # evident from the text alone
    Rule(
        "impossible_dates",
        "error",
        evident.impossible_dates,
        "日期都存在",
        Manual("中文数字、点或横线写的日期；2月29日不写年份", "自2024年2月30日起。"),
    ),
    Rule(
        "repeated_text",
        "error",
        evident.repeated_text,
        "没有重复的段落",
        Manual(
            "隔着别的段落重复的一段只是警告；表格的行不看",
            "请各单位认真组织实施,按时报送总结与台账。\n请各单位认真组织实施,按时报送总结与台账。",
        ),
    ),
    Rule(
        "word_residue",
        "error",
        evident.word_residue,
        "没有文字处理软件的残留",
        Manual("只认表里的几种", "见错误!未找到引用源。"),
        needs_paragraphs=False,
    ),
    Rule(
        "line_feeds",
        "error",
        evident.line_feeds,
        "段落里没有换行符",
        Manual("段首段尾的换行", "<p>第一行\n第二行</p>"),
    ),
    Rule("page_numbers", "error", evident.page_numbers, "没有页码", Manual("单独一个数字", "甲\n— 3 —\n乙")),
    Rule(
        "spaced_characters",
        "error",
        evident.spaced_characters,
        "字与字之间没有空格",
        Manual("八个字以内的，标题常这样排", "各 有 关 单 位 请 认 真 贯 彻 落 实"),
    ),
    Rule(
        "lost_characters",
        "error",
        evident.lost_characters,
        "没有问号代替的字",
        Manual("问句里的问号；全文只有一处时是警告", "本办?法由某部?门解释。"),
    ),
    Rule(
        "placeholders",
        "error",
        evident.placeholders,
        "没有未填写的地方",
        Manual("附件里的，表格本来就留空", "由某某局负责。"),
    ),
    Rule(
        "annex_missing",
        "error",
        annexes.annex_missing,
        "列出的附件在正文或文件里",
        Manual("文件里究竟是哪个附件", "一。\n附件:1.申报表"),
        needs_record=True,
    ),
)
