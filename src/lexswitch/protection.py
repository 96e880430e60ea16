"""Parts of texts that must never be touched."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

import numpy as np

from .engine.packing import Bytes, Packed
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


def find_protected(packed: Packed, pattern: str | None) -> Spans:
    """Byte offsets of all matches of `pattern` in texts."""
    if pattern is None:
        return NO_SPANS
    if pattern == DEFAULT:
        return _find_default(packed)
    finder = compile_pattern(pattern)
    spans = [
        (row, *match.span())
        for row, text in enumerate(packed.unpack())
        for match in finder.finditer(text)
        if match.end() > match.start()
    ]
    rows, starts, ends = np.array(spans, dtype=np.int64).reshape(-1, 3).T
    return Spans(packed.to_bytes(rows, starts), packed.to_bytes(rows, ends))


@lru_cache(maxsize=32)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern; one that comes again is not compiled again."""
    return re.compile(pattern)


def _find_default(packed: Packed) -> Spans:
    """Search only pieces between blanks that have one of the signs without which the default pattern has no match."""
    data, rows = packed.data, packed.starts
    finder, starts, ends = compile_pattern(DEFAULT), [], []
    reached = 0
    for at in _signs(packed.buffer):
        if at < reached:
            continue
        row = bisect_right(rows, at) - 1
        start = max(reached, int(rows[row]), data.rfind(b" ", max(reached, int(rows[row])), at) + 1)
        reached = data.find(b" ", at, int(rows[row + 1]) - 1)
        if reached < 0:
            reached = int(rows[row + 1]) - 1
        piece, offset = data[start:reached].decode(), 0
        for match in finder.finditer(piece):
            start += len(piece[offset : match.start()].encode())
            starts.append(start)
            start += len(match.group().encode())
            ends.append(start)
            offset = match.end()
    return Spans(np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64))


def _signs(buffer: Bytes) -> list[int]:
    """Positions of the signs of the default pattern."""
    signs = (buffer == ord("@")) | (buffer == ord("#")) | (buffer == ord("<")) | (buffer == ord("["))
    second = buffer[1:]
    signs[1:] |= (buffer[:-1] == second) & ((second == ord("/")) | (second == ord("w")))
    eights = signs[: len(signs) // 8 * 8].view(np.uint64).nonzero()[0]  # they are rare, so look at eight bytes at once
    near = (8 * eights[:, None] + np.arange(8)).ravel()
    positions: list[int] = near[signs[near]].tolist()
    return positions
