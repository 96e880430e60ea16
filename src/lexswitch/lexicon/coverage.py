"""Coverage of texts by a lexicon, and the words that are missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from .._io.data import read_data
from ..engine.matching import Matches, covered_mask
from ..engine.words import Words
from ..text.languages import primary_language


@dataclass
class Coverage:
    """Counts of the words of texts.

    Attributes
    ----------
    words, covered : int
        Number of words, and of words in units.
    content_words, covered_content : int
        The same without function words and words without a letter. Without a list of function words (there is one for
        English), all words with a letter count.
    missing : Counter of str
        Occurrences of the content words that are not in units, in normal form.
    """

    words: int = 0
    covered: int = 0
    content_words: int = 0
    covered_content: int = 0
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, words: Words, matches: Matches, source: str) -> None:
        """Count the words of a batch, given the matches of an index and the language of the texts."""
        covered, functional = covered_mask(matches), function_words(source)
        self.words += len(covered)
        self.covered += int(np.count_nonzero(covered))
        data, ends = words.buffer.tobytes(), (words.offsets + words.lengths).tolist()
        for start, end, is_covered in zip(words.offsets.tolist(), ends, covered.tolist(), strict=True):
            word = data[start:end].decode()
            if word in functional or not any(map(str.isalpha, word)):
                continue
            self.content_words += 1
            if is_covered:
                self.covered_content += 1
            else:
                self.missing[word] += 1

    @property
    def share(self) -> float:
        """Share of the words that are in units; 0 for texts without words."""
        return self.covered / self.words if self.words else 0.0

    @property
    def content_share(self) -> float:
        """Share of the content words that are in units; 0 for texts without content words."""
        return self.covered_content / self.content_words if self.content_words else 0.0


@lru_cache(maxsize=8)
def function_words(source: str) -> frozenset[str]:
    """Return the function words of a language in normal form; none if there is no list of them."""
    is_english = primary_language(source) == "en"
    return frozenset(read_data("text", "stopwords-en.txt").split()) if is_english else frozenset()
