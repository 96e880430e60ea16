"""Cross-encoders that re-rank the best documents of another system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..model_outputs import check_scores
from .documents import Documents, order_of_ties
from .rankers import PROBE, Searcher, Workplace, as_ranker
from .ranking import DEPTH, BestDocuments, Ranking


class Reranker:
    """Re-ranks the best 100 documents of a system with a cross-encoder.

    Parameters
    ----------
    first : BM25, DenseRetriever, RunFiles, callable or object with ``encode``
        The system whose documents are re-ranked.
    model : callable, or object with a method ``predict``
        Maps a list of (query, document) to scores, such as a `CrossEncoder` of sentence-transformers.
    name : str, optional
        Name for reports.

    Raises
    ------
    TypeError
        If `first` is not a system that can rank, or `model` is neither a function nor an object with ``predict``.
    """

    def __init__(self, first: Any, model: Any, name: str = "") -> None:
        predict = getattr(model, "predict", None) or model
        if not callable(predict) or isinstance(model, type):
            raise TypeError(f"model is {model!r:.80}; pass a function from pairs to scores, or an object with predict")
        self._first, self._predict = as_ranker(first), predict
        self.name = f"{name or getattr(model, '__name__', type(model).__name__)} after {self._first.name}"

    @property
    def reads_texts(self) -> bool:
        """Whether a ranking depends on the text of a query alone: this is so if it does in the first system."""
        return self._first.reads_texts

    def probe(self) -> list[float]:
        """Return what the first system and the cross-encoder compute for a few texts."""
        return [*self._first.probe(), *map(float, check_scores("predict", self._predict([PROBE]), 1))]

    def index(self, documents: Documents, workplace: Workplace) -> Searcher:
        """Prepare the first system."""
        return _PairSearch(self._first.index(documents, workplace), documents, self._predict)


class _PairSearch:
    def __init__(self, first: Searcher, documents: Documents, predict: Callable[[list[tuple[str, str]]], Any]) -> None:
        self._first, self._documents, self._predict = first, documents, predict
        self._ties = order_of_ties(documents.ids)

    def rank(self, condition: str, ids: Sequence[str], texts: Sequence[str]) -> Ranking:
        best = BestDocuments(len(texts), self._ties)
        found = self._first.rank(condition, ids, texts)
        queries, places = np.nonzero(found.rows >= 0)
        rows = found.rows[queries, places]
        for start in range(0, len(rows), DEPTH):
            part = slice(start, start + DEPTH)
            documents = self._documents.texts(rows[part].tolist())
            pairs = [(texts[query], text) for query, text in zip(queries[part].tolist(), documents, strict=True)]
            best.add_pairs(queries[part], rows[part], check_scores("predict", self._predict(pairs), len(pairs)))
        return best.ranking
