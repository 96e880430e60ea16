"""The columns in which a lexicon stores its pairs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ..engine.characters import normalise_term
from ..engine.packing import Floats, Ints, Packed
from .compact import compact
from .spelling import same_spelling

if TYPE_CHECKING:
    from pathlib import Path


class Columns(NamedTuple):
    """The pairs of a lexicon: terms in code point order, groups of each term, candidates of each group.

    A group holds the candidates of one term in one language. Terms are stored in the form in which they are compared,
    such as "hund". Each pair also keeps the spelling that was read, such as "Hund". Neighbours mostly share their
    spelling, so the columns store runs of pairs.
    """

    terms: Packed
    groups: Ints
    """Shape (terms + 1,): first group of each term."""
    languages: npt.NDArray[np.uint16]
    """Shape (groups,): positions in `Lexicon.languages`."""
    candidates: Ints
    """Shape (groups + 1,): first pair of each group."""
    translations: Packed
    weights: Floats
    spelled: Ints
    """Shape (runs,): first pair of each run of pairs with the same spelling, from 0."""
    spellings: Packed
    """Shape (runs,): spelling of the terms of a run; empty if it is the form in `terms`."""

    @property
    def has_spellings(self) -> bool:
        """Whether the spelling of any pair differs from the form in `terms`."""
        return len(self.spelled) > 1 or bool(self.spellings.lengths[0])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the plain arrays by file name; those of the spellings only if there are any."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "terms": self.terms.buffer,
            "term_starts": self.terms.starts,
            "groups": self.groups,
            "languages": self.languages,
            "candidates": self.candidates,
            "translations": self.translations.buffer,
            "translation_starts": self.translations.starts,
            "weights": self.weights,
        }
        if self.has_spellings:
            arrays["spelled"] = self.spelled
            arrays["spellings"] = self.spellings.buffer
            arrays["spelling_starts"] = self.spellings.starts
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Columns:
        """Return the columns of arrays that `arrays` returned."""
        if "spelled" in arrays:
            spelled, spellings = arrays["spelled"], Packed(arrays["spellings"], arrays["spelling_starts"])
        else:
            spelled, spellings = np.zeros(1, dtype=np.int32), compact(same_spelling())
        return cls(
            Packed(arrays["terms"], arrays["term_starts"]),
            arrays["groups"],
            arrays["languages"],
            arrays["candidates"],
            Packed(arrays["translations"], arrays["translation_starts"]),
            arrays["weights"],
            spelled,
            spellings,
        )

    @property
    def group_of(self) -> Ints:
        """Group of each pair, shape (pairs,)."""
        sizes = np.diff(self.candidates)
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def row_of(self) -> Ints:
        """Row of the term of each pair, shape (pairs,)."""
        sizes = np.diff(self.groups)
        rows: Ints = np.repeat(np.arange(len(sizes)), sizes)[self.group_of]
        return rows

    def runs_of(self, pairs: Ints) -> Ints:
        """Return the row in `spellings` of each of some pairs."""
        runs: Ints = np.searchsorted(self.spelled, pairs, side="right") - 1
        return runs

    def terms_of(self, pairs: Ints) -> list[str]:
        """Return the spelled terms of some pairs."""
        groups = np.searchsorted(self.candidates, pairs, side="right") - 1
        rows = np.searchsorted(self.groups, groups, side="right") - 1
        runs = self.runs_of(pairs).tolist()
        return [self.spellings[run] or self.terms[row] for run, row in zip(runs, rows.tolist(), strict=True)]


class SavedColumns(NamedTuple):
    """The folder of a saved lexicon, and what ``lexicon.json`` says of its files."""

    path: Path
    hashes: Mapping[str, str]
    """SHA-256 of each column."""
    indexes: Sequence[Mapping[str, Any]]
    """Entries of its indexes, see `saved_indexes`."""
    verify: bool
    """Whether indexes are compared with their hashes."""


class LexiconContent(Protocol):
    """What a `Lexicon` and a `LexiconData` have in common."""

    @property
    def source(self) -> str: ...
    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def columns(self) -> Columns: ...


class LexiconData(NamedTuple):
    """The content of a lexicon, without its methods: what the modules of this package compute with."""

    source: str
    """Language of the terms."""
    languages: tuple[str, ...]
    """Target languages, sorted."""
    columns: Columns

    @property
    def num_pairs(self) -> int:
        """Number of (term, language, translation) triples."""
        return len(self.columns.weights)

    def find(self, term: str) -> int | None:
        """Return the row of a term, or None."""
        terms, key = self.columns.terms, normalise_term(term, self.source)
        row = bisect_left(range(len(terms)), key, key=terms.__getitem__)
        return row if row < len(terms) and terms[row] == key else None
