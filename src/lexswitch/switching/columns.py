"""ColumnSwitcher: batches of columns in, batches with switched columns out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import check_choice, whole_number
from ..engine.hashing import mix
from ..engine.packing import Hashes, Ints
from .keys import row_keys
from .labels import tag_names

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..lexicon import Lexicon
    from .labels import Inside
    from .switcher import CodeSwitcher


class ColumnSwitcher:
    """Switches columns of batches, each by a switcher of its own; `CodeSwitcher.on` and `switch_columns` make one.

    A cell holds a text, a list of texts or nothing (None), which stays. Each text has draws of its own: column number k
    of a row draws independently of the others, and so does number j of a list. Column 0, and the first of a list there,
    draws as ``apply(texts, keys=indices)`` does. The objects are immutable and picklable.
    """

    def __init__(
        self,
        switchers: Mapping[str, CodeSwitcher],
        *,
        into: Mapping[str, str] | None = None,
        keys: str | None = None,
        epoch: int = 0,
    ) -> None:
        self.switchers = dict(switchers)
        self.into = _new_names(list(self.switchers), into)
        if keys is not None and not isinstance(keys, str):
            raise TypeError(f"keys is {type(keys).__name__}; pass the name of the column that holds the keys, as str")
        self.keys = keys
        self.epoch = whole_number("epoch", epoch, 0, 2**64)

    @property
    def needed(self) -> list[str]:
        """The columns that a batch must have."""
        return list(self.into) if self.keys is None else [*self.into, self.keys]

    def at(self, epoch: int) -> Self:
        """The same with the draws of another epoch."""
        return self._changed(epoch=whole_number("epoch", epoch, 0, 2**64))

    def map_lexicons(self, change: Callable[[Lexicon], Lexicon]) -> Self:
        """The same with other copies of its lexicons; columns that share one still do."""
        lexicons = {id(one.lexicon): one.lexicon for one in self.switchers.values()}
        changed = {key: change(lexicon) for key, lexicon in lexicons.items()}
        switchers = {name: one.replace(lexicon=changed[id(one.lexicon)]) for name, one in self.switchers.items()}
        return self._changed(switchers=switchers)

    def for_features(self, features: Any) -> Self:
        """The same for a data set of Hugging Face with these features, a mapping from column to feature, or None."""
        del features  # texts need none
        return self

    def _changed(self, **attributes: Any) -> Self:
        changed = copy.copy(self)
        changed.__dict__.update(attributes)
        return changed

    def prepare(self) -> None:
        """Build now what the first batch would build: worker processes forked later share it."""
        for switcher in self.switchers.values():
            switcher.apply([""])

    def __call__(self, batch: Any, indices: Sequence[int] | None = None) -> Any:
        """Switch the columns of a batch.

        Parameters
        ----------
        batch : mapping of str to list, pyarrow Table or RecordBatch, pandas or polars DataFrame
        indices : sequence of int, optional
            The keys of the rows, unless a column holds them; default is a hash of each text.

        Returns
        -------
        dict of str to list, or what `batch` is
            For a mapping the switched columns alone, as ``datasets.map`` wants them; else the whole batch with the
            switched columns in it.

        Raises
        ------
        KeyError
            If a column is missing; the message lists those of the batch.
        TypeError, ValueError
            If a column holds something else than texts, lists of texts or None; names the column.
        """
        columns = _Lists(batch) if isinstance(batch, Mapping) else _Arrays(batch)
        keys = indices if self.keys is None else columns.keys(self.keys)
        return columns.result(self._switch(columns, keys))

    def _switch(self, columns: _Lists | _Arrays, keys: Any) -> dict[str, Any]:
        """The switched columns."""
        result = {}
        for number, (name, switcher) in enumerate(self.switchers.items()):
            column = columns[name]
            try:
                own = None if keys is None else row_keys(keys, len(column))
                result[self.into[name]] = columns.switch(switcher, column, own, number, self.epoch)
            except (TypeError, ValueError) as error:
                raise type(error)(f"column {name!r}: {error}") from error
        return result

    @property
    def signature(self) -> str:
        """Pins what each column becomes."""
        switchers = "|".join(f"{name}>{self.into[name]}=({one.signature})" for name, one in self.switchers.items())
        return f"epoch:{self.epoch}|keys:{self.keys or 'indices'}|{switchers}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.signature}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ColumnSwitcher) and self.signature == other.signature

    def __hash__(self) -> int:
        return hash(self.signature)


class TokenSwitcher(ColumnSwitcher):
    """Switches a column of tokens and sets the column of their tags anew; `CodeSwitcher.on_tokens` makes one.

    Elsewhere it does what a `ColumnSwitcher` does.
    """

    def __init__(
        self,
        switcher: CodeSwitcher,
        tokens: str,
        tags: str,
        *,
        inside: Inside = "units",
        names: Any = None,
        into: Mapping[str, str] | None = None,
        keys: str | None = None,
        epoch: int = 0,
    ) -> None:
        if not isinstance(tokens, str) or not isinstance(tags, str) or tokens == tags:
            raise ValueError(
                f"columns are {[tokens, tags]}; name the one of the tokens and the one of their tags: "
                "switcher.on_tokens('tokens', 'ner_tags')"
            )
        check_choice("inside", inside, ("units", "whole", "nothing"))
        super().__init__({tokens: switcher}, keys=keys, epoch=epoch)
        self.into = _new_names([tokens, tags], into)
        self.inside = inside
        self.names = tag_names(names)

    def for_features(self, features: Any) -> Self:
        """The same that knows what the numbers of the tags mean, if these features have it."""
        feature = None if self.names is not None or not features else features.get(list(self.into)[1])
        named = hasattr(getattr(feature, "feature", feature), "names")
        return self._changed(names=tag_names(feature)) if named else self

    def _switch(self, columns: _Lists | _Arrays, keys: Any) -> dict[str, Any]:
        tokens, tags = self.into
        names = self.for_features(columns.features).names
        cells = columns.cells(tokens), columns.cells(tags)
        for row, (sentence, of_row) in enumerate(zip(*cells, strict=True)):
            if (sentence is None) != (of_row is None):
                raise ValueError(f"row {row} has None in one of the columns {tokens!r}, {tags!r}; both must be None")
        own = None if keys is None else row_keys(keys, len(cells[0]))
        given = ([cell or [] for cell in column] for column in cells)
        options: dict[str, Any] = {"inside": self.inside, "keys": own, "epoch": self.epoch}
        try:
            switched = self.switchers[tokens].apply_tokens(*given, names=names, **options)
        except (TypeError, ValueError) as error:
            raise type(error)(f"columns {tokens!r} and {tags!r}: {error}") from error
        result = {}
        for name, column, new in zip(self.into, cells, (switched.tokens, switched.tags), strict=True):
            filled = [None if cell is None else new_cell for cell, new_cell in zip(column, new, strict=True)]
            result[self.into[name]] = columns.like(name, filled)
        return result

    @property
    def signature(self) -> str:
        """Pins what the columns become."""
        names = "own" if self.names is None else ",".join(self.names)
        return f"{super().signature}|tags:{'>'.join(list(self.into.items())[1])}|inside:{self.inside}|names:{names}"


def switch_columns(
    switchers: Mapping[str, CodeSwitcher],
    *,
    into: Mapping[str, str] | None = None,
    keys: str | None = None,
    epoch: int = 0,
) -> ColumnSwitcher:
    """A function on batches of columns that gives each column a switcher of its own.

    Parameters
    ----------
    switchers : mapping of str to CodeSwitcher
        ``{"query": to_german, "passage": to_russian}``.
    into, keys, epoch
        As for `CodeSwitcher.on`, which serves where columns share a switcher.

    Raises
    ------
    TypeError, ValueError
        If there is no column, or a value is no switcher.
    """
    if not isinstance(switchers, Mapping) or not switchers:
        raise ValueError(f"switchers is {switchers!r}; pass a CodeSwitcher for each column: {{'query': switcher}}")
    for column, switcher in switchers.items():
        if not isinstance(column, str) or not hasattr(switcher, "apply_arrow"):
            raise TypeError(f"switchers[{column!r}] is {type(switcher).__name__}; pass a CodeSwitcher for each column")
    return ColumnSwitcher(switchers, into=into, keys=keys, epoch=epoch)


def _own_keys(keys: Hashes | None, number: int, rows: Ints | slice, positions: Ints | int) -> Hashes | None:
    """The keys of texts, given the keys of their rows; each column and each place in a list draws on its own."""
    if keys is None:
        return None
    places = np.uint64(number) + (np.atleast_1d(positions).astype(np.uint64) << np.uint64(32))
    return keys[rows] ^ mix(places)  # the mix of 0 is 0


def _new_names(columns: list[str], into: Mapping[str, str] | None) -> dict[str, str]:
    """For each of these columns the name that it has once it is switched."""
    names = {column: column for column in columns} | dict(into or {})
    if len(names) > len(columns):
        raise ValueError(f"into is {into!r}; it must map some of the columns {columns} to new names")
    if len(set(names.values())) < len(names):
        raise ValueError(f"into is {into!r}; each switched column needs a name of its own, not {names}")
    return names


class _Lists:
    """A batch as a mapping of names to lists."""

    def __init__(self, batch: Mapping[str, Any]) -> None:
        self._batch = batch

    @property
    def features(self) -> Any:
        """Column -> feature, if the batch is one that ``datasets.map`` makes."""
        return getattr(getattr(self._batch, "formatter", None), "features", None)

    def __getitem__(self, name: str) -> Sequence[Any]:
        column = _column(self._batch, name, list(self._batch))
        if isinstance(column, str):
            raise TypeError(f"column {name!r} is one text, not a list; map with batched=True")
        listed: Sequence[Any] = column.tolist() if isinstance(column, np.ndarray) else column
        return listed

    def keys(self, name: str) -> Any:
        return self[name]

    def cells(self, name: str) -> list[Any]:
        """The cells of a column as lists or None."""
        return [cell.tolist() if hasattr(cell, "tolist") else cell for cell in self[name]]

    def like(self, name: str, cells: list[Any]) -> list[Any]:
        return cells

    def switch(
        self, switcher: CodeSwitcher, column: Sequence[Any], keys: Hashes | None, number: int, epoch: int
    ) -> list[Any]:
        if set(map(type, column)) <= {str}:
            return switcher.apply(column, keys=_own_keys(keys, number, slice(None), 0), epoch=epoch)
        cells = [cell if _is_list(cell) else [cell] for cell in column]
        found = [
            (text, row, position)
            for row, cell in enumerate(cells)
            for position, text in enumerate(cell)
            if text is not None
        ]
        for text, row, _ in found:
            if not isinstance(text, str):
                raise TypeError(f"row {row} holds {type(text).__name__}; pass str, lists of str, or None")
        texts, rows, positions = map(list, zip(*found, strict=True)) if found else ([], [], [])
        own = _own_keys(keys, number, np.array(rows, dtype=np.int64), np.array(positions, dtype=np.int64))
        switched = iter(switcher.apply(texts, keys=own, epoch=epoch))
        filled = [[None if text is None else next(switched) for text in cell] for cell in cells]
        return [new if _is_list(cell) else new[0] for cell, new in zip(column, filled, strict=True)]

    def result(self, switched: dict[str, Any]) -> dict[str, Any]:
        return switched


class _Arrays:
    """A batch as a table of pyarrow or a frame of pandas or polars."""

    def __init__(self, batch: Any) -> None:
        from . import arrow

        self._arrow = arrow
        self._batch = batch
        self._names = arrow.column_names(batch)

    features = None

    def __getitem__(self, name: str) -> Any:
        return _column(self._batch, name, self._names)

    def cells(self, name: str) -> list[Any]:
        """The cells of a column as lists or None."""
        cells: list[Any] = self._arrow.as_arrow(self[name]).to_pylist()
        return cells

    def like(self, name: str, cells: list[Any]) -> Any:
        """Cells as a column of the type and kind that one has."""
        import pyarrow

        column = self[name]
        return self._arrow.as_kind(column, pyarrow.array(cells, self._arrow.as_arrow(column).type))

    def keys(self, name: str) -> Any:
        keys = self._arrow.as_arrow(self[name])
        is_whole = not keys.null_count and str(keys.type).removeprefix("u").startswith("int")
        return keys.to_numpy() if is_whole else keys.to_pylist()

    def switch(self, switcher: CodeSwitcher, column: Any, keys: Hashes | None, number: int, epoch: int) -> Any:
        array = self._arrow.as_arrow(column)
        lists = self._arrow.Lists.of(array)
        if lists is None:
            return switcher.apply_arrow(column, keys=_own_keys(keys, number, slice(None), 0), epoch=epoch)
        own = _own_keys(keys, number, lists.rows, lists.positions)
        return self._arrow.as_kind(column, lists.restored(switcher.apply_arrow(lists.strings, keys=own, epoch=epoch)))

    def result(self, switched: dict[str, Any]) -> Any:
        return self._arrow.with_columns(self._batch, switched)


def _column(batch: Any, name: str, names: list[str]) -> Any:
    if name not in names:
        raise KeyError(f"no column {name!r} in the batch; it has {names}")
    return batch[name]


def _is_list(cell: object) -> bool:
    return isinstance(cell, (list, tuple, np.ndarray))
