"""The words and phrases of a corpus, so that only the titles that occur in it are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ...checks import whole_number
from ...engine.hashing import mix, word_keys
from ...engine.packing import Hashes, Ints, Mask, Packed, pack
from ...engine.words import Words
from ...lexicon.pairs import Pairs
from ...text.tokenizers import WordTokenizer, words_of
from ..batches import text_batches

_LONGEST = 1 << 10
_FACTOR = np.uint64(0xD6E8FEB86659FD93)  # any large odd number
# Number of new keys that are merged into the sorted ones at a time.
_PENDING = 1 << 22


class Vocabulary:
    """The words and phrases of a corpus: all runs of up to `max_words` words of `WordTokenizer`.

    It takes 8 bytes of memory for each distinct run. Runs are compared by 64-bit hashes.

    Parameters
    ----------
    texts : iterable of str
        Texts of the corpus; they are read once.
    max_words : int, default 3
        Maximum number of words of a run.
    language : str, optional
        Language of the texts, if it is Turkish or has its alphabet, in which "I" and "i" are different letters.

    Raises
    ------
    ValueError
        If a text has a lone surrogate, which UTF-8 cannot encode.
    """

    def __init__(self, texts: Iterable[str], max_words: int = 3, language: str = "") -> None:
        self.max_words = whole_number("max_words", max_words, 1, 1 << 16)
        self.language = language
        self._keys: Hashes = np.empty(0, dtype=np.uint64)
        pending: list[Hashes] = []
        for first, batch in text_batches(texts):
            words = words_of(pack(batch, first), WordTokenizer(), language=language)
            pending += [keys for _, _, keys in self._runs(words)]
            if sum(map(len, pending)) > _PENDING:
                self._add(pending)
        self._add(pending)

    def __len__(self) -> int:
        """Number of distinct runs."""
        return len(self._keys)

    @property
    def signature(self) -> str:
        """Identifies the runs: two vocabularies with equal signatures keep the same terms."""
        import hashlib

        return (
            f"max_words:{self.max_words}|sha256:{hashlib.sha256(self._keys.astype('<u8').tobytes()).hexdigest()[:16]}"
        )

    def restrict(self, pairs: Pairs) -> tuple[Pairs, int]:
        """Return the pairs whose terms occur, and the number of the others."""
        kept = self._occur(pairs.terms)[pairs.rows]
        unused = int(np.count_nonzero(~kept))
        if not unused:
            return pairs, 0
        return pairs.where(kept), unused

    def _occur(self, terms: Packed) -> Mask:
        """Return whether each term occurs, bool array of shape (terms,)."""
        words = words_of(terms, WordTokenizer(), language=self.language)
        first = np.searchsorted(words.starts, terms.starts)
        sizes = np.diff(first)
        occur = np.zeros(len(terms), dtype=np.bool_)
        begins = np.full(len(words.starts), -1)
        begins[first[:-1][sizes > 0]] = np.flatnonzero(sizes)
        for size, first_words, keys in self._runs(words):
            rows = begins[first_words]
            whole = (rows >= 0) & (sizes[rows] == size)  # the run is the whole term
            occur[rows[whole]] = self._known(keys[whole])
        return occur

    def _runs(self, words: Words) -> Iterator[tuple[int, Ints, Hashes]]:
        """Yield each length of runs, the first words of the runs, and their keys."""
        own = mix(word_keys(words.buffer, words.offsets, words.lengths, _LONGEST, 0).keys)
        keys, first_words = own, np.arange(len(own))
        for size in range(1, self.max_words + 1):
            yield size, first_words, keys
            extended = words.joined[first_words + size - 1]  # the next word belongs to the same phrase
            first_words, keys = first_words[extended], keys[extended]
            keys = mix(keys * _FACTOR + own[first_words + size])

    def _known(self, keys: Hashes) -> Mask:
        if not len(self._keys):
            return np.zeros(len(keys), dtype=np.bool_)
        known: Mask = self._keys[np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)] == keys
        return known

    def _add(self, pending: list[Hashes]) -> None:
        self._keys = np.unique(np.concatenate([self._keys, *pending]))
        pending.clear()
