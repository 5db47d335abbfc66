"""The brief for a text: the facts that its document must agree with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from standin.seed.vocabulary import Domain

PLAN, MEASURES, RULES, OPINION, REGULATION = "plan", "measures", "rules", "opinion", "regulation"


@dataclass(frozen=True)
class Brief:
    """The facts of one document.

    ``plan`` is the document that a notice issues (without 《》), or None. ``dated`` is the day of signature
    or adoption. ``chars`` is the desired length of the HTML in characters. ``rows`` is the number of rows in
    the annexed table of tasks (0: no table). ``region`` is the text's word for the place that it is for.
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
        """The title without the blanks that titles of the service have at line ends (evidenced)."""
        return re.sub(r"\s", "", self.title)

    @property
    def plan_name(self) -> str:
        """The name of the issued document without its years, as in its own heading."""
        return self.plan_parts[0]

    @property
    def plan_parts(self) -> tuple[str, str]:
        """The name of the issued document and its years ``(2023—2027年)``, or "" if it has none."""
        # The name is as short as possible, so that the years are not part of it.
        found = re.fullmatch(r"(.*?)(\(\d{4}—\d{4}年\))?", self.plan or self.head)
        assert found is not None
        return found[1], found[2] or ""


def written(day: date) -> str:
    """Return a day in the official form: 2024年3月22日."""
    return f"{day.year}年{day.month}月{day.day}日"
