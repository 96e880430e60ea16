"""Dictionaries for aligners: the best counterpart of every word by CSLS.

Self-learning induces hundreds of dictionaries, so this module is faster and less exact than `retrieval`. It searches
the greatest similarities among the maxima of groups, and draws the candidates to drop for a tile of rows at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..batches import blocks
from .arrays import Floats32, Indices

NEIGHBOURS = 10
"""The k of CSLS (Conneau et al., 2018)."""

_GROUPS = 512
_TILE = 64
_KEPT = 2**25
"""Maximum number of similarities held between the two passes over them; more are computed twice."""
_BLOCK = 2**24


class Dictionary(NamedTuple):
    """The best counterpart of every word.

    Attributes
    ----------
    forward : int array of shape (source words,)
        A row of the target for every row of the source.
    backward : int array of shape (target words,)
        A row of the source for every row of the target.
    objective : float
        Mean cosine of all words of both languages to their nearest (Artetxe et al., 2018b, section 3.2).
    """

    forward: Indices
    backward: Indices
    objective: float

    def pairs(self) -> Indices:
        """Return all pairs of both directions, int array of shape (source words + target words, 2)."""
        rows, columns = np.arange(len(self.forward)), np.arange(len(self.backward))
        return np.stack([np.append(rows, self.backward), np.append(self.forward, columns)], axis=1)

    def mutual(self) -> Indices:
        """Return the pairs of words that are each other's counterpart, int array of shape (pairs, 2)."""
        rows = np.flatnonzero(self.backward[self.forward] == np.arange(len(self.forward)))
        return np.stack([rows, self.forward[rows]], axis=1)


def induce(source: Floats32, target: Floats32) -> Dictionary:
    """Return the best counterparts by CSLS among all words (equation 3 of Conneau et al., 2018).

    Parameters
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length in one space.
    """
    similarities = _Similarities(source, target)
    hubness = _Hubness(len(source))
    for rows, block in similarities.blocks():
        hubness.add(rows, block)
    penalties = hubness.penalties()
    forward = np.empty(len(source), dtype=np.intp)
    backward = np.zeros(len(target), dtype=np.intp)
    best = np.full(len(target), -np.inf, dtype=np.float32)
    for rows, block in similarities.blocks():
        forward[rows] = (block - penalties.target).argmax(axis=1)
        scores = block - penalties.source[rows, None]
        maxima = scores.max(axis=0)
        better = np.flatnonzero(maxima > best)
        backward[better] = scores[:, better].argmax(axis=0) + rows.start
        best[better] = maxima[better]
    return Dictionary(forward, backward, hubness.objective())


def induce_with_dropout(source: Floats32, target: Floats32, keep: float, bits: np.random.PCG64) -> Dictionary:
    """Return the best counterparts by CSLS with candidates dropped at random (Artetxe et al., 2018b, section 3.3).

    Parameters
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length in one space. All their similarities must fit into memory.
    keep : float
        Probability that a candidate is kept. One draw serves all words of a tile of neighbouring rows: this is cheaper
        than a draw for each pair, and the same for each single word.
    bits : PCG64
        Source of the draws.
    """
    similarities = source @ target.T
    hubness = _Hubness(len(source))
    hubness.add(slice(0, len(source)), similarities)
    penalties = hubness.penalties()
    forward, backward = np.empty(len(source), dtype=np.intp), np.empty(len(target), dtype=np.intp)
    for rows in blocks(len(source), _TILE):
        drawn = _draw(len(target), keep, bits)
        forward[rows] = drawn[(similarities[rows].take(drawn, axis=1) - penalties.target[drawn]).argmax(axis=1)]
    for columns in blocks(len(target), _TILE):
        drawn = _draw(len(source), keep, bits)
        backward[columns] = drawn[(similarities[drawn, columns] - penalties.source[drawn, None]).argmax(axis=0)]
    return Dictionary(forward, backward, hubness.objective())


def _draw(count: int, keep: float, bits: np.random.PCG64) -> Indices:
    """Draw which of `count` candidates are kept, at least one."""
    drawn = np.asarray(bits.random_raw(-(-count // 4))).view(np.uint16)[:count] < keep * 2**16
    return np.flatnonzero(drawn) if drawn.any() else np.zeros(1, dtype=np.intp)


class _Similarities:
    """The similarities of two spaces in blocks of rows; they are held in memory if they are few."""

    def __init__(self, source: Floats32, target: Floats32) -> None:
        self._source, self._target = source, target
        self._kept = source @ target.T if len(source) * len(target) <= _KEPT else None
        # Each block has whole groups of rows, as _Hubness needs them.
        group = max(1, len(source) // _GROUPS)
        self._rows = -(-max(1, _BLOCK // len(target)) // group) * group

    def blocks(self) -> Iterator[tuple[slice, Floats32]]:
        for rows in blocks(len(self._source), self._rows):
            yield rows, self._source[rows] @ self._target.T if self._kept is None else self._kept[rows]


class _Penalties(NamedTuple):
    """Half the mean similarity of each word to its nearest neighbours."""

    source: Floats32
    target: Floats32


class _Hubness:
    """The similarity of words to their nearest neighbours, collected from blocks of similarities."""

    def __init__(self, rows: int) -> None:
        self._group = max(1, rows // _GROUPS)
        self._row_means = np.empty(rows, dtype=np.float32)
        self._row_maxima = np.empty(rows, dtype=np.float32)
        self._parts: list[Floats32] = []

    def add(self, rows: slice, block: Floats32) -> None:
        for part in blocks(len(block), _TILE * 8):
            maxima = _group_maxima(block[part])
            part_rows = slice(rows.start + part.start, rows.start + part.stop)
            self._row_means[part_rows] = _mean_of_greatest(maxima)
            self._row_maxima[part_rows] = maxima.max(axis=1)
        groups = len(block) // self._group
        whole = groups * self._group
        self._parts.append(block[:whole].reshape(groups, self._group, block.shape[1]).max(axis=1))
        self._parts.append(block[whole:])

    def _column_maxima(self) -> Floats32:
        return np.concatenate(self._parts).T

    def penalties(self) -> _Penalties:
        half = np.float32(0.5)
        column_means = _mean_of_greatest(np.ascontiguousarray(self._column_maxima()))
        return _Penalties(half * self._row_means, half * column_means)

    def objective(self) -> float:
        columns = self._column_maxima().max(axis=1)
        return float(self._row_maxima.mean(dtype=np.float64) + columns.mean(dtype=np.float64)) / 2


def _group_maxima(block: Floats32) -> Floats32:
    """Return the greatest value of each of at least `_GROUPS` groups of columns, or all values if they are few."""
    width = block.shape[1]
    size = max(1, width // _GROUPS)
    groups = width // size
    maxima: Floats32 = block[:, : size * groups].reshape(len(block), size, groups).max(axis=1)
    rest = block[:, size * groups :]
    maxima[:, : rest.shape[1]] = np.maximum(maxima[:, : rest.shape[1]], rest)
    return maxima


def _mean_of_greatest(maxima: Floats32) -> Floats32:
    """Return the mean of the greatest `NEIGHBOURS` values of each row."""
    count = min(NEIGHBOURS, maxima.shape[1])
    greatest: Floats32 = np.partition(maxima, maxima.shape[1] - count, axis=1)[:, -count:]
    means: Floats32 = greatest.mean(axis=1)
    return means
