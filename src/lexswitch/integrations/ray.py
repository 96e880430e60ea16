"""Ray Data: switch data sets, with the lexicon in Ray's shared memory."""

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

    The key of a row is the hash of its texts, or its value in the key column of `column_switcher`. Therefore the result
    does not depend on how Ray divides the rows into blocks. The lexicon enters Ray's object store once, and each worker
    process builds its index once.

    Parameters
    ----------
    dataset : ray.data.Dataset
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.
    options
        Passed to ``dataset.map_batches``: ``concurrency``, ``num_cpus`` and so on.

    Returns
    -------
    ray.data.Dataset
        Lazy, like all data sets of Ray: a missing column raises an error when the rows are read.

    Raises
    ------
    TypeError
        If `dataset` is not a Ray data set, or `column_switcher` is not a ColumnSwitcher.
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
    """A column switcher in Ray's object store."""

    def __init__(self, reference: Any) -> None:
        self._reference = reference

    def switch(self, table: Any) -> Any:
        return _fetched(self._reference)(table)


@lru_cache(maxsize=4)
def _fetched(reference: Any) -> ColumnSwitcher:
    """Return the switcher; each worker process unpickles it once."""
    column_switcher: ColumnSwitcher = ray.get(reference)
    return column_switcher
