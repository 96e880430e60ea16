"""Capitals of Turkish and of languages with its alphabet: "İ" is the capital of "i", and "I" that of "ı".

In UTF-8 they have another width than the small letters, so they cannot be written in place as other capitals.
"""

from __future__ import annotations

import numpy as np

from .packing import PADDING, Ints, Packed
from .splicing import splice

_SMALL, _CAPITAL = (b"i", "ı".encode()), ("İ".encode(), b"I")


def write_dotted(packed: Packed, starts: Ints, ends: Ints, titled: Ints, shouted: Ints) -> tuple[Packed, Ints]:
    """Write the capitals of "i" and "ı" in some spans; other letters stay.

    Parameters
    ----------
    packed : Packed
    starts, ends : int64 arrays, shape (n,)
        Byte offsets of the spans: sorted, not overlapping, each within one row.
    titled, shouted : int64 arrays
        Numbers of the spans whose first letter, and of those whose every letter is a capital.

    Returns
    -------
    Packed
        The batch with capitals.
    int64 array, shape (n,)
        By how many bytes each span grew.
    """
    growth = np.zeros(len(starts), dtype=np.int64)
    whole = set(shouted.tolist())
    written: dict[int, bytes] = {}
    for number in sorted(whole.union(titled.tolist())):
        old = packed.buffer[starts[number] : ends[number]].tobytes()
        cut = len(old) if number in whole else 1 + old.startswith(_SMALL[1])
        new = old[:cut].replace(_SMALL[0], _CAPITAL[0]).replace(_SMALL[1], _CAPITAL[1]) + old[cut:]
        if new != old:
            written[number] = new
            growth[number] = len(new) - len(old)
    if not written:
        return packed, growth
    changed, lengths = list(written), np.array([len(new) for new in written.values()])
    source = np.frombuffer(b"".join(written.values()) + bytes(PADDING), dtype=np.uint8)
    result, _ = splice(packed, starts[changed], ends[changed], source, lengths.cumsum() - lengths, lengths)
    return result, growth
