"""Checks of what users hand to a switcher: each error names the argument, what came, what is allowed and the remedy."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from numbers import Real
from operator import index as as_index
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from .._io.data import read_data
from ..engine import draws
from ..engine.characters import normalise_term
from ..engine.packing import Hashes, pack
from ..errors import LexiconError

if TYPE_CHECKING:
    from ..lexicon import Lexicon

Texts: TypeAlias = "Sequence[str] | Iterable[str]"
_KEYS = 2**64

Keys: TypeAlias = "Sequence[int] | Sequence[str] | np.ndarray[Any, Any]"


def as_texts(texts: Texts) -> list[str]:
    """The texts as a list, if they are what they must be."""
    if is_table(texts):
        names: Any = texts if isinstance(texts, Mapping) else _column_names(texts)
        name = next(iter(names), "text")
        raise TypeError(
            f"texts is {type(texts).__name__}, not a list of str; switch columns with switcher.on({name!r})(texts), or "
            f"one column of a table or frame with switcher.apply_arrow(texts[{name!r}])"
        )
    if isinstance(texts, (str, bytes, AbstractSet)) or not isinstance(texts, Iterable):
        raise TypeError(f"texts is {type(texts).__name__}, not a list of str; for one text pass [text]")
    batch = list(texts)
    if set(map(type, batch)) - {str}:
        for row, text in enumerate(batch):
            if not isinstance(text, str):
                remedy = "switch columns with switcher.on(...)" if isinstance(text, Mapping) else "pass a list of str"
                raise TypeError(f"texts[{row}] is {type(text).__name__}, not str; {remedy}")
    return batch


def is_table(batch: object) -> bool:
    """Whether this is a mapping of columns, a table of pyarrow or a frame of pandas or polars."""
    return isinstance(batch, Mapping) or hasattr(batch, "columns")


def _column_names(table: Any) -> Any:
    return table.column_names if type(table).__module__.startswith("pyarrow") else table.columns


def row_keys(keys: Keys, count: int) -> Hashes:
    """One 64-bit key per text, from strings, or from ints of any size modulo 2**64."""
    if isinstance(keys, (str, bytes, Mapping, AbstractSet)) or not isinstance(keys, Iterable):
        raise TypeError(f"keys is {type(keys).__name__}; pass a list of int or of str, one per text")
    if isinstance(keys, range):
        array = _numbers(keys)
    elif isinstance(keys, np.ndarray) and keys.dtype.kind in "iu" and keys.ndim == 1:
        array = keys.astype(np.uint64)
    else:
        keys = list(keys)
        kinds = set(map(type, keys))
        if all(issubclass(kind, str) for kind in kinds):
            array = draws.keys_of_texts(pack(keys, name="keys"))
        elif all(issubclass(kind, (int, np.integer)) and kind is not bool for kind in kinds):
            array = np.array([int(key) % _KEYS for key in keys], dtype=np.uint64)
        else:
            raise TypeError(f"keys has elements of types {sorted(kind.__name__ for kind in kinds)}; all int or all str")
    if len(array) != count:
        raise ValueError(f"keys has {len(array)} elements, texts has {count}; pass one key per text")
    return array


def _numbers(keys: range) -> Hashes:
    """The numbers of a range modulo 2**64: unsigned arithmetic of NumPy wraps around."""
    length = max(0, -((keys.start - keys.stop) // keys.step))  # len() fails above sys.maxsize
    if length > sys.maxsize:
        raise ValueError(f"keys is {keys!r}, which has {length} elements; pass one key per text")
    array = np.arange(length, dtype=np.uint64)
    array *= np.uint64(keys.step % _KEYS)
    array += np.uint64(keys.start % _KEYS)
    return array


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


def tag_names(names: Any) -> list[str] | None:
    """The names of tags, from a list or from a feature of datasets, a ClassLabel or a list of them; None for None."""
    feature = getattr(names, "feature", names)
    names = getattr(feature, "names", feature)
    if names is None:
        return None
    listed = names if isinstance(names, (list, tuple)) else []
    if not listed or not all(isinstance(name, str) for name in listed) or len(set(listed)) < len(listed):
        raise TypeError(
            f"names is {names!r:.80}; pass the name of each number, ['O', 'B-LOC', ...], or a feature of datasets that "
            "has them, dataset.features['ner_tags']"
        )
    return list(listed)


def whole_number(name: str, value: Any, low: int, high: int) -> int:
    """A whole number from `low` to below `high`."""
    try:
        number = as_index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; it must be a whole number")
    if not low <= number < high:
        raise ValueError(f"{name} is {value!r}; it must be from {low} to {high - 1}")
    return number


def check_choice(name: str, value: Any, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is not among those allowed."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, allowed))}")


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
