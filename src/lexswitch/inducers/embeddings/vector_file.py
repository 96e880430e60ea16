"""Reading files of vectors: usable rows are collected in a growing matrix, the others are counted by reason."""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

import numpy as np

from ..._io.progress import progress_bar
from ..._io.streams import open_unpacked
from ...errors import LexiconError
from ..batches import blocks
from .arrays import Floats32

MOST_DIMENSIONS = 1 << 16
"""No model has more; a header that names more is wrong."""

_ROWS = 4096

NOT_UTF8 = "word is not UTF-8"
WRONG_FIELDS = "wrong number of fields"
NOT_A_NUMBER = "not a number"
CUT_OFF = "cut off"
EMPTY_WORD = "empty word"
_BLANKS = "white space in the word"
_NOT_FINITE = "NaN or infinite"
_ZERO = "all zero"
_DUPLICATE = "duplicated word"

# These characters separate fields and lines, so a word may contain single spaces only.
_SEPARATORS = re.compile(r"[\t\n\v\f\r]|^ |  | $")


class VectorsWarning(UserWarning):
    """Some vectors of a file are not usable, or the file does not agree with its header."""


class LoadedVectors(NamedTuple):
    """Vectors, and how they were read."""

    words: tuple[str, ...]
    matrix: Floats32
    record: dict[str, Any]
    warning: str | None
    """Text of the warning, if there is a reason for one."""


class VectorFile:
    """A file, and how much of it was read.

    Attributes
    ----------
    path : Path
    size : int
        Bytes of the file.
    consumed : int
        Number of (compressed) bytes that were read.
    """

    def __init__(self, path: Path, progress: bool) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.consumed = 0
        self.progress = progress

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader]:
        """Open the file for reading decompressed bytes, with a progress bar."""
        with progress_bar(self.size, self.path.name, "B", self.progress) as bar:

            def advance(count: int) -> None:
                self.consumed += count
                bar.update(count)

            with open_unpacked(self.path, advance) as stream:
                yield stream


class VectorCollector:
    """Collects vectors in order: the first one of each word, if it is finite and not all zero.

    Parameters
    ----------
    name : str
        Origin of the vectors, for messages.
    dimensions : int
    limit : int, optional
        Maximum number of vectors; the rest is ignored.
    location : str, default "{}:{}"
        Template for a location in messages: the name, and the number of a line or row.
    source : VectorFile, optional
        The file from which the number of vectors is estimated, so that the matrix is seldom resized.
    """

    def __init__(
        self,
        name: str,
        dimensions: int,
        limit: int | None = None,
        location: str = "{}:{}",
        source: VectorFile | None = None,
    ) -> None:
        self._name = name
        self._limit = sys.maxsize if limit is None else limit
        self._location = location
        self._source = source
        self._words: dict[str, None] = {}
        self._matrix: Floats32 = np.empty((0, dimensions), dtype=np.float32)
        self._dropped: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    @property
    def full(self) -> bool:
        """Whether the limit is reached."""
        return len(self._words) >= self._limit

    @property
    def seen(self) -> int:
        """Number of vectors so far, usable or not."""
        return len(self._words) + self._dropped.total()

    @property
    def kept(self) -> int:
        """Number of vectors collected."""
        return len(self._words)

    def drop(self, reason: str, position: int) -> None:
        """Count a vector that is left out."""
        self._dropped[reason] += 1
        self._first[reason] = min(position, self._first.get(reason, position))

    def add(
        self,
        words: Sequence[str | None],
        rows: Floats32,
        positions: Sequence[int],
        faults: Iterable[tuple[int, str]] = (),
    ) -> None:
        """Add vectors, one per row.

        Parameters
        ----------
        words : sequence of str or None
            None for a word that is not UTF-8.
        rows : float32 array, shape (words, dimensions)
        positions : sequence of int
            Number of each line or row in the file, increasing.
        faults : iterable of (int, str), optional
            Positions of further vectors that are not usable, and the reasons.
        """
        finite, nonzero = _check_rows(rows)
        known, kept, first = self._words, [], len(self._words)
        end: float = np.inf
        for row, word in enumerate(words):
            reason = _fault(word, finite[row], nonzero[row]) or (_DUPLICATE if word in known else None)
            if reason is None:
                known[cast(str, word)] = None
                kept.append(row)
                if self.full:
                    end = positions[row]
                    break
            else:
                self.drop(reason, positions[row])
        for position, reason in faults:
            if position < end:
                self.drop(reason, position)
        self._reserve(len(known))
        self._matrix[first : len(known)] = rows if len(kept) == len(rows) else rows[kept]

    def _reserve(self, rows: int) -> None:
        room = len(self._matrix)
        if rows > room:
            share = self._source.consumed / self._source.size if self._source and self._source.size else 1.0
            estimate = int(1.05 * rows / max(share, 1e-6)) if share < 1 else rows
            # Unwritten memory costs nothing, and the system resizes large arrays by remapping pages, not by copying.
            self._resize(min(max(estimate, rows + room // 4), self._limit))

    def _resize(self, rows: int) -> None:
        if len(self._matrix) == 0:
            self._matrix = np.empty((rows, self._matrix.shape[1]), dtype=np.float32)
        else:
            self._matrix.resize((rows, self._matrix.shape[1]), refcheck=False)

    def finish(self, format: str, declared: int | None = None, hint: str = "") -> LoadedVectors:
        """Return the vectors.

        Parameters
        ----------
        format : str
            Name of the format, for the record.
        declared : int, optional
            Number of vectors according to the header; checked unless the limit is reached.
        hint : str, optional
            Likely remedy if no vector is usable.

        Raises
        ------
        LexiconError
            If no vector is usable, or more vectors were dropped than kept.
        """
        kept, dropped = len(self._words), self._dropped.total()
        if kept < max(dropped, 1):
            what = f"only {kept:,} of {kept + dropped:,} vectors can be used" if dropped else "no vector"
            raise LexiconError(f"{self._name}: {what}{self._faults()}; {hint or 'get the file again'}")
        warnings = []
        if dropped:
            warnings.append(f"left out {dropped:,} of {kept + dropped:,} vectors{self._faults()}")
        if declared is not None and not self.full and self.seen != declared:
            cut = "; the file seems to be cut off: get it again" if self.seen < declared else ""
            warnings.append(f"the header says {declared:,} vectors, there are {self.seen:,}{cut}")
        self._resize(kept)
        self._matrix.flags.writeable = False
        record = make_record(format, self._matrix, self._dropped)
        warning = f"{self._name}: {'; '.join(warnings)}" if warnings else None
        return LoadedVectors(tuple(self._words), self._matrix, record, warning)

    def _faults(self) -> str:
        """Describe what was dropped, with the first location of each kind."""
        faults = [
            f"{reason}: {self._dropped[reason]:,}, first {self._location.format(self._name, position)}"
            for reason, position in sorted(self._first.items(), key=lambda item: item[1])
        ]
        return f" ({'; '.join(faults)})" if faults else ""


def make_record(format: str, matrix: Floats32, dropped: Mapping[str, int] = MappingProxyType({})) -> dict[str, Any]:
    """Return the record of vectors that were read."""
    words, dimensions = matrix.shape
    return {"format": format, "words": words, "dimensions": dimensions, "dropped": dict(sorted(dropped.items()))}


def first_fault(words: Sequence[str], matrix: Floats32) -> tuple[int, str] | None:
    """Return the row of the first vector that is not usable, and the reason; None if all are usable."""
    known: set[str] = set()
    for part in blocks(len(words), _ROWS):
        finite, nonzero = _check_rows(matrix[part])
        for row, word in enumerate(words[part]):
            reason = _fault(word, finite[row], nonzero[row]) or (_DUPLICATE if word in known else None)
            if reason:
                return part.start + row, reason
            known.add(word)
    return None


def decode_words(encoded: Sequence[bytes]) -> list[str | None]:
    """Decode words from UTF-8; None for words that are not UTF-8."""
    try:
        return [word.decode() for word in encoded]
    except UnicodeDecodeError:
        return [_decode(word) for word in encoded]


def _decode(word: bytes) -> str | None:
    try:
        return word.decode()
    except UnicodeDecodeError:
        return None


def _check_rows(rows: Floats32) -> tuple[list[bool], list[bool]]:
    """Return, for each row, whether all its numbers are finite, and whether any is not zero."""
    with np.errstate(invalid="ignore"):  # a signalling NaN
        finite, nonzero = np.isfinite(rows).all(axis=1), rows.any(axis=1)
    return np.asarray(finite).tolist(), np.asarray(nonzero).tolist()


def _fault(word: str | None, finite: bool, nonzero: bool) -> str | None:
    """Return why a vector is not usable, or None."""
    if word is None:
        return NOT_UTF8
    if not finite:
        return _NOT_FINITE
    if not nonzero:
        return _ZERO
    if not word or word.isspace():
        return EMPTY_WORD
    if not word.isalnum() and _SEPARATORS.search(word):
        return _BLANKS
    return None
