"""Transformers: pass the epochs of a trainer to data sets and collators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

try:
    from transformers import TrainerCallback
except ImportError:
    raise ImportError(
        'callbacks of Transformers need torch and transformers; pip install "lexswitch[encoder]"'
    ) from None

_SWITCHED = "a SwitchedDataset, a SwitchingCollator or the data set that transform_dataset returned"


class EpochCallback(TrainerCallback):  # type: ignore[misc]  # mypy skips the types of transformers
    """Sets the epoch of data sets and collators when a ``Trainer`` starts an epoch.

    Each row then draws by its key and the epoch. Therefore no epoch repeats the draws of another one. The draws do not
    depend on the number of workers or devices, or on whether a training was resumed from a checkpoint. The callback
    also works with the trainers of sentence-transformers.

    Parameters
    ----------
    *switched : SwitchedDataset, SwitchedIterable, SwitchingCollator, data set of `transform_dataset`, or dict of them
        Objects with a method ``set_epoch``.

    Raises
    ------
    TypeError
        If no object is passed, or an object has no ``set_epoch``.

    Examples
    --------
    >>> Trainer(..., data_collator=collator, callbacks=[EpochCallback(collator)])  # doctest: +SKIP
    """

    def __init__(self, *switched: Any) -> None:
        self._switched = [one for each in switched for one in (each.values() if isinstance(each, Mapping) else [each])]
        self._epoch = 0
        if not self._switched:
            raise TypeError(f"switched is empty; pass {_SWITCHED}")
        for one in self._switched:
            if not callable(getattr(one, "set_epoch", None)):
                raise TypeError(f"switched has {type(one).__name__}, which has no set_epoch; pass {_SWITCHED}")

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start with the epoch of the checkpoint, or with 0."""
        self._epoch = int(state.epoch or 0)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Set the epoch."""
        # The callback counts by itself: state.epoch is a share of max_steps if the data set has no length.
        for one in self._switched:
            one.set_epoch(self._epoch)
        self._epoch += 1
