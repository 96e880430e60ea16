"""The dual encoder: a text tower that is aligned with image features by symmetric InfoNCE (Radford et al. 2021)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.common import starts
from benchmarks.common.encoder import Encoder
from benchmarks.image_text.contrast import symmetric_info_nce
from benchmarks.image_text.systems import Maker
from benchmarks.image_text.training import Training
from lexswitch import Lexicon

_DIMENSIONS = 256
_FIRST_TEMPERATURE, _LEAST_TEMPERATURE = 0.07, 0.01
_ALIGNED = 64  # translation pairs of a step
_TRAINED_TOKENS, _ENCODED_TOKENS = 512, 4096  # maximum numbers in a batch, padding included


Alignment = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]
"""Draws terms and translations."""


class DualEncoder(nn.Module):
    """Maps captions and image features to vectors of length 1.

    Parameters
    ----------
    encoder
        Encoder from which the text tower starts.
    training
        Which parameters are trained.
    image_dimensions
        Dimensions of an image feature.
    texts
        All captions and translations that can occur. If embeddings are trained, only their tokens are kept.
    """

    def __init__(self, encoder: Encoder, training: Training, image_dimensions: int, texts: Sequence[str] = ()) -> None:
        super().__init__()
        torch.manual_seed(training.seed)
        self.encoder, self.tokens = encoder, training.tokens
        self.text = encoder.model
        self.text_head = nn.Linear(self.text.config.hidden_size, _DIMENSIONS)
        self.image_head = nn.Linear(image_dimensions, _DIMENSIONS)
        self.log_temperature = nn.Parameter(torch.tensor(float(np.log(_FIRST_TEMPERATURE))))
        self.numbers: Any = None
        if training.embeddings == "frozen":
            starts.freeze(self.text, training.frozen_layers)
        else:
            self._keep_tokens_of(texts)
        if training.embeddings == "random":
            self.text.apply(self.text._init_weights)

    def _keep_tokens_of(self, texts: Sequence[str]) -> None:
        """Keep only embeddings of tokens that occur, so that gradients cost little; other tokens become unknown."""
        table = self.text.embeddings.word_embeddings
        used = sorted({token for row in self.encoder.tokens(list(texts)) for token in row} | {0, 1, 2, 3})
        self.numbers = torch.full((len(table.weight),), used.index(3))
        self.numbers[used] = torch.arange(len(used))
        kept = table.weight.detach()[used].clone()
        self.text.embeddings.word_embeddings = nn.Embedding.from_pretrained(kept, freeze=False, padding_idx=1)

    def texts(self, texts: Sequence[str]) -> Any:
        """Return vectors of captions, in their order."""
        rows = self.encoder.tokens(list(texts), self.tokens)
        batches = list(self.encoder.batches(rows, _TRAINED_TOKENS))  # by length, to reduce padding
        order = torch.tensor([row for chosen, _, _ in batches for row in chosen])
        vectors = torch.cat([self._of_tokens(tokens, mask) for _, tokens, mask in batches])
        return vectors[torch.argsort(order)]

    def _of_tokens(self, tokens: Any, mask: Any) -> Any:
        if self.numbers is not None:
            tokens = self.numbers[tokens]
        return functional.normalize(self.text_head(starts.pooled(self.text, tokens, mask)), dim=1)

    def images(self, features: Any) -> Any:
        """Return vectors of images from their features."""
        return functional.normalize(self.image_head(features), dim=-1)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of captions, float32, without gradients."""
        rows = self.encoder.tokens(list(texts), self.tokens)
        vectors = np.zeros((len(rows), _DIMENSIONS), dtype=np.float32)
        with torch.inference_mode():
            for chosen, tokens, mask in self.encoder.batches(rows, _ENCODED_TOKENS):
                vectors[chosen] = self._of_tokens(tokens, mask).numpy()
        return vectors

    @property
    def temperature(self) -> Any:
        """Learned temperature; cosines are divided by it."""
        return self.log_temperature.exp().clamp(min=_LEAST_TEMPERATURE)


def losses(
    model: DualEncoder,
    training: Training,
    concepts: np.ndarray,
    features: np.ndarray,
    related: np.ndarray,
    make: Maker,
    align: Alignment | None = None,
    weight: float = 0.0,
) -> Callable[[int, np.ndarray], Any]:
    """Return the loss function. Each row is a concept, for which a caption and a view are drawn.

    Parameters
    ----------
    model
        The dual encoder that is trained.
    training
        Seed.
    concepts
        Indices of the concepts for training; row n is concept n modulo their count.
    features
        Features of views, shape (views, all concepts, dimensions).
    related
        Pairs of all concepts that are not negatives of each other.
    make
        From `systems.maker`.
    align
        From `alignment`, for the added loss.
    weight
        Weight of the added loss.
    """
    table = torch.from_numpy(features)
    no_negatives = torch.from_numpy(related)

    def loss(epoch: int, rows: np.ndarray) -> Any:
        chosen = concepts[rows % len(concepts)]
        rng = np.random.default_rng([training.seed, 1, epoch, int(rows[0])])
        views = rng.integers(len(features), size=len(rows))
        texts = model.texts(make(epoch, rows.tolist(), chosen.tolist()))
        images = model.images(table[views, chosen])
        found = symmetric_info_nce(texts, images, model.temperature, no_negatives[chosen][:, chosen])
        if align is None:
            return found
        terms, translations = align(np.random.default_rng([training.seed, 2, epoch, int(rows[0])]))
        same = torch.from_numpy((terms[:, None] == terms) | (translations[:, None] == translations))
        one, other = model.texts([*terms, *translations]).chunk(2)
        return found + weight * symmetric_info_nce(one, other, model.temperature, same)

    return loss


def alignment(lexicon: Lexicon, english: Sequence[str]) -> Alignment:
    """Return the function that draws words of English captions and their best translations.

    Parameters
    ----------
    lexicon
        A lexicon from English.
    english
        Captions; only their words are aligned.
    """
    words = sorted({word.strip(",:").casefold() for text in english for word in text.split()})
    pairs = [
        (word, candidates[0].translation)
        for word in words
        for candidates in (lexicon.get(word) or {}).values()
        if candidates
    ]
    if not pairs:
        raise ValueError("the lexicon has no word of the captions, so there is nothing to align; use another lexicon")
    terms, translations = np.array(pairs, dtype=object).T

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        chosen = rng.integers(len(terms), size=_ALIGNED)
        return terms[chosen], translations[chosen]

    return draw
