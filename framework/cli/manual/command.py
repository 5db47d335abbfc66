"""``python -m framework matchers``: prints the matchers as text or JSON, or writes the page of the manual."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from framework.base.errors import ConfigError, Problem, did_you_mean
from framework.base.messages import tr
from framework.cases.settings import read_settings
from framework.checks.outcome import Matcher
from framework.checks.registry import FILE, matcher_table
from framework.cli.manual.page import KINDS, manual_page
from framework.run.project import find_root


def matchers_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Print the matchers, or write the page.

    Raises:
        ConfigError: there is no matcher of that name, or the team's own matchers have mistakes.
    """
    parser = argparse.ArgumentParser(
        "python -m framework matchers", description=tr("列出匹配器:一行说明,一个例子")
    )
    parser.add_argument("name", nargs="?", help=tr("只看这一个"))
    parser.add_argument("--json", action="store_true", help=tr("给工具读的 JSON"))
    parser.add_argument("--markdown", type=Path, metavar="FILE", help=tr("写成手册的一页"))
    options = parser.parse_args(arguments)
    root = find_root(Path.cwd())
    settings = read_settings(root)
    known = matcher_table(settings)
    chosen = _chosen(known, options.name)
    if options.markdown:
        options.markdown.write_text(manual_page(known), "utf-8")
    elif options.json:
        team_file = next((f"{folder.name}/{FILE}" for folder in settings.folders), FILE)
        origins = {**known.libraries, **dict.fromkeys(known.own, team_file)}
        rows = [_json_row(row, origins.get(row.name, "")) for row in chosen]
        say(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        say(_text_list(chosen))
    return 0


def _chosen(known: Mapping[str, Matcher], name: str | None) -> list[Matcher]:
    if name is None:
        return list(known.values())
    if name not in known:
        raise ConfigError(
            Problem("unknown-matcher", tr("没有叫 {name} 的匹配器", name=name), did_you_mean(name, known))
        )
    return [known[name]]


def _json_row(row: Matcher, file: str) -> dict[str, str]:
    return {
        "name": row.name,
        "kind": row.kind,
        "doc": tr(row.doc),
        "example": row.example,
        "file": file,
    }


def _text_list(rows: Sequence[Matcher]) -> str:
    texts: list[str] = []
    for kind, title in KINDS.items():
        of_kind = [row for row in rows if row.kind == kind]
        if of_kind:
            texts.append(tr(title))
        texts += [f"  {row.name}\n      {tr(row.doc)}\n      {tr('例')}: {row.example}" for row in of_kind]
    return "\n".join(texts)
