"""What is read of a file of vectors: sound rows in a matrix that grows, the others counted by reason."""

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
"""No model has more; a header that says so is none."""

_ROWS = 4096

NOT_UTF8 = "word is no UTF-8"
WRONG_FIELDS = "wrong number of fields"
NO_NUMBER = "no number"
CUT_OFF = "cut off"
EMPTY_WORD = "empty word"
_BLANKS = "white space in the word"
_NOT_FINITE = "NaN or infinite"
_ZERO = "all zero"
_DUPLICATE = "duplicated word"

# Fields of a line are apart by these characters, lines by one of them: a word may only have single spaces inside.
_STRAY = re.compile(r"[\t\n\v\f\r]|^ |  | $")


class VectorsWarning(UserWarning):
    """Some vectors of a file could not be used, or the file is not as its header says."""


class LoadedVectors(NamedTuple):
    """Vectors, and where they came from."""

    words: tuple[str, ...]
    matrix: Floats32
    record: dict[str, Any]
    complaint: str | None
    """What to warn of."""


class VectorFile:
    """A file that is being read, and how far.

    Attributes
    ----------
    path : Path
    size : int
        Bytes of the file.
    consumed : int
        Bytes of the file that were read, packed as they are.
    """

    def __init__(self, path: Path, progress: bool) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.consumed = 0
        self.progress = progress

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader]:
        """Open the file for reading unpacked bytes, with a progress bar."""
        with progress_bar(self.size, self.path.name, "B", self.progress) as bar:

            def advance(count: int) -> None:
                self.consumed += count
                bar.update(count)

            with open_unpacked(self.path, advance) as stream:
                yield stream


class VectorCollector:
    """Takes vectors in order: the first of each word, if it is finite and not all zero.

    Parameters
    ----------
    name : str
        What the vectors come from, for messages.
    dimensions : int
    limit : int, optional
        How many vectors to take; those behind are not looked at.
    place : str, default "{}:{}"
        A name and a number in a message: of a line, ...
    source : VectorFile, optional
        The file, by which the number of vectors is guessed, so that the matrix need not grow.
    """

    def __init__(
        self,
        name: str,
        dimensions: int,
        limit: int | None = None,
        place: str = "{}:{}",
        source: VectorFile | None = None,
    ) -> None:
        self._name = name
        self._limit = sys.maxsize if limit is None else limit
        self._place = place
        self._source = source
        self._words: dict[str, None] = {}
        self._matrix: Floats32 = np.empty((0, dimensions), dtype=np.float32)
        self._dropped: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._matrix.shape[1])

    @property
    def full(self) -> bool:
        """Whether no more vectors are wanted."""
        return len(self._words) >= self._limit

    @property
    def seen(self) -> int:
        """How many vectors came, sound or not."""
        return len(self._words) + self._dropped.total()

    @property
    def kept(self) -> int:
        """How many vectors were taken."""
        return len(self._words)

    def drop(self, reason: str, place: int) -> None:
        """Count a vector that is left out."""
        self._dropped[reason] += 1
        self._first[reason] = min(place, self._first.get(reason, place))

    def add(
        self,
        words: Sequence[str | None],
        rows: Floats32,
        places: Sequence[int],
        faults: Iterable[tuple[int, str]] = (),
    ) -> None:
        """Take vectors, one a row.

        Parameters
        ----------
        words : sequence of str or None
            None for a word that is no UTF-8.
        rows : float32 array, shape (words, dimensions)
        places : sequence of int
            Where each stands in the file, increasing.
        faults : iterable of (int, str), optional
            Where vectors cannot be used, and why.
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
                    end = places[row]
                    break
            else:
                self.drop(reason, places[row])
        for place, reason in faults:
            if place < end:
                self.drop(reason, place)
        self._reserve(len(known))
        self._matrix[first : len(known)] = rows if len(kept) == len(rows) else rows[kept]

    def _reserve(self, rows: int) -> None:
        room = len(self._matrix)
        if rows > room:
            share = self._source.consumed / self._source.size if self._source and self._source.size else 1.0
            guess = int(1.05 * rows / max(share, 1e-6)) if share < 1 else rows
            # Memory that is not written to yet costs nothing, and a matrix of that size moves by its page table.
            self._resize(min(max(guess, rows + room // 4), self._limit))

    def _resize(self, rows: int) -> None:
        if len(self._matrix) == 0:
            self._matrix = np.empty((rows, self._matrix.shape[1]), dtype=np.float32)
        else:
            self._matrix.resize((rows, self._matrix.shape[1]), refcheck=False)

    def finish(self, format: str, declared: int | None = None, hint: str = "") -> LoadedVectors:
        """Hand over the vectors.

        Parameters
        ----------
        format : str
            Goes into the record.
        declared : int, optional
            How many there should be, unless there are enough.
        hint : str, optional
            What may be wrong if nothing is sound.

        Raises
        ------
        LexiconError
            If nothing was sound, or more was dropped than kept.
        """
        kept, dropped = len(self._words), self._dropped.total()
        if kept < max(dropped, 1):
            what = f"only {kept:,} of {kept + dropped:,} vectors can be used" if dropped else "no vector"
            raise LexiconError(f"{self._name}: {what}{self._faults()}; {hint or 'get the file again'}")
        complaints = []
        if dropped:
            complaints.append(f"left out {dropped:,} of {kept + dropped:,} vectors{self._faults()}")
        if declared is not None and not self.full and self.seen != declared:
            cut = "; the file seems to be cut off: get it again" if self.seen < declared else ""
            complaints.append(f"the header says {declared:,} vectors, there are {self.seen:,}{cut}")
        self._resize(kept)
        self._matrix.flags.writeable = False
        record = make_record(format, self._matrix, self._dropped)
        complaint = f"{self._name}: {'; '.join(complaints)}" if complaints else None
        return LoadedVectors(tuple(self._words), self._matrix, record, complaint)

    def _faults(self) -> str:
        """What was dropped, and where first."""
        places = sorted(self._first.items(), key=lambda item: item[1])
        faults = [
            f"{reason}: {self._dropped[reason]:,}, first {self._place.format(self._name, place)}"
            for reason, place in places
        ]
        return f" ({'; '.join(faults)})" if faults else ""


def make_record(format: str, matrix: Floats32, dropped: Mapping[str, int] = MappingProxyType({})) -> dict[str, Any]:
    """What is told of vectors that were read."""
    words, dimensions = matrix.shape
    return {"format": format, "words": words, "dimensions": dimensions, "dropped": dict(sorted(dropped.items()))}


def first_fault(words: Sequence[str], matrix: Floats32) -> tuple[int, str] | None:
    """The first vector that cannot be used, and why."""
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
    """Words of UTF-8; None for what is none."""
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
    """For each vector, whether all of it is finite, and whether any of it is not zero."""
    with np.errstate(invalid="ignore"):  # of a signalling NaN
        finite, nonzero = np.isfinite(rows).all(axis=1), rows.any(axis=1)
    return np.asarray(finite).tolist(), np.asarray(nonzero).tolist()


def _fault(word: str | None, finite: bool, nonzero: bool) -> str | None:
    """Why a vector cannot be used."""
    if word is None:
        return NOT_UTF8
    if not finite:
        return _NOT_FINITE
    return word_fault(word) if nonzero else _ZERO


def word_fault(word: str) -> str | None:
    """Why this cannot be the word of a vector."""
    if not word or word.isspace():
        return EMPTY_WORD
    if not word.isalnum() and _STRAY.search(word):
        return _BLANKS
    return None
