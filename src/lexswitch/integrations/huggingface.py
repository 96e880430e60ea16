"""Hugging Face `datasets`: switched data sets, cached by signature, and fresh draws for each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..column_switcher import ColumnSwitcher
from .sharing import for_workers

try:
    import datasets
    from datasets.fingerprint import Hasher
except ImportError:
    raise ImportError('data sets of Hugging Face need datasets; pip install "lexswitch[huggingface]"') from None


def map_dataset(dataset: Any, hook: ColumnSwitcher, **options: Any) -> Any:
    """Switch columns of a data set with ``dataset.map``.

    Unlike ``dataset.map(hook, batched=True, with_indices=True)``, which works too, texts stay in Arrow buffers,
    worker processes share the lexicon and its index, and the cache follows the switcher's signature: the same lexicon,
    options, seed and epoch hit it, wherever the lexicon lies.

    Parameters
    ----------
    dataset : Dataset, DatasetDict, IterableDataset or IterableDatasetDict
    hook : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`. Without a column of keys, rows draw by their indices.
    options
        For ``dataset.map``: ``num_proc``, ``batch_size``, ``desc`` and so on.

    Returns
    -------
    what `dataset` is
        With the format it had.

    Raises
    ------
    TypeError
        If `dataset` is something else, or `hook` no ColumnSwitcher.
    KeyError
        If a column is missing; the message lists those of the data set.
    """
    _check_hook(hook)
    if isinstance(dataset, dict):
        return type(dataset)({split: map_dataset(one, hook, **options) for split, one in dataset.items()})
    options = {"batched": True, "with_indices": True, **options}
    if isinstance(dataset, datasets.IterableDataset):
        return dataset.map(hook, **{"features": _features(dataset.features, hook), **options})
    if not isinstance(dataset, datasets.Dataset):
        raise TypeError(f"dataset is {type(dataset).__name__}; pass a Dataset or IterableDataset of datasets")
    _check_columns(dataset, hook)
    fingerprint = Hasher.hash([dataset._fingerprint, hook.signature, sorted(map(repr, _of_result(options).items()))])
    with for_workers(hook) as shared:
        arrow = dataset.with_format("arrow")
        switched = arrow.map(shared, **{"new_fingerprint": fingerprint, "desc": "Switching", **options})
    return switched.with_format(**_format_of(dataset, switched))


def transform_dataset(dataset: Any, hook: ColumnSwitcher) -> Any:
    """Switch columns whenever rows are read, as ``dataset.with_transform`` does.

    For a fresh draw in each epoch: ``transform_dataset(dataset, hook.at(epoch))``. Rows are known by a hash of their
    texts, unless `hook` has a column of keys.

    Parameters
    ----------
    dataset : Dataset or DatasetDict
    hook : ColumnSwitcher

    Returns
    -------
    what `dataset` is
        Its rows have all columns, the switched ones among them.
    """
    _check_hook(hook)
    for one in dataset.values() if isinstance(dataset, Mapping) else [dataset]:
        _check_columns(one, hook)
    return dataset.with_transform(_Transform(hook))


class _Transform:
    """All columns of a batch, some of them switched."""

    def __init__(self, hook: ColumnSwitcher) -> None:
        self._hook = hook

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        return {**batch, **self._hook(batch)}


def _check_hook(hook: object) -> None:
    if not isinstance(hook, ColumnSwitcher):
        raise TypeError(f"hook is {type(hook).__name__}; pass switcher.on('query', 'passage') or switch_columns(...)")


def _check_columns(dataset: Any, hook: ColumnSwitcher) -> None:
    for name in hook.needed:
        if name not in dataset.column_names:
            raise KeyError(f"no column {name!r} in the data set; it has {dataset.column_names}")


def _features(features: Any, hook: ColumnSwitcher) -> Any:
    """The features of a stream once it is switched, where they are known."""
    if features is None or not set(hook.into) <= set(features):
        return None
    return datasets.Features({**features, **{new: features[name] for name, new in hook.into.items()}})


def _of_result(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that change what comes out."""
    return {name: options[name] for name in ("remove_columns", "drop_last_batch", "features") if options.get(name)}


def _format_of(dataset: Any, switched: Any) -> dict[str, Any]:
    """The format of a data set for its successor, which may have other columns."""
    kept = dataset.format
    every = set(kept["columns"]) == set(dataset.column_names)
    columns = None if every else [name for name in kept["columns"] if name in switched.column_names]
    result: dict[str, Any] = {name: kept[name] for name in ("type", "output_all_columns")}
    return {**result, **kept["format_kwargs"], "columns": columns}
