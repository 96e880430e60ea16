"""Alignment of two spaces: none, orthogonal Procrustes, and the input that all aligners refuse."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch import LexiconError
from lexswitch.inducers.embeddings.alignment import (
    Aligner,
    NoAlignment,
    Procrustes,
    normalise,
    orthogonal_maps,
    project,
)
from lexswitch.inducers.embeddings.dictionary import NEIGHBOURS, induce, induce_with_dropout
from lexswitch.inducers.embeddings.vecmap import VecMap

Floats = np.ndarray[Any, np.dtype[np.float32]]
ALIGNERS: list[Aligner] = [
    NoAlignment(),
    Procrustes(),
    Procrustes(refinements=0),
    VecMap(),
    VecMap(self_learning=False),
]


def draw(words: int, dimensions: int, seed: int = 0) -> Floats:
    """Draw vectors of random directions whose mean is not zero."""
    generator = np.random.default_rng(seed)
    return (generator.standard_normal((words, dimensions)) + 0.5).astype(np.float32)


def draw_rotation(dimensions: int, seed: int = 0) -> Floats:
    return np.linalg.qr(draw(dimensions, dimensions, seed).astype(np.float64))[0].astype(np.float32)


def same_rows(count: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    return np.stack([np.arange(count), np.arange(count)], axis=1)


def lengths(matrix: Floats) -> Floats:
    return np.linalg.norm(matrix, axis=1)


# -- normalisation -----------------------------------------------------------------------------------------------------


@given(st.integers(2, 30), st.integers(1, 20), st.integers(0, 100), st.sampled_from([1e-20, 1.0, 1e20]))
def test_rows_are_of_unit_length(words: int, dimensions: int, seed: int, scale: float) -> None:
    """Normalised rows have unit length and the direction of the vectors, whatever their lengths."""
    matrix = draw(words, dimensions, seed)
    unit = normalise(matrix * np.float32(scale), "unit")
    np.testing.assert_allclose(lengths(unit), 1, rtol=1e-5)
    np.testing.assert_allclose(unit, matrix / lengths(matrix)[:, None], rtol=1e-4, atol=1e-6)


def test_centring_takes_away_what_all_vectors_share() -> None:
    """Centred vectors have unit length, and do not depend on a vector that is added to all unit vectors."""
    matrix = normalise(draw(50, 8), "unit")
    centred = normalise(matrix, "centre")
    expected = matrix - matrix.mean(axis=0)
    np.testing.assert_allclose(centred, expected / lengths(expected)[:, None], atol=1e-5)
    np.testing.assert_allclose(lengths(centred), 1, rtol=1e-5)


def test_vectors_of_one_direction_are_refused() -> None:
    """Centring would leave only zeros."""
    with pytest.raises(LexiconError, match="same direction"):
        NoAlignment().align(np.ones((5, 3), dtype=np.float32), draw(5, 3))


# -- no alignment ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("normalisation", ["unit", "centre"])
def test_shared_only_normalises(normalisation: str) -> None:
    """Both spaces are normalised and not changed otherwise; the arguments are not modified."""
    source, target = draw(20, 5), draw(30, 5, seed=1)
    before = source.copy(), target.copy()
    aligned = NoAlignment(normalisation).align(source, target)
    np.testing.assert_array_equal(aligned.source, normalise(source, normalisation))
    np.testing.assert_array_equal(aligned.target, normalise(target, normalisation))
    np.testing.assert_array_equal(source, before[0])
    np.testing.assert_array_equal(target, before[1])
    assert aligned.record == {"method": "none", "settings": {"normalisation": normalisation}}


@pytest.mark.parametrize("normalisation", ["unit", "centre"])
def test_shared_checks_that_the_space_is_one(normalisation: str) -> None:
    """The record has the agreement of halves: rotated vectors have failed, vectors of one space have not."""
    source = draw(1200, 40)
    target = source + 0.5 * draw(1200, 40, seed=1)
    record = NoAlignment(normalisation).align(source, target).record
    assert record["failed"] is False
    assert record["agreement"] > 0.5
    record = NoAlignment(normalisation).align(source, target @ draw_rotation(40, seed=2)).record
    assert record["failed"] is True
    assert record["agreement"] < 0.01


def test_shared_needs_equal_dimensions() -> None:
    """Spaces of different dimensions do not share a space; the error names the remedy."""
    with pytest.raises(LexiconError, match=r"5 dimensions, target has 4.*Procrustes or VecMap"):
        NoAlignment().align(draw(20, 5), draw(20, 4))


# -- Procrustes --------------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.integers(2, 12), st.integers(0, 50), st.sampled_from([0, 3]))
def test_procrustes_recovers_a_rotation(dimensions: int, seed: int, refinements: int) -> None:
    """A rotated copy of the source is aligned to within 1e-5, with twice as many seeds as dimensions."""
    source = draw(60, dimensions, seed)
    target = source @ draw_rotation(dimensions, seed + 1)
    aligned = Procrustes(refinements).align(source, target, same_rows(2 * dimensions))
    np.testing.assert_allclose(aligned.source, aligned.target, atol=1e-5)


def test_procrustes_equals_the_closed_form() -> None:
    """The map is UVᵀ of the singular value decomposition of XᵀZ over the seeds (Schönemann, 1966)."""
    source, target = draw(80, 6), draw(80, 6, seed=1)
    aligned = Procrustes(refinements=0).align(source, target, same_rows(40))
    x, z = (normalise(matrix, "centre").astype(np.float64) for matrix in (source, target))
    left, _, right = np.linalg.svd(x[:40].T @ z[:40])
    np.testing.assert_allclose(aligned.source, x @ left @ right, atol=1e-5)
    np.testing.assert_allclose(aligned.target, z, atol=1e-5)


@given(st.integers(1, 10), st.integers(1, 10), st.integers(0, 50))
def test_maps_are_orthogonal(of_source: int, of_target: int, seed: int) -> None:
    """The columns of both maps are orthonormal, whatever the dimensions and the number of pairs."""
    for matrix in orthogonal_maps(draw(5, of_source, seed), draw(5, of_target, seed + 1)):
        np.testing.assert_allclose(matrix.T @ matrix, np.eye(min(of_source, of_target)), atol=1e-5)


def test_refinement_helps_few_seeds() -> None:
    """With noise and 15 seeds for 20 dimensions, more counterparts are right after refinement."""
    generator = np.random.default_rng(0)
    source = draw(400, 20)
    noise = np.asarray(generator.standard_normal(source.shape), dtype=np.float32)
    target = (source + 0.3 * noise) @ draw_rotation(20, 1)
    right = []
    for refinements in (0, 5):
        aligned = Procrustes(refinements).align(source, target, same_rows(15))
        right.append(np.mean(induce(aligned.source, aligned.target).forward == np.arange(400)))
    assert right[0] < 0.9 < right[1]
    assert 1 <= aligned.record["iterations"] <= 5
    assert aligned.record["seeds"] == 15


def test_refinement_tells_of_its_objective(caplog: pytest.LogCaptureFixture) -> None:
    """The objective of every dictionary is logged, and the best one is in the record."""
    with caplog.at_level(logging.DEBUG, logger="lexswitch"):
        record = Procrustes(2).align(draw(60, 5), draw(60, 5, seed=1), same_rows(20)).record
    logged = [float(message.split()[-1]) for message in caplog.messages]
    assert 1 < len(logged) <= 3
    assert max(logged) == pytest.approx(record["objective"], abs=1e-5)


@pytest.mark.parametrize("aligner", [Procrustes(), Procrustes(0), VecMap(), VecMap(self_learning=False)])
def test_dimensions_may_differ(aligner: Aligner) -> None:
    """A target with more dimensions that contains the rotated source is aligned in the dimensions of the source."""
    source = draw(200, 10)
    target = np.concatenate([source, 0.1 * draw(200, 6, seed=1)], axis=1) @ draw_rotation(16, 2)
    for aligned in (aligner.align(source, target, same_rows(60)), aligner.align(target, source, same_rows(60))):
        assert aligned.source.shape == aligned.target.shape == (200, 10)
        np.testing.assert_allclose(lengths(aligned.source), 1, rtol=1e-4)
        np.testing.assert_allclose(lengths(aligned.target), 1, rtol=1e-4)
        assert np.mean(induce(aligned.source, aligned.target).forward == np.arange(200)) > 0.95


# -- dictionaries ------------------------------------------------------------------------------------------------------


def plain_csls(source: Floats, target: Floats) -> tuple[Any, Any, float]:
    """Equation 3 of Conneau et al. (2018) in a few lines, and the mean similarity to the nearest word."""
    similarities = source.astype(np.float64) @ target.astype(np.float64).T
    count = [min(NEIGHBOURS, size) for size in similarities.shape]
    rows = np.partition(similarities, -count[1], axis=1)[:, -count[1] :].mean(axis=1)
    columns = np.partition(similarities, -count[0], axis=0)[-count[0] :].mean(axis=0)
    scores = 2 * similarities - rows[:, None] - columns
    objective = (similarities.max(axis=1).mean() + similarities.max(axis=0).mean()) / 2
    return scores.argmax(axis=1), scores.argmax(axis=0), objective


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 200), st.integers(2, 200), st.integers(0, 50))
def test_dictionary_equals_plain_csls(sources: int, targets: int, seed: int) -> None:
    """Counterparts and objective equal a plain implementation; pairs and mutual pairs follow from them."""
    source, target = normalise(draw(sources, 6, seed), "unit"), normalise(draw(targets, 6, seed + 1), "unit")
    found = induce(source, target)
    forward, backward, objective = plain_csls(source, target)
    np.testing.assert_array_equal(found.forward, forward)
    np.testing.assert_array_equal(found.backward, backward)
    assert found.objective == pytest.approx(objective, abs=1e-5)
    both = {(row, int(column)) for row, column in enumerate(forward)}
    back = {(int(row), column) for column, row in enumerate(backward)}
    listed = [*enumerate(forward), *((row, column) for column, row in enumerate(backward))]
    assert sorted(map(tuple, found.pairs().tolist())) == sorted(listed)
    assert set(map(tuple, found.mutual().tolist())) == both & back


@pytest.mark.slow
def test_large_dictionaries_are_induced_in_blocks() -> None:
    """With more similarities than are held in memory, nearly all counterparts equal those of exact CSLS."""
    source, target = (normalise(draw(words, 8, words), "centre") for words in (7_001, 4_801))
    found = induce(source, target)
    forward, backward, objective = plain_csls(source, target)
    assert np.mean(found.forward == forward) > 0.97
    assert np.mean(found.backward == backward) > 0.97
    assert found.objective == pytest.approx(objective, abs=1e-4)


def test_dropout_leaves_out_candidates() -> None:
    """A word keeps its counterpart with the probability of a kept candidate; equal bits drop equal candidates."""
    matrix = normalise(draw(1000, 30), "unit")
    found = induce_with_dropout(matrix, matrix, 0.5, np.random.PCG64(1))
    again = induce_with_dropout(matrix, matrix, 0.5, np.random.PCG64(1))
    other = induce_with_dropout(matrix, matrix, 0.5, np.random.PCG64(2))
    for direction in ("forward", "backward"):
        assert 0.42 < np.mean(getattr(found, direction) == np.arange(1000)) < 0.58
        np.testing.assert_array_equal(getattr(found, direction), getattr(again, direction))
        assert (getattr(found, direction) != getattr(other, direction)).any()
    assert found.objective == pytest.approx(1, abs=1e-5)


def test_shared_space_of_equal_dimensions_is_the_targets() -> None:
    """For equal dimensions the target is unchanged, so that several sources can be aligned to it."""
    source, target = normalise(draw(30, 4), "unit"), normalise(draw(30, 4, seed=1), "unit")
    assert project(source, target, *orthogonal_maps(source, target))[1] is target


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("aligner", ALIGNERS, ids=str)
@pytest.mark.parametrize(
    ("source", "seeds", "message"),
    [
        (draw(50, 4).astype(np.float64), None, "source is float64 of shape"),
        (draw(50, 4)[0], None, r"shape \(4,\)"),
        (draw(1, 4), None, "at least two words"),
        (np.full((9, 4), np.nan, dtype=np.float32), None, "NaN or infinite values, first in row 0"),
        (np.eye(5, 4, dtype=np.float32), None, "only zeros in row 4"),
        (draw(50, 4), np.zeros((3, 3), dtype=np.intp), r"int64 of shape \(3, 3\)"),
        (draw(50, 4), np.zeros((3, 2)), "float64 of shape"),
        (draw(50, 4), np.zeros((0, 2), dtype=np.intp), "seeds is empty"),
        (draw(50, 4), np.array([[0, 0], [50, 1]]), "50 source words"),
        (draw(50, 4), np.array([[0, 0], [-1, 1]]), "rows from"),
    ],
)
def test_bad_matrices_and_seeds_are_refused(aligner: Aligner, source: Any, seeds: Any, message: str) -> None:
    """Every aligner names what is wrong with the source or the seeds."""
    with pytest.raises(LexiconError, match=message):
        aligner.align(source, draw(50, 4, seed=1), seeds, progress=False)


def test_procrustes_needs_seeds() -> None:
    """Without seeds the error names a method that works without seeds."""
    with pytest.raises(LexiconError, match="VecMap"):
        Procrustes().align(draw(50, 4), draw(50, 4))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NoAlignment("center"), "'centre', 'unit'"),
        (lambda: Procrustes(normalisation="none"), "'centre', 'unit'"),
        (lambda: Procrustes(-1), "refinements is -1"),
        (lambda: VecMap(seed=-1), "seed is -1"),
        (lambda: VecMap(max_words=1), "max_words is 1"),
        (lambda: VecMap(reweight=2), "reweight is 2"),
        (lambda: VecMap(normalisation=""), "'centre', 'unit'"),
    ],
)
def test_bad_settings_are_refused(make: Any, message: str) -> None:
    """The error names the setting, its value and the allowed values."""
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(("name", "value"), [("reweight", "a"), ("reweight", True), ("self_learning", "no")])
def test_settings_of_another_type_are_refused(name: str, value: Any) -> None:
    """The error names the setting and its value."""
    with pytest.raises(TypeError, match=f"{name} is {value!r}; it must be "):
        VecMap(**{name: value})
