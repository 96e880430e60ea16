"""Encoders from which training starts: the bundled one, whole, cut or with new top layers, or one of Hugging Face."""

from __future__ import annotations

from typing import Any

from benchmarks.common import devices, encoder
from benchmarks.common.encoder import Encoder

STARTS = {
    "layers-6": "the first 6 of 12 layers, which were not trained as the output: not a retrieval model",
    "layers-12": "all 12 layers: trained for multilingual retrieval",
    "new-top-6": "the first 6 layers, the last two of them re-initialised",
}


def load(start: str) -> Encoder:
    """Return the encoder from which a run starts, in evaluation mode.

    Parameters
    ----------
    start
        One of `STARTS`, or the name of a model of Hugging Face.
    """
    if start not in STARTS:
        return encoder.of_hugging_face(start)
    found = encoder.load()
    model = found.model
    layers = depth(start)
    model.encoder.layer = model.encoder.layer[:layers]
    model.config.num_hidden_layers = layers
    if start.startswith("new-top"):
        import torch

        torch.manual_seed(0)
        for layer in model.encoder.layer[-2:]:
            layer.apply(model._init_weights)
    return found


def depth(start: str) -> int:
    """Return the number of layers of one of `STARTS`."""
    return int(start.rpartition("-")[2])


def freeze(model: Any, layers: int) -> None:
    """Freeze the embeddings and the lowest layers.

    Parameters
    ----------
    model
        A BERT-like model of transformers.
    layers
        Number of layers to freeze.
    """
    for part in (model.embeddings, *model.encoder.layer[:layers]):
        part.requires_grad_(False)


def pooled(model: Any, tokens: Any, mask: Any) -> Any:
    """Return the mean of the last states over all tokens, float32.

    Parameters
    ----------
    model
        An encoder.
    tokens, mask
        From `Encoder.padded`.
    """
    with in_bfloat16(tokens.device.type):
        states = model(input_ids=tokens, attention_mask=mask).last_hidden_state
    share = (mask / mask.sum(1, keepdim=True)).unsqueeze(-1)
    return (states.float() * share).sum(1)


def in_bfloat16(device: str = devices.CPU) -> Any:
    """Return the context in which models compute in bfloat16, if the device has instructions for it.

    Parameters
    ----------
    device
        One of `devices.DEVICES`.
    """
    import torch

    enabled = has_bfloat16() if device == devices.CPU else devices.has_bfloat16()
    return torch.autocast(device, dtype=torch.bfloat16, enabled=enabled)


def has_bfloat16() -> bool:
    """Return whether the processor has instructions for bfloat16; without them float32 is faster."""
    import torch

    # torch has no public function for this
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
