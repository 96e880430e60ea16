"""Weights by a score of the caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from ...engine.packing import Floats
from ...engine.splicing import take
from ...errors import LexiconError
from ..columns import LexiconContent
from .weights import exp, shares

Scorer: TypeAlias = "Callable[[list[str], str, list[str]], Sequence[float]]"

_BATCH = 10_000
"""Number of candidates that are scored at once."""


def scored_weights(lexicon: LexiconContent, score: Scorer) -> Floats:
    """Weigh candidates by a score of the caller, such as the similarity of an encoder.

    Parameters
    ----------
    lexicon : LexiconContent
    score : callable
        Takes up to 10,000 terms, their target language and as many translations; returns a number for each pair. The
        weights are the softmax of the scores over the candidates of a term in one language, so a score is in units of
        log-probability: divide a similarity by a temperature.

    Returns
    -------
    float64 array, shape (num_pairs,)
        In the order of ``lexicon.pairs()``.

    Raises
    ------
    TypeError
        If `score` cannot be called, or returns something other than numbers.
    LexiconError
        If it returns another number of scores, or one that is not finite.
    """
    if not callable(score):
        raise TypeError(f"score is {type(score).__name__}; pass a function of (terms, language, translations)")
    columns = lexicon.columns
    groups = columns.group_of
    codes = columns.languages[groups]
    scores = np.empty(len(groups))
    for code, language in enumerate(lexicon.languages):
        pairs = (codes == code).nonzero()[0]
        for at in range(0, len(pairs), _BATCH):
            some = pairs[at : at + _BATCH]
            terms, translations = columns.terms_of(some), take(columns.translations, some).unpack()
            scores[some] = _checked_scores(score(terms, language, translations), terms, language, translations)
    greatest = np.maximum.reduceat(scores, columns.candidates[:-1])
    return shares(exp(scores - greatest[groups]), groups)


def _checked_scores(scores: Any, terms: list[str], language: str, translations: list[str]) -> Floats:
    try:
        values = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(
            f"score returned {type(scores).__name__} that is not a sequence of numbers; return a list"
        ) from None
    if values.shape != (len(terms),):
        raise LexiconError(
            f"score returned {type(scores).__name__} of shape {values.shape} for {len(terms)} pairs; return a list of "
            "numbers, one for each"
        )
    wrong = (~np.isfinite(values)).nonzero()[0]
    if wrong.size:
        at = int(wrong[0])
        raise LexiconError(
            f"score of {terms[at]!r} -> {translations[at]!r} ({language}) is {values[at]}; scores must be finite"
        )
    return values
