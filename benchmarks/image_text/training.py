"""Training settings, apart from the training itself, so that plans can be made without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageTraining:
    """Training settings of the image tower, which is trained once for all systems and seeds.

    Attributes
    ----------
    model : str
        A model of Hugging Face with a vision tower (CLIP, SigLIP), used as it is; empty to train a small tower.
    width : int
        Channels of the first layer of the small tower.
    steps : int
    batch : int
        Number of concepts, each in two styles.
    learning_rate : float
        Peak of a linear warm-up over a tenth of the steps, followed by a linear decay.
    views : int
        Number of augmented views of each picture, whose features are used to train the text tower.
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
    """Training settings of a text tower, the same for every system.

    Attributes
    ----------
    start : str
        One of `benchmarks.common.starts.STARTS`, or a model of Hugging Face.
    embeddings : {"frozen", "trained", "random"}
        Word embeddings are kept, trained, or initialised randomly. With "random", all layers are, too.
    steps, batch : int
    learning_rate : float
        Peak of a linear warm-up over a tenth of the steps, followed by a linear decay.
    tokens : int
        Longer captions are truncated.
    frozen_layers : int
        Number of the lowest layers to freeze.
    seed : int
        Seed of the order of captions, their kind, and all draws.
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
