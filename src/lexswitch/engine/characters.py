"""Character classes and case folding, for a whole buffer at once.

Two strings are equal to the engine when their `normalise_word` forms are: Unicode full case folding and NFC
(The Unicode Standard, sections 3.11 and 3.13). Nearly every character folds to one of the same width in UTF-8, so a
buffer is folded in place; the few words that need more (odd characters) go through Python one by one.

The table `data/characters.npy` pins the Unicode version, so that every Python gives the same output. It holds runs of
equal code points as int32 rows: first code point, distance to the folded character, distance to the title-case
character (0 where it has another width), flags.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .packing import Bytes, Ints, Mask, Packed

# Classes of characters, ordered: from WORD on they are parts of words.
OTHER, SPACE, HYPHEN, INNER, WORD, UNSPACED, MARK = range(7)
"""INNER: apostrophes (one byte or three) and joiners (three), part of a word between word characters. UNSPACED: letters
of scripts that are written without spaces. MARK: combining marks."""

# Flags of the table: three bits of class, then these.
ODD = 8
"""Folding or NFC may change the width of this character or merge it with its neighbours."""
UPPER = 16
LOWER = 32
COMBINING_SHIFT = 6
"""The canonical combining class stands above this bit."""

_TABLE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "characters.npy")
# Hyphens between two words; each pattern begins with one rare character, which makes it fast.
_JOINTS = {hyphen: re.compile(rf"{hyphen}(?<=[^\s‐‑-]{hyphen})(?=[^\s‐‑-])") for hyphen in "-‐‑"}
_ASCII_CLASSES = np.array(
    [
        WORD if chr(i).isalnum() else SPACE if chr(i).isspace() else {0x2D: HYPHEN, 0x27: INNER}.get(i, OTHER)
        for i in range(128)
    ]
    + [MARK] * 128,
    dtype=np.uint8,
)


def normalise_word(text: str) -> str:
    """Case folding and NFC: the form in which words are compared."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def normalise_term(text: str) -> str:
    """The form in which terms are compared: case folding, NFC, words apart by single blanks (for hyphens too)."""
    return _part(" ".join(normalise_word(text).split()))


def normalise_terms(texts: Sequence[str]) -> str:
    """`normalise_term` of many texts at once; the result has one line for each."""
    lines = "\n".join(texts)
    return normalise_tidy(lines) if is_tidy(lines, len(texts)) else "\n".join(map(normalise_term, texts))


def normalise_tidy(lines: str) -> str:
    """`normalise_term` of each of some tidy lines."""
    return _part(normalise_word(lines))


def _part(text: str) -> str:
    """Blanks in place of the hyphens between two words."""
    for hyphen, joint in _JOINTS.items():
        if hyphen in text:
            text = joint.sub(" ", text)
    return text


def is_tidy(lines: str, count: int) -> bool:
    """Whether there are `count` lines, none of them empty, of printable characters and single spaces inside."""
    spaced = f" {lines} ".replace("\n", " ")
    return (
        lines.count("\n") == count - 1 and "  " not in spaced and spaced.isprintable()
    )  # of blanks, only the space is


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
    """What one pass over a packed buffer finds."""

    folded: Bytes
    """The buffer, every character folded that keeps its width."""
    inside: Mask
    """For each byte, whether its character is part of a word: a letter, mark, digit or single inner character."""
    odd: Ints
    """Byte offsets of characters whose words must be normalised one by one."""


def scan(packed: Packed) -> Scan:
    """Classify and fold every character of a packed batch."""
    buffer = packed.buffer
    folded = buffer | (buffer - np.uint8(65) < 26).view(np.uint8) << np.uint8(5)
    inside = (folded - np.uint8(97) < 26) | (buffer - np.uint8(48) < 10)
    odd = inner = np.empty(0, dtype=np.int64)
    if not packed.is_ascii:
        inside |= buffer > 127
        odd, inner = _scan_wide(buffer, folded, inside)
    between = inside[:-2] & inside[2:] & (buffer[1:-1] == 0x27)
    inner = inner[(inside[inner - 1] & inside[inner + 3]).nonzero()[0]]
    inside[1:-1] |= between
    for byte in range(3):
        inside[inner + byte] = True
    return Scan(folded, inside, odd)


def _scan_wide(buffer: Bytes, folded: Bytes, inside: Mask) -> tuple[Ints, Ints]:
    """Mend `folded` and `inside` for characters beyond ASCII; return the offsets of odd and of inner ones."""
    table = _table()
    leads = (buffer >= 0xC0).nonzero()[0]
    codes, width = decode(buffer, leads), widths(buffer[leads])
    flags = table.flags[codes]

    outside = ((flags & 7) < WORD).nonzero()[0]
    inner = leads[outside[((flags[outside] & 7) == INNER).nonzero()[0]]]
    for byte in range(4):
        inside[leads[outside] + byte] = False
        outside = outside[(width[outside] > byte + 1).nonzero()[0]]

    change = table.fold[codes]
    changed = change.nonzero()[0]
    encode(folded, leads[changed], codes[changed] + change[changed])

    combining = flags >> COMBINING_SHIFT
    adjacent = leads[1:] == leads[:-1] + width[:-1]
    odd = (flags & ODD) != 0
    odd[1:] |= (combining[1:] > 0) & (combining[:-1] > combining[1:]) & adjacent  # marks out of canonical order
    return leads[odd.nonzero()[0]], inner


def classes(buffer: Bytes, positions: Ints) -> Bytes:
    """Classes of the characters that start at byte offsets `positions`; for bytes inside a character, MARK."""
    result = _ASCII_CLASSES[buffer[positions]]
    wide = (buffer[positions] >= 0xC0).nonzero()[0]
    if wide.size:
        result[wide] = _table().flags[decode(buffer, positions[wide])] & 7
    return result


def widths(leads: Bytes) -> Ints:
    """Bytes per character, given the first byte of each."""
    return 1 + (leads >= 0xC0).astype(np.int64) + (leads >= 0xE0) + (leads >= 0xF0)


def decode(buffer: Bytes, positions: Ints) -> Ints:
    """Code points of the characters of two bytes or more that start at byte offsets `positions`."""
    lead = buffer[positions].astype(np.int64)
    codes = (lead & 0x1F) << 6 | buffer[positions + 1] & 0x3F
    three = (lead >= 0xE0).nonzero()[0]
    if three.size:
        codes[three] = (codes[three] & 0x3FF) << 6 | buffer[positions[three] + 2] & 0x3F
        four = three[(lead[three] >= 0xF0).nonzero()[0]]
        codes[four] = codes[four] << 6 | buffer[positions[four] + 3] & 0x3F
    return codes


def encode(buffer: Bytes, positions: Ints, codes: Ints) -> None:
    """Write characters of two bytes or more over others of the same width, at byte offsets `positions`."""
    width = 2 + (codes >= 0x800).astype(np.int64) + (codes >= 0x10000)
    for size, mark in ((2, 0xC0), (3, 0xE0), (4, 0xF0)):
        chosen = (width == size).nonzero()[0]
        if chosen.size:
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
    wide = (lead >= 0xC0).nonzero()[0]
    if wide.size:
        result[wide] = (_table().flags[decode(buffer, positions[wide])] & flag) != 0
    return result


def to_title(buffer: Bytes, positions: Ints) -> None:
    """Capitalise the characters at byte offsets `positions` in place, where that keeps their width."""
    lead = buffer[positions]
    buffer[positions] = lead - ((lead - np.uint8(97) < 26).view(np.uint8) << np.uint8(5))
    wide = positions[(lead >= 0xC0).nonzero()[0]]
    if wide.size:
        codes = decode(buffer, wide)
        encode(buffer, wide, codes + _table().title[codes])
