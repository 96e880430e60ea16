"""Measures of a ranking of the whole pool: mean average precision, reciprocal ranks, shares of languages."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchmarks.common.centring import Vectors
from benchmarks.xquad_r.pool import Pool

DEPTH = 10
_ROWS = 256  # questions whose scores are in memory at a time


class Ranks(NamedTuple):
    """Ranks of the relevant candidates, from 1; shape (languages of questions, questions, languages of candidates).

    Attributes
    ----------
    pooled : ndarray of int
        Among all candidates.
    separate : ndarray of int
        Among the candidates of the same language.
    top : ndarray of float
        Share of each language in the top 10 of all candidates; shape (languages of questions, languages).
    """

    pooled: np.ndarray
    separate: np.ndarray
    top: np.ndarray


def rank(pool: Pool, questions: Vectors, candidates: Vectors) -> Ranks:
    """Rank the relevant candidates of all questions by the inner product; of equal ones the earlier one is first.

    Parameters
    ----------
    pool
        The test.
    questions, candidates
        Vectors of its texts.
    """
    sizes = [len(candidates[language]) for language in pool.languages]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    together = np.concatenate([candidates[language] for language in pool.languages])
    number_of = np.repeat(np.arange(len(sizes)), sizes)
    relevant = pool.relevant + starts[:-1]
    shape = (len(sizes), *pool.relevant.shape)
    pooled, separate = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
    top = np.zeros((len(sizes), len(sizes)))
    for row, language in enumerate(pool.languages):
        for first in range(0, len(pool.relevant), _ROWS):
            some = slice(first, first + _ROWS)
            scores = questions[language][some] @ together.T
            before = _before(scores, relevant[some])
            counts = np.add.reduceat(before, starts[:-1], axis=2, dtype=np.int32)
            pooled[row, some] = 1 + counts.sum(2)
            separate[row, some] = 1 + np.diagonal(counts, axis1=1, axis2=2)
            best = np.argpartition(-scores, min(DEPTH, len(together)) - 1, axis=1)[:, :DEPTH]
            top[row] += np.bincount(number_of[best].ravel(), minlength=len(sizes))
    return Ranks(pooled, separate, top / top.sum(1, keepdims=True))


def _before(scores: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Return whether each candidate is ranked before each relevant one; shape (questions, relevant, candidates)."""
    own = np.take_along_axis(scores, relevant, axis=1)[:, :, None]
    earlier = np.arange(scores.shape[1]) < relevant[:, :, None]
    return (scores[:, None] > own) | ((scores[:, None] == own) & earlier)


def average_precision(pooled: np.ndarray) -> np.ndarray:
    """Return the average precision of each question.

    Parameters
    ----------
    pooled
        Ranks of the relevant candidates along the last axis, as in `Ranks`.
    """
    ranks = np.sort(pooled, axis=-1)
    return (np.arange(1, ranks.shape[-1] + 1) / ranks).mean(-1)
