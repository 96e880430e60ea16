"""Blanks that switches need where words of a script without spaces become words of a script with spaces.

Between two words of such a script, or between one of its words and a word of another script, a text has nothing, or a
zero-width space. Where the characters that meet in the switched text both belong to scripts with spaces, a blank is
inserted: before a switch, or behind one that other text follows. It is a part of that switch, so that the text outside
switches stays the same.
"""

from __future__ import annotations

import numpy as np

from .characters import UNSPACED_SCRIPT, WORD, ZERO_WIDTH_SPACE, flags_of
from .packing import Bytes, Ints, Mask, Packed
from .utf8 import last_characters

# By byte: what may be the end or the begin of a character beside a switch that is a part of a word.
_TOUCHING = np.array([byte > 127 or chr(byte).isalnum() for byte in range(256)])
# Punctuation of translations, behind or before which a blank is needed too.
_CLOSING, _OPENING = (np.array([chr(byte) in signs for byte in range(256)]) for signs in ("!%),.:;?]}", "([{"))
_INVISIBLE = np.frombuffer(ZERO_WIDTH_SPACE.encode(), dtype=np.uint8)


def find_blanks(
    packed: Packed, starts: Ints, ends: Ints, translations: Bytes, offsets: Ints, lengths: Ints
) -> tuple[Mask, Mask] | None:
    """Whether each switch needs a blank before its translation, and one behind it; None if no switch of the batch does.

    Parameters
    ----------
    packed : Packed
        The source texts.
    starts, ends : int64 arrays, shape (n,)
        Byte offsets of the switches there: sorted, not overlapping.
    translations : uint8 array
        The buffer of all translations.
    places, lengths : int64 arrays, shape (n,)
        Byte offset and length of each switch's translation in that buffer.
    """
    if packed.is_ascii:  # no script without spaces
        return None
    buffer = packed.buffer
    before, behind = np.zeros(len(starts), dtype=np.bool_), np.zeros(len(starts), dtype=np.bool_)

    at = _TOUCHING[buffer[starts - 1]].nonzero()[0]
    first = starts[at]
    last = first - len(_INVISIBLE) * _is_invisible(buffer, first - len(_INVISIBLE))
    glued = _are_glued(buffer, last, first)
    at, last = at[glued], last[glued]
    after = (at > 0) & (ends[at - 1] == last)  # what is before is switched too
    is_last = np.where(after, _may_end(translations, (offsets + lengths)[at - 1]), _may_end(buffer, last))
    before[at] = is_last & _may_begin(translations, offsets[at])

    at = _TOUCHING[buffer[ends]].nonzero()[0]
    last = ends[at]
    first = last + len(_INVISIBLE) * _is_invisible(buffer, last)
    alone = np.append(starts, 0)[at + 1] != first
    glued = _are_glued(buffer, last, first) & alone
    at, first = at[glued], first[glued]
    behind[at] = _may_end(translations, (offsets + lengths)[at]) & _may_begin(buffer, first)
    return (before, behind) if before.any() or behind.any() else None


def _is_invisible(buffer: Bytes, at: Ints) -> Mask:
    """Whether zero-width spaces begin at these offsets."""
    result: Mask = np.logical_and.reduce([buffer[at + number] == byte for number, byte in enumerate(_INVISIBLE)])
    return result


def _are_glued(buffer: Bytes, ends: Ints, starts: Ints) -> Mask:
    """Whether words end and words begin at these offsets, one of the two at least in a script without spaces."""
    left, right = flags_of(buffer, last_characters(buffer, ends)), flags_of(buffer, starts)
    words = ((left & 7) >= WORD) & ((right & 7) >= WORD)
    result: Mask = words & (((left | right) & UNSPACED_SCRIPT) != 0)
    return result


def _may_end(buffer: Bytes, ends: Ints) -> Mask:
    """Whether a character that ends here needs a blank behind it in a script with spaces."""
    at = last_characters(buffer, ends)
    return _CLOSING[buffer[at]] | _is_spaced(buffer, at)


def _may_begin(buffer: Bytes, starts: Ints) -> Mask:
    """Whether a character that begins here needs a blank before it in a script with spaces."""
    return _OPENING[buffer[starts]] | _is_spaced(buffer, starts)


def _is_spaced(buffer: Bytes, at: Ints) -> Mask:
    """Whether characters are parts of words in scripts with spaces."""
    flags = flags_of(buffer, at)
    result: Mask = ((flags & 7) >= WORD) & ((flags & UNSPACED_SCRIPT) == 0)
    return result
