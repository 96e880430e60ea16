"""Parts of texts that must never be touched."""

from __future__ import annotations

import re
from array import array
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

# Bytes in which signs are looked for at once, and between signs of one window.
_BLOCK = 1 << 20
_NEAR = 64

# By byte: what names have (letters beyond ASCII perhaps), what may be before "@" in an address, and what each sign of
# the default pattern needs behind it.
_NAME = np.array([byte > 127 or chr(byte).isalnum() or byte == ord("_") for byte in range(256)])
_ADDRESS = _NAME | np.isin(np.arange(256), list(b".+-"))
_NEEDED = np.zeros((256, 256), dtype=np.bool_)
_NEEDED[list(b"@#")] = _NAME
_NEEDED[ord("<")] = np.isin(np.arange(256), list(b"<> \t\n\v\f\r\x1c\x1d\x1e\x1f"), invert=True)
_NEEDED[ord("["), list(b"BCEMPSU")] = True
_NEEDED[ord("/")] = True
_NEEDED[ord("w"), list(b"w.")] = True


def find_protected(packed: Packed, pattern: str | None) -> Spans:
    """Byte offsets of all matches of `pattern` in texts.

    Letters and the like are those of Unicode 13; to a pattern, all newer characters are noncharacters.
    """
    if pattern is None:
        return NO_SPANS
    if pattern == DEFAULT:
        return _find_default(packed)
    finder, bounds = compile_pattern(pattern), array("q")  # 16 bytes for each match
    for start, text in zip(packed.starts[:-1].tolist(), packed.unpack(), strict=True):
        _add_matches(finder, start, text, bounds)
    starts, ends = np.array(bounds, dtype=np.int64).reshape(-1, 2).T
    return Spans(starts, ends)


@lru_cache(maxsize=32)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern; one that comes again is not compiled again."""
    return re.compile(pattern)


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


def _find_default(packed: Packed) -> Spans:
    """The matches of the default pattern: none has a blank, and each has one of a few signs.

    So only windows are searched: parts of rows, from blank to blank, in which signs are near one another. Where signs
    are many, the windows that have only @names and #tags are searched all at once.
    """
    finder, data, bounds = compile_pattern(DEFAULT), packed.data, array("q")
    parts = []
    reached = 0
    for begin in range(0, len(data), _BLOCK):
        signs, rows = _signs(packed, max(begin, reached), begin + _BLOCK)
        if not len(signs):
            continue
        apart = ((np.diff(signs) > _NEAR) | (np.diff(rows) > 0)).nonzero()[0] + 1
        firsts, lasts = np.append(0, apart), np.append(apart, len(signs)) - 1
        plain = np.logical_and.reduceat(_are_plain(packed, signs), firsts)
        names, end = np.zeros(len(signs), dtype=np.bool_), 0
        columns = (
            firsts,
            lasts,
            signs[firsts],
            signs[lasts],
            packed.starts[rows[firsts]],
            packed.starts[rows[firsts] + 1],
        )
        for number, last, at, last_at, row, next_row, is_plain in zip(
            *(column.tolist() for column in (*columns, plain)), strict=True
        ):
            low = max(reached, row)
            if last_at < low:
                continue
            reached = data.find(b" ", last_at, next_row - 1)
            if reached < 0:
                reached = next_row - 1
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


def _are_plain(packed: Packed, signs: Ints) -> Mask:
    """Whether signs can begin a name or tag and nothing else; if they are few in a batch, that is not worth a look."""
    if not packed.is_ascii or len(signs) * _NEAR < min(_BLOCK, len(packed.buffer)):
        return np.zeros(len(signs), dtype=np.bool_)
    kinds = packed.buffer[signs]
    result: Mask = (kinds == ord("#")) | (kinds == ord("@")) & ~_ADDRESS[packed.buffer[signs - 1]]
    return result


def _names(buffer: Bytes, signs: Ints, end: int) -> Ints:
    """Byte offsets, shape (n, 2), of the names and tags that begin at `signs`, before byte `end`, in ASCII."""
    others = (~_NAME[buffer[signs[0] : end + 1]]).nonzero()[0] + signs[0]
    return np.column_stack([signs, others[np.searchsorted(others, signs, side="right")]])


def _signs(packed: Packed, begin: int, end: int) -> tuple[Ints, Ints]:
    """The signs of the default pattern that may be parts of a match: offsets from `begin` to before `end`, and rows."""
    buffer, low = packed.buffer, max(begin - 1, 0)  # one byte more, for signs of two
    block = buffer[low : end + PADDING]
    signs = (block == ord("@")) | (block == ord("#")) | (block == ord("<")) | (block == ord("["))
    second = block[1:]
    signs[1:] |= (block[:-1] == second) & ((second == ord("/")) | (second == ord("w")))
    eights = signs[: len(signs) // 8 * 8].view(np.uint64).nonzero()[0]  # they are rare, so look at eight bytes at once
    near = (8 * eights[:, None] + np.arange(8)).ravel()
    found = near[signs[near]] + low
    if not len(found):
        return found, found
    found = found[(found >= begin) & (found < end)]
    found = found[_NEEDED[buffer[found], buffer[found + 1]]]
    rows = np.searchsorted(packed.starts, found, side="right") - 1
    inside = found + 2 < packed.starts[rows + 1]  # nothing matches at the end of a row
    return found[inside], rows[inside]
