"""Measurement: how often the chosen translation of a title's word is in the translated title."""

from __future__ import annotations

import hashlib
import math
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from benchmarks.common import freedict, help_text
from benchmarks.common.processes import Row
from lexswitch import Lexicon
from lexswitch._io.data import read_data
from lexswitch.engine.characters import normalise_word
from lexswitch.lexicon.senses import agreement_weights, domain_weights
from lexswitch.text.inflection import inflected_pairs

LANGUAGES = ("de", "it", "nl", "fr", "es", "ru")
_TRANSLATED = 0.9
_INVERSES = {"it": "ita", "nl": "nld", "fr": "fra", "es": "spa"}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PAIRS = _WORDS = 1_000_000

# -- the text ---------------------------------------------------------------------------------------------------------


class Title(NamedTuple):
    """An English title, and the words of its translation and of the translated page."""

    words: list[str]
    title: frozenset[str]
    page: frozenset[str]


def part(path: str, salt: str = "") -> int:
    """Return 0 or 1, the half of a page; it is the same in every language."""
    return hashlib.sha256(f"{salt}{path}".encode()).digest()[0] & 1


def domain_text(language: str, half: int, quarter: int | None = None) -> list[str]:
    """Return the text of one half of the pages in one language, or of half of it, as it is and not aligned."""
    return [
        text
        for path, blocks in help_text.pages(language).items()
        if part(path) == half and quarter in (None, part(path, "quarter "))
        for text in blocks.values()
    ]


def titles(language: str, half: int) -> list[Title]:
    """Return the titles of the pages of one half that are translated."""
    stopwords, english, found = set(read_data("text", "stopwords-en.txt").split()), help_text.pages("en"), []
    for path, blocks in help_text.pages(language).items():
        original = english.get(path, {})
        key = next((key for key in blocks if key[1] == "h1"), None)
        if part(path) != half or key is None or blocks[key] == original.get(key, blocks[key]):
            continue
        if help_text.translated_share(blocks, original) >= _TRANSLATED:
            content = [word for word in words(original[key]) if word not in stopwords and not word.isdigit()]
            page = beginnings(word for text in blocks.values() for word in words(text))
            found.append(Title(content, beginnings(words(blocks[key])), page))
    return found


def words(text: str) -> list[str]:
    return [normalise_word(word) for word in _WORD.findall(text)]


def beginnings(of: Iterable[str]) -> frozenset[str]:
    """Return whole words, with a mark, and all of their prefixes of three letters or more."""
    return frozenset(
        part for word in set(of) for part in ("=" + word, *(word[:end] for end in range(3, len(word) + 1)))
    )


def occurs(candidate: str, text: frozenset[str]) -> bool:
    """Return whether each word of a candidate occurs: a short word itself, a longer one as a prefix."""
    found = words(candidate)
    return bool(found) and all(("=" + word if len(word) <= 3 else stem(word)) in text for word in found)


def stem(word: str) -> str:
    """Return the first 70 % of a word, at least three letters, as a crude stem."""
    return word[: max(3, math.floor(0.7 * len(word) + 0.5))]


# -- the lexicons -----------------------------------------------------------------------------------------------------


class Lexicons(NamedTuple):
    """Lexicons of one language. Each one has one more source than the one before."""

    dictionary: Lexicon
    joined: Lexicon
    inflected: Lexicon


def lexicons(language: str) -> Lexicons:
    pairs = freedict.all_pairs(language)
    dictionary = Lexicon.from_pairs({language: pairs})
    starter = [(term, other) for term, _, other, _ in Lexicon.starter().select([language]).pairs()]
    joined = Lexicon.from_pairs({language: [*pairs, *starter]})
    vocabulary = {word for blocks in help_text.pages("en").values() for text in blocks.values() for word in words(text)}
    forms = [
        (term, other) for term, _, other, _ in inflected_pairs(joined, joined.languages, joined.source, vocabulary)
    ]
    return Lexicons(dictionary, joined, Lexicon.from_pairs({language: [*pairs, *starter, *forms]}))


def in_order(lexicon: Lexicon, language: str) -> Lexicon:
    """Return the same pairs in the same order, with weight 1/sqrt(k) for the k-th candidate of a term."""
    places, pairs = Counter[str](), []
    for term, _, translation, _ in lexicon.pairs():
        places[term] += 1
        pairs.append((term, translation, places[term] ** -0.5))
    return Lexicon.from_pairs({language: pairs})


def dictionaries(language: str) -> list[Lexicon]:
    """Return the dictionaries that can agree: forward, inverse, Mueller's, and the starter lexicon."""
    code = {"de": "deu", "ru": "rus", **_INVERSES}[language]
    found = [_read(f"freedict-eng-{code}", "en", language), Lexicon.starter().select([language])]
    if language in _INVERSES:
        found.append(_read(f"freedict-{code}-eng", language, "en"))
    if language == "ru":
        found.append(Lexicon.from_pairs({"ru": freedict.mueller_pairs()}))
    return found


def _read(name: str, source: str, target: str) -> Lexicon:
    return Lexicon.read(freedict.index_file(f"dict-{name}", name), source, target, progress=False)


def general_frequencies(language: str) -> dict[str, float]:
    from wordfreq import get_frequency_dict

    return dict(get_frequency_dict(language, wordlist="best"))


# -- the measure ------------------------------------------------------------------------------------------------------


def shares(asked: list[Title], lexicon: Lexicon, weights: Any = None) -> dict[str, float]:
    """Return the shares of known words whose chosen candidate is in the translated title and in the page."""
    chosen = best(lexicon, weights)
    known = [(title, word) for title in asked for word in title.words if word in chosen]
    found = {
        "title": sum(occurs(chosen[word], title.title) for title, word in known),
        "page": sum(occurs(chosen[word], title.page) for title, word in known),
    }
    return {source: count / max(1, len(known)) for source, count in found.items()}


def best(lexicon: Lexicon, weights: Any) -> dict[str, str]:
    """Return the candidate of each term with the largest weight; of equal ones the first."""
    chosen: dict[str, tuple[float, str]] = {}
    for row, (term, _, translation, weight) in enumerate(lexicon.pairs()):
        weight = weight if weights is None else float(weights[row])
        if term not in chosen or weight > chosen[term][0]:
            chosen[term] = weight, translation
    return {term: translation for term, (_, translation) in chosen.items()}


def any_candidate(asked: list[Title], lexicon: Lexicon, language: str) -> dict[str, float]:
    found, known = Counter[str](), 0
    for title in asked:
        for word in title.words:
            if candidates := lexicon.get(word):
                known += 1
                found["title"] += any(occurs(each.translation, title.title) for each in candidates[language])
                found["page"] += any(occurs(each.translation, title.page) for each in candidates[language])
    return {source: found[source] / max(1, known) for source in ("title", "page")}


def known_words(asked: list[Title], lexicon: Lexicon) -> float:
    each = [word in lexicon for title in asked for word in title.words]
    return sum(each) / len(each)


def measure(language: str, half: int) -> Row:
    """Measure one language on the titles of one half; the other half is the domain."""
    asked, of = titles(language, half), lexicons(language)
    english, text = domain_text("en", 1 - half), domain_text(language, 1 - half)
    return {
        "language": language,
        "titles": len(asked),
        "words": sum(len(title.words) for title in asked),
        "known": {name: known_words(asked, lexicon) for name, lexicon in of._asdict().items()},
        "joined": _choices(asked, of.inflected, language, english, text, half),
        "dictionary": _choices(asked, of.dictionary, language, english, text, half),
    }


def _choices(
    asked: list[Title], lexicon: Lexicon, language: str, english: list[str], text: list[str], half: int
) -> Row:
    general, others = general_frequencies(language), dictionaries(language)
    apart = domain_text("en", 1 - half, 0), domain_text(language, 1 - half, 1)
    ranked = in_order(lexicon, language)
    agreeing = agreement_weights(lexicon, others)
    frequent = domain_weights(lexicon, {language: general})
    choices: dict[str, Callable[[], Any]] = {
        "first": lambda: None,
        "general": lambda: frequent,
        "agreement": lambda: agreeing,
        "sum": lambda: agreeing * frequent,
        "frequency": lambda: domain_weights(lexicon, {language: text}),
        "contexts": lambda: domain_weights(lexicon, {"en": english, language: text}),
        "ordered": lambda: domain_weights(ranked, {"en": english, language: text}),
        "frequency_half": lambda: domain_weights(lexicon, {language: apart[1]}),
        "contexts_apart": lambda: domain_weights(lexicon, {"en": apart[0], language: apart[1]}),
    }
    result: dict[str, Any] = {name: shares(asked, lexicon, weigh()) for name, weigh in choices.items()}
    result["any"] = any_candidate(asked, lexicon, language)
    return {name: {source: round(share, 5) for source, share in of.items()} for name, of in result.items()} | {
        "pairs": lexicon.num_pairs
    }


def speed() -> Row:
    """Measure the seconds for a million pairs and a million words of each side, the median of three."""
    lexicon = Lexicon.from_pairs({"de": _million_pairs()})
    texts = {language: list(_million_words(language)) for language in ("en", "de")}
    result: Row = {"pairs": lexicon.num_pairs}
    result |= {f"words_{language}": sum(map(len, map(words, text))) for language, text in texts.items()}
    inverse = lexicon.invert("de")
    runs: dict[str, Callable[[], object]] = {
        "frequency": lambda: domain_weights(lexicon, {"de": texts["de"]}),
        "contexts": lambda: domain_weights(lexicon, texts),
        "agreement": lambda: agreement_weights(lexicon, [inverse]),
    }
    for name, run in runs.items():
        times = []
        for _ in range(3):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        result[name] = statistics.median(times)
    return result


def _million_pairs() -> list[tuple[str, str]]:
    """Return the 760,000 German pairs, and some of them again with another term."""
    pairs = freedict.pairs("de")
    return [*pairs, *((f"x {term}", other) for term, other in pairs[: max(0, _PAIRS - len(pairs))])]


def _million_words(language: str) -> Iterator[str]:
    count = 0
    while count < _WORDS:
        for text in help_text.paragraphs(language):
            yield text
            count += len(text.split())
            if count >= _WORDS:
                return
