"""Cleans glosses: the short English (or German, French, ...) translations in dictionaries of Chinese and Japanese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .cleaning import (
    EXPLANATION,
    HEADWORD,
    NO_PHRASE,
    Drop,
    EntryCleaner,
    Pair,
    alternatives,
    enumerates,
    is_and_so_on,
    is_phrase,
    plain,
    tidy,
    without_brackets,
    without_placeholders,
)

CLASSIFIER, REFERENCE, SURNAME, ABBREVIATION = "classifier", "reference", "surname", "abbreviation"

_MAX_SPACES = 6  # longer ones are explanations
_SEMICOLON = re.compile(r"[;；](?=\s|$)")
_NOTES = {
    CLASSIFIER: re.compile(r"^CL:"),
    SURNAME: re.compile(r"\bsurname [A-Z]"),
    ABBREVIATION: re.compile(r"^(?:(?:abbr\.?|abbreviation|acronym) (?:for|of|to)|short for|abbr\.)\s", re.IGNORECASE),
    # A gloss with Chinese or Japanese characters outside brackets refers to another entry.
    REFERENCE: re.compile(
        r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|\bvariant of\b"
        r"|^(?:see also|also (?:written|called|known as|transliterated)|used in|equivalent (?:of|to))\s"
        r"|^(?:also |Taiwan |old )?pr\.(?:\s|$)"
    ),
    EXPLANATION: re.compile(r"^(?:lit\.|literally|i\.e\.|e\.g\.|esp\.|cf\.)\s", re.IGNORECASE),
}
_LABEL = re.compile(r"(?:fig\.|figuratively|orig\.|usu\.)\s+", re.IGNORECASE)


def cleaner(headwords: Sequence[str]) -> EntryCleaner:
    """Return a cleaner for an entry that has several headwords; what is dropped is counted once."""

    def clean_entry(_: str, glosses: Sequence[str], drop: Drop) -> Iterator[Pair]:
        yield from clean(headwords, glosses, drop)

    return clean_entry


def clean(headwords: Sequence[str], glosses: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Yield each headword with each usable translation among the glosses.

    Text in brackets and labels are removed. A gloss is split at semicolons. A comma does not separate translations in
    these dictionaries; after a name, it begins an explanation ("Chengdu, capital of Sichuan"), which is removed.
    Notes and translations of more than seven words are dropped.
    """
    terms = []
    for headword in map(plain, headwords):
        if is_phrase(headword):
            terms.append(headword)
        else:
            drop(HEADWORD, headword)
    if terms:
        for gloss in glosses:
            for translation in _translations(gloss, drop):
                yield from ((term, translation) for term in terms)


def _translations(gloss: str, drop: Drop) -> Iterator[str]:
    """Yield the usable translations in a gloss."""
    for part in _SEMICOLON.split(without_brackets(plain(gloss))):
        text = _LABEL.sub("", part.strip(), count=1)
        if not text:
            continue
        if text[0].isupper():
            text = text.partition(", ")[0]
        note = next((reason for reason, pattern in _NOTES.items() if pattern.search(text)), None)
        if note or (enumerates(text) and not is_and_so_on(text)):
            drop(note or EXPLANATION, gloss)
            continue
        translation = tidy(without_placeholders(text), whole=True)
        found = [each for each in alternatives(translation) if is_phrase(each)]
        if translation.count(" ") > _MAX_SPACES:
            drop(EXPLANATION, translation)
        elif not found:
            drop(NO_PHRASE, gloss)
        else:
            yield from found
