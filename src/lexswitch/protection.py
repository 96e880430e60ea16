"""Parts of texts that must never be touched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from .engine.packing import Packed
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
def find_protected(texts: Sequence[str], packed: Packed, pattern: str | None) -> Spans:
    """Byte offsets in `packed` of all matches of `pattern` in `texts`, which `packed` holds."""
    if pattern is None:
        return NO_SPANS
    if pattern == DEFAULT:
        return _find_default(packed)
    finder = compile_pattern(pattern)
    spans = [
        (row, *match.span())
        for row, text in enumerate(texts)
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
    """Search only pieces between ASCII blanks that have one of the signs without which the default pattern has no match."""
    buffer = packed.buffer
    signs = (buffer == ord("@")) | (buffer == ord("#")) | (buffer == ord("<")) | (buffer == ord("["))
    signs[1:] |= (buffer[1:] == ord("/")) & (buffer[:-1] == ord("/"))
    signs[3:] |= (buffer[3:] == ord(".")) & (buffer[2:-1] == ord("w")) & (buffer[1:-2] == ord("w"))
    at = signs.nonzero()[0]
    if not at.size:
        return NO_SPANS
    blanks = ((buffer == 32) | (buffer - np.uint8(9) < 5) | (buffer - np.uint8(28) < 4)).nonzero()[0]
    rows = np.searchsorted(packed.starts, at, side="right") - 1
    behind = np.searchsorted(blanks, at)
    starts = np.maximum(packed.starts[rows], np.append(-1, blanks)[behind] + 1)
    ends = np.minimum(packed.starts[rows + 1] - 1, np.append(blanks, len(buffer))[behind])
    finder, starts_found, ends_found = compile_pattern(DEFAULT), [], []
    for start, end in dict.fromkeys(zip(starts.tolist(), ends.tolist(), strict=True)):
        piece = packed.data[start:end].decode()
        for match in finder.finditer(piece):
            starts_found.append(start + len(piece[: match.start()].encode()))
            ends_found.append(start + len(piece[: match.end()].encode()))
    return Spans(np.array(starts_found, dtype=np.int64), np.array(ends_found, dtype=np.int64))
