"""The starter lexicon, which ships with the package.

``data/starter.tsv`` has one row per English term, in normal form, and one column per language. A cell has one
candidate, or several: ``Bank|Ufer=.3``, the best one first, the others with their weights.
"""

from __future__ import annotations

import numpy as np

from .._io.data import read_data
from ..engine.packing import Ints, Packed, pack_lines
from ..engine.splicing import take
from .collecting import PairCollector
from .columns import LexiconData
from .pairs import PairBlock, Pairs

RECORD = {"name": "lexswitch starter lexicon", "licence": "Apache-2.0"}


def read_starter() -> LexiconData:
    """Read the starter lexicon."""
    header, _, body = read_data("lexicon", "starter.tsv").rstrip("\n").partition("\n")
    source, *languages = header.split("\t")
    width = len(languages) + 1
    lines = body.replace("\t", "\n")
    cells = pack_lines(lines, lines.count("\n") + 1)
    collector = PairCollector(source=source, languages=languages)
    several = _cells_with(cells, "|")
    # Most cells have one candidate. They go into the columns without a Python string for each.
    collector.add_pairs(_pairs_of_cells(cells, width, several), languages)
    collector.add(_block_of_cells(cells, width, several, languages))
    return collector.build()


def _cells_with(cells: Packed, character: str) -> Ints:
    """Return the cells that contain a character, ascending."""
    found = (cells.buffer == ord(character)).nonzero()[0]
    return np.unique(np.searchsorted(cells.starts, found, side="right") - 1)


def _pairs_of_cells(cells: Packed, width: int, excluded: Ints) -> Pairs:
    """Return the pairs of all cells but some, with weight 1."""
    is_pair = cells.lengths > 0
    is_pair[::width] = False
    is_pair[excluded] = False
    chosen = is_pair.nonzero()[0]
    return Pairs(
        terms=take(cells, np.arange(0, len(cells), width)),
        rows=chosen // width,
        codes=chosen % width - 1,
        translations=take(cells, chosen),
        weights=np.ones(len(chosen)),
        spelled=np.full(len(chosen), -1),
        spellings=pack_lines("", 0),
    )


def _block_of_cells(cells: Packed, width: int, chosen: Ints, languages: list[str]) -> PairBlock:
    """Return the pairs of some cells with several candidates."""
    lines, terms, codes, translations, weights = [], [], [], [], []
    for cell in chosen.tolist():
        for candidate in cells[cell].split("|"):
            translation, _, weight = candidate.partition("=")
            lines.append(cell // width + 2)
            terms.append(cells[cell // width * width])
            codes.append(languages[cell % width - 1])
            translations.append(translation)
            weights.append(float(weight or 1))
    return PairBlock(lines, terms, codes, translations, weights)
