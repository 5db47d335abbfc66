"""The kinds of damage that ``benchmarks.texts`` does to a sound text, each as a function of its paragraphs.

A kind returns the damaged text, or None if the text has nothing of the sort: one without a signature cannot
lose it. A kind that changes the record, too, is in ``RECORD_DAMAGE``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

Record = dict[str, Any]
Paragraphs = Sequence[str]
Damage = Callable[[Paragraphs, Random], "Sequence[str] | None"]

EMPTY: Final = "<br>"
_DATE = re.compile(r"\s*\d{4}年\d{1,2}月\d{1,2}日\s*")
_FULL_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十百零]+条|[一二三四五六七八九十]+、|[(（][二三四五六七八九]+[)）]|[2-9][.．、])"
)
_MARKS = re.compile("[()（）《》“”〔〕]")
_NUMBER = re.compile(r"(?<![\dA-Za-z.])\d{2,6}(?![\dA-Za-z.])")
_CITED = re.compile(r"〔(\d{4})〕(\d+号)")
_LONG: Final = 30


def paragraphs_of(text: str) -> list[str]:
    return [piece.removeprefix("<p>") for piece in text.split("</p>") if piece.strip()]


def text_of(paragraphs: Paragraphs) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def is_filled(paragraph: str) -> bool:
    return bool(paragraph.replace(EMPTY, "").strip())


# -- what is lost


def head_cut(least: int, most: int) -> Damage:
    """Return a damage that cuts so many characters off the head."""

    def damage(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
        count, rest = rng.randint(least, most), list(paragraphs)
        while rest and (not is_filled(rest[0]) or count >= len(rest[0])):
            count -= len(rest[0]) if is_filled(rest[0]) else 0
            rest.pop(0)
        return [rest[0][count:], *rest[1:]] if len(rest) > 1 else None

    return damage


def tail_cut(least: int, most: int) -> Damage:
    """Return a damage that cuts so many characters off the tail."""

    def damage(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
        count, rest = rng.randint(least, most), list(paragraphs)
        while rest and (not is_filled(rest[-1]) or count >= len(rest[-1])):
            count -= len(rest[-1]) if is_filled(rest[-1]) else 0
            rest.pop()
        return [*rest[:-1], rest[-1][: len(rest[-1]) - count]] if len(rest) > 1 else None

    return damage


def signing_of(paragraphs: Paragraphs) -> tuple[int, int] | None:
    """Return where the first signature is: its date, and the first of the lines of its authorities."""
    for at, paragraph in enumerate(paragraphs):
        if _DATE.fullmatch(paragraph) and at:
            first = at
            while (
                first
                and is_filled(paragraphs[first - 1])
                and not re.search("[。：:；;，,]", paragraphs[first - 1])
            ):
                first -= 1
            return at, first
    return None


def date_lost(paragraphs: Paragraphs, _rng: Random) -> Paragraphs | None:
    found = signing_of(paragraphs)
    return [*paragraphs[: found[0]], *paragraphs[found[0] + 1 :]] if found else None


def signature_lost(paragraphs: Paragraphs, _rng: Random) -> Paragraphs | None:
    found = signing_of(paragraphs)
    return [*paragraphs[: found[1]], *paragraphs[found[0] :]] if found and found[1] < found[0] else None


def signing_lost(paragraphs: Paragraphs, _rng: Random) -> Paragraphs | None:
    found = signing_of(paragraphs)
    return [*paragraphs[: found[1]], *paragraphs[found[0] + 1 :]] if found and found[1] < found[0] else None


def last_paragraph_lost(paragraphs: Paragraphs, _rng: Random) -> Paragraphs | None:
    filled = [at for at, paragraph in enumerate(paragraphs) if is_filled(paragraph)]
    return paragraphs[: filled[-1]] if len(filled) > 2 else None


def _one_of(paragraphs: Paragraphs, rng: Random, fits: Callable[[str], Any]) -> int | None:
    """Return the index of a paragraph that fits, neither among the first three nor the last; or None."""
    fitting = [at for at, each in enumerate(paragraphs) if 2 < at < len(paragraphs) - 1 and fits(each)]
    return rng.choice(fitting) if fitting else None


def item_lost(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    at = _one_of(paragraphs, rng, _HEADING.match)
    return [*paragraphs[:at], *paragraphs[at + 1 :]] if at is not None else None


def paragraph_half(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    at = _one_of(paragraphs, rng, lambda each: len(each) > 2 * _LONG)
    if at is None:
        return None
    end = rng.randint(len(paragraphs[at]) // 2, len(paragraphs[at]) - 4)
    return [*paragraphs[:at], paragraphs[at][:end], *paragraphs[at + 1 :]]


def tabs_lost(paragraphs: Paragraphs, _rng: Random) -> Paragraphs | None:
    text = [paragraph.replace("\t", "") for paragraph in paragraphs]
    return text if text != list(paragraphs) else None


def mark_lost(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    def without(paragraph: str) -> str:
        mark = rng.choice(list(_MARKS.finditer(paragraph)))
        return paragraph[: mark.start()] + paragraph[mark.end() :]

    return _edited(paragraphs, rng, _MARKS.search, without)


# -- what is moved or twice


def swapped(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    at = _one_of(paragraphs[:-1], rng, _HEADING.match)
    return (
        [*paragraphs[:at], paragraphs[at + 1], paragraphs[at], *paragraphs[at + 2 :]]
        if at is not None
        else None
    )


def paragraph_twice(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    at = _one_of(paragraphs, rng, lambda each: len(each) > _LONG and "\t" not in each)
    return [*paragraphs[: at + 1], *paragraphs[at:]] if at is not None else None


def text_twice(paragraphs: Paragraphs, _rng: Random) -> Paragraphs | None:
    return [*paragraphs, *paragraphs]


# -- wrong characters


def _edited(
    paragraphs: Paragraphs, rng: Random, fits: Callable[[str], Any], edit: Callable[[str], str]
) -> Paragraphs | None:
    at = _one_of(paragraphs, rng, lambda each: is_filled(each) and fits(each))
    return [*paragraphs[:at], edit(paragraphs[at]), *paragraphs[at + 1 :]] if at is not None else None


def inserted(text: str) -> Damage:
    """Return a damage that inserts a text into a long paragraph."""

    def damage(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
        def edit(paragraph: str) -> str:
            at = rng.randint(4, len(paragraph) - 4)
            return paragraph[:at] + text + paragraph[at:]

        return _edited(paragraphs, rng, lambda each: len(each) > _LONG and "\t" not in each, edit)

    return damage


def in_place_of_a_character(text: str) -> Damage:
    """Return a damage that replaces two ideographs of a long paragraph by a text."""

    def damage(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
        def edit(paragraph: str) -> str:
            places = [found.start() for found in re.finditer("(?<=[一-鿿])[一-鿿](?=[一-鿿])", paragraph)]
            for at in sorted(rng.sample(places, 2), reverse=True):
                paragraph = paragraph[:at] + text + paragraph[at + 1 :]
            return paragraph

        return _edited(paragraphs, rng, lambda each: len(re.findall("[一-鿿]", each)) > _LONG, edit)

    return damage


def decoded_as(encoding: str) -> Damage:
    """Return a damage that reads the UTF-8 of one paragraph in another encoding."""

    def damage(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
        return _edited(
            paragraphs,
            rng,
            lambda each: len(each) > 8,
            lambda each: re.sub("[<>&]", "", each.encode().decode(encoding, errors="replace")),
        )

    return damage


def letter_in_number(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    def edit(paragraph: str) -> str:
        found = rng.choice([each for each in _NUMBER.finditer(paragraph) if re.search("[01]", each.group())])
        return (
            paragraph[: found.start()]
            + found.group().replace("0", "O").replace("1", "l")
            + paragraph[found.end() :]
        )

    return _edited(
        paragraphs, rng, lambda each: any(re.search("[01]", number) for number in _NUMBER.findall(each)), edit
    )


def spaced(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    return _edited(paragraphs, rng, lambda each: len(re.findall("[一-鿿]", each)) > _LONG, " ".join)


# -- impossible facts


def impossible_date(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    return _edited(
        paragraphs,
        rng,
        _FULL_DATE.search,
        lambda each: _FULL_DATE.sub(lambda found: found.group().split("年")[0] + "年2月30日", each, count=1),
    )


def cited_in_brackets(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
    return _edited(paragraphs, rng, _CITED.search, lambda each: _CITED.sub(r"[\1]\2", each, count=1))


def out_of_force(paragraphs: Paragraphs, _rng: Random) -> Paragraphs | None:
    """Say at the end that the document was valid for a year only, ten years ago."""
    filled = [at for at, paragraph in enumerate(paragraphs) if is_filled(paragraph)]
    end = filled[-1]
    return [*paragraphs[: end + 1], "本文件自2014年1月1日起施行，有效期1年。", *paragraphs[end + 1 :]]


def own_paragraph(text: str) -> Damage:
    """Return a damage that adds a paragraph."""

    def damage(paragraphs: Paragraphs, rng: Random) -> Paragraphs | None:
        at = rng.randint(2, len(paragraphs) - 1) if len(paragraphs) > 3 else None
        return [*paragraphs[:at], text, *paragraphs[at:]] if at is not None else None

    return damage


TEXT_DAMAGE: Final[Mapping[str, Damage]] = {
    "head cut, 5 to 30 characters": head_cut(5, 30),
    "head cut, 31 to 100": head_cut(31, 100),
    "head cut, 101 to 200": head_cut(101, 200),
    "head cut, 201 to 400": head_cut(201, 400),
    "tail cut, 1 to 30 characters": tail_cut(1, 30),
    "tail cut, 31 to 400": tail_cut(31, 400),
    "signature lost": signature_lost,
    "date of the signature lost": date_lost,
    "signature and date lost": signing_lost,
    "last paragraph lost": last_paragraph_lost,
    "an item lost": item_lost,
    "a long paragraph cut": paragraph_half,
    "tabs lost": tabs_lost,
    "a bracket or quotation mark lost": mark_lost,
    "two items swapped": swapped,
    "a paragraph twice": paragraph_twice,
    "the whole text twice": text_twice,
    "U+FFFD for two characters": in_place_of_a_character("\ufffd"),
    "a private-use character": inserted("\ue5e5"),
    "? for two characters": in_place_of_a_character("?"),
    "a paragraph read as Latin-1": decoded_as("latin-1"),
    "a paragraph read as Windows-1252": decoded_as("cp1252"),
    "a paragraph read as GBK": decoded_as("gbk"),
    "a paragraph read as Big5": decoded_as("big5"),
    "an entity left over": inserted("&nbsp;"),
    "half an entity: nbsp;": inserted("nbsp;"),
    "half an entity: &ldquo": inserted("&ldquo"),
    "half an entity: #8220;": inserted("#8220;"),
    "an escape left over": inserted("\\u3000"),
    "a tag left over, escaped": inserted("&lt;br/&gt;"),
    "a style left over": inserted("font-family:宋体;"),
    "letters in a number": letter_in_number,
    "blanks between characters": spaced,
    "a line feed": inserted("\n"),
    "a page number": own_paragraph("— 3 —"),
    "residue of Word": inserted("错误!未找到引用源。"),
    "a placeholder": own_paragraph("联系人：XXX，联系电话：XXXXXXXX。"),
    "a mobile number": inserted("13912345678"),
    "an identity card": inserted("11010519491231002X"),
    "an impossible date": impossible_date,
    "a cited number in wrong brackets": cited_in_brackets,
    "out of force": out_of_force,
    "an annex named, no file": own_paragraph("附件：1.申报表"),
}


# -- the record


def _of_another(record: Record, other: Record, _rng: Random) -> Record:
    return {**record, "policyText": other["policyText"]}


def _year_of_number(record: Record, _other: Record, _rng: Random) -> Record | None:
    number = record["issueNumber"]
    year = re.search(r"〔(\d{4})〕", number)
    wrong = number.replace(year[0], f"〔{int(year[1]) - 2}〕") if year else number
    return (
        {**record, "issueNumber": wrong} if signing_of(paragraphs_of(record["policyText"])) and year else None
    )


def _published_early(record: Record, _other: Record, _rng: Random) -> Record | None:
    signed = signing_of(paragraphs_of(record["policyText"]))
    year = int(record["publishTime"][:4]) - 3
    return {**record, "publishTime": f"{year}{record['publishTime'][4:]}"} if signed else None


def _title_cut(record: Record, _other: Record, _rng: Random) -> Record:
    return {**record, "policyTitle": record["policyTitle"][:-4]}


RECORD_DAMAGE: Final[Mapping[str, Callable[[Record, Record, Random], Record | None]]] = {
    "the text of another policy": _of_another,
    "the number of another year": _year_of_number,
    "published before it was signed": _published_early,
    "the end of the title lost": _title_cut,
}
