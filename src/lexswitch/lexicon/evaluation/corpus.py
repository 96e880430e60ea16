"""Counting the words of a corpus, and those that a lexicon covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np

from ...engine.matching import covered_mask
from ...engine.packing import Ints, Mask, Packed, pack
from ...text.tokenizers import WordTokenizer, words_of
from ..indexes import MAX_WORDS
from .bands import bands_of, sums_by_band
from .gold import EvaluatedLexicon, find_rows, groups_of

_BATCH = 1 << 21
"""Characters of text that are counted at once."""


class Corpus(NamedTuple):
    """The distinct words of a corpus."""

    words: list[str]
    counts: Ints
    """Number of occurrences of each word, shape (words,)."""
    covered: list[Ints]
    """For each language: number of occurrences of each word in units."""

    def counts_by_word(self) -> dict[str, int]:
        return dict(zip(self.words, self.counts.tolist(), strict=True))


def read_corpus(lexicon: EvaluatedLexicon, languages: Sequence[str], texts: Iterable[str]) -> Corpus:
    """Count the words of texts, and those in units of each language."""
    tokenizer = WordTokenizer()
    index = lexicon.index(tokenizer, MAX_WORDS)
    number: defaultdict[bytes, int] = defaultdict(count().__next__)
    counts, covered = np.zeros(0, dtype=np.int64), [np.zeros(0, dtype=np.int64) for _ in languages]
    for packed in _batches(texts):
        words = words_of(packed, tokenizer, language=lexicon.source)
        data, starts = words.buffer.tobytes(), words.offsets.tolist()
        spans = zip(starts, (words.offsets + words.lengths).tolist(), strict=True)
        numbers = np.fromiter((number[data[start:end]] for start, end in spans), dtype=np.int64, count=len(starts))
        counts = _add(counts, numbers, len(number))
        for code, language in enumerate(languages):
            known = knows(lexicon, language)  # one language at a time, since each index needs memory
            covered[code] = _add(
                covered[code], numbers[covered_mask(index.select(known, known).match(words))], len(number)
            )
    return Corpus([word.decode() for word in number], counts, covered)


def _batches(texts: Iterable[str]) -> Iterator[Packed]:
    from tqdm import tqdm

    if isinstance(texts, (str, bytes, Mapping)) or not isinstance(texts, Iterable):
        raise TypeError(f"texts is {type(texts).__name__}, not an iterable of str; for one text pass [text]")
    batch: list[str] = []
    first = size = 0
    for row, text in enumerate(tqdm(texts, desc="reading texts", unit=" texts", disable=None, delay=1)):
        if not isinstance(text, str):
            raise TypeError(f"texts[{row}] is {type(text).__name__}, not str; pass an iterable of str")
        batch.append(text)
        size += len(text)
        if size >= _BATCH:
            yield pack(batch, first)
            batch, first, size = [], row + 1, 0
    if batch:
        yield pack(batch, first)


def _add(counts: Ints, numbers: Ints, size: int) -> Ints:
    """Return `counts` plus the counts of more numbers, which are below `size`."""
    result = np.bincount(numbers, minlength=size)
    result[: len(counts)] += counts
    return result


def knows(lexicon: EvaluatedLexicon, language: str) -> Mask:
    """Return whether each term has a candidate in a language."""
    known = np.zeros(len(lexicon), dtype=np.bool_)
    known[groups_of(lexicon, [language]).rows] = True
    return known


def sum_corpus(
    lexicon: EvaluatedLexicon, languages: Sequence[str], corpus: Corpus, bands: Mapping[str, int]
) -> dict[str, Ints]:
    """Return the numbers of running and of distinct words, and of covered ones, per language and band."""
    band, rows = bands_of(corpus.words, bands), find_rows(lexicon, corpus.words)
    ones = np.ones_like(rows)
    known = [np.append(knows(lexicon, language), False)[rows] for language in languages]  # row -1 is the last
    return {
        "tokens": np.stack([sums_by_band(band, corpus.counts)] * len(languages)),
        "covered tokens": np.stack([sums_by_band(band, covered) for covered in corpus.covered]),
        "types": np.stack([sums_by_band(band, ones)] * len(languages)),
        "covered types": np.stack([sums_by_band(band, mask) for mask in known]),
    }
