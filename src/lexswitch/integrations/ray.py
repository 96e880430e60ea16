"""Ray Data: switched data sets, the lexicon in Ray's shared memory."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..switching.columns import ColumnSwitcher
from .sharing import by_value

try:
    import ray
    import ray.data
except ImportError:
    raise ImportError('Ray Data needs ray; pip install "lexswitch[ray]"') from None


def map_dataset(dataset: Any, column_switcher: ColumnSwitcher, **options: Any) -> Any:
    """Switch columns of a data set with ``dataset.map_batches``.

    Rows are known by a hash of their texts, or by the column of keys of `column_switcher`; so a row becomes the same in
    whatever block it is. The lexicon goes into Ray's object store once, and each worker process builds its index once.

    Parameters
    ----------
    dataset : ray.data.Dataset
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    options
        For ``dataset.map_batches``: ``concurrency``, ``num_cpus`` and so on.

    Returns
    -------
    ray.data.Dataset
        Lazy, as all of Ray's are; a missing column is an error once rows are asked for.

    Raises
    ------
    TypeError
        If `dataset` is no data set of Ray, or `column_switcher` no ColumnSwitcher.
    """
    if not isinstance(dataset, ray.data.Dataset):
        raise TypeError(f"dataset is {type(dataset).__name__}; pass a ray.data.Dataset")
    if not isinstance(column_switcher, ColumnSwitcher):
        raise TypeError(
            f"column_switcher is {type(column_switcher).__name__}; pass switcher.on('query', 'passage') or "
            "switch_columns(...)"
        )
    options = {"batch_size": None, **options}
    return dataset.map_batches(_Stored(ray.put(by_value(column_switcher))).switch, batch_format="pyarrow", **options)


class _Stored:
    """A switcher in Ray's object store."""

    def __init__(self, reference: Any) -> None:
        self._reference = reference

    def switch(self, table: Any) -> Any:
        return _fetched(self._reference)(table)


@lru_cache(maxsize=4)
def _fetched(reference: Any) -> ColumnSwitcher:
    """The switcher, unpickled once in each worker process."""
    column_switcher: ColumnSwitcher = ray.get(reference)
    return column_switcher
