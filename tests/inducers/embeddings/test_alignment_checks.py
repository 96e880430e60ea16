"""Cheap tests of whether two spaces are aligned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch.inducers.embeddings.alignment_checks import LEAST_HALVES, agreement_of_halves, share_of_seeds
from lexswitch.inducers.embeddings.arrays import unit_rows

Floats = np.ndarray[Any, np.dtype[np.float32]]


def draw(words: int, dimensions: int, seed: int) -> Floats:
    return unit_rows(np.random.default_rng(seed).standard_normal((words, dimensions)).astype(np.float32))


def turn(space: Floats, seed: int) -> Floats:
    matrix = np.random.default_rng(seed).standard_normal((space.shape[1], space.shape[1]))
    return space @ np.linalg.qr(matrix)[0].astype(np.float32)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([600, 1000, 1500]), st.sampled_from([40, 100, 700]))
def test_halves_agree_in_one_space_alone(seed: int, words: int, dimensions: int) -> None:
    """The halves agree despite noise as large as the vectors; if one side is rotated or unrelated, only by chance."""
    source, noise = draw(words, dimensions, seed), draw(words, dimensions, seed + 1)
    target = unit_rows(source + noise)
    assert (agreement_of_halves(source, target) or 0) > 20 * LEAST_HALVES
    for other in (noise, turn(target, seed + 2)):
        agreement = agreement_of_halves(source, other)
        assert agreement is not None
        assert agreement < LEAST_HALVES


def test_halves_share_every_axis() -> None:
    """Words that differ in a few axes only still agree, as after a reduction of dimensions; numbers may differ."""
    scale = np.arange(1, 61, dtype=np.float32) ** -1
    source = unit_rows(draw(700, 60, 0) * scale)
    assert (agreement_of_halves(source, unit_rows(source[:500] + 0.1 * draw(500, 60, 1) * scale)) or 0) > 0.3


def test_agreement_is_the_same_every_time() -> None:
    """The result is the same in every call."""
    source, target = draw(400, 30, 0), unit_rows(draw(400, 30, 0) + draw(400, 30, 1))
    assert agreement_of_halves(source, target) == agreement_of_halves(source, target)


@pytest.mark.parametrize(("words", "dimensions"), [((299, 400), 50), ((400, 299), 50), ((400, 400), 19)])
def test_few_words_or_dimensions_prove_nothing(words: tuple[int, int], dimensions: int) -> None:
    """With too few words or dimensions there is no result."""
    assert agreement_of_halves(draw(words[0], dimensions, 0), draw(words[1], dimensions, 1)) is None


def plain_share(source: Floats, target: Floats, pairs: list[tuple[int, int]]) -> float:
    """The share of seed words, computed word by word."""
    hits = set()
    for row, other in pairs:
        cosines = target @ source[row]
        nearer = [row for row, value in enumerate(cosines) if value > cosines[other] and row != other]
        if len(nearer) < 10:
            hits.add(row)
    return len(hits) / len({row for row, _ in pairs})


@settings(deadline=None)
@given(
    st.integers(0, 1000),
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 79)), min_size=1, max_size=40, unique=True),
)
def test_share_of_seeds(seed: int, pairs: list[tuple[int, int]]) -> None:
    """The result is the share of words with one of their translations among the ten most similar words."""
    source, target = draw(60, 8, seed), draw(80, 8, seed + 1)
    assert share_of_seeds(source, target, np.array(pairs)) == pytest.approx(plain_share(source, target, pairs))


def test_seeds_in_one_space_are_found() -> None:
    """The share is 1 if each word is nearest to its translation, and near 0 if one space is rotated."""
    source = draw(2500, 50, 0)
    seeds = np.stack([np.arange(2500)] * 2, axis=1)
    assert share_of_seeds(source, source, seeds) == 1
    assert share_of_seeds(source, turn(source, 1), seeds) < 0.02
