"""The loss of both towers."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional


def symmetric_info_nce(one: Any, other: Any, temperature: Any, related: Any = None) -> Any:
    """Return the mean of two cross-entropies: each row's partner among all rows, in both directions.

    Parameters
    ----------
    one, other
        Vectors of length 1; rows are partners.
    temperature
        Cosines are divided by it.
    related
        Bool, square: pairs of rows that are not negatives of each other; none by default.
    """
    scores = one @ other.T / temperature
    if related is not None:
        own = torch.eye(len(scores), dtype=torch.bool)
        scores = scores.masked_fill(related & ~own, -torch.inf)
    rows = torch.arange(len(scores))
    return (functional.cross_entropy(scores, rows) + functional.cross_entropy(scores.T, rows)) / 2
