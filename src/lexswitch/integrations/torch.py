"""PyTorch: data sets and a collator that switch rows as they are read, with fresh draws in each epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ..checks import is_table, whole_number
from ..engine.hashing import mix_int
from ..switching.columns import ColumnSwitcher
from .epochs import Epoch

try:
    import torch
    from torch.utils.data import Dataset, IterableDataset, default_collate, get_worker_info
except ImportError:
    raise ImportError('data sets of PyTorch need torch; pip install "lexswitch[torch]"') from None

Row = Mapping[str, Any]

_MOST_WORKERS = 1024


class _SwitchedRows:
    """Rows, their switcher and the epoch it draws for."""

    def __init__(self, rows: Any, column_switcher: ColumnSwitcher) -> None:
        if is_table(rows):
            raise TypeError(
                f"the rows are a {type(rows).__name__}; pass rows as dicts, such as rows.to_dict('records')"
            )
        self._rows = rows
        self._column_switcher = _prepared(column_switcher).for_features(getattr(rows, "features", None))
        self._epoch = Epoch()

    @property
    def epoch(self) -> int:
        """The epoch that was set last, at first that of the switcher."""
        epoch = self._epoch.get()
        return self._column_switcher.epoch if epoch is None else epoch

    def set_epoch(self, epoch: int) -> None:
        """Draw for another epoch from now on, in workers that run already too.

        Accelerate, and with it the trainers of Transformers, calls this at the beginning of each epoch, but not always
        when it trains on several devices: there pass an `EpochCallback` to the trainer. Rows that have a ``set_epoch``
        themselves get the epoch too, so that they can be shuffled anew.
        """
        self._epoch.set(epoch)
        if hasattr(self._rows, "set_epoch"):
            self._rows.set_epoch(epoch)


class SwitchedDataset(_SwitchedRows, Dataset[dict[str, Any]]):
    """A map-style data set whose rows are switched as they are read.

    A row draws by its index and the epoch alone, whatever the sampler, the batch, the number of workers, or the place
    where training was resumed. The epoch moves by `set_epoch`. The trainers of sentence-transformers take data sets of
    Hugging Face only: see `transform_dataset`.

    Parameters
    ----------
    dataset : sequence of dict
        Anything with ``len`` and rows as dicts: a list, a data set of PyTorch or of Hugging Face.
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    """

    def __init__(self, dataset: Any, column_switcher: ColumnSwitcher) -> None:
        super().__init__(dataset, column_switcher)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Sequence[int]) -> list[dict[str, Any]]:
        count = len(self)
        for index in indices:
            if not -count <= index < count:
                raise IndexError(f"index {index} is out of range; the data set has {count} rows")
        whole = [int(index) % count for index in indices]
        fetch = getattr(self._rows, "__getitems__", None)
        rows = fetch(whole) if fetch else [self._rows[index] for index in whole]
        return _switch(self._column_switcher.at(self.epoch), rows, whole)


class SwitchedIterable(_SwitchedRows, IterableDataset[dict[str, Any]]):
    """A stream of rows that are switched as they are read.

    Rows are dealt to the workers of a ``DataLoader`` in runs of `batch_size`, so that with a loader of this batch size
    every batch is the same and comes at the same place, whatever the number of workers. A row draws by its number in
    the stream and the epoch. An ``IterableDataset`` deals its rows to workers itself: it is left to do so, and its rows
    are known by a hash of their texts; in either case a column of keys of `column_switcher` comes first.

    With the ``StatefulDataLoader`` of torchdata a stream can be resumed in the middle of an epoch, with any number of
    workers.

    Parameters
    ----------
    rows : iterable of dict
        Read from its beginning in each epoch and by each worker: a list, a file's reader, an ``IterableDataset``.
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    batch_size : int, default 32
        That of the ``DataLoader``.
    """

    def __init__(self, rows: Iterable[Row], column_switcher: ColumnSwitcher, batch_size: int = 32) -> None:
        super().__init__(rows, column_switcher)
        if not isinstance(rows, Iterable) or isinstance(rows, Iterator):
            raise TypeError(
                f"rows is {type(rows).__name__}; pass what can be read anew in each epoch, such as a list or a class "
                "with __iter__"
            )
        self._batch_size = whole_number("batch_size", batch_size, 1, 2**31)
        self._is_dealt = isinstance(rows, IterableDataset)
        #: Where this process is in its pass, and where it is to begin the next one.
        self._place: _Place | None = None
        self._resumed: _Place | None = None
        #: For all processes: whether there is such a place, its epoch and row; the workers that began there; and how
        #: many workers the last pass had.
        self._shared = torch.zeros(3, dtype=torch.int64).share_memory_()
        self._begun = torch.zeros(_MOST_WORKERS, dtype=torch.bool).share_memory_()
        self._workers = torch.zeros(1, dtype=torch.int64).share_memory_()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        # Not a generator itself: a loader may ask for the state before it asks for the first row.
        worker = get_worker_info()
        number, count = (0, 0) if worker is None else (worker.id, worker.num_workers)
        if number >= _MOST_WORKERS:
            raise ValueError(f"num_workers is {count}; a SwitchedIterable serves up to {_MOST_WORKERS}")
        self._workers[0] = count
        self._place = self._begin(number, count)
        return self._pass(self._place, *((0, 1) if self._is_dealt or worker is None else (number, count)))

    def _begin(self, number: int, count: int) -> _Place:
        """Where a pass begins: where the state says that was loaded last, once, or else at row 0."""
        if self._resumed is not None:
            place, self._resumed = self._resumed, None
            return place
        is_set, epoch, row = self._shared.tolist()
        if not is_set or (count and self._begun[number]):
            return _Place(self.epoch, 0, 0)
        if count:
            self._begun[number] = True
        else:
            self._shared[0] = 0
        if row and self._is_dealt and count > 1:
            raise ValueError(
                f"row is {row}, and {type(self._rows).__name__} deals its rows to {count} workers, so that they do not "
                "know where this is; resume with the StatefulDataLoader of torchdata, which keeps a state for each "
                "worker, or with num_workers=1"
            )
        return _Place(epoch, row, row)

    def _pass(self, place: _Place, number: int, count: int) -> Iterator[dict[str, Any]]:
        """The rows of one pass that fall to a worker, in runs of `batch_size` from the place where all began."""
        column_switcher = self._column_switcher.at(place.epoch)
        rows = islice(self._rows, place.row, None)
        size = self._batch_size
        while batch := list(islice(rows, size - (place.row - place.first) % size)):
            start = place.row
            if (start - place.first) // size % count == number:
                indices = None if self._is_dealt else range(start, start + len(batch))
                for row in _switch(column_switcher, batch, indices):
                    place.row += 1
                    yield row
            place.row = start + len(batch)

    def state_dict(self) -> dict[str, int]:
        """Where the stream is, in this process.

        Returns
        -------
        dict
            ``epoch``; ``row``, the number of rows that were passed in it; ``first``, the row where the pass began.

        Raises
        ------
        ValueError
            If the workers of a plain ``DataLoader`` read the rows: how far they are is known to them alone.
        """
        workers = int(self._workers.item()) if get_worker_info() is None else 0
        if workers:
            raise ValueError(
                f"{workers} workers read the rows, and this process does not know how far they are; use the "
                "StatefulDataLoader of torchdata and its state_dict(), or count the batches that came: "
                f"{{'epoch': {self.epoch}, 'row': batches * {self._batch_size}}}"
            )
        is_set, epoch, row = self._shared.tolist()
        place = _Place(epoch, row, row) if is_set else self._place or _Place(self.epoch, 0, 0)
        return {"epoch": place.epoch, "first": place.first, "row": place.row}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Begin the next pass at some place: ``{"epoch": 3, "row": batches_done * batch_size}``.

        That pass draws for the epoch of the state, unless `set_epoch` sets another one: then it begins at row 0, as
        all later ones do.
        """
        if not isinstance(state, Mapping) or not {"epoch", "row"} <= set(state):
            raise ValueError(f"state is {state!r:.80}; pass {{'epoch': 3, 'row': 70}}, or what state_dict() returned")
        epoch, row = (whole_number(name, state[name], 0, 2**63) for name in ("epoch", "row"))
        if get_worker_info() is None:
            # All workers begin here, so runs are counted from here, whatever `first` was.
            self._shared[:] = torch.tensor([1, epoch, row])
            self._begun[:] = False
            self._workers[0] = 0
        else:  # the StatefulDataLoader hands each worker its own state
            self._resumed = _Place(epoch, whole_number("first", state.get("first", row), 0, row + 1), row)

    def set_epoch(self, epoch: int) -> None:
        super().set_epoch(epoch)
        if int(self._shared[1]) != epoch:
            self._shared[0] = 0


class _Place:
    """A row of an epoch, and the row where the pass that reached it began."""

    def __init__(self, epoch: int, first: int, row: int) -> None:
        self.epoch, self.first, self.row = epoch, first, row


class SwitchingCollator:
    """A ``collate_fn`` that switches the rows of a batch before they are collated.

    Rows are known by a hash of their texts, or by a column of keys of `column_switcher`. A trainer does not inform a
    collator of a new epoch. So, as long as no epoch is set, each call draws anew: a call draws by its number in its
    process and, in a worker, by the seed that PyTorch gave this worker. Runs with the same seed of PyTorch, the same batches and the
    same number of workers have the same draws. But these change with the batch size and the number of workers, and a
    training that was resumed does not repeat those of one that was not interrupted.

    Once `set_epoch` was called, a row draws by its key and the epoch alone, as in a `SwitchedDataset`. In a trainer of
    Transformers an `EpochCallback` calls it.

    Attributes that a collator lacks are those of `collate`, because trainers ask for some.

    Parameters
    ----------
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    collate : callable, optional
        From a list of rows to what the model takes, e.g. a tokenizer's call; default is PyTorch's ``default_collate``.
    """

    def __init__(
        self, column_switcher: ColumnSwitcher, collate: Callable[[list[dict[str, Any]]], Any] = default_collate
    ) -> None:
        self._column_switcher = _prepared(column_switcher)
        self._collate = collate
        self._epoch = Epoch()
        #: The seed of the worker that counts, None for the main process, and the number of its calls.
        self._seed: int | None = None
        self._calls = 0

    @property
    def epoch(self) -> int | None:
        """The epoch that was set last; None if each call draws anew."""
        return self._epoch.get()

    def set_epoch(self, epoch: int) -> None:
        """Draw by the keys of rows and this epoch from now on, in workers that run already too."""
        self._epoch.set(epoch)

    def __call__(self, rows: Sequence[Row]) -> Any:
        epoch = self._epoch.get()
        return self._collate(_switch(self._column_switcher.at(self._next() if epoch is None else epoch), rows, None))

    def _next(self) -> int:
        """A number for this call."""
        worker = get_worker_info()
        seed = None if worker is None else int(worker.seed)
        if seed != self._seed:  # a worker begins to count; it got the number of its parent
            self._seed, self._calls = seed, 0
        self._calls += 1
        return (self._column_switcher.epoch + (0 if seed is None else mix_int(seed)) + self._calls - 1) % 2**64

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._collate, name)


def _prepared(column_switcher: object) -> ColumnSwitcher:
    if not isinstance(column_switcher, ColumnSwitcher):
        raise TypeError(
            f"column_switcher is {type(column_switcher).__name__}; pass switcher.on('query', 'passage') or "
            "switch_columns(...)"
        )
    column_switcher.prepare()  # once here, for all workers that are forked from this process
    return column_switcher


def _switch(
    column_switcher: ColumnSwitcher, rows: Sequence[Row], indices: Sequence[int] | None
) -> list[dict[str, Any]]:
    """Switch some rows, which all have the columns of the first one."""
    if not rows:
        return []
    for row in rows:
        if not isinstance(row, Mapping):
            raise TypeError(f"a row is {type(row).__name__}; pass rows as dicts, column by name")
    switched = column_switcher(_Columns(rows), indices)
    return [
        {**row, **dict(zip(switched, values, strict=True))}
        for row, values in zip(rows, zip(*switched.values(), strict=True), strict=True)
    ]


class _Columns(Mapping[str, Any]):
    """Rows seen as columns; a column is made when it is asked for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __getitem__(self, name: str) -> list[Any]:
        missing = [number for number, row in enumerate(self._rows) if name not in row]
        if missing:
            raise KeyError(
                f"no column {name!r} in row {missing[0]} of the batch; it has {list(self._rows[missing[0]])}"
            )
        return [row[name] for row in self._rows]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows[0])

    def __len__(self) -> int:
        return len(self._rows[0])
