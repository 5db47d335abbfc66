"""The message to the chat group: total, causes and a link, short and in whole words."""

from __future__ import annotations

import pytest
from night.conftest import case, problem, run_of

from framework.base.errors import ConfigError
from framework.base.messages import set_language
from framework.night.command import _options, _target_line
from framework.night.message import LONGEST, message, report_link, report_url
from framework.night.summary_page import Night
from framework.report.nights.changes import compare
from framework.report.run_record import RunRecord
from framework.report.verdict_words import verdict_line

LINK = "https://ci.example/job/7"


def sent(run: RunRecord, *nights: RunRecord, link: str = LINK) -> str:
    return "\n".join(message(Night(run, compare(run, nights), report="reports/html/index.html"), link))


def test_the_message_has_total_causes_age_and_link() -> None:
    first = run_of([case("a", "F", cause="旧的"), case("b"), case("c")])
    second = run_of([case("a", "F", cause="旧的"), case("b", "F", cause="新的"), case("c")], 1)
    assert sent(second, first).splitlines() == [
        "接口回归 test：服务有错（退出码 1）",
        "请服务的开发看：3 个用例，2 个不符",
        "1 个新原因，1 个仍然存在",
        "新出现 1 × [不符] 新的",
        "仍然存在 1 × [不符] 旧的（自 11-16 起，第 2 夜）",
        f"报告：{LINK}",
    ]


def test_a_message_about_many_causes_is_short_and_ends_with_the_link() -> None:
    cases = [case(f"c{n}", "F", cause=f"$.data.result[*].member{n} 期望 policyTitle{n}") for n in range(200)]
    text = sent(run_of(cases))
    assert len(text) <= LONGEST < 500
    assert text.endswith(f"报告：{LINK}") and "200 个不符" in text
    lines = text.splitlines()
    named = [line for line in lines if line.startswith("新出现")]
    assert 3 <= len(named) < 200
    assert all(line.split("policyTitle")[1].isdigit() for line in named)  # whole, or not at all
    assert f"… 另有 {200 - len(named)} 项，见报告" in lines


@pytest.mark.parametrize(
    "cause", ["字" * 3000, "policyTitle " * 300, "@all " * 200, "\u202e\x1b[31m" * 200, "x" * 3000]
)
def test_a_long_cause_does_not_push_out_the_link(cause: str) -> None:
    text = sent(run_of([case("a", "F", cause=cause)]))
    assert len(text) <= LONGEST and text.endswith(LINK)
    assert not set("@\x1b\u202e") & set(text)


def test_words_stay_whole() -> None:
    text = sent(run_of([case("a", "F", cause="policyTitle " * 300)]))
    (line,) = (line for line in text.splitlines() if line.startswith("新出现"))
    assert set(line.partition("] ")[2].rstrip("…").split()) == {"policyTitle"}


def test_everything_an_outage_kept_from_being_judged_is_counted() -> None:
    why = {"category": "credentials", "cause": "令牌失效"}
    cases = [case("a", "B", **why), *(case(f"s{n}", "S", **why) for n in range(154))]
    text = sent(run_of(cases, 1), run_of([case("a"), *(case(f"s{n}") for n in range(154))]))
    assert "155 个没有评判" in text and "新出现 155 × [令牌失效] 令牌失效" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_longest_names_and_address_leave_the_link_whole(language: str) -> None:
    cases = [case(f"{n}", "F", cause=f"{n} word " * 90) for n in range(9)]
    cases += [
        case("a", "B", category="credentials", cause="token " * 90),
        case("b", "F", cause="old"),
        case("c", "S"),
        case("d", "B", category="case", cause="mistake"),
    ]
    before = run_of([case("a", "F", cause="gone"), case("b", "F", cause="old"), case("c")])
    run = run_of(cases, 1, environment="pre production " * 9, collected=99, collection=(problem(),))
    link = "https://ci.example/job/" + "%E5%A4%9C" * 19
    set_language(language)
    text = sent(run, before, link=link)
    assert len(text) <= LONGEST
    assert text.endswith(link)
    title = text.splitlines()[0]
    assert title.startswith(("接口回归 pre production", "API regression pre production"))
    assert title.endswith(verdict_line(run))


GITHUB = {
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "a/b",
    "GITHUB_RUN_ID": "7",
}


@pytest.mark.parametrize(
    ("given", "variables", "link"),
    [
        ("", {}, ""),
        ("", GITHUB, "https://github.example/a/b/actions/runs/7"),
        ("", {"CI_JOB_URL": "https://gitlab.example/j/1"}, "https://gitlab.example/j/1"),
        ("", {"BUILD_URL": "http://jenkins.example/1/"}, "http://jenkins.example/1/"),
        ("http://given.example", {"BUILD_URL": "http://jenkins.example/1/"}, "http://jenkins.example/1/"),
        ("", {"CI_JOB_URL": "http://user:secret@gitlab.example/j/1"}, ""),
    ],
)
def test_the_link(given: str, variables: dict, link: str) -> None:
    assert report_link(given, variables) == link


SET = {"HARNESS_REPORT_URL": "http://set.example/a%20b?page=2"}


@pytest.mark.parametrize(
    ("given", "variables", "found"),
    [
        (None, {}, ""),
        (None, SET, SET["HARNESS_REPORT_URL"]),
        (
            "http://given.example/?tokenType=x&designer=y#top",
            SET,
            "http://given.example/?tokenType=x&designer=y#top",
        ),
        ("", SET, "--report-url 的值是空的"),
        (None, {"HARNESS_REPORT_URL": " "}, "HARNESS_REPORT_URL 的值是空的"),
        ("http://user:SECRET@given.example", {}, "--report-url 里有口令或令牌（用户名与密码）"),
        ("//SECRET@given.example", {}, "用户名与密码"),
        (
            None,
            {"HARNESS_REPORT_URL": "http://a.example?access_token=SECRET"},
            "HARNESS_REPORT_URL 里有口令或令牌（access_token）",
        ),
        ("http://a.example/r;jsessionid=SECRET", {}, "jsessionid"),
        ("http://a.example/#page=1&pass%77ord=SECRET", {}, "pass%77ord"),
        ("http://a.example/?X-Amz-Signature=SECRET", {}, "X-Amz-Signature"),
        ("http://a.example/?sv=1&sig=SECRET", {}, "sig"),
        ("http://a.example/eyJhbGciOiJIUzI1.eyJzdWIiOiIxSECRET/", {}, "JWT"),
        ("file:///etc/passwd", {}, "--report-url 不是网页的地址"),
        ("http://[", {}, "不是网页的地址"),
        ("http://a.example:x/", {}, "不是网页的地址"),
        ("http://a.example/ b", {}, "不是网页的地址"),
    ],
)
def test_an_address_of_the_report_that_would_give_the_group_a_password_is_refused(given, variables, found):
    try:
        assert report_url(given, variables) == found
    except ConfigError as error:
        assert found in str(error) and "SECRET" not in str(error)


def test_the_first_line_of_a_night_shows_no_password() -> None:
    options = _options(["--base-url=http://user:SECRET@given.example/a?token=SECRET"])
    line = _target_line(options)
    assert "http://***@given.example/a" in line and "SECRET" not in line
