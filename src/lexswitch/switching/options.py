"""Checks of what users hand to a switcher: each error names the argument, what came, what is allowed and the remedy."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any, cast

from .._io.files import read_data
from ..engine.characters import normalise_term
from ..errors import LexiconError

if TYPE_CHECKING:
    from ..lexicon import Lexicon


def language_weights(lexicon: Lexicon, languages: Any, per_text: bool) -> dict[str, float]:
    """The enabled languages with their weights, sorted; where texts have one each, the source language may be one."""
    known = lexicon.languages if languages is None else _known_languages(lexicon, languages, per_text)
    weights = languages if isinstance(languages, Mapping) else dict.fromkeys(known, 1.0)
    for language in known:
        weight = weights[language]
        if not isinstance(weight, Real) or not 0 <= cast(Any, weight) <= sys.float_info.max:
            raise ValueError(
                f"languages[{language!r}] is {weight!r}; a weight is a number from 0 to {sys.float_info.max:g}"
            )
    if not any(map(float, weights.values())):
        raise ValueError(f"languages has only weights of 0: {dict(weights)}; one at least must be positive")
    return {language: float(weights[language]) for language in known if float(weights[language]) > 0}


def _known_languages(lexicon: Lexicon, languages: Any, per_text: bool) -> list[str]:
    one = isinstance(languages, str | bytes) or not isinstance(languages, Iterable)
    listed: Any = languages if one else list(languages)  # iterated twice below
    source = lexicon.source
    if source in lexicon.languages or not isinstance(listed, list) or source not in listed:
        return lexicon.check_languages(listed)
    if not per_text:
        raise LexiconError(
            f"languages has the source language {source!r}; texts that stay as they are can only be drawn with "
            "draw_language='text'"
        )
    return sorted([*lexicon.check_languages([language for language in listed if language != source]), source])


def probabilities(p: Any, languages: Mapping[str, float], source: str) -> dict[str, float]:
    """The translation probability of each language; the source language needs none."""
    if isinstance(p, Mapping):
        p = {source: 0.0, **p}
        missing = [language for language in languages if language not in p]
        if missing:
            raise ValueError(f"p has no value for {missing}; it needs one for each of {list(languages)}")
    values = {language: p[language] if isinstance(p, Mapping) else p for language in languages}
    for value in values.values():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"p is {p!r}; it must be a number from 0 to 1, or one for each language")
        if not 0 <= float(value) <= 1:
            raise ValueError(f"p is {p!r}; a translation probability is from 0 to 1")
    return {language: float(value) for language, value in values.items()}


def skipped_words(lexicon: Lexicon, skip: Any) -> frozenset[str]:
    """The normalised words of option `skip`."""
    if isinstance(skip, str):
        if skip != "stopwords":
            raise ValueError(f"skip is {skip!r}; pass a set of words, or 'stopwords' for the built-in English list")
        if lexicon.source != "en":
            raise ValueError(f"skip is 'stopwords', a list for English; for {lexicon.source!r} pass a set of words")
        skip = read_data("text", "stopwords-en.txt").split()
    words = list(skip) if isinstance(skip, Iterable) else [skip]
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"skip has {word!r}; it must be a set of str, or 'stopwords'")
    return frozenset(normalise_term(word, lexicon.source) for word in words)


def check_pattern(pattern: Any) -> None:
    """Refuse what is no regular expression."""
    if pattern is None:
        return
    if not isinstance(pattern, str):
        raise TypeError(f"protect is {type(pattern).__name__}; pass a regular expression as str, or None")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"protect is {pattern!r}, no valid regular expression: {error}") from None
