"""How often candidates occur in text of the domain."""

from __future__ import annotations

import numpy as np

from ...engine.packing import Floats, Hashes
from ..validation import LEAST_WEIGHT
from .tokens import TokenHashes, find_sorted

_KIN = 0.1
"""Weight of an occurrence of a word with the same stem. The candidate itself has weight 1."""
_ENDING, _STEM = 2, 4
"""The stem is a word without its last two letters, but at least four letters."""
_UNSEEN = 0.01
"""Count of a word that does not occur."""
_FURTHER_WORD = 1 / 3
"""The frequency of a phrase is that of its rarest word, times this factor for each word but one."""


class OccurrenceCounter:
    """Counts the words of some candidates in text, and the words with the same stems."""

    def __init__(self, candidates: TokenHashes) -> None:
        self._of_word = candidates.keys(candidates.sizes)
        self._of_stem = candidates.keys(np.maximum(candidates.sizes - _ENDING, _STEM))
        self._words, self._stems = _Tally(self._of_word), _Tally(self._of_stem)

    def add(self, tokens: TokenHashes, counts: Floats | None) -> None:
        distinct, first, inverse = np.unique(tokens.keys(tokens.sizes), return_index=True, return_inverse=True)
        amounts = np.bincount(inverse, counts, len(distinct)).astype(np.float64)
        self._words.add(distinct, amounts)
        for size in range(_STEM, int(tokens.sizes.max(initial=0)) + 1):
            long = (tokens.sizes[first] >= size).nonzero()[0]
            self._stems.add(tokens.keys(size, first[long]), amounts[long])

    @property
    def has_any(self) -> bool:
        """Whether any of the words, or a word with the same stem, was counted."""
        return self._words.has_any or self._stems.has_any

    def frequencies(self, candidates: TokenHashes) -> Floats:
        """Return the smoothed frequency of each candidate."""
        exact, kin = self._words.of(self._of_word), self._stems.of(self._of_stem)
        words = _UNSEEN + exact + _KIN * np.maximum(kin - exact, 0)
        counts = np.diff(candidates.first)
        result = np.full(len(counts), _UNSEEN)
        some = (counts > 0).nonzero()[0]
        if some.size:
            result[some] = np.minimum.reduceat(words, candidates.first[some])
        factors = np.multiply.accumulate(np.append(1.0, np.full(counts.max(initial=1), _FURTHER_WORD)))
        frequencies: Floats = np.maximum(result * factors[np.maximum(counts - 1, 0)], LEAST_WEIGHT)
        return frequencies


class _Tally:
    """Sums of amounts by key."""

    def __init__(self, keys: Hashes) -> None:
        self._keys = np.unique(keys)
        self._sums = np.zeros(len(self._keys))

    def add(self, keys: Hashes, amounts: Floats) -> None:
        at = find_sorted(self._keys, keys)
        known = at >= 0
        self._sums += np.bincount(at[known], amounts[known], len(self._keys))

    @property
    def has_any(self) -> bool:
        return bool(self._sums.any())

    def of(self, keys: Hashes) -> Floats:
        return self._sums[find_sorted(self._keys, keys)]
