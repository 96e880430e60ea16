"""Switching columns of data sets: batches in, batches with switched columns out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..checks import check_choice, check_flag, whole_number
from ..errors import LexiconError
from ..lexicon import Lexicon
from .column_batches import ArrayBatch, CellTexts, ListBatch, TextSwitcher, is_list
from .keys import row_keys
from .labels import Inside, tag_names
from .report import Report
from .trace import Switch

if TYPE_CHECKING:
    from typing_extensions import Self


class CellSwitch(NamedTuple):
    """A switch in a cell of a batch."""

    column: str
    row: int
    """Row of the batch."""
    item: int | None
    """Position in the list of the cell, if the cell holds a list."""
    switch: Switch


class ColumnSwitcher:
    """Switches columns of batches, each with its own switcher. `CodeSwitcher.on` and `switch_columns` return one.

    A cell holds a text, a list of texts, or None, which stays. The draws of each column, and of each position in a
    list, are independent. Those of the first column, and of the first text of a list in it, equal the draws of
    ``apply(texts, keys=indices)``. The objects are immutable and picklable.
    """

    def __init__(
        self,
        switchers: Mapping[str, TextSwitcher],
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
        """Columns that a batch must have."""
        return list(self.into) if self.keys is None else [*self.into, self.keys]

    def at(self, epoch: int) -> Self:
        """Return the same switcher with another epoch."""
        return self._changed(epoch=whole_number("epoch", epoch, 0, 2**64))

    def map_lexicons(self, change: Callable[[Lexicon], Lexicon]) -> Self:
        """Return the same switcher with other copies of its lexicons. Columns that share a lexicon still do."""
        lexicons = {id(one.lexicon): one.lexicon for one in self.switchers.values()}
        changed = {key: change(lexicon) for key, lexicon in lexicons.items()}
        switchers = {name: one.replace(lexicon=changed[id(one.lexicon)]) for name, one in self.switchers.items()}
        return self._changed(switchers=switchers)

    def for_features(self, features: Any) -> Self:
        """Return the same switcher for a Hugging Face data set with these features (column -> feature), or None."""
        del features  # texts do not need them
        return self

    def _changed(self, **attributes: Any) -> Self:
        changed = object.__new__(type(self))  # copy.copy is slow for loaders, which set the epoch for each row
        changed.__dict__ = {**self.__dict__, **attributes}
        return changed

    def prepare(self) -> None:
        """Build now what the first batch would build, so that worker processes that are forked later share it."""
        for switcher in self.switchers.values():
            switcher.apply([""])

    def __call__(self, batch: Any, indices: Sequence[int] | None = None) -> Any:
        """Switch the columns of a batch.

        Parameters
        ----------
        batch : mapping of str to list, pyarrow Table or RecordBatch, pandas or polars DataFrame
        indices : sequence of int, optional
            Keys of the rows, unless a column has them. Default is a hash of each text.

        Returns
        -------
        dict of str to list, or what `batch` is
            For a mapping, only the switched columns, as ``datasets.map`` expects. Otherwise the whole batch with the
            switched columns.

        Raises
        ------
        KeyError
            If a column is missing. The message lists the columns of the batch.
        TypeError, ValueError
            If a column has other values than texts, lists of texts or None, or another length. The message names it.
        """
        columns = ListBatch(batch) if isinstance(batch, Mapping) else ArrayBatch(batch)
        keys = indices if self.keys is None else columns.keys(self.keys)
        return columns.result(self._switch(columns, keys))

    def trace(self, batch: Any, indices: Sequence[int] | None = None) -> Iterator[CellSwitch]:
        """Yield the switches that a call with the same arguments makes, column by column.

        Parameters
        ----------
        batch, indices
            As for a call.
        """
        columns = ListBatch(batch) if isinstance(batch, Mapping) else ArrayBatch(batch)
        keys = indices if self.keys is None else columns.keys(self.keys)
        for number, (name, switcher) in enumerate(self.switchers.items()):
            cells = columns.cells(name)
            found = CellTexts.of(cells)
            own = found.keys(None if keys is None else row_keys(keys, len(cells)), number)
            for switch in switcher.trace(found.texts, keys=own, epoch=self.epoch).switches:
                row, item = found.rows[switch.row], found.positions[switch.row]
                yield CellSwitch(name, row, item if is_list(cells[row]) else None, switch)

    def switch_and_report(
        self, batch: Any, indices: Sequence[int] | None = None, *, before: int = 0
    ) -> tuple[Any, Report]:
        """Switch the columns of a batch as a call does, and also return the report of this batch.

        Add the reports of all batches to get that of the data set; workers can pass them on. Advice on the language of
        the texts is in the report of the first batch that suggests it, so it is in the sum, too.

        Parameters
        ----------
        batch, indices
            As for a call.
        before : int, default 0
            Number of rows before this batch in the data set. The larger it is, the fewer texts are counted in detail.
        """
        recording, report = self.recording(before)
        return recording(batch, indices), report()

    def recording(self, before: int = 0, details: bool = True) -> tuple[Self, Callable[[], Report]]:
        """Return the same switcher, which records what it switches, and a function that returns the report so far.

        If one process switches a whole data set, this is faster than a report per batch.

        Parameters
        ----------
        before : int, default 0
            Number of rows that other processes switch before.
        details : bool, default True
            Whether to count the details of a sample, too. Without them, recording takes less time.
        """
        check_flag("details", details)
        recording = {name: one._recording(name, before, details, is_part=True) for name, one in self.switchers.items()}
        recorders = [recorder for _, recorder in recording.values()]
        switchers = {name: switcher for name, (switcher, _) in recording.items()}
        return self._changed(switchers=switchers), lambda: Report.merge(one.report() for one in recorders)

    def _switch(self, columns: ListBatch | ArrayBatch, keys: Any) -> dict[str, Any]:
        """Return the switched columns."""
        result = {}
        rows: int | None = None
        for number, (name, switcher) in enumerate(self.switchers.items()):
            column = columns[name]
            if len(column) != (rows := len(column) if rows is None else rows):
                raise ValueError(
                    f"column {name!r} has {len(column)} rows, and {next(iter(self.switchers))!r} has {rows}"
                )
            try:
                result[self.into[name]] = columns.switch(switcher, column, keys, number, self.epoch)
            except (TypeError, ValueError) as error:
                raise _named(error, f"column {name!r}") from error
        return result

    @property
    def signature(self) -> str:
        """A short string that identifies how each column is switched."""
        switchers = "|".join(f"{name}>{self.into[name]}=({one.signature})" for name, one in self.switchers.items())
        return f"epoch:{self.epoch}|keys:{self.keys or 'indices'}|{switchers}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.signature}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ColumnSwitcher) and self.signature == other.signature

    def __hash__(self) -> int:
        return hash(self.signature)


class TokenSwitcher(ColumnSwitcher):
    """Switches a column of tokens, and updates the column of their tags. `CodeSwitcher.on_tokens` returns one.

    Otherwise it behaves like a `ColumnSwitcher`.
    """

    def __init__(
        self,
        switcher: TextSwitcher,
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
                f"columns are {[tokens, tags]}; name the column of the tokens and the column of their tags: "
                "switcher.on_tokens('tokens', 'ner_tags')"
            )
        check_choice("inside", inside, ("units", "whole", "nothing"))
        super().__init__({tokens: switcher}, keys=keys, epoch=epoch)
        self.into = _new_names([tokens, tags], into)
        self.inside = inside
        self.names = tag_names(names)

    def for_features(self, features: Any) -> Self:
        """Return the same switcher with the names of tags from these features, if they have them."""
        feature = None if self.names is not None or not features else features.get(list(self.into)[1])
        named = hasattr(getattr(feature, "feature", feature), "names")
        return self._changed(names=tag_names(feature)) if named else self

    def trace(self, batch: Any, indices: Sequence[int] | None = None) -> Iterator[CellSwitch]:
        """Not available: raise TypeError, because switches are undone beside labels."""
        raise TypeError("tokens have no trace; use CodeSwitcher.apply_spans, whose result has the switches")

    def recording(self, before: int = 0, details: bool = True) -> tuple[Self, Callable[[], Report]]:
        """Not available: raise TypeError, because switches are undone beside labels after they are counted."""
        raise TypeError("tokens have no report; pass texts and labelled spans to CodeSwitcher.report(texts, spans=...)")

    def _switch(self, columns: ListBatch | ArrayBatch, keys: Any) -> dict[str, Any]:
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
            raise _named(error, f"columns {tokens!r} and {tags!r}") from error
        result = {}
        for name, column, new in zip(self.into, cells, (switched.tokens, switched.tags), strict=True):
            filled = [None if cell is None else new_cell for cell, new_cell in zip(column, new, strict=True)]
            result[self.into[name]] = columns.like(name, filled)
        return result

    @property
    def signature(self) -> str:
        """A short string that identifies how the columns are switched."""
        names = "own" if self.names is None else ",".join(self.names)
        return f"{super().signature}|tags:{'>'.join(list(self.into.items())[1])}|inside:{self.inside}|names:{names}"


def switch_columns(
    switchers: Mapping[str, TextSwitcher],
    *,
    into: Mapping[str, str] | None = None,
    keys: str | None = None,
    epoch: int = 0,
) -> ColumnSwitcher:
    """Return a function on batches of columns with a switcher for each column.

    Parameters
    ----------
    switchers : mapping of str to CodeSwitcher
        ``{"query": to_german, "passage": to_russian}``.
    into, keys, epoch
        As for `CodeSwitcher.on`. Use that method if columns share a switcher.

    Raises
    ------
    TypeError, ValueError
        If there is no column, or a value is not a switcher.
    """
    if not isinstance(switchers, Mapping) or not switchers:
        raise ValueError(f"switchers is {switchers!r}; pass a CodeSwitcher for each column: {{'query': switcher}}")
    for column, switcher in switchers.items():
        if not isinstance(column, str) or not hasattr(switcher, "apply_arrow"):
            raise TypeError(f"switchers[{column!r}] is {type(switcher).__name__}; pass a CodeSwitcher for each column")
    return ColumnSwitcher(switchers, into=into, keys=keys, epoch=epoch)


def check_column_switcher(column_switcher: object) -> ColumnSwitcher:
    """Return the argument, or raise TypeError if it is not a ColumnSwitcher."""
    if not isinstance(column_switcher, ColumnSwitcher):
        raise TypeError(
            f"column_switcher is {type(column_switcher).__name__}; pass switcher.on('query', 'passage') or "
            "switch_columns(...)"
        )
    return column_switcher


def _named(error: TypeError | ValueError, columns: str) -> TypeError | ValueError:
    """Return an error whose message begins with the columns. Subclasses may have other constructors."""
    kind = next(kind for kind in (LexiconError, TypeError, ValueError) if isinstance(error, kind))
    return kind(f"{columns}: {error}")


def _new_names(columns: list[str], into: Mapping[str, str] | None) -> dict[str, str]:
    """Return the new name of each of these columns."""
    if into is not None and not isinstance(into, Mapping):
        raise TypeError(f"into is {into!r}; pass the new name of each column: {{{columns[0]!r}: 'switched'}}")
    names = {column: column for column in columns} | dict(into or {})
    if len(names) > len(columns):
        raise ValueError(f"into is {into!r}; it must map some of the columns {columns} to new names")
    if len(set(names.values())) < len(names):
        raise ValueError(f"into is {into!r}; each switched column needs another name, not {names}")
    return names
