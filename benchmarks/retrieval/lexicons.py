"""The lexicons that are compared, from English into the seen languages, and back for Translate-Test."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.common import dictionaries, encoder, freedict, help_text
from benchmarks.retrieval import help_pages, verses
from benchmarks.retrieval.collection import Collection, Texts
from lexswitch import Lexicon
from lexswitch.retrieval import translate_test

TARGETS = tuple(language for language in help_pages.SEEN if language != "en")
NAMES = {
    "dictionary": "FreeDict, Mueller's (ru) and the starter lexicon, with inflected forms, in the dictionaries' order",
    "reweighted": "the same, ranked by text: LibreOffice's messages in the language, English training pages",
    "pivoted": "as reweighted, with additions from FreeDict's German dictionaries for it, nl and ru",
    "general": "the same, candidates ranked by general word frequency",
    "starter": "the starter lexicon alone",
    "induced": "nearest neighbours (CSLS) of the encoder's word vectors among the words of LibreOffice's messages",
    "titles": "messages of LibreOffice with up to three words, in place of titles of Wikipedia",
    "verses": "as general, into Arabic, Russian, French and Spanish",
}

_PIVOTED = {"it": "ita", "nl": "nld", "ru": "rus"}  # FreeDict's codes
_TITLE_WORDS = 3
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_COUNT = 2  # rarer words are not induced


def build(name: str) -> Lexicon:
    """Return one of `NAMES`. It is built once, then loaded.

    Parameters
    ----------
    name
        A key of `NAMES`.
    """
    return dictionaries.named(name, _BUILDERS, _cached)


def inverse(language: str) -> Lexicon:
    """Return the dictionary from a language into English, for Translate-Test. English text ranks its candidates.

    Parameters
    ----------
    language
        One of `TARGETS`.
    """
    return _cached(f"inverse-{language}", lambda: _ranked(build("dictionary").invert(language)))


def translated(collection: Collection) -> Collection:
    """Return a collection whose texts in `TARGETS` are translated term by term into English (Translate-Test).

    Parameters
    ----------
    collection
        A collection in English and some of `TARGETS`.
    """
    lexicons = [inverse(language) for language in TARGETS]

    def into_english(texts: Texts) -> Texts:
        return {
            language: dict(zip(of, translate_test(list(of.values()), [language] * len(of), lexicons), strict=True))
            for language, of in texts.items()
        }

    documents, queries = into_english(collection.documents), into_english(collection.queries)
    return dataclasses.replace(collection, documents=documents, queries=queries)


def title_overlap(name: str, titles: dict[str, dict[str, str]]) -> dict[str, float]:
    """Return the share of test queries that are a term of a lexicon, as a whole, with their own translation.

    Parameters
    ----------
    name
        One of `NAMES`.
    titles
        The queries of a collection: language -> id -> text.
    """
    lexicon, shares = build(name), dict[str, float]()
    for language in lexicon.languages:
        both = [number for number in titles.get(language, {}) if number in titles["en"]]
        found = 0
        for number in both:
            candidates = lexicon.get(titles["en"][number]) or {}
            wanted = titles[language][number].casefold()
            found += any(each.translation.casefold() == wanted for each in candidates.get(language, []))
        shares[language] = found / max(1, len(both))
    return shares


def _cached(name: str, builder: Callable[[], Lexicon]) -> Lexicon:
    return dictionaries.cached(name, [Path(__file__), Path(help_pages.__file__)], builder)


# --- how each is built -----------------------------------------------------------------------------------------------


@functools.cache
def _training_text() -> list[str]:
    train = help_pages.split().train
    return [*train.documents["en"].values(), *train.queries["en"].values()]


def _messages(language: str) -> list[str]:
    return list(dict.fromkeys(translated for _, translated in help_text.message_pairs(language)))


def _reweighted() -> Lexicon:
    return _ranked(build("dictionary"))


def _pivoted() -> Lexicon:
    german = build("dictionary").select(["de"])
    composed = [german.compose(_german(language)) for language in _PIVOTED]
    return _ranked(build("dictionary").merge(*(lexicon.normalise() for lexicon in composed)))


def _german(language: str) -> Lexicon:
    name = f"freedict-deu-{_PIVOTED[language]}"
    return Lexicon.read(freedict.index_file(f"dict-{name}", name), "de", language, progress=False)


def _ranked(lexicon: Lexicon) -> Lexicon:
    """Rank candidates by text of the domain, none of it parallel."""
    languages = [language for language in (lexicon.source, *lexicon.languages) if language != "en"]
    texts: dict[str, Iterable[str]] = {language: _messages(language) for language in languages}
    return lexicon.reweight({**texts, "en": _training_text()})


def _verses() -> Lexicon:
    lexicon = dictionaries.dictionary(language for language in verses.SEEN if language != "en")
    return dictionaries.by_frequency(dictionaries.inflected(lexicon, verses.split().train.documents["en"].values()))


def _induced() -> Lexicon:
    """Pair nearest neighbours among the words of LibreOffice's messages, without parallel text or dictionary."""
    from lexswitch.inducers.embeddings import EmbeddingInducer, Vectors

    model = encoder.load()

    def vectors(texts: Iterable[str]) -> Vectors:
        counts = Counter(word for text in texts for word in _WORD.findall(text.lower()))
        words = [word for word, count in counts.most_common() if count >= _LEAST_COUNT]
        return Vectors.encode(words, lambda some: model.encode(some, prefix="", layers=slice(None)), progress=False)

    targets = {language: vectors(_messages(language)) for language in TARGETS}
    return EmbeddingInducer(vectors(_training_text()), targets, top_k=2).induce(progress=False)


def _titles() -> Lexicon:
    return Lexicon.from_pairs(
        {
            language: [
                (english, translated)
                for english, translated in help_text.message_pairs(language)
                if len(english.split()) <= _TITLE_WORDS and english.replace(" ", "").isalpha()
            ]
            for language in TARGETS
        }
    )


_BUILDERS: dict[str, Callable[[], Lexicon]] = {
    "dictionary": lambda: dictionaries.inflected(dictionaries.dictionary(TARGETS), _training_text()),
    "reweighted": _reweighted,
    "pivoted": _pivoted,
    "general": lambda: dictionaries.by_frequency(build("dictionary")),
    "starter": lambda: Lexicon.starter().select(TARGETS),
    "induced": _induced,
    "titles": _titles,
    "verses": _verses,
}
