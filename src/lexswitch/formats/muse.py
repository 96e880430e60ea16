"""MUSE dictionaries: a term and a translation per line, apart by a tab or blanks (Conneau et al., 2018).

A term with several translations has several lines. Where a line has a tab, that parts term and translation, and both
may hold blanks. Dropped: "ragged line", one that has not exactly two parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

import numpy as np

from ..columns import Block
from ..streams import Text
from .base import Format, Input, Sample

_LINES = 200


def _found_in(sample: Sample) -> bool:
    """Nearly all lines are two words without the marks of other formats."""
    lines = [line for line in sample.lines[:_LINES] if line.strip()]
    pairs = [parts for line in lines if len(parts := _parts(line)) == 2]
    words = [word for pair in pairs for word in pair]
    return (
        0 < len(lines) <= 1.1 * len(pairs)
        and not any(word.startswith(("{", "[", "<", "#")) for word in words)
        and not any(word.endswith((",", ";", ":")) for word, _ in pairs)
    )


def _parts(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else line.split()


def _read(input: Input) -> Iterator[Block]:
    target = input.target
    for text in input.texts():
        yield _regular(text, target) or _block(input, text, target)


def _regular(text: Text, target: str) -> Block | None:
    """The usual case, at once: every line has one tab, or every line one blank, and no other blank."""
    body = text.text.removesuffix("\n")
    separator = "\t" if "\t" in body else " "
    data = np.frombuffer(body.encode(), dtype=np.uint8)
    breaks = data[(data <= 32).nonzero()[0]]  # the Unicode blanks beyond ASCII are not taken for separators
    if len(breaks) % 2 == 0 or (breaks[0::2] != ord(separator)).any() or (breaks[1::2] != ord("\n")).any():
        return None
    fields = body.replace(separator, "\n").split("\n")
    return Block(range(text.line, text.line + len(fields) // 2), fields[0::2], target, fields[1::2])


def _block(input: Input, text: Text, target: str) -> Block:
    lines, terms, translations = [], [], []
    for number, line in enumerate(text.text.split("\n"), text.line):
        parts = _parts(line)
        if len(parts) == 2:
            lines.append(number)
            terms.append(parts[0])
            translations.append(parts[1])
        elif parts:
            input.drop("ragged line", number, line)
    return Block(lines, terms, target, translations)


FORMAT = Format("muse", "MUSE: term and translation per line, apart by a tab or blanks", _found_in, _read)


def write(pairs: Iterable[tuple[str, str, str, float]], file: TextIO) -> None:
    """Write term and translation of each pair, apart by a tab."""
    file.writelines(f"{term}\t{translation}\n" for term, _, translation, _ in pairs)
