"""The share of the words of a data set that are in the lexicon, and a warning if it is low."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from itertools import islice

from ...lexicon import Lexicon
from ...switching.language_check import LowCoverageWarning
from .conditions import Side
from .data import RetrievalData

LEAST = 0.2
"""Coverage below which a warning is due. With the starter lexicon, English questions of XQuAD-R have .63, their German
translations .14, and their Spanish ones .04."""
_SAMPLE = 1000


def coverage(data: RetrievalData, lexicon: Lexicon, side: Side) -> dict[str, float]:
    """Return the share of words that are in the lexicon, for the first texts of each side that is switched."""
    documents = data.documents.texts(range(min(_SAMPLE, len(data.documents.ids)))) if side != "query" else []
    texts = {
        "queries": list(islice(data.queries.values(), _SAMPLE)) if side != "document" else [],
        "documents": documents,
    }
    return {name: lexicon.coverage(some) for name, some in texts.items() if some}


def warn_if_low(shares: Mapping[str, float], lexicon: Lexicon) -> None:
    """Warn if few words are in the lexicon. The warning points to the caller's caller."""
    for name, share in shares.items():
        if share < LEAST:
            warnings.warn(
                LowCoverageWarning(
                    f"only {share:.0%} of the words of the {name} are in the lexicon; check that the {name} are in "
                    f"its source language, {lexicon.source!r}"
                ),
                stacklevel=3,
            )
