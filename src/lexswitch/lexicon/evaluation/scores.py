"""The scores of a lexicon."""

from __future__ import annotations

from typing import NamedTuple

ALL = "all"
"""Instead of a band: the terms of all bands."""
MEAN = "mean"
"""Instead of a language: the mean over the languages."""
BANDS = ("1-1,000", "1,001-5,000", "5,001-20,000", "above 20,000", "unknown")
"""Bands of terms by the rank of their frequency; rank 1 is the most frequent term."""


class Score(NamedTuple):
    """The quality of a lexicon for one target language and one band. All shares are from 0 to 1.

    A share of nothing is None. The mean over languages ignores None.
    """

    language: str
    """A target language, or "mean"."""
    band: str
    """One of `BANDS`, or "all"."""
    terms: int
    """Number of gold terms; for "mean", of all languages together."""
    coverage: float | None
    """Share of the gold terms for which the lexicon has a candidate in this language (the known terms)."""
    precision: dict[int, float | None]
    """For each k: share of the known terms with a gold translation among the k best candidates."""
    recall: dict[int, float | None]
    """For each k: the same number as a share of all gold terms."""
    token_coverage: float | None
    """Share of the running words of the corpus that are in units."""
    type_coverage: float | None
    """Share of the distinct words of the corpus that are terms with a candidate in this language."""

    def as_dict(self) -> dict[str, str | int | float | None]:
        """Return the fields by name, with one field ``precision@1``, ... for each k."""
        fields = self._asdict().items()
        each = (value.items() if isinstance(value, dict) else [(None, value)] for _, value in fields)
        return {
            name if k is None else f"{name}@{k}": value
            for (name, _), values in zip(fields, each, strict=True)
            for k, value in values
        }
