"""The starter lexicon, which ships with the package.

``data/starter.tsv`` has one row per English term, in normal form and code point order, and one column per language,
sorted by code. A cell is empty, or has one candidate, or several: ``Bank|Ufer=.3``, the best one first, the others with
their weights. This is the order of the columns of a lexicon, so the file is read without sorting or Python loops.
"""

from __future__ import annotations

import numpy as np

from .._io.data import read_data
from ..engine.packing import PADDING, Bytes, Floats, Ints, Mask, Packed
from .columns import Columns, LexiconData
from .compact import bounds, compact, take_compact
from .spelling import same_spelling


def read_starter() -> LexiconData:
    """Read the starter lexicon."""
    header, _, body = read_data("lexicon", "starter.tsv").partition("\n")
    source, *languages = header.split("\t")
    data = np.frombuffer(body.encode(), dtype=np.uint8)
    return LexiconData(source, tuple(languages), _read_columns(data, len(languages) + 1))


def _read_columns(data: Bytes, width: int) -> Columns:
    """Return the columns of a table with `width` cells per row, the first of which is the term."""
    pieces, is_further, weights = _split(data)
    cell_of = np.cumsum(~is_further) - 1
    column_of = cell_of % width
    candidates = ((pieces.lengths > 0) & (column_of > 0)).nonzero()[0]
    first = ~is_further[candidates]
    cells = cell_of[candidates[first]]
    return Columns(
        terms=take_compact(pieces, ((column_of == 0) & ~is_further).nonzero()[0]),
        groups=bounds(np.bincount(cells // width)),
        languages=(cells % width - 1).astype(np.uint16),
        candidates=bounds(np.diff(first.nonzero()[0], append=len(candidates))),
        translations=take_compact(pieces, candidates),
        weights=weights[candidates],
        spelled=np.zeros(1, dtype=np.int32),
        spellings=compact(same_spelling()),
    )


def _split(data: Bytes) -> tuple[Packed, Mask, Floats]:
    """Split a table into its terms and candidates; return which are further candidates of a cell, and the weights."""
    separators = ((data == ord("\t")) | (data == ord("\n")) | (data == ord("|"))).nonzero()[0]
    is_further = np.append(False, data[separators[:-1]] == ord("|"))
    equals = (data == ord("=")).nonzero()[0]
    ends = separators[np.searchsorted(separators, equals)]
    weights = np.ones(len(separators))
    weights[np.searchsorted(separators, equals)] = _decimals(data, equals + 1, ends)
    # Cuts off the weights: a byte is kept if as many of them end as begin before it.
    steps = np.zeros(len(data) + 1, dtype=np.int8)
    steps[equals], steps[ends] = 1, -1
    is_kept = np.cumsum(steps[:-1], dtype=np.int8) == 0
    kept = data[is_kept].copy()
    ends_kept = (np.cumsum(is_kept) - 1)[separators]
    kept[ends_kept] = 0
    buffer = np.concatenate([np.zeros(1, dtype=np.uint8), kept, np.zeros(PADDING, dtype=np.uint8)])
    return Packed(buffer, np.append(1, ends_kept + 2)), is_further, weights


def _decimals(data: Bytes, starts: Ints, ends: Ints) -> Floats:
    """Return numbers below 1, written as a point and one or two digits."""
    tenths = data[starts + 1] - float(ord("0"))
    hundredths = np.where(ends - starts > 2, data[starts + 2] - float(ord("0")), 0.0)
    return (10 * tenths + hundredths) / 100
