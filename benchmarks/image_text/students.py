"""Training of a text tower as the student of its English self.

The teacher is the dual encoder that was trained on English captions. The student starts from its parameters and reads a
switched caption and the English one. From both it learns how the teacher ranks all training images for the English
caption. The image side stays the teacher's, so its vectors are computed once, and a caption is compared with all images
at the price of one product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from benchmarks.image_text.contrast import symmetric_info_nce
from benchmarks.image_text.dual_encoder import DualEncoder
from benchmarks.image_text.systems import Maker
from benchmarks.image_text.training import Training
from lexswitch.integrations.rankings import ranking_divergence


def enrol(student: DualEncoder, teacher: DualEncoder) -> None:
    """Give a student the parameters of its teacher, and freeze those of the image side.

    Parameters
    ----------
    student, teacher
        Dual encoders of the same training settings.
    """
    student.load_state_dict(teacher.state_dict())
    student.image_head.requires_grad_(False)
    student.log_temperature.requires_grad_(False)


def losses(
    student: DualEncoder,
    teacher: DualEncoder,
    training: Training,
    concepts: np.ndarray,
    features: np.ndarray,
    related: np.ndarray,
    make: Maker,
    english: Maker,
    weight: float,
) -> Callable[[int, np.ndarray], Any]:
    """Return the loss function. Each row is a concept, for which a caption and a view are drawn.

    Parameters
    ----------
    student
        From `enrol`.
    teacher
        Its teacher.
    training, concepts, features, related
        As for `dual_encoder.losses`.
    make, english
        From `systems.maker`: switched captions, and the English captions that they are made of.
    weight
        Weight of the divergence from the teacher's rankings, beside the contrastive loss of switched captions.
    """
    no_negatives = torch.from_numpy(related)
    with torch.no_grad():
        temperature = teacher.temperature
        images = teacher.images(torch.from_numpy(features))
        ranked = functional.normalize(images[:, concepts].mean(0), dim=1)

    def loss(epoch: int, rows: np.ndarray) -> Any:
        chosen = concepts[rows % len(concepts)]
        rng = np.random.default_rng([training.seed, 1, epoch, int(rows[0])])
        views = rng.integers(len(features), size=len(rows))
        originals = english(epoch, rows.tolist(), chosen.tolist())
        switched, plain = student.texts([*make(epoch, rows.tolist(), chosen.tolist()), *originals]).chunk(2)
        with torch.no_grad():
            wanted = teacher.texts(originals)
        found = symmetric_info_nce(switched, images[views, chosen], temperature, no_negatives[chosen][:, chosen])
        for vectors in (switched, plain):
            found += weight * ranking_divergence(vectors, wanted, ranked, temperature)
        return found

    return loss
