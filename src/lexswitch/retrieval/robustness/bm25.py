"""BM25 by bm25s.

References
----------
Lù (2024): BM25S: Orders of magnitude faster lexical search via eager sparse scoring. https://arxiv.org/abs/2407.03618
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from ...engine.packing import Ints
from .conditions import shortest
from .documents import Documents, blocks, order_of_ties
from .rankers import Searcher, Workplace
from .ranking import DEPTH, BestDocuments, Ranking, Scores

_BLOCK = 1000


@dataclass(frozen=True)
class BM25:
    """Ranks documents by BM25, with the package bm25s and its default settings.

    Words are sequences of two or more letters or digits, in lower case. Nothing is stemmed or skipped. The index is in
    memory. Documents without a word of the query are not found.

    Parameters
    ----------
    k1, b : float, default 1.5 and 0.75
        `k1` is a finite number of at least 0, `b` is from 0 to 1.

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """

    k1: float = 1.5
    b: float = 0.75

    def __post_init__(self) -> None:
        for name, value, highest in (("k1", self.k1, sys.float_info.max), ("b", self.b, 1)):
            if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= value <= highest:
                allowed = "number from 0 to 1" if highest == 1 else "finite number of at least 0"
                raise ValueError(f"{name} is {value!r}; pass a {allowed}")

    @property
    def name(self) -> str:
        """Name for reports."""
        return f"BM25 (k1={shortest(self.k1)}, b={shortest(self.b)})"

    @property
    def reads_texts(self) -> bool:
        """A ranking depends on the text alone."""
        return True

    def probe(self) -> list[float]:
        """Return nothing: the name has all that matters."""
        return []

    def index(self, documents: Documents, workplace: Workplace) -> Searcher:
        """Count the words of all documents."""
        try:
            import bm25s
        except ImportError:
            raise ImportError('BM25 needs bm25s; pip install "lexswitch[stress]"') from None
        vocabulary: dict[str, int] = {}
        words: list[list[int]] = []
        for rows in blocks(len(documents.ids), _BLOCK):
            texts = _words(documents.texts(rows))
            words += [[vocabulary.setdefault(word, len(vocabulary)) for word in text] for text in texts]
            workplace.progress(len(rows))
        model = bm25s.BM25(k1=self.k1, b=self.b)
        if vocabulary:
            model.index((words, vocabulary), show_progress=False)
        return _WordSearch(model if vocabulary else None, order_of_ties(documents.ids))


@dataclass(frozen=True)
class _WordSearch:
    model: Any
    ties: Ints

    def rank(self, condition: str, ids: Sequence[str], texts: Sequence[str]) -> Ranking:
        best = BestDocuments(len(texts), self.ties)
        found = [self._found(query, words) for query, words in enumerate(_words(texts))]
        best.add_pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))
        return best.ranking

    def _found(self, query: int, words: list[str]) -> tuple[Ints, Ints, Scores]:
        """Return the documents of a query that may be among the best: its number, their rows and scores."""
        known = [] if self.model is None else [word for word in words if word in self.model.vocab_dict]
        scores = np.asarray(self.model.get_scores(known) if known else [], dtype=np.float32)
        rows = np.flatnonzero(scores > 0)
        if len(rows) > DEPTH:
            rows = rows[scores[rows] >= np.partition(scores[rows], -DEPTH)[-DEPTH]]
        return np.full(len(rows), query), rows, scores[rows]


def _words(texts: Sequence[str]) -> list[list[str]]:
    import bm25s

    found: list[list[str]] = bm25s.tokenize(list(texts), stopwords=None, return_ids=False, show_progress=False)
    return found
