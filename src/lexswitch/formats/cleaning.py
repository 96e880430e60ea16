"""Cleaning that dictionaries written for readers share: from the text of an entry to bare words and phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

Pair: TypeAlias = "tuple[str, str]"
Drop: TypeAlias = Callable[[str, str], None]
"""Is told the reason and the text of what is left out."""
EntryCleaner: TypeAlias = Callable[[str, Sequence[str], Drop], Iterator[Pair]]
"""Makes pairs of the headword and the lines of an entry."""
TextCleaner: TypeAlias = Callable[[str, str, Drop], Iterator[Pair]]
"""Makes pairs of a headword and the text of its translations."""

NO_PHRASE = "no word or phrase"
EXPLANATION = "explanation"
HEADWORD = "unusable headword"

_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\{[^{}]*\})")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_WIKI_SECTION = re.compile(r"(?<=\w)#[^\W\d][^,;]*")  # of a page that is named; not "C#"
_COMMA = re.compile(r"[,;](?=\s|$)|[،؛|]")  # a decimal or chemical comma has no blank behind it
_AND_SO_ON = re.compile(r"(?:^| )(?:usw\.|etc\.?|u\. ?a\.|z\. ?B\.|и т\. ?п\.|и т\. ?д\.|и пр\.|и др\.|إلخ|الخ)$")
_FOR_A_BLANK = re.compile(r"(?<=[^\s~_/()\[\]<>{},;.-])[~_](?=[^\s~_/()\[\]<>{},;.-])")  # not the "~" for the headword
_LEFTOVER = re.compile(r"^#(?=[^\W\d])|[()\[\]<>{}_|~\\=\0…]|\.\.\.| [-–—+] |: ")
PLACEHOLDER = re.compile(
    r"(?<!\w)(?:(?:jm?d[mns]?\.|jd[mns]|etw\.?|sb\.?|sth\.?|einer Sache)(?:'s)?(?:\s*/\s*|(?!\w)))+"
    r"|(?<!\w)(?:…|\.\.\.)(?!\w)"
)
_EDGES = "-+‑‐"  # a part of a compound

_NESTED = 8
_LONGEST = 200
_MOST_ALTERNATIVES = 8


class _Spelling(dict[int, str]):
    """Table for `str.translate` that is filled as characters come."""

    def __missing__(self, code: int) -> str:
        self[code] = spelled = _spell(chr(code))
        return spelled


def _spell(character: str) -> str:
    if "\ufb00" <= character <= "\ufefc" or character in "ĳĲ":  # ligatures and presentation forms
        return plain(unicodedata.normalize("NFKC", character))
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    joiner = character in "\u200c\u200d"  # these two belong to the spelling
    return "" if category == "Cf" and not joiner else character


_SPELLING = _Spelling()
_SPELLING.update({ord(old): new for old, new in zip("‐‑’‘`´", "--''''", strict=True)})  # one hyphen, one apostrophe
_SPELLING.update((ord(quote), "") for quote in '"“”„‚«»‹›\ufffd')  # quotation marks are no part of a term


def plain(text: str) -> str:
    """Spell in plain letters, drop control characters, fold white space; marks that stand for a blank become one."""
    if "~" in text or "_" in text:
        text = _FOR_A_BLANK.sub(" ", text)
    if text.isascii() and text.isprintable() and '"' not in text and "`" not in text:
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text.translate(_SPELLING)).split())


def without_brackets(text: str) -> str:
    """Drop what stands in brackets, innermost first.

    Of a link of a wiki, "[[гроб|гро́бе]]", what it shows stays, without the section that it points to, "manet#Ruotsi".
    """
    if "[[" in text or "#" in text:
        text = _WIKI_SECTION.sub("", _WIKI_LINK.sub(r"\1", text))
    for _ in range(_NESTED):
        shorter = _BRACKETED.sub("", text)
        if shorter == text:
            break
        text = shorter
    return text


def without_placeholders(text: str, placeholder: re.Pattern[str] = PLACEHOLDER) -> str:
    """Drop placeholders at the ends; nothing is left of a text with one within, because the rest is not a phrase."""
    if not placeholder.search(text):
        return text
    marked = " ".join(placeholder.sub(" \0 ", text).split()).replace("sich \0", "sich").strip("\0 ")
    return "" if "\0" in marked else marked


def parts(text: str) -> list[str]:
    """Split at commas, semicolons and bars."""
    return _COMMA.split(text)


def enumerates(text: str) -> bool:
    """Whether a text ends with "and so on"."""
    return bool(_AND_SO_ON.search(text.rstrip(" ,;")))


def is_and_so_on(text: str) -> bool:
    """Whether a text is nothing but "and so on"."""
    return bool(_AND_SO_ON.fullmatch(text))


def tidy(text: str, whole: bool = False) -> str:
    """Fold blanks; drop "and so on" and the punctuation around a phrase, but not the dot of an abbreviation.

    `whole` says that a text that is nothing but "and so on" is a phrase: the headword "etc", and its translations.
    """
    text = " ".join(text.split()).strip(" ,;:،؛¿¡!?؟*")
    if not (whole and _AND_SO_ON.fullmatch(text)):
        text = _AND_SO_ON.sub("", text).strip(" ,;:،؛")
    if text.startswith("'") and text.endswith("'"):
        text = text.strip("' ")
    if text.endswith(".") and text.count(" ") > 1 and text[-4:-1].islower():  # the dot of a sentence
        text = text.rstrip(" .")
    return text


def is_phrase(text: str) -> bool:
    """Whether a text is a word or phrase: no leftover of markup, part of a compound or formula of grammar."""
    if not 0 < len(text) <= _LONGEST or text[0] in _EDGES or text[-1] in _EDGES:
        return False
    return text.isalpha() or (any(map(str.isalnum, text)) and not _LEFTOVER.search(text))


def combine(headword: str, translation: str, drop: Drop) -> Iterator[Pair]:
    """Pair the alternatives of both sides: in their order if there are as many on each side, else all with all."""
    ours, theirs = alternatives(headword), alternatives(translation)
    found = [*zip(ours, theirs, strict=True)] if len(ours) == len(theirs) else [(a, b) for a in ours for b in theirs]
    pairs = [pair for pair in found if is_phrase(pair[0]) and is_phrase(pair[1])]
    if not pairs:
        drop(NO_PHRASE, translation)
    yield from pairs


def alternatives(phrase: str) -> list[str]:
    """Write out a word with alternatives, `about/around`; give up phrases with more of them or of parts of words."""
    if "/" not in phrase:
        return [phrase]
    words = phrase.split(" ")
    places = [place for place, word in enumerate(words) if "/" in word]
    word = words[places[0]]
    choices = word.split("/")
    if len(places) > 1 or not all(choices) or len(choices) > _MOST_ALTERNATIVES:
        return []
    if word.isupper() or (len(choices[0]) == 1 and word[0].isupper() and word[0] != "I"):
        return [phrase]  # AC/DC, E/A-Kanal
    if "-" in word:
        return []
    if len(choices[0]) > 1 and any(len(choice) == 1 and choice not in ("a", "I") for choice in choices):
        choices = choices[:1]  # letzte/r/s: endings
    return [" ".join([*words[: places[0]], choice, *words[places[0] + 1 :]]) for choice in choices]


_MOST_WORDS = 7
_LEAST_RATIO = 2


def is_explanation(headword: str, translation: str) -> bool:
    """Whether one side explains the other: it has more than seven words, and more than twice as many as the other."""
    fewer, more = sorted((headword.count(" ") + 1, translation.count(" ") + 1))
    return more > _MOST_WORDS and more > _LEAST_RATIO * fewer


_ALIKE = 0.6
"""Spellings of one word are alike by 0.62 and more (corpus, corpora), an inverted phrase by .5 (costs, monopoly)."""
_LIST = re.compile(r"\s*,(?=\s)\s*|\s+,\s*|(?<=[^\W\d]),(?=[^\W\d])")


def spellings(headword: str) -> list[str]:
    """The spellings of a headword: what is between bars, and "adviser, advisor" if what is between commas is alike.

    Sentences and inverted phrases ("bias, strategic") stay whole.
    """
    return [each for part in between_bars(headword) for each in _between_commas(part.strip(" ,"))]


def between_bars(text: str) -> list[str]:
    """The terms of "a|b|c"; a sentence stays whole."""
    if "|" not in text or (" " in text and text[-1] in ".!?"):
        return [text]
    return [part for part in map(str.strip, text.split("|")) if part] or [text]


def _between_commas(text: str) -> list[str]:
    if "," not in text:
        return [text]
    found = list(dict.fromkeys(filter(None, _LIST.split(text))))
    if len(found) < 2 or any(" " in each for each in found) or not found[-1][-1].isalnum():
        return [text]
    alike = all(SequenceMatcher(None, found[0], each).ratio() >= _ALIKE for each in found[1:])
    return found if alike else [text]


# -- dictionaries of no known family ---------------------------------------------------------------------------------

_PRONUNCIATION = re.compile(r"(?<!\S)/[^/]+/(?!\S)")
_NUMBER = re.compile(r"(?:^|(?<=\s))(?:\d{1,2}[.)]|\(\d{1,2}\)|[a-e]\)|[IVX]{1,4}\.|[•▸►→*·])(?=\s|$)")
_GRAMMAR = re.compile(
    r"(?<!\S)(?:n|v|adj|adv|prep|conj|pron|interj|int|num|art|vt|vi|v\.t|v\.i|m|f|nt|pl|sg|sing|noun|verb|adjective|"
    r"adverb|preposition|conjunction|pronoun|interjection)\.?(?=[\s,;]|$)"
)
_LEADING_GRAMMAR = re.compile(rf"^(?:{_GRAMMAR.pattern}[\s,;]*)+")
_MOST_BLANKS = 6


def clean(headword: str, lines: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Pairs of an entry of a dictionary of no known family.

    Lines are split at numbers of senses, semicolons and commas; brackets, pronunciation and labels of grammar go; what
    has more than six words is taken for an explanation.
    """
    term = tidy(without_placeholders(_bare(headword)), whole=True)
    if not is_phrase(term):
        drop(HEADWORD, headword)
        return
    for line in lines:
        for sense in _NUMBER.split(_bare(line)):
            for part in parts(_LEADING_GRAMMAR.sub("", sense.strip())):
                bare = without_placeholders(_LEADING_GRAMMAR.sub("", part.strip()))
                translation = tidy(bare, whole=is_and_so_on(term))
                if translation in ("", term):
                    continue
                if translation.count(" ") >= _MOST_BLANKS:
                    drop(EXPLANATION, translation)
                else:
                    for spelling in spellings(term):
                        yield from combine(spelling, translation, drop)


def _bare(text: str) -> str:
    return without_brackets(_PRONUNCIATION.sub(" ", plain(text)))
