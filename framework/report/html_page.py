"""Locks down the report's page, so that it loads nothing from the network and runs no text of a reply.

Allure's page loads an analytics script, and it shows attachments with untrusted text from replies. So the
external script is removed, and a Content-Security-Policy is added. It allows only the generator's own
scripts, which carry a nonce that no text in the results can know, and no requests to other addresses.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Sequence

from framework.base.messages import language

_LANGUAGE_TAGS = {"zh": "zh-CN"}
_CHARSET = '<meta charset="utf-8">'
_EXTERNAL_SCRIPT = re.compile(r'<script[^>"]*\ssrc="(?!data:)[^"]*"[^>]*>\s*</script>')
_ANALYTICS = re.compile(r"<script>\s*window\.dataLayer\b.*?</script>", re.DOTALL)
# The page scrolls itself to the first row of its tree. A reader who opens it wants the top, with the verdict.
# Sections without an entry are hidden.
_TIDY_PAGE = """<script>
(function () {
  var free = location.hash.length > 1;
  ["pointerdown", "wheel", "keydown", "touchstart"].forEach(function (name) {
    addEventListener(name, function () { free = true; }, {capture: true, once: true});
  });
  new MutationObserver(function () {
    document.querySelectorAll('[data-testid^="nav-tab-"]').forEach(function (tab) {
      var count = tab.querySelector('[data-testid="counter"]');
      tab.style.display = count && count.textContent === "0" ? "none" : "";
    });
  }).observe(document, {childList: true, subtree: true});
  addEventListener("scroll", function (event) {
    var target = event.target === document ? document.scrollingElement : event.target;
    if (!free && target && target.scrollTop) { target.scrollTop = 0; }
  }, true);
})();
</script>"""
# Allure cuts the values at its top after some words, and its page has no width of its own on a phone.
_WHOLE_VALUES = """<style>
[data-testid="metadata-item-value"] * {
  white-space: normal !important; overflow: visible !important; overflow-wrap: anywhere;
  max-width: none !important; height: auto !important;
}
</style>"""
# Allure opens every group with a failure and draws all of its rows: half a minute with 2,000 cases.
_CLOSE = """<script>
try {
  const groups = new Set(JSON.parse(localStorage.getItem("collapsedTrees") || "[]"));
  %s.forEach(function (id) { groups.add(id); });
  localStorage.setItem("collapsedTrees", JSON.stringify(Array.from(groups)));
} catch (error) { /* without a storage, the page opens slowly */ }
</script>"""
_MOST_OPEN = 150
_TREE = re.compile(r'"widgets/tree\.json"\s*,\s*"([A-Za-z0-9+/=]+)"')
# Allure writes the widgets of all environments, and those of each. The page has one environment.
_ENVIRONMENT = re.compile(
    r'd\("widgets/default/(?P<name>(?:tree|nav|search-index)\.json)"\s*,\s*(?P<data>"[A-Za-z0-9+/=]+")\)'
)
_GATE = re.compile(r'("widgets/quality-gate\.json"\s*,\s*")[A-Za-z0-9+/=]*(?=")')
_SCRIPT_TAG = re.compile(r"<script(?=[\s>])")
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline' data:; img-src data: blob:; "
    "media-src data: blob:; font-src data:; connect-src data: blob:; frame-src data: blob:; base-uri 'self'; "
    "form-action 'none'"
)


def lock_down(html: str, gate: Sequence[tuple[str, str]] = ()) -> str:
    """Return the page without external scripts and with a Content-Security-Policy.

    *gate*: the lines of its quality gate, each with a title and a text.

    Raises:
        ValueError: the page does not look like one of the generator's.
    """
    if html.count(_CHARSET) != 1 or "<script" not in html:
        raise ValueError("no page of the report generator")
    nonce = secrets.token_urlsafe(18)
    # The page holds the results in base64, so every tag that these patterns find is the generator's own.
    page = _ANALYTICS.sub("", _EXTERNAL_SCRIPT.sub("", html))
    page = _with_gate(page, gate) if gate else page
    page = _ENVIRONMENT.sub(lambda found: _reference(found, page), page)
    closed = _groups_to_close(page)
    close = _CLOSE % json.dumps(closed) if closed else ""
    page = page.replace("</head>", _WHOLE_VALUES + _TIDY_PAGE + close + "</head>", 1)
    page = _SCRIPT_TAG.sub(f'<script nonce="{nonce}"', page)
    tag = _LANGUAGE_TAGS.get(language(), language())
    page = page.replace('<html dir="ltr" lang="en">', f'<html dir="ltr" lang="{tag}">', 1)
    return page.replace(_CHARSET, _CHARSET + _head_tags(nonce), 1)


def _reference(found: re.Match[str], page: str) -> str:
    """Return the call without its data, a quarter of a large page, if the page has them before it."""
    whole = f"widgets/{found['name']}"
    first = page.find(f'd("{whole}",')
    if not 0 <= first < found.start():
        return found[0]
    return f'd("widgets/default/{found["name"]}",window.allureReportData["{whole}"])'


def _groups_to_close(page: str) -> list[str]:
    """Return the groups that are closed when the page opens, so that it draws a limited number of rows.

    The smallest groups with a failure stay open.
    """
    found = _TREE.search(page)
    tree = json.loads(base64.b64decode(found[1])) if found else {}
    with_failures = (
        (len(group.get("leaves", ())), name)
        for name, group in tree.get("groupsById", {}).items()
        if group.get("statistic", {}).keys() & {"failed", "broken"} and re.fullmatch(r"\w+", name)
    )
    rows, closed = 0, []
    for size, name in sorted(with_failures):
        rows += size
        if rows > _MOST_OPEN and size:
            closed.append(name)
    return closed


def _with_gate(page: str, gate: Sequence[tuple[str, str]]) -> str:
    """Fill Allure's quality gate. Its own rules know the numbers of tests, but not their meaning."""
    results = [
        {"success": False, "rule": title, "message": text, "environment": "default"} for title, text in gate
    ]
    document = json.dumps({"default": results}, ensure_ascii=False).encode()
    return _GATE.sub(lambda found: found[1] + base64.b64encode(document).decode(), page, count=1)


def _head_tags(nonce: str) -> str:
    policy = _POLICY.format(nonce=nonce)
    return (
        f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n<meta name="referrer" '
        f'content="no-referrer">\n<meta name="viewport" content="width=device-width, initial-scale=1">'
    )
