"""Writes the sentences of one document, on its subject and each only once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from standin.seed.vocabulary import Domain, Template, Theme, deal, phrases, themes


class Prose:
    """A writer for one document; it remembers the sentences that it has written."""

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
        """Return the phrase with the next noun of its kind in each slot."""
        text = template.head
        for slot, tail in template.slots:
            text += next(self._nouns[slot]) + tail
        return text

    def phrase(self, text: str) -> str:
        """Parse a phrase and fill its slots."""
        return self.fill(Template.parse(text))

    def begin_paragraph(self) -> None:
        """Allow the clauses of the paragraph before again, but not its sentences."""
        self._clauses.clear()

    def goal(self) -> str:
        """Return a target as a clause without a full stop."""
        return self.fill(next(self._goals))

    def task(self, theme: Theme) -> str:
        """Return a short sentence for a cell of a table."""
        return self._fresh(lambda: f"{self._act(theme)},{self._act(theme)}。")

    def sentence(self, theme: Theme) -> str:
        """Return a sentence of a plan: an action and its purpose."""
        self._turn += 1
        # The shapes alternate, so that neighbouring sentences differ.
        shape = (self._led, self._plain, self._ended)[self._turn % 3]
        return self._fresh(lambda: shape(theme))

    def norm(self, theme: Theme) -> str:
        """Return a sentence of a regulation: a subject and its duty."""
        self._turn += 1
        ended = self._turn % 2 == 0
        return self._fresh(lambda: self._norm(theme, ended))

    def listing(self) -> tuple[str, ...]:
        """Return an introduction that ends with a colon, then its items without their numbers."""
        intro, items = next(self._lists)
        return self._fresh(lambda: self.phrase(intro)), *(self.phrase(item) for item in items)

    def _act(self, theme: Theme) -> str:
        return self._clause(self._acts[theme.key])

    def _clause(self, deck: Iterator[Template]) -> str:
        # A theme has about a dozen acts, so a long paragraph may have to repeat one.
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
        # With 200 attempts a sentence is new unless the vocabulary is nearly used up.
        for _ in range(200):
            sentence = make()
            if sentence not in self._said:
                self._said.add(sentence)
                return sentence
        raise RuntimeError("the vocabulary is exhausted: the document is too long for its domain")
