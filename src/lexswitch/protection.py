"""Parts of texts that must never be touched."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
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
#: No match of the default pattern lacks all of these.
_TRIGGERS = (b"://", b"www.", b"@", b"#", b"<", b"[")


def find_protected(texts: Sequence[str], packed: Packed, pattern: str | None) -> Spans:
    """Byte offsets in `packed` of all matches of `pattern` in `texts`, which `packed` holds."""
    if pattern is None:
        return NO_SPANS
    finder = compile_pattern(pattern)
    spans = [
        (row, *match.span())
        for row in (_rows_with_triggers(packed) if pattern == DEFAULT else range(len(texts)))
        for match in finder.finditer(texts[row])
        if match.end() > match.start()
    ]
    if not spans:
        return NO_SPANS
    rows, starts, ends = np.array(spans, dtype=np.int64).T
    return Spans(packed.to_bytes(rows, starts), packed.to_bytes(rows, ends))


@lru_cache(maxsize=32)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _rows_with_triggers(packed: Packed) -> Iterator[int]:
    """The few rows that the default pattern must look at; plain searches for bytes are much faster than it."""
    data, starts = packed.data, packed.starts
    rows: set[int] = set()
    for trigger in _TRIGGERS:
        at = data.find(trigger)
        while at >= 0:
            row = bisect_right(starts, at) - 1
            rows.add(row)
            at = data.find(trigger, int(starts[row + 1]))
    return iter(sorted(rows))
