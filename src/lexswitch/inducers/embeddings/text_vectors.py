"""Vectors as text, as word2vec and fastText write them: a word a line, then its numbers, apart by blanks.

The first line may be a header with the numbers of words and dimensions. A block of lines is read with few calls of
NumPy; cells and lines that need more care go through Python one by one. Only ASCII white space keeps fields apart; of a
line with more fields than usual, the last ones are the vector and the others the word, as in GloVe's files, unless one
of these is a number with a point.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from ...errors import LexiconError
from ..batches import blocks
from .arrays import Floats32
from .decimals import PADDING, parse_decimals
from .vector_file import (
    CUT_OFF,
    EMPTY_WORD,
    MOST_DIMENSIONS,
    NO_NUMBER,
    WRONG_FIELDS,
    LoadedVectors,
    VectorCollector,
    VectorFile,
    decode_words,
)

_Ints: TypeAlias = npt.NDArray[np.int64]

_BLOCK = 1 << 18
"""Bytes that are read at once: the arrays made of them stay in the processor's cache."""
_LONGEST_LINE = 1 << 26
_SAMPLE = 100
"""Lines by which dimensions are guessed; if none of the first ones is sound, nothing more is read."""
_HEADER = re.compile(rb"\s*([0-9]{1,12})[ \t]+([0-9]{1,12})\s*")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_MARK = "\ufeff".encode()

_BLANK = np.zeros(256, dtype=np.bool_)
_BLANK[list(b" \t\n\v\f\r")] = True
_NEWLINE = ord("\n")

_HINT = "a file of vectors has on each line a word and its numbers; if this is a dictionary, it is read by Lexicon.read"


class Header(NamedTuple):
    """The first line of a file of vectors."""

    words: int
    dimensions: int


def parse_header(line: bytes, path: Path) -> Header | None:
    """The header in the first line of a file, if that is one.

    Raises
    ------
    LexiconError
        If there can be no such vectors.
    """
    match = _HEADER.fullmatch(line.removeprefix(_MARK))
    if match is None:
        return None
    header = Header(int(match[1]), int(match[2]))
    if not (header.words and 0 < header.dimensions <= MOST_DIMENSIONS):
        raise LexiconError(
            f"{path}:1: the header says {header.words} words of {header.dimensions} dimensions; there must be 1 word "
            f"or more, of 1 to {MOST_DIMENSIONS:,} dimensions: get the file again"
        )
    return header


def is_text(head: bytes) -> bool:
    """Whether some line in the beginning of a file, behind the header, is a word and numbers."""
    lines = head.split(b"\n")
    lines[-1] = lines[-1].rpartition(b" ")[0] or lines[-1]  # its last number may be cut
    for line in lines[:_SAMPLE]:
        row = line.split()[1:]
        numbers = row[-max(2, len(row) // 2) :]  # a word may have several parts
        # Binary data may have a digit between a blank and a line feed.
        if numbers and None not in map(parse_number, numbers) and (len(numbers) > 1 or not has_control(line)):
            return True
    return False


def has_control(data: bytes) -> bool:
    """Whether there are control characters other than white space."""
    return _CONTROL.search(data) is not None


def parse_number(field: bytes) -> float | None:
    """A number as Python reads it, but without underscores; None for anything else."""
    try:
        return None if b"_" in field else float(field)
    except ValueError:
        return None


def has_numbers(word: list[bytes]) -> bool:
    """Whether one of the fields of a word, but the first, may rather belong to a vector."""
    return any(b"." in field and parse_number(field) is not None for field in word[1:])


def read_text(source: VectorFile, limit: int | None) -> LoadedVectors:
    """Read a text file of vectors.

    Raises
    ------
    LexiconError
        If the header lies about the dimensions, nothing is sound, or more is damaged than sound; names file and line.
    """
    path = source.path
    with source.open() as stream:
        whole_lines = _whole_lines(stream, path)
        first = next(whole_lines, b"").removeprefix(_MARK)
        end = first.find(b"\n") + 1
        header = parse_header(first[: end or None], path)
        sample = (first[end:] or next(whole_lines, b"")) if header else first
        dimensions = header.dimensions if header else _guess_dimensions(sample, path)
        declared = header.words if header else None
        collector = VectorCollector(str(path), dimensions, limit, source=source)
        number = 2 if header else 1
        for data in chain([sample], whole_lines):
            if declared and collector.seen + 1 < declared and data.strip() and not data.endswith(b"\n"):
                collector.drop(CUT_OFF, number)  # the file ends early, and perhaps within a number
                break
            block = _parse(data, dimensions)
            places = [number + line for line in block.places]
            faults = ((number + line, reason) for line, reason in block.faults)
            collector.add(decode_words(block.words), block.rows, places, faults)
            number += block.lines
            if collector.full or (collector.seen >= _SAMPLE and not collector.kept):
                break
        if header and not collector.kept:
            _check_dimensions(sample, header, path)
    return collector.finish("text", declared, _HINT)


def write_text(file: BinaryIO, words: tuple[str, ...], matrix: Floats32, packed: bool) -> Iterator[int]:
    """Write vectors with a header, and yield how many were written each time.

    Nine digits make every float32 exactly (IEEE 754-2019, 5.12.2).
    """
    out = gzip.GzipFile("", "wb", 6, file, mtime=0) if packed else file
    dimensions = matrix.shape[1]
    line = "%s" + " %.9g" * dimensions + "\n"
    out.write(f"{len(words)} {dimensions}\n".encode())
    step = max(1, _BLOCK // dimensions)
    for part in blocks(len(words), step):
        rows = matrix[part].tolist()
        block = zip(words[part], rows, strict=True)
        out.write("".join([line % (word, *row) for word, row in block]).encode())
        yield len(rows)
    if packed:
        out.close()


def _whole_lines(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield whole lines, and at last what stands behind the last end of a line."""
    pending: list[bytes] = []
    waiting = 0
    while data := stream.read(_BLOCK):
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join([*pending, data[:cut]])
            pending, waiting = [], 0
        pending.append(data[cut:])
        waiting += len(data) - cut
        if waiting > _LONGEST_LINE:
            raise LexiconError(f"{path}: a line of more than {_LONGEST_LINE:,} bytes; {_HINT}")
    if rest := b"".join(pending):
        yield rest


def _guess_dimensions(data: bytes, path: Path) -> int:
    """How many numbers the lines of a file without a header have, mostly."""
    counts = _count_numbers(data)
    del counts[1]  # words with one number each are a list of frequencies
    dimensions = counts.most_common(1)[0][0] if counts else 0
    if not 0 < dimensions <= MOST_DIMENSIONS:
        begins = data.lstrip().split(b"\n")[0][:60].decode(errors="replace")
        raise LexiconError(f"{path}:1: no file of vectors, it begins {begins!r}; {_HINT}")
    return dimensions


def _check_dimensions(data: bytes, header: Header, path: Path) -> None:
    """Refuse a header that says something else than the lines behind it."""
    counts = _count_numbers(data)
    if counts and counts.most_common(1)[0][0] != header.dimensions:
        raise LexiconError(
            f"{path}:1: the header says {header.dimensions} dimensions, but the lines have "
            f"{counts.most_common(1)[0][0]} numbers; get the file again, or mend or remove this line"
        )


def _count_numbers(data: bytes) -> Counter[int]:
    """How many of the first lines have so many fields behind the first one, and one at least."""
    counts = Counter(len(line.split()) - 1 for line in data.split(b"\n", _SAMPLE)[:_SAMPLE])
    return Counter({number: count for number, count in counts.items() if number > 0})


class _Block(NamedTuple):
    """What some lines hold."""

    lines: int
    words: list[bytes]
    rows: Floats32
    places: list[int]
    """The line of each word, from 0."""
    faults: list[tuple[int, str]]
    """Lines that cannot be used, and why."""


def _parse(data: bytes, dimensions: int) -> _Block:
    """Read whole lines."""
    fence = b"x" * PADDING
    data = b"".join([fence, b"\n", data, b"" if data.endswith(b"\n") else b"\n", fence])
    buffer = np.frombuffer(data, dtype=np.uint8)
    stops = (buffer <= 32).nonzero()[0]
    kinds = buffer[stops]
    if not _BLANK[kinds].all():  # other control characters are parts of words
        stops = stops[_BLANK[kinds]]
        kinds = buffer[stops]
    breaks = (kinds == _NEWLINE).nonzero()[0]
    begins, ends = breaks[:-1], breaks[1:]
    counts = ends - begins
    # A blank at the end of each line, as fastText writes it, or a carriage return.
    counts -= (stops[ends] - stops[ends - 1] == 1) & (counts > 1)
    regular = (counts == dimensions + 1) & (stops[begins + 1] - stops[begins] > 1)
    lines = regular.nonzero()[0]
    matrix, doubtful = _parse_cells(data, buffer, stops, begins[lines], dimensions)
    sound = np.ones(len(lines), dtype=np.bool_)
    sound[doubtful] = False
    rest = np.union1d((~regular).nonzero()[0], lines[doubtful])
    if not sound.all():
        lines, matrix = lines[sound], matrix[sound]
    first, last = stops[begins[lines]] + 1, stops[begins[lines] + 1]
    words = [data[start:end] for start, end in zip(first.tolist(), last.tolist(), strict=True)]
    bounds = zip(rest.tolist(), (stops[begins[rest]] + 1).tolist(), stops[ends[rest]].tolist(), strict=True)
    odd = [(line, _parse_line(data[start:end], dimensions)) for line, start, end in bounds]
    return _merge(len(begins), words, matrix, lines, odd)


def _parse_cells(
    data: bytes, buffer: npt.NDArray[np.uint8], stops: _Ints, begins: _Ints, dimensions: int
) -> tuple[Floats32, list[int]]:
    """The numbers of regular lines, and which of these lines have cells that are none."""
    cells = (begins[:, None] + np.arange(1, dimensions + 1)).ravel()
    starts, ends = stops[cells], stops[1:][cells]
    starts += 1
    values, good = parse_decimals(buffer, starts, ends)
    doubtful: dict[int, None] = {}
    if not good.all():
        odd = (~good).nonzero()[0]
        for cell, start, end in zip(odd.tolist(), starts[odd].tolist(), ends[odd].tolist(), strict=True):
            number = parse_number(data[start:end])
            if number is None:
                doubtful[cell // dimensions] = None
            else:
                values[cell] = number
    return _as_float32(values).reshape(len(begins), dimensions), list(doubtful)


def _as_float32(values: npt.NDArray[np.float64]) -> Floats32:
    with np.errstate(over="ignore"):  # too great a number becomes infinite, and is dropped as such
        return values.astype(np.float32)


_Line: TypeAlias = "tuple[bytes, list[float]] | str | None"


def _parse_line(line: bytes, dimensions: int) -> _Line:
    """The word and numbers of any line, or why it cannot be used; None for a blank line."""
    fields = line.split()
    if not fields:
        return None
    word, numbers = fields[:-dimensions], [parse_number(field) for field in fields[-dimensions:]]
    if len(fields) == dimensions and line[:1].isspace() and None not in numbers:
        return EMPTY_WORD
    if not word or has_numbers(word):
        return WRONG_FIELDS
    if None in numbers:
        return NO_NUMBER
    return b" ".join(word), cast("list[float]", numbers)


def _merge(count: int, words: list[bytes], matrix: Floats32, lines: _Ints, odd: list[tuple[int, _Line]]) -> _Block:
    """Regular lines and others, in their order."""
    faults = [(line, found) for line, found in odd if isinstance(found, str)]
    others = [(line, *found) for line, found in odd if isinstance(found, tuple)]
    if not others:
        return _Block(count, words, matrix, lines.tolist(), faults)
    places = np.concatenate([lines, [line for line, _, _ in others]])
    order = np.argsort(places)
    words = words + [word for _, word, _ in others]
    matrix = np.concatenate([matrix, _as_float32(np.array([numbers for _, _, numbers in others]))])
    return _Block(count, [words[at] for at in order.tolist()], matrix[order], places[order].tolist(), faults)
