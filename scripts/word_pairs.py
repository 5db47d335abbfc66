"""Writes framework/policy/word_pairs.txt from a word list: one word, its frequency and its kind a line.

The list is dict.txt of jieba 0.42.1 (MIT): python scripts/word_pairs.py DICT
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from framework.policy.confusions import FILE, confusable  # noqa: E402

FREQUENT, KNOWN, RARE = 1000, 100, 10
OFTEN_ALONE = 20_000
HEADER = """\
# Pairs of adjacent characters in Chinese words, of which one is in confusables.txt: a character, then, each
# after a tab, what follows it frequently, sometimes and rarely. First, characters that are words themselves.
# Written by scripts/word_pairs.py from the word list of jieba 0.42.1, Copyright (c) 2013 Sun Junyi, MIT
# License: it may be used, copied, changed and distributed if this notice is kept; it has no warranty.
"""


def main(path: Path) -> None:
    pairs: Counter[str] = Counter()
    alone: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        word, frequency, *_ = line.split(" ")
        for at in range(len(word) - 1):
            pairs[word[at : at + 2]] += int(frequency)
        if len(word) == 1 and int(frequency) >= OFTEN_ALONE:
            alone.append(word)
    characters = confusable()
    followers: dict[str, list[str]] = {}
    for pair, frequency in sorted(pairs.items()):
        if frequency >= RARE and (pair[0] in characters or pair[1] in characters):
            level = 0 if frequency >= FREQUENT else 1 if frequency >= KNOWN else 2
            lists = followers.setdefault(pair[0], ["", "", ""])
            lists[level] += pair[1]
    lines = ["".join(sorted(alone)), *("\t".join((char, *lists)) for char, lists in followers.items())]
    FILE.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
