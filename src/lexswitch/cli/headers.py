"""Whether the first row of a table names its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

LOOKED_AT = 100
"""Rows that are enough to tell."""

# A share of cells that have more than a word: those of text columns.
_MOST = 0.9
_NAMES = (
    "answer answers anchor context corpus-id doc docid docs document documents en english hypothesis id input label "
    "labels language neg negative negatives output passage passages pid pos positive positives premise qid query "
    "query-id question response score sentence sentence1 sentence2 sentences source target text text1 text2 texts "
    "title translation"
)
_KNOWN = frozenset(_NAMES.split())
_NAME = re.compile(r"[^\W\d_][^\W\d]*(?:[-.][^\W\d]+)*")


def is_header(rows: Sequence[Sequence[str]], places: Sequence[int]) -> bool:
    """Whether the first of some rows looks like a header, judged by the columns at `places`.

    It does if these cells are known names of columns; or single words without digits, where almost all other rows have
    more than a word.
    """
    first, *others = rows or [()]
    cells = [first[at].strip() for at in places if at < len(first)]
    if len(cells) < len(places) or len(set(first)) < len(first):
        return False
    below = [row[at].strip() for row in others for at in places if at < len(row)]
    if any(cell.lower().replace("_", "-") in _KNOWN for cell in cells):
        return all(cell.split() == [cell] and cell not in below for cell in cells)
    are_names = all(_NAME.fullmatch(cell) for cell in cells)
    return are_names and len(below) > 0 and sum(len(cell.split()) > 1 for cell in below) > _MOST * len(below)
