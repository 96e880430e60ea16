"""Lines of files, read in blocks of bounded size."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from io import BufferedIOBase
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple, cast

STDIN = "-"
_BLOCK = 1 << 20


class Block(NamedTuple):
    """Some whole lines of a file."""

    lines: list[str]
    """Without their ends."""
    ends: list[str]
    r"""What ended each line: ``"\n"``, ``"\r\n"``, or less where the file ends."""
    size: int
    """Number of bytes."""


def total_size(paths: Sequence[str]) -> int | None:
    """The bytes in all files, or None where one of them (a pipe) has no size; a missing file is an error."""
    status = [os.fstat(sys.stdin.fileno()) if path == STDIN else Path(path).stat() for path in paths]
    return sum(one.st_size for one in status) if all(S_ISREG(one.st_mode) for one in status) else None


def read_blocks(path: str, size: int = _BLOCK) -> Iterator[Block]:
    r"""Yield the lines of a file, or of standard input for "-", in blocks of about `size` bytes.

    A line ends at ``b"\n"``; a longer line than `size` stays whole. What has arrived in a pipe is not held back.

    Raises
    ------
    ValueError
        If a line is not UTF-8, after the lines before it; names file, line and byte.
    """
    number, offset = 1, 0
    # read1 exists in both: neither is a raw or a text stream.
    with nullcontext(sys.stdin.buffer) if path == STDIN else Path(path).open("rb") as stream:
        for data in _whole_lines(cast(BufferedIOBase, stream), size):
            try:
                yield _block(data, data.decode())
            except UnicodeDecodeError as error:
                valid = data.rfind(b"\n", 0, error.start) + 1
                if valid:
                    yield _block(data[:valid], data[:valid].decode())
                line, byte = number + data.count(b"\n", 0, valid), offset + error.start
                name = "standard input" if path == STDIN else path
                raise ValueError(
                    f"{name}, line {line}, byte offset {byte}: no UTF-8 ({error.reason}); convert the file, "
                    "e.g. with iconv"
                ) from None
            number, offset = number + data.count(b"\n"), offset + len(data)


def _whole_lines(stream: BufferedIOBase, size: int) -> Iterator[bytes]:
    pending: list[bytes] = []
    while data := stream.read1(size):
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join([*pending, data[:cut]])
            pending.clear()
        pending.append(data[cut:])
    if rest := b"".join(pending):
        yield rest


def _block(data: bytes, text: str) -> Block:
    lines = text.split("\n")
    ends = ["\n"] * len(lines)
    ends[-1] = ""
    if not lines[-1]:
        lines.pop()
        ends.pop()
    if "\r" in text:  # no part of the text: the same line must become the same whatever ends it
        ends = ["\r" * line.endswith("\r") + end for line, end in zip(lines, ends, strict=True)]
        lines = [line.removesuffix("\r") for line in lines]
    return Block(lines, ends, len(data))
