"""Words of a packed batch: where they are, which stand together in a phrase, and in which form they are compared."""

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

_REMEMBERED = 64
"""Longer words, in bytes, are normalised each time, so that few megabytes are kept."""


class Spans(NamedTuple):
    """Byte offsets of words in a packed buffer: sorted, not empty, not overlapping, never across rows."""

    starts: Ints
    ends: Ints


class Words(NamedTuple):
    """The words of a batch, one element each."""

    starts: Ints
    ends: Ints
    joined: Mask
    """Whether this word and the next may be parts of one phrase: white space, a hyphen or nothing is between them."""
    buffer: Bytes
    """Where the words stand in the form in which they are compared ..."""
    offsets: Ints
    """... at these offsets ..."""
    lengths: Ints
    """... with so many bytes."""


def unicode_words(scan: Scan) -> Spans:
    """Runs of letters, marks and digits, with single apostrophes or joiners inside."""
    edges = (scan.inside[1:] != scan.inside[:-1]).nonzero()[0] + 1
    return Spans(edges[0::2].copy(), edges[1::2].copy())


def characters_as_words(packed: Packed, scan: Scan) -> Spans:
    """Each letter of a script without spaces, with its marks, is a word; so is each run of other word characters."""
    words = unicode_words(scan)
    leads = (((packed.buffer & 0xC0) != 0x80) & scan.inside).nonzero()[0]
    kinds = classes(packed.buffer, leads)
    begins = np.isin(leads, words.starts)
    inner = (kinds == INNER) | (kinds == IGNORED)
    attached = ((kinds == MARK) | inner) & ~begins
    base = np.maximum.accumulate(np.where(attached, 0, np.arange(len(leads))))  # a mark counts as what it stands on
    split = kinds == UNSPACED
    split[1:] |= (kinds[base[:-1]] == UNSPACED) & (kinds[1:] == WORD)
    split &= ~begins
    at = split.nonzero()[0]
    ends = np.where(inner[at - 1], leads[at - 1], leads[at])  # an apostrophe between two words is in neither
    return Spans(np.union1d(words.starts, leads[at]), np.union1d(words.ends, ends))


def find_words(packed: Packed, scan: Scan, spans: Spans, protected: Spans, language: str = "") -> Words:
    """Describe the words at `spans`, in a language (BCP 47).

    Words that overlap a protected span get length 0, so that they match nothing.
    """
    joined = _joins(packed, spans)
    buffer, offsets, lengths = _normalise_odd(packed, scan, spans, language)
    if protected.starts.size:
        first = np.searchsorted(spans.ends, protected.starts, side="right")
        behind = np.searchsorted(spans.starts, protected.ends)
        touched, _ = ranges(first, behind)
        lengths[touched] = 0
        joined[first[first > 0] - 1] = False
    return Words(*spans, joined, buffer, offsets, lengths)


def _joins(packed: Packed, spans: Spans) -> Mask:
    starts, ends = spans.ends[:-1], spans.starts[1:]
    first, gap = packed.buffer[starts], ends - starts
    blank = first == 0x20
    other = (~blank).nonzero()[0]
    kinds = classes(packed.buffer, starts[other])
    blank[other] = (kinds == SPACE) | (kinds == IGNORED)
    joined = np.zeros(len(spans.starts), dtype=np.bool_)
    joined[:-1] = (gap == 0) | blank & (gap == 1)

    hyphens = other[(kinds == HYPHEN).nonzero()[0]]
    joined[hyphens] |= gap[hyphens] == np.where(first[hyphens] < 0x80, 1, 3)
    wide = (blank & (gap > 1)).nonzero()[0]
    if wide.size:
        at, first_of_gap = ranges(starts[wide], ends[wide])
        kinds = classes(packed.buffer, at)
        inside_character = (packed.buffer[at] & 0xC0) == 0x80
        empty = inside_character | (kinds == SPACE) | (kinds == IGNORED)
        joined[wide] = np.logical_and.reduceat(empty, first_of_gap)
    return joined


def ranges(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """All positions of spans, one behind the other, and where those of each span begin."""
    sizes = ends - starts
    reached = sizes.cumsum()
    first = reached - sizes
    return (starts - first).repeat(sizes) + np.arange(int(reached[-1]) if len(reached) else 0, dtype=np.int64), first


def _normal_form(word: bytes, language: str) -> bytes:
    if len(word) <= _REMEMBERED:
        return _remembered_form(word, language)
    return normalise_word(word.decode(), language).encode()


@lru_cache(maxsize=1 << 15)
def _remembered_form(word: bytes, language: str) -> bytes:
    return normalise_word(word.decode(), language).encode()


def _normalise_odd(packed: Packed, scan: Scan, spans: Spans, language: str) -> tuple[Bytes, Ints, Ints]:
    """Buffer, places and lengths of the words as compared.

    Words that one-to-one folding leaves in another form than their own get a place behind the others. Terms of a
    lexicon have their form already, so that theirs is the buffer that was scanned, byte for byte.
    """
    starts, ends = spans
    lengths = ends - starts
    if not scan.odd.size or not starts.size:
        return scan.folded, starts, lengths
    words = np.searchsorted(starts, scan.odd, side="right") - 1
    words = np.unique(words[(words >= 0) & (scan.odd < ends[words])])
    language = language if has_dotless_i(language) else ""  # other languages fold alike
    read, folded = packed.buffer.tobytes(), scan.folded.tobytes()  # slices of bytes are made faster
    changed, forms = [], []
    for word, start, end in zip(words.tolist(), starts[words].tolist(), ends[words].tolist(), strict=True):
        form = _normal_form(read[start:end], language)
        if form != folded[start:end]:
            changed.append(word)
            forms.append(form)
    if not changed:
        return scan.folded, starts, lengths
    offsets = starts.copy()
    lengths[changed] = [len(form) for form in forms]
    offsets[changed] = len(scan.folded) + np.cumsum(lengths[changed]) - lengths[changed]
    behind = np.frombuffer(b"".join(forms) + bytes(PADDING), dtype=np.uint8)
    return np.concatenate([scan.folded, behind]), offsets, lengths
