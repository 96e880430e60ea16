"""Reading a text file once, in blocks of whole rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from ..._io.streams import open_unpacked
from ...engine.packing import Ints
from ...errors import LexiconError
from ..lines import STANDARD_STREAM, input_name, standard_input

# Bytes per block: a worker gets so much at a time, and a killed run loses so much.
_BLOCK = 1 << 21
_LONGEST_ROW = 1 << 26
_MARK = b"\xef\xbb\xbf"
LINE_FEED = ord("\n")

Progress: TypeAlias = Callable[[int], Any]


class RowError(ValueError):
    """The fault of a row, and its offset in the bytes of the block."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class RowReader:
    """Reads a file, a pipe or standard input once, in blocks of whole rows.

    A block has at most 2 MiB, or is one longer row. Its end depends only on the bytes from its beginning on, so that a
    resumed run has the same blocks.

    Parameters
    ----------
    path : Path
        The file, or "-" for standard input.
    ends : callable
        Takes bytes that begin with a row, and whether they are all that is left. Returns the offsets of the line feeds
        that end rows.
    progress : callable, optional
        Called with the number of bytes read.
    """

    def __init__(self, path: Path, ends: Callable[[bytes, bool], Ints], progress: Progress | None = None) -> None:
        self._name = input_name(str(path))
        self._ends = ends
        self._pending = b""
        self._line = 1
        self._stream = open_unpacked(standard_input().fileno() if str(path) == STANDARD_STREAM else path, progress)
        try:
            self._fill(len(_MARK))
            self.mark: bytes = _MARK if self._pending.startswith(_MARK) else b""
            """The byte order mark if there is one; it is not part of a row."""
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
        """Skip bytes that end with a row."""
        while count:
            self._fill(min(count, _BLOCK))
            part = self._pending[:count]
            if not part:
                raise LexiconError(f"{self._name} has become shorter; run again without --resume")
            self._drop(part)
            count -= len(part)

    def peek(self, count: int) -> list[bytes]:
        """Return up to `count` of the next rows of the block, and do not move on."""
        data, ends = self._next()
        stops = [*(ends[:count] + 1).tolist(), len(data)]
        return [data[start:stop] for start, stop in zip([0, *stops], stops, strict=False) if start < stop][:count]

    def take(self) -> tuple[bytes, int] | None:
        """Return the next block and its number of rows, or None at the end."""
        data, ends = self._next()
        self._drop(data)
        return (data, ends.size + (not data.endswith(b"\n"))) if data else None

    def _next(self) -> tuple[bytes, Ints]:
        """Return the next block, which stays pending, and the ends of its rows."""
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
            f"{self._name}:{self._line}: a row of more than {_LONGEST_ROW:,} bytes; check that each line is a row, "
            "and that --format is right"
        )

    def _fill(self, size: int) -> bool:
        """Read until `size` bytes are pending; return True if the input has ended before."""
        while len(self._pending) < size:
            data = self._stream.read(size - len(self._pending))
            if not data:
                return True
            self._pending += data
        return False

    def _drop(self, part: bytes) -> None:
        """Remove the first pending bytes, and count their lines."""
        self._pending = self._pending[len(part) :]
        self._line += part.count(b"\n")


def line_ends(data: bytes, _is_all: bool) -> Ints:
    """Return the offsets of all line feeds."""
    ends: Ints = (np.frombuffer(data, dtype=np.uint8) == LINE_FEED).nonzero()[0]
    return ends
