"""Words of a packed batch: their offsets, which of them may form a phrase, and their normal forms."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .characters import (
    HYPHEN,
    IGNORED,
    INNER,
    MARK,
    SPACE,
    UNSPACED,
    WORD,
    Scan,
    classes,
    has_dotless_i,
    normalise_word,
)
from .packing import PADDING, Bytes, Ints, Mask, Packed

_LONGEST_CACHED = 64
"""Longer words, in bytes, are not cached, so that the cache takes only a few megabytes."""


class Spans(NamedTuple):
    """Byte offsets of words in a packed buffer: sorted, not empty, not overlapping, each within one row."""

    starts: Ints
    ends: Ints


class Words(NamedTuple):
    """The words of a batch; each array but `buffer` has one element per word."""

    starts: Ints
    """Byte offset in the packed buffer."""
    ends: Ints
    """Byte offset of the end in the packed buffer."""
    joined: Mask
    """Whether a phrase may go from this word to the next: white space, a hyphen or nothing is between them."""
    buffer: Bytes
    """The words in normal form, in which they are compared."""
    offsets: Ints
    """Byte offset of the normal form in `buffer`."""
    lengths: Ints
    """Number of bytes of the normal form."""


def unicode_words(scan: Scan) -> Spans:
    """Return the runs of letters, marks and digits, with single apostrophes or joiners inside."""
    # Edge detection: a word begins or ends between two bytes that differ in being inside a word.
    edges = (scan.inside[1:] != scan.inside[:-1]).nonzero()[0] + 1
    return Spans(edges[0::2].copy(), edges[1::2].copy())


def characters_as_words(packed: Packed, scan: Scan) -> Spans:
    """Return each letter of a script without spaces, with its marks, and each run of other word characters."""
    words = unicode_words(scan)
    leads = (((packed.buffer & 0xC0) != 0x80) & scan.inside).nonzero()[0]
    kinds = classes(packed.buffer, leads)
    begins = np.isin(leads, words.starts)
    inner = (kinds == INNER) | (kinds == IGNORED)
    attached = ((kinds == MARK) | inner) & ~begins
    base = np.maximum.accumulate(np.where(attached, 0, np.arange(len(leads))))  # a mark has the class of its base
    split = kinds == UNSPACED
    split[1:] |= (kinds[base[:-1]] == UNSPACED) & (kinds[1:] == WORD)
    split &= ~begins
    at = split.nonzero()[0]
    ends = np.where(inner[at - 1], leads[at - 1], leads[at])  # an apostrophe between two words is in neither
    return Spans(np.union1d(words.starts, leads[at]), np.union1d(words.ends, ends))


def find_words(packed: Packed, scan: Scan, spans: Spans, protected: Spans, language: str = "") -> Words:
    """Return the words at `spans`.

    Words that overlap a protected span get length 0, so that they match nothing.

    Parameters
    ----------
    packed : Packed
    scan : Scan
        Of `packed`.
    spans, protected : Spans
        Byte offsets of words and of protected text.
    language : str, optional
        Language of the texts (BCP 47).
    """
    joined = _joins(packed, spans)
    buffer, offsets, lengths = _normalise_odd(packed, scan, spans, language)
    if protected.starts.size:
        first = np.searchsorted(spans.ends, protected.starts, side="right")
        end = np.searchsorted(spans.starts, protected.ends)
        touched, _ = ranges(first, end)
        lengths[touched] = 0
        joined[first[first > 0] - 1] = False
    return Words(*spans, joined, buffer, offsets, lengths)


def _joins(packed: Packed, spans: Spans) -> Mask:
    """Return `Words.joined`: most gaps are a single ASCII space, so other gaps are checked separately."""
    starts, ends = spans.ends[:-1], spans.starts[1:]
    first, gap = packed.buffer[starts], ends - starts
    is_space = first == 0x20
    other = (~is_space).nonzero()[0]
    kinds = classes(packed.buffer, starts[other])
    is_space[other] = (kinds == SPACE) | (kinds == IGNORED)
    joined = np.zeros(len(spans.starts), dtype=np.bool_)
    joined[:-1] = (gap == 0) | is_space & (gap == 1)

    hyphens = other[(kinds == HYPHEN).nonzero()[0]]
    joined[hyphens] |= gap[hyphens] == np.where(first[hyphens] < 0x80, 1, 3)
    wide = (is_space & (gap > 1)).nonzero()[0]
    if wide.size:
        at, first_of_gap = ranges(starts[wide], ends[wide])
        kinds = classes(packed.buffer, at)
        inside_character = (packed.buffer[at] & 0xC0) == 0x80
        empty = inside_character | (kinds == SPACE) | (kinds == IGNORED)
        joined[wide] = np.logical_and.reduceat(empty, first_of_gap)
    return joined


def ranges(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Concatenate the ranges from each start to its end.

    Returns
    -------
    numbers : int64 array, shape (sum of ends - starts,)
        ``starts[0], ..., ends[0] - 1, starts[1], ...``
    first : int64 array, shape (ranges,)
        Position of each range's first number in that array.
    """
    # One arange plus an offset per range, which is repeated for each of its numbers.
    sizes = ends - starts
    reached = sizes.cumsum()
    first = reached - sizes
    return (starts - first).repeat(sizes) + np.arange(int(reached[-1]) if len(reached) else 0, dtype=np.int64), first


def normal_form(word: bytes, language: str) -> bytes:
    """Return the normal form of a word in UTF-8, from a cache unless the word is long."""
    if len(word) <= _LONGEST_CACHED:
        return _cached_normal_form(word, language)
    return normalise_word(word.decode(), language).encode()


@lru_cache(maxsize=1 << 15)
def _cached_normal_form(word: bytes, language: str) -> bytes:
    return normalise_word(word.decode(), language).encode()


def _normalise_odd(packed: Packed, scan: Scan, spans: Spans, language: str) -> tuple[Bytes, Ints, Ints]:
    """Return buffer, byte offsets and lengths of the words in normal form.

    If the normal form of a word differs from its folded bytes, it is appended to the folded buffer. The terms of a
    lexicon are in normal form already, so for them the result is the scanned buffer, byte for byte.
    """
    starts, ends = spans
    lengths = ends - starts
    if not scan.odd.size or not starts.size:
        return scan.folded, starts, lengths
    words = np.searchsorted(starts, scan.odd, side="right") - 1
    words = np.sort(words[(words >= 0) & (scan.odd < ends[words])])
    words = words[np.diff(words, prepend=-1) > 0]  # distinct; np.unique would import numpy.ma, which takes 40 ms
    language = language if has_dotless_i(language) else ""  # all other languages have the same folding
    read, folded = packed.buffer.tobytes(), scan.folded.tobytes()  # slicing bytes is faster than slicing arrays
    changed, forms = [], []
    for word, start, end in zip(words.tolist(), starts[words].tolist(), ends[words].tolist(), strict=True):
        form = normal_form(read[start:end], language)
        if form != folded[start:end]:
            changed.append(word)
            forms.append(form)
    if not changed:
        return scan.folded, starts, lengths
    offsets = starts.copy()
    lengths[changed] = [len(form) for form in forms]
    offsets[changed] = len(scan.folded) + np.cumsum(lengths[changed]) - lengths[changed]
    appended = np.frombuffer(b"".join(forms) + bytes(PADDING), dtype=np.uint8)
    return np.concatenate([scan.folded, appended]), offsets, lengths
