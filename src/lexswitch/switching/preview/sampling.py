"""A random sample of the texts of a file of any size, which is read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...engine.hashing import mix
from ...engine.packing import Hashes
from ..column_batches import ArrayBatch, ListBatch, own_keys
from ..columns import ColumnSwitcher
from ..keys import row_keys

# Maximum number of characters of all texts, unless a single text is longer.
_CHARACTERS = 1_000_000


class SampledText(NamedTuple):
    """A text and where it comes from."""

    row: int
    """Number of its row in the file, from 0."""
    column: str
    """Name of its column; empty if there is only one."""
    text: str
    key: int | None
    """The key that determines its draws; None for a hash of the text."""

    @property
    def label(self) -> str:
        """The column for readers."""
        return f"column {self.column}" if self.column.isdecimal() else self.column


class TextSample:
    """Texts of a file, chosen while it is read: random ones, or the first ones.

    A random sample has the rows whose numbers have the smallest hashes, so that the same file has the same sample.

    Parameters
    ----------
    most : int
        Maximum number of texts. There are fewer if they have more than 1,000,000 characters.
    first : bool, default False
        Take the first texts.
    """

    def __init__(self, most: int, *, first: bool = False) -> None:
        self.rows = 0
        """Number of rows so far."""
        self._is_whole = True
        self._most = most
        self._order = _numbers if first else _hashes
        self._limit = np.uint64(2**64 - 1)
        self._texts: list[tuple[int, SampledText]] = []

    def add_texts(self, texts: Sequence[str], keys: Hashes | None = None) -> None:
        """Add texts, one per row."""
        for row in self._candidates(len(texts)):
            key = None if keys is None else int(keys[row])
            self._add(SampledText(self.rows + row, "", texts[row], key))
        self._end_block(len(texts))

    def add_columns(self, columns: Mapping[str, Sequence[Any]], keys: Hashes | None) -> None:
        """Add columns of cells: texts, lists of texts, or None. The keys are those of the rows."""
        count = len(next(iter(columns.values())))
        for row in self._candidates(count):
            for number, (name, cells) in enumerate(columns.items()):
                cell = cells[row]
                for position, text in enumerate(cell if isinstance(cell, (list, tuple)) else [cell]):
                    if isinstance(text, str):
                        own = own_keys(keys, number, np.array([row]), np.array([position]))
                        self._add(SampledText(self.rows + row, name, text, None if own is None else int(own[0])))
        self._end_block(count)

    @property
    def is_whole(self) -> bool:
        """Whether no text was left out."""
        self._shrink()
        return self._is_whole

    @property
    def is_full(self) -> bool:
        """Whether there are as many texts as allowed."""
        return len(self._texts) >= self._most

    def texts(self) -> list[SampledText]:
        """Return the texts, in the order of the file."""
        self._shrink()
        return [text for _, text in sorted(self._texts, key=lambda one: one[1].row)]

    def _candidates(self, count: int) -> list[int]:
        """Return the positions of the next rows that may be in the sample."""
        hashes = self._order(self.rows, count)
        chosen: list[int] = (hashes <= self._limit).nonzero()[0].tolist()
        self._is_whole &= len(chosen) == count
        return chosen

    def _add(self, text: SampledText) -> None:
        self._texts.append((int(self._order(text.row, 1)[0]), text))

    def _end_block(self, count: int) -> None:
        self.rows += count
        if len(self._texts) > 2 * self._most:
            self._shrink()

    def _shrink(self) -> None:
        """Keep the texts with the smallest hashes, up to the limits, and at least one."""
        self._texts.sort(key=lambda one: one[0])  # stable: the texts of a row keep their order
        sizes = np.cumsum([len(one.text) for _, one in self._texts])
        kept = min(self._most, max(1, int(np.searchsorted(sizes, _CHARACTERS, side="right"))))
        if kept < len(self._texts):
            self._is_whole = False
            del self._texts[kept:]
            self._limit = np.uint64(self._texts[-1][0])


class ColumnSample(ColumnSwitcher):
    """A column switcher that changes nothing, and adds the texts of the columns to a sample."""

    def __init__(self, switchers: Any, sample: TextSample) -> None:
        super().__init__(switchers)
        self._sample = sample

    def _switch(self, columns: ListBatch | ArrayBatch, keys: Any) -> dict[str, Any]:
        cells = {name: columns.cells(name) for name in self.switchers}
        count = len(next(iter(cells.values())))
        self._sample.add_columns(cells, None if keys is None else row_keys(keys, count))
        return {name: columns[name] for name in self.switchers}


def _numbers(first: int, count: int) -> Hashes:
    """Return row numbers."""
    return np.arange(first, first + count, dtype=np.uint64)


def _hashes(first: int, count: int) -> Hashes:
    """Return a hash of each row number."""
    return mix(_numbers(first, count) + np.uint64(1))
