"""Ray Data: switch data sets, with the lexicon in Ray's shared memory."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ..switching.columns import ColumnSwitcher
from .clusters import for_cluster, on_workers, wrong_keys

try:
    import ray
    import ray.data
except ImportError:
    raise ImportError('Ray Data needs ray; pip install "lexswitch[ray]"') from None


def map_dataset(dataset: Any, column_switcher: ColumnSwitcher, **options: Any) -> Any:
    """Switch columns of a data set with ``dataset.map_batches``.

    The key of a row is the hash of its texts, or its value in the key column of `column_switcher`. Therefore the result
    does not depend on how Ray divides the rows into blocks, or on retries of tasks. The lexicon enters Ray's object
    store once, each node receives it once, and each worker process builds its index once. The workers need the same
    version of lexswitch.

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
        Lazy, like all data sets of Ray. When the rows are read, an error reports a missing column, a null key, or a
        worker that lacks lexswitch or has another version. `check_keys` finds null and repeated keys before.

    Raises
    ------
    TypeError
        If `dataset` is not a Ray data set, or `column_switcher` is not a ColumnSwitcher.

    Warns
    -----
    UserWarning
        If `column_switcher` has no column of keys.
    """
    _check_dataset(dataset)
    reference = ray.put(for_cluster(column_switcher))

    def received() -> ColumnSwitcher:
        from lexswitch.integrations.ray import fetched

        return fetched(reference)

    options = {"batch_size": None, **options}
    return dataset.map_batches(on_workers(received), batch_format="pyarrow", **options)


def check_keys(dataset: Any, keys: str) -> None:
    """Check that a column identifies rows: it has no null, and no value twice. Ray reads and sorts this column.

    Parameters
    ----------
    dataset : ray.data.Dataset
    keys : str
        The column.

    Raises
    ------
    ValueError
        If there are nulls or repeated values; the message counts them.
    TypeError
        If `dataset` is not a Ray data set.
    KeyError
        If the column is missing.
    """
    _check_dataset(dataset)
    names = dataset.columns() or []
    if keys not in names:
        raise KeyError(f"no column {keys!r} in the data set; it has {names}")
    column = dataset.select_columns([keys])
    nulls = column.map_batches(_without_key, batch_format="pyarrow", fn_kwargs={"keys": keys}).sum("nulls") or 0
    known = column.map_batches(_with_key, batch_format="pyarrow", fn_kwargs={"keys": keys})
    # Ray's default number of partitions starts more processes than a small cluster has cores.
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    counted = known.groupby(keys, num_partitions=cores).count()
    several = counted.map_batches(_several, batch_format="pyarrow").materialize()
    example = next((row[keys] for row in several.take(1)), None)
    if problem := wrong_keys(keys, int(nulls), several.count(), example):
        raise ValueError(problem)


@lru_cache(maxsize=4)
def fetched(reference: Any) -> ColumnSwitcher:
    """Return a switcher from Ray's object store; each worker process unpickles it once."""
    column_switcher: ColumnSwitcher = ray.get(reference)
    return column_switcher


def _check_dataset(dataset: object) -> None:
    if not isinstance(dataset, ray.data.Dataset):
        raise TypeError(f"dataset is {type(dataset).__name__}; pass a ray.data.Dataset")


def _without_key(table: Any, keys: str) -> dict[str, Any]:
    return {"nulls": np.array([table[keys].null_count])}


def _with_key(table: Any, keys: str) -> Any:
    return table.filter(table[keys].is_valid())


def _several(table: Any) -> Any:
    import pyarrow.compute

    return table.filter(pyarrow.compute.greater(table["count()"], 1))
