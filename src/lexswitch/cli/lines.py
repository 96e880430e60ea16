"""Standard streams as bytes, and lines of files with their ends, in blocks of bounded size."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from io import BufferedIOBase
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, NamedTuple, cast

from .._io.streams import TextBlock, open_unpacked, read_texts
from ..errors import LexiconError

#: The name of standard input or output in arguments.
STANDARD_STREAM = "-"
_BLOCK = 1 << 20


class LineBlock(NamedTuple):
    """Some whole lines of a file."""

    lines: list[str]
    """The lines without their ends."""
    ends: list[str]
    r"""The end of each line: ``"\n"``, ``"\r\n"``, or less at the end of the file."""
    size: int
    """Number of bytes that were read from the file since the block before; a compressed file has fewer."""


def standard_input() -> BinaryIO:
    """Return standard input as bytes; raise LexiconError if it is closed."""
    if sys.stdin is None:
        raise LexiconError("standard input is closed; name a file, or send one: < FILE")
    return sys.stdin.buffer


def standard_output() -> BinaryIO:
    """Return standard output as bytes; raise LexiconError if it is closed."""
    if sys.stdout is None:
        raise LexiconError("standard output is closed; send it somewhere: > FILE")
    return sys.stdout.buffer


def input_name(path: str) -> str:
    """Return the name of an input for messages."""
    return "standard input" if path == STANDARD_STREAM else path


def total_size(paths: Sequence[str]) -> int | None:
    """Return the total size in bytes, or None if one of them (a pipe) has no size; raise OSError for a missing file."""
    status = [os.fstat(standard_input().fileno()) if path == STANDARD_STREAM else Path(path).stat() for path in paths]
    return sum(one.st_size for one in status) if all(S_ISREG(one.st_mode) for one in status) else None


def read_blocks(path: str, size: int = _BLOCK) -> Iterator[LineBlock]:
    """Yield the lines of a file, or of standard input for "-", in blocks of about `size` bytes; see `read_texts`.

    A line may have any length, and a byte order mark counts as text. A file may be compressed, see `open_unpacked`.

    Raises
    ------
    LexiconError
        If a line is not UTF-8, after the lines before it were yielded; names file, line and byte. If a compressed file
        is damaged.
    """
    is_file = path != STANDARD_STREAM
    sizes: list[int] = []
    # Both streams are buffered, and so have read1.
    with open_unpacked(Path(path), sizes.append) if is_file else nullcontext(standard_input()) as stream:
        for text in read_texts(cast(BufferedIOBase, stream), input_name(path), size, longest=None, keep_mark=True):
            yield _block(text, sum(sizes) if is_file else text.size)
            sizes.clear()


def _block(text: TextBlock, size: int) -> LineBlock:
    lines = text.text.split("\n")
    ends = ["\n"] * len(lines)
    ends[-1] = ""
    if not lines[-1]:
        lines.pop()
        ends.pop()
    if "\r" in text.text:  # not part of the text: the end of a line must not change its random choices
        ends = ["\r" * line.endswith("\r") + end for line, end in zip(lines, ends, strict=True)]
        lines = [line.removesuffix("\r") for line in lines]
    return LineBlock(lines, ends, size)
