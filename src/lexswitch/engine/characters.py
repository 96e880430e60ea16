"""Character classes and case folding, for a whole buffer at once.

Two strings are equal to the engine when their :func:`normalise_word` forms are: Unicode full case folding and NFC
(The Unicode Standard, sections 3.11 and 3.13). Nearly every character folds to one of the same width in UTF-8, so a
buffer is folded in place; the few words that need more (odd characters) go through Python one by one.

The table `data/characters.npy` pins the Unicode version, so that every Python gives the same output. It holds runs of
equal code points as int32 rows: first code point, distance to the folded character, distance to the title-case
character (0 where it has another width), flags.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .packing import Bytes, Ints, Mask, Packed

# Classes of characters, ordered: from WORD on they are parts of words.
OTHER, SPACE, HYPHEN, INNER, WORD, UNSPACED, MARK = range(7)
"""INNER: apostrophes and joiners, part of a word between word characters. UNSPACED: letters of scripts that are written
without spaces. MARK: combining marks."""

# Flags of the table: three bits of class, then these.
ODD = 8
"""Folding or NFC may change the width of this character or merge it with its neighbours."""
UPPER = 16
LOWER = 32
COMBINING_SHIFT = 6
"""The canonical combining class stands above this bit."""

_TABLE = Path(__file__).parent.parent / "data" / "characters.npy"
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_ASCII_FOLD = bytes.maketrans(_LETTERS.upper(), _LETTERS)
# Bytes above 127 are parts of words until their character says otherwise.
_ASCII_CLASSES = bytes(
    WORD if chr(i).isalnum() or i > 127 else SPACE if chr(i).isspace() else {0x2D: HYPHEN, 0x27: INNER}.get(i, OTHER)
    for i in range(256)
)


def normalise_word(text: str) -> str:
    """Case folding and NFC: the form in which words are compared."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


class _Table(NamedTuple):
    fold: Ints
    title: Ints
    flags: Ints


@lru_cache(maxsize=1)
def _table() -> _Table:
    runs = np.load(_TABLE, allow_pickle=False)
    lengths = np.diff(runs[:, 0], append=0x110000)
    return _Table(*(np.repeat(np.ascontiguousarray(runs[:, column]), lengths) for column in (1, 2, 3)))


class Scan(NamedTuple):
    """What one pass over a packed buffer finds; all arrays but `odd` have one element per byte."""

    folded: Bytes
    """The buffer, every character folded that keeps its width."""
    classes: Bytes
    odd: Ints
    """Byte offsets of characters whose words must be normalised one by one."""


def scan(packed: Packed) -> Scan:
    """Classify and fold every character of a packed batch."""
    data = packed.buffer.tobytes()
    folded = np.frombuffer(bytearray(data.translate(_ASCII_FOLD)), dtype=np.uint8)
    classes = np.frombuffer(bytearray(data.translate(_ASCII_CLASSES)), dtype=np.uint8)
    if packed.is_ascii:
        return Scan(folded, classes, np.empty(0, dtype=np.int64))
    table = _table()
    leads = np.flatnonzero(packed.buffer >= 0xC0)
    codes = decode(packed.buffer, leads)
    flags = table.flags[codes]

    kinds = flags & 7
    width = widths(packed.buffer[leads])
    special = np.flatnonzero(kinds != WORD)
    for byte in range(4):
        wide = special[width[special] > byte]
        classes[leads[wide] + byte] = kinds[wide]

    change = table.fold[codes]
    changed = np.flatnonzero(change)
    encode(folded, leads[changed], codes[changed] + change[changed])

    combining = flags >> COMBINING_SHIFT
    adjacent = leads[1:] == leads[:-1] + width[:-1]
    disordered = (combining[1:] > 0) & (combining[:-1] > combining[1:]) & adjacent
    odd = (flags & ODD) != 0
    odd[1:] |= disordered
    return Scan(folded, classes, leads[odd])


def widths(leads: Bytes) -> Ints:
    """Bytes per character, given the first byte of each."""
    return 1 + (leads >= 0xC0).astype(np.int64) + (leads >= 0xE0) + (leads >= 0xF0)


def decode(buffer: Bytes, positions: Ints) -> Ints:
    """Code points of the characters that start at byte offsets `positions`."""
    codes = buffer[positions].astype(np.int64)
    wide = np.flatnonzero(codes >= 0xC0)
    lead, at = codes[wide], positions[wide]
    value = (lead & 0x1F) << 6 | buffer[at + 1] & 0x3F
    wider = np.flatnonzero(lead >= 0xE0)
    value[wider] = (value[wider] & 0x3FF) << 6 | buffer[at[wider] + 2] & 0x3F
    widest = wider[lead[wider] >= 0xF0]
    value[widest] = value[widest] << 6 | buffer[at[widest] + 3] & 0x3F
    codes[wide] = value
    return codes


def encode(buffer: Bytes, positions: Ints, codes: Ints) -> None:
    """Write characters over others of the same width that start at byte offsets `positions`."""
    width = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
    for size, mark in ((1, 0), (2, 0xC0), (3, 0xE0), (4, 0xF0)):
        chosen = width == size
        at, code = positions[chosen], codes[chosen]
        for byte in range(size - 1, 0, -1):
            buffer[at + byte] = code & 0x3F | 0x80
            code = code >> 6
        buffer[at] = code | mark


def is_upper(buffer: Bytes, positions: Ints) -> Mask:
    """Whether the characters at byte offsets `positions` are upper or title case."""
    return _has_flag(buffer, positions, UPPER)


def is_lower(buffer: Bytes, positions: Ints) -> Mask:
    """Whether the characters at byte offsets `positions` are lower case."""
    return _has_flag(buffer, positions, LOWER)


def _has_flag(buffer: Bytes, positions: Ints, flag: int) -> Mask:
    lead = buffer[positions]
    low, high = (65, 90) if flag == UPPER else (97, 122)
    result: Mask = (lead >= low) & (lead <= high)
    wide = np.flatnonzero(lead >= 0xC0)
    if wide.size:
        result[wide] = (_table().flags[decode(buffer, positions[wide])] & flag) != 0
    return result


def to_title(buffer: Bytes, positions: Ints) -> None:
    """Capitalise the characters at byte offsets `positions` in place, where that keeps their width."""
    lead = buffer[positions]
    small = positions[(lead >= 97) & (lead <= 122)]
    buffer[small] -= 32
    wide = positions[lead >= 0xC0]
    if wide.size:
        codes = decode(buffer, wide)
        encode(buffer, wide, codes + _table().title[codes])
