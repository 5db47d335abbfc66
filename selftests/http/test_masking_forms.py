"""Which forms of a secret are masked, one example each, and the text around them stays.

``test_masking.py`` has the properties. These examples are quick, so that mutation testing can run them often.
"""

from __future__ import annotations

import base64
import json

import pytest

from framework.base.errors import ConfigError
from framework.http.masking import MIN_LENGTH, Masker, mask_of

TOKEN = "TOKEN-0123456789"


def masker_of_token():
    # Not a constant: a mutant is switched on when a test begins, after this file was imported.
    return Masker({"token": TOKEN})


# a secret, forms of it
FORMS = [
    (TOKEN, [TOKEN, "%54OKEN-0123456789", "\\u0054OKEN-0123456789", "\\x54OKEN-0123456789"]),
    (TOKEN, ["%2554OKEN-0123456789", "%25252554OKEN-0123456789", "%2525252554OKEN-0123456789"]),
    (TOKEN, ["\\\\u0054OKEN-0123456789", "\\\\\\\\x54OKEN-0123456789", "\\U00000054OKEN-0123456789"]),
    (TOKEN, ["TOK\\u0045N-0123456789", "TOKEN%2d0123456789", "TOKEN%2D0123456789", "TOKEN-012345678\\x39"]),
    (TOKEN, [TOKEN.encode().hex(), TOKEN.encode().hex().upper()]),
    (
        TOKEN,
        ["".join(f"%{ord(char):02x}" for char in TOKEN), "".join(f"\\u{ord(char):04X}" for char in TOKEN)],
    ),
    ("secret word", ["secret word", "secret+word", "secret%20word", "secret\\u0020word", "%73ecret+word"]),
    (
        "caf\u00e9-caf\u00e9",
        ["caf%C3%A9-caf\u00e9", "caf\\xe9-caf\\xE9", "caf\\xc3\\xa9-caf\\u00e9", "caf\\U000000e9-caf\u00e9"],
    ),
    (
        "\u0080\u00ffabcdef",
        ["\\x80\\xffabcdef", "\\xc2\\x80\\xc3\\xbfabcdef", "%c2%80\u00ffabcdef", "\u0080\\xFFabcdef"],
    ),
    (
        "政策密钥内容",
        [
            "政策密钥内容",
            "%E6%94%BF策密钥内容",
            "\\u653f策密钥内容",
            "\\u653F策密钥内容",
            "\\xe6\\x94\\xbf策密钥内容",
        ],
    ),
    (
        "\U0001f600abcdef",
        ["\\ud83d\\ude00abcdef", "\\U0001f600abcdef", "\\U0001F600abcdef", "%F0%9F%98%80abcdef"],
    ),
    ('quo"te-"', ['quo"te-"', 'quo\\"te-\\"', 'quo\\\\\\"te-"', "quo%22te-%22", 'quo\\u0022te-"']),
    ("quo'te-x", ["quo'te-x", "quo\\'te-x", "quo%27te-x"]),
    (
        "back\\slash",
        ["back\\slash", "back\\\\slash", "back\\\\\\\\slash", "back%5Cslash", "back\\u005cslash"],
    ),
    ("a/b/c/d", ["a/b/c/d", "a\\/b\\/c\\/d", "a%2Fb%2fc/d", "a\\u002Fb/c/d"]),
    ("line\nbreak", ["line\nbreak", "line\\nbreak", "line\\\\nbreak", "line%0Abreak", "line\\u000abreak"]),
    ("t\tr\rb\bf\f", ["t\tr\rb\bf\f", "t\\tr\\rb\\bf\\f", "t%09r%0db%08f%0c", "t\\u0009r\rb\\x08f\f"]),
    (
        "a&b<c>d\"e'f",
        [
            "a&amp;b&lt;c&gt;d&quot;e&#39;f",
            "a&amp;b&lt;c&gt;d&quot;e&#x27;f",
            "a&amp;amp;b&amp;lt;c>d&#34;e&apos;f",
            "&#97;&#x26;b&#060;c&#X003e;d\"e'f",
        ],
    ),
    ("政策密钥内容", ["&#25919;策密钥内容", "&#x653F;策密钥内容"]),
    ("(a.b)*[c]", ["(a.b)*[c]", "%28a.b%29%2A%5Bc%5D", "\\u0028a.b)*[c]"]),
]


@pytest.mark.parametrize(("value", "form"), [(value, form) for value, forms in FORMS for form in forms])
def test_every_form_of_a_secret_is_masked_whole(value, form):
    masker = Masker({"k": value})
    assert masker.text(f"<{form}>") == "<***k***>"
    assert masker.names_in(f"<{form}>") == ("k",)
    assert masker.data(f"<{form}>".encode()) == b"<***k***>"
    assert masker.json({"a": [form]}) == {"a": ["***k***"]}


def test_a_secret_that_is_not_unicode_is_masked_in_every_form_too():
    # a variable of the environment may hold bytes that are not UTF-8
    masker = Masker({"k": "\udcffabcdef"})
    for form in ("\udcff", "\\udcff", "\\uDCFF", "%ed%b3%bf", "\\xed\\xb3\\xbf", "\\U0000dcff"):
        assert masker.text(f"<{form}abcdef>") == "<***k***>"
    assert masker.data(b"<\xffabcdef>") == b"<***k***>"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TOKEN-012345678",
        "OKEN-0123456789",
        "token-0123456789",
        "%54%4F",
        "%54OKEN-012345678",
        "\\u0054OKEN",
        "\\n\\t\\\\",
        TOKEN.encode().hex()[:-1],
        base64.b64encode(b"TOKEN-012345678").decode(),
        "% % \\ \\",
    ],
)
def test_a_text_without_the_whole_secret_stays_as_it_is(text):
    assert masker_of_token().text(text) == text
    assert masker_of_token().names_in(text) == ()
    assert masker_of_token().data(text.encode()) == text.encode()


def test_only_the_escapes_of_the_characters_of_a_secret_open_it():
    for text in ("\\x100abcdef", "\\x100\\x61bcdef"):
        assert Masker({"k": "\u0100abcdef"}).text(text) == text
    assert Masker({"k": "abcdef+x"}).text("abcdef x") == "abcdef x"


@pytest.mark.parametrize("many", [199, 200, 201, 500])
@pytest.mark.parametrize("introducer", ["%", "\\"])
def test_an_escaped_secret_is_found_among_many_other_escapes(introducer, many):
    noise = f"{introducer}zz " * many
    form = {"%": "%54OKEN-0123456789", "\\": "\\u0054OKEN-0123456789"}[introducer]
    assert masker_of_token().text(noise + form) == noise + "***token***"
    assert masker_of_token().text(noise) == noise


def test_an_escaped_secret_is_found_between_other_escapes():
    assert masker_of_token().text("%zz %54OKEN-0123456789 %zz") == "%zz ***token*** %zz"


def test_two_introducers_in_a_row_do_not_hide_a_secret():
    assert masker_of_token().text("%%54OKEN-0123456789") == "%***token***"
    assert masker_of_token().text("%zz%%54OKEN-0123456789") == "%zz%***token***"


# -- base64


def encoded(before, after=b"", safe=False):
    encode = base64.urlsafe_b64encode if safe else base64.b64encode
    return encode(before + SECRET.encode() + after).decode()


SECRET = "\u00bf?>\u00ffsecret~~"
"""Its base64 has + and / in the standard alphabet."""


@pytest.mark.parametrize(
    ("before", "after", "left", "right"),
    [
        (b"", b"", "", "="),
        (b"a", b"", "Y", ""),
        (b"ab", b"", "YW", "=="),
        (b"abc", b"", "YWJj", "="),
        (b"abcd", b"xyz", "YWJjZ", "eHl6"),
        (b"", b"xyz", "", "4eXo="),
    ],
)
@pytest.mark.parametrize("safe", [False, True])
def test_base64_leaves_only_what_does_not_depend_on_the_secret(before, after, left, right, safe):
    masker = Masker({"k": SECRET})
    text = encoded(before, after, safe)
    assert masker.text(f"<{text}>") == f"<{left}***k***{right}>"
    assert masker.names_in(text) == ("k",)


def test_a_secret_in_basic_credentials_is_masked():
    header = "Basic " + base64.b64encode(f"user:{TOKEN}".encode()).decode()
    assert masker_of_token().text(header) == "Basic dXNlcj***token***"


# -- values cut short


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("TOKEN-01…", "***token***…"),
        ("x TOKE… y", "x ***token***… y"),
        ('"TOKEN-012345678"…', '"***token***"…'),
        ("…6789", "…***token***"),
        ('…"56789"', '…***token***"'),
        ("…OKEN-0123456789", "…***token***"),
        ("TOKEN-0…56789", "***token***…***token***"),
        ("TOK…", "TOK…"),
        ("…789", "…789"),
        ("x OKEN-012…", "x ***token***…"),
        ("…OKEN-012 x", "…***token*** x"),
        ('…"KEN-0123"…', '…***token***"…'),
        ("KEN-0…", "KEN-0…"),
        ("TOKEN-01 …", "TOKEN-01 …"),
        ("… 56789", "… 56789"),
        ("TOKEN-01...", "TOKEN-01..."),
    ],
)
def test_a_piece_of_a_secret_beside_a_cut_is_masked_if_it_is_long_enough(text, masked):
    assert masker_of_token().text(text) == masked


def test_pieces_are_found_as_written_and_as_json_writes_them():
    masker = Masker({"other": "zzzzzz-zzzzzz", "k": 'ab"cd"ef"gh中'})
    assert masker.text('ab"cd"e…') == "***k***…"
    assert masker.text('ab\\"cd\\"e…') == "***k***…"
    assert masker.text('…d\\"ef\\"gh中') == "…***k***"
    assert masker.text("zzzzzz-…") == "***other***…"


# -- several secrets


def test_the_longer_secret_is_masked_first():
    masker = Masker({"short": "abcdef", "long": "xxabcdefxx"})
    assert masker.names == ("short", "long")
    assert masker.text("xxabcdefxx abcdef") == "***long*** ***short***"
    assert masker.names_in("xxabcdefxx abcdef") == ("long", "short")
    assert masker.names_in("abcdef") == ("short",)


def test_a_mask_that_completes_another_secret_is_not_the_end():
    masker = Masker({"long": "xxabcdefxx", "edge": "abcdeg*"})
    assert masker.text("abcdegxxabcdefxx") == "***edge*****long***"


def test_names_in_do_not_name_what_only_looks_alike():
    assert Masker({"k": "é-secret"}).names_in("\\u00e9 and %C3 and nothing") == ()


def test_no_secrets_change_nothing():
    masker = Masker({})
    assert masker.names == ()
    assert masker.text("a…b") == "a…b"
    assert masker.data(b"a\xff") == b"a\xff"
    assert masker.json({"a": 1}) == {"a": 1}


# -- bytes


@pytest.mark.parametrize("value", [TOKEN, "密钥内容六个字", "caf\u00e9-secret"])
def test_bytes_around_a_secret_stay_as_they_are(value):
    masker = Masker({"k": value})
    assert masker.data(b"\xff\xfe" + value.encode() + b"\x80\xff") == b"\xff\xfe***k***\x80\xff"
    assert masker.data("中文".encode() + value.encode()) == "中文***k***".encode()
    untouched = b"\xff\xfe plain \xe4\xb8"
    assert masker.data(untouched) is untouched


# -- JSON


def test_a_document_keeps_its_shape_and_its_types():
    masker = Masker({"token": TOKEN, "pin": "12345678"})
    document = {
        TOKEN: [TOKEN, (1, "b"), {"x": None, "y": True, "z": False}],
        "n": [12345678, 123456789, 1.5, -12345678, 0],
    }
    assert masker.json(document) == {
        "***token***": ["***token***", [1, "b"], {"x": None, "y": True, "z": False}],
        "n": ["***pin***", "***pin***9", 1.5, "-***pin***", 0],
    }
    assert isinstance(masker.json([1.0])[0], float)
    assert masker.json(True) is True


def test_a_document_that_is_nested_too_deeply_is_left_out():
    document: list = [TOKEN]
    for _ in range(100_000):
        document = [document]
    assert masker_of_token().json(document) == "（嵌套过深，没有记下）"


# -- personal data

MOBILE = "13812345678"


def test_personal_data_is_hidden_only_if_asked_for():
    text = f"tel {MOBILE}, {TOKEN}"
    assert masker_of_token().text(text) == f"tel {MOBILE}, ***token***"
    personal = Masker({"token": TOKEN}, personal=True)
    assert personal.text(text) == "tel ***mobile***, ***token***"
    assert personal.data(f"tel {MOBILE}".encode()) == b"tel ***mobile***"
    assert personal.data(b"\xff" + MOBILE.encode()) == b"\xff***mobile***"
    assert personal.json({"tel": MOBILE, "n": int(MOBILE)}) == {"tel": "***mobile***", "n": "***mobile***"}
    assert masker_of_token().data(MOBILE.encode()) == MOBILE.encode()
    untouched = b"\xff nothing"
    assert personal.data(untouched) is untouched


# -- secrets that cannot be masked


@pytest.mark.parametrize(
    ("value", "code", "what", "how"),
    [
        (
            "",
            "secret-short",
            "密钥 k 是空的，或短于 6 个字符",
            "检查它的环境变量或 .env；太短的值无法可靠地遮盖；不是秘密的写进 variables",
        ),
        (
            "12345",
            "secret-short",
            "密钥 k 是空的，或短于 6 个字符",
            "检查它的环境变量或 .env；太短的值无法可靠地遮盖；不是秘密的写进 variables",
        ),
        ("***k***", "secret-mask", "密钥 k 的值就是遮盖文字的一部分", "换一个真实的密钥"),
        ("******", "secret-mask", "密钥 k 的值就是遮盖文字的一部分", "换一个真实的密钥"),
        ("*other", "secret-mask", "密钥 k 的值就是遮盖文字的一部分", "换一个真实的密钥"),
        ("k******other", "secret-mask", "密钥 k 的值就是遮盖文字的一部分", "换一个真实的密钥"),
    ],
)
def test_a_secret_that_cannot_be_masked_is_refused_with_a_reason(value, code, what, how):
    with pytest.raises(ConfigError) as caught:
        Masker({"other": TOKEN, "k": value})
    (problem,) = caught.value.problems
    assert (problem.code, problem.what, problem.how) == (code, what, how)


@pytest.mark.parametrize(
    ("value", "how"),
    [
        (
            "short",
            "检查环境变量 K_VARIABLE（或 .env 里的它）；太短的值无法可靠地遮盖；不是秘密的写进 variables",
        ),
        ("***k***", "把环境变量 K_VARIABLE 换成真实的密钥"),
    ],
)
def test_the_reason_names_the_variable_that_holds_the_secret(value, how):
    with pytest.raises(ConfigError) as caught:
        Masker({"other": TOKEN, "k": value}, variables={"k": "K_VARIABLE", "other": "OTHER"})
    (problem,) = caught.value.problems
    assert problem.how == how


def test_all_secrets_that_cannot_be_masked_are_named_at_once():
    with pytest.raises(ConfigError) as caught:
        Masker({"a": "", "b": TOKEN, "c": "short"})
    assert [problem.what[:4] for problem in caught.value.problems] == ["密钥 a", "密钥 c"]


# -- secrets that are made during the run


def test_an_added_secret_is_masked_from_then_on():
    masker = masker_of_token()
    assert masker.text("session-1") == "session-1"
    masker.add("session", "session-1")
    assert masker.names == ("token", "session")
    assert masker.text(f"session-1 {TOKEN}") == "***session*** ***token***"
    assert masker.data(b"session-1") == b"***session***"


def test_an_added_secret_that_is_not_ascii_is_masked_in_bytes_as_html_writes_it():
    masker = masker_of_token()
    masker.add("session", "会话密钥内容")
    assert masker.data("会话密钥内容".encode()) == b"***session***"


def test_the_values_of_one_name_are_all_masked():
    masker = masker_of_token()
    masker.add("token", "TOKEN-second")
    assert masker.names == ("token",)
    assert masker.text(f"TOKEN-second {TOKEN}") == "***token*** ***token***"


@pytest.mark.parametrize("value", [TOKEN, "***token***", "Bearer ***token***"])
def test_a_value_that_is_masked_already_is_not_added(value):
    masker = masker_of_token()
    masker.add("again", value)
    assert masker.names == ("token",)


@pytest.mark.parametrize(
    ("value", "code"),
    [("12345", "secret-short"), ("", "secret-short"), ("*token", "secret-mask"), ("k**to", "secret-short")],
)
def test_an_added_secret_that_cannot_be_masked_is_refused(value, code):
    masker = masker_of_token()
    with pytest.raises(ConfigError) as caught:
        masker.add("k", value)
    (problem,) = caught.value.problems
    assert problem.code == code and "密钥 k " in problem.what
    assert masker.names == ("token",)
    assert masker.text("12345 *token") == "12345 *token"


def test_the_shortest_secret_that_can_be_masked():
    assert MIN_LENGTH == 6
    assert Masker({"k": "123456"}).text("x123456x") == "x***k***x"
    assert mask_of("k") == "***k***"


def test_json_text_of_a_secret_is_masked_at_any_depth_of_quoting():
    value = 'a"b\\c/é中😀'
    text = value
    for _ in range(4):
        text = json.dumps(text)[1:-1]
        assert Masker({"k": value}).text(f"[{text}]") == "[***k***]"
