"""Locks the report's page down: it asks nothing of the outside, and no text in it can run.

Allure's page loads an analytics script from outside, and shows what the cases attached: replies, untrusted
text. So the outside script is taken out, and a Content-Security-Policy lets only the generator's own scripts
run (they carry a nonce that no text in the results can know) and lets nothing be fetched but what is in the
file.
"""

from __future__ import annotations

import re
import secrets

from framework.base.messages import language

_TAGS = {"zh": "zh-CN"}
_CHARSET = '<meta charset="utf-8">'
_OUTSIDE_SCRIPT = re.compile(r'<script[^>"]*\ssrc="(?!data:)[^"]*"[^>]*>\s*</script>')
_ANALYTICS = re.compile(r"<script>\s*window\.dataLayer\b.*?</script>", re.DOTALL)
_SCRIPT_TAG = re.compile(r"<script(?=[\s>])")
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline' data:; img-src data: blob:; "
    "media-src data: blob:; font-src data:; connect-src data: blob:; frame-src data: blob:; base-uri 'self'; "
    "form-action 'none'"
)


def lock_down(html: str) -> str:
    """Return the page without outside scripts and with its policy. ValueError where it is not a page as we
    know it.
    """
    if html.count(_CHARSET) != 1 or "<script" not in html:
        raise ValueError("no page of the report generator")
    nonce = secrets.token_urlsafe(18)
    # The results stand in the page in base64, so every tag these patterns find is the generator's own.
    page = _ANALYTICS.sub("", _OUTSIDE_SCRIPT.sub("", html))
    page = _SCRIPT_TAG.sub(f'<script nonce="{nonce}"', page)
    page = page.replace(
        '<html dir="ltr" lang="en">', f'<html dir="ltr" lang="{_TAGS.get(language(), language())}">', 1
    )
    return page.replace(_CHARSET, _CHARSET + _head_tags(nonce), 1)


def _head_tags(nonce: str) -> str:
    policy = _POLICY.format(nonce=nonce)
    return (
        f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n<meta name="referrer" '
        f'content="no-referrer">'
    )
