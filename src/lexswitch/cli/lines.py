"""Lines of files and their ends, read in blocks of bounded size."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from io import BufferedIOBase
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, NamedTuple, cast

from .._io.streams import TextBlock, read_texts
from ..errors import LexiconError

STDIN = "-"
_BLOCK = 1 << 20


class LineBlock(NamedTuple):
    """Some whole lines of a file."""

    lines: list[str]
    """Without their ends."""
    ends: list[str]
    r"""What ended each line: ``"\n"``, ``"\r\n"``, or less where the file ends."""
    size: int
    """Number of bytes."""


def standard_input() -> BinaryIO:
    """Standard input as bytes; an error if it is closed."""
    if sys.stdin is None:
        raise LexiconError("standard input is closed; name a file, or send one: < FILE")
    return sys.stdin.buffer


def standard_output() -> BinaryIO:
    """Standard output as bytes; an error if it is closed."""
    if sys.stdout is None:
        raise LexiconError("standard output is closed; send it somewhere: > FILE")
    return sys.stdout.buffer


def input_name(path: str) -> str:
    """How messages name an input."""
    return "standard input" if path == STDIN else path


def total_size(paths: Sequence[str]) -> int | None:
    """The bytes in all files, or None where one of them (a pipe) has no size; a missing file is an error."""
    status = [os.fstat(standard_input().fileno()) if path == STDIN else Path(path).stat() for path in paths]
    return sum(one.st_size for one in status) if all(S_ISREG(one.st_mode) for one in status) else None


def read_blocks(path: str, size: int = _BLOCK) -> Iterator[LineBlock]:
    """Yield the lines of a file, or of standard input for "-", in blocks of about `size` bytes; see `read_texts`.

    A line may be of any length, and a byte order mark is text as all else.

    Raises
    ------
    LexiconError
        If a line is not UTF-8, after the lines before it; names file, line and byte.
    """
    name = input_name(path)
    # read1 exists in both: neither is a raw or a text stream.
    with nullcontext(standard_input()) if path == STDIN else Path(path).open("rb") as stream:
        for text in read_texts(cast(BufferedIOBase, stream), name, size, longest=None, keep_mark=True):
            yield _block(text)


def _block(text: TextBlock) -> LineBlock:
    lines = text.text.split("\n")
    ends = ["\n"] * len(lines)
    ends[-1] = ""
    if not lines[-1]:
        lines.pop()
        ends.pop()
    if "\r" in text.text:  # no part of the text: the same line must become the same whatever ends it
        ends = ["\r" * line.endswith("\r") + end for line, end in zip(lines, ends, strict=True)]
        lines = [line.removesuffix("\r") for line in lines]
    return LineBlock(lines, ends, text.size)
