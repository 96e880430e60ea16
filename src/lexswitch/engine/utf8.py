"""UTF-8 on whole arrays: widths, code points and character starts, at byte offsets of a buffer.

A lead byte has the prefix 0xxxxxxx, 110xxxxx, 1110xxxx or 11110xxx, for characters of one to four bytes. A continuation
byte is 10xxxxxx and holds the next six bits of the code point, the highest bits first.
"""

from __future__ import annotations

import numpy as np

from .packing import Bytes, Ints


def widths(leads: Bytes) -> Ints:
    """Return the number of bytes of each character, given its lead byte."""
    return 1 + (leads >= 0xC0).astype(np.int64) + (leads >= 0xE0) + (leads >= 0xF0)


def last_characters(buffer: Bytes, ends: Ints) -> Ints:
    """Return the byte offset of the character that ends at each of the byte offsets `ends`."""
    offsets = ends - 1
    for _ in range(3):
        offsets = offsets - ((buffer[offsets] & 0xC0) == 0x80)  # step back over a continuation byte
    return offsets


def decode(buffer: Bytes, offsets: Ints) -> Ints:
    """Return the code points of the characters of two to four bytes at byte offsets `offsets`.

    All are decoded as two bytes; then each further byte of the wider ones appends six bits. The mask 0x1F leaves one
    prefix bit of a four-byte lead, which the mask 0x3FF removes.
    """
    lead = buffer[offsets].astype(np.int64)
    codes = (lead & 0x1F) << 6 | buffer[offsets + 1] & 0x3F
    three = (lead >= 0xE0).nonzero()[0]
    if three.size:
        codes[three] = (codes[three] & 0x3FF) << 6 | buffer[offsets[three] + 2] & 0x3F
        four = three[(lead[three] >= 0xF0).nonzero()[0]]
        codes[four] = codes[four] << 6 | buffer[offsets[four] + 3] & 0x3F
    return codes


def encode(buffer: Bytes, offsets: Ints, codes: Ints) -> None:
    """Write characters of two to four bytes at byte offsets `offsets`, over characters of the same width."""
    width = 2 + (codes >= 0x800).astype(np.int64) + (codes >= 0x10000)
    for size, prefix in ((2, 0xC0), (3, 0xE0), (4, 0xF0)):
        chosen = (width == size).nonzero()[0]
        if chosen.size:
            at, code = offsets[chosen], codes[chosen]
            for byte in range(size - 1, 0, -1):
                buffer[at + byte] = code & 0x3F | 0x80
                code = code >> 6
            buffer[at] = code | prefix
