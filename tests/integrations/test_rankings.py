"""A student learns how its teacher ranks texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lexswitch.integrations.rankings import RankingLoss, ranking_divergence


class Student(torch.nn.Module):
    """A model in the manner of sentence-transformers: a table of vectors."""

    def __init__(self, vectors: Any) -> None:
        super().__init__()
        self.table = torch.nn.Parameter(torch.as_tensor(vectors, dtype=torch.float32))

    def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"sentence_embedding": self.table[features["rows"]]}


def rows(*numbers: int) -> dict[str, torch.Tensor]:
    return {"rows": torch.tensor(numbers)}


def test_divergence_equals_a_plain_computation() -> None:
    """The loss is the mean over rows of sum p log(p / q), with p from the teacher and q from the student."""
    rng = np.random.default_rng(0)
    student, teacher, ranked = (rng.standard_normal((count, 4)) for count in (3, 3, 6))
    wanted, found = (np.exp(vectors @ ranked.T / 0.5) for vectors in (teacher, student))
    wanted, found = (each / each.sum(1, keepdims=True) for each in (wanted, found))
    expected = (wanted * np.log(wanted / found)).sum(1).mean()
    vectors = [torch.from_numpy(of) for of in (student, teacher, ranked)]
    diverged = ranking_divergence(vectors[0], vectors[1], vectors[2], 0.5)
    assert diverged.item() == pytest.approx(expected)


def test_the_teacher_itself_has_no_loss() -> None:
    """Vectors of the teacher give 0, whatever their lengths; other vectors more."""
    vectors = np.random.default_rng(1).standard_normal((5, 4))
    loss = RankingLoss(Student(3 * vectors), vectors)
    labels = torch.as_tensor(vectors[:2], dtype=torch.float32)
    assert loss([rows(0, 1)], labels).item() == pytest.approx(0, abs=1e-6)
    assert loss([rows(0, 1), rows(2, 3)], labels).item() > 0.1


def test_training_brings_a_student_to_its_teacher() -> None:
    """A student that starts elsewhere ranks the texts as its teacher does after some steps."""
    rng = np.random.default_rng(2)
    teacher, ranked = rng.standard_normal((4, 8)), rng.standard_normal((20, 8))
    student = Student(rng.standard_normal((4, 8)))
    loss = RankingLoss(student, ranked, temperature=0.1)
    optimizer = torch.optim.Adam(student.parameters(), lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        loss([rows(0, 1, 2, 3)], torch.as_tensor(teacher, dtype=torch.float32)).backward()
        optimizer.step()
    best = [
        (vectors @ loss.ranked.numpy().T).argmax(1).tolist() for vectors in (student.table.detach().numpy(), teacher)
    ]
    assert best[0] == best[1]


@pytest.mark.parametrize(
    ("ranked", "temperature", "message"),
    [
        (np.ones(3), 0.03, r"ranked has shape \(3,\); pass finite vectors of at least two texts"),
        (np.full((2, 3), np.nan), 0.03, r"ranked has shape \(2, 3\); pass finite"),
        (np.ones((1, 3)), 0.03, r"ranked has shape \(1, 3\)"),
        (np.zeros((2, 3)), 0.03, "ranked has only zeros; pass the teacher's vectors"),
        (np.ones((2, 3)), 0.0, "temperature is 0.0; it must be a finite number above 0"),
    ],
)
def test_wrong_arguments(ranked: Any, temperature: float, message: str) -> None:
    """Vectors and temperatures that cannot rank are refused when the loss is made."""
    with pytest.raises(ValueError, match=message):
        RankingLoss(Student(np.ones((2, 3))), ranked, temperature)


def test_arguments_of_other_types() -> None:
    """Texts or a model in place of vectors, no model, and a temperature that is not a number are named."""
    student = Student(np.ones((2, 3)))
    for ranked in (["the bank", "a house"], student, None):
        with pytest.raises(TypeError, match=rf"ranked is {type(ranked).__name__}; pass the teacher's vectors of the"):
            RankingLoss(student, ranked)
    with pytest.raises(TypeError, match="model is NoneType; pass the student"):
        RankingLoss(None, np.eye(3))
    with pytest.raises(TypeError, match="temperature is 'a'; it must be a finite number above 0"):
        RankingLoss(Student(np.ones((2, 3))), np.eye(3), "a")  # type: ignore[arg-type]


def test_one_label_for_each_row() -> None:
    """Labels that are not a vector for each row are refused, also where torch would repeat them."""
    loss = RankingLoss(Student(np.ones((3, 3))), np.eye(3))
    for labels, found in (
        (torch.ones(3, 3), r"\(3, 3\)"),
        (torch.ones(1, 3), r"\(1, 3\)"),
        (torch.ones(2), r"\(2,\)"),
        (None, "NoneType"),
    ):
        with pytest.raises(ValueError, match=rf"labels is {found} for 2 rows; the column 'label' must hold"):
            loss([rows(0, 1)], labels)  # type: ignore[arg-type]


def test_different_dimensions() -> None:
    """Labels of another teacher are refused with all sizes."""
    loss = RankingLoss(Student(np.ones((2, 3))), np.eye(3))
    with pytest.raises(
        ValueError, match=r"the student 3, labels 2, ranked 3\); take labels and ranked from one teacher"
    ):
        loss([rows(0)], torch.ones(1, 2))
