"""Inducing a dictionary between two spaces that are being aligned: for every word its best counterpart by CSLS.

It runs hundreds of times in self-learning. Where retrieval is exact, this takes the greatest similarities of groups for
the greatest of all, and draws what it drops in tiles.
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
"""So many similarities are kept between the two passes over them; more are computed twice."""
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
        Mean cosine of all words, of both languages, to their nearest (Artetxe et al., 2018b, section 3.2).
    """

    forward: Indices
    backward: Indices
    objective: float

    def pairs(self) -> Indices:
        """All pairs of both directions, int array of shape (source words + target words, 2)."""
        rows, columns = np.arange(len(self.forward)), np.arange(len(self.backward))
        return np.stack([np.append(rows, self.backward), np.append(self.forward, columns)], axis=1)

    def mutual(self) -> Indices:
        """The pairs of words that are each other's counterpart, int array of shape (pairs, 2)."""
        rows = np.flatnonzero(self.backward[self.forward] == np.arange(len(self.forward)))
        return np.stack([rows, self.forward[rows]], axis=1)


def induce(source: Floats32, target: Floats32) -> Dictionary:
    """The best counterparts by CSLS among all words (equation 3 of Conneau et al., 2018).

    Parameters
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length in one space.
    """
    similarities = _Similarities(source, target)
    hubs = _Hubs(*similarities.shape)
    for rows, block in similarities.blocks():
        hubs.add(rows, block)
    penalties = hubs.penalties()
    forward = np.empty(len(source), dtype=np.intp)
    backward = np.zeros(len(target), dtype=np.intp)
    best = np.full(len(target), -np.inf, dtype=np.float32)
    for rows, block in similarities.blocks():
        forward[rows] = (block - penalties.target).argmax(axis=1)
        scores = block - penalties.source[rows, None]
        tops = scores.max(axis=0)
        better = np.flatnonzero(tops > best)
        backward[better] = scores[:, better].argmax(axis=0) + rows.start
        best[better] = tops[better]
    return Dictionary(forward, backward, hubs.objective())


def induce_with_dropout(source: Floats32, target: Floats32, keep: float, bits: np.random.PCG64) -> Dictionary:
    """The best counterparts by CSLS where candidates are left out at random (Artetxe et al., 2018b, section 3.3).

    Parameters
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length in one space; so few that all their similarities fit into memory.
    keep : float
        Probability that a candidate stays. It is drawn once for the words of a tile of neighbouring rows: that is
        cheaper than a draw for each pair, and to each word the same.
    bits : PCG64
        What draws.
    """
    similarities = source @ target.T
    hubs = _Hubs(*similarities.shape)
    hubs.add(slice(0, len(source)), similarities)
    penalties = hubs.penalties()
    forward, backward = np.empty(len(source), dtype=np.intp), np.empty(len(target), dtype=np.intp)
    for rows in blocks(len(source), _TILE):
        drawn = _draw(len(target), keep, bits)
        forward[rows] = drawn[(similarities[rows].take(drawn, axis=1) - penalties.target[drawn]).argmax(axis=1)]
    for columns in blocks(len(target), _TILE):
        drawn = _draw(len(source), keep, bits)
        backward[columns] = drawn[(similarities[drawn, columns] - penalties.source[drawn, None]).argmax(axis=0)]
    return Dictionary(forward, backward, hubs.objective())


def _draw(count: int, keep: float, bits: np.random.PCG64) -> Indices:
    """Which of `count` candidates stay, one at least."""
    drawn = np.asarray(bits.random_raw(-(-count // 4))).view(np.uint16)[:count] < keep * 2**16
    return np.flatnonzero(drawn) if drawn.any() else np.zeros(1, dtype=np.intp)


class _Similarities:
    """The similarities of two spaces in blocks of rows, kept if they are few."""

    def __init__(self, source: Floats32, target: Floats32) -> None:
        self._source, self._target = source, target
        self.shape = len(source), len(target)
        self._kept = source @ target.T if len(source) * len(target) <= _KEPT else None
        # whole groups of rows in each block
        group = max(1, len(source) // _GROUPS)
        self._rows = -(-max(1, _BLOCK // len(target)) // group) * group

    def blocks(self) -> Iterator[tuple[slice, Floats32]]:
        for rows in blocks(len(self._source), self._rows):
            yield rows, self._source[rows] @ self._target.T if self._kept is None else self._kept[rows]


class _Penalties(NamedTuple):
    """Half the mean similarity of each word to its nearest neighbours."""

    source: Floats32
    target: Floats32


class _Hubs:
    """How near words are to their nearest neighbours, from blocks of similarities."""

    def __init__(self, rows: int, columns: int) -> None:
        self._group = max(1, rows // _GROUPS)
        self._rows = np.empty(rows, dtype=np.float32)
        self._tops = np.empty(rows, dtype=np.float32)
        self._columns: list[Floats32] = []

    def add(self, rows: slice, block: Floats32) -> None:
        for part in blocks(len(block), _TILE * 8):
            tops = _tops(block[part])
            of_part = slice(rows.start + part.start, rows.start + part.stop)
            self._rows[of_part] = _mean_of_greatest(tops)
            self._tops[of_part] = tops.max(axis=1)
        groups = len(block) // self._group
        whole = groups * self._group
        self._columns.append(block[:whole].reshape(groups, self._group, block.shape[1]).max(axis=1))
        self._columns.append(block[whole:])

    def _of_columns(self) -> Floats32:
        return np.concatenate(self._columns).T

    def penalties(self) -> _Penalties:
        half = np.float32(0.5)
        return _Penalties(half * self._rows, half * _mean_of_greatest(np.ascontiguousarray(self._of_columns())))

    def objective(self) -> float:
        return float(self._tops.mean(dtype=np.float64) + self._of_columns().max(axis=1).mean(dtype=np.float64)) / 2


def _tops(block: Floats32) -> Floats32:
    """The greatest value of each of at least `_GROUPS` groups of columns, or all values if they are few."""
    width = block.shape[1]
    size = max(1, width // _GROUPS)
    groups = width // size
    tops: Floats32 = block[:, : size * groups].reshape(len(block), size, groups).max(axis=1)
    rest = block[:, size * groups :]
    tops[:, : rest.shape[1]] = np.maximum(tops[:, : rest.shape[1]], rest)
    return tops


def _mean_of_greatest(tops: Floats32) -> Floats32:
    """The mean of the greatest `NEIGHBOURS` values of each row."""
    count = min(NEIGHBOURS, tops.shape[1])
    greatest: Floats32 = np.partition(tops, tops.shape[1] - count, axis=1)[:, -count:]
    means: Floats32 = greatest.mean(axis=1)
    return means
