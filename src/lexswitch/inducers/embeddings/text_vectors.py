"""Text files of vectors, as word2vec and fastText write them: one word per line, and its numbers, separated by blanks.

The first line may be a header with the numbers of words and dimensions. A few calls of NumPy parse a block of lines;
unusual cells and lines are parsed in Python one by one. Only ASCII white space separates fields. If a line has more
fields than usual, the last ones are the vector and the others are the word, as in the files of GloVe. If one of these
others is a number with a point, the line is faulty.
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

from ...engine.packing import Ints
from ...errors import LexiconError
from ..batches import blocks
from .arrays import Floats32
from .decimals import PADDING, parse_decimals
from .vector_file import (
    CUT_OFF,
    EMPTY_WORD,
    MOST_DIMENSIONS,
    NOT_A_NUMBER,
    WRONG_FIELDS,
    LoadedVectors,
    VectorCollector,
    VectorFile,
    decode_words,
)

_BLOCK = 1 << 18
"""Number of bytes read at once; the arrays made of them fit into the cache of the processor."""
_LONGEST_LINE = 1 << 26
_SAMPLE = 100
"""Number of lines from which the dimensions are guessed; if none of them is usable, reading stops."""
_HEADER = re.compile(rb"\s*([0-9]{1,12})[ \t]+([0-9]{1,12})\s*")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_BYTE_ORDER_MARK = "\ufeff".encode()

_BLANK = np.zeros(256, dtype=np.bool_)
_BLANK[list(b" \t\n\v\f\r")] = True
_NEWLINE = ord("\n")

_HINT = "each line of a file of vectors has a word and its numbers; if this is a dictionary, use Lexicon.read"


class Header(NamedTuple):
    """The first line of a file of vectors."""

    words: int
    dimensions: int


def parse_header(line: bytes, path: Path) -> Header | None:
    """Return the header if the first line of a file is one, else None.

    Raises
    ------
    LexiconError
        If the header names no words or impossible dimensions.
    """
    match = _HEADER.fullmatch(line.removeprefix(_BYTE_ORDER_MARK))
    if match is None:
        return None
    header = Header(int(match[1]), int(match[2]))
    if not (header.words and 0 < header.dimensions <= MOST_DIMENSIONS):
        raise LexiconError(
            f"{path}:1: the header says {header.words} words of {header.dimensions} dimensions; there must be at "
            f"least 1 word, and 1 to {MOST_DIMENSIONS:,} dimensions: get the file again"
        )
    return header


def is_text(head: bytes) -> bool:
    """Return whether one of the first lines after the header has a word and numbers."""
    lines = head.split(b"\n")
    lines[-1] = lines[-1].rpartition(b" ")[0] or lines[-1]  # the last number may be cut
    for line in lines[:_SAMPLE]:
        row = line.split()[1:]
        numbers = row[-max(2, len(row) // 2) :]  # a word may have several parts
        # In binary data, a digit may stand between a blank and a line feed.
        if numbers and None not in map(parse_number, numbers) and (len(numbers) > 1 or not has_control(line)):
            return True
    return False


def has_control(data: bytes) -> bool:
    """Return whether there are control characters other than white space."""
    return _CONTROL.search(data) is not None


def parse_number(field: bytes) -> float | None:
    """Return a number as Python parses it, but without underscores; None for other fields."""
    try:
        return None if b"_" in field else float(field)
    except ValueError:
        return None


def has_numbers(word: list[bytes]) -> bool:
    """Return whether one of the fields of a word, except the first, looks like part of a vector."""
    return any(b"." in field and parse_number(field) is not None for field in word[1:])


def read_text(source: VectorFile, limit: int | None) -> LoadedVectors:
    """Read a text file of vectors.

    Raises
    ------
    LexiconError
        If the dimensions differ from the header, or fewer vectors are usable than damaged; names file and line.
    """
    path = source.path
    with source.open() as stream:
        whole_lines = _whole_lines(stream, path)
        first = next(whole_lines, b"").removeprefix(_BYTE_ORDER_MARK)
        end = first.find(b"\n") + 1
        header = parse_header(first[: end or None], path)
        sample = (first[end:] or next(whole_lines, b"")) if header else first
        dimensions = header.dimensions if header else _guess_dimensions(sample, path)
        declared = header.words if header else None
        collector = VectorCollector(str(path), dimensions, limit, source=source)
        number = 2 if header else 1
        for data in chain([sample], whole_lines):
            if declared and collector.seen + 1 < declared and data.strip() and not data.endswith(b"\n"):
                collector.drop(CUT_OFF, number)  # the file ends early, perhaps within a number
                break
            block = _parse(data, dimensions)
            positions = [number + line for line in block.lines]
            faults = ((number + line, reason) for line, reason in block.faults)
            collector.add(decode_words(block.words), block.rows, positions, faults)
            number += block.num_lines
            if collector.full or (collector.seen >= _SAMPLE and not collector.kept):
                break
        if header and not collector.kept:
            _check_dimensions(sample, header, path)
    return collector.finish("text", declared, _HINT)


def write_text(file: BinaryIO, words: tuple[str, ...], matrix: Floats32, compressed: bool) -> Iterator[int]:
    """Write vectors with a header, and yield the number of vectors after each block.

    Nine digits determine a float32 exactly (IEEE 754-2019, 5.12.2).
    """
    out = gzip.GzipFile("", "wb", 6, file, mtime=0) if compressed else file
    dimensions = matrix.shape[1]
    line = "%s" + " %.9g" * dimensions + "\n"
    out.write(f"{len(words)} {dimensions}\n".encode())
    step = max(1, _BLOCK // dimensions)
    for part in blocks(len(words), step):
        rows = matrix[part].tolist()
        block = zip(words[part], rows, strict=True)
        out.write("".join([line % (word, *row) for word, row in block]).encode())
        yield len(rows)
    if compressed:
        out.close()


def _whole_lines(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield blocks of whole lines, and the text after the last line end."""
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
    """Return the most common number of numbers per line, for a file without a header."""
    counts = _count_numbers(data)
    del counts[1]  # words with one number are a list of frequencies
    dimensions = counts.most_common(1)[0][0] if counts else 0
    if not 0 < dimensions <= MOST_DIMENSIONS:
        begins = data.lstrip().split(b"\n")[0][:60].decode(errors="replace")
        raise LexiconError(f"{path}:1: not a file of vectors, it begins with {begins!r}; {_HINT}")
    return dimensions


def _check_dimensions(data: bytes, header: Header, path: Path) -> None:
    """Raise `LexiconError` if the header does not agree with the lines after it."""
    counts = _count_numbers(data)
    if counts and counts.most_common(1)[0][0] != header.dimensions:
        raise LexiconError(
            f"{path}:1: the header says {header.dimensions} dimensions, but the lines have "
            f"{counts.most_common(1)[0][0]} numbers; get the file again, or correct or remove this line"
        )


def _count_numbers(data: bytes) -> Counter[int]:
    """Count the first lines by the number of fields after the first field, if there is any."""
    counts = Counter(len(line.split()) - 1 for line in data.split(b"\n", _SAMPLE)[:_SAMPLE])
    return Counter({number: count for number, count in counts.items() if number > 0})


class _ParsedLines(NamedTuple):
    """The vectors of some lines."""

    num_lines: int
    words: list[bytes]
    rows: Floats32
    lines: list[int]
    """The line of each word, from 0."""
    faults: list[tuple[int, str]]
    """Lines that are not usable, and the reasons."""


def _parse(data: bytes, dimensions: int) -> _ParsedLines:
    """Parse whole lines."""
    padding = b"x" * PADDING
    data = b"".join([padding, b"\n", data, b"" if data.endswith(b"\n") else b"\n", padding])
    buffer = np.frombuffer(data, dtype=np.uint8)
    stops = (buffer <= 32).nonzero()[0]
    kinds = buffer[stops]
    if not _BLANK[kinds].all():  # other control characters belong to words
        stops = stops[_BLANK[kinds]]
        kinds = buffer[stops]
    breaks = (kinds == _NEWLINE).nonzero()[0]
    begins, ends = breaks[:-1], breaks[1:]
    counts = ends - begins
    # Ignore a blank at the end of a line, as fastText writes it, or a carriage return.
    counts -= (stops[ends] - stops[ends - 1] == 1) & (counts > 1)
    regular = (counts == dimensions + 1) & (stops[begins + 1] - stops[begins] > 1)
    lines = regular.nonzero()[0]
    matrix, invalid = _parse_cells(data, buffer, stops, begins[lines], dimensions)
    is_valid = np.ones(len(lines), dtype=np.bool_)
    is_valid[invalid] = False
    rest = np.union1d((~regular).nonzero()[0], lines[invalid])
    if invalid:
        lines, matrix = lines[is_valid], matrix[is_valid]
    first, last = stops[begins[lines]] + 1, stops[begins[lines] + 1]
    words = [data[start:end] for start, end in zip(first.tolist(), last.tolist(), strict=True)]
    bounds = zip(rest.tolist(), (stops[begins[rest]] + 1).tolist(), stops[ends[rest]].tolist(), strict=True)
    irregular = [(line, _parse_line(data[start:end], dimensions)) for line, start, end in bounds]
    return _merge(len(begins), words, matrix, lines, irregular)


def _parse_cells(
    data: bytes, buffer: npt.NDArray[np.uint8], stops: Ints, begins: Ints, dimensions: int
) -> tuple[Floats32, list[int]]:
    """Return the numbers of regular lines, and which of these lines have a cell that is not a number."""
    cells = (begins[:, None] + np.arange(1, dimensions + 1)).ravel()
    starts, ends = stops[cells], stops[1:][cells]
    starts += 1
    values, is_parsed = parse_decimals(buffer, starts, ends)
    invalid: dict[int, None] = {}
    if not is_parsed.all():
        others = (~is_parsed).nonzero()[0]
        for cell, start, end in zip(others.tolist(), starts[others].tolist(), ends[others].tolist(), strict=True):
            number = parse_number(data[start:end])
            if number is None:
                invalid[cell // dimensions] = None
            else:
                values[cell] = number
    return _as_float32(values).reshape(len(begins), dimensions), list(invalid)


def _as_float32(values: npt.NDArray[np.float64]) -> Floats32:
    with np.errstate(over="ignore"):  # numbers that are too great become infinite, and are dropped later
        return values.astype(np.float32)


_Line: TypeAlias = "tuple[bytes, list[float]] | str | None"


def _parse_line(line: bytes, dimensions: int) -> _Line:
    """Return the word and numbers of any line, or why it is not usable; None for a blank line."""
    fields = line.split()
    if not fields:
        return None
    word, numbers = fields[:-dimensions], [parse_number(field) for field in fields[-dimensions:]]
    if len(fields) == dimensions and line[:1].isspace() and None not in numbers:
        return EMPTY_WORD
    if not word or has_numbers(word):
        return WRONG_FIELDS
    if None in numbers:
        return NOT_A_NUMBER
    return b" ".join(word), cast("list[float]", numbers)


def _merge(
    count: int, words: list[bytes], matrix: Floats32, lines: Ints, irregular: list[tuple[int, _Line]]
) -> _ParsedLines:
    """Merge regular lines and other lines in their order."""
    faults = [(line, found) for line, found in irregular if isinstance(found, str)]
    others = [(line, *found) for line, found in irregular if isinstance(found, tuple)]
    if not others:
        return _ParsedLines(count, words, matrix, lines.tolist(), faults)
    numbers = np.concatenate([lines, [line for line, _, _ in others]])
    order = np.argsort(numbers)
    words = words + [word for _, word, _ in others]
    matrix = np.concatenate([matrix, _as_float32(np.array([values for _, _, values in others]))])
    return _ParsedLines(count, [words[row] for row in order.tolist()], matrix[order], numbers[order].tolist(), faults)
