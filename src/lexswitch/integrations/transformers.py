"""Transformers: the epochs of a trainer, for data sets and collators that draw by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

try:
    from transformers import TrainerCallback
except ImportError:
    raise ImportError('callbacks of Transformers need it; pip install "lexswitch[integrations]"') from None


class EpochCallback(TrainerCallback):  # type: ignore[misc]  # of transformers no types are known here
    """Sets the epoch of data sets and collators when an epoch of a ``Trainer`` begins.

    Each row draws by its key and the epoch then. So no epoch repeats the draws of another, and they do not change with
    the number of workers or of devices, nor when a training is resumed from a checkpoint. For the trainers of
    sentence-transformers as well.

    Parameters
    ----------
    *switched : SwitchedDataset, SwitchedIterable, SwitchingCollator, data set of `transform_dataset`, or dict of them
        What has a ``set_epoch``.

    Raises
    ------
    TypeError
        If there is nothing, or something that has no ``set_epoch``.

    Examples
    --------
    >>> Trainer(..., data_collator=collator, callbacks=[EpochCallback(collator)])  # doctest: +SKIP
    """

    def __init__(self, *switched: Any) -> None:
        self._switched = [one for each in switched for one in (each.values() if isinstance(each, Mapping) else [each])]
        self._epoch = 0
        for one in self._switched or [None]:
            if not callable(getattr(one, "set_epoch", None)):
                raise TypeError(
                    f"switched has {type(one).__name__}, which has no set_epoch; pass a SwitchedDataset, a "
                    "SwitchingCollator or the data set that transform_dataset returned"
                )

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin with the epoch of a checkpoint, or with 0."""
        self._epoch = int(state.epoch or 0)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Set the epoch."""
        # Counted here: state.epoch is a share of max_steps if the length of the data set is not known.
        for one in self._switched:
            one.set_epoch(self._epoch)
        self._epoch += 1
