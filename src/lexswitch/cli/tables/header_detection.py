"""Whether the first row of a table names its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

SAMPLE_ROWS = 100
"""Number of rows that are enough to decide."""

# The minimum share of cells with more than one word in a column of texts.
_MIN_SHARE = 0.9
_NAMES = (
    "answer answers anchor context corpus-id doc docid docs document documents en english hypothesis id input label "
    "labels language neg negative negatives output passage passages pid pos positive positives premise qid query "
    "query-id question response score sentence sentence1 sentence2 sentences source target text text1 text2 texts "
    "title translation"
)
_KNOWN = frozenset(_NAMES.split())
_NAME = re.compile(r"[^\W\d_][^\W\d]*(?:[-.][^\W\d]+)*")


def is_header(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> bool:
    """Return whether the first of some rows looks like a header, judged by its cells in `columns`.

    It looks like one if these cells are known names of columns. It also does if they are single words without digits,
    and almost all cells below have more than one word.
    """
    first, *others = rows or [()]
    cells = [first[column].strip() for column in columns if column < len(first)]
    if len(cells) < len(columns) or len(set(first)) < len(first):
        return False
    below = [row[column].strip() for row in others for column in columns if column < len(row)]
    if any(cell.lower().replace("_", "-") in _KNOWN for cell in cells):
        return all(cell.split() == [cell] and cell not in below for cell in cells)
    are_names = all(_NAME.fullmatch(cell) for cell in cells)
    return are_names and len(below) > 0 and sum(len(cell.split()) > 1 for cell in below) > _MIN_SHARE * len(below)
