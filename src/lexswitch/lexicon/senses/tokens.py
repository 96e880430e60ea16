"""The words of texts, as hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from numbers import Real
from typing import TypeAlias

import numpy as np

from ...engine.hashing import word_keys
from ...engine.packing import Floats, Hashes, Ints, Packed, pack
from ...errors import LexiconError
from ...text.tokenizers import WordTokenizer, words_of

TextSource: TypeAlias = "Iterable[str] | Mapping[str, float]"

_BATCH = 10_000
"""Number of texts that are read at once."""

STEM_LETTERS = 5
"""Words with the same first five letters form a class (McNamee & Mayfield, Information Retrieval 7, 2004)."""


class TokenHashes:
    """The words of a batch of texts in one language, with hashes of the words and of their beginnings."""

    def __init__(self, packed: Packed, language: str) -> None:
        words = words_of(packed, WordTokenizer(), language=language)
        self._buffer, self._offsets, self._lengths = words.buffer, words.offsets, words.lengths
        self._characters = ((words.buffer & 0xC0) != 0x80).nonzero()[0]
        self._at = np.searchsorted(self._characters, words.offsets)
        self.first = np.searchsorted(words.starts, packed.starts)
        """Shape (rows + 1,): first word of each row."""
        self.rows = np.repeat(np.arange(len(packed)), np.diff(self.first))
        self.sizes = np.searchsorted(self._characters, words.offsets + words.lengths) - self._at
        """Characters of each word."""

    def keys(self, sizes: Ints | int, chosen: Ints | slice = slice(None)) -> Hashes:
        """Return hashes of the first `sizes` characters of each chosen word, or of all if it has fewer."""
        offsets = self._offsets[chosen]
        behind = np.minimum(self._at[chosen] + sizes, len(self._characters) - 1)
        lengths = np.minimum(self._characters[behind] - offsets, self._lengths[chosen])
        return word_keys(self._buffer, offsets, lengths, int(lengths.max(initial=0)), 0).keys

    def classes(self) -> Hashes:
        """Return the class of each row that is a single word, 0 for others."""
        counts = np.diff(self.first)
        classes = np.zeros(len(counts), dtype=np.uint64)
        classes[counts == 1] = self.keys(STEM_LETTERS)[self.first[:-1][counts == 1]]
        return classes


def read_tokens(language: str, text: TextSource) -> Iterator[tuple[TokenHashes, Floats | None]]:
    """Yield the words of texts, batch by batch. Words from a list of frequencies come with their frequencies."""
    name = f"texts[{language!r}]"
    if isinstance(text, Mapping):
        yield from _read_frequencies(name, language, text)
        return
    from tqdm import tqdm

    rest, first = iter(tqdm(text, desc=f"reading {name}", unit=" texts", disable=None, delay=1)), 0
    while batch := list(islice(rest, _BATCH)):
        for row, each in enumerate(batch, first):
            if not isinstance(each, str):
                raise TypeError(f"{name}[{row}] is {type(each).__name__}, not str; pass a list of str")
        yield TokenHashes(pack(batch, first, name), language), None
        first += len(batch)


def _read_frequencies(name: str, language: str, text: Mapping[str, float]) -> Iterator[tuple[TokenHashes, Floats]]:
    """Yield the words and their frequencies in units of the smallest one, as if they were counts."""
    for word, frequency in text.items():
        if not isinstance(word, str):
            raise TypeError(f"{name} has {word!r}; a word must be str")
        if not isinstance(frequency, Real) or not 0 <= float(frequency) < float("inf"):
            raise LexiconError(f"{name}[{word!r}] is {frequency!r}; a frequency is a finite number of at least 0")
    words = [word for word, frequency in text.items() if frequency > 0]
    if words:
        frequencies = np.array([float(text[word]) for word in words])
        tokens = TokenHashes(pack(words, name=name), language)
        alone = np.diff(tokens.first)[tokens.rows] == 1  # entries of several words are ignored
        yield tokens, (frequencies / frequencies.min())[tokens.rows] * alone


def find_sorted(values: Hashes, wanted: Hashes) -> Ints:
    """Return the positions of the wanted values among sorted, distinct values; -1 for missing ones."""
    if not len(values):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
    return np.where(values[at] == wanted, at, -1)
