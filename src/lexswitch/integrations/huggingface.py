"""Hugging Face `datasets`: switch data sets once, cached by signature, or anew in each epoch."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..switching.columns import ColumnSwitcher, check_column_switcher
from .epochs import Epoch
from .sharing import for_workers

try:
    import datasets
    from datasets.fingerprint import Hasher
except ImportError:
    raise ImportError('data sets of Hugging Face need datasets; pip install "lexswitch[huggingface]"') from None

_OPTIONS = {"batched": True, "with_indices": True}
"""Options of ``map`` that `map_dataset` sets."""
_SAME_RESULT = {
    *("cache_file_name", "cache_file_names", "desc", "keep_in_memory", "load_from_cache_file", "new_fingerprint"),
    *("suffix_template", "writer_batch_size"),
}
"""Options of ``map`` that do not change its result."""
_SAME_RESULT_OF_ALL_ROWS = {"batch_size", "num_proc"}
"""The same, unless the last batch is dropped: each process drops its own."""


def map_dataset(dataset: Any, column_switcher: ColumnSwitcher, **options: Any) -> Any:
    """Switch columns of a data set with ``dataset.map``.

    ``dataset.map(column_switcher, batched=True, with_indices=True)`` works too. This function keeps the texts in Arrow
    buffers, and its worker processes share the lexicon and its index. The cache depends on the switcher's signature
    and on the options of ``map`` that change rows. The path of the lexicon does not matter.

    Parameters
    ----------
    dataset : Dataset, DatasetDict, IterableDataset or IterableDatasetDict
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`. Without a key column, rows draw by their indices.
    options
        Passed to ``dataset.map``: ``batch_size``, ``remove_columns`` and so on; ``num_proc`` and ``desc`` for a Dataset
        only.

    Returns
    -------
    same type as `dataset`
        The switched data set, in the format of `dataset`.

    Raises
    ------
    TypeError
        If `dataset` has another type, `column_switcher` is not a ColumnSwitcher, or an option of a Dataset only is
        passed for an IterableDataset.
    ValueError
        If `dataset` comes from `transform_dataset`, because its rows would be switched twice.
    KeyError
        If a column is missing; the message lists the columns of the data set.
    """
    check_column_switcher(column_switcher)
    if isinstance(dataset, dict):
        return type(dataset)({split: map_dataset(one, column_switcher, **options) for split, one in dataset.items()})
    options = {**_OPTIONS, **options}
    column_switcher = column_switcher.for_features(getattr(dataset, "features", None))
    if isinstance(dataset, datasets.IterableDataset):
        _check_stream_options(options)
        return dataset.map(column_switcher, **{"features": _features(dataset.features, column_switcher), **options})
    if not isinstance(dataset, datasets.Dataset):
        raise TypeError(f"dataset is {type(dataset).__name__}; pass a Dataset or IterableDataset of datasets")
    _check_columns(dataset, column_switcher)
    if is_transformed(dataset):
        raise _switched_twice("map_dataset")
    fingerprint = Hasher.hash([dataset._fingerprint, column_switcher.signature, _result_options(options)])
    with for_workers(column_switcher) as shared:
        arrow = dataset.with_format("arrow")
        switched = arrow.map(shared, **{"new_fingerprint": fingerprint, "desc": "Switching", **options})
    return switched.with_format(**_format_of(dataset, switched))


def transform_dataset(dataset: Any, column_switcher: ColumnSwitcher) -> Any:
    """Switch columns each time rows are read, as ``dataset.with_transform`` does.

    The result has a method ``set_epoch``, which changes the draws. It starts with the epoch of `column_switcher`. The
    trainers of Transformers and sentence-transformers call it if they train on one device and one data set. An
    `EpochCallback` calls it in all cases. The key of a row is the hash of its texts, unless `column_switcher` has a key
    column.

    Transform last: ``map`` on the result raises an error, because it would switch the texts twice. Selected, shuffled,
    filtered and split data sets follow the epoch; the result of ``concatenate_datasets`` does not. Filtering, sorting,
    saving and exporting read the stored text, which is not switched. To store switched text, use `map_dataset`.

    Parameters
    ----------
    dataset : Dataset or DatasetDict
    column_switcher : ColumnSwitcher

    Returns
    -------
    same type as `dataset`
        Its rows have all columns, including the switched ones.

    Raises
    ------
    TypeError
        If `dataset` has another type, or `column_switcher` is not a ColumnSwitcher.
    ValueError
        If `dataset` already has a transform, because this one would replace it.
    KeyError
        If a column is missing; the message lists the columns of the data set.
    """
    check_column_switcher(column_switcher)
    if isinstance(dataset, dict):
        return type(dataset)({split: transform_dataset(one, column_switcher) for split, one in dataset.items()})
    if not isinstance(dataset, datasets.Dataset):
        raise TypeError(f"dataset is {type(dataset).__name__}; pass a Dataset of datasets, or a stream to map_dataset")
    _check_columns(dataset, column_switcher)
    if dataset.format["type"] == "custom":
        raise ValueError(
            "the data set already has a transform, which this one would replace; remove it with "
            "dataset.with_format(None), and do its work in a collator"
        )
    transform = _Transform(column_switcher.for_features(dataset.features))
    return _as_transformed(dataset, transform, transform)


class _Transform:
    """Returns all columns of a batch, some of them switched."""

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
        return self  # data sets deep-copy their format; their copies share the epoch and the lexicon


class _TransformedDataset(datasets.Dataset):  # type: ignore[misc]  # mypy skips the types of datasets
    """A data set with a switching transform and a method that sets its epoch."""

    _switching: _Transform

    @property
    def epoch(self) -> int:
        """The epoch that was set last; initially the epoch of the switcher."""
        return self._switching.epoch

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch, also in running workers and in data sets derived from this one."""
        self._switching.shared.set(epoch)

    def map(self, *arguments: Any, **options: Any) -> Any:
        """Raise an error while the data set has its transform."""
        if is_transformed(self):
            raise _switched_twice("map")
        return super().map(*arguments, **options)


def is_transformed(dataset: Any) -> bool:
    """Return whether a data set switches its rows when they are read."""
    return isinstance(dataset, _TransformedDataset) and dataset.format["type"] == "custom"


def _switched_twice(name: str) -> ValueError:
    return ValueError(
        f"the data set comes from transform_dataset, which switches rows each time they are read; {name} would store "
        f"switched rows, which would be switched again; call {name} before transform_dataset, or do its work in a "
        "collator"
    )


def _as_transformed(dataset: Any, switching: _Transform, transform: Any) -> Any:
    """Add a transform and `set_epoch` to a data set, or to each split of a dict."""
    if isinstance(dataset, dict):
        return type(dataset)({name: _as_transformed(one, switching, transform) for name, one in dataset.items()})
    transformed = dataset.with_transform(transform)
    transformed.__class__ = _TransformedDataset
    transformed._switching = switching
    return transformed


def _keeping_transform(name: str) -> Callable[..., Any]:
    """Wrap a method of Dataset that loses the transform; the result keeps the transform and `set_epoch`.

    The wrapped method works on the stored rows: some of these methods call ``map`` and would store switched rows.
    """
    method = getattr(datasets.Dataset, name)

    @functools.wraps(method)
    def with_transform(self: Any, *arguments: Any, **options: Any) -> Any:
        stored = copy.copy(self)
        stored.__class__ = datasets.Dataset
        if not is_transformed(self):
            return method(stored, *arguments, **options)
        transform = self.format["format_kwargs"]["transform"]
        return _as_transformed(method(stored.with_format(None), *arguments, **options), self._switching, transform)

    return with_transform


# The other methods copy a data set with its class, change it in place, or export it.
for _name in (
    *("add_column", "add_item", "batch", "cast", "filter", "flatten_indices", "repeat", "select", "shard", "shuffle"),
    *("skip", "sort", "take", "train_test_split"),
):
    if hasattr(datasets.Dataset, _name):  # the oldest versions lack some methods
        setattr(_TransformedDataset, _name, _keeping_transform(_name))


def _check_columns(dataset: Any, column_switcher: ColumnSwitcher) -> None:
    for name in column_switcher.needed:
        if name not in dataset.column_names:
            raise KeyError(f"no column {name!r} in the data set; it has {dataset.column_names}")


def _features(features: Any, column_switcher: ColumnSwitcher) -> Any:
    """Return the features of the switched stream, or None if they are unknown."""
    if features is None or not set(column_switcher.into) <= set(features):
        return None
    return datasets.Features({**features, **{new: features[name] for name, new in column_switcher.into.items()}})


def _check_stream_options(options: Mapping[str, Any]) -> None:
    """Raise TypeError for an option that only the ``map`` of a Dataset has."""
    for name in options:
        if name in _defaults(datasets.Dataset) and name not in _defaults(datasets.IterableDataset):
            raise TypeError(
                f"{name} is {options[name]!r}, but dataset is an IterableDataset, and {name} is for a Dataset only; "
                "leave it out"
            )


def _result_options(options: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the options of ``map`` that may change its result, sorted, without those that have their default."""
    defaults = {**_defaults(datasets.Dataset), **_OPTIONS}
    ignored = _SAME_RESULT if options.get("drop_last_batch") else _SAME_RESULT | _SAME_RESULT_OF_ALL_ROWS
    return sorted(
        (name, value)
        for name, value in options.items()
        if name not in ignored and not (name in defaults and value == defaults[name])
    )


def _defaults(kind: Any) -> dict[str, Any]:
    """Return the options of the ``map`` of this kind of data set, with their default values."""
    return {name: one.default for name, one in inspect.signature(kind.map).parameters.items()}


def _format_of(dataset: Any, switched: Any) -> dict[str, Any]:
    """Return the format of a data set for the switched one, which may have other columns."""
    kept = dataset.format
    all_columns = set(kept["columns"]) == set(dataset.column_names)
    columns = None if all_columns else [name for name in kept["columns"] if name in switched.column_names]
    result: dict[str, Any] = {name: kept[name] for name in ("type", "output_all_columns")}
    return {**result, **kept["format_kwargs"], "columns": columns}
