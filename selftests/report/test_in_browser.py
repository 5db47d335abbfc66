"""The report in a real browser: hostile replies stay text, and the page sends nothing.

The replies reach the page on every possible way: titles and messages of failing cases, steps, tables, marked
replies, the HTTP exchange and the log. Every such part is opened. Scripts in the replies would set canaries,
which must stay unset.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest

from benchmarks import chromium
from framework.report import html_page
from framework.report.html_report import build_report
from framework.report.node import NoGeneratorError, find_allure

OWNED = "window.owned=1;document.title='owned'"
WHO, LONG = "请服务的开发看", "1 个新原因，1 个仍然存在，1 个没有再出现也没有得到证实，20 个用例不再评判"
TITLE = "重庆市青年创业扶持政策"
BROWSER = chromium.find()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium in PATH")

SUITE = """
  - id: hostile-text
    name: 正文里有脚本
    request: {url: /hostile}
    validate:
      $.data.result[*].policyTitle: {equals: 好}
      $.data.result[*].policyText: {equals: 好}
      $.msg: {equals: 好}
  - id: hostile-name
    name: 标题取自答复
    steps:
      - request: {url: /hostile}
        extract: {title: "$.data.result[0].policyTitle", msg: "$.msg"}
      - name: 查询 ${title} ${msg}
        request: {url: /hostile, params: {name: "${title}"}}
        validate: {$.code: "1"}
  - id: not-json
    name: 答复是网页
    request: {url: /page}
    validate: {$.code: "0"}
  - id: passes
    name: 政策列表首页正常
    request: {url: /hostile}
    validate: {$.code: "0"}
"""


def payloads(sink: str) -> list[str]:
    """Return texts that would run, or send a request to *sink*, if a page treated them as markup."""
    return [
        f"<script>{OWNED}</script>",
        f"</script><script>{OWNED}</script>",
        f'<img src=x onerror="{OWNED}">',
        f'<svg onload="{OWNED}">',
        f'<a href="javascript:{OWNED}">链接</a>',
        f"[链接](javascript:{OWNED})",
        f"![图]({sink}/markdown.png)",
        f'<img src="{sink}/image.png">',
        f'<link rel=stylesheet href="{sink}/style.css">',
        f'<iframe srcdoc="<script>parent.{OWNED}</script>"></iframe>',
        f'<meta http-equiv=refresh content="0;url={sink}/refresh">',
        f"<style>@import url({sink}/import.css)</style>",
        f'<form action="{sink}/form"><input autofocus onfocus="{OWNED}"></form>',
        "\x1b[31m\x1b]0;owned\x07红",
        "\u202e倒序\u2066",
        "{{constructor.constructor('window.owned=1')()}}",
        "${window.owned=1}",
        "<%= window.owned=1 %>",
        "]]></script>",
        "-->\"'`",
        "$& $1 $`",
    ]


@pytest.fixture(scope="module")
def report(module_project) -> Path:
    try:
        find_allure(install=False)
    except NoGeneratorError as error:
        pytest.skip(f"Allure is not installed here: {error.problems[0].what}")
    texts = payloads(f"{module_project.service.url}/leaked")
    rows = [
        {
            "id": str(1_700_000_000_000_000_000 + number),
            "policyTitle": f"{TITLE} {text}",
            "policyText": f"<p>{text}</p>",
        }
        for number, text in enumerate(texts)
    ]
    module_project.service.replies = {
        "/hostile": {"success": True, "code": "0", "msg": " ".join(texts), "data": {"result": rows}},
        "/page": f"<html><body>{' '.join(texts)}</body></html>".encode(),
    }
    module_project.suite(SUITE)
    run = module_project.run("--evidence", "all")
    assert run.statuses == {
        "hostile-text": "failed",
        "hostile-name": "failed",
        "not-json": "failed",
        "passes": "passed",
    }, run.out
    outcome = build_report(
        run.folder / "reports" / "allure-results",
        run.folder / "html",
        variables={"与上一夜相比": LONG},
        gate=((WHO, "3 个用例不符\n</script>"),),
        install=False,
    )
    assert outcome.index is not None, outcome.text
    module_project.service.received.clear()  # from here on, who asks is the page
    return outcome.index


@pytest.fixture(scope="module")
def tab(report: Path) -> Iterator[chromium.Tab]:
    assert BROWSER is not None
    with chromium.opened(BROWSER) as tab:
        yield tab


@pytest.fixture
def top(report: Path, tab: chromium.Tab) -> chromium.Tab:
    """The page as it opens."""
    tab.open(report.resolve().as_uri())
    tab.wait_for(
        "document.readyState === 'complete' && document.querySelector('[data-testid=\"tree-section\"],"
        ' [data-testid="tree-leaf"]\')'
    )
    return tab


class Seen(NamedTuple):
    """The text of all pages, the part that the harness wrote (all but the copies of exchanges), the addresses
    of the page's requests, and the traces that scripts of a reply would leave.
    """

    whole: str
    ours: str
    requests: tuple[str, ...]
    changed: tuple[Any, ...]


@pytest.fixture(scope="module")
def seen(report: Path, tab: chromium.Tab) -> Seen:
    """Open every case and every closed part of it; return the text."""
    tab.open(report.resolve().as_uri())
    tab.wait_for("document.readyState === 'complete' && document.body.innerText")
    title = tab.value("document.title")
    whole, ours = [tab.value("document.body.innerText")], []
    for case in cases_of(report):
        before = tab.value(CASE_TITLE)
        tab.value(f"location.hash = '#{case}'")
        tab.wait_for(f"![null, {json.dumps(before)}].includes({CASE_TITLE})")
        tab.value(OPEN_ALL)
        whole.append(tab.value("document.body.innerText"))
        ours.append(tab.value(OURS))
    changed = (tab.value("typeof window.owned"), tab.value("document.title") == title, tuple(tab.dialogs))
    return Seen("\n".join(whole), "\n".join(ours), tuple(tab.requests), changed)


SCROLLED = """Math.max(0, ...[document.scrollingElement, ...document.querySelectorAll('*')]
    .map(e => e.scrollTop))"""
TABS = """[...document.querySelectorAll('[data-testid^="nav-tab-"]')]
    .map(e => [e.dataset.testid, e.offsetParent !== null])"""
OURS = """['info-title', 'error', 'step-title', 'attachment']
    .flatMap(name => [...document.querySelectorAll(`[data-testid="test-result-${name}"]`)])
    .map(e => e.innerText).filter(text => !text.includes('请求与答复')).join('\\n')"""
CASE_TITLE = "(document.querySelector('[data-testid=\"test-result-info-title\"]')?.innerText ?? null)"
# Opens every closed step and attachment until nothing new appears and the page no longer grows. It never
# follows a link.
OPEN_ALL = """(async () => {
    const done = new Set();
    const all = (name) => [...document.querySelectorAll(`[data-testid="test-result-${name}"]`)];
    for (let round = 0; round < 8; round++) {
        const closed = all('step').filter(e => !e.querySelector('[data-testid="test-result-step-content"]'))
            .map(e => e.querySelector('[data-testid="test-result-step-arrow-button"]')).filter(e => e)
            .concat(all('attachment-header').map(e => e.querySelector('button'))).filter(e => !done.has(e));
        if (!closed.length) break;
        for (const e of closed) { done.add(e); e.click(); }
        let before, after = -1;
        do {
            before = after;
            await new Promise(resolve => setTimeout(resolve, 150));
            after = document.body.innerText.length;
        } while (before !== after);
    }
    return done.size;
})()"""


def cases_of(report: Path) -> list[str]:
    return sorted(set(re.findall(r'"data/test-results/([0-9a-f]{32})\.json"', report.read_text("utf-8"))))


def test_the_page_opens_at_its_top_with_the_failed_cases_first(top: chromium.Tab) -> None:
    top.wait_for("document.querySelector('[data-testid=\"tree-leaf\"]')")
    assert top.value(SCROLLED) == 0
    statuses = top.value(
        "[...document.querySelectorAll('[data-testid^=\"tree-leaf-status\"]')].map(e => e.dataset.testid)"
    )
    failed = [status.endswith("failed") for status in statuses]
    assert failed == sorted(failed, reverse=True)


def test_the_quality_gate_has_the_verdict(top: chromium.Tab) -> None:
    assert dict(top.value(TABS))["nav-tab-qualityGate"] is True
    top.value("document.querySelector('[data-testid=nav-tab-qualityGate]').click()")
    top.wait_for(f"document.body.innerText.includes('{WHO}')")
    assert "3 个用例不符\n</script>" in top.value("document.body.innerText")
    top.value("document.querySelector('[data-testid=nav-tab-results]').click()")
    top.wait_for("document.querySelector('[data-testid=metadata-item-value]')")


def test_no_value_at_the_top_is_cut(top: chromium.Tab) -> None:
    top.wait_for(f"document.body.innerText.includes('{LONG}')")
    widths = top.value(
        "[...document.querySelectorAll('[data-testid=metadata-item-value] *')]"
        f".filter(e => e.textContent === '{LONG}').map(e => e.scrollWidth > e.clientWidth + 1)"
    )
    assert widths and not any(widths)


def test_sections_without_an_entry_are_hidden(top: chromium.Tab) -> None:
    tabs = dict(top.value(TABS))
    assert tabs["nav-tab-results"] is True
    assert tabs["nav-tab-globalErrors"] is False


def test_the_groups_of_a_large_run_are_closed(report: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(html_page, "_MOST_OPEN", 0)
    results = report.parents[1] / "reports" / "allure-results"
    outcome = build_report(results, tmp_path, install=False)
    assert outcome.index and BROWSER
    with chromium.opened(BROWSER) as tab:
        tab.open(outcome.index.resolve().as_uri())
        tab.wait_for("document.querySelector('[data-testid=tree-section]')")
        assert tab.value("document.querySelectorAll('[data-testid=tree-leaf]').length") == 0
        tab.value("[...document.querySelectorAll('[data-testid=tree-section]')].pop().click()")
        tab.wait_for("document.querySelector('[data-testid=tree-leaf]')")


def test_every_listed_attachment_is_in_the_page(report: Path) -> None:
    page = report.read_text("utf-8")
    found = re.findall(r'"data/test-results/[0-9a-f]{32}\.json"\s*,\s*"([A-Za-z0-9+/=]+)"', page)
    results = [base64.b64decode(text).decode() for text in found]
    assert len(results) == 4
    assert not [text for text in results if '"missed":true' in text]


def test_no_widget_is_in_the_page_twice(report: Path, seen: Seen) -> None:
    """The pages that show them are those of ``seen``."""
    page = report.read_text("utf-8")
    for name in ("tree", "nav", "search-index"):
        assert f'd("widgets/default/{name}.json",window.allureReportData["widgets/{name}.json"])' in page
    assert "政策列表首页正常" in seen.whole


def test_the_page_shows_the_chinese_titles(seen: Seen) -> None:
    for title in ("青创政策接口回归", "正文里有脚本", "标题取自答复", "政策列表首页正常", TITLE):
        assert title in seen.whole


def test_hostile_texts_are_shown_as_text(seen: Seen) -> None:
    assert "<script>" in seen.whole and "onerror" in seen.whole and "{{constructor" in seen.whole


@pytest.mark.parametrize(
    "part",
    ["结论：", "接口测试开始 正文里有脚本", "RESPONSE", "◀", "leaked/markdown.png"],
    ids=["message", "log", "exchange", "marked reply", "hostile address"],
)
def test_every_place_was_opened(seen: Seen, part: str) -> None:
    assert part in seen.whole


def test_no_script_of_a_reply_ran(seen: Seen) -> None:
    assert seen.changed == ("undefined", True, ())


def test_the_page_sent_no_requests(seen: Seen, module_project) -> None:
    assert {address.partition(":")[0] for address in seen.requests} <= {"file", "data", "blob"}
    assert module_project.service.received == []


def test_no_reply_changes_the_text_direction_or_hides_text(seen: Seen) -> None:
    assert "倒序" in seen.ours
    assert not set("\x1b\x07\u202e\u2066") & set(seen.ours)


@pytest.mark.parametrize(
    "attack",
    [
        f"const s = document.createElement('script'); s.textContent = \"{OWNED}\"; document.body.append(s)",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.owned=1\">')",
        "const f = document.createElement('iframe'); f.srcdoc = '<script>parent.owned=1</' + 'script>'; "
        "document.body.append(f)",
    ],
    ids=["script", "handler", "frame"],
)
def test_markup_injected_into_the_page_would_not_run(seen: Seen, tab: chromium.Tab, attack: str) -> None:
    tab.value(f"(async () => {{ {attack}; await new Promise(resolve => setTimeout(resolve, 100)); }})()")
    assert tab.value("typeof window.owned") == "undefined"


@pytest.mark.parametrize("kind", ["img", "script", "iframe", "link"])
def test_markup_injected_into_the_page_would_send_no_requests(
    seen: Seen, tab: chromium.Tab, module_project, kind: str
) -> None:
    address = json.dumps(f"{module_project.service.url}/leaked")
    tab.value(
        f"(async () => "
        f"{{ const e = document.createElement('{kind}'); e.rel = 'stylesheet'; e.src = e.href = {address};"
        f" document.body.append(e);"
        f" try {{ await fetch({address}) }} catch (refused) {{}} await new Promise(resolve => "
        f"setTimeout(resolve, 100)); }})()"
    )
    assert module_project.service.received == []
    assert any("Content Security Policy" in unquote(message) for message in tab.messages)
