"""Parses the decimal numbers of a byte buffer, all at once.

Eight digits are read as one little-endian uint64, and three multiplications combine them (SWAR; Lemire, "Number parsing
at a gigabyte per second", Software: Practice and Experience 51, 2021). Integers up to 2**53 and powers of ten up to
10**22 are exact in float64, so their quotient is the float64 nearest to the decimal number (Clinger, "How to read
floating point numbers accurately", PLDI 1990).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...engine.packing import Bytes, Floats, Ints, Mask

_Chunks: TypeAlias = npt.NDArray[np.uint64]

#: Number of bytes needed before the first number and after the last one, so that whole chunks can be read.
PADDING = 24

_MOST_DIGITS = 22
_EXACT_DIGITS = 15
"""One digit before the point and so many decimals are always below 2**53."""
_SAFE_DIGITS = 17
"""One digit before the point and so many decimals are always below 2**63."""
_MARGIN = 2.0**-50
"""Bound on the relative error of a quotient of two rounded numbers."""

_LAST = np.array([0, *((2**64 - 1) << 8 * (8 - size) & (2**64 - 1) for size in range(1, 9))], dtype=np.uint64)
"""Masks of the last 0 to 8 bytes of a chunk."""
_POWERS = np.array([[sign * 10.0**size for size in range(_MOST_DIGITS + 1)] for sign in (1, -1)])
_WHOLE_POWERS = np.array([10**size for size in range(_SAFE_DIGITS + 1)], dtype=np.int64)
_ZEROS = np.uint64(0x3030303030303030)
_TO_HIGH_BIT, _HIGH_BITS = np.uint64(0x7676767676767676), np.uint64(0x8080808080808080)
_PAIRS = np.uint64(0x000000FF000000FF)
_FACTOR1, _FACTOR2 = np.uint64(100 + (1000000 << 32)), np.uint64(1 + (10000 << 32))
_TEN, _BYTE, _TWO_BYTES, _FOUR_BYTES = np.uint64(10), np.uint64(8), np.uint64(16), np.uint64(32)
_POINT = np.uint16(ord("0") + (ord(".") << 8))


def parse_decimals(buffer: Bytes, starts: Ints, ends: Ints) -> tuple[Floats, Mask]:
    """Parse numbers such as ``-0.0123``: an optional minus sign, one digit, a point and up to 22 digits.

    Parameters
    ----------
    buffer : uint8 array
        With `PADDING` bytes before the first number and after the last.
    starts, ends : int64 array, shape (numbers,)
        Byte offsets of each number in `buffer`; none is empty.

    Returns
    -------
    float64 array, shape (numbers,)
        Rounded to float32, they equal the results of ``float``, rounded to float32.
    bool array, shape (numbers,)
        Whether each was parsed. Numbers of another form, or too close to a rounding boundary, are not.
    """
    negative = (buffer[starts] == ord("-")).view(np.int8)
    points = starts + negative
    points += 1
    sizes = ends - points
    sizes -= 1
    whole = _view(buffer, "<u2", 2)[points - 1] - _POINT  # a digit and a point at once
    good = whole < 10
    least, most = int(sizes.min(initial=_MOST_DIGITS)), int(sizes.max(initial=1))
    if least < 1 or most > _MOST_DIGITS:
        good &= (sizes >= 1) & (sizes <= _MOST_DIGITS)
        sizes = np.clip(sizes, 1, _MOST_DIGITS)
        most = min(most, _MOST_DIGITS)
    elif least == most:
        sizes = sizes[:1]  # one size for all: each table below is indexed once
    mantissas = _fractions(_view(buffer, "<u8", 8), ends, sizes, most, good)
    mantissas += whole * _WHOLE_POWERS[np.minimum(sizes, _SAFE_DIGITS)]
    if most > _SAFE_DIGITS:
        good &= (sizes <= _SAFE_DIGITS) | (whole == 0)
    values = mantissas.astype(np.float64)
    values /= _POWERS[negative, sizes]
    if most > _EXACT_DIGITS:
        good &= _is_safe(values)
    return values, good


def _view(buffer: Bytes, kind: str, size: int) -> npt.NDArray[Any]:
    """Return a view of the unaligned integers that begin at each byte of a buffer."""
    return np.ndarray((len(buffer) - size + 1,), dtype=kind, buffer=buffer.data, strides=(1,))


def _fractions(chunks: _Chunks, ends: Ints, sizes: Ints, most: int, good: Mask) -> Ints:
    """Return the last `sizes` digits before `ends` as integers; clear `good` if they are not digits, or too many."""
    result = _digits(chunks[ends - 8], sizes if most <= 8 else np.minimum(sizes, 8), good)
    if most > 8:
        result += _digits(chunks[ends - 16], np.clip(sizes - 8, 0, 8), good) * np.int64(10**8)
    if most > 16:
        high = _digits(chunks[ends - 24], np.clip(sizes - 16, 0, 8), good)
        good &= high < 900
        result += high * np.int64(10**16)
    return result


def _digits(chunks: _Chunks, sizes: Ints, good: Mask) -> Ints:
    """Return the last digits of each chunk as an integer; clear `good` if they are not digits. Overwrites the chunks.

    After the exclusive or with "00000000", a digit is a byte from 0 to 9; adding 0x76 sets the high bit of greater
    bytes. Then three steps join neighbouring digits to pairs, fours and eights.
    """
    chunks ^= _ZEROS
    chunks &= _LAST[sizes]
    beyond = chunks + _TO_HIGH_BIT
    beyond |= chunks
    beyond &= _HIGH_BITS
    good &= beyond == 0
    part = chunks >> _BYTE
    chunks *= _TEN
    chunks += part
    np.right_shift(chunks, _TWO_BYTES, out=part)
    chunks &= _PAIRS
    part &= _PAIRS
    chunks *= _FACTOR1
    part *= _FACTOR2
    chunks += part
    chunks >>= _FOUR_BYTES
    return chunks.view(np.int64)


def _is_safe(values: Floats) -> Mask:
    """Return whether all numbers within the margin of each value round to the same float32."""
    safe: Mask = (values * (1 - _MARGIN)).astype(np.float32) == (values * (1 + _MARGIN)).astype(np.float32)
    return safe
