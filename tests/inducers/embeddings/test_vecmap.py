"""VecMap: the steps of its papers, and self-learning with and without seeds."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch import LexiconError
from lexswitch.inducers.embeddings.alignment import Aligned, normalise
from lexswitch.inducers.embeddings.dictionary import induce
from lexswitch.inducers.embeddings.vecmap import VecMap, initial_pairs, multi_step

Floats = np.ndarray[Any, np.dtype[np.float32]]
Ints = np.ndarray[Any, np.dtype[np.intp]]

WORDS, DIMENSIONS = 1_000, 40


def draw_rotation(dimensions: int, seed: int = 0) -> Floats:
    matrix = np.random.default_rng(seed).standard_normal((dimensions, dimensions))
    return np.linalg.qr(matrix)[0].astype(np.float32)


def draw_languages(seed: int = 0, noise: float = 0.25) -> tuple[Floats, Floats, Ints]:
    """Two languages with the same concepts, which fall into clusters, and the target row of each source row.

    The spectrum follows a power law, all vectors share a direction, the target is rotated at random, and its words have
    other ranks, though similar ones.
    """
    generator = np.random.default_rng(seed)
    scale = np.arange(1, DIMENSIONS + 1) ** -0.5
    clusters = generator.standard_normal((WORDS // 5, DIMENSIONS))[generator.integers(0, WORDS // 5, WORDS)]
    concepts = clusters + generator.standard_normal((WORDS, DIMENSIONS))
    languages = [
        ((concepts + noise * generator.standard_normal(concepts.shape)) * scale + scale).astype(np.float32)
        for _ in range(2)
    ]
    ranks = np.argsort(np.log(np.arange(1, WORDS + 1)) + 0.3 * generator.standard_normal(WORDS))
    gold = np.argsort(ranks)
    return languages[0], languages[1][ranks] @ draw_rotation(DIMENSIONS, seed), gold


def precision(aligned: Aligned, gold: Ints) -> float:
    return float(np.mean(induce(aligned.source, aligned.target).forward == gold))


def dictionary(gold: Ints, count: int) -> Ints:
    return np.stack([np.arange(count), gold[:count]], axis=1)


# -- the steps ---------------------------------------------------------------------------------------------------------


def plain_multi_step(source: Any, target: Any, pairs: Ints, reweight: float) -> Any:
    """The cosines after the steps of Artetxe et al. (2018a), equation by equation in double precision."""
    x, z = source.astype(np.float64), target.astype(np.float64)
    x_paired, z_paired = x[pairs[:, 0]], z[pairs[:, 1]]

    def root(matrix: Any) -> Any:  # by the singular value decomposition of the rows, (MᵀM)^½
        _, values, right = np.linalg.svd(matrix, full_matrices=False)
        return right.T @ np.diag(values) @ right

    # step 1: whitening
    x_white, z_white = np.linalg.inv(root(x_paired)), np.linalg.inv(root(z_paired))
    x, z, x_paired, z_paired = x @ x_white, z @ z_white, x_paired @ x_white, z_paired @ z_white
    # step 2: orthogonal mapping
    left, values, right = np.linalg.svd(x_paired.T @ z_paired)
    x, z = x @ left, z @ right.T
    # step 3: re-weighting
    x, z = x * values**reweight, z * values**reweight
    # step 4: de-whitening
    x = x @ left.T @ np.linalg.inv(x_white) @ left
    z = z @ right @ np.linalg.inv(z_white) @ right.T
    x, z = x / np.linalg.norm(x, axis=1)[:, None], z / np.linalg.norm(z, axis=1)[:, None]
    return x @ z.T


@pytest.mark.parametrize("reweight", [0.0, 0.5, 1.0])
def test_supervised_equals_the_closed_form_of_the_paper(reweight: float) -> None:
    """With seeds alone all cosines between the languages are those of the equations."""
    source, target, gold = draw_languages()
    pairs = dictionary(gold, 300)
    aligned = VecMap(self_learning=False, reweight=reweight).align(source, target, pairs)
    expected = plain_multi_step(normalise(source, "centre"), normalise(target, "centre"), pairs, reweight)
    np.testing.assert_allclose(aligned.source @ aligned.target.T, expected, atol=1e-4)
    assert precision(aligned, gold) > 0.9
    assert aligned.record == {
        "method": "vecmap",
        "settings": {
            "self_learning": False,
            "reweight": reweight,
            "max_words": 8000,
            "seed": 0,
            "normalisation": "centre",
        },
        "seeds": 300,
    }


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 12), st.integers(0, 100), st.sampled_from([0.0, 0.5]))
def test_steps_do_not_see_a_rotation(dimensions: int, seed: int, reweight: float) -> None:
    """Rotations of both spaces do not change the cosines, and rows have unit length."""
    generator = np.random.default_rng(seed)
    source, target = generator.standard_normal((2, 60, dimensions)).astype(np.float32)
    pairs = np.stack([np.arange(50), np.arange(50)], axis=1)
    turned = source @ draw_rotation(dimensions, seed), target @ draw_rotation(dimensions, seed + 1)
    x, z = multi_step(source, target, pairs, reweight)
    x_turned, z_turned = multi_step(*turned, pairs, reweight)
    np.testing.assert_allclose(x @ z.T, x_turned @ z_turned.T, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1, rtol=1e-5)


def test_directions_that_no_seed_has_do_no_harm() -> None:
    """A dimension in which all vectors are zero has no variance; it does not change the cosines."""
    generator = np.random.default_rng(0)
    source, target = generator.standard_normal((2, 60, 5)).astype(np.float32)
    pairs = np.stack([np.arange(50), np.arange(50)], axis=1)
    x, z = multi_step(source, target, pairs, 0.5)
    more = [np.pad(matrix, ((0, 0), (0, 1))) for matrix in (source, target)]
    x_more, z_more = multi_step(more[0], more[1], pairs, 0.5)
    np.testing.assert_allclose(x @ z.T, x_more @ z_more.T, atol=1e-4)


# -- self-learning -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_without_seeds_the_languages_are_found(seed: int) -> None:
    """Without seeds, nine words in ten get their translation, and the record says that it worked."""
    source, target, gold = draw_languages(seed)
    aligned = VecMap(seed=seed).align(source, target)
    assert precision(aligned, gold) > 0.9
    assert aligned.record["failed"] is False
    assert aligned.record["agreement"] > 0.4
    assert aligned.record["iterations"] > 10
    assert 0 < aligned.record["objective"] < 1
    assert "seeds" not in aligned.record
    np.testing.assert_allclose(np.linalg.norm(aligned.source, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(aligned.target, axis=1), 1, rtol=1e-5)


@pytest.mark.slow
def test_few_seeds_are_enough() -> None:
    """Fifteen seeds for forty dimensions are enough, in two runs; without self-learning they are refused."""
    source, target, gold = draw_languages()
    aligned = VecMap().align(source, target, dictionary(gold, 15))
    assert precision(aligned, gold) > 0.9
    assert aligned.record["failed"] is False
    assert aligned.record["seeds_found"] > 0.9
    assert aligned.record["seeds"] == 15
    assert aligned.record["runs"] == 2
    with pytest.raises(LexiconError, match=r"seeds has 15 pairs, too few to whiten 40 dimensions"):
        VecMap(self_learning=False).align(source, target, dictionary(gold, 15))


@pytest.mark.slow
def test_wrong_seeds_are_reported() -> None:
    """Wrong seeds lead to a map that does not find them: after two runs it has failed."""
    source, target, gold = draw_languages()
    record = VecMap().align(source, target, dictionary(np.roll(gold, 500), 300)).record
    assert record["failed"] is True
    assert record["seeds_found"] < 0.05
    assert record["runs"] == 2


def test_seeds_are_needed_without_self_learning() -> None:
    """The error names both remedies."""
    source, target, _ = draw_languages()
    with pytest.raises(LexiconError, match=r"pass pairs of words, or self_learning=True"):
        VecMap(self_learning=False).align(source, target)


@pytest.mark.slow
def test_failure_is_reported() -> None:
    """Unrelated languages and random vectors are recognised as failures."""
    noise = np.random.default_rng(0).standard_normal((2, 300, 30)).astype(np.float32)
    for source, target in ((draw_languages(0)[0], draw_languages(1)[1]), noise):
        record = VecMap().align(source, target).record
        assert record["failed"] is True
        assert record["agreement"] < 0.3
        assert record["runs"] >= 5


@pytest.mark.slow
def test_same_seed_same_result(caplog: pytest.LogCaptureFixture) -> None:
    """Runs with one seed are equal to the last bit; another seed gives other draws; the log has each objective."""
    source, target = (language[:400] for language in draw_languages()[:2])
    first = VecMap(seed=7).align(source, target)
    with caplog.at_level(logging.DEBUG, logger="lexswitch"):
        again = VecMap(seed=7).align(source, target, progress=False)
    np.testing.assert_array_equal(first.source, again.source)
    np.testing.assert_array_equal(first.target, again.target)
    assert first.record == again.record
    logged = [float(text.split()[-1]) for text in caplog.messages if text.startswith("self-learning: dictionary")]
    assert len(logged) == first.record["iterations"]
    assert logged[-1] == pytest.approx(first.record["objective"], abs=1e-5)
    assert VecMap(seed=8).align(source, target).record["iterations"] != first.record["iterations"]


def test_the_start_prefers_similar_ranks() -> None:
    """The start has at least ten times as many right pairs as chance."""
    source, target, gold = draw_languages(noise=0.1)
    pairs = initial_pairs(normalise(source, "centre"), normalise(target, "centre"))
    assert pairs.shape == (2 * WORDS, 2)
    assert np.mean(gold[pairs[:, 0]] == pairs[:, 1]) > 10 / WORDS


@pytest.mark.slow
def test_languages_may_differ_in_dimensions_and_words() -> None:
    """A target with fewer words and more dimensions is aligned as well, without seeds."""
    source, target, gold = draw_languages()
    wide = np.concatenate([target[:900], 0.05 * source[:900, :10]], axis=1) @ draw_rotation(DIMENSIONS + 10)
    aligned = VecMap().align(source, wide)
    assert aligned.source.shape == (WORDS, DIMENSIONS)
    assert aligned.target.shape == (900, DIMENSIONS)
    found = induce(aligned.source, aligned.target).forward
    assert np.mean(found[gold < 900] == gold[gold < 900]) > 0.9
    assert aligned.record["failed"] is False


@pytest.mark.parametrize("words", [2, 5, 40])
def test_tiny_vocabularies_do_no_harm(words: int) -> None:
    """Very few words are aligned without an error."""
    source, target, _ = draw_languages()
    aligned = VecMap().align(source[:words], target[:words])
    assert np.isfinite(aligned.source).all()
    assert np.isfinite(aligned.target).all()
    assert isinstance(aligned.record["failed"], bool)
