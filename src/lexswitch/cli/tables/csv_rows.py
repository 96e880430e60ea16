"""The ends of the rows of CSV."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...engine.packing import Ints
from .row_reader import LINE_FEED, RowError, line_ends

# How far the closing quote of a cell is searched for; a stray quote would swallow the rest of the file.
_LONGEST_CELL = 1 << 24
_SHOWN = 40
_RETURN, _QUOTE = b'\r"'


def csv_ends(data: bytes, is_all: bool, separator: str = ",") -> Ints:
    """Return the offsets of the line feeds outside quoted cells; `separator` is what separates cells, in ASCII.

    A quote opens a cell only as its first character. Elsewhere in an unquoted cell it is an ordinary character.

    Raises
    ------
    RowError
        If text follows the closing quote of a cell, or there is no closing quote up to the end of the file or within
        16 MiB. The offset is that of the opening quote.
    """
    array = np.frombuffer(data, dtype=np.uint8)
    ends = line_ends(data, is_all)
    quotes: Ints = (array == _QUOTE).nonzero()[0]
    if not _are_paired(array, quotes, ord(separator)):
        quotes = _without_stray(data, quotes, separator.encode())
    if quotes.size % 2:
        opening, closing = quotes[::2], quotes[1::2]
        # A quote directly after a closing one is the second of a doubled quote, and opens no cell.
        start = int(opening[np.append(True, opening[1:] != closing + 1)][-1])
        if is_all or len(data) - start > _LONGEST_CELL:
            within = "" if is_all else f" within {_LONGEST_CELL >> 20} MiB"
            raise RowError(
                f"the cell that begins with {_shown(data[start:])} has no closing quote{within}; add it, or double the "
                "quote and enclose the cell in quotes",
                start,
            )
    return ends[np.searchsorted(quotes, ends) % 2 == 0] if quotes.size else ends


def _are_paired(array: npt.NDArray[np.uint8], quotes: Ints, separator: int) -> bool:
    """Return whether the quotes open and close cells in turn, each at the edge of a cell."""
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, array[opening - 1], LINE_FEED)
    padded = np.append(array, [LINE_FEED, LINE_FEED]).astype(np.uint8) if closing.size else array
    after = padded[closing + 1]
    after = np.where((after == _RETURN) & (padded[closing + 2] == LINE_FEED), LINE_FEED, after)
    may_open = np.isin(before, (separator, LINE_FEED, _QUOTE))
    return bool(may_open.all() and np.isin(after, (separator, LINE_FEED, _QUOTE)).all())


def _without_stray(data: bytes, quotes: Ints, separator: bytes) -> Ints:
    """Return the quotes that open and close cells in turn.

    The loop is over single quotes, because whether one is stray depends on all before it.
    """
    kept: list[int] = []
    start = 0
    for offset in quotes.tolist():
        if len(kept) % 2:
            after = data[offset + 1 : offset + 3]
            if after[:1] not in {separator, b"\n", b'"', b""} and after not in {b"\r\n", b"\r"}:
                raise RowError(
                    f"the cell that begins with {_shown(data[start:])} has text after its closing quote; double each "
                    "quote within a quoted cell",
                    start,
                )
        elif kept and kept[-1] == offset - 1:
            pass  # the second of a doubled quote
        elif offset == 0 or data[offset - 1 : offset] in {separator, b"\n"}:
            start = offset
        else:
            continue
        kept.append(offset)
    return np.array(kept, dtype=np.int64)


def _shown(data: bytes) -> str:
    return repr(data[: 4 * _SHOWN].split(b"\n")[0].decode(errors="replace")[:_SHOWN])
