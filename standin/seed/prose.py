"""Sentences for one document: on its subject, whole, and never the same one twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from standin.seed.vocabulary import Domain, Template, Theme, deal, phrases, themes


class Prose:
    """A writer for one document. It keeps state (what was said already), so make one per document."""

    def __init__(self, domain: Domain, level: int, rng: Random) -> None:
        self._nouns = {slot: deal(nouns, rng) for slot, nouns in domain.nouns.items()}
        self._acts: dict[str, Iterator[Template]] = {t.key: deal(t.acts, rng) for t in themes()}
        self._leads = deal(phrases().leads, rng)
        self._results = deal(phrases().results, rng)
        self._goals = deal(phrases().goals, rng)
        self._subjects = deal(phrases().norm_subjects[level], rng)
        self._lists = deal(phrases().lists, rng)
        self._turn = 0
        self._said: set[str] = set()
        self._clauses: set[str] = set()

    def fill(self, template: Template) -> str:
        """Put the next noun of its kind into each slot."""
        text = template.head
        for slot, tail in template.slots:
            text += next(self._nouns[slot]) + tail
        return text

    def phrase(self, text: str) -> str:
        """Fill a phrase that was not split before."""
        return self.fill(Template.parse(text))

    def begin_paragraph(self) -> None:
        """Allow clauses again that the paragraph before had used up; whole sentences stay used."""
        self._clauses.clear()

    def goal(self) -> str:
        """A target, as a clause without its full stop."""
        return self.fill(next(self._goals))

    def task(self, theme: Theme) -> str:
        """A short sentence for a cell of a table."""
        return self._fresh(lambda: f"{self._act(theme)},{self._act(theme)}。")

    def sentence(self, theme: Theme) -> str:
        """A sentence of a plan: what is done and to what end."""
        self._turn += 1
        shape = (self._led, self._plain, self._ended)[self._turn % 3]
        return self._fresh(lambda: shape(theme))

    def norm(self, theme: Theme) -> str:
        """A sentence of a regulation: who must do what."""
        self._turn += 1
        ended = self._turn % 2 == 0
        return self._fresh(lambda: self._norm(theme, ended))

    def listing(self) -> tuple[str, ...]:
        """An introduction ending in a colon, then its items (一), (二) without their numbers."""
        intro, items = next(self._lists)
        return self._fresh(lambda: self.phrase(intro)), *(self.phrase(item) for item in items)

    def _act(self, theme: Theme) -> str:
        return self._clause(self._acts[theme.key])

    def _clause(self, deck: Iterator[Template]) -> str:
        # A theme has about a dozen acts: a long paragraph may need one of them again, after all have been
        # tried.
        for _ in range(12):
            clause = self.fill(next(deck))
            if clause not in self._clauses:
                break
        self._clauses.add(clause)
        return clause

    def _led(self, theme: Theme) -> str:
        return f"{self._clause(self._leads)},{self._act(theme)},{self._act(theme)}。"

    def _plain(self, theme: Theme) -> str:
        return f"{self._act(theme)},{self._act(theme)},{self._act(theme)}。"

    def _ended(self, theme: Theme) -> str:
        return f"{self._act(theme)},{self._act(theme)},{self._clause(self._results)}。"

    def _norm(self, theme: Theme, ended: bool) -> str:
        end = f",{self._clause(self._results)}" if ended else ""
        return f"{next(self._subjects)}应当{self._act(theme)},{self._act(theme)}{end}。"

    def _fresh(self, make: Callable[[], str]) -> str:
        for _ in range(200):
            sentence = make()
            if sentence not in self._said:
                self._said.add(sentence)
                return sentence
        raise RuntimeError("the vocabulary is exhausted: the document is too long for its domain")
