"""The table of the commands of ``python -m framework``, and the function that runs them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from framework.base.console import adapt_console
from framework.base.errors import HarnessError, Problem, did_you_mean, render
from framework.base.language import apply_language_option
from framework.base.messages import UnknownLanguageError, tr
from framework.base.source import visible

Say = Callable[[str], None]
BROKEN_PIPE: Final = 141
"""The exit code of a program that the signal SIGPIPE ends."""


@dataclass(frozen=True)
class Command:
    """One command.

    ``function``: ``module:name``, imported when the command runs. The function takes the arguments and a
    function that prints a line; it returns the exit code. ``help``: the Chinese help text.
    """

    name: str
    function: str
    help: str


COMMANDS: Final = {
    command.name: command
    for command in (
        Command(
            "init",
            "framework.cli.init.command:init_command",
            "生成一个可以运行的项目，可以从一个地址或 cURL 起步",
        ),
        Command("lint", "framework.cli.lint.command:lint_command", "检查用例、环境与契约的写法，不发请求"),
        Command(
            "accept",
            "framework.cli.accept:accept_command",
            "把上次运行看到的认可为服务的样子，写进 baselines/",
        ),
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
            "删去上次运行的结果；另一次运行正在用它们时不删",
        ),
        Command(
            "night",
            "framework.night.command:night_command",
            "夜间回归：运行、与以往相比、报告、通知；退出码说明该谁处理",
        ),
        Command(
            "merge",
            "framework.night.merge:merge_command",
            "把各个分片（pytest --shard K/N）合成一次夜间回归：一份报告、一份历史、一条通知",
        ),
        Command(
            "load",
            "framework.load.command:load_command",
            "用同一批用例施压（Locust），写出 reports/load.html",
        ),
        Command("summary", "framework.night.command:summary_command", "把上次运行写成 reports/summary.md"),
        Command(
            "import-log",
            "framework.legacy.import_log:import_log_command",
            "把旧框架的日志转换为录制数据，供 pytest --replay=DIR 回放",
        ),
        Command(
            "import-har",
            "framework.cli.traffic.command:import_har_command",
            "把浏览器导出的 HAR 变成录制数据或用例",
        ),
        Command(
            "import-curl", "framework.cli.traffic.command:import_curl_command", "把浏览器复制的 cURL 写成用例"
        ),
        Command(
            "check-text",
            "framework.policy.check_text:check_text_command",
            "检查公文的正文：txt、html 或 docx，不发请求",
        ),
        Command("logs", "framework.report.log_reader:logs_command", "把一次运行的日志打印成可读的样子"),
        Command(
            "matchers", "framework.cli.manual.command:matchers_command", "列出匹配器：一行说明，一个例子"
        ),
    )
}


def help_text() -> str:
    """Return the usage with a line for each command."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {command.name:<{width}}{tr(command.help)}" for command in COMMANDS.values()]
    usage = tr("用法：python -m framework 命令 [参数…]")
    options = tr(
        "命令之后写 -h 看它的参数；--lang en 说英语（或环境变量 HARNESS_LANG、pytest.ini 的 lang）。"
    )
    return "\n".join((usage, "", *lines, "", options))


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()  # so that the line is shown even if the process is killed


def _explain(arguments: Sequence[str]) -> int:
    """Print the usage, after a line about a command that does not exist; return the exit code."""
    if arguments and arguments[0] not in ("-h", "--help"):
        what = tr("没有叫 {name} 的命令", name=visible(arguments[0]))
        sys.stderr.write(
            render(Problem("unknown-command", what, did_you_mean(arguments[0], COMMANDS))) + "\n"
        )
    say(help_text())
    return 0 if arguments[:1] in (["-h"], ["--help"]) else 2


def main(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; 2 with a message on stderr for a mistake of the user."""
    adapt_console()
    try:
        arguments = apply_language_option(arguments)
        if not arguments or arguments[0] not in COMMANDS:
            return _explain(arguments)
        module, _, name = COMMANDS[arguments[0]].function.partition(":")
        # Imported here, so that a command loads only the packages that it needs.
        run: Callable[[Sequence[str], Say], int] = getattr(import_module(module), name)
        return run(arguments[1:], say)
    except BrokenPipeError:
        # The reader of a pipe, such as head, has enough. Python would flush stdout again and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (HarnessError, UnknownLanguageError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
