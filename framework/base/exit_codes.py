"""The exit codes of every command, in one table that the documents show and the selftests check."""

from __future__ import annotations

from typing import Final, NamedTuple


class ExitCode(NamedTuple):
    """The meaning of one exit code for each command; empty if the command never ends with it."""

    code: int
    regress: str
    nightly: str
    framework: str


TABLE: Final = (
    ExitCode(0, "全部通过", "全绿", "做成了"),
    ExitCode(
        1,
        "有用例不符或故障，有用例文件没有载入，有用例没有运行，或 p95 超出预算",
        "服务有错：有用例不符，或 p95 超出预算（中断之前就有不符的也算）",
        "做了，但结果不好：lint 找到了错误，report 没有做成页面，import-cases 没有全部转换，"
        "load 没有守住界限或者没有做完",
    ),
    ExitCode(
        2,
        "被 Ctrl-C 或 SIGTERM 中断，不论已有的结果如何",
        "环境或框架的问题：连不上、令牌失效、运行中断、什么也没有评判、以前不符的用例不再评判、"
        "另一个夜间运行正在进行、参数写错",
        "参数或环境写错，缺文件，或结果文件夹正被另一次运行使用",
    ),
    ExitCode(3, "pytest 内部出错", "用例文件有错：没有载入、写错了、隔离已到期", ""),
    ExitCode(4, "命令行或配置写错，或结果文件夹正被另一次运行使用；什么也没有运行", "", ""),
    ExitCode(5, "没有任何用例得到评判（全部跳过也算）", "", "load 没有任何用例得到评判"),
    ExitCode(10, "运行环境没有准备好，什么也没有运行", "", ""),
)
_TITLES = ("退出码", "`scripts/regress`、`pytest`", "`scripts/nightly`", "`python -m framework …`")


def markdown() -> str:
    """Return the table as the documents show it."""
    rows = [_TITLES, ("---",) * len(_TITLES)]
    rows += [(str(row.code), row.regress, row.nightly, row.framework) for row in TABLE]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"
