"""A reply with marked failing places."""

from framework.checks.result import Finding
from framework.report.marked import MAX_LINES, marked_reply


def page(count):
    return {
        "success": True,
        "data": {
            "result": [
                {"id": str(n), "title": "标题" * 200 if n == 2 else "标题", "files": [{"k": 1}]}
                for n in range(count)
            ]
        },
    }


def test_failing_places_are_shown_in_full_and_the_rest_abbreviated():
    findings = [
        Finding("$.data.result[1].title", '"通知"', '"标题"'),
        Finding("$.data.result[2].files[0].k", "2", "1", "不等"),
        Finding("$.data", "a", "b"),
    ]
    assert marked_reply(page(4), findings) == "\n".join(
        (
            "{",
            '  "success": true',
            '  "data": {  ◀ 期望 a',
            '    "result": [',
            "      [0] {… 3 个成员 id=0}",
            "      [1] {",
            '        "id": "1"',
            '        "title": "标题"  ◀ 期望 "通知"',
            '        "files": [… 1 项]',
            "      }",
            "      [2] {",
            '        "id": "2"',
            '        "title": "' + "标题" * 99 + "标…(402)",
            '        "files": [',
            "          [0] {",
            '            "k": 1  ◀ 不等 期望 2',
            "          }",
            "        ]",
            "      }",
            "      [3] {… 3 个成员 id=3}",
            "    ]",
            "  }",
            "}",
        )
    )


def test_the_marked_reply_is_bounded_and_escaped():
    document = page(1000)
    document["data"]["result"][0]["title"] = "\x1b[31m<script>"
    text = marked_reply(document, [Finding(f"$.data.result[{n}].title", "x", "y") for n in range(1000)])
    assert len(text.splitlines()) == MAX_LINES + 1 and text.splitlines()[-1].startswith("… 另有")
    assert "\x1b" not in text


def test_a_missing_place_shows_its_surroundings():
    text = marked_reply(page(1), [Finding("$.data.result[0].gone", "有值", "没有")])
    assert (
        text.splitlines()[1:4] == ['  "success": true', '  "data": {… 1 个成员}', "}"] or "gone" not in text
    )
