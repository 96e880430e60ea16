"""Character classes and case folding, for a whole buffer at once.

Two strings are equal to the engine when their `normalise_word` forms are: Unicode full case folding and NFC
(The Unicode Standard, sections 3.11 and 3.13), one apostrophe for all, and no invisible characters. Nearly every
character folds to one of the same width in UTF-8, so a buffer is folded in place; the few words that need more (odd
characters) go through Python one by one.

The table `data/characters.npy` pins Unicode 13, so that every Python gives the same output. Characters that are newer
have no case, compose with nothing and are not parts of words. The table holds runs of equal code points as int32 rows:
first code point, distance to the folded character, distance to the title-case character (0 where it has another width),
flags.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .packing import Bytes, Ints, Mask, Packed
from .utf8 import decode, encode, widths

# Classes of characters, ordered: from WORD on they are parts of words.
OTHER, SPACE, HYPHEN, IGNORED, INNER, WORD, UNSPACED, MARK = range(8)
"""INNER: apostrophes and joiners, part of a word between word characters. IGNORED: invisible characters; the same, and
dropped when words are compared. UNSPACED: letters of scripts that are written without spaces. MARK: combining marks."""

# Flags of the table: three bits of class, then these.
ODD = 8
"""Folding or NFC may change the width of this character or merge it with its neighbours."""
UPPER = 16
LOWER = 32
UNKNOWN = 64
"""Unicode 13 does not have this character."""
UNSPACED_SCRIPT = 128
"""A letter or mark of a script that is written without spaces."""
COMBINING_SHIFT = 8
"""The canonical combining class is above this bit."""

APOSTROPHES = "\u2019\u2018\u201b\u02bc\u02bb\uff07\u00b4"
"""What stands for an apostrophe between two letters; the modifier letters among them are letters elsewhere."""
ZERO_WIDTH_SPACE = "\u200b"
INVISIBLE = f"\u00ad{ZERO_WIDTH_SPACE}\u2060\ufeff"
"""Soft hyphen, zero-width space, word joiner, byte order mark."""

# Languages whose i and ı are two letters in capitals too: status T of CaseFolding.txt, and others of the same alphabet.
_DOTTED_AND_DOTLESS = frozenset(("az", "crh", "gag", "tr"))

_TABLE = os.path.join(os.path.dirname(__file__), "data", "characters.npy")
# What has a word on both sides; each pattern begins with a rare character, which makes it fast.
_BETWEEN = r"(?<=[^\s‐‑-].)(?=[^\s‐‑-])"
_JOINTS = {hyphen: re.compile(hyphen + _BETWEEN) for hyphen in "-‐‑"}
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]{_BETWEEN}")
_ASCII_CLASSES = np.array(
    [
        WORD if chr(i).isalnum() else SPACE if chr(i).isspace() else {0x2D: HYPHEN, 0x27: INNER}.get(i, OTHER)
        for i in range(128)
    ]
    + [MARK] * 128,
    dtype=np.uint8,
)


def has_dotless_i(language: str) -> bool:
    """Whether the capital of "i" is "İ" in a language (BCP 47), and that of "ı" is "I"."""
    return language.partition("-")[0] in _DOTTED_AND_DOTLESS


def normalise_word(text: str, language: str = "") -> str:
    """Return the form in which words are compared.

    That is case folding and NFC, with "'" for other apostrophes inside the word, and without invisible characters.

    Parameters
    ----------
    text : str
    language : str, optional
        The text's language (BCP 47): in Turkish and its like, "I" folds to "ı" and "İ" to "i".
    """
    dotless = has_dotless_i(language)
    if text.isascii() and not (dotless and "I" in text):
        return text.lower()
    for char in INVISIBLE:
        if char in text:
            text = text.replace(char, "")
    if _unsure().search(text) is None:
        text = _fold(text, dotless)
    else:  # an unknown character composes with nothing, so that NFC of the parts is NFC of the whole
        text = "".join(part if unknown else _fold(part, dotless) for part, unknown in _runs_of_unknown(text))
    return _APOSTROPHE.sub("'", text)


def _fold(text: str, dotless: bool) -> str:
    text = unicodedata.normalize("NFC", text)
    if dotless:
        text = text.replace("I", "ı").replace("İ", "i")
    return unicodedata.normalize("NFC", text.casefold())


@lru_cache(maxsize=1)
def _unsure() -> re.Pattern[str]:
    """Finds a character that may be unknown: one of the first plane that is, or any of another plane.

    The `re` module has a bitmap for the first plane, but compares with one range after the other beyond.
    """
    runs = _read_table()
    bounds = [*runs[:, 0].tolist(), 0x110000]
    unknown = [at for at in ((runs[:, 3] & UNKNOWN) != 0).nonzero()[0].tolist() if bounds[at] < 0x10000]
    ranges = (f"\\u{bounds[at]:04x}-\\u{min(bounds[at + 1], 0x10000) - 1:04x}" for at in unknown)
    return re.compile(f"[{''.join(ranges)}\U00010000-\U0010ffff]")


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _runs_of_unknown(text: str) -> list[tuple[str, bool]]:
    """Cut a text into runs of characters that are all known or all unknown, each with whether it is unknown."""
    unknown = (_table().flags[_codes(text)] & UNKNOWN) != 0
    cuts = (unknown[1:] != unknown[:-1]).nonzero()[0] + 1
    return [(text[start:end], bool(unknown[start])) for start, end in pairwise([0, *cuts.tolist(), len(text)])]


def without_unknown(text: str) -> str:
    r"""Replace each unknown character by a noncharacter of its plane (U+nFFFF).

    Patterns then find the same spans with every Unicode version, whatever ``\w`` and ``(?i)`` know there.
    """
    if text.isascii() or _unsure().search(text) is None:
        return text
    codes = _codes(text).copy()
    codes[(_table().flags[codes] & UNKNOWN) != 0] |= 0xFFFF
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def normalise_term(text: str, language: str = "") -> str:
    """Return the form in which terms are compared: `normalise_word` of the words, single blanks between them.

    A hyphen between two words becomes a blank as well, and so does a zero-width space in a script without spaces, where
    it separates words.
    """
    if ZERO_WIDTH_SPACE in text:
        text = _with_blanks(text)
    return _part(" ".join(normalise_word(text, language).split()))


def _with_blanks(text: str) -> str:
    """Blanks in place of the zero-width spaces beside letters of scripts without spaces."""
    unspaced = (_table().flags[_codes(f" {text} ")] & UNSPACED_SCRIPT).tolist()
    return "".join(
        " " if char == ZERO_WIDTH_SPACE and (unspaced[at] or unspaced[at + 2]) else char for at, char in enumerate(text)
    )


def normalise_terms(texts: Sequence[str], language: str = "") -> str:
    """`normalise_term` of many texts at once; the result has one line for each."""
    lines = "\n".join(texts)
    if is_tidy(lines, len(texts)):
        return normalise_tidy(lines, language)
    return "\n".join(normalise_term(text, language) for text in texts)


def normalise_tidy(lines: str, language: str = "") -> str:
    """`normalise_term` of each of some tidy lines."""
    return _part(normalise_word(lines, language))


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
def _read_table() -> npt.NDArray[Any]:
    runs: npt.NDArray[Any] = np.load(_TABLE, allow_pickle=False)
    return runs


@lru_cache(maxsize=1)
def _table() -> _Table:
    runs = _read_table()
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


def scan(packed: Packed, language: str = "") -> Scan:
    """Classify and fold every character of a packed batch, whose texts are in a language (BCP 47)."""
    buffer = packed.buffer
    folded = buffer | (buffer - np.uint8(65) < 26).view(np.uint8) << np.uint8(5)
    inside = (folded - np.uint8(97) < 26) | (buffer - np.uint8(48) < 10)
    odd = np.empty(0, dtype=np.int64)
    between = buffer[1:-1] == 0x27
    if packed.is_ascii:
        between &= inside[:-2] & inside[2:]
        inside[1:-1] |= between
    else:
        inside |= buffer > 127
        odd, inner, width = _scan_wide(buffer, folded, inside)
        between &= inside[:-2] & inside[2:]
        kept = (inside[inner - 1] & inside[inner + width]).nonzero()[0]
        inside[1:-1] |= between
        for byte in range(3):
            inside[inner[kept] + np.minimum(byte, width[kept] - 1)] = True
    if has_dotless_i(language):
        odd = np.concatenate([odd, (buffer == ord("I")).nonzero()[0]])
    return Scan(folded, inside, odd)


def _scan_wide(buffer: Bytes, folded: Bytes, inside: Mask) -> tuple[Ints, Ints, Ints]:
    """Mend `folded` and `inside` for characters beyond ASCII.

    Return the byte offsets of odd characters, those of inner characters, and the widths of these.
    """
    table = _table()
    leads = (buffer >= 0xC0).nonzero()[0]
    codes, width = decode(buffer, leads), widths(buffer[leads])
    flags = table.flags[codes]
    adjacent = leads[1:] == leads[:-1] + width[:-1]

    outside = ((flags & 7) < WORD).nonzero()[0]
    kinds = flags[outside] & 7
    inner = outside[((kinds == INNER) | (kinds == IGNORED)).nonzero()[0]]
    blanks = (codes[inner] == ord(ZERO_WIDTH_SPACE)).nonzero()[0]
    if blanks.size:  # where words are written without spaces, it is between two words
        unspaced = np.pad((flags & UNSPACED_SCRIPT) != 0, 1)
        touches = np.pad(adjacent, 1)
        at = inner[blanks]
        inner = np.delete(inner, blanks[(touches[at] & unspaced[at]) | (touches[at + 1] & unspaced[at + 2])])
    for byte in range(4):
        inside[leads[outside] + byte] = False
        outside = outside[(width[outside] > byte + 1).nonzero()[0]]

    change = table.fold[codes]
    changed = change.nonzero()[0]
    encode(folded, leads[changed], codes[changed] + change[changed])

    combining = flags >> COMBINING_SHIFT
    odd = (flags & ODD) != 0
    odd[1:] |= (combining[1:] > 0) & (combining[:-1] > combining[1:]) & adjacent  # marks out of canonical order
    return leads[odd.nonzero()[0]], leads[inner], width[inner]


def classes(buffer: Bytes, positions: Ints) -> Bytes:
    """Classes of the characters that start at byte offsets `positions`; for bytes inside a character, MARK."""
    result = _ASCII_CLASSES[buffer[positions]]
    wide = (buffer[positions] >= 0xC0).nonzero()[0]
    if wide.size:
        result[wide] = _table().flags[decode(buffer, positions[wide])] & 7
    return result


def flags_of(buffer: Bytes, positions: Ints) -> Ints:
    """Flags of the characters that start at byte offsets `positions`."""
    codes = buffer[positions].astype(np.int64)
    wide = (codes >= 0xC0).nonzero()[0]
    codes[wide] = decode(buffer, positions[wide])
    return _table().flags[codes]


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
