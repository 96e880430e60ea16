"""Batches of columns: a mapping of lists, or a table or frame of pyarrow, pandas or polars."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from ..engine.hashing import mix, mix_int
from ..engine.packing import Hashes, Ints
from ..lexicon import Lexicon
from .keys import Keys, key_list, row_keys
from .labels import Inside, SwitchedTokens
from .report import Recorder
from .trace import Switched

if TYPE_CHECKING:
    from typing_extensions import Self


class TextSwitcher(Protocol):
    """Switches lists and columns of texts, as `CodeSwitcher` does."""

    @property
    def lexicon(self) -> Lexicon: ...
    @property
    def signature(self) -> str: ...
    def apply(self, texts: Sequence[str], *, keys: Keys | None = None, epoch: int = 0) -> list[str]: ...
    def apply_arrow(self, column: Any, *, keys: Keys | None = None, epoch: int = 0) -> Any: ...
    def apply_tokens(
        self,
        tokens: Sequence[Sequence[str]],
        tags: Any,
        *,
        inside: Inside = "units",
        names: Any = None,
        keys: Keys | None = None,
        epoch: int = 0,
    ) -> SwitchedTokens: ...
    def replace(self, **options: Any) -> Self: ...
    def trace(self, texts: Sequence[str], *, keys: Keys | None = None, epoch: int = 0) -> Switched: ...
    def _recording(self, column: str, before: int, details: bool, is_part: bool) -> tuple[Self, Recorder]: ...


class CellTexts(NamedTuple):
    """The texts of a column whose cells hold a text, a list of texts, or None."""

    texts: list[str]
    rows: list[int]
    """Row of each text."""
    positions: list[int]
    """Position of each text in the list of its cell, or 0."""

    @classmethod
    def of(cls, column: Sequence[Any]) -> CellTexts:
        """Return the texts of a column; raise TypeError for other values."""
        found = cls([], [], [])
        for row, cell in enumerate(column):
            for position, text in enumerate(cell if is_list(cell) else [cell]):
                if text is None:
                    continue
                if not isinstance(text, str):
                    raise TypeError(f"row {row} holds {type(text).__name__}; pass str, lists of str, or None")
                found.texts.append(text)
                found.rows.append(row)
                found.positions.append(position)
        return found

    def keys(self, keys: Hashes | None, number: int) -> Hashes | None:
        """Return the keys of the texts, given those of the rows and the number of the column."""
        return own_keys(keys, number, np.array(self.rows, dtype=np.int64), np.array(self.positions, dtype=np.int64))


class ListBatch:
    """A batch that is a mapping of names to lists."""

    def __init__(self, batch: Mapping[str, Any]) -> None:
        self._batch = batch

    @property
    def features(self) -> Any:
        """Column -> feature, if ``datasets.map`` made the batch."""
        return getattr(getattr(self._batch, "formatter", None), "features", None)

    def __getitem__(self, name: str) -> Sequence[Any]:
        column = _column(self._batch, name, self._batch)
        if isinstance(column, str):
            raise TypeError(f"column {name!r} is one text, not a list; map with batched=True")
        listed: Sequence[Any] = column.tolist() if isinstance(column, np.ndarray) else column
        return listed

    def keys(self, name: str) -> Any:
        return self[name]

    def cells(self, name: str) -> list[Any]:
        """Return the cells of a column as lists or None."""
        return [cell.tolist() if hasattr(cell, "tolist") else cell for cell in self[name]]

    def like(self, name: str, cells: list[Any]) -> list[Any]:
        return cells

    def switch(
        self, switcher: TextSwitcher, column: Sequence[Any], keys: Keys | None, number: int, epoch: int
    ) -> list[Any]:
        """Switch column number `number`, given the keys of the rows."""
        if set(map(type, column)) <= {str}:
            keys_of_column = None if keys is None else _keys_of_column(key_list(keys, len(column)), number)
            return switcher.apply(column, keys=keys_of_column, epoch=epoch)
        of_rows = None if keys is None else row_keys(keys, len(column))
        found = CellTexts.of(column)
        switched = iter(switcher.apply(found.texts, keys=found.keys(of_rows, number), epoch=epoch))
        cells = [cell if is_list(cell) else [cell] for cell in column]
        filled = [[None if text is None else next(switched) for text in cell] for cell in cells]
        return [new if is_list(cell) else new[0] for cell, new in zip(column, filled, strict=True)]

    def result(self, switched: dict[str, Any]) -> dict[str, Any]:
        return switched


class ArrayBatch:
    """A batch that is a table of pyarrow or a frame of pandas or polars."""

    def __init__(self, batch: Any) -> None:
        from . import arrow

        self._arrow = arrow
        self._batch = batch
        self._names = arrow.column_names(batch)

    features = None

    def __getitem__(self, name: str) -> Any:
        return _column(self._batch, name, self._names)

    def cells(self, name: str) -> list[Any]:
        """Return the cells of a column as lists or None."""
        cells: list[Any] = self._arrow.as_arrow(self[name]).to_pylist()
        return cells

    def like(self, name: str, cells: list[Any]) -> Any:
        """Return cells as a column with the type of another column."""
        import pyarrow

        column = self[name]
        return self._arrow.as_kind(column, pyarrow.array(cells, self._arrow.as_arrow(column).type))

    def keys(self, name: str) -> Any:
        keys = self._arrow.as_arrow(self[name])
        if keys.null_count:
            first = keys.is_null().index(True).as_py()
            raise ValueError(
                f"column {name!r} has no key in {keys.null_count} of {len(keys)} rows of the batch, row {first} first; "
                "each row needs a key: fill the nulls or drop these rows"
            )
        is_whole = str(keys.type).removeprefix("u").startswith("int")
        return keys.to_numpy() if is_whole else keys.to_pylist()

    def switch(self, switcher: TextSwitcher, column: Any, keys: Keys | None, number: int, epoch: int) -> Any:
        """Switch column number `number`, given the keys of the rows."""
        of_rows = None if keys is None else row_keys(keys, len(column))
        array = self._arrow.as_arrow(column)
        lists = self._arrow.Lists.of(array)
        if lists is None:
            return switcher.apply_arrow(column, keys=own_keys(of_rows, number, slice(None), 0), epoch=epoch)
        own = own_keys(of_rows, number, lists.rows, lists.positions)
        return self._arrow.as_kind(column, lists.restored(switcher.apply_arrow(lists.strings, keys=own, epoch=epoch)))

    def result(self, switched: dict[str, Any]) -> Any:
        return self._arrow.with_columns(self._batch, switched)


def _column(batch: Any, name: str, names: Collection[str]) -> Any:
    if name not in names:
        raise KeyError(f"no column {name!r} in the batch; it has {list(names)}")
    return batch[name]


def is_list(cell: object) -> bool:
    """Return whether a cell is a list."""
    return isinstance(cell, (list, tuple, np.ndarray))


def _keys_of_column(keys: list[int], number: int) -> list[int]:
    """Return what `own_keys` returns for a column of texts, without NumPy, which is slow for a few keys."""
    if number == 0:
        return keys
    mixed = mix_int(number)
    return [key ^ mixed for key in keys]


def own_keys(keys: Hashes | None, number: int, rows: Ints | slice, positions: Ints | int) -> Hashes | None:
    """Return the keys of texts, given the keys of their rows.

    Each column and each position in a list has independent draws.
    """
    if keys is None:
        return None
    # Column and position in one number, 32 bits each.
    packed = np.uint64(number) + (np.atleast_1d(positions).astype(np.uint64) << np.uint64(32))
    return keys[rows] ^ mix(packed)  # the mix of 0 is 0
