"""``python -m framework``: what is not a test run. ``HELP`` lists the commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from framework.base.errors import HarnessError
from framework.base.language import from_command_line
from framework.base.messages import UnknownLanguageError, tr

HELP = """\
用法: python -m framework 命令 [参数…]

  lint          检查用例、环境与契约的写法,不发请求
  import-cases  把旧框架的用例文件转换成套件
  report        用上次的结果生成 reports/html/index.html
  clear         删去上次运行的结果;另一次运行正在用它们时不删
  night         夜间回归:运行、与以往相比、报告、通知;退出码说明该谁处理
  summary       把上次运行写成 reports/summary.md
  import-log    把旧框架的日志转换为录音,供 pytest --replay=DIR 回放
  logs          把一次运行的日志打印成可读的样子
  matchers      列出匹配器:一行说明,一个例子

命令之后写 -h 看它的参数;--lang en 说英语(或环境变量 HARNESS_LANG、pytest.ini 的 lang)。"""


def _report(arguments: Sequence[str]) -> int:
    from framework.report.html_report import report_command  # noqa: PLC0415  # each command imports what it needs

    return report_command(list(arguments))


def _clear(arguments: Sequence[str]) -> int:
    from framework.report.results_folder import clear_command  # noqa: PLC0415

    return clear_command(arguments)


def _night(arguments: Sequence[str]) -> int:
    from framework.night.command import night_command  # noqa: PLC0415

    return night_command(arguments)


def _summary(arguments: Sequence[str]) -> int:
    from framework.night.command import summary_command  # noqa: PLC0415

    return summary_command(arguments)


def _import_log(arguments: Sequence[str]) -> int:
    from framework.legacy.import_log import import_log  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        "python -m framework import-log", description=tr("把旧框架的日志转换为录音,令牌会被遮盖")
    )
    parser.add_argument("log", type=Path, help=tr("旧框架的日志文件"))
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help=tr("录音的文件夹"))
    options = parser.parse_args(arguments)
    _say(import_log(options.log, options.to))
    _say(tr("下一步: pytest --replay={folder}", folder=options.to))
    return 0


def _logs(arguments: Sequence[str]) -> int:
    from framework.report.log_reader import logs_command  # noqa: PLC0415

    for line in logs_command(arguments):
        _say(line)
    return 0


def _lint(arguments: Sequence[str]) -> int:
    from framework.cli.lint.command import lint_command  # noqa: PLC0415

    return lint_command(arguments, _say)


def _import_cases(arguments: Sequence[str]) -> int:
    from framework.legacy.import_cases import import_command  # noqa: PLC0415

    return import_command(arguments, _say)


def _matchers(arguments: Sequence[str]) -> int:
    from framework.cli.manual.command import matchers_command  # noqa: PLC0415

    return matchers_command(arguments, _say)


def _say(text: str) -> None:
    """Print; a console that lacks a character gets it escaped, not a traceback."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()  # what was found is told even where the next file ends the process


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "lint": _lint,
    "import-cases": _import_cases,
    "report": _report,
    "clear": _clear,
    "night": _night,
    "summary": _summary,
    "import-log": _import_log,
    "logs": _logs,
    "matchers": _matchers,
}


def main(arguments: Sequence[str]) -> int:
    """Run a command; a mistake of the user's is one message on stderr and exit code 2."""
    try:
        arguments = from_command_line(arguments)
        if not arguments or arguments[0] not in COMMANDS:
            _say(tr(HELP))
            return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
        return COMMANDS[arguments[0]](arguments[1:])
    except (HarnessError, UnknownLanguageError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
