"""A bi-encoder: mean pooling, InfoNCE with in-batch negatives (van den Oord et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from benchmarks.common.encoder import Encoder
from benchmarks.retrieval import encoders
from benchmarks.retrieval.training import Batch, Training

_ENCODED_TOKENS = 4096  # tokens of a batch that is encoded, padding included


def loss(encoder: Encoder, batch: Batch, training: Training) -> Any:
    """Return the loss of a batch: each query's own document against those of the other rows.

    Parameters
    ----------
    encoder
        What is trained.
    batch
        Rows of the same group are no negatives of each other.
    training
        Temperature and lengths.
    """
    queries = _vectors(encoder, [f"query: {text}" for text in batch.queries], training.query_tokens)
    documents = _vectors(encoder, [f"passage: {text}" for text in batch.documents], training.document_tokens)
    scores = queries @ documents.T / training.temperature
    _, groups = np.unique(np.asarray(batch.groups), return_inverse=True)
    related = torch.from_numpy(groups[:, None] == groups[None, :])
    related.fill_diagonal_(False)
    return functional.cross_entropy(scores.masked_fill(related, -torch.inf), torch.arange(len(scores)))


def encode(encoder: Encoder, texts: Sequence[str], kind: str, longest: int) -> np.ndarray:
    """Return normalised vectors of texts, float32.

    Parameters
    ----------
    encoder
        A trained one, or not.
    texts
        Any strings.
    kind
        "query" or "passage": what the start was trained to tell apart.
    longest
        Tokens of a text.
    """
    rows = encoder.tokens([f"{kind}: {text}" for text in texts], longest)
    vectors = np.zeros((len(rows), encoder.model.config.hidden_size), dtype=np.float32)
    with torch.inference_mode():
        for chosen, tokens, mask in encoder.batches(rows, _ENCODED_TOKENS):
            vectors[chosen] = _normalised(encoder.model, tokens, mask).numpy()
    return vectors


def _vectors(encoder: Encoder, texts: Sequence[str], longest: int) -> Any:
    return _normalised(encoder.model, *encoder.padded(encoder.tokens(texts, longest)))


def _normalised(model: Any, tokens: Any, mask: Any) -> Any:
    return functional.normalize(encoders.pooled(model, tokens, mask), dim=1)
