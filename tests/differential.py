"""Compare the engine with the reference on real text: ``python -m tests.differential [--characters] FILE...``.

The lexicon of each file is made of the file's own words and phrases, so that nearly every text has units.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tqdm import tqdm

from lexswitch import CharacterTokenizer, CodeSwitcher, Lexicon, WordTokenizer
from lexswitch.engine.characters import normalise_term

from .reference import Reference, are_joined, find_words

_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？；])")
_BATCH = 997
LANGUAGES = ("de", "gag", "ru", "zh")
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"draw_language": "text", "p": 1.0, "epoch": 3},
    {
        "languages": {"de": 1, "gag": 2.5, "zh": 0.5},
        "p": {"de": 0.9, "gag": 0.4, "zh": 1},
        "missing": "keep",
        "seed": 7,
    },
    {"p": 0.9, "candidates": "weighted", "case": "lexicon", "protect": None},
    {"p": 0.6, "runs": 3, "candidates": "weighted"},
    {"languages": {"de": 1, "gag": 2.5, "zh": 0.5}, "p": 0.4, "runs": 1.1, "missing": "keep"},
    {"p": 0.7, "candidates": "uniform", "protect": r"\w*[aeо]\b", "max_words": 2},
)


def split(texts: Iterable[str]) -> list[str]:
    """Sentences, each once."""
    pieces = (piece for text in texts for piece in _SENTENCE_END.split(text))
    return list(dict.fromkeys(piece for piece in pieces if piece and not piece.isspace()))


def make_pairs(texts: Sequence[str], tokenizer: Any, seed: int = 0) -> dict[str, list[tuple[str, str, float]]]:
    """Pairs of about half of the words, and of phrases of two to four words, in some of the languages."""
    chance = random.Random(seed)
    terms: dict[str, None] = {}
    for text in texts:
        words = find_words(text, tokenizer)
        for first, size in itertools.product(range(len(words)), (1, 2, 3, 4)):
            chosen = words[first : first + size]
            gaps = [text[end:start] for (_, end), (start, _) in pairwise(chosen)]
            if len(chosen) == size and all(map(are_joined, gaps)) and chance.random() < (0.3 if size == 1 else 0.03):
                terms[text[chosen[0][0] : chosen[-1][1]]] = None
    pairs: dict[str, list[tuple[str, str, float]]] = {language: [] for language in LANGUAGES}
    for term in terms:
        for language in chance.sample(LANGUAGES, chance.randint(1, len(LANGUAGES))):
            candidates = [term[::-1].strip(), f"{language} {normalise_term(term)}", "ßtraße"]
            for translation in candidates[: chance.randint(1, 3)]:
                pairs[language].append((term, translation, chance.choice((0.5, 1.0, 1.0, 2.5))))
    return pairs


def compare(texts: Sequence[str], by_character: bool = False) -> tuple[int, list[str]]:
    """The number of texts compared, and the texts for which texts or switches differ."""
    tokenizer = CharacterTokenizer() if by_character else WordTokenizer()
    max_words = 8 if by_character else 4
    pairs = make_pairs(texts, tokenizer)
    lexicon = Lexicon.from_pairs(pairs)
    runs = [_Run(pairs, lexicon, {"tokenizer": tokenizer, "max_words": max_words} | options) for options in OPTIONS]
    batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
    # Of many batches each goes through one set of options, of few each through all.
    turns = zip(batches, itertools.cycle(runs)) if len(batches) > 1 else itertools.product(batches, runs)
    different = [text for batch, run in tqdm(turns, disable=None, leave=False) for text in run.different(batch)]
    return len(texts), different


class _Run:
    """Both switchers with the same options."""

    def __init__(self, pairs: Any, lexicon: Lexicon, options: dict[str, Any]) -> None:
        self._epoch = options.pop("epoch", 0)
        self._reference = Reference(pairs, **options)
        self._switcher = CodeSwitcher(lexicon, **options)

    def different(self, texts: Sequence[str]) -> Iterator[str]:
        expected, switches = self._reference.switch(texts, epoch=self._epoch)
        switched = self._switcher.trace(texts, epoch=self._epoch)
        applied = self._switcher.apply(texts, epoch=self._epoch)
        rows = {row for row, text in enumerate(expected) if not text == switched.texts[row] == applied[row]}
        rows |= {switch.row for switch in set(switches) ^ set(switched.switches)}
        return (texts[row] for row in sorted(rows))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="UTF-8 text, one text per line")
    parser.add_argument("--characters", action="store_true", help="CharacterTokenizer with max_words = 8")
    given = parser.parse_args(arguments)
    total, bad = 0, 0
    for file in given.files:
        compared, different = compare(split(file.read_text(encoding="utf-8").splitlines()), given.characters)
        total, bad = total + compared, bad + len(different)
        print(f"{file.name}: {compared:,} texts, {len(different):,} different", flush=True)
        for text in different[:5]:
            print(f"    {text!a}")
    print(f"{total:,} texts compared, {bad:,} different")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
