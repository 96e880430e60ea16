"""A bi-encoder: mean pooling, InfoNCE with in-batch negatives (van den Oord et al. 2018)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from benchmarks.common import devices, starts
from benchmarks.common.encoder import Encoder
from benchmarks.retrieval.collection import Collection
from benchmarks.retrieval.systems import Maker
from benchmarks.retrieval.training import Training

_ENCODED_TOKENS = 4096  # maximum number in a batch when texts are encoded, padding included
_TRAINED_TOKENS = 512  # the same in training on a processor; larger batches are not faster there, and pad more


def losses(encoder: Encoder, training: Training, train: Collection, make: Maker) -> Callable[[int, np.ndarray], Any]:
    """Return the loss function: each query's own document against the documents of other queries.

    Rows of one group, such as a page, are not negatives of each other.

    Parameters
    ----------
    encoder
        The encoder that is trained.
    training
        Temperature and lengths.
    train
        The training collection.
    make
        From `systems.maker`; makes the texts of pairs.
    """
    pairs = train.pairs()

    def loss(epoch: int, rows: np.ndarray) -> Any:
        chosen = [pairs[row] for row in rows]
        queries, documents = make(epoch, rows.tolist(), chosen)
        groups = [train.groups.get(query, query) for query, _ in chosen]
        return info_nce(
            vectors(encoder, [f"query: {text}" for text in queries], training.query_tokens),
            vectors(encoder, [f"passage: {text}" for text in documents], training.document_tokens),
            groups,
            training.temperature,
        )

    return loss


def info_nce(queries: Any, documents: Any, groups: Sequence[str], temperature: float) -> Any:
    """Return the mean cross-entropy of each query's own document among all documents of other groups.

    Parameters
    ----------
    queries, documents
        Normalised vectors, row by row.
    groups
        The group of each row.
    temperature
        Cosines are divided by it.
    """
    scores = queries @ documents.T / temperature
    _, numbers = np.unique(np.asarray(groups), return_inverse=True)
    related = torch.from_numpy(numbers[:, None] == numbers[None, :]).to(scores.device)
    related.fill_diagonal_(False)
    own = torch.arange(len(scores), device=scores.device)
    return functional.cross_entropy(scores.masked_fill(related, -torch.inf), own)


def encode(encoder: Encoder, texts: Sequence[str], kind: str, longest: int) -> np.ndarray:
    """Return normalised vectors of texts, float32.

    Parameters
    ----------
    encoder
        A trained or untrained encoder.
    texts
        Any strings.
    kind
        "query" or "passage", which the encoder was trained to distinguish.
    longest
        Maximum number of tokens of a text.
    """
    rows = encoder.tokens([f"{kind}: {text}" for text in texts], longest)
    vectors = np.zeros((len(rows), encoder.model.config.hidden_size), dtype=np.float32)
    with torch.inference_mode():
        for chosen, tokens, mask in encoder.batches(rows, _ENCODED_TOKENS):
            vectors[chosen] = _normalised(encoder.model, tokens, mask).cpu().numpy()
    return vectors


def vectors(encoder: Encoder, texts: Sequence[str], longest: int) -> Any:
    """Return normalised vectors of texts, float32, with gradients.

    Texts of similar lengths are computed together: in one batch, half of the tokens would be padding.

    Parameters
    ----------
    encoder
        An encoder that is trained.
    texts
        Any strings, with the prefix that the encoder expects.
    longest
        Maximum number of tokens of a text.
    """
    on_cpu = encoder.model.device.type == devices.CPU
    batches = encoder.batches(encoder.tokens(texts, longest), _TRAINED_TOKENS if on_cpu else _ENCODED_TOKENS)
    order, parts = list[int](), []
    for chosen, tokens, mask in batches:
        order += chosen
        parts.append(_normalised(encoder.model, tokens, mask))
    return torch.cat(parts)[np.argsort(order)]


def _normalised(model: Any, tokens: Any, mask: Any) -> Any:
    return functional.normalize(starts.pooled(model, tokens, mask), dim=1)
