"""Training: questions find their sentences (InfoNCE), and a student learns from the English-trained model, its teacher.

- *Distillation*: from a text in which words are switched, the student learns the vector that its teacher gives the
  English text. This follows Reimers & Gurevych (2020): Making Monolingual Sentence Embeddings Multilingual using
  Knowledge Distillation. EMNLP. https://arxiv.org/abs/2004.09813. Switched text takes the place of translations.
- *Rankings*: from the switched text, the student learns how its teacher ranks all English training texts for the
  English text. The teacher's vectors of these texts are computed once, so each step has thousands of negatives for
  little time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks.common import files
from benchmarks.common.encoder import Encoder
from benchmarks.retrieval import bi_encoder
from benchmarks.xquad_r.sources import Pair
from benchmarks.xquad_r.systems import Maker, System
from benchmarks.xquad_r.training import Training
from lexswitch.integrations.rankings import ranking_divergence

NO_TEACHER = System("no teacher", "switched")


class Targets(NamedTuple):
    """Vectors that a teacher gives the English training texts, float32, shape (pairs, dimensions)."""

    questions: np.ndarray
    sentences: np.ndarray


def taught_once(path: Path, teacher: Callable[[], Encoder], pairs: Sequence[Pair], training: Training) -> Targets:
    """Return the teacher's vectors of the English training texts; they are computed once and kept in a file.

    Parameters
    ----------
    path
        The file.
    teacher
        Returns the English-trained model.
    pairs
        English training pairs.
    training
        Lengths.
    """
    with files.locked(path.with_suffix(".lock")):
        if not path.exists():
            encoder = teacher()
            questions = bi_encoder.encode(encoder, [pair.question for pair in pairs], "query", training.question_tokens)
            sentences = bi_encoder.encode(
                encoder, [pair.sentence for pair in pairs], "passage", training.sentence_tokens
            )
            files.write_arrays(path, questions=questions, sentences=sentences)
    with np.load(path) as found:
        return Targets(found["questions"], found["sentences"])


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
        The weights of the losses that need a teacher. *Distillation*: 1 - cosine to its vector of the English text.
        *Ranking*: how far the student's ranking of all English training texts diverges from the teacher's. Both are
        summed over question and sentence.
    taught
        The teacher's vectors, if there is a teacher.
    """
    ranked = None if taught is None else _Ranked(pairs, taught, training.temperature, encoder.model.device)

    def loss(epoch: int, rows: np.ndarray) -> Any:
        numbers = rows.tolist()
        texts = make(epoch, numbers)
        questions = _vectors(encoder, texts[0], "query", training.question_tokens)
        sentences = _vectors(encoder, texts[1], "passage", training.sentence_tokens)
        groups = [pairs[row].sentence for row in numbers]
        found = bi_encoder.info_nce(questions, sentences, groups, training.temperature)
        if taught is None:
            return found
        wanted = [torch.from_numpy(side[rows]).to(questions.device) for side in taught]
        found += system.distillation * (_distance(questions, wanted[0]) + _distance(sentences, wanted[1]))
        if system.ranking and ranked is not None:
            found += system.ranking * (ranked.sentences(questions, wanted[0]) + ranked.questions(sentences, wanted[1]))
        return found

    return loss


class _Ranked:
    """Rankings of all English training texts, as a student sees them and as its teacher does."""

    def __init__(self, pairs: Sequence[Pair], taught: Targets, temperature: float, device: Any = "cpu") -> None:
        once = list({pair.sentence: row for row, pair in enumerate(pairs)}.values())
        self._questions, self._sentences = (
            torch.from_numpy(side).to(device) for side in (taught.questions, taught.sentences[once])
        )
        self._temperature = temperature

    def sentences(self, student: Any, teacher: Any) -> Any:
        """Return the divergence of rankings of all sentences, for vectors of questions."""
        return ranking_divergence(student, teacher, self._sentences, self._temperature)

    def questions(self, student: Any, teacher: Any) -> Any:
        """Return the divergence of rankings of all questions, for vectors of sentences."""
        return ranking_divergence(student, teacher, self._questions, self._temperature)


def _vectors(encoder: Encoder, texts: Sequence[str], kind: str, longest: int) -> Any:
    return bi_encoder.vectors(encoder, [f"{kind}: {text}" for text in texts], longest)


def _distance(vectors: Any, wanted: Any) -> Any:
    return 1 - (vectors * wanted).sum(1).mean()
