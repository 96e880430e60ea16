"""Keeping some of the pairs of a lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from sys import float_info

import numpy as np

from ..checks import check_number, whole_number
from ..engine.packing import Mask
from ..errors import LexiconError
from .columns import Columns, LexiconData
from .compact import bounds, take_compact
from .spelling import spelling_runs

_WEIGHT = "a finite number of at least 0"


def select(data: LexiconData, languages: Sequence[str], top: int | None, min_weight: float | None) -> LexiconData:
    """Return the pairs in some of the languages: the best `top` candidates, of at least `min_weight`.

    Raises
    ------
    LexiconError
        If no pair is left.
    """
    columns = data.columns
    groups = columns.group_of
    keep = np.isin(columns.languages, [data.languages.index(language) for language in languages])[groups]
    if top is not None:
        keep &= np.arange(len(groups)) - columns.candidates[groups] < whole_number("top", top, 1, 2**63)
    if min_weight is not None:
        keep &= columns.weights >= check_number("min_weight", min_weight, 0, float_info.max, _WEIGHT)
    if not keep.any():
        raise LexiconError(f"no pair has languages {sorted(languages)} and a weight of at least {min_weight}")
    return keep_pairs(data, keep, sorted(languages))


def keep_pairs(data: LexiconData, keep: Mask, languages: Sequence[str] | None = None) -> LexiconData:
    """Return the pairs for which the mask is true.

    Parameters
    ----------
    data : LexiconData
    keep : bool array, shape (pairs,)
        True at least once.
    languages : sequence of str, optional
        Target languages of the result. By default those that have a pair.
    """
    columns = data.columns
    if languages is None:
        used = np.unique(columns.languages[columns.group_of[keep]])
        languages = [data.languages[code] for code in used.tolist()]
    before = np.append(0, np.cumsum(keep))
    sizes = np.diff(before[columns.candidates])
    groups = np.flatnonzero(sizes)
    groups_before = np.append(0, np.cumsum(sizes > 0))
    group_counts = np.diff(groups_before[columns.groups])
    code = np.array([languages.index(name) if name in languages else 0 for name in data.languages], dtype=np.uint16)
    pairs = keep.nonzero()[0]
    runs = columns.runs_of(pairs)
    spelled = np.where(columns.spellings.lengths > 0, np.arange(len(columns.spelled)), -1)[runs]
    kept = Columns(
        take_compact(columns.terms, np.flatnonzero(group_counts)),
        bounds(group_counts[group_counts > 0]),
        code[columns.languages[groups]],
        bounds(sizes[groups]),
        take_compact(columns.translations, pairs),
        columns.weights[keep],
        *spelling_runs(columns.row_of[pairs], spelled, columns.spellings),
    )
    return LexiconData(data.source, tuple(languages), kept)
