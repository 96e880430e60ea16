"""The bytes of a text file of rows, read once, in blocks of whole rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._io.streams import open_unpacked
from ..engine.packing import Ints
from ..errors import LexiconError
from .lines import STDIN, input_name, standard_input

# Bytes per block: what a worker takes at a time, and what a killed run loses.
_BLOCK = 1 << 21
_LONGEST_ROW = 1 << 26
# How far the quote that closes a cell is looked for: a stray quote would take in the rest of the file.
_LONGEST_CELL = 1 << 24
_SHOWN = 40
_MARK = b"\xef\xbb\xbf"
_FEED, _RETURN, _QUOTE, _COMMA = b'\n\r",'

Progress: TypeAlias = Callable[[int], Any]

#: From bytes that begin with a row, and whether they are all that is left, to the line feeds that end rows.
Ends: TypeAlias = Callable[[bytes, bool], Ints]


class RowError(ValueError):
    """What is wrong with a row, and its offset in the bytes that were looked at."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class Reader:
    """Reads a file, a pipe or standard input once, in blocks of at most 2 MiB of whole rows, or of one longer row.

    Where a block ends depends on the bytes from its beginning on alone: a run that is resumed cuts as the first did.
    """

    def __init__(self, path: Path, ends: Ends, progress: Progress | None = None) -> None:
        self._name = input_name(str(path))
        self._ends = ends
        self._pending = b""
        self._line = 1
        self._stream = open_unpacked(standard_input().fileno() if str(path) == STDIN else path, progress)
        try:
            self._fill(len(_MARK))
            self.mark: bytes = _MARK if self._pending.startswith(_MARK) else b""
            """The byte order mark, which is not part of a row."""
            self.skip(len(self.mark))
            self.first: bytes = b"".join(self.peek(1))
            """The first row."""
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def skip(self, count: int) -> None:
        """Pass over bytes that end with a row."""
        while count:
            self._fill(min(count, _BLOCK))
            part = self._pending[:count]
            if not part:
                raise LexiconError(f"{self._name} is shorter than it was; run again without --resume")
            self._drop(part)
            count -= len(part)

    def peek(self, count: int) -> list[bytes]:
        """Return so many of the next rows without passing them, or fewer if the block ends before."""
        data, ends = self._next()
        stops = [*(ends[:count] + 1).tolist(), len(data)]
        return [data[start:stop] for start, stop in zip([0, *stops], stops, strict=False) if start < stop][:count]

    def take(self) -> tuple[bytes, int] | None:
        """Return the next block and its number of rows; None at the end."""
        data, ends = self._next()
        self._drop(data)
        return (data, ends.size + (not data.endswith(b"\n"))) if data else None

    def _next(self) -> tuple[bytes, Ints]:
        """Return the next block, which stays pending, and where its rows end."""
        for size in range(_BLOCK, _LONGEST_ROW + _BLOCK, _BLOCK):
            is_all = self._fill(size)
            data = self._pending[:size]
            try:
                ends = self._ends(data, is_all)
            except RowError as error:
                line = self._line + data.count(b"\n", 0, error.offset)
                raise LexiconError(f"{self._name}:{line}: {error}") from None
            if is_all:
                return data, ends
            if ends.size:
                return data[: ends[-1] + 1], ends
        raise LexiconError(
            f"{self._name}:{self._line}: a row of more than {_LONGEST_ROW:,} bytes; check that the file has a row a "
            "line, and that --format is right"
        )

    def _fill(self, size: int) -> bool:
        """Read until so many bytes are pending, or all that are left: then it returns True."""
        while len(self._pending) < size:
            data = self._stream.read(size - len(self._pending))
            if not data:
                return True
            self._pending += data
        return False

    def _drop(self, part: bytes) -> None:
        self._pending = self._pending[len(part) :]
        self._line += part.count(b"\n")


def line_ends(data: bytes, _is_all: bool) -> Ints:
    """All line feeds."""
    ends: Ints = (_array(data) == _FEED).nonzero()[0]
    return ends


def csv_ends(data: bytes, is_all: bool) -> Ints:
    """The line feeds outside of quoted cells.

    A quote opens a cell if it is its first character; elsewhere in an unquoted cell it is a character as any other.

    Raises
    ------
    RowError
        If something follows the closing quote of a cell, or a closing quote is missing: up to the end of the file, or
        for 16 MiB. The offset is that of the opening quote.
    """
    array = _array(data)
    ends = line_ends(data, is_all)
    quotes: Ints = (array == _QUOTE).nonzero()[0]
    if not _are_paired(array, quotes):
        quotes = _without_stray(data, quotes)
    if quotes.size % 2:
        opening, closing = quotes[::2], quotes[1::2]
        # A quote right behind a closing one is the second of a doubled quote, and opens nothing.
        start = int(opening[np.append(True, opening[1:] != closing + 1)][-1])
        if is_all or len(data) - start > _LONGEST_CELL:
            within = "" if is_all else f" within {_LONGEST_CELL >> 20} MiB"
            raise RowError(
                f"the cell that begins with {_shown(data[start:])} has no closing quote{within}; add it, or double the "
                "quote and enclose the cell in quotes",
                start,
            )
    return ends[np.searchsorted(quotes, ends) % 2 == 0] if quotes.size else ends


def _are_paired(array: npt.NDArray[np.uint8], quotes: Ints) -> bool:
    """Whether quotes open and close cells by turns, each where it may."""
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, array[opening - 1], _FEED)
    padded = np.append(array, [_FEED, _FEED]).astype(np.uint8) if closing.size else array
    after = padded[closing + 1]
    after = np.where((after == _RETURN) & (padded[closing + 2] == _FEED), _FEED, after)
    may_open = np.isin(before, (_COMMA, _FEED, _QUOTE))
    return bool(may_open.all() and np.isin(after, (_COMMA, _FEED, _QUOTE)).all())


def _without_stray(data: bytes, quotes: Ints) -> Ints:
    """The quotes that open and close cells, by turns; one by one, as which one is stray depends on all before it."""
    kept: list[int] = []
    start = 0
    for at in quotes.tolist():
        if len(kept) % 2:
            after = data[at + 1 : at + 3]
            if after[:1] not in {b",", b"\n", b'"', b""} and after not in {b"\r\n", b"\r"}:
                raise RowError(
                    f"the cell that begins with {_shown(data[start:])} goes on after its closing quote; double each "
                    "quote within a quoted cell",
                    start,
                )
        elif kept and kept[-1] == at - 1:
            pass  # the second of a doubled quote
        elif at == 0 or data[at - 1 : at] in {b",", b"\n"}:
            start = at
        else:
            continue
        kept.append(at)
    return np.array(kept, dtype=np.int64)


def _shown(data: bytes) -> str:
    return repr(data[: 4 * _SHOWN].split(b"\n")[0].decode(errors="replace")[:_SHOWN])


def _array(data: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8)
