"""Averages of the weights of two models."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lexswitch.integrations.weights import average_weights

NUMBERS = st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=3, max_size=3)


def model(seed: int, dtype: torch.dtype = torch.float32) -> nn.Module:
    """Return a model with a counter, a buffer of whole numbers and a mask with -inf."""
    torch.manual_seed(seed)
    made = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 4), nn.BatchNorm1d(4)).to(dtype)
    made.register_buffer("position_ids", torch.arange(5))
    made.register_buffer("mask", torch.tensor([[0.0, -torch.inf], [0.0, 0.0]], dtype=dtype))
    made[2].num_batches_tracked += seed
    return made


@given(NUMBERS, NUMBERS, st.floats(0, 1))
def test_average(before: list[float], after: list[float], share: float) -> None:
    """Values are (1 - share) * before + share * after; the ends are exact."""
    old, new = torch.tensor(before), torch.tensor(after)
    found = average_weights({"weight": old}, {"weight": new}, share)["weight"]
    expected = (1 - share) * old.double() + share * new.double()
    size = torch.maximum(old.abs(), new.abs()).double()
    assert ((found.double() - expected).abs() <= 1e-6 * size + 1e-30).all()
    assert torch.equal(average_weights({"weight": old}, {"weight": new}, 0)["weight"], old)
    assert torch.equal(average_weights({"weight": old}, {"weight": new}, 1)["weight"], new)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_models(dtype: torch.dtype) -> None:
    """Models and their state dicts give the same average, which loads; the models stay unchanged."""
    before, after = model(0, dtype), model(1, dtype)
    kept = copy.deepcopy(before.state_dict()), copy.deepcopy(after.state_dict())
    state = average_weights(before, after, 0.25)
    for name, tensor in average_weights(*kept, 0.25).items():
        assert torch.equal(state[name], tensor)
        assert tensor.dtype == kept[0][name].dtype
    expected = 0.75 * before[1].weight.double() + 0.25 * after[1].weight.double()
    assert torch.allclose(state["1.weight"].double(), expected, atol=1e-2 if dtype.itemsize == 2 else 1e-6)
    mixed = model(2, dtype)
    mixed.load_state_dict(state)
    assert torch.equal(mixed[1].weight, state["1.weight"])
    assert torch.equal(state["mask"], before.mask)
    for tensor in state.values():
        tensor.zero_()
    for one, old in zip((before, after), kept, strict=True):
        assert all(torch.equal(tensor, old[name]) for name, tensor in one.state_dict().items())


@pytest.mark.parametrize(("share", "counter"), [(0, 0), (0.4, 0), (0.5, 7), (1, 7)])
def test_whole_numbers(share: float, counter: int) -> None:
    """A counter comes from the model with the larger share; equal positions stay as they are."""
    state = average_weights(model(0), model(7), share)
    assert state["2.num_batches_tracked"].item() == counter
    assert state["2.num_batches_tracked"].dtype == state["position_ids"].dtype == torch.int64
    assert state["position_ids"].tolist() == [0, 1, 2, 3, 4]


ONE = {"a": torch.ones(2), "b": torch.ones(3)}


@pytest.mark.parametrize(
    ("other", "error", "message"),
    [
        ({"a": ONE["a"]}, ValueError, "1 of 2 tensors are in before only, the first is 'b'; pass two models with the"),
        ({**ONE, "c": ONE["a"]}, ValueError, "1 of 3 tensors are in after only, the first is 'c'"),
        ({**ONE, "b": torch.ones(1)}, ValueError, "'b' has shape (3,) in before and (1,) in after; pass two models"),
        (
            {**ONE, "b": ONE["b"].half()},
            ValueError,
            "'b' is torch.float32 in before and torch.float16 in after; convert",
        ),
        ({**ONE, "b": 1.5}, TypeError, "after['b'] is float, not a tensor; pass a state dict that has tensors only"),
        ("model.safetensors", TypeError, "after is str; pass a torch.nn.Module or its state_dict()"),
    ],
)
def test_models_that_do_not_fit(other: Any, error: type[Exception], message: str) -> None:
    """Other names, shapes, types or values raise an error that names the tensor and the remedy."""
    with pytest.raises(error, match=re.escape(message)):
        average_weights(ONE, other)


def test_quantized_weights() -> None:
    """Arrays of whole numbers that differ raise an error, because they cannot be averaged."""
    old, new = ({"weight": torch.full((2,), number, dtype=torch.uint8)} for number in range(2))
    with pytest.raises(ValueError, match=r"'weight' is torch.uint8 and differs .* average them before quantization"):
        average_weights(old, new)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), "0.5", None, True])
def test_wrong_share(share: Any) -> None:
    """A share outside 0 to 1 raises an error with its value."""
    with pytest.raises((TypeError, ValueError), match=f"share is {share!r}; it must be"):
        average_weights(ONE, ONE, share)
