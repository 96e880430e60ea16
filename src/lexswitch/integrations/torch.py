"""PyTorch: data sets and a collator that switch rows as they are read, with fresh draws in each epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ..arguments import whole_number
from ..column_switcher import ColumnSwitcher

try:
    import torch
    from torch.utils.data import Dataset, IterableDataset, default_collate, get_worker_info
except ImportError:
    raise ImportError('data sets of PyTorch need torch; pip install "lexswitch[torch]"') from None

Row = Mapping[str, Any]


class _Epochs:
    """A switcher and the epoch it draws for, which workers that are already running see change too."""

    def __init__(self, hook: ColumnSwitcher) -> None:
        if not isinstance(hook, ColumnSwitcher):
            raise TypeError(
                f"hook is {type(hook).__name__}; pass switcher.on('query', 'passage') or switch_columns(...)"
            )
        hook.prepare()  # once here, for all workers that are forked from this process
        self._hook = hook
        self._epoch = torch.tensor([hook.epoch], dtype=torch.int64).share_memory_()

    @property
    def epoch(self) -> int:
        """The epoch; see `set_epoch`."""
        return int(self._epoch.item())

    def set_epoch(self, epoch: int) -> None:
        """Draw for another epoch from now on; trainers of Transformers and Accelerate call this themselves."""
        self._epoch[0] = whole_number("epoch", epoch, 0, 2**63)

    def _switch(self, rows: Sequence[Row], indices: Sequence[int] | None) -> list[dict[str, Any]]:
        """Switch some rows, which all have the columns of the first one."""
        if not rows:
            return []
        for row in rows:
            if not isinstance(row, Mapping):
                raise TypeError(f"a row is {type(row).__name__}; pass rows as dicts, column by name")
        batch = _Columns(rows)
        switched = self._hook.at(self.epoch)(batch, indices)
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


class SwitchedDataset(_Epochs, Dataset[dict[str, Any]]):
    """A map-style data set whose rows are switched as they are read.

    A row draws by its index and the epoch alone, whatever the sampler, the batch, the number of workers, or the place
    where training was resumed.

    Parameters
    ----------
    dataset : sequence of dict
        Anything with ``len`` and rows as dicts: a list, a data set of PyTorch or of Hugging Face.
    hook : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    """

    def __init__(self, dataset: Any, hook: ColumnSwitcher) -> None:
        super().__init__(hook)
        self._dataset = dataset

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Sequence[int]) -> list[dict[str, Any]]:
        count = len(self)
        for index in indices:
            if not -count <= index < count:
                raise IndexError(f"index {index} is out of range; the data set has {count} rows")
        whole = [int(index) % count for index in indices]
        fetch = getattr(self._dataset, "__getitems__", None)
        rows = fetch(whole) if fetch else [self._dataset[index] for index in whole]
        return self._switch(rows, whole)


class SwitchedIterable(_Epochs, IterableDataset[dict[str, Any]]):
    """A stream of rows that are switched as they are read.

    Rows are dealt to the workers of a ``DataLoader`` in runs of `batch_size`, so that with a loader of this batch size
    every batch is the same and comes at the same place, whatever the number of workers. A row draws by its number in
    the stream and the epoch. An ``IterableDataset`` deals its rows to workers itself: it is left to do so, and its rows
    are known by a hash of their texts; in either case a column of keys of `hook` comes first.

    Parameters
    ----------
    rows : iterable of dict
        Read from its beginning in each epoch and by each worker: a list, a file's reader, an ``IterableDataset``.
    hook : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    batch_size : int, default 32
        That of the ``DataLoader``.
    """

    def __init__(self, rows: Iterable[Row], hook: ColumnSwitcher, batch_size: int = 32) -> None:
        super().__init__(hook)
        if not isinstance(rows, Iterable) or isinstance(rows, Iterator):
            raise TypeError(
                f"rows is {type(rows).__name__}; pass what can be read anew in each epoch, such as a list or a class "
                "with __iter__"
            )
        self._rows = rows
        self._batch_size = whole_number("batch_size", batch_size, 1, 2**31)
        # An epoch and the row where it begins; a pass of another epoch begins at 0.
        self._start = torch.zeros(2, dtype=torch.int64).share_memory_()
        self._passed = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        worker = get_worker_info()
        dealt = isinstance(self._rows, IterableDataset)
        number, count = (0, 1) if dealt or worker is None else (worker.id, worker.num_workers)
        start_epoch, row = self._start.tolist()
        first = self._passed = row if start_epoch == self.epoch else 0
        rows = islice(self._rows, first, None)
        turn = 0
        while batch := list(islice(rows, self._batch_size)):
            start, self._passed = self._passed, self._passed + len(batch)
            if turn % count == number:
                indices = None if dealt else range(start, self._passed)
                yield from self._switch(batch, indices)
            turn += 1

    def state_dict(self) -> dict[str, int]:
        """Where the stream is: the epoch, and the number of rows that were passed in it, whole batches."""
        return {"epoch": self.epoch, "row": self._passed}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Begin an epoch at some row: ``{"epoch": 3, "row": batches_done * batch_size}``; later ones begin at 0."""
        row = whole_number("row", state["row"], 0, 2**63)
        self.set_epoch(state["epoch"])
        self._start[0], self._start[1] = self.epoch, row


class SwitchingCollator(_Epochs):
    """A ``collate_fn`` that switches the rows of a batch before they are collated.

    Rows are known by a hash of their texts, or by a column of keys of `hook`.

    Parameters
    ----------
    hook : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    collate : callable, optional
        From a list of rows to what the model takes, e.g. a tokenizer's call; default is PyTorch's ``default_collate``.
    """

    def __init__(self, hook: ColumnSwitcher, collate: Callable[[list[dict[str, Any]]], Any] = default_collate) -> None:
        super().__init__(hook)
        self._collate = collate

    def __call__(self, rows: Sequence[Row]) -> Any:
        return self._collate(self._switch(rows, None))
