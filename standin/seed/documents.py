"""Composes official documents in the service's HTML grammar ``^(<p>(<br>|[^<>&]+)</p>)+$`` (evidenced).

A document is first laid out as a list of paragraphs and gaps; then the gaps are filled up to the desired
length. As in the recorded reply, punctuation is half-width and there are no runs of blanks. Unlike there,
every text is sound: it begins with the title, ends with a sentence, and is numbered without gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random

from standin.seed import brief as b
from standin.seed.articles import regulation, rules
from standin.seed.brief import Brief
from standin.seed.layout import Gap, Item, fixed_length
from standin.seed.plans import measures, opinion, plan
from standin.seed.prose import Prose

LAYOUTS: Mapping[str, Callable[[Brief, Prose, Random], list[Item]]] = {
    b.PLAN: plan,
    b.MEASURES: measures,
    b.RULES: rules,
    b.OPINION: opinion,
    b.REGULATION: regulation,
}


def compose(brief: Brief) -> str:
    """Return the HTML of the document, always the same for the same brief; the length is accurate to 2%."""
    rng = Random(f"{brief.title} {brief.number}")  # noqa: S311 - the same text at every start
    prose = Prose(brief.domain, brief.level, rng)
    layout = LAYOUTS[brief.form](brief, prose, rng)
    return "".join(f"<p>{paragraph}</p>" for paragraph in _filled(layout, prose, brief.chars))


def _filled(layout: list[Item], prose: Prose, wanted: int) -> Iterator[str]:
    # The rest of the desired length is divided evenly among the gaps that are left.
    gaps = sum(isinstance(item, Gap) for item in layout)
    left = wanted - sum(fixed_length(item) for item in layout)
    for item in layout:
        if isinstance(item, str):
            yield item
            continue
        paragraph = item.opening + _sentences(item, prose, left / gaps)
        left -= len(paragraph) - len(item.opening)
        gaps -= 1
        yield paragraph


def _sentences(gap: Gap, prose: Prose, budget: float) -> str:
    prose.begin_paragraph()
    write = prose.norm if gap.normative else prose.sentence
    text = write(gap.theme)
    # Stop if half of an average sentence would not fit any more.
    while len(text) + len(text) / (text.count("。") * 2) < budget:
        text += write(gap.theme)
    return text
