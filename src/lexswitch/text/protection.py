"""Spans of texts that are protected from switching."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from ..engine.characters import without_unknown
from ..engine.packing import PADDING, Bytes, Ints, Mask, Packed
from ..engine.words import Spans
from .tokenizers import NO_SPANS

#: URLs, e-mail addresses, @names, #tags and special tokens such as <s>, <mask>, </p> or [MASK].
DEFAULT = r"""(?x)
    (?: https?:// | ftp:// | www\. ) \S+
  | (?<![\w.+-]) [\w.+-]+ @ \w[\w-]* (?: \.[\w-]+ )+
  | [@\#] \w+
  | < [^<>\s]+ >
  | \[ (?: CLS | SEP | MASK | PAD | UNK | BOS | EOS ) \]
"""

_BLOCK = 1 << 20
"""Number of bytes that are searched for signs at once."""
_NEAR = 64
"""Maximum distance of neighbouring signs of one window, in bytes."""

# By byte: bytes of names (a byte beyond ASCII may be one), and bytes that may precede "@" in an address.
_NAME = np.array([byte > 127 or chr(byte).isalnum() or byte == ord("_") for byte in range(256)])
_ADDRESS = _NAME | np.isin(np.arange(256), list(b".+-"))
# By sign of the default pattern and the byte after it: whether a match is possible.
_NEEDED = np.zeros((256, 256), dtype=np.bool_)
_NEEDED[list(b"@#")] = _NAME
_NEEDED[ord("<")] = np.isin(np.arange(256), list(b"<> \t\n\v\f\r\x1c\x1d\x1e\x1f"), invert=True)
_NEEDED[ord("["), list(b"BCEMPSU")] = True
_NEEDED[ord("/")] = True
_NEEDED[ord("w"), list(b"w.")] = True


def find_protected(packed: Packed, pattern: str | None) -> Spans:
    """Return the byte offsets of all non-empty matches of `pattern` in a batch.

    Characters that Unicode 13 does not have are replaced by noncharacters before the search, so that the result does
    not depend on the Python version.

    Parameters
    ----------
    packed : Packed
    pattern : str or None
        Regular expression in the syntax of `re`. None protects nothing.
    """
    if pattern is None:
        return NO_SPANS
    if pattern == DEFAULT:
        return _find_default(packed)
    finder, bounds = compile_pattern(pattern), array("q")  # 16 bytes per match
    for start, text in zip(packed.starts[:-1].tolist(), packed.unpack(), strict=True):
        _add_matches(finder, start, text, bounds)
    starts, ends = np.array(bounds, dtype=np.int64).reshape(-1, 2).T
    return Spans(starts, ends)


def protected_by_default(text: bytes) -> list[int]:
    """Return the byte offsets of the spans of one text in UTF-8 that the default pattern protects: start, end, ..."""
    bounds = array("q")
    _add_matches(compile_pattern(DEFAULT), 0, text.decode(), bounds)
    return bounds.tolist()


@lru_cache(maxsize=32)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, with a cache."""
    return re.compile(pattern)


def _add_matches(finder: re.Pattern[str], at: int, text: str, bounds: array[int]) -> None:
    """Append the byte offsets of the non-empty matches in a text that begins at byte offset `at`."""
    if text.isascii():
        for match in finder.finditer(text):
            start, end = match.span()
            if start < end:
                bounds.append(at + start)
                bounds.append(at + end)
        return
    reached = 0
    for match in finder.finditer(without_unknown(text)):
        start, end = match.span()
        if start < end:
            at += len(text[reached:start].encode())
            bounds.append(at)
            at += len(text[start:end].encode())
            bounds.append(at)
            reached = end


def _find_default(packed: Packed) -> Spans:
    """Return the matches of the default pattern.

    A match contains no space, and begins with or contains one of a few signs. So only windows are searched: parts of
    rows between spaces that contain signs. In a batch with many signs, the windows in which only @names and #tags can
    match are searched together.
    """
    finder, data, bounds = compile_pattern(DEFAULT), packed.data, array("q")
    parts = []
    reached = 0
    for begin in range(0, len(data), _BLOCK):
        signs, rows = _signs(packed, max(begin, reached), begin + _BLOCK)
        if not len(signs):
            continue
        names, end = np.zeros(len(signs), dtype=np.bool_), 0
        for number, last, at, last_at, row_start, row_end, is_plain in _windows(packed, signs, rows):
            low = max(reached, row_start)
            if last_at < low:
                continue
            reached = data.find(b" ", last_at, row_end)
            if reached < 0:
                reached = row_end
            if is_plain and at >= low and reached - last_at <= _BLOCK:
                names[number : last + 1] = True
                end = reached
            else:
                start = max(low, data.rfind(b" ", low, max(low, at)) + 1)
                _add_matches(finder, start, data[start:reached].decode(), bounds)
        if end:
            parts.append(_names(packed.buffer, signs[names], end))
    if not bounds and not parts:
        return NO_SPANS
    found = np.concatenate([np.array(bounds, dtype=np.int64).reshape(-1, 2), *parts])
    starts, ends = found[found[:, 0].argsort()].T if parts else found.T
    return Spans(starts, ends)


def _windows(packed: Packed, signs: Ints, rows: Ints) -> Iterator[tuple[int, int, int, int, int, int, bool]]:
    """Group neighbouring signs of a row into windows.

    Each window is: the positions of its first and last sign in `signs`, the byte offsets of these two signs, the byte
    offsets of the start and end of its row, and whether only @names and #tags can match.
    """
    cuts = ((np.diff(signs) > _NEAR) | (np.diff(rows) > 0)).nonzero()[0] + 1
    firsts, lasts = np.append(0, cuts), np.append(cuts, len(signs)) - 1
    plain = np.logical_and.reduceat(_are_plain(packed, signs), firsts)
    row_starts, row_ends = packed.starts[rows[firsts]], packed.starts[rows[firsts] + 1] - 1
    columns = (firsts, lasts, signs[firsts], signs[lasts], row_starts, row_ends, plain)
    return zip(*(column.tolist() for column in columns), strict=True)


def _are_plain(packed: Packed, signs: Ints) -> Mask:
    """Return whether only a name or tag can begin at each sign; all False if the batch has too few signs."""
    if not packed.is_ascii or len(signs) * _NEAR < min(_BLOCK, len(packed.buffer)):
        return np.zeros(len(signs), dtype=np.bool_)
    kinds = packed.buffer[signs]
    result: Mask = (kinds == ord("#")) | (kinds == ord("@")) & ~_ADDRESS[packed.buffer[signs - 1]]
    return result


def _names(buffer: Bytes, signs: Ints, end: int) -> Ints:
    """Return the byte offsets, shape (n, 2), of the ASCII names and tags that begin at `signs`, up to offset `end`."""
    others = (~_NAME[buffer[signs[0] : end + 1]]).nonzero()[0] + signs[0]
    return np.column_stack([signs, others[np.searchsorted(others, signs, side="right")]])


def _signs(packed: Packed, begin: int, end: int) -> tuple[Ints, Ints]:
    """Return the signs at which the default pattern may match: byte offsets from `begin` up to `end`, and rows."""
    buffer, low = packed.buffer, max(begin - 1, 0)  # one byte before, for signs of two bytes
    block = buffer[low : end + PADDING]
    signs = (block == ord("@")) | (block == ord("#")) | (block == ord("<")) | (block == ord("["))
    second = block[1:]
    signs[1:] |= (block[:-1] == second) & ((second == ord("/")) | (second == ord("w")))
    # Signs are rare, so eight flags at once are compared with 0, as one uint64 (SWAR, see engine/hashing.py).
    eights = signs[: len(signs) // 8 * 8].view(np.uint64).nonzero()[0]
    near = (8 * eights[:, None] + np.arange(8)).ravel()
    found = near[signs[near]] + low
    if not len(found):
        return found, found
    found = found[(found >= begin) & (found < end)]
    found = found[_NEEDED[buffer[found], buffer[found + 1]]]
    rows = np.searchsorted(packed.starts, found, side="right") - 1
    inside = found + 2 < packed.starts[rows + 1]  # no match has its sign at the end of a row
    return found[inside], rows[inside]
