"""The parts of a document's layout: fixed paragraphs, and gaps for sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from standin.seed.brief import Brief, written
from standin.seed.numerals import chinese
from standin.seed.vocabulary import Theme, themes

BREAK = "<br>"
WRAPPING = len("<p></p>")


@dataclass(frozen=True)
class Gap:
    """A paragraph that is filled with sentences on a theme after its opening."""

    opening: str
    theme: Theme
    normative: bool = False


Item = str | Gap


def fixed_length(item: Item) -> int:
    """Return the number of characters of HTML for an item before its gap is filled."""
    return WRAPPING + len(item if isinstance(item, str) else item.opening)


def masthead(brief: Brief) -> list[Item]:
    """Return the title, the issue number and the salutation."""
    return [brief.head, brief.number, BREAK, brief.salutation]


def signature(brief: Brief) -> list[Item]:
    """Return the issuers, the day and the note on publication."""
    return [*brief.signers, written(brief.dated), BREAK, "(此件公开发布)"]


def transmittal(brief: Brief, rng: Random) -> list[Item]:
    """Return a notice that issues a plan: masthead, one sentence, signature, and the heading of the plan."""
    approval = rng.choice(("已经研究同意", "已经审议通过", "已经会议审定"))
    request = rng.choice(("请结合实际认真贯彻执行", "请认真组织实施", "请遵照执行"))
    name, years = brief.plan_parts
    issued = f"《{brief.plan}》{approval},现印发给你们,{request}。"
    heading: list[Item] = [name, years] if years else [name]
    return [*masthead(brief), issued, BREAK, *signature(brief), BREAK, *heading, BREAK]


def pick_themes(rng: Random, count: int) -> list[Theme]:
    """Choose themes, in the order of their file."""
    chosen = sorted(rng.sample(range(len(themes())), count))
    return [themes()[i] for i in chosen]


def headings(names: Iterable[str]) -> Iterator[str]:
    """Number headings 一、二、三、."""
    return (f"{chinese(i)}、{name}" for i, name in enumerate(names, 1))


def bracketed(number: int) -> str:
    """Number a section (一), (二)."""
    return f"({chinese(number)})"


def listed(items: tuple[str, ...]) -> list[Item]:
    """Return the items of a list: (一)...; (二)...。"""
    last = len(items)
    return [f"{bracketed(i)}{item}{'。' if i == last else ';'}" for i, item in enumerate(items, 1)]
