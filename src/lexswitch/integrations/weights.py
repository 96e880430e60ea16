"""PyTorch: average the weights of two models.

References
----------
Wortsman et al. (2022): Robust Fine-Tuning of Zero-Shot Models. CVPR. https://arxiv.org/abs/2109.01903
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

try:
    import torch
    from torch import Tensor, nn
except ImportError:
    raise ImportError('averages of weights need torch; pip install "lexswitch[torch]"') from None


def average_weights(before: Any, after: Any, share: float = 0.5) -> dict[str, Tensor]:
    """Return the weighted average of two models, as a state dict (WiSE-FT).

    If `before` is trained on English and `after` is trained further on switched text, `share` trades English for other
    languages. No training is needed for another share. Choose it on development data in English and in other languages.

    One model must be trained from the other, or both from the same pretrained model. The average of unrelated models is
    not useful.

    Parameters
    ----------
    before, after : torch.nn.Module or mapping of str to Tensor
        Models with the same architecture, or their state dicts. They are not changed.
    share : float, default 0.5
        Share of `after` in the average, from 0 (equals `before`) to 1 (equals `after`).

    Returns
    -------
    dict of str to Tensor
        New tensors with the types and devices of `before`, for ``model.load_state_dict``. Whole numbers, such as
        counters, are copied from the model with the larger share, or from `after` if the shares are equal.

    Raises
    ------
    TypeError
        If an argument is not a model or a state dict, or a value is not a tensor.
    ValueError
        If `share` is not from 0 to 1; if names, shapes or types of the tensors differ; or if arrays of whole numbers
        differ, as in quantized models.

    Examples
    --------
    >>> model.load_state_dict(average_weights(english, switched, share=0.75))  # doctest: +SKIP
    """
    if not isinstance(share, Real) or isinstance(share, bool):
        raise TypeError(f"share is {share!r}; it must be a number from 0 to 1")
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share!r}; it must be from 0 (the model before) to 1 (the model after)")
    old, new = _state("before", before), _state("after", after)
    _check_same_names(old, new)
    with torch.no_grad():
        return {name: _average(name, tensor, new[name], float(share)) for name, tensor in old.items()}


def _state(name: str, model: Any) -> dict[str, Tensor]:
    """Return the tensors of a model; `name` is the argument in messages."""
    state = model.state_dict() if isinstance(model, nn.Module) else model
    if not isinstance(state, Mapping):
        raise TypeError(f"{name} is {type(model).__name__}; pass a torch.nn.Module or its state_dict()")
    for key, value in state.items():
        if not isinstance(value, Tensor):
            raise TypeError(
                f"{name}[{key!r}] is {type(value).__name__}, not a tensor; pass a state dict that has tensors only"
            )
    return dict(state)


def _check_same_names(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> None:
    for name, one, other in (("before", before, after), ("after", after, before)):
        only = [key for key in one if key not in other]
        if only:
            raise ValueError(
                f"{len(only)} of {len(one)} tensors are in {name} only, the first is {only[0]!r}; pass two models with "
                "the same architecture, both without a wrapper such as DistributedDataParallel or torch.compile"
            )


def _average(name: str, before: Tensor, after: Tensor, share: float) -> Tensor:
    """Return the average of two tensors with this name."""
    if before.shape != after.shape:
        raise ValueError(
            f"{name!r} has shape {tuple(before.shape)} in before and {tuple(after.shape)} in after; pass two models "
            "with the same sizes and the same vocabulary"
        )
    if before.dtype != after.dtype:
        raise ValueError(
            f"{name!r} is {before.dtype} in before and {after.dtype} in after; convert one of the models, for example "
            "with model.float()"
        )
    after = after.to(before.device)
    if not before.is_floating_point():
        return _whole_numbers(name, before, after, share)
    # Half precision is averaged in single precision. Equal values stay as they are: an average of -inf would be NaN.
    wide = torch.promote_types(before.dtype, torch.float32)
    old, new = before.to(wide), after.to(wide)
    return torch.where(old == new, old, torch.lerp(old, new, share)).to(before.dtype)


def _whole_numbers(name: str, before: Tensor, after: Tensor, share: float) -> Tensor:
    """Return a copy of a tensor that cannot be averaged: a counter, or an array that is equal in both models."""
    if before.dim() and not torch.equal(before, after):
        raise ValueError(
            f"{name!r} is {before.dtype} and differs between the models, so it cannot be averaged; if the models are "
            "quantized, average them before quantization"
        )
    return (before if share < 0.5 else after).clone()
