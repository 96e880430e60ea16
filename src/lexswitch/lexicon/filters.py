"""Tests that a pair passes or not, for `Lexicon.filter`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from ..engine.characters import normalise_term, normalise_word
from ..errors import LexiconError
from ..switching.options import whole_number
from ..text.languages import letters_of

if TYPE_CHECKING:
    import regex

    from .lexicon import Lexicon

Test: TypeAlias = Callable[[str, str, str, float], bool]


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
    """The tests that the options of `Lexicon.filter` ask for, of folded terms, the quick ones first; checks `keep`."""
    chosen: list[Test] = []
    if max_words is not None:
        chosen.append(_at_most("max_words", max_words, lambda text: len(text.split())))
    if max_characters is not None:
        chosen.append(_at_most("max_characters", max_characters, len))
    if not identical:
        chosen.append(lambda term, _language, translation, _weight: normalise_term(translation, lexicon.source) != term)
    if own_script:
        chosen.append(lambda _term, language, translation, _weight: in_script(translation, language))
    if _has_frequencies(lexicon, frequencies, min_frequency):
        chosen.append(_frequent(lexicon.source, frequencies, min_frequency))
    if keep is not None and not callable(keep):
        raise TypeError(f"keep is {type(keep).__name__}; pass a function of term, language, translation and weight")
    return chosen


def _at_most(name: str, most: Any, size: Callable[[str], int]) -> Test:
    most = whole_number(name, most, 1, 2**31)
    return lambda term, _language, translation, _weight: size(term) <= most and size(translation) <= most


def in_script(text: str, language: str) -> bool:
    """Whether at least half the letters of a text are in a script of a language; True where its script is not known."""
    return sum(map(_votes(language).__getitem__, text)) >= 0


class _Votes(dict[str, int]):
    """1 for a letter of a language's scripts, -1 for another letter, 0 for what is none; each is looked up once."""

    def __init__(self, own: regex.Pattern[str] | None) -> None:
        import regex  # takes its time

        super().__init__()
        self._own = own
        self._letter = regex.compile(r"\p{L}")

    def __missing__(self, character: str) -> int:
        is_letter = self._own is not None and self._letter.match(character)
        self[character] = (1 if self._own and self._own.match(character) else -1) if is_letter else 0
        return self[character]


@lru_cache(maxsize=256)
def _votes(language: str) -> _Votes:
    return _Votes(letters_of(language))


def _has_frequencies(lexicon: Lexicon, frequencies: Any, least: Any) -> bool:
    """Whether there are any, and a least one."""
    if isinstance(least, bool) or not isinstance(least, (int, float)):
        raise TypeError(f"min_frequency is {least!r}; it must be a number of at least 0")
    if not 0 <= least < float("inf"):
        raise ValueError(f"min_frequency is {least!r}; it must be a number of at least 0")
    if not isinstance(frequencies, Mapping):
        raise TypeError(f"frequencies is {type(frequencies).__name__}; pass {{language: {{word: frequency}}}}")
    known = [lexicon.source, *lexicon.languages]
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


def _frequent(source: str, frequencies: Mapping[str, Mapping[str, float]], least: float) -> Test:
    frequent = {
        language: {normalise_word(word, language) for word, frequency in table.items() if frequency >= least}
        for language, table in frequencies.items()
    }

    def common(language: str, text: str) -> bool:
        return language not in frequent or frequent[language].issuperset(normalise_word(text, language).split())

    return lambda term, language, translation, _weight: common(source, term) and common(language, translation)
