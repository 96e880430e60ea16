"""Cleans the text of FreeDict dictionaries (https://freedict.org), as in its releases for dictd.

The first line of an entry is ``headword /pronunciation/ <grammar>``; the next lines are senses, ``1. one, another``.
Dictionaries made from the Ding word list have one line instead, ``Wort <neut>, anderes Wort <neut> [techn.]``. Lines
with a deeper indent are synonyms, references, notes and examples; more translations may follow a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .cleaning import (
    HEADWORD,
    NO_PHRASE,
    PLACEHOLDER,
    Drop,
    Pair,
    combine,
    is_and_so_on,
    parts,
    plain,
    spellings,
    tidy,
    without_brackets,
    without_placeholders,
)
from .marks import Edit

_HEADWORD = re.compile(r"^(.*?)(?: /[^/]*/)+(?= \(| <|$)")
_NEXT_SPELLING = re.compile(r" /[^/]*/, ")
_AFFIX = re.compile(r"<[^<>]*\b(?:suffix|prefix|affix|infix)\b")
_NUMBER = re.compile(r"^ ?(?:[IVX]+\.\s+)?(?:<[^<>]*>\s*)?(?:\d+\.(?:\s+|$))?")
_OTHER_PHRASE = re.compile(r"[A-Za-z] {2,}\w")  # a phrase with the headword and its translation
_PHRASE_TRANSLATED = " - "  # begins the line after a phrase with the headword
_ASIDE = re.compile(r" {3}| ?(?:see|Synonyms?|Antonyms?|Note):")
_NOTE = "Note:"
_MAX_LENGTH = 300
_TAGGED = re.compile(r"<[a-z][^<>]*>")
_SENTENCE = re.compile(r"\w(?:[.!?]+| ?…)$")
_SPACED_LETTERS = re.compile(r"\b\w\. ?\w\.$")  # "p. m."
_NEXT_SENTENCE = re.compile(r"(?<=[.!?])\s*[,;]\s")
# An abbreviation with its pronunciation often follows a word without a separator; both are removed.
_ABBREVIATION = re.compile(r"(?:^|(?<=[,<>\[\]()])|(?<=/ ))[^,<>\[\]()]{0,200}, /[^/]{1,80}/")
_NUMBER_OF_HOMONYM = re.compile(r"(?<=[^\W\d]):\d$")
_INVERTED = re.compile(r"^([^,~]+), ([^,~]+)~([^,~]*)$")  # "fürchten, sich ~"
_CASE = re.compile(r"\+ ?(?:[Gg]en|[Dd]at|[Aa]kk|[Aa]cc)\b\.?")
_PERSON_EXPLAINED = re.compile(r"\bjm?d\.,")  # "jmd., der ...", somebody who ...
_NOUN = re.compile(r"\b[A-ZÄÖÜ][\w-]+ ?$")
_CLAUSE = re.compile(r" (?:der|die|das|dem|den|denen|deren|dessen|dass) .*\b[a-zäöüß]+ ?$")
_ARABIC = re.compile("[\u0600-\u06ff]")
_ARABIC_ASIDE = re.compile(r" - [^،,؛;]*|:[^،,؛;]*")


class Rules(NamedTuple):
    """Rules of one dictionary."""

    line: Edit = str
    """Edits the lines of an entry."""
    text: Edit = str
    """Edits the text of translations, after `plain`."""
    placeholder: re.Pattern[str] = PLACEHOLDER
    """Matches placeholders in phrases, such as "something"."""


USUAL = Rules()


def clean(headword: str, lines: Sequence[str], drop: Drop, rules: Rules = USUAL) -> Iterator[Pair]:
    """Yield the pairs of an entry with numbered senses."""
    senses = []
    for line, following in pairwise([*map(rules.line, lines), ""]):
        if following.startswith(_PHRASE_TRANSLATED):
            phrase = without_brackets(plain(_NUMBER.sub("", line)))
            yield from clean_text(phrase, following.removeprefix(_PHRASE_TRANSLATED), drop, rules)
        elif not _ASIDE.match(line) and not line.startswith(_PHRASE_TRANSLATED):
            senses.append(_NUMBER.sub("", line))
    senses = [sense for sense in senses if not _OTHER_PHRASE.search(without_brackets(sense))]
    yield from _clean(headword, senses, drop, rules)


def clean_ding(headword: str, lines: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Yield the pairs of an entry made from the Ding word list, in which "1." is an ordinal number."""
    yield from _clean(headword, (_after_note(line) if _ASIDE.match(line) else line for line in lines), drop)


def _clean(headword: str, lines: Iterable[str], drop: Drop, rules: Rules = USUAL) -> Iterator[Pair]:
    """Yield the pairs of a headword line and the lines of translations."""
    headword = plain(headword)
    if _AFFIX.search(headword):
        drop(HEADWORD, headword)
        return
    found = _HEADWORD.match(headword)
    headwords = _NEXT_SPELLING.split(found[1]) if found else [headword]
    for line in lines:
        for each in headwords if line else []:
            yield from clean_text(each, line, drop, rules)


def _after_note(line: str) -> str:
    """The translations after a note, "Person, windig <adj>"; only parts with a tag are surely translations."""
    note, found, text = line.strip().partition(", ")
    if not found or not note.startswith(_NOTE):
        return ""
    return ", ".join(part for part in parts(text) if _TAGGED.search(part))


def clean_text(headword: str, text: str, drop: Drop, rules: Rules = USUAL) -> Iterator[Pair]:
    """Yield the pairs of a headword and the text of its translations, both uncleaned."""
    headword = _NUMBER_OF_HOMONYM.sub("", without_brackets(plain(headword)))
    headword = _INVERTED.sub(r"\2\1\3", headword)
    phrase = without_placeholders(headword, rules.placeholder)
    term = tidy(phrase, whole=True)
    if not 0 < len(term) <= _MAX_LENGTH:
        drop(HEADWORD, headword)
        return
    whole = headword if headword.endswith("…") else phrase  # "It is good that …" is a sentence, "cut sth." is not
    is_sentence = " " in term and bool(_SENTENCE.search(whole)) and not _SPACED_LETTERS.search(whole)
    terms = [term] if is_sentence else spellings(term)
    is_sentence = is_sentence or "," in terms[0]  # "no pain, no gain"
    for part in _translations(rules.text(plain(text)), is_sentence):
        if translation := tidy(without_placeholders(part, rules.placeholder), whole=is_and_so_on(term)):
            for each in terms:
                yield from combine(each, translation, drop)
        elif not part.isspace() and part:
            drop(NO_PHRASE, part)


def _translations(text: str, is_sentence: bool) -> Iterator[str]:
    """Split a text into translations; sentences are not split at commas."""
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
    """Remove German nouns with a relative clause, "Zeitschriften, die nicht zurückgenommen werden"."""
    clauses = [bool(_CLAUSE.match(part)) and bool(_NOUN.search(before)) for before, part in pairwise(["", *found])]
    for part, is_clause, explained in zip(found, clauses, [*clauses[1:], False], strict=True):
        if not is_clause and not explained:
            yield part


# -- rules of single dictionaries --------------------------------------------------------------------------------------

_POLISH_LABEL = re.compile(r"^\W*(?:[a-h]|[IVX]+)\.(?:\s+|$)")
_POLISH_FRAME = re.compile(r"\([^()]*:\w[^()]*\)")  # "go to bed (go V: :to :bed)", an English phrase


def _polish(text: str) -> str:
    return "" if _POLISH_FRAME.search(text) else _POLISH_LABEL.sub("", without_brackets(text))


_TURKISH_REFERENCE = re.compile(r"\(bak\.\).*")
_TURKISH_LATIN = re.compile(r"\((?:bot|zool)\.\) ?[A-Z][a-z]+(?: [a-z]+)?(?= ?(?:[.,;]|$))")
_TURKISH_INFLECTED = re.compile(r"\(([^()]*)\)(?=')")  # "(A.B.D.)'nin"
_TURKISH_LABEL = re.compile(r"^(?:tar|bot|zool|tıb|huk|müz|mat|fiz|kim|mim|ask|den|kıs|çoğ)\. ")
_TURKISH_PHRASES = re.compile(r"\.(?: .*)?$")  # translations end at a full stop; English phrases follow
_TURKISH_HYPHEN = re.compile(r"(?<=[a-zçğıöşü])- (?=[a-zçğıöşü])")  # of a line break


def _turkish(text: str) -> str:
    text = _TURKISH_INFLECTED.sub(r"\1", _TURKISH_LATIN.sub("", _TURKISH_REFERENCE.sub("", text)))
    text = _TURKISH_LABEL.sub("", " ".join(without_brackets(text).split()).lstrip(" ."))
    return _TURKISH_HYPHEN.sub("", _TURKISH_PHRASES.sub("", text))


_BRETON_LABEL = re.compile(r"(?: (?:adj|adv|n|v|m|f)\.?)+(?= ?(?:[,;]|$))|^\d+\.(?=[^\W\d])")
_WOLOF_LABEL = re.compile(r"^(?:n|v|adj|adv|conj|pron|prep)\.(?=[^\W\d]{2})")
_HUNGARIAN = Rules(placeholder=re.compile(rf"{PLACEHOLDER.pattern}|(?<!\w)(?:s[yg]|v[km]i\w*)(?:'s)?(?!\w)"))

# Usage notes of JMdict; a translation follows without a space, "slangfishie".
_JAPANESE_NOTE = re.compile(
    r"^ {3,}Note: (?:(?:word usually written using kanj?[ia] alone|onomatopoeic or mimetic word|yojijukugo|proverb"
    r"|honorific or respectful \(sonkeigo\) language|humble \(kenjougo\) language|polite \(teineigo\) language"
    r"|abbreviation|archaism|colloquialism|derogatory|sensitive|poetical term|quotation|familiar language"
    r"|(?:manga |male |Internet )?slang|idiomatic expression|jocular, humorous term|children's language"
    r"|(?:fe)?male term or language|(?:obscure|obsolete|dated|rare|historical|literary or formal) term"
    r"|vulgar expression or word|rude or X-rated term(?: \([^()]*\))?)[,;]? ?)+"
)
_JAPANESE = Rules(line=lambda line: _JAPANESE_NOTE.sub("", line))

RULES: dict[tuple[str, str], Rules] = {
    ("en", "pl"): Rules(text=_polish),
    ("en", "tr"): Rules(text=_turkish),
    ("br", "fr"): Rules(text=lambda text: _BRETON_LABEL.sub("", text)),
    ("wo", "fr"): Rules(text=lambda text: _WOLOF_LABEL.sub("", text)),
    ("ja", "de"): _JAPANESE,
    ("ja", "en"): _JAPANESE,
    ("ja", "fr"): _JAPANESE,
    ("ja", "ru"): _JAPANESE,
    ("en", "hu"): _HUNGARIAN,
    ("hu", "en"): _HUNGARIAN,
}
"""Rules by source and target language, for FreeDict dictionaries not from WikDict or the Ding word list."""
