"""Spaces that a switch needs if a script without spaces is replaced by a script with spaces.

A script without spaces has nothing, or a zero-width space, between two of its words, and between its words and words of
another script. A space is inserted if the two characters that meet in the switched text both belong to scripts with
spaces: before a switch, or after one that other text follows. The space belongs to that switch, so the text outside
switches does not change.
"""

from __future__ import annotations

import numpy as np

from .characters import CLASS, UNSPACED_SCRIPT, WORD, ZERO_WIDTH_SPACE, flags_of
from .packing import Bytes, Ints, Mask, Packed
from .utf8 import last_characters

# By byte: whether a character of a word may end or begin with it.
_MAY_BE_WORD = np.array([byte > 127 or chr(byte).isalnum() for byte in range(256)])
# By byte: punctuation of translations that needs a space after it, or before it.
_CLOSING, _OPENING = (np.array([chr(byte) in signs for byte in range(256)]) for signs in ("!%),.:;?]}", "([{"))
_ZERO_WIDTH = np.frombuffer(ZERO_WIDTH_SPACE.encode(), dtype=np.uint8)


def find_missing_spaces(
    packed: Packed, starts: Ints, ends: Ints, translations: Bytes, offsets: Ints, lengths: Ints
) -> tuple[Mask, Mask] | None:
    """Return whether each switch needs a space before its translation, and after it; None if no switch needs one.

    Parameters
    ----------
    packed : Packed
        The source texts.
    starts, ends : int64 arrays, shape (n,)
        Byte offsets of the switches in the source texts: sorted, not overlapping.
    translations : uint8 array
        The buffer of all translations.
    offsets, lengths : int64 arrays, shape (n,)
        Byte offset and number of bytes of each switch's translation in that buffer.
    """
    if packed.is_ascii:  # no script without spaces
        return None
    buffer = packed.buffer
    before, after = np.zeros(len(starts), dtype=np.bool_), np.zeros(len(starts), dtype=np.bool_)

    at = _MAY_BE_WORD[buffer[starts - 1]].nonzero()[0]
    first = starts[at]
    last = first - len(_ZERO_WIDTH) * _is_zero_width(buffer, first - len(_ZERO_WIDTH))
    touching = _touch(buffer, last, first)
    at, last = at[touching], last[touching]
    follows = (at > 0) & (ends[at - 1] == last)  # the neighbour is a switch too
    left = np.where(
        follows, _needs_space_after(translations, (offsets + lengths)[at - 1]), _needs_space_after(buffer, last)
    )
    before[at] = left & _needs_space_before(translations, offsets[at])

    at = _MAY_BE_WORD[buffer[ends]].nonzero()[0]
    last = ends[at]
    first = last + len(_ZERO_WIDTH) * _is_zero_width(buffer, last)
    no_switch_follows = np.append(starts, 0)[at + 1] != first
    touching = _touch(buffer, last, first) & no_switch_follows
    at, first = at[touching], first[touching]
    after[at] = _needs_space_after(translations, (offsets + lengths)[at]) & _needs_space_before(buffer, first)
    return (before, after) if before.any() or after.any() else None


def _is_zero_width(buffer: Bytes, offsets: Ints) -> Mask:
    """Return whether a zero-width space begins at each byte offset."""
    result: Mask = np.logical_and.reduce([buffer[offsets + number] == byte for number, byte in enumerate(_ZERO_WIDTH)])
    return result


def _touch(buffer: Bytes, ends: Ints, starts: Ints) -> Mask:
    """Return whether a word ends and a word begins at these byte offsets, at least one in a script without spaces."""
    left, right = flags_of(buffer, last_characters(buffer, ends)), flags_of(buffer, starts)
    words = ((left & CLASS) >= WORD) & ((right & CLASS) >= WORD)
    result: Mask = words & (((left | right) & UNSPACED_SCRIPT) != 0)
    return result


def _needs_space_after(buffer: Bytes, ends: Ints) -> Mask:
    """Return whether the character that ends at each byte offset needs a space after it, before a spaced script."""
    offsets = last_characters(buffer, ends)
    return _CLOSING[buffer[offsets]] | _is_spaced(buffer, offsets)


def _needs_space_before(buffer: Bytes, starts: Ints) -> Mask:
    """Return whether the character at each byte offset needs a space before it, after a spaced script."""
    return _OPENING[buffer[starts]] | _is_spaced(buffer, starts)


def _is_spaced(buffer: Bytes, offsets: Ints) -> Mask:
    """Return whether the characters at byte offsets belong to words in scripts with spaces."""
    flags = flags_of(buffer, offsets)
    result: Mask = ((flags & CLASS) >= WORD) & ((flags & UNSPACED_SCRIPT) == 0)
    return result
