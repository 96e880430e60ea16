"""Reading the entries and pairs of a lexicon from its columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .columns import LexiconData


class Candidate(NamedTuple):
    """A translation of a term."""

    translation: str
    weight: float


def entry(data: LexiconData, row: int) -> dict[str, list[Candidate]]:
    """Return the candidates of a term by language, the best candidate first."""
    columns, result = data.columns, {}
    for group in range(columns.groups[row], columns.groups[row + 1]):
        first, last = columns.candidates[group : group + 2]
        result[data.languages[columns.languages[group]]] = [
            Candidate(columns.translations[at], float(columns.weights[at])) for at in range(first, last)
        ]
    return result


def iterate_terms(data: LexiconData) -> Iterator[str]:
    """Yield the terms in code point order, in the spelling of their first pair."""
    columns = data.columns
    firsts = columns.candidates[columns.groups[:-1]]
    spellings = columns.spellings.unpack()
    for term, run in zip(columns.terms.unpack(), columns.runs_of(firsts).tolist(), strict=True):
        yield spellings[run] or term


def iterate_pairs(data: LexiconData) -> Iterator[tuple[str, str, str, float]]:
    """Yield (term, language, translation, weight), sorted by term, then language, the best translation first."""
    columns = data.columns
    codes = columns.languages[columns.group_of]
    terms, spellings = columns.terms.unpack(), columns.spellings.unpack()
    runs = columns.runs_of(np.arange(data.num_pairs))
    for row, run, code, translation, weight in zip(
        columns.row_of.tolist(),
        runs.tolist(),
        codes.tolist(),
        columns.translations.unpack(),
        columns.weights.tolist(),
        strict=True,
    ):
        yield spellings[run] or terms[row], data.languages[code], translation, weight
