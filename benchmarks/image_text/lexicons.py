"""The lexicons from English into the seen languages. None is built from captions of what is tested."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.common import dictionaries
from benchmarks.image_text import emoji
from benchmarks.image_text.collection import Collection
from lexswitch import Lexicon
from lexswitch.retrieval import translate_test

NAMES = {
    "dictionary": "FreeDict, Mueller's (ru) and the starter lexicon, with inflected forms, in the dictionaries' order",
    "general": "the same, candidates ranked by general word frequency",
    "captions": "the same, candidates ranked by captions of other concepts: signs that are no emoji, development emoji",
    "starter": "the starter lexicon alone",
}


def build(name: str) -> Lexicon:
    """Return one of `NAMES`; built once, then loaded.

    Parameters
    ----------
    name
        A key of `NAMES`.
    """
    if name not in NAMES:
        raise ValueError(f"lexicon {name!r}: choose among {', '.join(NAMES)}")
    return dictionaries.cached(f"captions-{name}", [Path(__file__), Path(emoji.__file__)], _BUILDERS[name])


def translated(texts: Sequence[str], language: str) -> list[str]:
    """Return captions translated term by term into English: Translate-Test.

    Parameters
    ----------
    texts
        Captions.
    language
        One that `build` knows.
    """
    inverse = dictionaries.cached(
        f"captions-inverse-{language}", [Path(__file__)], lambda: build("dictionary").invert(language)
    )
    return translate_test(texts, [language] * len(texts), [inverse])


def entries(name: str, collection: Collection, language: str) -> list[bool]:
    """Return for each concept whether its English caption, as a whole, is an entry with the caption in the language.

    Parameters
    ----------
    name
        One of `NAMES`.
    collection
        Captions.
    language
        Another one than English.
    """
    lexicon = build(name)
    if language not in lexicon.languages:
        return [False] * len(collection.ids)
    candidates = [
        {each.translation.casefold() for each in (lexicon.get(text) or {}).get(language, [])}
        for text in collection.names["en"]
    ]
    return [text.casefold() in of for text, of in zip(collection.names[language], candidates, strict=True)]


def _by_captions() -> Lexicon:
    return build("dictionary").reweight({language: emoji.other_captions(language) for language in emoji.SEEN})


_BUILDERS = {
    "dictionary": lambda: dictionaries.inflected(dictionaries.dictionary(emoji.SEEN), emoji.collection().english),
    "general": lambda: dictionaries.by_frequency(build("dictionary")),
    "captions": _by_captions,
    "starter": lambda: Lexicon.starter().select(emoji.SEEN),
}
