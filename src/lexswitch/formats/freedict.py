"""Cleaning the text of FreeDict's dictionaries (https://freedict.org), as its releases for dictd have it.

The first line of an entry is ``headword /pronunciation/ <grammar>``, the next ones are senses, ``1. one, another``.
Dictionaries made of the Ding word list have one line instead, ``Wort <neut>, anderes Wort <neut> [techn.]``. Lines that
begin with more blanks are synonyms, references, notes and examples; a note may be followed by the rest of the
translations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from .cleaning import HEADWORD, NO_PHRASE, Drop, Pair, combine, parts, plain, tidy, without_brackets

_HEADWORD = re.compile(r"^(.*?)(?: /[^/]*/)+(?= \(| <|$)")
_NEXT_SPELLING = re.compile(r" /[^/]*/, ")
_AFFIX = re.compile(r"<[^<>]*\b(?:suffix|prefix|affix|infix)\b")
_NUMBER = re.compile(r"^ ?(?:[IVX]+\.\s+)?(?:<[^<>]*>\s*)?(?:\d+\.(?:\s+|$))?")
_OTHER_PHRASE = re.compile(r"[A-Za-z] {2,}\w")  # a phrase with the headword and its translation
_ASIDE = re.compile(r" {3}| ?(?:see|Synonyms?|Antonyms?|Note):")
_NOTE = "Note:"
_LONGEST = 300
_TAGGED = re.compile(r"<[a-z][^<>]*>")
_SENTENCE = re.compile(r"\w(?:[.!?]+| ?…)$")
_SPACED_LETTERS = re.compile(r"\b\w\. ?\w\.$")  # "p. m."
_NEXT_SENTENCE = re.compile(r"(?<=[.!?])\s*[,;]\s")
# An abbreviation with its pronunciation is often glued to the word before it, which is then lost.
_ABBREVIATION = re.compile(r"(?:^|(?<=[,<>\[\]()])|(?<=/ ))[^,<>\[\]()]{0,200}, /[^/]{1,80}/")
_CASE = re.compile(r"\+ ?(?:[Gg]en|[Dd]at|[Aa]kk|[Aa]cc)\b\.?")
_PLACEHOLDER = re.compile(
    r"(?<!\w)(?:(?:jm?d[mns]?\.|jd[mns]|etw\.?|sb\.?|sth\.?|einer Sache)(?:'s)?(?:\s*/\s*|(?!\w)))+"
    r"|(?<!\w)(?:…|\.\.\.)(?!\w)"
)
_PERSON_EXPLAINED = re.compile(r"\bjm?d\.,")  # "jmd., der ...": somebody who ...
_NOUN = re.compile(r"\b[A-ZÄÖÜ][\w-]+ ?$")
_CLAUSE = re.compile(r" (?:der|die|das|dem|den|denen|deren|dessen|dass) .*\b[a-zäöüß]+ ?$")
_ARABIC = re.compile("[\u0600-\u06ff]")
_ARABIC_ASIDE = re.compile(r" - [^،,؛;]*|:[^،,؛;]*")


def clean(headword: str, lines: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Pairs of an entry whose senses are numbered."""
    senses = (_NUMBER.sub("", line) for line in lines if not _ASIDE.match(line))
    yield from _clean(headword, (sense for sense in senses if not _OTHER_PHRASE.search(without_brackets(sense))), drop)


def clean_ding(headword: str, lines: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Pairs of an entry of a dictionary made of the Ding word list, where "1." begins an ordinal number."""
    yield from _clean(headword, (_after_note(line) if _ASIDE.match(line) else line for line in lines), drop)


def _clean(headword: str, lines: Iterable[str], drop: Drop) -> Iterator[Pair]:
    """Pairs of a headword, with all that stands in its line, and lines of translations."""
    headword = plain(headword)
    if _AFFIX.search(headword):
        drop(HEADWORD, headword)
        return
    found = _HEADWORD.match(headword)
    spellings = _NEXT_SPELLING.split(found[1]) if found else [headword]
    for line in lines:
        for spelling in spellings if line else []:
            yield from clean_text(spelling, line, drop)


def _after_note(line: str) -> str:
    """The translations that follow a note, "Person, windig <adj>": only what has a tag is sure to be one."""
    note, found, text = line.strip().partition(", ")
    if not found or not note.startswith(_NOTE):
        return ""
    return ", ".join(part for part in parts(text) if _TAGGED.search(part))


def clean_text(headword: str, text: str, drop: Drop) -> Iterator[Pair]:
    """Pairs of a headword and the text of its translations, both as the dictionary has them."""
    headword = without_brackets(plain(headword))
    phrase = _without_placeholders(headword)
    term = tidy(phrase)
    if not 0 < len(term) <= _LONGEST:
        drop(HEADWORD, headword)
        return
    whole = headword if headword.endswith("…") else phrase  # "It is good that …" is a sentence, "cut sth." is none
    is_sentence = " " in term and bool(_SENTENCE.search(whole)) and not _SPACED_LETTERS.search(whole)
    for part in _translations(plain(text), is_sentence):
        if translation := tidy(_without_placeholders(part)):
            yield from combine(term, translation, drop)
        elif not part.isspace() and part:
            drop(NO_PHRASE, part)


def _without_placeholders(text: str) -> str:
    """Drop placeholders at the ends; nothing is left of a text with one within, for the rest is no phrase."""
    if not _PLACEHOLDER.search(text):
        return text
    marked = " ".join(_PLACEHOLDER.sub(" \0 ", text).split()).replace("sich \0", "sich").strip("\0 ")
    return "" if "\0" in marked else marked


def _translations(text: str, is_sentence: bool) -> Iterator[str]:
    """Split into translations; a whole sentence is not split at its commas."""
    text = _CASE.sub("", without_brackets(_ABBREVIATION.sub("", text.replace("\\", ""))))
    if _PERSON_EXPLAINED.search(text):
        return
    if _ARABIC.search(text):
        text = _ARABIC_ASIDE.sub("", text).replace("/", ",").replace(",", ", ").replace(".", " ")
    if is_sentence:
        for part in _NEXT_SENTENCE.split(text):
            yield part.rstrip(" .")
    else:
        yield from _without_clauses(parts(text))


def _without_clauses(found: list[str]) -> Iterator[str]:
    """Leave out a German noun with its relative clause, "Zeitschriften, die nicht zurückgenommen werden"."""
    clauses = [bool(_CLAUSE.match(part)) and bool(_NOUN.search(before)) for before, part in pairwise(["", *found])]
    for part, is_clause, explained in zip(found, clauses, [*clauses[1:], False], strict=True):
        if not is_clause and not explained:
            yield part
