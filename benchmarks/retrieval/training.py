"""Training settings, apart from the training itself, so that plans can be made without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Training:
    """Training settings, the same for every system.

    Attributes
    ----------
    start : str
        One of `benchmarks.common.starts.STARTS`, or a model of Hugging Face.
    steps, batch : int
    learning_rate : float
        Peak of a linear warm-up over a tenth of the steps, followed by a linear decay.
    temperature : float
    query_tokens, document_tokens : int
        Longer texts are truncated.
    frozen_layers : int
        Number of the lowest layers to freeze; embeddings are always frozen.
    seed : int
        Seed of the order of examples. There is no drop-out, which would cost a fifth of the time.
    """

    start: str = "layers-6"
    steps: int = 300
    batch: int = 32
    learning_rate: float = 3e-4
    temperature: float = 0.03
    query_tokens: int = 24
    document_tokens: int = 48
    frozen_layers: int = 3
    seed: int = 0


@dataclass(frozen=True)
class CrossTraining(Training):
    """Training settings of a cross-encoder; `batch` counts queries, each with its document and two others.

    Attributes
    ----------
    warm_up : int
        Number of steps on English text before `steps` on the system's text; all systems share them.
    """

    batch: int = 12
    learning_rate: float = 1.5e-4
    frozen_layers: int = 0
    warm_up: int = 0
