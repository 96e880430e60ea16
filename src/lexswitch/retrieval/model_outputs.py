"""What models return: arrays, lists or tensors, perhaps on another device, perhaps with numbers that are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_WANTED = "return one vector for each text, as an array of shape (texts, dimensions)"


def as_array(name: str, values: Any, wanted: str) -> npt.NDArray[np.float32]:
    """Return what the method `name` of a model returned as an array; raise `ValueError` if it is none."""
    if hasattr(values, "detach"):  # a tensor, perhaps bfloat16 on another device
        values = values.detach().float().cpu()
    try:
        return np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} returned {type(values).__name__}, which is not an array of numbers ({error}); {wanted}"
        ) from None


def check_vectors(name: str, vectors: Any, count: int, size: int = 0) -> npt.NDArray[np.float32]:
    """Return the vectors that the method `name` of an encoder returned, float32.

    Raises
    ------
    ValueError
        If the vectors are not `count` rows of `size` finite numbers; a size of 0 allows any dimension.
    """
    array = as_array(name, vectors, _WANTED)
    if array.ndim != 2 or len(array) != count or not array.shape[1]:
        raise ValueError(f"{name} returned an array of shape {array.shape} for {count} texts; {_WANTED}")
    if size and array.shape[1] != size:
        raise ValueError(
            f"{name} returned vectors of {array.shape[1]} dimensions, but those before had {size}; use one model for "
            "queries and documents"
        )
    wrong = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if len(wrong):
        raise ValueError(
            f"{name} returned NaN or infinity for {len(wrong)} of {count} texts, first for text {wrong[0]}; check the "
            "model, or its precision"
        )
    return array


def check_scores(name: str, scores: Any, count: int) -> npt.NDArray[np.float32]:
    """Return the scores that the method `name` of a cross-encoder returned, float32, shape (count,).

    Raises
    ------
    ValueError
        If the scores are not `count` finite numbers.
    """
    wanted = "return one score for each"
    array = as_array(name, scores, wanted)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (count,):
        raise ValueError(f"{name} returned an array of shape {array.shape} for {count} pairs; {wanted}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} returned NaN or infinity; check the model, or its precision")
    return array
