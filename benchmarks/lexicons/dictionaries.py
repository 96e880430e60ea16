"""FreeDict and Mueller, fetched, read and joined into one lexicon from English to seven languages."""

from __future__ import annotations

import hashlib
import heapq
import re
import time
from functools import cache
from typing import NamedTuple

from benchmarks.common import freedict
from benchmarks.lexicons import data
from benchmarks.lexicons.measure import Effort, Row
from lexswitch import Lexicon

CODES = {"ar": "ara", "de": "deu", "es": "spa", "fr": "fra", "it": "ita", "nl": "nld", "ru": "rus"}
EARLIER = {  # pairs, and shares of the 1,000 and 5,000 most frequent words, from an earlier, simpler parser
    "de": (761_760, 0.952, 0.922),
    "ar": (89_053, 0.993, 0.986),
    "ru": (140_000, 0.808, 0.659),
    "nl": (49_635, 0.788, 0.575),
    "fr": (18_205, 0.720, 0.506),
    "es": (10_850, 0.689, 0.415),
    "it": (7_499, 0.624, 0.371),
}
"""Russian: Mueller only. nl, fr, es and it: pairs of both directions."""
SHARES = (1000, 5000)

_INVERSES = ("es", "fr", "it", "nl")
_JOINED = ("es", "it", "nl")
"""Their headwords are cut or joined; only two dictionaries together show which pairs are sound."""
_DRAWN = 50
_MARKS = {
    "brackets or tags": re.compile(r"[\[\](){}<>]"),
    "sth., sb., etw., jd., ...": re.compile(r"\b(?:sth|sb|smth|smb|etw|jm?d[mns]?|qc|qn|qq?ch)\b"),
    "dots": re.compile(r"\.\.|…"),
    "quotation marks": re.compile(r"[\"“”„«»]"),
    "= * _ ~ and bars": re.compile(r"[=|*_~]"),
}


class Dictionary(NamedTuple):
    """A dictionary in dictd's format."""

    package: str
    """Its Debian package."""
    name: str
    source: str
    target: str


def freedict_of(source: str, target: str) -> Dictionary:
    """Return FreeDict's dictionary for two languages."""
    codes = {"en": "eng", **CODES}
    name = f"freedict-{codes[source]}-{codes[target]}"
    return Dictionary(f"dict-{name}", name, source, target)


MUELLER = Dictionary("mueller7-dict", "mueller7", "en", "ru")


def all_dictionaries() -> list[Dictionary]:
    """Return the dictionaries of the lexicon."""
    forward = [freedict_of("en", language) for language in CODES]
    return [*forward, *(freedict_of(language, "en") for language in _INVERSES), MUELLER]


def read(dictionary: Dictionary) -> Lexicon:
    """Return a dictionary as a lexicon."""
    return _timed(dictionary)[0]


@cache
def _timed(dictionary: Dictionary) -> tuple[Lexicon, float]:
    """Return a dictionary as a lexicon, and the seconds of reading it."""
    path = freedict.index_file(dictionary.package, dictionary.name)
    start = time.perf_counter()
    lexicon = Lexicon.read(path, dictionary.source, dictionary.target, progress=False)
    return lexicon, time.perf_counter() - start


def joined(language: str) -> Lexicon:
    """Return all pairs from English to a language."""
    forward = read(freedict_of("en", language))
    if language in _JOINED:
        provenance = [*forward.provenance, *read(freedict_of(language, "en")).provenance]
        return Lexicon.from_pairs({language: freedict.pairs(language)}, provenance=provenance)
    if language in _INVERSES:
        return _union(language)
    return read(MUELLER).merge(forward) if language == "ru" else forward


def _union(language: str) -> Lexicon:
    """Return all pairs of the dictionaries of both directions."""
    return read(freedict_of("en", language)).merge(read(freedict_of(language, "en")).invert("en"))


@cache
def everything() -> Lexicon:
    """Return one lexicon from English to all languages."""
    first, *others = map(joined, CODES)
    return first.merge(*others)


def dictionaries(effort: Effort) -> list[Row]:
    """Measure pairs and coverage of each dictionary and each language of the joined lexicon; draw pairs from it."""
    rows = []
    for dictionary in all_dictionaries():
        lexicon, seconds = _timed(dictionary)
        (record,) = lexicon.provenance
        row = {"dictionary": dictionary.name, "licence": record.get("licence"), "dropped": record["dropped"]}
        rows.append({**row, "seconds": seconds, **_size(lexicon)})
    lexicon = everything()
    rows.append({"lexicon": lexicon.signature, "terms": len(lexicon), "pairs": lexicon.num_pairs})
    for language in CODES:
        of_language = lexicon.select([language])
        row = {"language": language, **_size(of_language), "marked": _marked(of_language), "drawn": _drawn(of_language)}
        if language in _INVERSES:
            row["union"] = _size(_union(language))
        rows.append(row)
    return rows


def _size(lexicon: Lexicon) -> Row:
    """Return numbers of pairs and terms; for English terms also the shares of frequent words that are terms."""
    size: Row = {"pairs": lexicon.num_pairs, "terms": len(lexicon)}
    if lexicon.source == "en":
        common = data.frequent_words(max(SHARES))
        size["shares"] = [sum(word in lexicon for word in common[:count]) / count for count in SHARES]
    return size


def _marked(lexicon: Lexicon) -> dict[str, int]:
    """Return the numbers of pairs with leftovers of dictionary markup."""
    texts = [f"{term}\n{translation}" for term, _, translation, _ in lexicon.pairs()]
    return {name: sum(bool(mark.search(text)) for text in texts) for name, mark in _MARKS.items()}


def _drawn(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Return the pairs with the smallest hashes: the same in every run, and almost the same if a few pairs change."""
    pairs = [(term, translation) for term, _, translation, _ in lexicon.pairs()]
    return sorted(heapq.nsmallest(_DRAWN, pairs, key=lambda pair: hashlib.sha256("\t".join(pair).encode()).digest()))


def save(path: str) -> Lexicon:
    """Save the joined lexicon and return it."""
    everything().save(path)
    return everything()
