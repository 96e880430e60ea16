"""PyTorch, sentence-transformers: a student learns how its teacher ranks texts.

The teacher is trained on the source language. The student reads a switched text, and learns the ranking that the
teacher gives many texts of the source language for the original. The vectors of these texts are computed once, so that
each step compares with thousands of texts for little time. A vector alone (``MSELoss``) says less about the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from sys import float_info
from typing import Any

try:
    import torch
    from torch import Tensor, nn
    from torch.nn import functional
except ImportError:
    raise ImportError('RankingLoss needs torch; pip install "lexswitch[torch]"') from None

from ..checks import check_number

_RANKED = "the teacher's vectors of the texts to rank, shape (texts, dimensions), such as teacher.encode(passages)"


class RankingLoss(nn.Module):  # type: ignore[misc]  # mypy skips the types of torch
    """Loss of a student whose ranking of texts diverges from the ranking of its teacher.

    It takes the place of ``MSELoss`` of sentence-transformers, with the same columns, as `Distillation` makes them: the
    label of a row is the vector that the teacher gives the text.

    Parameters
    ----------
    model : SentenceTransformer
        The student.
    ranked : array of shape (texts, dimensions)
        Vectors that the teacher gives the texts to rank, such as all passages of the training data. If the rows are
        queries, rank passages; if they are passages, rank queries.
    temperature : float, default 0.03
        Cosines are divided by it. Use that of the teacher's training.

    Raises
    ------
    TypeError
        If `model` is not a module, `ranked` is not an array, or `temperature` is not a number.
    ValueError
        If `ranked` is not a matrix with at least two rows of finite numbers, not all 0, or `temperature` is not above
        0. In training, if there is not one label per row, or the vectors of student, labels and `ranked` have different
        dimensions.
    """

    ranked: Tensor

    def __init__(self, model: Any, ranked: Any, temperature: float = 0.03) -> None:
        super().__init__()
        if not isinstance(model, nn.Module):
            raise TypeError(f"model is {type(model).__name__}; pass the student, a SentenceTransformer")
        try:
            texts = torch.as_tensor(ranked, dtype=torch.float32)
        except (TypeError, ValueError, RuntimeError):
            raise TypeError(f"ranked is {type(ranked).__name__}; pass {_RANKED}") from None
        if texts.ndim != 2 or len(texts) < 2 or not bool(torch.isfinite(texts).all()):
            raise ValueError(
                f"ranked has shape {tuple(texts.shape)}; pass finite vectors of at least two texts, {_RANKED}"
            )
        if not bool(texts.any()):
            raise ValueError(f"ranked has only zeros; pass {_RANKED}")
        check_number("temperature", temperature, float_info.min, float_info.max, "a finite number above 0")
        self.model = model
        self.temperature = temperature
        self.register_buffer("ranked", functional.normalize(texts, dim=1), persistent=False)

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor) -> Tensor:
        """Return the loss of a batch: the mean over all text columns, as the trainer calls it."""
        vectors = [self.model(features)["sentence_embedding"] for features in sentence_features]
        if not isinstance(labels, Tensor) or labels.ndim != 2 or len(labels) != len(vectors[0]):
            found = tuple(labels.shape) if isinstance(labels, Tensor) else type(labels).__name__
            raise ValueError(
                f"labels is {found} for {len(vectors[0])} rows; the column 'label' must hold the teacher's vector of "
                "each row, as Distillation(...).columns(texts, teacher.encode) makes it"
            )
        sizes = {"the student": vectors[0].shape[1], "labels": labels.shape[1], "ranked": self.ranked.shape[1]}
        if len({*sizes.values()}) > 1:
            found = ", ".join(f"{name} {size}" for name, size in sizes.items())
            raise ValueError(f"vectors have different dimensions ({found}); take labels and ranked from one teacher")
        teacher = functional.normalize(labels.float(), dim=1)
        losses = [
            ranking_divergence(functional.normalize(of.float(), dim=1), teacher, self.ranked, self.temperature)
            for of in vectors
        ]
        return torch.stack(losses).mean()


def ranking_divergence(student: Tensor, teacher: Tensor, ranked: Tensor, temperature: float) -> Tensor:
    """Return how far a student's ranking of texts diverges from its teacher's (Kullback-Leibler, mean over rows).

    Parameters
    ----------
    student, teacher : Tensor of shape (rows, dimensions)
        Vectors of the same texts, normalised.
    ranked : Tensor of shape (texts, dimensions)
        The teacher's vectors of the texts to rank, normalised.
    temperature : float
        Cosines are divided by it.
    """
    wanted = functional.softmax(teacher @ ranked.T / temperature, dim=1)
    found = functional.log_softmax(student @ ranked.T / temperature, dim=1)
    return functional.kl_div(found, wanted, reduction="batchmean")
