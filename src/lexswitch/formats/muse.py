"""MUSE dictionaries: one term and one translation per line, separated by a tab or spaces (Conneau et al., 2018).

A term with several translations has several lines. If a line has a tab, the tab separates term and translation, and
both may contain spaces. Dropped: "ragged line", which does not have exactly two parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

import numpy as np

from .._io.streams import TextBlock
from ..lexicon.pairs import Lines, PairBlock
from .base import Format, LexiconFile, Sample, Writer

_SAMPLE = 200
_NO_POINT = {ord("."): None}
_LFS_POINTER = b"version https://git-lfs"
# Prose and source code have lines of two words, too. If more than this share of lines end or begin like theirs, a file
# is not a dictionary. In the MUSE dictionaries, such lines are rare: "etc.", "bzw.".
_MAX_PROSE = 0.2
_ENDS = (".", ",", ";", ":", "?", "!", "(", ")", "{", "}", "[", "]", "\\")
_IMPORTS = {"import", "package", "use", "using"}


def _detect(sample: Sample) -> bool:
    """Whether nearly all lines are two words without the marks of other formats; a single line needs a tab."""
    if sample.head.startswith(_LFS_POINTER):  # text of two words per line
        return False
    lines = [line for line in sample.lines[:_SAMPLE] if line.strip()]
    pairs = [parts for line in lines if len(parts := _parts(line)) == 2]
    words = [word for pair in pairs for word in pair]
    return (
        0 < len(lines) <= 1.1 * len(pairs)
        and (b"\n" in sample.head.strip() or "\t" in lines[0])
        and not any(word.startswith(("{", "[", "<", "#")) for word in words)
        and not any(word.endswith((",", ";", ":")) for word, _ in pairs)
        and not any(all(mark in line and "\t" not in line for line in lines) for mark in ",;|=")
        and 2 * sum(_is_number(word) for _, word in pairs) <= len(pairs)
        and sum(map(_is_prose, lines)) <= _MAX_PROSE * len(lines)
        and 4 * sum(word in _IMPORTS for word, _ in pairs) < 3 * len(pairs)
    )


def _is_prose(line: str) -> bool:
    """Return whether a line looks like prose or code: it is indented, or ends in punctuation."""
    if "\t" in line:
        return line[0] == "\t"  # a field may be a phrase with punctuation
    return line[0].isspace() or line.endswith(_ENDS)


def _is_number(word: str) -> bool:
    return word.translate(_NO_POINT).isdecimal()


def _parts(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else line.split()


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    target = file.target
    for text in file.texts():
        if "\r" in text.text:
            text = text._replace(text=text.text.replace("\r\n", "\n"))
        regular = _regular(text, target)
        if regular is not None:
            yield regular
        else:
            yield from _blocks(file, text, target)


def _regular(text: TextBlock, target: str) -> PairBlock | None:
    """Split all lines at once if each has exactly one separator, a tab or a space; None otherwise."""
    body = text.text if text.text.endswith("\n") else text.text + "\n"
    separator = "\t" if "\t" in body else " "
    data = np.frombuffer(body.encode(), dtype=np.uint8)
    breaks = (data <= 32).nonzero()[0]
    first, second, sizes = data[breaks[0::2]], data[breaks[1::2]], np.diff(breaks, prepend=-1)
    if len(first) != len(second) or (first != ord(separator)).any() or (second != ord("\n")).any() or sizes.min() < 2:
        return None
    in_term = np.zeros(len(breaks), dtype=np.bool_)
    in_term[0::2] = True
    in_term = in_term.repeat(sizes)
    terms, translations = (str(data[chosen][:-1].data, "utf-8") for chosen in (in_term, ~in_term))
    count = len(first)
    lines = range(text.line, text.line + count)
    return PairBlock(lines, Lines(terms.replace(separator, "\n"), count), target, Lines(translations, count))


def _blocks(file: LexiconFile, text: TextBlock, target: str) -> Iterator[PairBlock]:
    lines: list[int] = []
    terms: list[str] = []
    translations: list[str] = []
    for number, line in enumerate(text.text.split("\n"), text.line):
        parts = [] if line.isspace() else _parts(line)
        if len(parts) == 2:
            lines.append(number)
            terms.append(parts[0])
            translations.append(parts[1])
        elif parts:
            if file.strict:  # a pair before this line may be wrong
                yield PairBlock(lines, terms, target, translations)
            file.drop("ragged line", number, line)
    yield PairBlock(lines, terms, target, translations)


def write(pairs: Iterable[tuple[str, str, str, float]], stream: TextIO) -> None:
    """Write term and translation of each pair, separated by a tab."""
    stream.writelines(f"{term}\t{translation}\n" for term, _, translation, _ in pairs)


FORMAT = Format(
    "muse",
    "MUSE: one term and translation per line, separated by a tab or spaces",
    _detect,
    _read,
    writer=Writer("muse", ".txt", write, is_bilingual=True),
)
