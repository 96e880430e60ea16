"""Batches of strings as one UTF-8 buffer with row offsets.

A NUL byte before and after each row keeps matches inside rows. Offsets delimit the rows, not the NULs, because a text
may itself contain NUL.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]
Hashes: TypeAlias = npt.NDArray[np.uint64]
Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]

#: Zero bytes after the last row, so that eight bytes can be read at any offset of any row.
PADDING = 8


class Packed:
    """An immutable batch of strings.

    Parameters
    ----------
    buffer : uint8 array, shape (1 + bytes of all rows + rows + PADDING,)
        ``NUL row0 NUL row1 NUL ... NUL`` and padding.
    starts : int64 or int32 array, shape (rows + 1,)
        Byte offset of each row in the buffer; row i ends at ``starts[i + 1] - 1``.
    """

    def __init__(self, buffer: Bytes, starts: Ints) -> None:
        self.buffer = buffer
        self.starts = starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> str:
        return self.buffer[self.starts[row] : self.starts[row + 1] - 1].tobytes().decode()

    @property
    def lengths(self) -> Ints:
        """Length of each row in bytes, shape (rows,)."""
        return np.diff(self.starts) - 1

    @cached_property
    def data(self) -> bytes:
        """The buffer as bytes, kept in memory: for texts, not for buffers that may be mapped from a file."""
        return self.buffer.tobytes()

    @cached_property
    def is_ascii(self) -> bool:
        return bool(self.buffer.max() < 0x80)  # no copy: the buffer may be mapped from a file

    @cached_property
    def _characters(self) -> Ints:
        """Byte offset of every character, including NULs and padding."""
        # Signed view: as int8, the continuation bytes 10xxxxxx are the numbers up to -65.
        return np.flatnonzero(self.buffer.view(np.int8) > -65)

    def to_characters(self, rows: Ints, offsets: Ints) -> Ints:
        """Convert byte offsets in the buffer to character offsets in their rows."""
        starts = self.starts[rows]
        if self.is_ascii:
            return offsets - starts
        return np.searchsorted(self._characters, offsets) - np.searchsorted(self._characters, starts)

    def to_bytes(self, rows: Ints, offsets: Ints) -> Ints:
        """Convert character offsets in rows to byte offsets in the buffer."""
        starts = self.starts[rows]
        if self.is_ascii:
            return starts + offsets
        in_bytes: Ints = self._characters[np.searchsorted(self._characters, starts) + offsets]
        return in_bytes

    def unpack(self) -> list[str]:
        """Return the rows as strings."""
        if not len(self):
            return []
        rows = self.buffer[1 : self.starts[-1] - 1]
        if len(rows) - np.count_nonzero(rows) == len(self) - 1:  # no text contains NUL
            return str(rows.data, "utf-8").split("\0")
        return [str(self.buffer[a : b - 1].data, "utf-8") for a, b in pairwise(self.starts.tolist())]


def small(offsets: Ints) -> npt.NDArray[Any]:
    """Return ascending numbers as int32 if they fit, which halves them in memory and in the file."""
    return offsets.astype(np.int32 if not len(offsets) or offsets[-1] < 2**31 else np.int64)


def pack(texts: Sequence[str], first_row: int = 0, name: str = "texts") -> Packed:
    """Pack strings into one buffer.

    Parameters
    ----------
    texts : sequence of str
    first_row : int, default 0
        Number of the first text in error messages.
    name : str, default "texts"
        Name of the texts in error messages.

    Raises
    ------
    ValueError
        If a text has a lone surrogate, which UTF-8 cannot encode. The message names row and character offset.
    """
    try:
        joined = "\0".join(texts)
        ascii_only = joined.isascii()
        rows = texts if ascii_only else [text.encode() for text in texts]
    except UnicodeEncodeError:
        raise _surrogate_error(texts, first_row, name) from None
    data = joined.encode() if ascii_only else b"\0".join(rows)  # type: ignore[arg-type]  # bytes here
    starts = np.ones(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, rows), dtype=np.int64, count=len(texts)) + 1, out=starts[1:])
    starts[1:] += 1
    data = b"\0" + data + bytes(1 + PADDING)
    packed = Packed(np.frombuffer(data, dtype=np.uint8), starts)
    packed.__dict__.update(data=data, is_ascii=ascii_only)  # fills the cached properties
    return packed


def pack_lines(lines: str, count: int) -> Packed:
    """Pack the `count` lines of a text without NUL."""
    data = np.frombuffer(bytearray().join([b"\0", lines.encode(), bytes(1 + PADDING)]), dtype=np.uint8)
    breaks = (data == ord("\n")).nonzero()[0]
    data[breaks] = 0
    ends = np.append(breaks, len(data) - PADDING - 1)[:count]
    return Packed(data, np.append(0, ends).astype(np.int64) + 1)


def concatenate(parts: Sequence[Packed]) -> Packed:
    """Return the rows of several batches as one batch."""
    sizes = [int(part.starts[-1]) - 1 for part in parts]
    offsets = np.cumsum([0, *sizes], dtype=np.int64)
    starts = [part.starts[:-1].astype(np.int64) + offset for part, offset in zip(parts, offsets.tolist(), strict=False)]
    rows = [part.buffer[1 : size + 1] for part, size in zip(parts, sizes, strict=True)]
    buffer = np.concatenate([np.zeros(1, dtype=np.uint8), *rows, np.zeros(PADDING, dtype=np.uint8)])
    return Packed(buffer, np.concatenate([*starts, offsets[-1:] + 1]))


def _surrogate_error(texts: Sequence[str], first_row: int, name: str) -> ValueError:
    for row, text in enumerate(texts):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            return ValueError(
                f"{name}[{first_row + row}] has a lone surrogate {text[error.start]!a} at character {error.start}, "
                "which is not valid Unicode; repair it with "
                "text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')"
            )
    raise AssertionError("every text can be encoded")  # unreachable: the caller failed to encode one
