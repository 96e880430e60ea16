"""Reads the entries that an index locates in a text, in one pass over the text."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Iterator
from itertools import groupby

import numpy as np

_BLOCK = 1 << 20
_MAX_LENGTH = 1 << 16
_MAX_TERMS = 1000
_MAX_OFFSET = 2**62

OVERLAP = "overlapping entry"
BEYOND = "beyond the end of the text"
TOO_LONG = "entry of more than 64 KiB"
TOO_MANY = "entry with more than 1,000 index lines"


class EntrySpans:
    """Offsets and lengths of entries in a text, stored as three integers each to save memory."""

    def __init__(self) -> None:
        self._numbers, self._offsets, self._lengths = array("q"), array("q"), array("q")

    def add(self, number: int, offset: int, length: int) -> None:
        """Add the entry of an index line."""
        self._numbers.append(number)
        self._offsets.append(min(offset, _MAX_OFFSET))
        self._lengths.append(min(length, _MAX_OFFSET))

    def add_another(self, number: int, position: int) -> None:
        """Add an index line for the same entry as the line at `position`, from 0."""
        self.add(number, self._offsets[position], self._lengths[position])

    def __len__(self) -> int:
        return len(self._numbers)

    def read(self, stream: io.BufferedReader, drop: Callable[[str, int], None]) -> Iterator[tuple[list[int], bytes]]:
        """Yield the bytes of each entry with the numbers of its index lines, in the order of the text.

        Memory holds one entry at a time. Entries that overlap the entry before, end beyond the text or have more than
        64 KiB are dropped.
        """
        position = 0
        for (offset, length), numbers in self._in_order():
            if length > _MAX_LENGTH:
                _drop_all(drop, TOO_LONG, numbers)
                continue
            if offset < position:
                _drop_all(drop, OVERLAP, numbers)
                continue
            position += _skip(stream, offset - position)
            data = stream.read(length) if position == offset else b""
            position += len(data)
            if len(data) < length or position < offset:
                _drop_all(drop, BEYOND, numbers)
                continue
            yield numbers[:_MAX_TERMS], data
            _drop_all(drop, TOO_MANY, numbers[_MAX_TERMS:])

    def _in_order(self) -> Iterator[tuple[tuple[int, int], list[int]]]:
        numbers, offsets, lengths = (np.array(part) for part in (self._numbers, self._offsets, self._lengths))
        order = np.lexsort((numbers, lengths, offsets))
        spans = zip(offsets[order].tolist(), lengths[order].tolist(), numbers[order].tolist(), strict=True)
        for span, group in groupby(spans, key=lambda span: span[:2]):
            yield span, [number for _, _, number in group]


def _drop_all(drop: Callable[[str, int], None], reason: str, numbers: list[int]) -> None:
    for number in numbers:
        drop(reason, number)


def _skip(stream: io.BufferedReader, count: int) -> int:
    """Skip `count` bytes; return the number of bytes skipped, which is less at the end of the text."""
    left = count
    while left and (data := stream.read(min(left, _BLOCK))):
        left -= len(data)
    return count - left
