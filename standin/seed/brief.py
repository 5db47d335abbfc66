"""What a text is to be about: the facts that its document must agree with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from standin.seed.vocabulary import Domain

PLAN, MEASURES, RULES, OPINION, REGULATION = "plan", "measures", "rules", "opinion", "regulation"


@dataclass(frozen=True)
class Brief:
    """The facts of one document.

    ``plan`` is the document that a notice issues (without 《》), or None; ``dated`` is the day of signature
    or of adoption; ``chars`` is the wanted length of the HTML in characters; ``rows`` is the length of the
    table of tasks that is annexed to a plan (0: none); ``region`` is how the text calls the place it is for.
    """

    title: str
    number: str
    form: str
    domain: Domain
    level: int
    signers: tuple[str, ...]
    salutation: str
    region: str
    dated: date
    plan: str | None
    chars: int
    rows: int = 0

    @property
    def head(self) -> str:
        """The title without the blanks that the service's titles have at line ends (evidenced)."""
        return re.sub(r"\s", "", self.title)

    @property
    def plan_name(self) -> str:
        """The issued document's name without its years, as its own heading has it."""
        return self.plan_parts[0]

    @property
    def plan_parts(self) -> tuple[str, str]:
        """The issued document's name and its years ``(2023—2027年)``, which are "" when it has none."""
        found = re.fullmatch(r"(.*?)(\(\d{4}—\d{4}年\))?", self.plan or self.head)
        assert found is not None
        return found[1], found[2] or ""


def written(day: date) -> str:
    """Write a day the official way: 2024年3月22日."""
    return f"{day.year}年{day.month}月{day.day}日"
