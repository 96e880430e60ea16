"""A warning if the texts of a stress test do not seem to be in the source language of the lexicon."""

from __future__ import annotations

import warnings
from itertools import islice

from ...lexicon import Lexicon
from ...switching.language_check import LowCoverageWarning
from .conditions import Side
from .data import RetrievalData

_LEAST = 0.2
"""Coverage below which a warning is due. With the starter lexicon, English questions of XQuAD-R have .63, their German
translations .14, and their Spanish ones .04."""
_SAMPLE = 1000


def warn_of_coverage(data: RetrievalData, lexicon: Lexicon, side: Side) -> None:
    """Warn if few words of the first texts are in the lexicon. The warning points to the caller's caller."""
    documents = data.documents.texts(range(min(_SAMPLE, len(data.documents.ids)))) if side != "query" else []
    texts = {
        "queries": list(islice(data.queries.values(), _SAMPLE)) if side != "document" else [],
        "documents": documents,
    }
    for name, some in texts.items():
        coverage = lexicon.coverage(some)
        if some and coverage < _LEAST:
            warnings.warn(
                LowCoverageWarning(
                    f"only {coverage:.0%} of the words of the {name} are in the lexicon; check that the {name} are in "
                    f"its source language, {lexicon.source!r}"
                ),
                stacklevel=3,
            )
