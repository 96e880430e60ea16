"""Tests that a pair passes or not, for `Lexicon.filter`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import regex

from .arguments import whole_number
from .engine.characters import normalise_term
from .languages import script_names

if TYPE_CHECKING:
    from .lexicon import Lexicon

Test: TypeAlias = Callable[[str, str, str, float], bool]

_LETTER = regex.compile(r"\p{L}")


def tests(
    lexicon: Lexicon,
    max_words: int | None,
    max_characters: int | None,
    own_script: bool,
    identical: bool,
    frequencies: Mapping[str, Mapping[str, float]],
    min_frequency: float,
    keep: Test | None,
) -> list[Test]:
    """The tests that the options of `Lexicon.filter` ask for."""
    if keep is not None and not callable(keep):
        raise TypeError(f"keep is {type(keep).__name__}; pass a function of term, language, translation and weight")
    return list(
        _chosen(lexicon, max_words, max_characters, own_script, identical, frequencies, min_frequency, keep)
    )


def _chosen(
    lexicon: Lexicon,
    max_words: int | None,
    max_characters: int | None,
    own_script: bool,
    identical: bool,
    frequencies: Mapping[str, Mapping[str, float]],
    min_frequency: float,
    keep: Test | None,
) -> Iterator[Test]:
    if max_words is not None:
        yield _at_most("max_words", max_words, lambda text: text.count(" ") + 1)
    if max_characters is not None:
        yield _at_most("max_characters", max_characters, len)
    if not identical:
        yield lambda term, _language, translation, _weight: normalise_term(translation) != term
    if own_script:
        yield lambda _term, language, translation, _weight: in_script(translation, language)
    if frequencies:
        yield _frequent(lexicon.source, frequencies, min_frequency)
    if keep is not None:
        yield keep


def _at_most(name: str, most: Any, size: Callable[[str], int]) -> Test:
    most = whole_number(name, most, 1, 2**31)
    return lambda term, _language, translation, _weight: size(term) <= most and size(translation) <= most


def in_script(text: str, language: str) -> bool:
    """Whether at least half the letters of a text are in a script of a language; True where its script is not known."""
    letters = len(_LETTER.findall(text))
    own = _letters_of(language)
    return own is None or 2 * len(own.findall(text)) >= letters


@lru_cache(maxsize=256)
def _letters_of(language: str) -> regex.Pattern[str] | None:
    scripts = script_names(language)
    return regex.compile("[" + "".join(rf"\p{{Script={name}}}" for name in scripts) + r"--\P{L}]", regex.V1) if scripts else None


def _frequent(source: str, frequencies: Mapping[str, Mapping[str, float]], least: float) -> Test:
    for language, table in frequencies.items():
        if not isinstance(table, Mapping):
            raise TypeError(f"frequencies[{language!r}] is {type(table).__name__}; pass a mapping from word to frequency")

    def common(language: str, text: str) -> bool:
        table = frequencies.get(language)
        return table is None or all(table.get(word, 0.0) >= least for word in text.lower().split())

    return lambda term, language, translation, _weight: common(source, term) and common(language, translation)
