"""Each rule is tested with the smallest texts that break it and that do not."""

from __future__ import annotations

import re
from datetime import date

import pytest

from framework.policy.document import Document
from framework.policy.lexicon import FILE, read_lexicon
from framework.policy.rules import RULES
from selftests.policy.conftest import found
from selftests.policy.sound import LONG, html

TITLE = "某市人民政府关于印发《某市低空经济发展行动方案》的通知"
RECORD = {
    "id": "1",
    "policyTitle": TITLE,
    "issueNumber": "某府发〔2024〕1号",
    "publishTime": "2024-06-01 00:00:00",
}

LETTER = """\
各区县人民政府:
《某市低空经济发展行动方案》已经市政府同意,现印发给你们,请认真贯彻执行。
某市人民政府办公室
2024年3月1日
某市低空经济发展行动方案
一、总体要求
到2027年,建成一批项目。"""
ROWS = "序号\t任务\t单位\t时限\n" + "\n".join(f"{n}\t第{n}项任务\t某局\t2024年{n}月" for n in range(1, 5))
REGULATION = "某市项目管理办法\n" + "\n".join(
    f"第{number}条 单位应当按时报送材料。" for number in "一二三四五六七八九十"
)
REGULATION += "\n第十一条 本办法由市科技局负责解释，自2024年3月1日起施行。"

NOTICE = """\
各区县教委:
为做好青年工作,现将有关事项通知如下。
一、加强领导。各单位要高度重视。
二、按时报送。请于月底前报送总结。"""

# rule, severity, text, a part of the message
WRONG = [
    ("grammar", "error", "<p>一</p>\n<p>二</p>", "不是 <p>"),
    ("grammar", "error", "<p></p>", "第 0 段"),
    ("grammar", "error", "<p>一<b>二</b></p>", "不是 <p>"),
    ("active_content", "error", "<p>一</p><SCRIPT>x</SCRIPT>", "SCRIPT"),
    ("active_content", "error", "<p onclick = x>一</p>", "onclick"),
    ("escaped", "error", "&lt;p&gt;一&lt;/p&gt;", "共 4 处"),
    ("escaped", "error", "<p>\\u4e00\\u4e8c</p>", "\\u4e00"),
    ("escaped", "error", html("各单位nbsp;要重视"), "nbsp;"),
    ("escaped", "error", html("称为#8220;青年#8221;"), "#8220;"),
    ("escaped", "error", html("A类amp;B类"), "amp;"),
    ("escaped", "error", html("甲font-family:宋体;乙"), "font-family:"),
    ("escaped", "error", html("甲br/>乙"), "br/>"),
    ("letters_in_numbers", "error", html("补贴5OO0元"), "5OO0"),
    ("letters_in_numbers", "error", html("自2O24年起"), "2O24"),
    ("letters_in_numbers", "error", html("共l2个"), "l2"),
    ("letters_in_numbers", "error", html("比例5O%"), "5O"),
    ("letters_in_numbers", "error", html("电话O23-6l234567"), "6l234567"),
    ("placeholders", "error", html("联系人:XXX,联系电话:XXXXXXXX。"), "XXX"),
    ("placeholders", "error", html("经费___万元。"), "___"),
    (
        "tabs_lost",
        "error",
        html("1人力资源许可市人力社保局\n2培训学校审批市人力社保局\n3职业补贴市财政局"),
        "制表符",
    ),
    ("confusions", "warning", html("加强资金管埋工作。"), "应为“管理”"),
    ("confusions", "warning", html("各单位要认真贯砌落实。"), "应为“贯彻”"),
    ("code_points", "error", "<p>政\ufffd策</p>", "FFFD"),
    ("code_points", "error", "<p>政\ue001策</p>", "E001"),
    ("code_points", "error", "<p>⼈才</p>", "2F08"),
    ("code_points", "warning", "<p>政\u200b策</p>", "200B"),
    ("mojibake", "error", "<p>éæ±åº</p>", "字符集"),
    ("mojibake", "error", "<p>锟斤拷</p>", "锟斤拷"),
    ("mojibake", "error", "<p>现将??印发</p>", "??"),
    ("personal_data", "error", "<p>李某13912345678</p>", "139****5678"),
    ("personal_data", "warning", "<p>联系电话:13912345678</p>", "139****5678"),
    ("personal_data", "error", "<p>张某11010519491231002X</p>", "110105****"),
    ("personal_data", "error", "<p>王某138-1234-5678</p>", "138****5678"),
    ("personal_data", "error", "<p>王某138 1234 5678</p>", "138****5678"),
    ("personal_data", "error", "<p>卡号6222021001116245702</p>", "银行卡号 6222****"),
    ("personal_data", "error", "<p>卡号6222 0210 0111 6245 702</p>", "银行卡号 6222****"),
    ("personal_data", "warning", "<p>开户银行账号6222021001116245702</p>", "银行卡号"),
    ("personal_data", "warning", "<p>王某wang.li@example.com</p>", "电子邮箱 wa****"),
    ("impossible_dates", "error", html("自2024年2月30日起。"), "没有“2024年2月30日”"),
    ("impossible_dates", "error", html("自2023年2月29日起。"), "2023年2月29日"),
    ("impossible_dates", "error", html("至13月1日止。"), "13月1日"),
    ("impossible_dates", "error", html("至4月31日止。"), "4月31日"),
    ("impossible_dates", "error", html("到3024年建成。"), "太远"),
    ("repeated_text", "error", html(f"通知\n{LONG}\n{LONG}"), "与上一段相同"),
    (
        "repeated_text",
        "error",
        html("\n".join([f"第{n}项要认真完成并报告。" for n in "一二三四五"] * 2)),
        "重复",
    ),
    ("repeated_text", "warning", html(f"甲\n{LONG * 2}\n乙\n{LONG * 2}"), "与第 2 段相同"),
    ("word_residue", "error", html("见错误!未找到引用源。"), "未找到引用源"),
    ("word_residue", "error", html("第一章 总则 PAGEREF _Toc12345678"), "PAGEREF"),
    ("line_feeds", "error", "<p>第一行\n第二行</p>", "换行符"),
    ("page_numbers", "error", html("甲\n— 3 —\n乙"), "— 3 —"),
    ("page_numbers", "error", html("甲\n第 3 页 共 9 页\n乙"), "第 3 页"),
    ("spaced_characters", "error", html("各 有 关 单 位 请 认 真 贯 彻 落 实"), "都有空格"),
    ("lost_characters", "error", html("本办?法由某部?门解释。"), "代替"),
    ("lost_characters", "warning", html("本办?法由部门解释。"), "代替"),
    ("placeholders", "error", html("自XX年XX月起施行。"), "XX年XX月"),
    ("placeholders", "error", html("由某某局负责。"), "某某局"),
    ("placeholders", "error", html("经费(待补充)。"), "待补充"),
    ("head", "error", html("展行动方案》的通知\n各有关单位:"), "标题的后半截"),
    ("head", "error", html("开区管委会，有关单位:"), "词的中间"),
    ("head", "error", html("民政府，有关单位:"), "词的中间"),
    ("head", "error", html("，有关单位:"), "开头"),
    ("head", "error", html("治县)有关单位,各部门:"), "前面缺字"),
    ("tail", "error", "<p>一。</p><p>二", "</p>"),
    *(
        ("head", "error", html(text), "前面缺字")
        for text in (
            "2024年1月2日\n甲。",
            "(此件公开发布)\n甲。",
            "请认真贯彻执行。\n甲。",
            "的通知\n甲。",
            "〔2024〕1号\n各有关单位:",
            "发〔2024〕1号\n各有关单位:",
            "经市政府同意,现印发给你们。",
            "国家有关决策部署,加快推动产业发展,制定本措施。",
            "好促进产业发展,结合本市实际,现提出如下意见。",
            "人民政府,市政府各部门,有关单位:",
            "障局,高新区党群工作部:",
            "市公安局\n2024年1月2日\n行动方案",
            "号\n各有关单位:",
            "照执行。\n某市人民政府\n2024年1月2日\n某市低空经济发展行动方案",
            "经济发展行动方案\n一、总体要求",
            "统筹发展和安全,推动产业发展。\n一、总体要求",
            "校:\n为做好工作,现通知如下。",
            "则\n第一章 总则",
            "022年,各区县认真落实政策。",
            "24年青年创业项目资助工作,计划资助20个。",
            "(三)加强保护。\n一、甲",
            "3\t某大学\t20\n4\t某学院\t30",
            "我局。\n三、本函自印发之日起执行。",
            "新创业大赛。现将有关事项通知如下:",
            "关事项公告如下。\n一、支持方向",
            "15),并在信封上注明字样。\n三、联系电话",
            "某市财政局\n某市人力社保局\n二〇二四年五月三十日\n某市低空经济发展行动方案",
            "政府\n关于印发《某市低空经济发展行动方案》的通知",
            "行动方案\n(2024年)\n一、总体要求",
            "区低空经济\n发展行动方案\n一、总体要求",
            "案\n一、总体要求",
            "月1日\n某市低空经济发展行动方案",
            "现印发给你们,请认真贯彻执行。\n某市人民政府办公室",
            "结合工作实际,遵照执行。\n特此通知。",
            "安分局、财政局、科技局,各有关单位:",
            "(自治县)有关部门,各有关单位:",
            "政府各部门,有关单位:",
            "章 附则\n第一章 总则",
            "法律责任\n第八章 附则\n第一章 总则",
            "结合本市实际,制定本方案。\n一、总体要求",
            "目标和要求,结合我市实际,现提出以下实施意见。\n一、总体要求",
            "推动产业升级,结合本市实际,制定本方案。\n一、总体要求",
        )
    ),
    ("head", "warning", html("经济运行情况发布如下。\n低空经济。\n低空经济。"), "词的中间"),
    ("tail", "error", html("一。\n为此,"), "结尾"),
    *(
        ("tail", "error", html(text), "没有写完")
        for text in (
            f"{ROWS}\n5\t第5项任务",
            f"{ROWS}\n5\t第5项任务\t某局\t2024年",
            "一、任务\n(一)甲。认真完成。\n(二)乙。认真完成。\n二、保障\n(一)加强保障。优先保障用地和",
        )
    ),
    ("tail", "warning", html("一、任务。\n本措施自印发之日起施行"), "没有写完"),
    ("signed", "error", html(LETTER.replace("\n2024年3月1日", "")), "没有成文日期"),
    ("signed", "error", html(LETTER.replace("\n某市人民政府办公室", "")), "没有署名"),
    ("signed", "error", html(NOTICE), "没有成文日期"),
    ("signed", "error", html(NOTICE + "\n某市教育局"), "没有成文日期"),
    ("signed", "error", html(NOTICE + "\n2024年3月1日"), "没有署名"),
    ("signed", "error", html(NOTICE + "\n附件:1.申报表\n2.评分表\n2024年3月1日"), "没有署名"),
    ("signed", "error", html("为方便群众,现通告如下。\n一、甲。\n特此通告。"), "没有成文日期"),
    ("signed", "error", html(REGULATION.replace("，自2024年3月1日起施行", "，负责组织实施")), "从哪天起施行"),
    ("signed", "error", html(REGULATION.replace("，自2024年3月1日起施行", "")), "从哪天起施行"),
    ("tail", "warning", html("一。\n三、保障措施"), "标题结尾"),
    ("paragraph_cut", "error", html(f"{LONG}\n{LONG}{LONG[:-3]}"), "停在"),
    ("paragraph_cut", "error", html(f"{LONG}\n{LONG},各单位要认真落实,"), "停在"),
    ("paragraph_cut", "error", html("一。\n第一条 " + "申请人应当按照规定" * 5 + "\n二。"), "停在"),
    ("tail", "error", html("1.甲要落实。\n2.乙要落实。\n3.丙要落实。\n4.丁要"), "没有写完"),
    (
        "tail",
        "error",
        html("甲,乙。\n丙,丁。\n戊,己。\n问:外地青年能享受吗?\n可以,政策不设户籍限"),
        "没有写完",
    ),
    (
        "tabs_lost",
        "error",
        html("1落实政策。市科技局12月\n2提供服务。市教委6月\n3推广应用。市财政局9月"),
        "制表符",
    ),
    (
        "title_agreement",
        "error",
        html("某市人民政府关于印发《某市养老服务规划》的通知\n各有关单位:"),
        "不是记录的标题",
    ),
    (
        "title_agreement",
        "error",
        html("各有关单位:\n现将《某市养老服务规划》印发给你们。"),
        "印发的是《某市养老服务规划》",
    ),
    (
        "title_agreement",
        "error",
        html("各有关单位:\n《某市养老服务规划》已经市政府同意，现印发给你们。"),
        "印发的是《某市养老服务规划》",
    ),
    (
        "title_agreement",
        "error",
        html("各有关单位:\n现将《某市低空物流管理办法》印发给你们。"),
        "印发的是《某市低空物流管理办法》",
    ),
    ("title_agreement", "error", html("某市促进养老服务条例\n第一条 甲。"), "不是记录的标题"),
    ("title_agreement", "warning", html("各有关单位:\n请认真贯彻执行。"), "一字不差"),
    ("numbering", "error", html("一、甲\n二、乙\n四、丁"), "缺第 3 项"),
    ("numbering", "error", html("第一条 甲\n第三条 丙"), "缺第 2 项"),
    ("numbering", "error", html("一、甲\n(一)子。\n(三)寅。\n二、乙\n(一)子。"), "缺第 2 项"),
    ("numbering", "error", html("一、甲\n1.子。\n2.丑。\n2.寅。"), "重复"),
    ("numbering", "error", html("第二条 乙\n第三条 丙"), "从"),
    ("numbering", "error", html("一、甲\n(一)a\n(二)b\n(三)c\n二、乙\n(一)a\n(二)b\n(四)d"), "缺第 3 项"),
    ("numbering", "warning", html("1\t甲\t乙\n3\t丙\t丁"), "缺第 2 项"),
    ("list_end", "error", html("（一)甲;\n(二)乙;"), "没有下一项"),
    ("list_end", "error", html("1.甲;\n2.乙;\n某市人民政府\n2024年1月2日"), "没有下一项"),
    ("list_end", "error", html("1.甲;\n2.乙;\n附件:名单"), "没有下一项"),
    ("list_end", "warning", html("（一)甲;\n(二)乙;\n其他事项。"), "没有下一项"),
    ("list_end", "warning", html("一、条件\n1.甲;\n2.乙;\n二、材料\n丙。"), "没有下一项"),
    ("tail", "error", html("第一条 甲。\n第二条 本办法自发布之日起施"), "没有写完"),
    ("tail", "warning", html("第一条 甲。\n第二条 本办法自2024年1月1日起施行"), "没有写完"),
    ("numbering", "error", html("一、甲\n1.2024年目标。\n3.2025年目标。"), "缺第 2 项"),
    (
        "contents",
        "error",
        html("目录\n第一章 总则\n第二章 罚则\n第一章 总则\n第一条 甲。\n第二章 附则"),
        "第二章罚则",
    ),
    (
        "cross_reference",
        "error",
        html("第一条 甲。\n第二条 乙。\n第三条 违反本办法第七条的,责令改正。"),
        "第七条不存在",
    ),
    ("brackets", "error", html("现将(甲、乙印发。"), "没有与它配对的 )"),
    ("brackets", "error", html("现将《甲印发。\n一\n二\n三\n四\n五\n六\n七\n八\n九》"), "没有与它配对的"),
    ("brackets", "error", html("称为”甲。"), "没有与它配对的"),
    ("tabs_lost", "error", html("序号工作任务牵头单位\n1开展宣传市教委\n2开展培训市科技局"), "制表符"),
    ("look_alikes", "error", html("釆取措施。"), "采"),
    ("look_alikes", "warning", html("某发﹝2023﹞1号"), "六角"),
    ("lexicon", "error", html("显着提高。"), "显著"),
    ("lexicon", "error", html("续续开展创建。"), "持续开展"),
    (
        "heading_fused",
        "warning",
        html(
            "\n".join(
                ["先进材料。面向需求,依托我市产业基础,积极开发。相关软件。开展人工智能软件产品的开发。"] * 3
            )
        ),
        "相关软件",
    ),
    (
        "heading_agreement",
        "warning",
        html("(九)正面典型推广和反面典型通报专项行动\n九、正面典型推广和反面典型通报行动"),
        "只差",
    ),
    ("declared_counts", "warning", html("实现以下三项目标:\n1.甲;\n2.乙。"), "说有 3 项"),
    ("declared_counts", "warning", html("一、服务（共3项)\n序号\t名\n1\t甲\n2\t乙"), "下面是 2 项"),
    ("table_columns", "warning", html("甲\t乙\n一\t二\n三\t四\t五"), "制表符 1、2 个"),
    ("signature", "warning", html(f"{TITLE}\n某市人民政府\n2023年5月6日"), "2023 年"),
    ("title_absent", "warning", html("各有关单位:"), "标题和文号"),
    ("range_unit", "warning", html("1-7陪同人员免费。"), "缺量词"),
    ("range_unit", "warning", html("名额10-5名。"), "从大到小"),
    ("numbering", "warning", html("第一条 甲。\n第二 条 乙。\n第三条 丙。"), "“第二 条”里有空格"),
    (
        "validity",
        "warning",
        html("本办法自2024年5月1日起施行，有效期至2023年12月31日。"),
        "早于施行的 2024-05-01",
    ),
    ("validity", "warning", html("本办法有效期至2023年12月31日。"), "已经失效"),
    ("validity", "warning", html("本办法自2014年5月1日起施行，有效期五年。"), "到 2019-05-01"),
    ("validity", "warning", html("自2021年5月1日起施行。\n某局\n2024年3月1日"), "落款却是 2024-03-01"),
    ("citations", "warning", html("根据《甲》(某府发[2024]3号)。"), "六角括号"),
    ("citations", "warning", html("根据《甲》(某府发(2024)3号)。"), "六角括号"),
    ("citations", "warning", html("根据某府发〔20244〕3号。"), "年份“20244”"),
    ("citations", "warning", html("根据某府发〔2024〕03号。"), "不加 0"),
    ("citations", "warning", html("根据某府发〔2024〕第3号。"), "不加“第”"),
    ("citations", "warning", html("根据某府发〔2024〕3文件。"), "缺“号”字"),
    ("abridged", "warning", html("一。\n(本文有删减)"), "有删减"),
    ("rare_characters", "info", html("喆先生。"), "U+5586"),
    ("trailing_blanks", "info", "<p>一。</p><p><br></p>", "空段"),
    ("blank_runs", "info", html("\xa0 \xa0 \xa0某市"), "空格"),
    ("edge_tabs", "info", html("\t2024年3月28日"), "制表符"),
    ("article_separators", "info", html("第一条  甲。\n第二条  乙。\n第三条 丙。"), "条号"),
    ("digit_space", "info", html("出口500 万辆。"), "空格"),
]

RIGHT = [
    ("impossible_dates", "自2024年2月29日起,到2月29日、12月31日,2060年,第2100年,3000年前后的1.13月。"),
    ("repeated_text", f"甲\n{LONG}\n乙\n{LONG}\n盖章\n盖章\n1\t甲\n1\t甲"),
    ("word_residue", "使用Word文档,错误纠正,网址见附件。"),
    ("page_numbers", "3\n第3页说明\n-3℃"),
    ("spaced_characters", "通 知 书\n甲 乙 丙 丁 戊 己"),
    ("lost_characters", "申请人有哪些条件?怎么办理?符合条件的是否可以申请?可以。"),
    ("placeholders", "某市XX号楼,5×10平方米。\n附件1\n申请表\nXX年XX月XX日"),
    ("personal_data", "邮箱:abc@example.com,账号1234567890123456,序列号622202100111624570。"),
    ("look_alikes", "自己经营的网店、自己经办的企业。"),
    ("numbering", "甲\n附件:1、申报表\n2、评分标准\n3、承诺书"),
    ("numbering", "(一)甲;\n(二)乙;\n(三)丙;\n(四)丁。\n(一)至(三)项所列人员。\n(四)、(五)项所列人员。"),
    ("heading_agreement", "(一)伪造、变造、买卖许可证件;\n(一)伪造、变造、买卖许可证件的;"),
    ("declared_counts", "可以采取以下一项或者多项措施:\n(一)警告;\n(二)罚款。"),
    ("lexicon", "凸显着时代特征,断断续续开展,融洽淡定,学习近乎痴迷,交通迅速,发布署名文章,一贯切实履职。"),
    ("personal_data", "投资13912345678元,账号6222021391234567890,编号110105194912310021。"),
    ("brackets", "1)甲;2)乙;a)丙;People’s Bank;区间[0,1);’90后。"),
    (
        "numbering",
        "一、二等奖获得者,第一条规定的情形,110、119电话,2024、2025年。\n三、四季度分别完成。\n第五条 "
        "引一\n第二十条 引二",
    ),
    (
        "numbering",
        "一、甲\n1.2024年目标。\n2.2025年度目标。\n3.丙。\n附件:1.2024年名单\n2.2024年分工\n3.台账",
    ),
    ("numbering", "1.5万亿元。\n2.3万个。\n3.15活动。\n1.2024万元。"),
    ("title_agreement", "各有关单位:\n现将《低空经济行动方案》印发给你们。某市低空经济发展行动方案"),
    ("cross_reference", "第一条 依照《某法》第九十条、第九十一条处理。\n第二条 甲\n第三条 乙"),
    ("head", "关于印发《某市低空经济发展行动方案》的通知"),
    *(
        ("head", text)
        for text in (
            "各区县人民政府,市政府各部门:",
            "市政府各部门,有关单位:",
            "为贯彻落实国家有关决策部署,加快推动产业发展,结合本市实际,制定本措施。",
            "贯彻落实大会精神,进一步加强管理,结合我区实际,制定本办法。",
            "经市政府同意,现就有关事项通知如下。",
            "《某方案》已经市政府同意,现印发给你们。",
            "2024年1月2日起施行的办法。",
            "某发〔2024〕1号\n各单位:",
            "30年来,我市青年事业取得长足进步。",
            "5年内建成一批低空经济项目。",
            "共青团某市委员会\n关于印发《某市低空经济发展行动方案》的通知",
            "低空经济是战略性新兴产业。",
            "市发展改革委:你委来文收悉。",
            "近日,市政府印发了方案。现将有关内容解读如下。",
            "有关事项通知如下:",
        )
    ),
    ("numbering", "第一条 甲。\n第二条 乙。\n第三条 丙。"),
    ("signed", NOTICE + "\n“创青春”大赛组委会\n(共青团某市委员会代章)\n2024年3月1日"),
    ("signed", NOTICE + "\n某市教育局 某市财政局\n二〇二四年三月一日"),
    ("signed", NOTICE + "\n某市教育局2024年3月1日"),
    ("signed", NOTICE + "\n局长 王某\n2024年3月1日"),
    ("signed", "为方便群众,现通告如下。\n特此通告。\n某市公安局交通管理支队\n2024年3月1日"),
    ("range_unit", "热线023-12345,附件3-1,年龄18-35岁。"),
    ("validity", "自2024年2月29日起施行，有效期五年。\n本通知自2023年9月1日起执行。\n某局\n2024年3月1日"),
    ("validity", "本办法自2024年13月1日起施行，有效期至9999年12月31日。"),
    ("citations", "某府发〔2024〕3、4号,(2019)某01民初3号,2024年第3号,国务院令第3号,某府发〔1998〕12号。"),
    ("escaped", "网址http://a.cn/?a=1,R#8220,C#;邮箱amp@a.cn,字体font说明,宋体;楷体。"),
    ("letters_in_numbers", "5l水,G85,H1N1,型号A10O,1.2L,第I类,LO2项,20I卡,O型血3个,Ol大赛,0O"),
    ("placeholders", "邮件主题注明“XX区+姓名”,文件名格式为XX单位,血型X型,XX染色体,5×10×20米。"),
    ("placeholders", "姓名:____\n附件1\n经费____万元"),
    ("tabs_lost", "1月启动\n2月实施\n3月总结\n1级一万元\n2级两万元\n3级三万元"),
    ("tail", "一、甲。\n二、咨询热线:12345"),
    ("tail", "一、甲。\n二、咨询热线 12345"),
    ("title_agreement", "各单位:\n《某市“低空”经济发展行动方案》已制定,现印发给你们。"),
    (
        "confusions",
        "总对总,央企、民企,众创空间,揭榜挂帅,权利与权力,自己经办,现将,提质增效,某市科局,银企对接。",
    ),
    ("confusions", "管埋一词在这里写了两次,管埋。"),
    ("tail", "1.甲。\n2.乙。\n3.丙。\n联系人:王某,电话:023-123"),
    ("tail", "甲。\n附件:1.甲,乙"),
    ("tail", "问:哪些下放了?\n共12项,其中许可5项\n问:到哪里办?\n到政务大厅办理,也可以上网"),
    ("tail", "甲。\n某市发展和改革委员会,某市财政局"),
    ("tail", "1.甲\n2.乙\n3.丙\n4.丁"),
    (
        "paragraph_cut",
        f"{LONG}\n网址:http://abc.example.gov.cn/a/b/c/d.html?id=1234567890,abcdefghijklmnopqrst",
    ),
    ("code_points", "㎡、℃、①、Ⅱ、—、·、€、′。"),
    ("range_unit", "3-5年,1—2名,10-20万元,2021—2025年。"),
]


@pytest.mark.parametrize(("rule", "severity", "text", "part"), WRONG, ids=lambda value: str(value)[:40])
def test_a_defect_is_reported_by_its_rule(rule, severity, text, part):
    findings = found(text, RECORD, severity)
    assert any(name == rule and part in message for name, message in findings), findings


@pytest.mark.parametrize(("rule", "text"), RIGHT)
def test_a_sound_text_is_not_reported(rule, text):
    findings = [*found(html(text), RECORD, "error"), *found(html(text), RECORD, "warning")]
    assert rule not in {name for name, _ in findings}


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("policyTitle", "某市人民政府关于印发某市高质量 发展方案的通知", "title_blanks"),
        ("issueNumber", "第一号", "issue_number"),
        ("policyTitle", "某市人民政府关于甲的通知(已废止)", "validity"),
    ],
)
def test_malformed_fields_of_the_record_are_warnings(field, value, rule):
    assert rule in {name for name, _ in found(html("一。"), {**RECORD, field: value}, "warning")}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("某市公安局关于限行的通告", "为方便群众,现就限行通告如下。\n一、甲。"),
        ("某局关于某基金的函", "团市委:\n来函收悉。经研究,原则同意。"),
    ],
)
def test_a_document_of_a_kind_that_is_signed_has_its_date(title, text):
    record = {**RECORD, "policyTitle": title}
    severity = "warning" if "通告" in title else "error"
    assert "signed" in {name for name, _ in found(html(text), record, severity)}


def test_rules_that_a_letter_issues_end_with_the_day_from_which_they_apply():
    body = REGULATION.replace("，自2024年3月1日起施行", "，组织实施")
    record = {**RECORD, "policyTitle": "某市科技局关于印发《某市项目管理办法》的通知"}
    assert "signed" in {name for name, _ in found(html(body), record)}
    short = "\n".join(body.split("\n")[:7])
    assert "signed" in {name for name, _ in found(html(short), record, "warning")}
    assert "signed" not in {name for name, _ in found(html(body + "\n本办法自印发之日起施行。"), record)}


def test_a_blank_after_the_issuer_and_the_adoption_of_a_regulation_are_no_warnings():
    record = {**RECORD, "policyTitle": "某市人民政府 关于甲的通知", "issueNumber": "某府发〔2024〕1号"}
    law = {
        **RECORD,
        "policyTitle": "某市条例",
        "issueNumber": "2020年3月26日某市人民代表大会常务委员会第十六次会议修订",
    }
    assert not {"title_blanks", "issue_number"} & {
        name for r in (record, law) for name, _ in found(html("一。"), r, "warning")
    }


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("某市人民政府关于开展大赛的", "各单位:"),
        ("某市人民政府关于开展大赛的通", "各单位:"),
        ("某市人民政府关于印发《某办法", "各单位:"),
        ("于印发某办法的通知", "各单位:"),
        ("某市人民政府关于开展大赛", "某市人民政府关于开展大赛的通知\n各单位:"),
        ("某市人民政府关于印发某方案", "某市人民政府\n关于印发某方案的通知\n各单位:"),
    ],
)
def test_a_cut_title_is_an_error(title, text):
    assert "title_cut" in {name for name, _ in found(html(text), {**RECORD, "policyTitle": title})}


@pytest.mark.parametrize(
    "title",
    ["某市人民政府令(第358号)", "关于“创青春”(第八届)大赛的通知", "某市意见", "重庆英才计划实施办法(试行)"],
)
def test_a_whole_title_is_no_error(title):
    text = html(f"{title}\n某府发〔2024〕1号\n各单位:\n现将有关意见通知如下")
    assert "title_cut" not in {name for name, _ in found(text, {**RECORD, "policyTitle": title})}


LISTED = "按附件1填写。\n附件:1.申报表\n2.评分标准\n3.承诺书\n某局\n2024年3月1日"


@pytest.mark.parametrize(
    ("text", "files", "rule", "severity", "part"),
    [
        (LISTED + "\n附件1\n申报表\n附件3\n承诺书", ["甲"], "annex_missing", "error", "附件2“评分标准”"),
        (LISTED + "\n附件1\n申报表\n附件2\n评分标准", ["甲"], "annex_missing", "warning", "附件3“承诺书”"),
        ("申报材料见附件。", [], "annex_missing", "warning", "提到附件"),
        (
            LISTED + "\n附件1\n名额分配方案",
            ["甲"],
            "annex_agreement",
            "warning",
            "附件1在附件说明里叫“申报表”",
        ),
        (LISTED + "\n附件4\n名额分配", ["甲"], "annex_agreement", "warning", "附件4不在附件说明里"),
        ("见附件5。\n" + LISTED, ["甲"], "annex_agreement", "warning", "提到附件5"),
        (LISTED, ["附件4名额分配"], "annex_agreement", "warning", "文件“附件4名额分配”"),
    ],
)
def test_annexes_agree_with_their_list(text, files, rule, severity, part):
    record = {**RECORD, "files": [{"fileName": name} for name in files]}
    findings = found(html(text), record, severity)
    assert any(name == rule and part in message for name, message in findings), findings


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (LISTED, ["某市关于甲的通知"]),
        (LISTED + "\n附件1\n申报表\n附件2\n评分标准\n附件3\n承诺书", []),
        (LISTED + "\n附件1\n申报表\n附件2\n评分标准", ["附件3 承诺书"]),
        (
            "按《某通知》附件7执行,见附件3-1。\n"
            + LISTED
            + "\n附件一\n申报表\n附件二\n评分标准\n附件三\n承诺书",
            [],
        ),
        ("附件:某市创业补贴申报表\n某局\n附件\n创业补贴申报表(样式)", []),
        ("附件:1.申报表;2.评分标准\n某局\n附件1\n申报表\n附件2\n评分标准", []),
    ],
)
def test_sound_annexes_are_not_reported(text, files):
    record = {**RECORD, "files": [{"fileName": name} for name in files]}
    rules = {name for severity in ("error", "warning") for name, _ in found(html(text), record, severity)}
    assert not {"annex_missing", "annex_agreement"} & rules


OTHER_SUBJECT = html(
    f"""各单位：
为加强住房公积金提取管理，现就租房提取有关事项通知如下。
一、提取条件。连续足额缴存满三个月，且在缴存城市无自有住房的，可以提取。
二、提取额度。按照实际租金支出提取，每年不超过一万五千元。
三、办理方式。通过线上平台或者柜面办理，三个工作日内办结。
四、监督检查。{LONG}
五、其他事项。{LONG}{LONG}
某市住房公积金管理中心
2024年3月1日"""
)


@pytest.mark.parametrize(
    ("title", "text", "part"),
    [
        ("某市林业局关于做好森林草原防火值班的通知", OTHER_SUBJECT, "说的不是"),
        ("某市促进科技成果转移转化实施细则", OTHER_SUBJECT, "说的不是"),
        ("某市财政局关于公积金的函", html("第一条 为管理公积金，制定本办法。\n第二条 甲。"), "第一条"),
    ],
)
def test_a_text_about_something_else_is_an_error(title, text, part):
    findings = found(text, {**RECORD, "policyTitle": title})
    assert any(name == "title_agreement" and part in message for name, message in findings), findings


@pytest.mark.parametrize(
    "title",
    [
        "某市住房公积金管理中心关于支持青年租房提取公积金的通知",
        "某市“十四五”青年发展规划",
        "某市权责清单（2024年版）",
        "某市林业局关于政协某市五届三次会议第0256号提案的复函",
        "2024年某市森林草原防火宣传活动安排表",
        "关于进一步做好有关工作的通知",
        "某市林业局关于防火的通知",
    ],
)
def test_a_text_that_may_be_about_its_title_is_no_error(title):
    assert "title_agreement" not in {
        name for name, _ in found(OTHER_SUBJECT, {**RECORD, "policyTitle": title})
    }


@pytest.mark.parametrize(
    ("first", "severity"),
    [("“青年夜校”开始招生啦!欢迎报名。", None), ("起草了征求意见稿,现公开征求意见。", "warning")],
)
def test_a_public_notice_may_begin_in_its_own_way(first, severity):
    record = {**RECORD, "policyTitle": "某区青年夜校招生公告"}
    text = html(f"{first}\n一、课程。\n某区团委\n2024年3月1日")
    for each in ("error", "warning"):
        assert ("head" in {name for name, _ in found(text, record, each)}) is (each == severity)


def test_an_order_publishes_what_its_title_does_not_name():
    record = {**RECORD, "policyTitle": "某市人民政府令(第358号)", "issueNumber": "某市人民政府令第358号"}
    text = html(
        "《某市市场管理规定》已经常务会议通过,现予公布,自2024年1月1日起施行。\n市长 王某\n2023年10月26日"
    )
    assert found(text, record) == []
    assert "issue_number" not in {name for name, _ in found(text, record, "warning")}


@pytest.mark.parametrize(
    ("title", "signature"),
    [
        ("某区教委等六部门关于甲的通知", "某区教育委员会\n某区法院"),
        ("国家级高新区管委会关于甲的通知", "高新区管委会"),
    ],
)
def test_joint_and_short_names_sign(title, signature):
    text = html(f"各单位:\n甲。\n{signature}\n2024年3月1日")
    record = {**RECORD, "policyTitle": title}
    assert "signature" not in {name for name, _ in found(text, record, "warning")}


def test_a_document_that_has_expired_is_a_warning_on_that_day():
    text = html("本办法自2021年5月1日起施行，有效期至2024年4月30日。")
    for today, expected in (
        (date(2024, 4, 30), []),
        (date(2024, 5, 1), ["有效期到 2024-04-30，今天已经过期"]),
    ):
        document = Document(text, {**RECORD, "publishTime": "2021-05-01 00:00:00"}, today)
        assert [finding.message for finding in RULES["validity"].find(document)] == expected


@pytest.mark.parametrize(
    "text", ["(已废止)\n第一条 甲。", "此件已于2023年3月1日废止。", "某府发〔2024〕1号同时废止。"]
)
def test_a_document_that_was_abolished_is_a_warning(text):
    assert "validity" in {name for name, _ in found(html(text), RECORD, "warning")}


def test_every_rule_is_tested_here_and_documented():
    tested = {row[0] for row in WRONG} | {
        "title_blanks",
        "issue_number",
        "file_name",
        "annex_missing",
        "annex_agreement",
        "title_cut",
    }
    assert tested == set(RULES)
    for rule in RULES.values():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", rule.name)
        assert rule.documentation, rule.name
        assert rule.title


JOINT = {
    **RECORD,
    "policyTitle": "甲市民政局 甲市财政局关于开展青年创业大赛的通知",
    "issueNumber": "甲民发〔2024〕3号",
}


LAW = {**RECORD, "policyTitle": "某市科技创新促进条例", "issueNumber": "2020年3月26日某市人大常委会会议通过"}


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("各区县人民政府:\n现就做好春运工作通知如下。\n一、保障运力\n某市人民政府办公厅", True),
        ("各区县人民政府:\n现将《某市养老服务规划》印发给你们。", True),
        (
            "(2020年3月26日某市人大常委会会议通过)\n目录\n第一章 总则\n第一章 总则\n第一条 甲。",
            False,
        ),
        ("第一章 总则\n第一条 甲。", False),
        ("某市科技创新促进条例(修正文本)\n甲。", False),
    ],
)
def test_a_regulation_has_a_first_article_and_issues_nothing(text, is_wrong):
    names = {name for name, _ in found(html(text), LAW, "error")}
    assert ("title_agreement" in names) is is_wrong


def test_joint_issuers_set_apart_by_a_blank_are_sound():
    text = html("甲市民政局 甲市财政局关于开展青年创业大赛的通知\n甲市民政局\n甲市财政局\n2024年3月1日")
    assert not {"title_blanks", "signature"} & {name for name, _ in found(text, JOINT, "warning")}


@pytest.mark.parametrize(
    ("files", "text", "is_missing"),
    [
        ([], "一。\n附件:1.申报表\n2.评分标准", True),
        ([], "一。\n附件:申报表", True),
        ([{"fileName": "附件"}], "一。\n附件:1.申报表", False),
        ([], "一。\n附件:1.申报表\n附件1\n申报表", False),
        ([], "一。", False),
    ],
)
def test_a_listed_annex_is_in_the_text_or_in_a_file(files, text, is_missing):
    names = {name for name, _ in found(html(text), {**RECORD, "files": files}, "error")}
    assert ("annex_missing" in names) is is_missing


def test_file_name_is_a_note():
    assert ("file_name", "附件名以序号开头：“10 关于”") in found(
        html("一。"), {**RECORD, "files": [{"fileName": "10 关于"}]}, "info"
    )


def test_the_lexicon_is_read_strictly():
    assert read_lexicon(FILE.read_text("utf-8"))["显着"].right == "显著"
    for line in ("显着", "显着\t显著\tbad", "显着\t显著\terror\n显着\t显著\terror", "a\tb\terror\tc\td"):
        with pytest.raises(ValueError, match="lexicon line"):
            read_lexicon(line)
