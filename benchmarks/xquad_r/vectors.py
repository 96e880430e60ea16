"""Vectors of texts. If layers are frozen, the states that they give are computed once and kept in the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from benchmarks.common import fetch, files, starts
from benchmarks.common.encoder import Encoder
from benchmarks.retrieval import bi_encoder

_TOKENS = 4096  # maximum number in a batch, padding included
_LONGEST = {"query": 64, "passage": 128}


class _States(torch.nn.Module):
    """Stands in for the embeddings and frozen layers of a model: the states are the input."""

    def forward(self, inputs_embeds: Any = None, **_: Any) -> Any:
        """Return the states."""
        return inputs_embeds


class FrozenStates:
    """The states of texts after the frozen layers of a start.

    Parameters
    ----------
    encoder
        The encoder, of which the lowest `layers` layers have their original parameters.
    start, layers
        Name of the start, and number of its frozen layers.
    texts
        Language -> texts.
    kind
        "query" or "passage".
    """

    def __init__(
        self, encoder: Encoder, start: str, layers: int, texts: Mapping[str, Sequence[str]], kind: str
    ) -> None:
        self.counts = {language: len(of) for language, of in texts.items()}
        every = [f"{kind}: {text}" for of in texts.values() for text in of]
        self.rows = encoder.tokens(every, _LONGEST[kind])
        self.offsets = np.concatenate([[0], np.cumsum([len(row) for row in self.rows])])
        digest = hashlib.sha256(repr((start, layers, kind, self.rows)).encode()).hexdigest()[:16]
        folder = fetch.cache_folder() / "states"
        path = folder / f"{digest}.npy"
        with files.locked(folder / f"{digest}.lock"):
            if not path.exists():
                files.write_array(path, self._computed(encoder, layers))
        self.states = np.load(path, mmap_mode="r")
        self.layers = layers

    def _computed(self, encoder: Encoder, layers: int) -> np.ndarray:
        model = encoder.model
        found = np.empty((self.offsets[-1], model.config.hidden_size), dtype=np.float16)
        every = model.encoder.layer
        model.encoder.layer = every[:layers]
        try:
            with torch.inference_mode():
                for chosen, tokens, mask in encoder.batches(self.rows, _TOKENS):
                    with starts.in_bfloat16():
                        states = model(input_ids=tokens, attention_mask=mask).last_hidden_state
                    for row, of_row in zip(chosen, states.float().numpy(), strict=True):
                        found[self.offsets[row] : self.offsets[row + 1]] = of_row[: len(self.rows[row])]
        finally:
            model.encoder.layer = every
        return found

    def vectors(self, encoder: Encoder) -> dict[str, np.ndarray]:
        """Return normalised vectors of the texts, float32: language -> array of shape (texts, dimensions)."""
        model = encoder.model
        embeddings, every = model.embeddings, model.encoder.layer
        found = np.empty((len(self.rows), model.config.hidden_size), dtype=np.float32)
        model.embeddings, model.encoder.layer = _States(), every[self.layers :]
        try:
            with torch.inference_mode():
                for chosen, _, mask in encoder.batches(self.rows, _TOKENS):
                    states = torch.zeros((*mask.shape, model.config.hidden_size))
                    for place, row in enumerate(chosen):
                        of_row = self.states[self.offsets[row] : self.offsets[row + 1]]
                        states[place, : len(of_row)] = torch.from_numpy(of_row.astype(np.float32))
                    with starts.in_bfloat16():
                        last = model(inputs_embeds=states, attention_mask=mask).last_hidden_state
                    share = (mask / mask.sum(1, keepdim=True)).unsqueeze(-1)
                    found[chosen] = functional.normalize((last.float() * share).sum(1), dim=1).numpy()
        finally:
            model.embeddings, model.encoder.layer = embeddings, every
        return _by_language(found, self.counts)


def whole(encoder: Encoder, texts: Mapping[str, Sequence[str]], kind: str) -> dict[str, np.ndarray]:
    """Return the vectors of texts as `FrozenStates.vectors` does, if all layers are trained: nothing is kept.

    Parameters
    ----------
    encoder
        The encoder, on any device.
    texts, kind
        As for `FrozenStates`.
    """
    found = bi_encoder.encode(encoder, [text for of in texts.values() for text in of], kind, _LONGEST[kind])
    return _by_language(found, {language: len(of) for language, of in texts.items()})


def _by_language(vectors: np.ndarray, counts: Mapping[str, int]) -> dict[str, np.ndarray]:
    ends = np.cumsum(list(counts.values()))
    return dict(zip(counts, np.split(vectors, ends[:-1]), strict=True))
