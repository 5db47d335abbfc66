"""``python -m framework check-text``: prints the findings of the rules in documents, for those who publish
them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from framework.base.clock import CHINA
from framework.base.errors import ConfigError, render
from framework.base.messages import tr
from framework.base.source import visible
from framework.checks.outcome import Outcome, Violation
from framework.policy.policy_text import PreparedRules, policy_text
from framework.policy.rule_manual import manual_page
from framework.policy.rules import RULES
from framework.policy.text_files import read_text_file

Say = Callable[[str], None]
SOUND, FAULTY, UNREADABLE = 0, 1, 2


def check_text_command(arguments: Sequence[str], say: Say) -> int:
    """Check the files; return 0 if all are sound, 1 if one has an error, 2 if one cannot be read."""
    options = _parser().parse_args(arguments)
    if options.rules:
        for line in rule_lines():
            say(line)
        return SOUND
    if options.markdown:
        options.markdown.write_text(manual_page(), encoding="utf-8")
        return SOUND
    if not options.files:
        _parser().error(tr("写明要检查的文件"))
    record = {"policyTitle": options.title, "issueNumber": options.number}
    return max(_check(path, record, options, say) for path in options.files)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m framework check-text",
        description=tr("检查公文：txt、html 或 docx，一份或几份，列出不符、警告与提示"),
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=tr("要检查的文件"))
    parser.add_argument("--title", default="", metavar="TEXT", help=tr("公文的标题，用来核对正文"))
    parser.add_argument("--number", default="", metavar="TEXT", help=tr("文号，用来核对正文"))
    parser.add_argument("--errors", action="store_true", help=tr("只列不符，不列警告与提示"))
    parser.add_argument("--markdown", type=Path, metavar="FILE", help=tr("把规则写成手册的一页"))
    parser.add_argument("--rules", action="store_true", help=tr("列出全部规则"))
    return parser


def _check(path: Path, record: dict[str, str], options: argparse.Namespace, say: Say) -> int:
    try:
        text = read_text_file(path)
    except ConfigError as error:
        say(render(error.problems[0]))
        return UNREADABLE
    given = {name: value for name, value in record.items() if value}
    outcome = policy_text(text, PreparedRules(tuple(RULES.values()), (), datetime.now(CHINA).date()), given)
    for line in _lines(path, outcome, errors_only=options.errors):
        say(line)
    return SOUND if outcome.ok else FAULTY


def _lines(path: Path, outcome: Outcome, *, errors_only: bool) -> Iterator[str]:
    notes = () if errors_only else outcome.notes
    yield tr(
        "{path}：{errors} 处不符，{notes} 处警告与提示",
        path=path,
        errors=len(outcome.violations),
        notes=len(outcome.notes),
    )
    for mark, found in (("✗", outcome.violations), ("·", notes)):
        yield from (f"  {mark} {_line(violation)}" for violation in found)


def _line(violation: Violation) -> str:
    quote = tr("：“{quote}”", quote=violation.actual) if violation.actual else ""
    return visible(f"{violation.what}{quote}")


def rule_lines() -> Iterator[str]:
    """Yield a line for each rule: its name, its severity and the form of a sound text."""
    words = {"error": tr("不符"), "warning": tr("警告"), "info": tr("提示")}
    width = max(map(len, RULES)) + 2
    for rule in RULES.values():
        yield f"{rule.name:<{width}}{words[rule.severity]}  {tr(rule.title)}"
