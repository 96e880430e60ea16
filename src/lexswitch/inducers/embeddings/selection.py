"""Which retrieved candidates become pairs of the lexicon, and with which weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...engine.characters import normalise_term
from ...engine.packing import Floats, Ints, Mask
from .calibration import calibrate
from .retrieval import Retrieval


class Candidates(NamedTuple):
    """The candidates of each source word; arrays of shape (source words, candidates)."""

    kept: Mask
    """Whether the candidate becomes a pair."""
    weights: Floats
    mutual: Mask
    """Whether the best translation of the candidate is the source word."""
    identical: Mask
    """Whether the candidate is spelled like the source word."""


@dataclass(frozen=True)
class Selection:
    """Selects pairs among retrieved candidates; see `EmbeddingInducer` for the attributes."""

    top_k: int
    mutual: bool
    min_similarity: float
    identical: bool

    def select(self, retrieval: Retrieval, source: Sequence[str], target: Sequence[str]) -> Candidates:
        """Select pairs, given the words of the rows in both languages."""
        ids, scores, similarities = retrieval.forward
        mutual = (retrieval.backward.ids[ids, 0] == np.arange(len(ids))[:, None]) & (ids >= 0)
        source_spellings, target_spellings = spelling_numbers(source, target)
        identical = (source_spellings[:, None] == target_spellings[ids]) & (ids >= 0)
        wanted = ids >= 0
        if not self.identical:
            wanted &= ~identical
        rank = np.cumsum(wanted, axis=1)
        kept = wanted & (rank <= self.top_k) & (similarities >= self.min_similarity)
        if self.mutual:
            kept &= mutual & (rank == 1)
        by_rank = [calibrate(*columns) for columns in zip(scores.T, mutual.T, strict=True)]
        weights = np.minimum.accumulate(np.column_stack(by_rank), axis=1)  # no candidate outweighs a better one
        return Candidates(kept, weights, mutual, identical)


def spelling_numbers(source: Sequence[str], target: Sequence[str]) -> tuple[Ints, Ints]:
    """Number the words of both languages so that words with equal normalised spellings have equal numbers."""
    numbers: dict[str, int] = {}
    both = ([numbers.setdefault(normalise_term(word), len(numbers)) for word in words] for words in (source, target))
    first, second = (np.array(found, dtype=np.int64) for found in both)
    return first, second
