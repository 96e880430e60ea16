"""Cleaning rules for dictionaries written for people: from the text of an entry to plain words and phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

Pair: TypeAlias = "tuple[str, str]"
Drop: TypeAlias = Callable[[str, str], None]
"""Receives the reason for a dropped text, and the text."""
EntryCleaner: TypeAlias = Callable[[str, Sequence[str], Drop], Iterator[Pair]]
"""Yields pairs from the headword and the lines of an entry."""
TextCleaner: TypeAlias = Callable[[str, str, Drop], Iterator[Pair]]
"""Yields pairs from a headword and the text of its translations."""

NO_PHRASE = "no word or phrase"
EXPLANATION = "explanation"
HEADWORD = "unusable headword"

_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\{[^{}]*\})")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_WIKI_SECTION = re.compile(r"(?<=\w)#[^\W\d][^,;]*")  # "page#section", but not "C#"
_COMMA = re.compile(r"[,;](?=\s|$)|[،؛|]")  # no space follows a decimal or chemical comma
_AND_SO_ON = re.compile(r"(?:^| )(?:usw\.|etc\.?|u\. ?a\.|z\. ?B\.|и т\. ?п\.|и т\. ?д\.|и пр\.|и др\.|إلخ|الخ)$")
_FOR_A_BLANK = re.compile(
    r"(?<=[^\s~_/()\[\]<>{},;.-])[~_](?=[^\s~_/()\[\]<>{},;.-])"
)  # not the "~" that means the headword
_LEFTOVER = re.compile(r"^#(?=[^\W\d])|[()\[\]<>{}_|~\\=\0…]|\.\.\.| [-–—+] |: ")
PLACEHOLDER = re.compile(
    r"(?<!\w)(?:(?:jm?d[mns]?\.|jd[mns]|etw\.?|sb\.?|sth\.?|einer Sache)(?:'s)?(?:\s*/\s*|(?!\w)))+"
    r"|(?<!\w)(?:…|\.\.\.)(?!\w)"
)
_EDGES = "-+‑‐"  # of a part of a compound

_MAX_NESTING = 8
_MAX_LENGTH = 200
_MAX_ALTERNATIVES = 8


class _Spelling(dict[int, str]):
    """Table for `str.translate` that adds each character at its first use."""

    def __missing__(self, code: int) -> str:
        self[code] = spelled = _spell(chr(code))
        return spelled


def _spell(character: str) -> str:
    if "\ufb00" <= character <= "\ufefc" or character in "ĳĲ":  # ligatures and presentation forms
        return plain(unicodedata.normalize("NFKC", character))
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    joiner = character in "\u200c\u200d"  # zero-width joiners belong to the spelling
    return "" if category == "Cf" and not joiner else character


_SPELLING = _Spelling()
_SPELLING.update({ord(old): new for old, new in zip("‐‑’‘`´", "--''''", strict=True)})  # one hyphen, one apostrophe
_SPELLING.update((ord(quote), "") for quote in '"“”„‚«»‹›\ufffd')  # quotation marks are not part of a term


def plain(text: str) -> str:
    """Replace ligatures and typographic marks, drop control characters, and collapse white space.

    Marks between words that replace a space ("~", "_") become a space.
    """
    if "~" in text or "_" in text:
        text = _FOR_A_BLANK.sub(" ", text)
    if text.isascii() and text.isprintable() and '"' not in text and "`" not in text:
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text.translate(_SPELLING)).split())


def without_brackets(text: str) -> str:
    """Remove brackets and their content, innermost first.

    Wiki links, "[[гроб|гро́бе]]", are replaced by their label, without the name of a section, "manet#Ruotsi".
    """
    if "[[" in text or "#" in text:
        text = _WIKI_SECTION.sub("", _WIKI_LINK.sub(r"\1", text))
    for _ in range(_MAX_NESTING):
        shorter = _BRACKETED.sub("", text)
        if shorter == text:
            break
        text = shorter
    return text


def without_placeholders(text: str, placeholder: re.Pattern[str] = PLACEHOLDER) -> str:
    """Remove placeholders at the ends; return "" if one is inside, because the rest is not a phrase."""
    if not placeholder.search(text):
        return text
    marked = " ".join(placeholder.sub(" \0 ", text).split()).replace("sich \0", "sich").strip("\0 ")
    return "" if "\0" in marked else marked


def parts(text: str) -> list[str]:
    """Split a text at commas, semicolons and bars."""
    return _COMMA.split(text)


def enumerates(text: str) -> bool:
    """Whether a text ends with an expression such as "etc."."""
    return bool(_AND_SO_ON.search(text.rstrip(" ,;")))


def is_and_so_on(text: str) -> bool:
    """Whether the whole text is an expression such as "etc."."""
    return bool(_AND_SO_ON.fullmatch(text))


def tidy(text: str, whole: bool = False) -> str:
    """Collapse spaces; remove "etc." and the punctuation around a phrase, but not the dot of an abbreviation.

    If `whole` is true, a text that is only "etc." is a phrase: the headword "etc", and its translations.
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
    """Whether a text is a word or phrase, not a remainder of markup, a part of a compound or grammar."""
    if not 0 < len(text) <= _MAX_LENGTH or text[0] in _EDGES or text[-1] in _EDGES:
        return False
    return text.isalpha() or (any(map(str.isalnum, text)) and not _LEFTOVER.search(text))


def combine(headword: str, translation: str, drop: Drop) -> Iterator[Pair]:
    """Pair the alternatives of both sides: one by one if the counts are equal, else all with all."""
    ours, theirs = alternatives(headword), alternatives(translation)
    found = [*zip(ours, theirs, strict=True)] if len(ours) == len(theirs) else [(a, b) for a in ours for b in theirs]
    pairs = [pair for pair in found if is_phrase(pair[0]) and is_phrase(pair[1])]
    if not pairs:
        drop(NO_PHRASE, translation)
    yield from pairs


def alternatives(phrase: str) -> list[str]:
    """Expand a word with alternatives, `about/around`; return [] if there are several or they are word parts."""
    if "/" not in phrase:
        return [phrase]
    words = phrase.split(" ")
    positions = [position for position, word in enumerate(words) if "/" in word]
    word = words[positions[0]]
    choices = word.split("/")
    if len(positions) > 1 or not all(choices) or len(choices) > _MAX_ALTERNATIVES:
        return []
    if word.isupper() or (len(choices[0]) == 1 and word[0].isupper() and word[0] != "I"):
        return [phrase]  # AC/DC, E/A-Kanal
    if "-" in word:
        return []
    if len(choices[0]) > 1 and any(len(choice) == 1 and choice not in ("a", "I") for choice in choices):
        choices = choices[:1]  # letzte/r/s: endings
    return [" ".join([*words[: positions[0]], choice, *words[positions[0] + 1 :]]) for choice in choices]


_MAX_WORDS = 7
_MIN_RATIO = 2


def is_explanation(headword: str, translation: str) -> bool:
    """Whether one side explains the other: more than seven words, and more than twice as many."""
    fewer, more = sorted((headword.count(" ") + 1, translation.count(" ") + 1))
    return more > _MAX_WORDS and more > _MIN_RATIO * fewer


_MIN_SIMILARITY = 0.6
"""Spellings of one word have a similarity of 0.62 or more (corpus, corpora), inverted phrases 0.5 (costs, monopoly)."""
_LIST = re.compile(r"\s*,(?=\s)\s*|\s+,\s*|(?<=[^\W\d]),(?=[^\W\d])")


def spellings(headword: str) -> list[str]:
    """Split a headword into its spellings, at bars and at commas between similar words ("adviser, advisor").

    Sentences and inverted phrases ("bias, strategic") are not split.
    """
    return [each for part in between_bars(headword) for each in _between_commas(part.strip(" ,"))]


def between_bars(text: str) -> list[str]:
    """Split "a|b|c" into terms; a sentence is not split."""
    if "|" not in text or (" " in text and text[-1] in ".!?"):
        return [text]
    return [part for part in map(str.strip, text.split("|")) if part] or [text]


def _between_commas(text: str) -> list[str]:
    if "," not in text:
        return [text]
    found = list(dict.fromkeys(filter(None, _LIST.split(text))))
    if len(found) < 2 or any(" " in each for each in found) or not found[-1][-1].isalnum():
        return [text]
    alike = all(SequenceMatcher(None, found[0], each).ratio() >= _MIN_SIMILARITY for each in found[1:])
    return found if alike else [text]


# -- dictionaries of unknown families ----------------------------------------------------------------------------------

_PRONUNCIATION = re.compile(r"(?<!\S)/[^/]+/(?!\S)")
_NUMBER = re.compile(r"(?:^|(?<=\s))(?:\d{1,2}[.)]|\(\d{1,2}\)|[a-e]\)|[IVX]{1,4}\.|[•▸►→*·])(?=\s|$)")
_GRAMMAR = re.compile(
    r"(?<!\S)(?:n|v|adj|adv|prep|conj|pron|interj|int|num|art|vt|vi|v\.t|v\.i|m|f|nt|pl|sg|sing|noun|verb|adjective|"
    r"adverb|preposition|conjunction|pronoun|interjection)\.?(?=[\s,;]|$)"
)
_LEADING_GRAMMAR = re.compile(rf"^(?:{_GRAMMAR.pattern}[\s,;]*)+")
_MAX_SPACES = 6


def clean(headword: str, lines: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Yield the pairs of an entry of a dictionary of an unknown family.

    Lines are split at sense numbers, semicolons and commas. Brackets, pronunciation and grammar labels are removed.
    Translations of more than six words are dropped as explanations.
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
                if translation.count(" ") >= _MAX_SPACES:
                    drop(EXPLANATION, translation)
                else:
                    for spelling in spellings(term):
                        yield from combine(spelling, translation, drop)


def _bare(text: str) -> str:
    return without_brackets(_PRONUNCIATION.sub(" ", plain(text)))
