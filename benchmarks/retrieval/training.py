"""How a model is trained; apart from the training itself, so that plans can be made without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Training:
    """How a model is trained; the same for every system.

    Attributes
    ----------
    start : str
        One of `benchmarks.common.starts.STARTS`, or a model of Hugging Face.
    steps, batch : int
    learning_rate : float
        The peak of a linear warm-up over a tenth of the steps and a linear decay.
    temperature : float
    query_tokens, document_tokens : int
        Longer texts are cut.
    frozen_layers : int
        How many of the lowest layers stay as they are; embeddings always do.
    seed : int
        Of the order of examples. There is no drop-out: it costs a fifth of the time.
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
    """How a cross-encoder is trained; `batch` counts queries, each with its document and two others.

    Attributes
    ----------
    warm_up : int
        So many steps on English text come first, shared by all systems; then `steps` on the system's own.
    """

    batch: int = 12
    learning_rate: float = 1.5e-4
    frozen_layers: int = 0
    warm_up: int = 0
