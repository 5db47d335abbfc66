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
        self._used_sentences: set[str] = set()
        self._used_clauses: set[str] = set()

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
        self._used_clauses.clear()

    def goal(self) -> str:
        """Return a target as a clause without a full stop."""
        return self.fill(next(self._goals))

    def task(self, theme: Theme) -> str:
        """Return a short sentence for a cell of a table."""
        return self._unused_sentence(lambda: f"{self._next_action(theme)},{self._next_action(theme)}。")

    def sentence(self, theme: Theme) -> str:
        """Return a sentence of a plan: an action and its purpose."""
        self._turn += 1
        # The shapes alternate, so that neighbouring sentences differ.
        shape = (self._sentence_with_lead, self._plain_sentence, self._sentence_with_result)[self._turn % 3]
        return self._unused_sentence(lambda: shape(theme))

    def norm(self, theme: Theme) -> str:
        """Return a sentence of a regulation: a subject and its duty."""
        self._turn += 1
        ended = self._turn % 2 == 0
        return self._unused_sentence(lambda: self._duty(theme, ended))

    def listing(self) -> tuple[str, ...]:
        """Return an introduction that ends with a colon, then its items without their numbers."""
        intro, items = next(self._lists)
        return self._unused_sentence(lambda: self.phrase(intro)), *(self.phrase(item) for item in items)

    def _next_action(self, theme: Theme) -> str:
        return self._next_clause(self._acts[theme.key])

    def _next_clause(self, deck: Iterator[Template]) -> str:
        # A theme has about a dozen acts, so a long paragraph may have to repeat one.
        for _ in range(12):
            clause = self.fill(next(deck))
            if clause not in self._used_clauses:
                break
        self._used_clauses.add(clause)
        return clause

    def _sentence_with_lead(self, theme: Theme) -> str:
        return f"{self._next_clause(self._leads)},{self._next_action(theme)},{self._next_action(theme)}。"

    def _plain_sentence(self, theme: Theme) -> str:
        return f"{self._next_action(theme)},{self._next_action(theme)},{self._next_action(theme)}。"

    def _sentence_with_result(self, theme: Theme) -> str:
        return f"{self._next_action(theme)},{self._next_action(theme)},{self._next_clause(self._results)}。"

    def _duty(self, theme: Theme, ended: bool) -> str:
        end = f",{self._next_clause(self._results)}" if ended else ""
        return f"{next(self._subjects)}应当{self._next_action(theme)},{self._next_action(theme)}{end}。"

    def _unused_sentence(self, make: Callable[[], str]) -> str:
        # With 200 attempts a sentence is new unless the vocabulary is nearly used up.
        for _ in range(200):
            sentence = make()
            if sentence not in self._used_sentences:
                self._used_sentences.add(sentence)
                return sentence
        raise RuntimeError("the vocabulary is exhausted: the document is too long for its domain")
