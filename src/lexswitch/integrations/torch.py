"""PyTorch: data sets and a collator that switch rows when they are read, with new draws in each epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ..checks import is_table, whole_number
from ..engine.hashing import mix_int
from ..switching.columns import ColumnSwitcher, check_column_switcher
from .epochs import Epoch

try:
    import torch
    from torch.utils.data import Dataset, IterableDataset, default_collate, get_worker_info
except ImportError:
    raise ImportError('data sets of PyTorch need torch; pip install "lexswitch[torch]"') from None

Row = Mapping[str, Any]

_MAX_WORKERS = 1024


class _SwitchedRows:
    """Rows, their column switcher and the epoch of its draws."""

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
        """The epoch that was set last; initially the epoch of the switcher."""
        epoch = self._epoch.get()
        return self._column_switcher.epoch if epoch is None else epoch

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch, also in running workers.

        Accelerate calls this method at the start of each epoch, and so do the trainers of Transformers. With several
        devices they do not always call it: pass an `EpochCallback` to the trainer. If the rows have a ``set_epoch``
        themselves, it is called too, so that they can be reshuffled.
        """
        self._epoch.set(epoch)
        if hasattr(self._rows, "set_epoch"):
            self._rows.set_epoch(epoch)


class SwitchedDataset(_SwitchedRows, Dataset[dict[str, Any]]):
    """A map-style data set that switches rows when they are read.

    The draws for a row depend only on its index and the epoch. The sampler, the batch, the number of workers and a
    resumed training do not change them. Change the epoch with `set_epoch`. The trainers of sentence-transformers accept
    data sets of Hugging Face only: see `transform_dataset`.

    Parameters
    ----------
    dataset : sequence of dict
        Any object with ``len`` and rows that are dicts: a list, a data set of PyTorch or of Hugging Face.
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.

    Raises
    ------
    TypeError
        If `dataset` has no length or no rows by number.
    """

    def __init__(self, dataset: Any, column_switcher: ColumnSwitcher) -> None:
        super().__init__(dataset, column_switcher)
        if not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
            raise TypeError(
                f"dataset is {type(dataset).__name__}, which has no length or no rows by number; pass a list of dicts "
                "or a data set, or use SwitchedIterable for a stream"
            )

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
        dataset = self._rows
        fetch = getattr(dataset, "__getitems__", None)
        rows = fetch(whole) if fetch else [dataset[index] for index in whole]
        return _switch(self._column_switcher.at(self.epoch), rows, whole)


class SwitchedIterable(_SwitchedRows, IterableDataset[dict[str, Any]]):
    """A stream that switches rows when they are read.

    The stream distributes rows among the workers of a ``DataLoader`` in runs of `batch_size`. With a loader of this
    batch size, the batches and their order do not depend on the number of workers. A row draws by its number in the
    stream and the epoch. An ``IterableDataset`` shards itself among workers, and its rows draw by the hash of their
    texts. In both cases a key column of `column_switcher` takes precedence.

    With the ``StatefulDataLoader`` of torchdata, a stream can be resumed in the middle of an epoch, with any number of
    workers.

    Parameters
    ----------
    rows : iterable of dict
        Each worker reads it from the start in each epoch: a list, a reader of a file, an ``IterableDataset``.
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    batch_size : int, default 32
        Batch size of the ``DataLoader``.
    """

    def __init__(self, rows: Iterable[Row], column_switcher: ColumnSwitcher, batch_size: int = 32) -> None:
        super().__init__(rows, column_switcher)
        if not isinstance(rows, Iterable) or isinstance(rows, Iterator):
            raise TypeError(
                f"rows is {type(rows).__name__}; pass an iterable that can be read again in each epoch, such as a list "
                "or an object with __iter__"
            )
        self._batch_size = whole_number("batch_size", batch_size, 1, 2**31)
        self._is_sharded = isinstance(rows, IterableDataset)
        #: The position of this process in its pass.
        self._position: _StreamPosition | None = None
        #: The position at which this worker starts its next pass.
        self._resumed: _StreamPosition | None = None
        #: For all processes: 1 if the next pass starts at a loaded position, and its epoch and row.
        self._shared = torch.zeros(3, dtype=torch.int64).share_memory_()
        #: The workers that have started at the loaded position.
        self._started = torch.zeros(_MAX_WORKERS, dtype=torch.bool).share_memory_()
        #: The number of workers of the last pass.
        self._workers = torch.zeros(1, dtype=torch.int64).share_memory_()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        # This method is not a generator, because a loader may ask for the state before the first row.
        worker = get_worker_info()
        number, count = (0, 0) if worker is None else (worker.id, worker.num_workers)
        if number >= _MAX_WORKERS:
            raise ValueError(
                f"num_workers is {count}; a SwitchedIterable supports up to {_MAX_WORKERS} workers, so pass "
                f"num_workers={_MAX_WORKERS} or fewer"
            )
        self._workers[0] = count
        self._position = self._start_position(number, count)
        return self._pass(self._position, *((0, 1) if self._is_sharded or worker is None else (number, count)))

    def _start_position(self, number: int, count: int) -> _StreamPosition:
        """Return the loaded position the first time, then row 0."""
        if self._resumed is not None:
            position, self._resumed = self._resumed, None
            return position
        is_set, epoch, row = self._shared.tolist()
        if not is_set or (count and self._started[number]):
            return _StreamPosition(self.epoch, 0, 0)
        if count:
            self._started[number] = True
        else:
            self._shared[0] = 0
        if row and self._is_sharded and count > 1:
            raise ValueError(
                f"row is {row}, and {type(self._rows).__name__} shards its rows among {count} workers, so no worker "
                "knows its position; resume with the StatefulDataLoader of torchdata, which keeps a state for each "
                "worker, or with num_workers=1"
            )
        return _StreamPosition(epoch, row, row)

    def _pass(self, position: _StreamPosition, number: int, count: int) -> Iterator[dict[str, Any]]:
        """Yield the rows of worker `number` of `count`, in runs of `batch_size` counted from the start of the pass."""
        column_switcher = self._column_switcher.at(position.epoch)
        rows = islice(self._rows, position.row, None)
        size = self._batch_size
        while batch := list(islice(rows, size - (position.row - position.first) % size)):
            start = position.row
            if (start - position.first) // size % count == number:
                indices = None if self._is_sharded else range(start, start + len(batch))
                for row in _switch(column_switcher, batch, indices):
                    position.row += 1
                    yield row
            position.row = start + len(batch)

    def state_dict(self) -> dict[str, int]:
        """Return the position of the stream in this process.

        Returns
        -------
        dict
            ``epoch``; ``row``, the number of rows read in this epoch; ``first``, the row at which the pass started.

        Raises
        ------
        ValueError
            If the workers of a plain ``DataLoader`` read the rows, because only they know their positions.
        """
        workers = int(self._workers.item()) if get_worker_info() is None else 0
        if workers:
            raise ValueError(
                f"{workers} workers read the rows, and this process does not know their positions; use the "
                "StatefulDataLoader of torchdata and its state_dict(), or count the batches that you received: "
                f"{{'epoch': {self.epoch}, 'row': batches * {self._batch_size}}}"
            )
        is_set, epoch, row = self._shared.tolist()
        position = _StreamPosition(epoch, row, row) if is_set else self._position or _StreamPosition(self.epoch, 0, 0)
        return {"epoch": position.epoch, "first": position.first, "row": position.row}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Start the next pass at a row: ``{"epoch": 3, "row": batches_done * batch_size}``.

        This pass draws for the epoch of the state. If `set_epoch` sets another epoch first, the pass starts at row 0.
        All later passes start at row 0.
        """
        if not isinstance(state, Mapping) or not {"epoch", "row"} <= set(state):
            raise ValueError(f"state is {state!r:.80}; pass {{'epoch': 3, 'row': 70}}, or what state_dict() returned")
        epoch, row = (whole_number(name, state[name], 0, 2**63) for name in ("epoch", "row"))
        if get_worker_info() is None:
            # All workers start at this row, so runs are counted from it, and `first` of the state is ignored.
            self._shared[:] = torch.tensor([1, epoch, row])
            self._started[:] = False
            self._workers[0] = 0
        else:  # the StatefulDataLoader passes each worker its own state
            self._resumed = _StreamPosition(epoch, whole_number("first", state.get("first", row), 0, row + 1), row)

    def set_epoch(self, epoch: int) -> None:
        super().set_epoch(epoch)
        if int(self._shared[1]) != epoch:
            self._shared[0] = 0


class _StreamPosition:
    """A row of an epoch, and the first row of the pass that reached it."""

    def __init__(self, epoch: int, first: int, row: int) -> None:
        self.epoch, self.first, self.row = epoch, first, row


class SwitchingCollator:
    """A ``collate_fn`` that switches the rows of a batch, then collates them.

    The key of a row is the hash of its texts, or its value in the key column of `column_switcher`. Trainers do not
    report epochs to a collator. Until an epoch is set, each call therefore has new draws. They depend on the number of
    the call in its process and, in a worker, on the seed that PyTorch assigned to the worker.

    Two runs with the same PyTorch seed, batches and number of workers have the same draws. The draws change with the
    batch size and the number of workers. A resumed training does not repeat the draws of an uninterrupted one.

    After `set_epoch`, a row draws only by its key and the epoch, as in a `SwitchedDataset`. In a trainer of
    Transformers, an `EpochCallback` calls it.

    Trainers read attributes of their collator; those that are not defined here are read from `collate`.

    Parameters
    ----------
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    collate : callable, optional
        Maps a list of rows to the input of the model; tokenize here. Default: PyTorch's ``default_collate``.

    Raises
    ------
    TypeError
        If `collate` cannot be called.
    """

    def __init__(
        self, column_switcher: ColumnSwitcher, collate: Callable[[list[dict[str, Any]]], Any] = default_collate
    ) -> None:
        if not callable(collate):
            raise TypeError(f"collate is {type(collate).__name__}; pass a function of a list of rows")
        self._column_switcher = _prepared(column_switcher)
        self._collate = collate
        self._epoch = Epoch()
        #: The seed of the worker, or None in the main process, and the number of its calls.
        self._seed: int | None = None
        self._calls = 0

    @property
    def epoch(self) -> int | None:
        """The epoch that was set last, or None if each call has new draws."""
        return self._epoch.get()

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch, also in running workers; from now on rows draw by their keys and this epoch."""
        self._epoch.set(epoch)

    def __call__(self, rows: Sequence[Row]) -> Any:
        epoch = self._epoch.get()
        return self._collate(_switch(self._column_switcher.at(self._next() if epoch is None else epoch), rows, None))

    def _next(self) -> int:
        """Return the epoch number of this call."""
        worker = get_worker_info()
        seed = None if worker is None else int(worker.seed)
        if seed != self._seed:  # a new worker starts to count; it inherited the count of its parent
            self._seed, self._calls = seed, 0
        self._calls += 1
        return (self._column_switcher.epoch + (0 if seed is None else mix_int(seed)) + self._calls - 1) % 2**64

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._collate, name)


def _prepared(column_switcher: object) -> ColumnSwitcher:
    column_switcher = check_column_switcher(column_switcher)
    column_switcher.prepare()  # here, so that forked workers share the index
    return column_switcher


def _switch(
    column_switcher: ColumnSwitcher, rows: Sequence[Row], indices: Sequence[int] | None
) -> list[dict[str, Any]]:
    """Switch rows; all have the columns of the first one."""
    if not rows:
        return []
    for kind in dict.fromkeys(map(type, rows)):
        if not issubclass(kind, Mapping):
            raise TypeError(f"a row is {kind.__name__}; pass rows as dicts that map column names to values")
    result = [{**row} for row in rows]
    for name, column in column_switcher(_Columns(rows), indices).items():
        for row, value in zip(result, column, strict=True):
            row[name] = value
    return result


class _Columns(Mapping[str, Any]):
    """Rows as a mapping of columns; a column is built when it is read."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __contains__(self, name: object) -> bool:
        return name in self._rows[0]

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
