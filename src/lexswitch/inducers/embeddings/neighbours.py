"""Exact search for the most similar rows of two matrices, in both directions, block by block in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ..batches import blocks
from .arrays import Floats32, Indices, Ints32

# A tile of similarities takes 32 MB: large enough for a fast matrix product, small enough for the last-level cache.
BLOCK_ROWS, _COLUMNS = 2048, 4096
# The maximum over this many rows shows whether any of them has a candidate; it is the cheapest pass over a tile.
_GROUP = 8
_LOWEST = np.float32(-np.inf)


class TopLists:
    """The greatest values that were offered to each of many lists, with their ids; of equal values, the least id wins.

    Attributes
    ----------
    keys : uint64 array of shape (lists, keep)
        Values and ids as numbers with the same order, see `_keys`; unsorted. 0 fills lists that were offered fewer.
    least : float32 array of shape (lists,)
        Least value of each list: a greater one enters it, an equal one only with a smaller id. -inf if it is not full.
    """

    def __init__(self, keys: npt.NDArray[np.uint64], least: Floats32) -> None:
        self.keys, self.least = keys, least

    @classmethod
    def empty(cls, count: int, keep: int) -> TopLists:
        """Return lists without values."""
        return cls(np.zeros((count, keep), dtype=np.uint64), np.full(count, _LOWEST))

    def __getitem__(self, lists: slice) -> TopLists:
        return TopLists(self.keys[lists], self.least[lists])

    def offer(self, lists: Indices, ids: Indices, values: Floats32) -> None:
        """Offer values with their ids, each to one list; there may be at most 2**16 lists."""
        order = np.argsort(lists.astype(np.uint16), kind="stable")  # uint16: NumPy uses a radix sort
        lists, keys = lists[order], _keys(values[order], ids[order])
        sizes = np.bincount(lists, minlength=len(self.keys))
        ranks = np.arange(len(lists)) - (np.cumsum(sizes) - sizes)[lists]  # number of the offer within its list
        keep = self.keys.shape[1]
        width = min(int(sizes.max(initial=0)), 4 * keep)
        while len(lists):
            touched = sizes.nonzero()[0]
            number = np.cumsum(sizes > 0) - 1
            # Many short rows are sorted in a fraction of the time of one long row.
            rows = np.zeros((len(touched), keep + width), dtype=np.uint64)
            rows[:, :keep] = self.keys[touched]
            fit = ranks < width
            rows[number[lists[fit]], ranks[fit] + keep] = keys[fit]
            rows.partition(width, axis=1)
            self.keys[touched], self.least[touched] = rows[:, width:], _values(rows[:, width])
            lists, ranks, keys = lists[~fit], ranks[~fit] - width, keys[~fit]
            sizes = np.maximum(sizes - width, 0)

    def sorted(self) -> tuple[Ints32, Floats32]:
        """Return ids and values of each list, the greatest value first; -1 and -inf fill lists with fewer."""
        keys = np.sort(self.keys, axis=1)[:, ::-1]
        ids = np.where(keys > 0, ~keys & np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFF))
        return ids.astype(np.uint32).view(np.int32), _values(keys)


def _keys(values: Floats32, ids: Indices) -> npt.NDArray[np.uint64]:
    """Return numbers with the order of the values; of equal values, the one with the least id is the greatest.

    The bits of a positive float32 already have its order as an integer. The sign bit of positive ones and all bits of
    negative ones are flipped, so that negative ones come first and are in order too. The id, inverted, follows.
    """
    bits = values.view(np.uint32)
    ascending = np.where(bits >> np.uint32(31), ~bits, bits | np.uint32(1 << 31))
    return (ascending.astype(np.uint64) << np.uint64(32)) | (~ids.astype(np.uint32)).astype(np.uint64)


def _values(keys: npt.NDArray[np.uint64]) -> Floats32:
    """Return the values of keys, -inf for 0."""
    ascending = (keys >> np.uint64(32)).astype(np.uint32)
    bits = np.where(ascending >> np.uint32(31), ascending & np.uint32((1 << 31) - 1), ~ascending)
    return np.where(keys > 0, bits.view(np.float32), _LOWEST)


class Tiles:
    """The similarities of some source rows and all target rows, tile by tile in one reused buffer.

    Parameters
    ----------
    target : float32 array of shape (targets, dimensions)
    penalty : float32 array of shape (targets,), optional
        Subtracted from the similarities.
    """

    def __init__(self, target: Floats32, penalty: Floats32 | None = None) -> None:
        self._target = target
        self._penalty = penalty
        self._buffer = np.empty(BLOCK_ROWS * min(_COLUMNS, len(target)), dtype=np.float32)

    def of(self, block: Floats32) -> Iterator[tuple[slice, Floats32]]:
        """Yield the columns and the similarities of each tile, padded with rows of -inf to whole groups.

        The caller may reorder the rows of `block` between two tiles.
        """
        count = len(block)
        rows = -(-count // _GROUP) * _GROUP
        for columns in blocks(len(self._target), _COLUMNS):
            part = self._target[columns]
            tile = self._buffer[: rows * len(part)].reshape(rows, len(part))
            np.dot(block, part.T, out=tile[:count])
            tile[count:] = -np.inf
            if self._penalty is not None:
                tile -= self._penalty[columns]
            yield columns, tile


def search(tiles: Tiles, block: Floats32, forward: TopLists, backward: TopLists | None = None, first: int = 0) -> None:
    """Offer the similarities of a block of source rows to its lists, and to those of the target rows.

    Only entries that can still enter a list are examined: those above the least value of the list of their row or
    column. If a list is still empty, the k-th greatest of the maxima of groups is the bound.

    Parameters
    ----------
    tiles : Tiles
    block : float32 array of shape (at most `BLOCK_ROWS`, dimensions)
    forward : TopLists
        The lists of the block's rows.
    backward : TopLists, optional
        The lists of all target rows.
    first : int, default 0
        Number of the block's first row.
    """
    count, keep = forward.keys.shape
    block, order, bound = block.copy(), np.arange(count), np.full(count, _LOWEST)
    pending: list[tuple[Indices, Indices, Floats32]] = []
    for number, (columns, tile) in enumerate(tiles.of(block)):
        if number == 0:
            bound = _bound_of_rows(tile[:count], keep)
            order = np.argsort(bound, kind="stable")  # so that the rows of a group have similar bounds
            bound, block[:], tile[:count] = bound[order], block[order], tile[order]
        tops = tile.reshape(-1, _GROUP, tile.shape[1]).max(axis=1)
        row_floor = np.append(
            np.maximum(bound, forward.least[order]), np.full(len(tile) - count, np.inf, dtype=np.float32)
        )
        column_floor = _floor_of_columns(tile, tops, None if backward is None else backward[columns])
        hits = tops > row_floor.reshape(-1, _GROUP).min(axis=1)[:, None]
        hits |= tops > column_floor
        groups, ids = np.divmod(np.flatnonzero(hits), tile.shape[1])
        rows = groups[:, None] * _GROUP + np.arange(_GROUP)
        values = tile[rows, ids[:, None]]
        hit, within = (values > row_floor[rows]).nonzero()
        pending.append((order[rows[hit, within]], ids[hit] + columns.start, values[hit, within]))
        if backward is not None:
            hit, within = (values > column_floor[ids][:, None]).nonzero()
            backward[columns].offer(ids[hit], order[rows[hit, within]] + first, values[hit, within])
        if number & (number + 1) == 0:  # after 1, 2, 4, 8 ... tiles
            _offer_pending(forward, pending)
    _offer_pending(forward, pending)


def _offer_pending(best: TopLists, pending: list[tuple[Indices, Indices, Floats32]]) -> None:
    if pending:
        lists, ids, values = zip(*pending, strict=True)
        best.offer(np.concatenate(lists), np.concatenate(ids), np.concatenate(values))
        pending.clear()


def _bound_of_rows(tile: Floats32, keep: int) -> Floats32:
    """Return a bound that the `keep` greatest values of each row exceed."""
    count, width = tile.shape
    size = max(1, width // (4 * keep))
    groups = width // size
    return _just_below(tile[:, : groups * size].reshape(count, groups, size).max(axis=2).T, keep)


def _floor_of_columns(tile: Floats32, tops: Floats32, lists: TopLists | None) -> Floats32:
    """Return the bound that values must exceed to enter the lists of their columns."""
    if lists is None:
        return np.full(tile.shape[1], np.inf, dtype=np.float32)
    if (lists.least > _LOWEST).all():
        return lists.least
    keep = lists.keys.shape[1]
    return np.maximum(lists.least, _just_below(tops if len(tops) >= keep else tile, keep))


def _just_below(values: Floats32, keep: int) -> Floats32:
    """Return the float32 below the `keep`-th greatest value of each column; -inf if there are fewer."""
    if len(values) < keep:
        return np.full(values.shape[1], _LOWEST)
    bound: Floats32 = np.partition(values, len(values) - keep, axis=0)[len(values) - keep]
    return np.nextafter(bound, _LOWEST)
