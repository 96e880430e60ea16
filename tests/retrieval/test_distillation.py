"""Rows for distillation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.retrieval import Distillation, RetrievalSwitcher

LEXICON = Lexicon.from_pairs(
    {"de": [("house", "Haus"), ("card", "Karte")], "ru": [("house", "дом"), ("card", "карта")]}
)
SWITCHER = CodeSwitcher(LEXICON, p=0.5, seed=3)
TEXTS = [f"text {number}: a house, a card, the house and the card" for number in range(50)]


def encode(texts: list[str]) -> list[list[float]]:
    """Return vectors that depend on the texts."""
    return [[len(text), text.count("a")] for text in texts]


def test_columns() -> None:
    """Rows have the text, its copies for switching, and the vector of the text as float32."""
    columns = Distillation(SWITCHER, versions=3).columns(iter(["a house", "b"]), encode)
    assert list(columns) == ["text", "switched_1", "switched_2", "switched_3", "label"]
    assert all(columns[name] == ["a house", "b"] for name in list(columns)[:-1])
    assert columns["label"].dtype == np.float32
    assert columns["label"].tolist() == [[7, 1], [1, 0]]


def test_versions_draw_independently() -> None:
    """Versions of a text differ from each other and from those of another epoch; the text stays in its column."""
    distillation = Distillation(SWITCHER)
    columns = distillation.columns(TEXTS, encode)
    versions = [version for epoch in range(3) for version in distillation.column_switcher.at(epoch)(columns).values()]
    assert len(versions) == 6
    for number, one in enumerate(versions):
        for other in versions[:number]:
            assert sum(map(str.__eq__, one, other)) < len(TEXTS) / 4  # four words, three outcomes each
    assert columns["text"] == TEXTS


@given(st.permutations(TEXTS[:8]), st.integers(0, 2**63))
def test_draws_depend_on_the_text_alone(texts: list[str], epoch: int) -> None:
    """The versions of a text do not depend on its row; the first version equals `CodeSwitcher.apply`."""
    distillation = Distillation(SWITCHER)
    switch = distillation.column_switcher.at(epoch)
    shuffled, sorted_rows = (switch(distillation.columns(rows, encode)) for rows in (texts, sorted(texts)))
    assert shuffled["switched_1"] == SWITCHER.apply(texts, epoch=epoch)
    for name, column in shuffled.items():
        assert [text for _, text in sorted(zip(texts, column, strict=True))] == sorted_rows[name]


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (
            [[1.0]],
            r"encode returned an array of shape \(1, 1\) for 2 texts; return one vector for each text",
        ),
        ([1.0, 2.0], r"shape \(2,\) for 2 texts"),
        (np.zeros((2, 0)), r"shape \(2, 0\) for 2 texts"),
        ([[1.0], [1.0, 2.0]], "encode returned list, which is not an array of numbers"),
        ([["a"], ["b"]], "encode returned list, which is not an array of numbers"),
        ([[1.0], [np.nan]], "NaN or infinity for 1 of 2 texts, first for text 1; check the model"),
        (np.full((2, 1), 1e300), "for 2 of 2 texts, first for text 0"),
    ],
)
def test_wrong_vectors(returned: Any, message: str) -> None:
    """Vectors of another number or shape, or with NaN, raise an error that says what is needed."""
    with pytest.raises(ValueError, match=message), np.errstate(over="ignore"):
        Distillation(SWITCHER).columns(["a", "b"], lambda texts: returned)


class Tensor(np.ndarray[Any, Any]):
    """An array with the methods of a tensor on a GPU, which NumPy cannot read before they are called."""

    moved = False

    def detach(self) -> Any:
        return self

    def float(self) -> Any:
        return self

    def cpu(self) -> Any:
        self.moved = True
        return self.view(np.ndarray)


def test_vectors_can_be_a_tensor() -> None:
    """A tensor is moved to the memory of the CPU."""
    returned = np.ones((2, 3)).view(Tensor)
    label = Distillation(SWITCHER).columns(["a", "b"], lambda texts: returned)["label"]
    assert returned.moved
    assert (label.dtype, label.shape) == (np.float32, (2, 3))


class Encoder:
    """A model as those of sentence-transformers, which can be called, but not with texts."""

    def encode(self, texts: list[str]) -> list[list[float]]:
        return encode(texts)

    def __call__(self, features: Any) -> Any:
        return features["input_ids"]


def test_wrong_arguments() -> None:
    """No text, another switcher, or a number of versions below 1 raises an error that names the remedy."""
    with pytest.raises(ValueError, match="texts is empty; pass at least one text"):
        Distillation(SWITCHER).columns([], encode)
    for wrong in (None, Encoder()):
        with pytest.raises(TypeError, match=rf"encode is {type(wrong).__name__}; .* such as teacher\.encode"):
            Distillation(SWITCHER).columns(["a house"], wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"for one text pass \[text\]"):
        Distillation(SWITCHER).columns("a house", encode)
    with pytest.raises(
        TypeError, match="switcher is RetrievalSwitcher; pass a CodeSwitcher, such as the attribute query"
    ):
        Distillation(RetrievalSwitcher.multilingual(LEXICON))
    for versions, error in ((0, ValueError), (-1, ValueError), (1.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match="versions is"):
            Distillation(SWITCHER, versions=versions)
