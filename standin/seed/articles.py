"""Lays out documents with chapters and articles: rules that a notice issues, and regulations."""

from __future__ import annotations

from datetime import date
from random import Random

from standin.seed.brief import Brief, written
from standin.seed.layout import BREAK, Gap, Item, listed, pick_themes, transmittal
from standin.seed.numerals import chinese
from standin.seed.prose import Prose
from standin.seed.vocabulary import Theme, phrases, themes

# The average length of an article, from which the number of articles is computed.
CHARS_PER_ARTICLE = 165


def rules(brief: Brief, prose: Prose, rng: Random) -> list[Item]:
    """Return a notice with rules (办法) in chapters."""
    chapters = _chapters(brief, prose, rng, brief.chars - 900)
    return [*transmittal(brief, rng), *_read_body(chapters)]


def regulation(brief: Brief, prose: Prose, rng: Random) -> list[Item]:
    """Return a regulation (条例): title, adoption, table of contents, chapters."""
    chapters = _chapters(brief, prose, rng, brief.chars - 700)
    contents = [f"第{chinese(i)}章 {name}" for i, (name, _) in enumerate(chapters, 1)]
    adopted = brief.number if brief.number.startswith("(") else f"({brief.number})"
    return [brief.head, BREAK, adopted, BREAK, "目录", BREAK, *contents, BREAK, *_read_body(chapters)]


Article = list[Item]
Chapter = tuple[str, list[Article]]


def _read_body(chapters: list[Chapter]) -> list[Item]:
    """Number the chapters, and the articles without a restart in each chapter."""
    items: list[Item] = []
    number = 0
    for i, (name, articles) in enumerate(chapters, 1):
        items += [f"第{chinese(i)}章 {name}"]
        for first, *rest in articles:
            number += 1
            items += [_numbered(number, first), *rest]
    return items


def _numbered(number: int, first: Item) -> Item:
    label = f"第{chinese(number)}条 "
    if isinstance(first, str):
        return label + first
    return Gap(label + first.opening, first.theme, first.normative)


def _chapters(brief: Brief, prose: Prose, rng: Random, body: int) -> list[Chapter]:
    articles = max(10, body // CHARS_PER_ARTICLE)
    # Three to eight chapters, with about six articles in each.
    count = min(8, max(3, articles // 6))
    general = _general_provisions(brief, prose)
    free = max(count, articles - len(general) - 6)
    chosen = [t for t in pick_themes(rng, count) if t.key != "supervision"]
    named = [(t.chapter, _articles(t, free // len(chosen), prose, rng)) for t in chosen]
    before = len(general) + sum(len(found) for _, found in named)
    return [
        ("总则", general),
        *named,
        ("法律责任", _liability(brief, before, rng)),
        ("附则", _closing_provisions(brief)),
    ]


def _general_provisions(brief: Brief, prose: Prose) -> list[Article]:
    own = _own_name(brief)
    aim = prose.phrase("为了促进{K}发展,规范{S}活动,保障{W}合法权益")
    service = themes()[1]
    return [
        [f"{aim},根据有关法律、行政法规,结合{brief.region}实际,制定{own}。"],
        [f"{brief.region}范围内的相关工作及其监督管理,适用{own}。"],
        [prose.phrase("{S}工作应当遵循统筹规划、公开公平、便民高效的原则。")],
        [Gap("", service, normative=True)],
    ]


def _articles(theme: Theme, count: int, prose: Prose, rng: Random) -> list[Article]:
    articles: list[Article] = [[Gap("", theme, normative=True)] for _ in range(max(2, count - 1))]
    intro, *items = prose.listing()
    articles.insert(rng.randrange(len(articles)) + 1, [intro, *listed(tuple(items))])
    return articles


def _liability(brief: Brief, before: int, rng: Random) -> list[Article]:
    """Return the articles on liability, each of which refers to an existing article before it."""
    own = _own_name(brief)
    # Not the general provisions at the beginning, which nobody can violate.
    cited = sorted(rng.sample(range(5, before + 1), 4))
    chosen = rng.sample(phrases().liability, 4)
    return [[text.format(X=own, N=chinese(n))] for text, n in zip(chosen, cited, strict=True)]


def _closing_provisions(brief: Brief) -> list[Article]:
    own = _own_name(brief)
    if own != "本条例":
        return [[f"{own}由印发机关负责解释。"], [f"{own}自印发之日起施行。"]]
    return [[f"{own}自{written(_first_day_in_force(brief.dated))}起施行。"]]


def _first_day_in_force(adopted: date) -> date:
    """Return the first day of the third month after adoption."""
    months = adopted.year * 12 + adopted.month - 1 + 3
    return date(months // 12, months % 12 + 1, 1)


def _own_name(brief: Brief) -> str:
    return "本条例" if brief.form == "regulation" else "本办法"
