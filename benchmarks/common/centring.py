"""Centring: vectors of texts less the mean vector of their language."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Vectors = Mapping[str, np.ndarray]
"""Language -> vectors of its texts, float32, shape (texts, dimensions)."""


def centred(vectors: Vectors, means: Vectors) -> dict[str, np.ndarray]:
    """Return normalised vectors less the mean vector of their language.

    Parameters
    ----------
    vectors
        Vectors of texts.
    means
        Language -> mean vector.
    """
    found = {}
    for language, of in vectors.items():
        moved = of - means[language]
        found[language] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return found
