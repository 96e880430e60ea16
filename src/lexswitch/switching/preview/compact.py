"""Short codes for lists of numbers, most of which are small: base64 VLQ, as in source maps.

A number is written in digits of five bits, the lowest first. Each digit is a letter of base64, which has a sixth bit.
This bit is set if another digit follows. ECMA-426 (source maps) describes the code, there with a bit for the sign.
"""

from __future__ import annotations

from collections.abc import Iterable

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BITS = 5
_BASE = 1 << _BITS


def encode_numbers(numbers: Iterable[int]) -> str:
    """Return whole numbers from 0 on as letters."""
    return "".join(map(_code, numbers))


def _code(number: int) -> str:
    code = ""
    while number >= _BASE:
        code += _LETTERS[number % _BASE | _BASE]
        number >>= _BITS
    return code + _LETTERS[number]
