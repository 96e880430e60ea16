"""Character classes, case folding and normal forms, for single strings and for whole buffers.

The engine compares words in normal form (`normalise_word`): Unicode full case folding and NFC (The Unicode Standard,
sections 3.11 and 3.13), one apostrophe for all apostrophes, and no invisible characters. Almost every character folds
to one of the same width in UTF-8, so a buffer is folded in place. Only words with *odd* characters are normalised one
by one in Python.

The table ``data/characters.npy`` fixes the classes to Unicode 13, so that every Python version returns the same output.
Newer characters have no case, compose with nothing and are not parts of words. The table is a run-length encoding: each
row is a run of code points with equal properties. Its int32 columns are the first code point, the distance to the
folded character, the distance to the title-case character (0 if its width differs), and flags.
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

# Classes of characters, in order: WORD and later classes are parts of words.
OTHER, SPACE, HYPHEN, IGNORED, INNER, WORD, UNSPACED, MARK = range(8)
"""INNER: apostrophes and joiners, which are parts of a word between word characters. IGNORED: invisible characters,
likewise, but normal forms drop them. UNSPACED: letters of scripts without spaces. MARK: combining marks."""

# Flags of the table, a bit field: the class in three bits, five flags, and the combining class.
CLASS = 7
"""Mask of the class."""
ODD = 8
"""Folding or NFC may change the width of this character or merge it with its neighbours."""
UPPER = 16
LOWER = 32
UNKNOWN = 64
"""Unicode 13 does not have this character."""
UNSPACED_SCRIPT = 128
"""A letter or mark of a script without spaces."""
COMBINING_SHIFT = 8
"""Position of the lowest bit of the canonical combining class."""

APOSTROPHES = "\u2019\u2018\u201b\u02bc\u02bb\uff07\u00b4"
"""Characters that are apostrophes between two letters. The modifier letters among them are letters elsewhere."""
ZERO_WIDTH_SPACE = "\u200b"
INVISIBLE = f"\u00ad{ZERO_WIDTH_SPACE}\u2060\ufeff"
"""Soft hyphen, zero-width space, word joiner, byte order mark."""

# Languages in which i and ı have different capitals: status T of CaseFolding.txt, and others with the same alphabet.
_DOTTED_AND_DOTLESS = frozenset(("az", "crh", "gag", "tr"))

_TABLE = os.path.join(os.path.dirname(__file__), "data", "characters.npy")
# Joints between two words. Each pattern begins with a rare character, so that the search is fast.
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
    """Return whether the capital of "i" is "İ" in a language (BCP 47), and the capital of "ı" is "I"."""
    return language.partition("-")[0] in _DOTTED_AND_DOTLESS


def normalise_word(text: str, language: str = "") -> str:
    """Return the normal form of words: case folding, NFC, "'" for all apostrophes, no invisible characters.

    Parameters
    ----------
    text : str
    language : str, optional
        Language of the text (BCP 47). In Turkish and languages with its alphabet, "I" folds to "ı" and "İ" to "i".
    """
    dotless = has_dotless_i(language)
    if text.isascii() and not (dotless and "I" in text):
        return text.lower()
    for char in INVISIBLE:
        if char in text:
            text = text.replace(char, "")
    if _maybe_unknown().search(text) is None:
        text = _fold(text, dotless)
    else:  # unknown characters compose with nothing, so the parts can be normalised separately
        text = "".join(part if unknown else _fold(part, dotless) for part, unknown in _runs_of_unknown(text))
    return _APOSTROPHE.sub("'", text)


def _fold(text: str, dotless: bool) -> str:
    text = unicodedata.normalize("NFC", text)
    if dotless:
        text = text.replace("I", "ı").replace("İ", "i")
    return unicodedata.normalize("NFC", text.casefold())


@lru_cache(maxsize=1)
def _maybe_unknown() -> re.Pattern[str]:
    """Return a pattern for characters that may be unknown: unknown ones of plane 0, and any of another plane.

    For plane 0 the `re` module uses a bitmap; beyond it, it compares range by range, which is slow.
    """
    runs = _read_table()
    bounds = [*runs[:, 0].tolist(), 0x110000]
    unknown = [at for at in ((runs[:, 3] & UNKNOWN) != 0).nonzero()[0].tolist() if bounds[at] < 0x10000]
    ranges = (f"\\u{bounds[at]:04x}-\\u{min(bounds[at + 1], 0x10000) - 1:04x}" for at in unknown)
    return re.compile(f"[{''.join(ranges)}\U00010000-\U0010ffff]")


def _codes(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of a text: UTF-32 is one uint32 per character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _runs_of_unknown(text: str) -> list[tuple[str, bool]]:
    """Split a text into runs of known and of unknown characters; return each with whether it is unknown."""
    unknown = (character_table().flags[_codes(text)] & UNKNOWN) != 0
    # Edge detection: a run ends between two characters that differ.
    cuts = (unknown[1:] != unknown[:-1]).nonzero()[0] + 1
    return [(text[start:end], bool(unknown[start])) for start, end in pairwise([0, *cuts.tolist(), len(text)])]


def without_unknown(text: str) -> str:
    r"""Replace each unknown character by the noncharacter U+nFFFF of its plane n.

    Patterns then find the same spans with every Unicode version, because noncharacters are never assigned.
    """
    if text.isascii() or _maybe_unknown().search(text) is None:
        return text
    codes = _codes(text).copy()
    codes[(character_table().flags[codes] & UNKNOWN) != 0] |= 0xFFFF  # keeps the plane, which is above the low 16 bits
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def normalise_term(text: str, language: str = "") -> str:
    """Return the normal form of a term: `normalise_word` of its words, with single spaces between them.

    A hyphen between two words becomes a space too, and so does a zero-width space that separates words of a script
    without spaces.
    """
    if ZERO_WIDTH_SPACE in text:
        text = _with_spaces(text)
    return _without_hyphens(" ".join(normalise_word(text, language).split()))


def _with_spaces(text: str) -> str:
    """Replace the zero-width spaces next to letters of scripts without spaces by spaces."""
    unspaced = (character_table().flags[_codes(f" {text} ")] & UNSPACED_SCRIPT).tolist()
    return "".join(
        " " if char == ZERO_WIDTH_SPACE and (unspaced[at] or unspaced[at + 2]) else char for at, char in enumerate(text)
    )


def normalise_terms(texts: Sequence[str], language: str = "") -> str:
    """Return `normalise_term` of each text, as one line each."""
    lines = "\n".join(texts)
    if is_tidy(lines, len(texts)):
        return normalise_tidy(lines, language)
    return "\n".join(normalise_term(text, language) for text in texts)


def normalise_tidy(lines: str, language: str = "") -> str:
    """Return `normalise_term` of each line of a tidy text (`is_tidy`)."""
    return _without_hyphens(normalise_word(lines, language))


def _without_hyphens(text: str) -> str:
    """Replace hyphens between two words by spaces."""
    for hyphen, joint in _JOINTS.items():
        if hyphen in text:
            text = joint.sub(" ", text)
    return text


def is_tidy(lines: str, count: int) -> bool:
    """Return whether a text is `count` non-empty lines of printable characters, with single spaces inside lines."""
    spaced = f" {lines} ".replace("\n", " ")
    # isprintable accepts no white space but the space.
    return lines.count("\n") == count - 1 and "  " not in spaced and spaced.isprintable()


class CharacterTable(NamedTuple):
    """The columns of the table by code point, int32, shape (0x110000,)."""

    fold: Ints
    title: Ints
    flags: Ints


@lru_cache(maxsize=1)
def _read_table() -> npt.NDArray[Any]:
    runs: npt.NDArray[Any] = np.load(_TABLE, allow_pickle=False)
    return runs


@lru_cache(maxsize=1)
def character_table() -> CharacterTable:
    """Return the table with its runs expanded."""
    runs = _read_table()
    lengths = np.diff(runs[:, 0], append=0x110000)
    return CharacterTable(*(np.repeat(np.ascontiguousarray(runs[:, column]), lengths) for column in (1, 2, 3)))


class Scan(NamedTuple):
    """Results of one pass over a packed buffer."""

    folded: Bytes
    """The buffer, in which every character is folded that keeps its width."""
    inside: Mask
    """Whether each byte is part of a word: of a letter, mark, digit or single inner character. Shape as the buffer."""
    odd: Ints
    """Byte offsets of odd characters, whose words must be normalised one by one."""


def scan(packed: Packed, language: str = "") -> Scan:
    """Classify and fold every character of a packed batch, whose texts are in `language` (BCP 47)."""
    buffer = packed.buffer
    # Range check by unsigned wrap-around: for bytes, byte - 65 < 26 only if 65 <= byte < 91. The bit 1 << 5 is the
    # difference between upper and lower case in ASCII.
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
    """Correct `folded` and `inside` in place for characters beyond ASCII.

    Returns
    -------
    odd : int64 array
        Byte offsets of odd characters.
    inner, widths : int64 arrays
        Byte offsets of inner characters and their numbers of bytes.
    """
    table = character_table()
    leads = (buffer >= 0xC0).nonzero()[0]
    codes, width = decode(buffer, leads), widths(buffer[leads])
    flags = table.flags[codes]
    adjacent = leads[1:] == leads[:-1] + width[:-1]

    outside = ((flags & CLASS) < WORD).nonzero()[0]
    kinds = flags[outside] & CLASS
    inner = outside[((kinds == INNER) | (kinds == IGNORED)).nonzero()[0]]
    zero_width = (codes[inner] == ord(ZERO_WIDTH_SPACE)).nonzero()[0]
    if zero_width.size:  # next to a script without spaces, it separates words
        unspaced = np.pad((flags & UNSPACED_SCRIPT) != 0, 1)
        touches = np.pad(adjacent, 1)
        at = inner[zero_width]
        inner = np.delete(inner, zero_width[(touches[at] & unspaced[at]) | (touches[at + 1] & unspaced[at + 2])])
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


def classes(buffer: Bytes, offsets: Ints) -> Bytes:
    """Return the classes of the characters at byte offsets; MARK for a byte inside a character."""
    result = _ASCII_CLASSES[buffer[offsets]]
    wide = (buffer[offsets] >= 0xC0).nonzero()[0]
    if wide.size:
        result[wide] = character_table().flags[decode(buffer, offsets[wide])] & CLASS
    return result


def flags_of(buffer: Bytes, offsets: Ints) -> Ints:
    """Return the flags of the characters at byte offsets."""
    codes = buffer[offsets].astype(np.int64)
    wide = (codes >= 0xC0).nonzero()[0]
    codes[wide] = decode(buffer, offsets[wide])
    return character_table().flags[codes]


def is_upper(buffer: Bytes, offsets: Ints) -> Mask:
    """Return whether the characters at byte offsets are upper or title case."""
    return _has_flag(buffer, offsets, UPPER)


def is_lower(buffer: Bytes, offsets: Ints) -> Mask:
    """Return whether the characters at byte offsets are lower case."""
    return _has_flag(buffer, offsets, LOWER)


def _has_flag(buffer: Bytes, offsets: Ints, flag: int) -> Mask:
    lead = buffer[offsets]
    low, high = (65, 90) if flag == UPPER else (97, 122)
    result: Mask = (lead >= low) & (lead <= high)
    wide = (lead >= 0xC0).nonzero()[0]
    if wide.size:
        result[wide] = (character_table().flags[decode(buffer, offsets[wide])] & flag) != 0
    return result


def to_title(buffer: Bytes, offsets: Ints) -> None:
    """Capitalise the characters at byte offsets in place, if their title case has the same width."""
    lead = buffer[offsets]
    # ASCII case bit and wrap-around range check, as in `scan`.
    buffer[offsets] = lead - ((lead - np.uint8(97) < 26).view(np.uint8) << np.uint8(5))
    wide = offsets[(lead >= 0xC0).nonzero()[0]]
    if wide.size:
        codes = decode(buffer, wide)
        encode(buffer, wide, codes + character_table().title[codes])
