"""The commands of ``python -m framework``: one table, from which the help text is made too."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from framework.base.errors import HarnessError
from framework.base.language import apply_language_option
from framework.base.messages import UnknownLanguageError, tr

Say = Callable[[str], None]


@dataclass(frozen=True)
class Command:
    """``function`` is ``module:name``, imported when the command runs. It gets the arguments and a function
    that prints a line, and returns the exit code.
    """

    name: str
    function: str
    help: str


COMMANDS: Final = {
    command.name: command
    for command in (
        Command("lint", "framework.cli.lint.command:lint_command", "检查用例、环境与契约的写法,不发请求"),
        Command(
            "import-cases", "framework.legacy.import_cases:import_command", "把旧框架的用例文件转换成套件"
        ),
        Command(
            "report",
            "framework.report.html_report:report_command",
            "用上次的结果生成 reports/html/index.html",
        ),
        Command(
            "clear",
            "framework.report.results_folder:clear_command",
            "删去上次运行的结果;另一次运行正在用它们时不删",
        ),
        Command(
            "night",
            "framework.night.command:night_command",
            "夜间回归:运行、与以往相比、报告、通知;退出码说明该谁处理",
        ),
        Command("summary", "framework.night.command:summary_command", "把上次运行写成 reports/summary.md"),
        Command(
            "import-log",
            "framework.legacy.import_log:import_log_command",
            "把旧框架的日志转换为录音,供 pytest --replay=DIR 回放",
        ),
        Command("logs", "framework.report.log_reader:logs_command", "把一次运行的日志打印成可读的样子"),
        Command("matchers", "framework.cli.manual.command:matchers_command", "列出匹配器:一行说明,一个例子"),
    )
}


def help_text() -> str:
    """Return the list of commands."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {command.name:<{width}}{tr(command.help)}" for command in COMMANDS.values()]
    first = tr("用法: python -m framework 命令 [参数…]")
    last = tr("命令之后写 -h 看它的参数;--lang en 说英语(或环境变量 HARNESS_LANG、pytest.ini 的 lang)。")
    return "\n".join((first, "", *lines, "", last))


def say(text: str) -> None:
    """Print a line; a character that the console lacks is shown escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()  # what was found is shown even if the next file ends the process


def main(arguments: Sequence[str]) -> int:
    """Run a command; a mistake of the user's is one message on stderr and exit code 2."""
    try:
        arguments = apply_language_option(arguments)
        if not arguments or arguments[0] not in COMMANDS:
            say(help_text())
            return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
        module, _, name = COMMANDS[arguments[0]].function.partition(":")
        run: Callable[[Sequence[str], Say], int] = getattr(import_module(module), name)
        return run(arguments[1:], say)
    except (HarnessError, UnknownLanguageError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
