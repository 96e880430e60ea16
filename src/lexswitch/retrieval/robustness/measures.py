"""Measures of rankings, as trec_eval defines them: nDCG@10, MRR@10 and recall@100.

References
----------
Järvelin & Kekäläinen (2002): Cumulated gain-based evaluation of IR techniques. ACM TOIS 20(4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .ranking import DEPTH, Ranking

MEASURES = ("nDCG@10", "MRR@10", f"recall@{DEPTH}")
_TOP = 10
_DISCOUNTS = np.log2(np.arange(2, _TOP + 2))


class QueryMeasures(NamedTuple):
    """Measures of each query."""

    values: npt.NDArray[np.float64]
    """Shape (queries, 3), in the order of `MEASURES`."""
    ranks: npt.NDArray[np.int64]
    """Rank of the first relevant document, from 1; 0 if it is not among the first 100."""


def measure(ranking: Ranking, grades: Sequence[Mapping[int, int]]) -> QueryMeasures:
    """Return the measures of each query.

    Parameters
    ----------
    ranking : Ranking
    grades : sequence of mappings of int to int
        For each query the grades of judged documents, by row. Documents with a grade of 1 or more are relevant.
    """
    gains = np.array(
        [[max(of.get(row, 0), 0) for row in rows] for rows, of in zip(ranking.rows.tolist(), grades, strict=True)],
        dtype=float,
    ).reshape(len(grades), DEPTH)
    relevant = gains >= 1
    ranks = np.where(relevant.any(1), relevant.argmax(1) + 1, 0)
    reciprocal = np.divide(1.0, ranks, out=np.zeros(len(ranks)), where=(ranks > 0) & (ranks <= _TOP))
    totals = np.array([sum(grade >= 1 for grade in of.values()) for of in grades])
    recall = relevant.sum(1) / np.maximum(totals, 1)
    return QueryMeasures(np.column_stack([_ndcg(gains, grades), reciprocal, recall]), ranks)


def _ndcg(gains: npt.NDArray[np.float64], grades: Sequence[Mapping[int, int]]) -> npt.NDArray[np.float64]:
    ideal = np.zeros((len(grades), _TOP))
    for row, of in enumerate(grades):
        best = sorted((grade for grade in of.values() if grade > 0), reverse=True)[:_TOP]
        ideal[row, : len(best)] = best
    found, limit = _dcg(gains[:, :_TOP]), _dcg(ideal)
    return np.divide(found, limit, out=np.zeros(len(grades)), where=limit > 0)


def _dcg(gains: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Add up discounted gains, one after the other as trec_eval does, so that the last digits are equal."""
    total = np.zeros(len(gains))
    for place, discount in enumerate(_DISCOUNTS):
        total += gains[:, place] / discount
    return total
