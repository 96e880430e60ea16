"""Rankings: the best documents of each query, while scores arrive block by block."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...engine.packing import Ints

DEPTH = 100
"""Number of documents that are ranked for a query."""

Scores = npt.NDArray[np.float32]


class Ranking(NamedTuple):
    """The best documents of each query; shape (queries, depth). Fewer documents are followed by -1 and -inf."""

    rows: Ints
    """Rows of documents, the best first."""
    scores: Scores

    @classmethod
    def empty(cls, count: int, depth: int = DEPTH) -> Ranking:
        """Return the rankings of some queries for which nothing was found."""
        return cls(np.full((count, depth), -1), np.full((count, depth), -np.inf, dtype=np.float32))


class BestDocuments:
    """Keeps the best documents of some queries. Equal scores are ordered as in trec_eval, by descending ids.

    Parameters
    ----------
    count : int
        Number of queries.
    ties : int64 array
        The place of each document among equal scores.
    """

    def __init__(self, count: int, ties: Ints) -> None:
        self._ties = ties
        self._best = Ranking.empty(count)

    def add(self, scores: Scores, first: int) -> None:
        """Add the scores of all queries for a block of documents, from row `first` on; -inf is not found."""
        least = self._best.scores[:, -1]
        if scores.shape[1] > DEPTH:
            least = np.maximum(least, np.partition(scores, -DEPTH, axis=1)[:, -DEPTH])
        queries, columns = np.nonzero((scores >= least[:, None]) & (scores > -np.inf))
        self.add_pairs(queries, columns + first, scores[queries, columns])

    def add_pairs(self, queries: Ints, rows: Ints, scores: Scores) -> None:
        """Add scores of pairs of query and document."""
        before, places = np.nonzero(self._best.rows >= 0)
        queries = np.concatenate([before, queries])
        rows = np.concatenate([self._best.rows[before, places], rows])
        scores = np.concatenate([self._best.scores[before, places], scores])
        order = np.lexsort((self._ties[rows], -scores, queries))
        queries, rows, scores = queries[order], rows[order], scores[order]
        places = np.arange(len(queries)) - np.searchsorted(queries, queries)
        kept = places < DEPTH
        best = Ranking.empty(len(self._best.rows))
        best.rows[queries[kept], places[kept]] = rows[kept]
        best.scores[queries[kept], places[kept]] = scores[kept]
        self._best = best

    @property
    def ranking(self) -> Ranking:
        """The ranking of all documents so far."""
        return self._best
