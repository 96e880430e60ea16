"""Mueller's English-Russian dictionary, 7th edition (http://www.geocities.ws/mueller_dic/Mueller7.html): a text file.

A line is an article: headword, two spaces, text. Lines before the first article describe the dictionary and its
labels, which begin with an underscore. After ``[phonetics]`` follow homonyms ``_I``, parts of speech ``1. _n.`` and
senses ``2>`` (``2)`` in other releases). A sense has translations, separated by commas and semicolons, then examples
and idioms: English phrases with Russian translations, which may be divided into senses ``а>``. One release writes
stressed vowels in capitals. The files are in KOI8-R and must be converted to UTF-8. Releases for dictd and StarDict are
read by those formats and cleaned by the same rules. The usual translation comes first, so the k-th weighs 1/k.

Dropped: "unusable headword", "no translation", "explanation", "no word or phrase", as in the format dictd.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..lexicon.pairs import PairBlock
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .cleaning import (
    EXPLANATION,
    HEADWORD,
    Drop,
    Pair,
    combine,
    enumerates,
    is_phrase,
    plain,
    spellings,
    tidy,
    without_brackets,
)
from .entries import choose_target, entry_pairs, weigh_by_position
from .habits import without_habits

_PHONETICS = re.compile(r"\[[^\[\]]*\]")
_SENSE = re.compile(r"(?:^|\s)(?:_?[IVX]+\s|\d+[.)>]\s?)")
_SUBSENSE = re.compile(r"(?:^|\s)[а-я][)>]\s")
_LABEL = re.compile(r"_[^\W\d]+(?:-[^\W\d]+)?\.?")
_MAX_SPACES = 4  # longer ones are explanations
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_CLAUSE = re.compile(
    r", (?=(?:котор|кто\b|что\b|чтобы\b|где\b|когда\b|как\b|если\b|чем\b|чей\b))"
    r"|(?<![ыио]й), (?=\w+(?:щ|вш)(?:ий|ая|ее|ие|его|ей|их|ую|им|ими|ем)(?:ся)? (?:[вксуо]|со|за|из|на|от|по|для|при) )"
)
_PLACEHOLDER = re.compile(r"\b[а-яё]+-(?:л|либо|нибудь)\b\.?|\b(?:тж|см|ср|особ|обыкн|преим|напр)\.", re.IGNORECASE)
_ABOUT_WORDS = re.compile(r"(?:от|указывает|выражает|обозначает|употребляется|служит)\s|не \w+в$")
_STRESSED = re.compile("(?<=[а-яё])[АЕЁИОУЫЭЮЯ]")
_INITIAL = re.compile(r"\b[АЕЁИОУЫЭЮЯ](?=[а-яё])")


def clean(headword: str, lines: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Yield the pairs of an entry."""
    english = tidy(without_brackets(plain(headword)), whole=True)
    if not is_phrase(english):
        drop(HEADWORD, headword)
        return
    body = _unstressed(_PHONETICS.sub(" ", plain(" ".join(lines))))
    for sense in _SENSE.split(body):
        for russian in _translations(sense, drop):
            for spelling in spellings(english):
                yield from combine(spelling, russian, drop)


def _unstressed(text: str) -> str:
    """Write stressed vowels in lower case, also at the beginning of words if the text marks stress elsewhere."""
    if not _STRESSED.search(text):
        return text
    return " ".join(_unstressed_word(word) for word in text.split())


def _unstressed_word(word: str) -> str:
    if _STRESSED.search(word):
        return _STRESSED.sub(lambda found: found[0].lower(), word)
    return _INITIAL.sub(lambda found: found[0].lower(), word)


def _translations(sense: str, drop: Drop) -> Iterator[str]:
    """Yield the translations of a sense; they end at the first example, which begins with an English word."""
    sense = _LABEL.sub(" ", without_brackets(_SUBSENSE.sub("; ", sense)))
    for part in sense.split(";"):
        if _LATIN.search(part) or "=" in part:
            return
        if (
            enumerates(part) and " " in part.rpartition(",")[0].partition(",")[0].strip()
        ):  # "filling of this, that etc."
            drop(EXPLANATION, part)
            continue
        # A clause belongs to the word it explains; together they are not a translation.
        part = _CLAUSE.sub("|", _PLACEHOLDER.sub(" ", part.replace("...", " ")))
        for text in map(tidy, part.split(",")):
            if not _CYRILLIC.search(text):
                continue
            if "." in text or "|" in text or text.count(" ") > _MAX_SPACES or _ABOUT_WORDS.match(text):
                drop(EXPLANATION, text)
            else:
                yield text


# -- the text file ---------------------------------------------------------------------------------------------------

_LANGUAGES = ("en", "ru")
_GAP = "  "
_ARTICLE = re.compile(r"\S.*?  .*[Ѐ-ӿ\ufffd]")  # U+FFFD stands for letters in another encoding


def _detect(sample: Sample) -> bool:
    """Whether the first line names the dictionary, and most others are headword, two spaces, Russian text."""
    first, *others = sample.lines[:100] or [""]
    return "mueller" in first.lower() and sum(map(bool, map(_ARTICLE.match, others))) > len(others) / 2 > 0


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    return in_blocks(without_habits(file, weigh_by_position(_entries(file))))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    target = choose_target(file, _LANGUAGES)
    for number, line in file.lines():
        headword, gap, text = line.partition(_GAP)
        if number == 1:
            file.metadata["name"] = line.strip()[:300]
        elif gap and not headword.startswith("_"):
            for english, russian in entry_pairs(file, number, headword, [text], clean):
                yield Entry(number, english, target, russian)


FORMAT = Format("mueller", "Mueller's English-Russian dictionary as a text file", _detect, _read)
