"""Test sets for cross-lingual retrieval: mixed languages, and the Translate-Test baseline.

References
----------
Litschko, Artemova & Plank (2023): Boosting Zero-shot Cross-lingual Retrieval by Training on Artificially Code-Switched
Data. Findings of ACL. https://arxiv.org/abs/2305.05295
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ..checks import as_texts, whole_number
from ..engine import draws
from ..errors import LexiconError
from ..lexicon import Lexicon
from ..switching.keys import row_keys
from ..switching.switcher import CodeSwitcher

Id = TypeVar("Id", bound=Hashable)


class MixedTexts(NamedTuple):
    """Texts in many languages, by id."""

    texts: dict[Any, str]
    languages: dict[Any, str]
    """The language drawn for each id."""


def mix_languages(texts: Mapping[str, Mapping[Id, str]], seed: int = 0) -> MixedTexts:
    """Build a multilingual set: each id gets its text from a language drawn for this id (MLIR of the paper).

    The draw depends only on the seed, the id and the languages that have the id. Adding other ids changes no draw.

    Parameters
    ----------
    texts : mapping of str to mapping of id to str
        Maps each language to its texts by id; ids are ints or strings. Only the languages that have an id can be drawn
        for it.
    seed : int, default 0
        Random seed; use different seeds for queries and documents.

    Returns
    -------
    MixedTexts
        The ids keep the order of their first occurrence.

    Raises
    ------
    TypeError, ValueError
        If `texts` has another form or no language, or an id is neither an int nor a string.
    """
    if not isinstance(texts, Mapping) or not texts:
        raise ValueError(f"texts is {texts!r:.80}; pass {{language: {{id: text}}}}")
    for language, of_language in texts.items():
        if not isinstance(of_language, Mapping):
            raise TypeError(f"texts[{language!r}] is {of_language!r:.80}; pass {{{language!r}: {{id: text}}}}")
    ids: list[Any] = list(dict.fromkeys(key for of_language in texts.values() for key in of_language))
    streams = draws.streams(row_keys(ids, len(ids)), whole_number("seed", seed, 0, 2**64), 0)
    uniform = draws.uniform(streams, draws.TEXT_LANGUAGE).tolist()
    languages = {}
    for key, chance in zip(ids, uniform, strict=True):
        available = [language for language in texts if key in texts[language]]
        languages[key] = available[int(chance * len(available))]
    return MixedTexts({key: texts[languages[key]][key] for key in ids}, languages)


def translate_test(
    texts: Sequence[str], languages: Sequence[str], lexicons: Iterable[Lexicon], to: str = "en"
) -> list[str]:
    """Translate test texts term by term (Translate-Test of the paper).

    Parameters
    ----------
    texts : sequence of str
    languages : sequence of str
        Language of each text; texts in the language `to` stay unchanged.
    lexicons : iterable of Lexicon
        One lexicon from each of these languages to `to`.
    to : str, default "en"
        Language of the result.

    Returns
    -------
    list of str

    Raises
    ------
    LexiconError
        If a language has no lexicon, or two.
    ValueError
        If `languages` has another length than `texts`.
    """
    texts, lexicons = as_texts(texts), list(lexicons)
    if len(texts) != len(languages):
        raise ValueError(
            f"languages has {len(languages)} elements, texts has {len(texts)}; pass one language for each text"
        )
    by_source = {lexicon.source: lexicon for lexicon in lexicons}
    if len(by_source) < len(lexicons):
        raise LexiconError(
            f"lexicons are from {[lexicon.source for lexicon in lexicons]}; pass one for each language: "
            "one.merge(other) joins two lexicons with the same source"
        )
    missing = sorted({*languages} - {*by_source, to})
    if missing:
        raise LexiconError(f"no lexicon from {missing} to {to!r}; lexicons has {sorted(by_source)}, so add {missing}")
    result, language_of_row = texts.copy(), np.array(languages, dtype=object)
    for language in sorted({*languages} - {to}):
        rows = np.flatnonzero(language_of_row == language).tolist()
        switched = CodeSwitcher.translate(by_source[language], to).apply([texts[row] for row in rows])
        for row, text in zip(rows, switched, strict=True):
            result[row] = text
    return result
