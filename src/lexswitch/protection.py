"""Parts of texts that must never be touched."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from .engine.characters import without_unknown
from .engine.packing import Bytes, Ints, Packed
from .engine.words import Spans
from .tokenizers import NO_SPANS

#: URLs, e-mail addresses, @names, #tags and special tokens such as <s>, <mask>, </p> or [MASK].
DEFAULT = r"""(?x)
    (?: https?:// | ftp:// | www\. ) \S+
  | (?<![\w.+-]) [\w.+-]+ @ \w[\w-]* (?: \.[\w-]+ )+
  | [@\#] \w+
  | < [^<>\s]+ >
  | \[ (?: CLS | SEP | MASK | PAD | UNK | BOS | EOS ) \]
"""

# Bytes that are searched for signs at once, and between signs that are searched in one go.
_BLOCK = 1 << 20
_NEAR = 64


def find_protected(packed: Packed, pattern: str | None) -> Spans:
    """Byte offsets of all matches of `pattern` in texts.

    Letters and the like are those of Unicode 13; to a pattern, all newer characters are noncharacters.
    """
    if pattern is None:
        return NO_SPANS
    finder, bounds = compile_pattern(pattern), array("q")  # 16 bytes for each match
    for start, text in _windows(packed) if pattern == DEFAULT else _rows(packed):
        _add_matches(finder, start, text, bounds)
    starts, ends = np.array(bounds, dtype=np.int64).reshape(-1, 2).T
    return Spans(starts, ends)


@lru_cache(maxsize=32)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern; one that comes again is not compiled again."""
    return re.compile(pattern)


def _rows(packed: Packed) -> Iterator[tuple[int, str]]:
    """Byte offset and text of each row."""
    return zip(packed.starts[:-1].tolist(), packed.unpack(), strict=True)


def _add_matches(finder: re.Pattern[str], at: int, text: str, bounds: array[int]) -> None:
    """Add the byte offsets of the non-empty matches in a text that begins at byte `at`."""
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


def _windows(packed: Packed) -> Iterator[tuple[int, str]]:
    """Byte offsets and text of parts of rows, from blank to blank, that hold all matches of the default pattern.

    No match has a blank in it, and each has one of a few signs.
    """
    data, reached = packed.data, 0
    for at in range(0, len(data), _BLOCK):
        if reached >= at + _BLOCK:
            continue
        low = max(at - 1, 0)  # one byte more for signs of two, seven for whole numbers of eight
        signs = _signs(packed.buffer[low : at + _BLOCK + 7]) + low
        rows = np.searchsorted(packed.starts, signs, side="right") - 1
        apart = (np.diff(signs) > _NEAR) | (np.diff(rows) > 0)
        firsts = np.append(True, apart)[: len(signs)].nonzero()[0]
        lasts = np.append(apart, True)[: len(signs)].nonzero()[0]
        bounds = packed.starts[rows[firsts]], packed.starts[rows[firsts] + 1] - 1
        columns = signs[firsts], signs[lasts], *bounds
        for first, last, row_start, row_end in zip(*(column.tolist() for column in columns), strict=True):
            if last < reached:
                continue
            low = max(reached, row_start)
            start = max(low, data.rfind(b" ", low, max(low, first)) + 1)
            reached = data.find(b" ", last, row_end)
            if reached < 0:
                reached = row_end
            yield start, data[start:reached].decode()


def _signs(buffer: Bytes) -> Ints:
    """Positions of the signs of the default pattern."""
    signs = (buffer == ord("@")) | (buffer == ord("#")) | (buffer == ord("<")) | (buffer == ord("["))
    second = buffer[1:]
    signs[1:] |= (buffer[:-1] == second) & ((second == ord("/")) | (second == ord("w")))
    eights = signs[: len(signs) // 8 * 8].view(np.uint64).nonzero()[0]  # they are rare, so look at eight bytes at once
    near = (8 * eights[:, None] + np.arange(8)).ravel()
    positions: Ints = near[signs[near]]
    return positions
