"""Cheap tests of whether two spaces of word vectors are aligned, without known translations and with seeds."""

from __future__ import annotations

import numpy as np

from ..batches import blocks
from .arrays import Floats32, Indices, unit_rows
from .dictionary import induce

LEAST_HALVES = 0.01
"""Spaces with a smaller `agreement_of_halves` are evidently not aligned."""
LEAST_SEEDS = 0.05
"""If `share_of_seeds` is smaller, self-learning has evidently not found the map of the seeds."""

_HALVED_WORDS = 1_000
_LEAST_WORDS, _LEAST_DIMENSIONS = 300, 20
_MOST_AXES = 512
"""Maximum number of axes of the random rotation; it bounds the cost for vectors of many dimensions."""
_NEAREST = 10
_SEEDS = 5_000
_TARGETS = 8_000
_BLOCK = 1_000


def agreement_of_halves(source: Floats32, target: Floats32) -> float | None:
    """Return the share of words that get the same best counterpart from either half of the dimensions.

    If the spaces are aligned, both halves find the translations. If they are not, all counterparts are random, and the
    halves differ. A random rotation of both spaces first spreads every axis over both halves.

    Use it only for spaces to which no dictionary was fitted: self-learning makes wrong counterparts agree too.

    Measured values: at most .005 for spaces that are not aligned. These were English-Italian skip-gram vectors of 100
    dimensions (help of LibreOffice and descriptions of Debian packages), and English-German and English-Russian vectors
    of multilingual-e5-small with one side rotated. The vectors of the encoder, unrotated: .60 to .62. The skip-gram
    vectors aligned by `Procrustes` without refinement: .11 with 1,340 seeds, .03 with 134 (one training each).

    Parameters
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length, the most frequent words first; the first 1,000 are used.

    Returns
    -------
    float or None
        None for fewer than 300 words or 20 dimensions, which are too few for a test.
    """
    source, target = source[:_HALVED_WORDS], target[:_HALVED_WORDS]
    dimensions = source.shape[1]
    axes = min(dimensions, _MOST_AXES)
    if min(len(source), len(target)) < _LEAST_WORDS or dimensions < _LEAST_DIMENSIONS:
        return None
    rotation = _rotation(dimensions, axes)
    halves = [
        induce(*(unit_rows(np.ascontiguousarray((space @ rotation)[:, part])) for space in (source, target))).forward
        for part in (slice(None, axes // 2), slice(axes // 2, None))
    ]
    return float(np.mean(halves[0] == halves[1]))


def _rotation(dimensions: int, axes: int) -> Floats32:
    """Return random orthogonal axes, float32 array of shape (dimensions, axes), the same in every call."""
    draws = np.random.PCG64(0).random_raw(dimensions * axes) >> np.uint64(63)  # raw: the same in every NumPy
    signs = draws.astype(np.float32).reshape(dimensions, axes) * 2 - 1
    rotation: Floats32 = np.linalg.qr(signs)[0]
    return rotation


def share_of_seeds(source: Floats32, target: Floats32, seeds: Indices) -> float:
    """Return the share of seed words that have a seed translation among their ten most similar target words.

    Measured after self-learning on skip-gram vectors of 100 dimensions (help of LibreOffice and descriptions of Debian
    packages; one training, three runs each): .16 to .18 in English-German with precision@1 of .074 to .081, .32 in
    English-Italian with .185. With shuffled translations of the seeds, .004 to .005 and 0 to .002 (two runs each).

    Parameters
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length in one space, the most frequent words first.
    seeds : int array of shape (seeds, 2)
        The first 5,000 are used. They are ranked among the first 8,000 target words.
    """
    seeds, frequent = seeds[:_SEEDS], target[:_TARGETS]
    found = np.zeros(len(seeds), dtype=np.bool_)
    for part in blocks(len(seeds), _BLOCK):
        words = source[seeds[part, 0]]
        own = np.einsum("ij,ij->i", words, target[seeds[part, 1]])
        # A tolerance, because two products of the same rows may differ in their last bits.
        found[part] = np.count_nonzero(words @ frequent.T > own[:, None] + 1e-5, axis=1) < _NEAREST
    return len(np.unique(seeds[found, 0])) / len(np.unique(seeds[:, 0]))
