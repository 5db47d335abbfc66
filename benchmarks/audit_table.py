"""Writes the scores of the last audit into docs/audit.md.

pytest --audit && python -m benchmarks.audit_table
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"<!-- audit -->.*<!-- /audit -->", re.DOTALL)


def table(data: dict[str, Any]) -> str:
    """Return the block between the two comments of the document."""
    rows = [
        ("本套用例", data["score"]),
        ("其中:一处", data["here"]),
        ("其中:处处", data["everywhere"]),
        ("同一批答复,只写 contains: True", data["contains_true"]),
    ]
    lines = [
        "| 检查 | 得分 |",
        "|---|---|",
        *(f"| {name} | {int(score * 10_000) / 10_000:.4f} |" for name, score in rows),
    ]
    sample = (
        f"{data['cases']} 条用例,{data['made']} 个有差错的答复,{len(data['faults'])} 种差错,"
        f"{data['survivors']} 种没有察觉。"
    )
    return "\n".join(["<!-- audit -->", *lines, "", sample, "<!-- /audit -->"])


def main() -> None:
    data = json.loads((ROOT / "reports" / "audit.json").read_text(encoding="utf-8"))
    page = ROOT / "docs" / "audit.md"
    page.write_text(_BLOCK.sub(lambda _: table(data), page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
