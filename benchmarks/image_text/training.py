"""How the towers are trained; apart from the training itself, so that plans can be made without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageTraining:
    """How the image tower is trained, once for all systems and seeds.

    Attributes
    ----------
    model : str
        A model of Hugging Face with a vision tower (CLIP, SigLIP), which is taken as it is; none by default.
    width : int
        Channels of the first layer of our own tower.
    steps : int
    batch : int
        Concepts, each in two styles.
    learning_rate : float
        The peak of a linear warm-up over a tenth of the steps and a linear decay.
    views : int
        Augmented views of each picture whose features are kept for the training of the text tower.
    seed : int
    """

    model: str = ""
    width: int = 32
    steps: int = 1500
    batch: int = 96
    learning_rate: float = 2e-3
    views: int = 8
    seed: int = 0


@dataclass(frozen=True)
class Training:
    """How a text tower is aligned with the images; the same for every system.

    Attributes
    ----------
    start : str
        One of `benchmarks.common.starts.STARTS`, or a model of Hugging Face.
    embeddings : {"frozen", "trained", "random"}
        The word embeddings: left as they are, trained too, or thrown away together with all layers, which are then
        trained from nothing.
    steps, batch : int
    learning_rate : float
        The peak of a linear warm-up over a tenth of the steps and a linear decay.
    tokens : int
        Longer captions are cut.
    frozen_layers : int
        How many of the lowest layers stay as they are.
    seed : int
        Of the order of captions, their kind, and all draws.
    image : ImageTraining
    """

    start: str = "layers-6"
    embeddings: str = "frozen"
    steps: int = 600
    batch: int = 128
    learning_rate: float = 3e-4
    tokens: int = 16
    frozen_layers: int = 3
    seed: int = 0
    image: ImageTraining = ImageTraining()
