"""Hugging Face `datasets`: switched data sets, cached by signature, and fresh draws for each epoch."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping
from typing import Any

from ..switching.columns import ColumnSwitcher
from .epochs import Epoch
from .sharing import for_workers

try:
    import datasets
    from datasets.fingerprint import Hasher
except ImportError:
    raise ImportError('data sets of Hugging Face need datasets; pip install "lexswitch[huggingface]"') from None


def map_dataset(dataset: Any, column_switcher: ColumnSwitcher, **options: Any) -> Any:
    """Switch columns of a data set with ``dataset.map``.

    ``dataset.map(column_switcher, batched=True, with_indices=True)`` works too. Here texts stay in Arrow buffers,
    worker processes share the lexicon and its index, and the cache follows the switcher's signature: the same lexicon,
    options, seed and epoch hit it, wherever the lexicon lies.

    Parameters
    ----------
    dataset : Dataset, DatasetDict, IterableDataset or IterableDatasetDict
    column_switcher : ColumnSwitcher
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
        If `dataset` is something else, or `column_switcher` is not a ColumnSwitcher.
    ValueError
        If `dataset` comes from `transform_dataset`: it would be switched twice.
    KeyError
        If a column is missing; the message lists those of the data set.
    """
    _check_column_switcher(column_switcher)
    if isinstance(dataset, dict):
        return type(dataset)({split: map_dataset(one, column_switcher, **options) for split, one in dataset.items()})
    options = {"batched": True, "with_indices": True, **options}
    column_switcher = column_switcher.for_features(getattr(dataset, "features", None))
    if isinstance(dataset, datasets.IterableDataset):
        return dataset.map(column_switcher, **{"features": _features(dataset.features, column_switcher), **options})
    if not isinstance(dataset, datasets.Dataset):
        raise TypeError(f"dataset is {type(dataset).__name__}; pass a Dataset or IterableDataset of datasets")
    _check_columns(dataset, column_switcher)
    if is_transformed(dataset):
        raise _switched_twice("map_dataset")
    settings = sorted(map(repr, _of_result(options).items()))
    fingerprint = Hasher.hash([dataset._fingerprint, column_switcher.signature, settings])
    with for_workers(column_switcher) as shared:
        arrow = dataset.with_format("arrow")
        switched = arrow.map(shared, **{"new_fingerprint": fingerprint, "desc": "Switching", **options})
    return switched.with_format(**_format_of(dataset, switched))


def transform_dataset(dataset: Any, column_switcher: ColumnSwitcher) -> Any:
    """Switch columns whenever rows are read, as ``dataset.with_transform`` does.

    The result has a method ``set_epoch``, for fresh draws in each epoch. It starts with the epoch of `column_switcher`.
    Trainers of Transformers and sentence-transformers call it if they train on one device and one data set; an
    `EpochCallback` calls it in any case. Rows are known by a hash of their texts, unless `column_switcher` has a
    column of keys.

    Transform last: ``map`` on the result would switch its texts twice, and is an error. Rows that are selected,
    shuffled, filtered or split still follow the epochs; those of ``concatenate_datasets`` do not. What is filtered,
    sorted, saved or exported is the text as it is stored, not switched; to store switched text use `map_dataset`.

    Parameters
    ----------
    dataset : Dataset or DatasetDict
    column_switcher : ColumnSwitcher

    Returns
    -------
    what `dataset` is
        Its rows have all columns, the switched ones among them.

    Raises
    ------
    TypeError
        If `dataset` is something else, or `column_switcher` is not a ColumnSwitcher.
    ValueError
        If `dataset` has a transform, which this one would replace.
    KeyError
        If a column is missing; the message lists those of the data set.
    """
    _check_column_switcher(column_switcher)
    if isinstance(dataset, dict):
        return type(dataset)({split: transform_dataset(one, column_switcher) for split, one in dataset.items()})
    if not isinstance(dataset, datasets.Dataset):
        raise TypeError(f"dataset is {type(dataset).__name__}; pass a Dataset of datasets, or a stream to map_dataset")
    _check_columns(dataset, column_switcher)
    if dataset.format["type"] == "custom":
        raise ValueError(
            "the data set has a transform already, which this one would replace; remove it with "
            "dataset.with_format(None), and do its work in a collator"
        )
    transform = _Transform(column_switcher.for_features(dataset.features))
    return _as_transformed(dataset, transform, transform)


class _Transform:
    """All columns of a batch, some of them switched."""

    def __init__(self, column_switcher: ColumnSwitcher) -> None:
        self._column_switcher = column_switcher
        self.shared = Epoch()

    @property
    def epoch(self) -> int:
        epoch = self.shared.get()
        return self._column_switcher.epoch if epoch is None else epoch

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        return {**batch, **self._column_switcher.at(self.epoch)(batch)}

    def __deepcopy__(self, memo: dict[int, Any]) -> _Transform:
        return self  # data sets copy their format deeply: they share the epoch, and the lexicon


class _TransformedDataset(datasets.Dataset):  # type: ignore[misc]  # of datasets no types are known here
    """A data set with a transform that switches, and a way to set its epoch."""

    _switching: _Transform

    @property
    def epoch(self) -> int:
        """The epoch that was set last, at first that of the switcher."""
        return self._switching.epoch

    def set_epoch(self, epoch: int) -> None:
        """Draw for another epoch from now on, in workers that run already and in data sets made from this one too."""
        self._switching.shared.set(epoch)

    def map(self, *arguments: Any, **options: Any) -> Any:
        """Refused as long as the transform is there."""
        if is_transformed(self):
            raise _switched_twice("map")
        return super().map(*arguments, **options)


def is_transformed(dataset: Any) -> bool:
    """Whether a data set switches its rows as they are read."""
    return isinstance(dataset, _TransformedDataset) and dataset.format["type"] == "custom"


def _switched_twice(name: str) -> ValueError:
    return ValueError(
        f"the data set comes from transform_dataset, which switches rows whenever they are read; {name} would store "
        f"switched rows, and they would be switched again; call {name} before transform_dataset, or do its work in a "
        "collator"
    )


def _as_transformed(dataset: Any, switching: _Transform, transform: Any) -> Any:
    """The data set, or those of its splits, with a transform and with `set_epoch`."""
    if isinstance(dataset, dict):
        return type(dataset)({name: _as_transformed(one, switching, transform) for name, one in dataset.items()})
    transformed = dataset.with_transform(transform)
    transformed.__class__ = _TransformedDataset
    transformed._switching = switching
    return transformed


def _keeping(name: str) -> Callable[..., Any]:
    """A method of Dataset whose result is a plain Dataset, with a result that still has its transform and `set_epoch`.

    The method works on the rows as they are stored: some of these methods map, and would store switched rows.
    """
    method = getattr(datasets.Dataset, name)

    @functools.wraps(method)
    def keeping(self: Any, *arguments: Any, **options: Any) -> Any:
        stored = copy.copy(self)
        stored.__class__ = datasets.Dataset
        if not is_transformed(self):
            return method(stored, *arguments, **options)
        transform = self.format["format_kwargs"]["transform"]
        return _as_transformed(method(stored.with_format(None), *arguments, **options), self._switching, transform)

    return keeping


# The others copy a data set with its class, change it in place, or export it.
for _name in (
    *("add_column", "add_item", "batch", "cast", "filter", "flatten_indices", "repeat", "select", "shard", "shuffle"),
    *("skip", "sort", "take", "train_test_split"),
):
    if hasattr(datasets.Dataset, _name):  # some are not in the oldest versions
        setattr(_TransformedDataset, _name, _keeping(_name))


def _check_column_switcher(column_switcher: object) -> None:
    if not isinstance(column_switcher, ColumnSwitcher):
        raise TypeError(
            f"column_switcher is {type(column_switcher).__name__}; pass switcher.on('query', 'passage') or "
            "switch_columns(...)"
        )


def _check_columns(dataset: Any, column_switcher: ColumnSwitcher) -> None:
    for name in column_switcher.needed:
        if name not in dataset.column_names:
            raise KeyError(f"no column {name!r} in the data set; it has {dataset.column_names}")


def _features(features: Any, column_switcher: ColumnSwitcher) -> Any:
    """The features of a stream once it is switched, where they are known."""
    if features is None or not set(column_switcher.into) <= set(features):
        return None
    return datasets.Features({**features, **{new: features[name] for name, new in column_switcher.into.items()}})


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
