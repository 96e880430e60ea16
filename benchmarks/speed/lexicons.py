"""Real and synthetic lexicons, and the texts that are switched."""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import lexswitch
from benchmarks.common import dictionaries, freedict, help_text
from benchmarks.speed.measure import shuffled
from lexswitch import CodeSwitcher, Lexicon

LANGUAGES = ("ar", "it", "nl", "ru", "de")
"""German is by far the largest, and last, so that a cut removes German pairs."""

Pairs = dict[str, list[tuple[str, str]]]
Dictionaries = dict[str, dict[str, list[str]]]
"""Language -> word -> translations, as other methods need them."""

_MATCHED = 10**4  # from this size on, lexicons of the sweep share these terms
_OWN_WORDS, _OWN_PHRASES = 20_000, 5_000
_QUERY_WORDS = 10


# -- texts ------------------------------------------------------------------------------------------------------------


@cache
def english() -> list[str]:
    """Return the paragraphs of the English help of LibreOffice in a fixed random order."""
    return shuffled(help_text.paragraphs("en"))


@cache
def queries() -> list[str]:
    """Return short queries: the first sentences of the paragraphs that have 2 to 10 words, without duplicates."""
    sentences = dict.fromkeys(re.split(r"(?<=[.:!?]) ", text, maxsplit=1)[0] for text in english())
    return [sentence for sentence in sentences if 2 <= len(sentence.split()) <= _QUERY_WORDS]


def repeated(texts: list[str], count: int) -> list[str]:
    """Return `count` texts; the given ones are repeated."""
    return list(itertools.islice(itertools.cycle(texts), count))


def by_script() -> dict[str, list[str]]:
    """Return real texts by kind of characters, in a fixed random order."""
    texts = {
        "English, ASCII only": [text for text in english() if text.isascii()],
        "German, with umlauts": [text for text in help_text.paragraphs("de") if not text.isascii()],
        "Russian": help_text.paragraphs("ru"),
        "Arabic": help_text.arabic_messages(),
        "Arabic, vocalised": help_text.arabic_verses(),
    }
    return {name: shuffled(of_script) for name, of_script in texts.items()}


# -- real lexicons ----------------------------------------------------------------------------------------------------


def _pair_files() -> Iterator[tuple[str, Path]]:
    for language in LANGUAGES:
        yield language, freedict.pairs_file(language)
        if language == "ru":  # FreeDict's own is very small
            yield language, freedict.mueller_file()


def stream(limit: int | None = None) -> Iterator[tuple[str, str, str]]:
    """Yield (language, term, translation) of the dictionaries from disk, without keeping them in memory."""

    def every() -> Iterator[tuple[str, str, str]]:
        for language, path in _pair_files():
            with open(path, encoding="utf-8", newline="\n") as file:
                for line in file:
                    term, _, translation = line.rstrip("\n").partition("\t")
                    yield language, term, translation

    return itertools.islice(every(), limit)


def pairs_by_language(triples: Iterable[tuple[str, str, str]]) -> Pairs:
    """Group (language, term, translation) by language."""
    pairs: Pairs = defaultdict(list)
    for language, term, translation in triples:
        pairs[language].append((term, translation))
    return dict(pairs)


def plain_dictionaries(triples: Iterable[tuple[str, str, str]]) -> Dictionaries:
    """Return one ``dict[str, list[str]]`` of lower-case terms for each language."""
    result: Dictionaries = {}
    for language, term, translation in triples:
        result.setdefault(language, {}).setdefault(term.lower(), []).append(translation)
    return result


def real() -> Lexicon:
    """Return the lexicon of all pairs, mapped from `real_path`."""
    return Lexicon.load(real_path(), verify=False)


def starter() -> Lexicon:
    """Return the starter lexicon in the same languages."""
    return Lexicon.starter().select([*LANGUAGES])


def real_path() -> Path:
    """Return the folder of the lexicon of all pairs."""
    return saved("real", lambda: pairs_by_language(stream()))


def saved(name: str, pairs: Callable[[], Pairs]) -> Path:
    """Return the folder of a lexicon in the cache. It is built again if code or data have changed."""
    code = sorted((Path(lexswitch.__file__).parent / "lexicon").glob("*.py"))
    sources = [*code, Path(__file__), *(path for _, path in _pair_files())]
    return dictionaries.saved(f"speed-{name}", sources, lambda: Lexicon.from_pairs(pairs()))


TEXTS: dict[str, Callable[[], list[str]]] = {"paragraphs": english, "short queries": queries}
LEXICONS: dict[str, Callable[[], Lexicon]] = {"FreeDict and Mueller": real, "starter": starter}
REAL, STARTER = LEXICONS


# -- made lexicons ----------------------------------------------------------------------------------------------------


class SizedLexicons:
    """Lexicons of any number of terms, with similar coverage of the English texts.

    Up to 10,000 terms, a lexicon has the terms of the real one that are most frequent in the texts. A larger one has
    these 10,000 terms and synthetic ones that do not occur in the texts.
    """

    def __init__(self) -> None:
        lexicon = real()
        self._entries: dict[str, list[tuple[str, str]]] = {}
        for term, language, translation, _ in lexicon.pairs():
            self._entries.setdefault(term, []).append((language, translation))
        units = CodeSwitcher(lexicon, p=1.0).trace(english()).switches
        self._frequent = [term for term, _ in Counter(units.term.tolist()).most_common(_MATCHED)]

    def pairs(self, terms: int) -> Pairs:
        """Return the pairs of the lexicon with some number of terms."""
        kept = self._frequent[:terms]
        pairs = pairs_by_language((language, term, other) for term in kept for language, other in self._entries[term])
        rng = random.Random(terms)
        translations = {language: [other for _, other in of_language] for language, of_language in pairs.items()}
        made = self._made_terms(terms - len(kept), rng)
        for term, language in zip(made, itertools.cycle(sorted(pairs)), strict=False):
            pairs[language].append((term, rng.choice(translations[language])))
        return pairs

    def _made_terms(self, count: int, rng: random.Random) -> list[str]:
        """Return terms that occur in no text, with the share of phrases of the real lexicon.

        A synthetic word consists of halves of two words. A synthetic phrase consists of two words of the lexicon, so
        that no single word can rule it out.
        """
        words = [term for term in self._entries if " " not in term and len(term) > 2]
        phrases = sum(" " in term for term in self._entries) / len(self._entries)
        taken = set(self._frequent)
        for text in english():
            tokens = "".join(character if character.isalnum() else " " for character in text.lower()).split()
            taken.update(tokens)
            taken.update(map(" ".join, itertools.pairwise(tokens)))
        made: dict[str, None] = {}  # a dict keeps its order, unlike a set
        while len(made) < count:
            first, second = rng.choice(words), rng.choice(words)
            is_phrase = rng.random() < phrases
            term = f"{first} {second}" if is_phrase else first[: len(first) // 2 + 1] + second[len(second) // 2 :]
            if term not in taken:
                made[term] = None
        return list(made)


def of_own_words(texts: list[str]) -> Pairs:
    """Return a lexicon of the most frequent words and word pairs of texts; translations are others of their words."""
    import regex

    word = regex.compile(r"[\w\p{M}]+")
    words: Counter[str] = Counter()
    phrases: Counter[str] = Counter()
    for text in texts:
        tokens = word.findall(text.lower())
        words.update(tokens)
        phrases.update(map(" ".join, itertools.pairwise(tokens)))
    terms = [term for term, _ in words.most_common(_OWN_WORDS) + phrases.most_common(_OWN_PHRASES)]
    vocabulary = [term for term in terms if " " not in term]
    rng = random.Random(0)
    return {language: [(term, rng.choice(vocabulary)) for term in terms] for language in LANGUAGES}
