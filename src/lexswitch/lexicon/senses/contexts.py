"""Which words occur around candidates and terms (Rapp, ACL 1999)."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...engine.packing import Floats, Hashes, Ints
from .tokens import STEM_LETTERS, TokenHashes, find_sorted
from .weights import exp, shares

_Steps: TypeAlias = npt.NDArray[np.uint8]
_Vectors: TypeAlias = npt.NDArray[np.float32]

_WINDOW = 4
"""Number of words on either side that form a context."""
_FEATURES = 1000
"""Number of the most frequent words, which are the features of a context."""
_LEAST_COUNT = 3
"""Words that occur less often have no context."""
_STEEPNESS = 20.0
"""A weight is multiplied by e to the power of this number times the cosine of two contexts."""
_ROUNDS = 2
"""Number of rounds. In each, the weights translate contexts, and the contexts yield better weights."""
_STEPS = 16
"""Associations and shares are rounded to so many steps per unit, ..."""
_LENGTH = 256
"""... and vectors of whole numbers have this length: then sums of their products are exact in float32."""
_ROWS = 4096
"""Number of vectors that are processed at once."""


class Stream:
    """The classes of all words of a text, with zeros between rows."""

    def __init__(self) -> None:
        self._parts = [np.zeros(_WINDOW, dtype=np.uint64)]

    def add(self, tokens: TokenHashes) -> None:
        part = np.zeros(len(tokens.rows) + _WINDOW * (len(tokens.first) - 1), dtype=np.uint64)
        part[np.arange(len(tokens.rows)) + _WINDOW * tokens.rows] = tokens.keys(STEM_LETTERS)
        self._parts.append(part)

    def classes(self) -> Hashes:
        return np.concatenate(self._parts)


class Contexts:
    """The contexts of the words of some classes in a text."""

    def __init__(self, stream: Stream, wanted: Hashes) -> None:
        classes, numbers, counts = np.unique(stream.classes(), return_inverse=True, return_counts=True)
        counts[0] = 0  # the zeros between rows
        commonest = np.lexsort((classes, -counts))[:_FEATURES]
        commonest = np.sort(commonest[counts[commonest] > 0])
        self.features = classes[commonest]
        self._prior = np.sqrt(counts[commonest]) * np.sqrt(np.sqrt(counts[commonest]))  # the power of 3/4
        self._prior /= math.fsum(self._prior) or 1.0
        self._feature_of = np.full(len(classes), -1)
        self._feature_of[commonest] = np.arange(len(commonest))
        self._numbers = numbers
        self._order = np.argsort(numbers, kind="stable")
        self._starts = np.append(0, np.cumsum(np.bincount(numbers)))
        self._rows = np.intersect1d((counts >= _LEAST_COUNT).nonzero()[0], find_sorted(classes, wanted))
        self._classes = classes[self._rows]

    def find(self, classes: Hashes) -> Ints:
        """Return the row of each class, or -1."""
        return find_sorted(self._classes, classes)

    def vectors(self, rows: Ints) -> _Steps:
        """Return the positive pointwise mutual information with each feature, in steps, shape (rows, features)."""
        starts, ends = self._starts[self._rows[rows]], self._starts[self._rows[rows] + 1]
        positions = np.concatenate([self._order[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        of_row = np.repeat(np.arange(len(rows)), ends - starts) * len(self.features)
        counts = np.zeros(len(rows) * len(self.features))
        for distance in (*range(-_WINDOW, 0), *range(1, _WINDOW + 1)):
            feature = self._feature_of[self._numbers[positions + distance]]
            known = feature >= 0
            counts += np.bincount(of_row[known] + feature[known], minlength=len(counts))
        table = counts.reshape(len(rows), -1)
        chance = table.sum(axis=1, keepdims=True) * self._prior
        steps = np.zeros(table.shape, dtype=np.uint8)
        more = table > chance
        steps[more] = np.minimum(np.rint(_STEPS * np.log(table[more] / chance[more])), 255)
        return steps


def weigh_by_context(
    source: Contexts, target: Contexts, terms: Hashes, candidates: Hashes, groups: Ints, weights: Floats
) -> Floats:
    """Multiply each weight by a function of the cosine of the contexts of term and candidate, given their classes."""
    if not len(source.features) or not len(target.features):
        return weights
    from_rows, to_rows = source.find(terms), target.find(candidates)
    both = ((from_rows >= 0) & (to_rows >= 0)).nonzero()[0]
    both = both[np.argsort(to_rows[both], kind="stable")]
    if not both.size:
        return weights
    used, from_rows = np.unique(from_rows[both], return_inverse=True)
    own = [source.vectors(used[at : at + _ROWS]) for at in range(0, len(used), _ROWS)]
    result = weights
    for _ in range(_ROUNDS):
        bridge = _bridge(source, target, terms, candidates, shares(result, groups))
        translated = np.concatenate([_scaled(part.astype(np.float32) @ bridge) for part in own])
        result = weights.copy()
        result[both] *= exp(_STEEPNESS * _cosines(translated, from_rows, target, to_rows[both], bridge.any(axis=0)))
    return result


def _bridge(source: Contexts, target: Contexts, terms: Hashes, candidates: Hashes, shares: Floats) -> _Vectors:
    """Return the translation of each source feature: shares of the target features, in steps."""
    rows, columns = find_sorted(source.features, terms), find_sorted(target.features, candidates)
    known = (rows >= 0) & (columns >= 0)
    size = len(target.features)
    whole = np.rint(shares[known] * 2.0**20)  # sums of whole numbers are exact in any order
    bridge = np.bincount(rows[known] * size + columns[known], whole, len(source.features) * size)
    bridge = bridge.reshape(-1, size)
    totals = bridge.sum(axis=1, keepdims=True)
    bridge = np.rint(_STEPS * bridge / np.where(totals > 0, totals, 1))
    same = find_sorted(target.features, source.features)  # numbers, names
    alone = ((totals[:, 0] == 0) & (same >= 0)).nonzero()[0]
    bridge[alone, same[alone]] = _STEPS
    return bridge.astype(np.float32)


def _cosines(translated: _Vectors, from_rows: Ints, target: Contexts, to_rows: Ints, reached: Any) -> Floats:
    """Return the cosine of the contexts of each pair; `to_rows` are in ascending order."""
    result = np.empty(len(to_rows))
    distinct, first, inverse = np.unique(to_rows, return_index=True, return_inverse=True)
    first = np.append(first, len(to_rows))
    for at in range(0, len(distinct), _ROWS):
        vectors = _scaled(target.vectors(distinct[at : at + _ROWS]) * reached)
        end = first[min(at + _ROWS, len(distinct))]
        for begin in range(first[at], end, _ROWS):
            some = slice(begin, min(begin + _ROWS, end))
            result[some] = np.einsum("ij,ij->i", translated[from_rows[some]], vectors[inverse[some] - at])
    return result / _LENGTH**2


def _scaled(vectors: npt.NDArray[Any]) -> _Vectors:
    """Return vectors of the same directions, as whole numbers."""
    vectors = vectors.astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    vectors *= (_LENGTH / np.where(lengths > 0, lengths, 1))[:, np.newaxis]
    whole: _Vectors = np.rint(vectors).astype(np.float32)
    return whole
