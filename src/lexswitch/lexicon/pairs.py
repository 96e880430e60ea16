"""Pairs of terms and translations before they are sorted into the columns of a lexicon.

Readers of files make blocks of Python strings (`PairBlock`). `PairCollector` checks and normalises them, and keeps them
as arrays (`Pairs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..engine.packing import Floats, Ints, Mask, Packed, concatenate
from ..engine.splicing import take
from .columns import Columns


class Lines(Sequence[str]):
    """The lines of a text as a sequence. The text is split only when a line is read."""

    def __init__(self, text: str, count: int) -> None:
        self.text = text
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, position: Any) -> Any:
        return self._lines[position]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n") if self._count else []


class PairBlock(NamedTuple):
    """Pairs as a file or a caller has them, in columns: sequences of equal length."""

    lines: Sequence[int]
    """Line number of each pair in its file, for messages."""
    terms: Sequence[str]
    languages: str | Sequence[str]
    """Target language of all pairs, or of each."""
    translations: Sequence[str]
    weights: Sequence[float] | None = None
    """None means that all weights are 1."""

    def pair(self, position: int) -> tuple[str, str] | tuple[str, str, float]:
        """Return the term, the translation and, if the block has weights, the weight of a pair."""
        pair = self.terms[position], self.translations[position]
        return pair if self.weights is None else (*pair, self.weights[position])

    def where(self, mask: Iterable[bool]) -> PairBlock:
        """Return the pairs for which the mask is true."""
        positions = [position for position, is_kept in enumerate(mask) if is_kept]
        return self if len(positions) == len(self.terms) else self.at(positions)

    def at(self, positions: Sequence[int]) -> PairBlock:
        """Return the pairs at some positions, in their order."""
        columns = (
            values if values is None or isinstance(values, str) else [values[at] for at in positions] for values in self
        )
        return PairBlock(*columns)  # type: ignore[arg-type]  # each keeps its type


class InvalidPair(NamedTuple):
    """A pair that a lexicon cannot hold."""

    position: int
    """Its position in the block."""
    reason: str


class Pairs(NamedTuple):
    """Valid pairs in any order, in columns: pair i translates ``terms[rows[i]]`` by ``translations[i]``."""

    terms: Packed
    """Normalised, in any order; a term may occur several times."""
    rows: Ints
    codes: Ints
    """Languages, as positions in a list."""
    translations: Packed
    weights: Floats
    spelled: Ints
    """Row in `spellings` of each pair's term; -1 if its spelling equals the normalised term."""
    spellings: Packed
    """In any order; a spelling may occur several times."""

    def where(self, mask: Mask) -> Pairs:
        """Return the pairs for which the mask is true."""
        kept = np.flatnonzero(mask)
        used, rows = np.unique(self.rows[kept], return_inverse=True)
        used_spellings, spelled = np.unique(self.spelled[kept], return_inverse=True)
        first = int(np.searchsorted(used_spellings, 0))  # 1 if -1 is among them
        terms, translations = take(self.terms, used), take(self.translations, kept)
        spellings = take(self.spellings, used_spellings[first:])
        return Pairs(terms, rows, self.codes[kept], translations, self.weights[kept], spelled - first, spellings)

    def spelled_terms(self) -> Packed:
        """Return the spelled term of each pair."""
        rows = np.where(self.spelled < 0, self.rows, len(self.terms) + self.spelled)
        return take(concatenate([self.terms, self.spellings]), rows)


def pairs_of(columns: Columns) -> Pairs:
    """Return the pairs of columns, in their order."""
    codes = columns.languages[columns.group_of].astype(np.int64)
    runs = np.where(columns.spellings.lengths > 0, np.arange(len(columns.spelled)), -1)
    spelled = np.repeat(runs, np.diff(columns.spelled, append=len(codes)))
    return Pairs(
        columns.terms, columns.row_of, codes, columns.translations, columns.weights, spelled, columns.spellings
    )


def join_pairs(parts: Sequence[Pairs]) -> Pairs:
    """Join several parts into one. Their codes must be positions in the same list of languages."""
    sizes = np.array([len(part.terms) for part in parts], dtype=np.int64)
    offsets = (np.cumsum(sizes) - sizes).tolist()
    return Pairs(
        concatenate([part.terms for part in parts]),
        _joined([part.rows + offset for part, offset in zip(parts, offsets, strict=True)], np.int64),
        _joined([part.codes for part in parts], np.int64),
        concatenate([part.translations for part in parts]),
        _joined([part.weights for part in parts], np.float64),
        *_joined_spellings(parts),
    )


def _joined_spellings(parts: Sequence[Pairs]) -> tuple[Ints, Packed]:
    sizes = np.array([len(part.spellings) for part in parts], dtype=np.int64)
    offsets = (np.cumsum(sizes) - sizes).tolist()
    rows = [part.spelled + offset * (part.spelled >= 0) for part, offset in zip(parts, offsets, strict=True)]
    return _joined(rows, np.int64), concatenate([part.spellings for part in parts])


def _joined(arrays: Sequence[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=dtype), *arrays])
