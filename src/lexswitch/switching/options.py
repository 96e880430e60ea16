"""Checks of the options of a switcher.

Every error names the option, its value, what is allowed and the remedy.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import wraps
from numbers import Real
from os import PathLike
from typing import Any, TypeVar, cast

from .._io.data import read_data
from ..checks import check_choice
from ..engine.characters import normalise_term
from ..errors import LexiconError
from ..lexicon import Lexicon
from ..text.tokenizers import Tokenizer
from .context import ContextRanker

Class = TypeVar("Class")

# Names that other libraries use for an option.
_MEANT = {
    **dict.fromkeys(["probability", "prob", "rate", "ratio", "alpha", "translation_probability"], "p"),
    **dict.fromkeys(["lang", "langs", "language", "target", "targets", "target_languages"], "languages"),
    **dict.fromkeys(["ngram", "ngrams", "n_gram", "max_ngram", "max_len", "max_length"], "max_words"),
    **dict.fromkeys(["random_state", "random_seed", "rng"], "seed"),
    **dict.fromkeys(["stopwords", "stop_words", "exclude", "ignore"], "skip"),
    **dict.fromkeys(["dictionary", "dict", "lexicons"], "lexicon"),
    **dict.fromkeys(["pattern", "regex", "keep"], "protect"),
    **dict.fromkeys(["candidate", "translations", "selection"], "candidates"),
    **dict.fromkeys(["sampling", "per"], "draw_language"),
    **dict.fromkeys(["run", "run_length", "stretch", "stretches"], "runs"),
}


def suggest_options(switcher: type[Class]) -> type[Class]:
    """Let the constructor of a dataclass suggest the closest option for an unknown one; its signature stays."""
    construct: Callable[..., None] = switcher.__init__
    known = [field.name for field in fields(switcher) if field.name != "_"]  # type: ignore[arg-type]  # a dataclass

    @wraps(construct)
    def checked(self: Class, *arguments: Any, **options: Any) -> None:
        check_names(options, known)
        construct(self, *arguments, **options)

    switcher.__init__ = checked  # type: ignore[method-assign,assignment]  # the signature is the same
    return switcher


def check_names(options: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise an error for an unknown option that names the closest known one."""
    for name in options:
        if name not in known:
            from difflib import get_close_matches  # imported for errors only

            close = [_MEANT[name]] if name in _MEANT else get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}? Options" if close else "options"
            raise TypeError(f"unknown option {name!r}; {hint} are {', '.join(known)}")


def check_lexicon(lexicon: Any) -> None:
    """Raise an error for anything that is not a lexicon."""
    if isinstance(lexicon, (str, PathLike)):
        raise TypeError(
            f"lexicon is {str(lexicon)!r}, a {type(lexicon).__name__}; pass Lexicon.load({str(lexicon)!r}) for a saved "
            f"lexicon, or Lexicon.read({str(lexicon)!r}, ...) for a dictionary file"
        )
    if not isinstance(lexicon, Lexicon):
        raise TypeError(f"lexicon is {type(lexicon).__name__}; pass a Lexicon such as Lexicon.starter()")


def check_tokenizer(tokenizer: Any) -> None:
    """Raise an error for anything that is not a tokenizer."""
    if isinstance(tokenizer, type) or not isinstance(tokenizer, Tokenizer):
        raise TypeError(f"tokenizer is {tokenizer!r}; pass an instance such as WordTokenizer() or SpanTokenizer(f)")


def one_language(language: Any) -> list[str]:
    """Return the language of a switcher that has only one, as a list."""
    if isinstance(language, str):
        return [language]
    if isinstance(language, Iterable) and not isinstance(language, bytes):
        listed = list(language)
        raise TypeError(
            f"language is {language!r}; pass one language{f' such as {listed[0]!r}' if listed else ''}, or use "
            f"CodeSwitcher.multilingual(lexicon, {listed})"
        )
    raise TypeError(f"language is {language!r}; pass one language such as 'de'")


def check_candidates(candidates: Any) -> None:
    """Raise an error for anything that does not choose candidates."""
    if isinstance(candidates, ContextRanker):
        return
    if isinstance(candidates, str):
        check_choice("candidates", candidates, ("best", "uniform", "weighted"))
    else:
        raise TypeError(
            f"candidates is {candidates!r}; pass 'best', 'uniform', 'weighted' or an instance such as "
            "ContextRanker('intfloat/multilingual-e5-small')"
        )


def language_weights(lexicon: Lexicon, languages: Any, per_text: bool) -> dict[str, float]:
    """Return the enabled languages with their weights, sorted.

    If each text has one language (`per_text`), the source language may be among them.
    """
    known = lexicon.languages if languages is None else _known_languages(lexicon, languages, per_text)
    weights = languages if isinstance(languages, Mapping) else dict.fromkeys(known, 1.0)
    for language in known:
        weight = weights[language]
        if not isinstance(weight, Real) or not 0 <= cast(Any, weight) <= sys.float_info.max:
            raise ValueError(
                f"languages[{language!r}] is {weight!r}; a weight is a number from 0 to {sys.float_info.max:g}"
            )
    if not any(map(float, weights.values())):
        raise ValueError(f"languages has only weights of 0: {dict(weights)}; at least one must be positive")
    return {language: float(weights[language]) for language in known if float(weights[language]) > 0}


def _known_languages(lexicon: Lexicon, languages: Any, per_text: bool) -> list[str]:
    is_listed = isinstance(languages, Iterable) and not isinstance(languages, str | bytes)
    listed: Any = list(languages) if is_listed else languages  # iterated twice below
    source = lexicon.source
    if source in lexicon.languages or not isinstance(listed, list) or source not in listed:
        return lexicon.check_languages(listed)
    if not per_text:
        raise LexiconError(
            f"languages has the source language {source!r}; it is allowed only with "
            "draw_language='text', where a text that draws it is not changed"
        )
    return sorted([*lexicon.check_languages([language for language in listed if language != source]), source])


def probabilities(p: Any, languages: Mapping[str, float], source: str) -> dict[str, float]:
    """Return the translation probability of each language; the source language needs none."""
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
            raise ValueError(f"p is {p!r}; pass a number from 0 to 1, such as 0.5")
    return {language: float(value) for language, value in values.items()}


def average_run(runs: Any, p: Mapping[str, float], per_text: bool) -> float | None:
    """Return the option `runs` as a float, if stretches of this length are possible with these probabilities."""
    if runs is None:
        return None
    if isinstance(runs, bool) or not isinstance(runs, Real):
        raise TypeError(f"runs is {runs!r}; it must be a number of at least 1, or None for independent units")
    average = float(runs)
    if not 1 <= average <= sys.float_info.max:
        raise ValueError(f"runs is {runs!r}; it must be a number of at least 1, or None for independent units")
    values = sorted(set(p.values()))
    if len(values) > 1 and not per_text:
        raise ValueError(
            f"runs is {runs!r} and p is {dict(p)}; with runs, pass one p for all languages, such as p={values[-1]!r}, "
            "or draw_language='text'"
        )
    for value in values:
        # The tolerance accepts runs=9 with p=0.9, where rounding makes the quotient greater than 9.
        if value < 1 and value / (1 - value) > average * (1 + 1e-9):
            raise ValueError(
                f"runs is {runs!r} and p is {value!r}; a stretch then has at least p / (1 - p) units; pass "
                f"runs={value / (1 - value):.12g} or more, or p={average / (1 + average):.12g} or less"
            )
    return average


def skipped_words(lexicon: Lexicon, skip: Any) -> frozenset[str]:
    """Return the normalised words of the option `skip`."""
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
    """Raise an error for a pattern that is not a regular expression."""
    if pattern is None:
        return
    if not isinstance(pattern, str):
        raise TypeError(f"protect is {type(pattern).__name__}; pass a regular expression as str, or None")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"protect is {pattern!r}, which is not a valid regular expression: {error}") from None
