"""Training settings, apart from the training itself, so that plans can be made without torch."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Training:
    """Training settings of an experiment. A system may have more steps.

    Attributes
    ----------
    start : str
        One of `benchmarks.common.starts.STARTS`, or a model of Hugging Face.
    frozen_layers : int
        Number of the lowest layers to freeze; embeddings are always frozen.
    steps, batch : int
    learning_rate : float
        Peak of a linear warm-up over a tenth of the steps, followed by a linear decay.
    temperature : float
    question_tokens, sentence_tokens : int
        Longer texts are truncated.
    seed : int
        Seed of the order of examples and of the draws. There is no drop-out.
    """

    start: str = "layers-12"
    frozen_layers: int = 6
    steps: int = 100
    batch: int = 32
    learning_rate: float = 1e-4
    temperature: float = 0.03
    question_tokens: int = 40
    sentence_tokens: int = 80
    seed: int = 0


SHALLOW = Training("layers-6", frozen_layers=3, steps=200, learning_rate=3e-4)
"""The first 6 of 12 layers, which were not trained as the output: not a retrieval model."""

WHOLE = Training()
"""All 12 layers, trained for multilingual retrieval."""


TWICE_THE_RATE = replace(WHOLE, learning_rate=2e-4)
"""All 12 layers, with the rate that was better on the development pages."""


def large(training: Training) -> Training:
    """Return the settings of a larger run, for a GPU: all layers are trained, with larger batches and more steps."""
    return replace(training, frozen_layers=0, steps=500, batch=256)
