"""Texts and word frequencies: options and reading."""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from ..._io.streams import open_unpacked, read_texts
from ...engine.characters import normalise_word
from ...errors import LexiconError
from ...lexicon import Lexicon
from ..lines import read_blocks, total_size
from .options import language_file

_WORDFREQ: Literal["wordfreq"] = "wordfreq"
FREQUENCIES = (
    "word frequencies of a language: lines of a word, a tab or blanks, and a number; may be compressed and repeated"
)


def add_ranking(parser: argparse.ArgumentParser, before: str = "rank candidates by general word frequency: ") -> None:
    """Add the option `--frequencies` for `chosen_texts`."""
    parser.add_argument(
        "--frequencies",
        action="append",
        type=lambda value: value if value == _WORDFREQ else language_file(value),
        metavar="LANGUAGE=FILE",
        help=f'{before}{FREQUENCIES}; or "{_WORDFREQ}" for the frequencies of this package (pip install '
        '"lexswitch[frequency]")',
    )


def chosen_texts(
    lexicons: Sequence[Lexicon], given: Sequence[str | tuple[str, str]] | None
) -> Mapping[str, Mapping[str, float]] | Literal["wordfreq"] | None:
    """Return the frequencies that `--frequencies` names, as the argument `texts` of `Lexicon.merge`."""
    if not given:
        return None
    files = [each for each in given if not isinstance(each, str)]
    if files and len(files) < len(given):
        raise LexiconError(f"--frequencies {_WORDFREQ} has all languages; give no LANGUAGE=FILE beside it")
    return frequencies_of(lexicons, files) if files else _WORDFREQ


def frequencies_of(lexicons: Sequence[Lexicon], files: Sequence[tuple[str, str]] | None) -> dict[str, dict[str, float]]:
    """Read the frequencies of each language."""
    known = {language for lexicon in lexicons for language in (lexicon.source, *lexicon.languages)}
    lists: dict[str, dict[str, float]] = {}
    for language, path in files or ():
        if language not in known or language in lists:
            raise LexiconError(
                f"--frequencies {language}={path}: give one list per language, for languages among {sorted(known)}"
            )
        lists[language] = read_frequencies(path, language)
    return lists


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


def read_frequencies(path: str, language: str) -> dict[str, float]:
    """Return the frequency of each word of a list in a language, in normal form; the file may be compressed.

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
                    totals[normalise_word(word, language)] += frequency
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
