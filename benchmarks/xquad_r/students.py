"""Training: questions find their sentences (InfoNCE), and texts keep the vector of their English original.

The latter is distillation: from a text in which words are switched, the student learns the vector that its teacher, the
English-trained model, gives the English text. This follows Reimers & Gurevych (2020): Making Monolingual Sentence
Embeddings Multilingual using Knowledge Distillation. EMNLP. https://arxiv.org/abs/2004.09813. Switched text takes the
place of translations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from benchmarks.common import loop, starts
from benchmarks.common.encoder import Encoder
from benchmarks.retrieval import bi_encoder
from benchmarks.xquad_r.sources import Pair
from benchmarks.xquad_r.systems import Maker, System
from benchmarks.xquad_r.training import Training

NO_TEACHER = System("no teacher", "switched")


class Targets(NamedTuple):
    """Vectors that a teacher gives English texts: row of the training pairs -> vector."""

    questions: Mapping[int, np.ndarray]
    sentences: Mapping[int, np.ndarray]


def targets(teacher: Encoder, pairs: Sequence[Pair], training: Training) -> Targets:
    """Return the teacher's vectors of the English texts that a training comes across.

    Parameters
    ----------
    teacher
        The English-trained model.
    pairs
        English training pairs.
    training
        The student's training.
    """
    rows = np.unique(np.concatenate([rows for _, rows in loop.order(len(pairs), training)])).tolist()
    chosen = [pairs[row] for row in rows]
    questions = bi_encoder.encode(teacher, [pair.question for pair in chosen], "query", training.question_tokens)
    sentences = bi_encoder.encode(teacher, [pair.sentence for pair in chosen], "passage", training.sentence_tokens)
    return Targets(dict(zip(rows, questions, strict=True)), dict(zip(rows, sentences, strict=True)))


def losses(
    encoder: Encoder,
    training: Training,
    pairs: Sequence[Pair],
    make: Maker,
    system: System = NO_TEACHER,
    taught: Targets | None = None,
) -> Callable[[int, np.ndarray], Any]:
    """Return the loss function of an epoch and rows of the training pairs.

    Parameters
    ----------
    encoder
        The encoder that is trained.
    training
        Temperature and lengths.
    pairs
        English training pairs. Pairs with the same sentence are not negatives of each other.
    make
        From `systems.maker`.
    system
        The weights of the losses that need a teacher: 1 - cosine to its vectors, summed over question and sentence, and
        InfoNCE against them.
    taught
        The teacher's vectors, if there is a teacher.
    """

    def loss(epoch: int, rows: np.ndarray) -> Any:
        numbers = rows.tolist()
        texts = make(epoch, numbers)
        questions = _vectors(encoder, texts[0], "query", training.question_tokens)
        sentences = _vectors(encoder, texts[1], "passage", training.sentence_tokens)
        groups = [pairs[row].sentence for row in numbers]
        found = bi_encoder.info_nce(questions, sentences, groups, training.temperature)
        if taught is None:
            return found
        wanted = [torch.from_numpy(np.stack([side[row] for row in numbers])) for side in taught]
        found += system.distillation * (_distance(questions, wanted[0]) + _distance(sentences, wanted[1]))
        if system.anchored:
            there = bi_encoder.info_nce(questions, wanted[1], groups, training.temperature)
            found += system.anchored * (there + bi_encoder.info_nce(wanted[0], sentences, groups, training.temperature))
        return found

    return loss


def _vectors(encoder: Encoder, texts: Sequence[str], kind: str, longest: int) -> Any:
    rows = encoder.tokens([f"{kind}: {text}" for text in texts], longest)
    return functional.normalize(starts.pooled(encoder.model, *encoder.padded(rows)), dim=1)


def _distance(vectors: Any, wanted: Any) -> Any:
    return 1 - (vectors * wanted).sum(1).mean()
