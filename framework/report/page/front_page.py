"""Writes reports/index.html and index.css: the night on one screen, without a script.

The page has a strict Content-Security-Policy, and every text is escaped by the template library. It stays
small whatever the run was: if it is too large, it is made again with less in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from framework.base.messages import language, tr
from framework.report.page.trends import HEIGHT, WIDTH
from framework.report.page.view import Limits, PageInput, page_view
from framework.report.text_file import write_text

LARGEST = 290_000
"""Bytes of index.html. A mail or a chat shows a page of this size."""
_HERE: Final = Path(__file__).parent
_TAGS: Final = {"zh": "zh-CN"}
_SIZES: Final = (
    Limits(),
    Limits(20, 20, 20, 160),
    Limits(20, 10, 10, 100),
    Limits(20, 3, 5, 60),
    Limits(5, 1, 2, 40),
)


def write_front_page(reports: Path, given: PageInput) -> Path:
    """Write the page and its style into *reports*; return the path of the page.

    Raises:
        OSError: they cannot be written.
    """
    write_text(reports / "index.css", (_HERE / "index.css").read_text(encoding="utf-8"))
    path = reports / "index.html"
    write_text(path, front_page(given))
    return path


def front_page(given: PageInput) -> str:
    """Return the text of the page, of at most ``LARGEST`` bytes."""
    template = _environment().from_string((_HERE / "index.html.j2").read_text(encoding="utf-8"))
    text = ""
    for limits in _SIZES:
        text = template.render(
            view=page_view(given, limits),
            words=_words(),
            language=_TAGS.get(language(), language()),
            width=WIDTH,
            height=HEIGHT,
        )
        if len(text.encode("utf-8", "replace")) <= LARGEST:
            break
    return text


def _environment() -> Environment:
    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=False, keep_trailing_newline=True
    )


def _words() -> dict[str, Any]:
    """Return the fixed texts of the page."""
    return {
        "title": tr("青创政策接口回归"),
        "owner": tr("负责人"),
        "tracker": tr("缺陷单"),
        "evidence": tr("证据"),
        "also": tr("同一批用例里还有："),
        "repeat": tr("复现"),
        "all": tr("全部"),
        "more": lambda n: tr("… 另有 {n} 个，见完整报告", n=n),
        "links": tr("去往"),
        "report": tr("完整报告"),
        "no_report": tr("没有完整报告"),
        "log": tr("运行日志"),
        "trends": tr("最近各夜"),
        "quiet": tr("没有需要处理的事。"),
        "counts": tr("用例"),
    }
