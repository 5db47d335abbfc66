"""The audit as people and programs read it: a Markdown table, a JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from standin.faults import EXTRA_FROM
from standin.survey.old_assertion import PASSED
from standin.survey.verdicts import Verdict

SHOWN_CASES = 3
LONGEST_LINE = 180

HEAD = """# 故障审计

替身服务的每一种故障,用例集能否发现。由 `python -m standin fault-audit --markdown docs/faults.md` 生成,不要手改。
发现它的用例够十条就不再往下跑。“旧断言”是旧框架的 `contains: True`:只问首页一次,答复的文字里有 True 就算通过。

"""
COLUMNS = "| # | 故障 | 现象 | 发现 | 用例 | 失败的第一行 | 旧断言 |\n|--:|---|---|---|---|---|---|\n"


def table(verdicts: Iterable[Verdict]) -> str:
    """Return the Markdown table, one row a fault."""
    return COLUMNS + "".join(map(row, verdicts))


def row(verdict: Verdict) -> str:
    """Return one row."""
    fault = verdict.fault
    cells = (
        str(fault.number),
        f"`{fault.name}`",
        fault.what,
        "是" if verdict.caught else "**否**",
        _cases(verdict.by),
        _escaped(_line(verdict.says)),
        _old(verdict),
    )
    return "| " + " | ".join(cells) + " |\n"


def _cases(by: Sequence[str]) -> str:
    shown = "<br>".join(map(_escaped, by[:SHOWN_CASES]))
    return f"{shown}<br>等 {len(by)} 条" if len(by) > SHOWN_CASES else shown


def _old(verdict: Verdict) -> str:
    return f"{verdict.old}(漏过)" if verdict.old == PASSED else verdict.old


def _line(says: str) -> str:
    return says if len(says) <= LONGEST_LINE else says[:LONGEST_LINE] + "…"


def _escaped(text: str) -> str:
    # A reply's text may hold what Markdown or HTML would read as its own.
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return one line: how many faults were noticed, by the suite and by the old assertion."""
    caught = sum(verdict.caught for verdict in verdicts)
    old = sum(verdict.old != PASSED for verdict in verdicts)
    return f"发现 {caught}/{len(verdicts)} 种故障;旧断言发现 {old}/{len(verdicts)} 种。\n"


def document(verdicts: Sequence[Verdict]) -> str:
    """Return the page for docs/: the catalogue's own faults, then those of later."""
    first = [verdict for verdict in verdicts if verdict.fault.number < EXTRA_FROM]
    extra = [verdict for verdict in verdicts if verdict.fault.number >= EXTRA_FROM]
    parts = [HEAD, summary(verdicts), "\n## 目录中的故障\n\n", table(first)]
    return "".join([*parts, "\n## 补充的故障\n\n", table(extra)] if extra else parts)


def to_json(verdicts: Iterable[Verdict]) -> str:
    """Return ``{"faults": [{"name", "caught", "by", "says"}]}``."""
    faults = [{"name": v.fault.name, "caught": v.caught, "by": list(v.by), "says": v.says} for v in verdicts]
    return json.dumps({"faults": faults}, ensure_ascii=False, indent=1) + "\n"
