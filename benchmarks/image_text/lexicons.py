"""The lexicons from English into the seen languages. None is built from captions of the test."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.common import dictionaries
from benchmarks.image_text import collections
from benchmarks.image_text.collections import Source
from lexswitch import Lexicon
from lexswitch.retrieval import translate_test

NAMES = {
    "dictionary": "FreeDict, Mueller's (ru) and the starter lexicon, with inflected forms, in the dictionaries' order",
    "general": "the same, candidates ranked by general word frequency",
    "captions": "the same, candidates ranked by captions that are not in the test: development concepts, other signs",
    "starter": "the starter lexicon alone",
}


def build(name: str, source: Source) -> Lexicon:
    """Return one of `NAMES`. It is built once, then loaded.

    Parameters
    ----------
    name
        A key of `NAMES`.
    source
        Collection of the captions to be switched.
    """
    builders = {key: functools.partial(builder, source) for key, builder in _BUILDERS.items()}
    return dictionaries.named(name, builders, lambda key, builder: _cached(key, source, builder))


def translated(texts: Sequence[str], language: str, source: Source) -> list[str]:
    """Return captions that are translated term by term into English (Translate-Test), with the ranked lexicon.

    Parameters
    ----------
    texts
        Captions.
    language
        A language of the lexicon.
    source
        As for `build`.
    """
    inverse = _cached(f"inverse-{language}", source, lambda: build("general", source).invert(language))
    return translate_test(texts, [language] * len(texts), [inverse])


def entries(name: str, source: Source, language: str) -> list[bool]:
    """Return for each concept whether its English caption is an entry, as a whole, with its caption in the language.

    Parameters
    ----------
    name
        One of `NAMES`.
    source
        The collection.
    language
        A language other than English.
    """
    lexicon, collection = build(name, source), collections.load(source)
    if language not in lexicon.languages:
        return [False] * len(collection.ids)
    candidates = [
        {each.translation.casefold() for each in (lexicon.get(text) or {}).get(language, [])}
        for text in collection.names["en"]
    ]
    return [text.casefold() in of for text, of in zip(collection.names[language], candidates, strict=True)]


def _cached(name: str, source: Source, builder: Callable[[], Lexicon]) -> Lexicon:
    return dictionaries.cached(f"captions-{name}-{collections.origin(source)}", [Path(__file__)], builder)


def _dictionary(source: Source) -> Lexicon:
    collection = collections.load(source)
    return dictionaries.inflected(dictionaries.dictionary(collection.seen), collection.english)


def _by_captions(source: Source) -> Lexicon:
    seen = collections.load(source).seen
    texts = {language: collections.other_captions(source, language) for language in seen}
    return build("dictionary", source).reweight(texts)


_BUILDERS: dict[str, Callable[[Source], Lexicon]] = {
    "dictionary": _dictionary,
    "general": lambda source: dictionaries.by_frequency(build("dictionary", source)),
    "captions": _by_captions,
    "starter": lambda source: Lexicon.starter().select(collections.load(source).seen),
}
