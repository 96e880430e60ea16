"""The image tower: a small convolutional network that is trained to find a concept in another style, then frozen.

The loss is symmetric InfoNCE between views of two styles, as in SimCLR (Chen et al. 2020). It carried over to a third
style better than a classifier of the concepts. The features of augmented views are computed once.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.common import loop
from benchmarks.common.errors import RunError
from benchmarks.common.starts import has_bfloat16
from benchmarks.image_text.collection import Collection
from benchmarks.image_text.contrast import symmetric_info_nce
from benchmarks.image_text.training import ImageTraining

_BATCH = 256  # number of pictures in a batch without training
_PROJECTED, _TEMPERATURE = 128, 0.1


class ImageTower(nn.Module):
    """Maps pictures of `emoji.SIZE` pixels to features.

    Parameters
    ----------
    width
        Channels of the first layer. A feature has eight times as many dimensions.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = (width, 2 * width, 4 * width, 8 * width)
        self.dimensions = widths[-1]
        layers: list[nn.Module] = [_block(3, widths[0], 2)]
        for before, after in itertools.pairwise(widths):
            layers += [_block(before, after, 2), _Residual(_block(after, after, 1))]
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Any) -> Any:
        """Return features, shape (pictures, dimensions), of float pictures, shape (pictures, 3, size, size)."""
        return self.layers(images.to(memory_format=torch.channels_last)).mean((2, 3))


class HuggingFaceTower(nn.Module):
    """The vision tower of a model of Hugging Face, such as CLIP or SigLIP.

    Parameters
    ----------
    name
        As for `transformers.AutoModel.from_pretrained`. Code that comes with a model is not run.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        from transformers import AutoImageProcessor, AutoModel

        try:
            processor = AutoImageProcessor.from_pretrained(name)
            self.vision = AutoModel.from_pretrained(name).vision_model.eval()
        except (OSError, ValueError, AttributeError) as error:
            reason = str(error).split("\n")[0]
            raise RunError(f"image model {name!r} cannot be loaded, or has no vision tower: {reason}") from error
        self.size = self.vision.config.image_size
        self.mean, self.spread = (torch.tensor(of)[:, None, None] for of in (processor.image_mean, processor.image_std))

    def forward(self, images: Any) -> Any:
        """Return features, as `ImageTower.forward` does."""
        fitted = functional.interpolate(images, (self.size, self.size), mode="bilinear", antialias=True)
        return self.vision(pixel_values=((fitted + 1) / 2 - self.mean) / self.spread).pooler_output


class _Residual(nn.Module):
    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block

    def forward(self, images: Any) -> Any:
        return images + self.block(images)


def _block(before: int, after: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


# --- views -----------------------------------------------------------------------------------------------------------


def plain(images: np.ndarray) -> Any:
    """Return pictures on white, float32 from -1 to 1, shape (pictures, 3, size, size).

    Parameters
    ----------
    images
        uint8, shape (pictures, size, size, 4).
    """
    return _on(_floats(images), torch.ones(len(images), 3, 1, 1)) * 2 - 1


def augmented(images: np.ndarray, generator: torch.Generator) -> Any:
    """Return views of pictures: moved, rotated, scaled, recoloured, on any background. Left and right are kept.

    Parameters
    ----------
    images
        uint8, shape (pictures, size, size, 4).
    generator
        Generator of all random choices.
    """
    count = len(images)

    def uniform(*shape: int, spread: float) -> Any:
        return (torch.rand(count, *shape, generator=generator) * 2 - 1) * spread

    angle, scale, move = uniform(spread=0.2), 1 + uniform(spread=0.15), uniform(2, spread=0.1)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    turn = torch.stack([torch.stack([cosine, -sine, move[:, 0]], 1), torch.stack([sine, cosine, move[:, 1]], 1)], 1)
    floats = _floats(images)
    grid = functional.affine_grid(turn, list(floats.shape), align_corners=False)
    floats = functional.grid_sample(floats, grid, align_corners=False)
    recolour = torch.eye(3) + uniform(3, 3, spread=0.1)
    grey = (torch.rand(count, generator=generator) < 0.1)[:, None, None]
    recolour = torch.where(grey, torch.full((3, 3), 1 / 3), recolour)
    colours = torch.einsum("nij,njhw->nihw", recolour, floats[:, :3]) + uniform(3, 1, 1, spread=0.05)
    background = torch.where(
        torch.rand(count, 1, 1, 1, generator=generator) < 0.5, 1.0, torch.rand(count, 3, 1, 1, generator=generator)
    )
    return _on(torch.cat([colours, floats[:, 3:]], 1), background).clamp(0, 1) * 2 - 1


def _floats(images: np.ndarray) -> Any:
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255


def _on(images: Any, background: Any) -> Any:
    return images[:, :3] * images[:, 3:] + background * (1 - images[:, 3:])


# --- training, and features ------------------------------------------------------------------------------------------


def load(collection: Collection, training: ImageTraining, folder: Path) -> nn.Module:
    """Return the tower: a model of Hugging Face, or a small one, trained on the pictures for training.

    Parameters
    ----------
    collection
        The pictures.
    training
        Settings.
    folder
        Folder of the model and its checkpoint.
    """
    if training.model:
        return HuggingFaceTower(training.model)
    torch.manual_seed(training.seed)
    tower = ImageTower(training.width)
    model = nn.Sequential(tower, nn.ReLU(), nn.Linear(tower.dimensions, _PROJECTED))

    def prepare() -> loop.LossOf:
        return _between_styles(collection, training, model.train())

    loop.train_once(folder / "image-tower.pt", model, training, len(collection.trained), prepare)
    return tower.eval()


def _between_styles(
    collection: Collection, training: ImageTraining, model: nn.Module
) -> Callable[[int, np.ndarray], Any]:
    """Return the loss function of concepts: a view of each in two styles, or two views if there is one style."""
    first, second = (collection.styles[collection.trained_styles[position]] for position in (0, -1))

    def loss(epoch: int, rows: np.ndarray) -> Any:
        concepts = collection.trained[rows]
        generator = torch.Generator().manual_seed(hash_of(training.seed, epoch, int(rows[0])))
        views = torch.cat([augmented(images[concepts], generator) for images in (first, second)])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
            projected = model(views)
        one, other = functional.normalize(projected.float(), dim=1).chunk(2)
        return symmetric_info_nce(one, other, _TEMPERATURE)

    return loss


def hash_of(*numbers: int) -> int:
    """Return a seed that depends on all of the numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def features(
    collection: Collection, tower: Callable[[Any], Any], views: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return features of augmented views in the trained styles, and of plain pictures in the tested style.

    Parameters
    ----------
    collection
        The pictures.
    tower
        Maps views to features.
    views
        Number of views of each picture.
    seed
        Seed of the views.

    Returns
    -------
    trained : ndarray
        float32, shape (styles * views, concepts, dimensions).
    tested : ndarray
        float32, shape (concepts, dimensions).
    """
    rounds = []
    for number, style in enumerate(collection.trained_styles):
        for view in range(views):
            generator = torch.Generator().manual_seed(hash_of(seed, number, view))
            rounds.append(_features(tower, collection.styles[style], functools.partial(augmented, generator=generator)))
    return np.stack(rounds), _features(tower, collection.styles[collection.tested_style], plain)


def _features(tower: Callable[[Any], Any], images: np.ndarray, view: Callable[[np.ndarray], Any]) -> np.ndarray:
    with torch.inference_mode():
        parts = [tower(view(images[start : start + _BATCH])).float().numpy() for start in range(0, len(images), _BATCH)]
    return np.concatenate(parts)
