"""Entries of a text that an index tells the places of, read in one pass over the text."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Iterator
from itertools import groupby

import numpy as np

_BLOCK = 1 << 20
_LONGEST = 1 << 16
_MOST_TERMS = 1000
FARTHEST = 2**62

OVERLAP = "overlapping entry"
BEYOND = "beyond the end of the text"
TOO_LONG = "entry of more than 64 KiB"
TOO_MANY = "entry with more than 1,000 index lines"


class EntrySpans:
    """Where entries are in a text: three numbers each, so that an index of many lines takes little memory."""

    def __init__(self) -> None:
        self._numbers, self._offsets, self._lengths = array("q"), array("q"), array("q")

    def add(self, number: int, offset: int, length: int) -> None:
        """Add the entry of an index line."""
        self._numbers.append(number)
        self._offsets.append(min(offset, FARTHEST))
        self._lengths.append(min(length, FARTHEST))

    def add_another(self, number: int, at: int) -> None:
        """Add an index line that names the same entry as the one that was added at `at`, from 0."""
        self.add(number, self._offsets[at], self._lengths[at])

    def __len__(self) -> int:
        return len(self._numbers)

    def read(self, stream: io.BufferedReader, drop: Callable[[str, int], None]) -> Iterator[tuple[list[int], bytes]]:
        """Yield the numbers of the index lines that name an entry and its bytes, in the order of the text.

        Holds one entry at a time, however long the entries say they are: one that begins within the entry before it,
        ends beyond the text or has more than 64 KiB is dropped.
        """
        position = 0
        for (offset, length), numbers in self._in_order():
            if length > _LONGEST:
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
            yield numbers[:_MOST_TERMS], data
            _drop_all(drop, TOO_MANY, numbers[_MOST_TERMS:])

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
    """Read past `count` bytes; return how many there were."""
    left = count
    while left and (data := stream.read(min(left, _BLOCK))):
        left -= len(data)
    return count - left
