"""Reading texts and word frequencies."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from ..._io.streams import open_unpacked, read_texts
from ...errors import LexiconError
from ..lines import read_blocks, total_size


def read_lines(paths: Sequence[str], quiet: bool) -> Iterator[str]:
    """Yield the lines of text files, "-" for standard input; a missing file is an error before the first line is read.

    Progress is shown on standard error if that is a terminal.
    """
    total = total_size(paths)
    return _lines(paths, total, quiet)


def _lines(paths: Sequence[str], total: int | None, quiet: bool) -> Iterator[str]:
    with tqdm(total=total, unit="B", unit_scale=True, unit_divisor=1024, disable=quiet or None) as progress:
        for path in paths:
            for block in read_blocks(path):
                yield from block.lines
                progress.update(block.size)


def read_frequencies(path: str) -> dict[str, float]:
    """Return the frequency of each word of a list, in lower case; the file may be compressed.

    Each line is a word (or a phrase), a tab or blanks, and a number of at least 0. The numbers of a word add up.

    Raises
    ------
    LexiconError
        If a line has another form; names file and line.
    """
    totals: defaultdict[str, float] = defaultdict(float)
    with open_unpacked(Path(path)) as stream:
        for block in read_texts(stream, path):
            for number, line in enumerate(block.text.split("\n"), block.line):
                if line.strip():
                    word, frequency = _frequency(path, number, line)
                    totals[word.lower()] += frequency
    return dict(totals)


def _frequency(path: str, number: int, line: str) -> tuple[str, float]:
    try:
        word, field = line.rsplit(maxsplit=1)
        frequency = float(field)
    except ValueError:
        word, frequency = "", math.nan
    if not 0 <= frequency < math.inf:
        raise LexiconError(
            f"{path}:{number}: {line[:60]!r} is not a word with a frequency; each line must be a word, a tab or "
            "blanks, and a number of at least 0; correct or remove it"
        )
    return word.strip(), frequency
