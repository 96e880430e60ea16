"""Filters of pairs, for `Lexicon.filter`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from ..checks import whole_number
from ..engine.characters import normalise_term, normalise_word
from ..engine.packing import Mask
from ..errors import LexiconError
from ..text.scripts import in_script
from .columns import LexiconData
from .lookup import iterate_pairs

#: Takes term, language, translation and weight; returns whether the pair is kept.
Filter: TypeAlias = Callable[[str, str, str, float], bool]


def filter_mask(
    data: LexiconData,
    max_words: int | None,
    max_characters: int | None,
    own_script: bool,
    identical: bool,
    frequencies: Mapping[str, Mapping[str, float]],
    min_frequency: float,
    keep: Filter | None,
) -> Mask:
    """Return which pairs pass all filters; the options are those of `Lexicon.filter`.

    Raises
    ------
    TypeError, ValueError
        If an option is not valid.
    LexiconError
        If no pair passes.
    """
    filters = _filters(data, max_words, max_characters, own_script, identical, frequencies, min_frequency)
    if keep is not None and not callable(keep):
        raise TypeError(f"keep is {type(keep).__name__}; pass a function of term, language, translation and weight")
    terms, rows = data.columns.terms.unpack(), data.columns.row_of.tolist()
    passed = (
        all(passes(terms[row], *pair[1:]) for passes in filters) and (keep is None or keep(*pair))
        for row, pair in zip(rows, iterate_pairs(data), strict=True)
    )
    mask = np.fromiter(map(bool, passed), np.bool_, data.num_pairs)
    if not mask.any():
        raise LexiconError("no pair passes the filter; loosen it")
    return mask


def _filters(
    data: LexiconData,
    max_words: int | None,
    max_characters: int | None,
    own_script: bool,
    identical: bool,
    frequencies: Mapping[str, Mapping[str, float]],
    min_frequency: float,
) -> list[Filter]:
    """Return the filters that the options ask for, the fastest first. They take terms in compared form."""
    chosen: list[Filter] = []
    if max_words is not None:
        chosen.append(_at_most("max_words", max_words, lambda text: len(text.split())))
    if max_characters is not None:
        chosen.append(_at_most("max_characters", max_characters, len))
    if not identical:
        chosen.append(lambda term, _language, translation, _weight: normalise_term(translation, data.source) != term)
    if own_script:
        chosen.append(lambda _term, language, translation, _weight: in_script(translation, language))
    if _has_frequencies(data, frequencies, min_frequency):
        chosen.append(_frequent(data.source, frequencies, min_frequency))
    return chosen


def _at_most(name: str, most: Any, size: Callable[[str], int]) -> Filter:
    most = whole_number(name, most, 1, 2**31)
    return lambda term, _language, translation, _weight: size(term) <= most and size(translation) <= most


def _has_frequencies(data: LexiconData, frequencies: Any, least: Any) -> bool:
    """Check both options; return whether they are used."""
    if isinstance(least, bool) or not isinstance(least, (int, float)):
        raise TypeError(f"min_frequency is {least!r}; it must be a number of at least 0")
    if not 0 <= least < float("inf"):
        raise ValueError(f"min_frequency is {least!r}; it must be a number of at least 0")
    if not isinstance(frequencies, Mapping):
        raise TypeError(f"frequencies is {type(frequencies).__name__}; pass {{language: {{word: frequency}}}}")
    known = [data.source, *data.languages]
    for language, table in frequencies.items():
        if language not in known:
            raise LexiconError(f"frequencies has {language!r}; this lexicon has {known}")
        if not isinstance(table, Mapping):
            raise TypeError(
                f"frequencies[{language!r}] is {type(table).__name__}; pass a mapping from word to frequency"
            )
    if (least > 0) != bool(frequencies):
        raise ValueError(
            f"min_frequency is {least!r} and frequencies has {list(frequencies)}; pass both, or none of them"
        )
    return bool(frequencies)


def _frequent(source: str, frequencies: Mapping[str, Mapping[str, float]], least: float) -> Filter:
    frequent = {
        language: {normalise_word(word, language) for word, frequency in table.items() if frequency >= least}
        for language, table in frequencies.items()
    }

    def common(language: str, text: str) -> bool:
        return language not in frequent or frequent[language].issuperset(normalise_word(text, language).split())

    return lambda term, language, translation, _weight: common(source, term) and common(language, translation)
