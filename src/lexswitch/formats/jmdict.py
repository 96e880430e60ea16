"""JMdict, the multilingual dictionary of Japanese in XML (http://www.edrdg.org/jmdict/j_jmdict.html).

An ``entry`` has spellings in kanji (``k_ele/keb``) and in kana (``r_ele/reb``), and senses with a ``gloss`` for each
translation. ``xml:lang`` is the language of a gloss; English if there is none. The Japanese words are the spellings in
kanji, else those in kana; a sense with ``stagk`` applies to some of them. Unusual spellings are skipped as in the
format edict, by the entity in ``ke_inf`` or ``re_inf``. If the source language is not Japanese, the pairs are inverted.

The document type declares an entity for each label. Entities are read, but they are never expanded by the parser:
entities in other files, entities that hold entities, and long ones are refused. No other file is opened.

Glosses are cleaned as in the format cedict, which lists the reasons of what is dropped. Also dropped: "explanation"
(``g_type`` is ``expl`` or ``lit``), "no headword", "wrong language code", "text of more than 10,000 characters", "entry
of more than 5,000 parts".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..lexicon.pairs import PairBlock
from ..text.languages import primary_language, to_bcp47
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .cleaning import EXPLANATION
from .edict import usual_spellings
from .entries import choose_target
from .glosses import clean
from .habits import without_habits
from .jsonl import check_found
from .xml_stream import LONG_TEXT, MAX_TEXT_LENGTH, XML_LANG, XmlParser

_ROOT = re.compile(rb"<JMdict[\s>]")
_MAX_PARTS = 5000
_EXPLAINING = {"expl", "lit"}
_TEXTS = {"keb", "reb", "ke_inf", "re_inf", "stagk", "gloss"}


class _Gloss(NamedTuple):
    code: str
    kind: str
    """Value of ``g_type``."""
    text: str


class _JapaneseEntry(NamedTuple):
    """An entry of the dictionary."""

    line: int
    kanji: list[tuple[str, list[str]]]
    """Spellings with their labels."""
    kana: list[tuple[str, list[str]]]
    senses: list[tuple[list[str], list[_Gloss]]]
    """Spellings in kanji to which a sense applies (none for all), and its glosses."""

    def num_parts(self) -> int:
        """The number of spellings and senses, and of glosses of the last sense."""
        return len(self.kanji) + len(self.kana) + len(self.senses) + (len(self.senses[-1][1]) if self.senses else 0)


def _detect(sample: Sample) -> bool:
    return sample.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and bool(
        _ROOT.search(sample.head) or b"<!DOCTYPE JMdict" in sample.head
    )


class _JmdictParser(XmlParser[_JapaneseEntry]):
    """Collects the entries of a file."""

    allows_declarations = True

    def __init__(self, file: LexiconFile) -> None:
        super().__init__(file)
        self._entry: _JapaneseEntry | None = None
        self._text: list[str] | None = None
        self._label = ""
        """Name of the last entity, which is the label in ``ke_inf`` and ``re_inf``."""
        self._size = 0
        self._attributes: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "entry":
            self._entry = _JapaneseEntry(self.line, [], [], [])
        elif self._entry is not None:
            if name == "sense":
                self._entry.senses.append(([], []))
            elif name in _TEXTS:
                self._text, self._size, self._label, self._attributes = [], 0, "", attributes

    def characters(self, data: str) -> None:
        if self._text is not None:
            self._size += len(data)
            if self._size <= MAX_TEXT_LENGTH:
                self._text.append(data)

    def entity(self, name: str, text: str) -> None:
        self._label = name
        self.characters(text)

    def end(self, name: str) -> None:
        entry = self._entry
        if entry is not None and name == "entry":
            self.found.append(entry)
            self._entry = None
        elif entry is not None and name in _TEXTS and self._text is not None:
            text, self._text = " ".join("".join(self._text).split()), None
            if self._size > MAX_TEXT_LENGTH:
                self.file.drop(LONG_TEXT, entry.line, text)
            elif entry.num_parts() >= _MAX_PARTS:
                self.file.drop("entry of more than 5,000 parts", entry.line, text)
            else:
                self._take(entry, name, text)

    def _take(self, entry: _JapaneseEntry, name: str, text: str) -> None:
        if name in ("keb", "reb"):
            (entry.kanji if name == "keb" else entry.kana).append((text, []))
        elif name in ("ke_inf", "re_inf"):
            spellings = entry.kanji if name == "ke_inf" else entry.kana
            if spellings:
                spellings[-1][1].append(self._label or text)
        elif entry.senses and name == "stagk":
            entry.senses[-1][0].append(text)
        elif entry.senses:
            attributes = self._attributes
            entry.senses[-1][1].append(_Gloss(attributes.get(XML_LANG, "eng"), attributes.get("g_type", ""), text))


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    file.metadata.update(name="JMdict", licence="CC-BY-SA-4.0", url="https://www.edrdg.org/jmdict/j_jmdict.html")
    return in_blocks(without_habits(file, _entries(file)))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    is_inverse = primary_language(file.source) != "ja"
    japanese = choose_target(file, (file.source, "ja")) if is_inverse else file.source
    languages: dict[str, str] = {}
    for entry in _JmdictParser(file).items():
        for language, word, gloss in _pairs(file, entry, languages):
            if not is_inverse:
                if file.wants(language):
                    yield Entry(entry.line, word, language, gloss)
            elif language == file.source:
                yield Entry(entry.line, gloss, japanese, word)
    if is_inverse:
        check_found(file, set(languages.values()))


def _pairs(file: LexiconFile, entry: _JapaneseEntry, languages: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield language, Japanese word and translation."""

    def drop(reason: str, content: object) -> None:
        file.drop(reason, entry.line, content)

    words = usual_spellings(entry.kanji or entry.kana)
    if not words:
        drop("no headword", "")
    for spellings, glosses in entry.senses:
        chosen = [word for word in words if word in spellings] if spellings else words
        for code, kind, text in glosses:
            language = _language(file, code, languages)
            if language is None:
                drop("wrong language code", code)
            elif not _is_requested(file, language):
                continue
            elif kind in _EXPLAINING:
                drop(EXPLANATION, text)
            else:
                for pair in clean(chosen, [text], drop):
                    yield language, *pair


def _language(file: LexiconFile, code: str, languages: dict[str, str]) -> str | None:
    """The caller's code for the language of a gloss; None if it is not a language code."""
    if code not in languages:
        bcp47 = to_bcp47(code)
        if bcp47 is None:
            return None
        languages[code] = file.asked_code(bcp47)
    return languages[code]


def _is_requested(file: LexiconFile, language: str) -> bool:
    return language == file.source or (primary_language(file.source) == "ja" and file.wants(language))


FORMAT = Format("jmdict", "JMdict, the dictionary of Japanese in XML", _detect, _read, "XML")
