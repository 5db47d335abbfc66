"""The messages of libyaml in the reader's language, each with a suggestion."""

from __future__ import annotations

from typing import Final

from framework.base.messages import tr

MESSAGES: Final = (
    ("tab character", "缩进里有制表符（Tab）", "改成空格；缩进只用空格"),
    ("cannot start any token", "值不能以这个字符开头", "以 @ ` % 开头的文本加引号"),
    ("mapping values are not allowed", "这里不能出现“键: 值”", "检查缩进；文本里有“：”时加引号"),
    (
        "did not find expected ',' or",
        "{ } 或 [ ] 里缺逗号",
        "在 { } 和 [ ] 里，${x}、路径和含 , [ ] { } 的文本要加引号",
    ),
    ("could not find expected ':'", "键后面缺冒号", "冒号要用半角，后面留一个空格"),
    ("did not find expected key", "这一行的缩进或写法不对", "与同级的键对齐；以 [ { * & 开头的文本加引号"),
    ("did not find expected '-' indicator", "列表里缺 -", "列表的每一项都以 - 开头，并对齐"),
    ("found unexpected end of stream", "引号或括号没有收尾", "补上收尾的引号或括号"),
    ("found undefined tag handle", "不支持 YAML 标签", "文本以 ! 开头时加引号"),
    (
        "did not find expected alphabetic or numeric character",
        "* 或 & 后面不是锚点名",
        "文本以 * 或 & 开头时加引号",
    ),
    (
        "invalid Unicode character escape",
        "双引号里的转义不是一个字符",
        "JSON 的 \\uD83D\\uDE00 写成 \\U0001F600，或直接写这个字",
    ),
    ("found unknown escape character", "双引号里有不认识的转义", "正则和路径用单引号"),
    (
        "did not find expected node content",
        "这里缺一个值，或者多了一个逗号、括号",
        "补上值，或删去多出的符号；文本加引号",
    ),
    (
        "block sequence entries are not allowed",
        "列表不能从这里开始",
        "另起一行，每项以 - 开头；文本以 - 开头时加引号",
    ),
    ("mapping keys are not allowed", "这里不能出现 ?", "文本以 ? 开头时加引号"),
    (
        "hexdecimal number",
        "双引号里的 \\x、\\u 后面位数不够",
        "\\x 后两位、\\u 后四位十六进制；正则和路径用单引号",
    ),
    ("comment or line break", "这一行的后面多出了文本", "| 与 > 后面只能有 - 或 +，以及一位缩进数"),
    ("indentation indicator equal to 0", "| 与 > 后面的缩进数不能是 0", "去掉它"),
    ("expected <document start>", "文件在前面已经结束（...）", "删去 ...；一个文件只写一个文档"),
    ("unexpected document indicator", "引号在 --- 或 ... 之前没有收尾", "补上收尾的引号"),
    ("directive", "% 开头的指令用不着", "删去这一行；文本以 % 开头时加引号"),
    ("expected digit", "% 开头的指令用不着", "删去这一行；文本以 % 开头时加引号"),
    ("version number", "% 开头的指令用不着", "删去这一行；文本以 % 开头时加引号"),
    ("incompatible YAML document", "% 开头的指令用不着", "删去这一行；文本以 % 开头时加引号"),
    ("non-alphabetical character", "% 开头的指令用不着", "删去这一行；文本以 % 开头时加引号"),
    ("find the expected '>'", "不支持 YAML 标签", "文本以 ! 开头时加引号"),
    ("tag URI", "不支持 YAML 标签", "文本以 ! 开头时加引号"),
    ("URI escaped octet", "不支持 YAML 标签", "文本以 ! 开头时加引号"),
    ("expected '!'", "不支持 YAML 标签", "文本以 ! 开头时加引号"),
    ("whitespace", "这里要有空格", "标签、锚点与后面的值之间留一个空格"),
    ("found unexpected ':'", "这里不能出现冒号", "含冒号的文本加引号"),
    ("nesting depth", "嵌套过深", "拆成几层变量或几个文件"),
    ("too long", "文件过长", "拆成几个文件"),
    ("Unicode", "这里有不是字符的编码", "删去它"),
    ("UTF-", "从这里起不是 UTF-8", "另存为 UTF-8"),
)
"""Words of libyaml's message, the mistake, and what to write instead. The first row that fits counts."""


def translated(message: str) -> tuple[str, str]:
    """Return the mistake, and how to correct it. No text of libyaml's own is shown."""
    for words, what, how in MESSAGES:
        if words in message:
            return tr(what), tr(how)
    return tr("从这里起读不懂"), tr("检查缩进、引号与括号；文本里有特殊符号时加引号")
