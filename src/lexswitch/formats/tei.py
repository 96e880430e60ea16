"""Dictionaries in TEI XML as FreeDict publishes them (TEI P5 guidelines, chapter 9; the older ``trans/tr`` too).

An ``entry`` has ``form/orth`` and ``sense/cit/quote``; ``cit`` or ``quote`` has ``type="trans"``. If an entry has no
such translation, its ``sense/def`` is read. Notes, labels, grammar, examples, references and related entries (``re``)
are skipped.

The source language is the first of: the ``xml:lang`` of the headwords, the language in the title, the language in
FreeDict's file name, the caller's. The target language is found likewise, from the ``xml:lang`` of the translations.
The ``xml:lang`` of ``text`` and ``body`` is ignored, because in many files it is not the source language.

The file is parsed as a stream; memory holds one entry. A document type with declarations is refused, because entities
can expand to any size. No other file is opened.

Dropped: "no headword"; "headword in another language"; "no translation"; "text of more than 10,000 characters"; "entry
of more than 5,000 parts"; "entries in another file" (XInclude); and "unusable headword", "no word or phrase" as in the
format dictd.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import LexiconError
from ..lexicon.pairs import PairBlock
from ..text.languages import primary_language, to_bcp47
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .entries import choose_target
from .families import find_family
from .habits import without_habits
from .xml_stream import LONG_TEXT, MAX_TEXT_LENGTH, XML_LANG, XmlParser

_ROOT = re.compile(rb"<(?:\w+:)?TEI(?:\.2)?[\s>]")
_TRANSLATIONS = {"trans", "translation", "translationEquivalent"}
_ASIDE = {"re", "xr", "note", "usg", "gramGrp", "lbl", "pron", "bibl", "etym", "eg", "ref"}
_METADATA = {"title": "name", "edition": "version", "availability": "licence"}

_MAX_PARTS = 5000


def _detect(sample: Sample) -> bool:
    return sample.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and bool(_ROOT.search(sample.head))


class _MarkedText(NamedTuple):
    """A text of an entry with its language."""

    language: str | None
    """Value of ``xml:lang``."""
    text: str


class _Article(NamedTuple):
    """An entry of the dictionary."""

    line: int
    language: str | None
    headwords: list[_MarkedText]
    translations: list[_MarkedText]
    definitions: list[_MarkedText]


class _Element(NamedTuple):
    name: str
    kind: str
    """Value of the attribute ``type``."""
    language: str | None
    aside: bool
    """Whether the element or one of its ancestors is skipped."""


class _TeiParser(XmlParser[_Article]):
    """Collects the entries of a file."""

    def __init__(self, file: LexiconFile) -> None:
        super().__init__(file)
        self.metadata: dict[str, str] = {}
        self._article: _Article | None = None
        self._stack: list[_Element] = []
        self._text: list[str] | None = None
        """Text of the current element; `_text_depth` is its depth, and `_size` its number of characters so far."""
        self._text_depth = self._size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self._stack
        outer = stack[-1] if stack else _Element("", "", None, False)
        code = attributes.get(XML_LANG)
        language = (to_bcp47(code) if code else None) or (outer.language if self._article else None)
        kind = attributes.get("type", "")
        aside = outer.aside or name in _ASIDE or (name == "cit" and self._is_aside(kind))
        stack.append(element := _Element(name, kind, language, aside))
        if name == "entry":
            self._article = _Article(self.line, language, [], [], [])
            self._stack[-1] = element._replace(language=None)  # it applies to the headwords only
        elif name == "include":
            self.file.drop("entries in another file", self.line, attributes.get("href", ""))
        elif self._article is None:
            if name in _METADATA and _METADATA[name] not in self.metadata:
                self._capture()
        elif not aside and self._wanted(element, outer):
            self._capture()

    def _is_aside(self, kind: str) -> bool:
        """Whether a `cit` is not a translation: it has another type, or translates a quotation."""
        return (kind != "" and kind not in _TRANSLATIONS) or any(element.name == "cit" for element in self._stack)

    def _wanted(self, element: _Element, outer: _Element) -> bool:
        """Whether the text of an element within an entry is read."""
        if element.name == "orth":
            return not any(outer.name in ("sense", "cit") for outer in self._stack)
        if element.name == "quote":
            return outer.name == "cit" and not _TRANSLATIONS.isdisjoint((outer.kind, element.kind))
        return (element.name, outer.name) in (("tr", "trans"), ("def", "sense"))

    def _capture(self) -> None:
        if self._text is None:
            self._text, self._size, self._text_depth = [], 0, len(self._stack)

    def characters(self, data: str) -> None:
        aside = self._article is not None and self._stack[-1].aside
        if self._text is not None and not aside:
            self._size += len(data)
            if self._size <= MAX_TEXT_LENGTH:
                self._text.append(data)

    def end(self, name: str) -> None:
        element = self._stack.pop()
        if self._text is not None and len(self._stack) + 1 == self._text_depth:
            self._take(element, " ".join("".join(self._text).split()))
            self._text = None
        if name == "entry" and self._article is not None:
            self.found.append(self._article)
            self._article = None

    def _take(self, element: _Element, text: str) -> None:
        article = self._article
        if article is None:
            self.metadata[_METADATA[element.name]] = text[:300]
            return
        if self._size > MAX_TEXT_LENGTH:
            self.file.drop(LONG_TEXT, article.line, text)
        elif len(article.headwords) + len(article.translations) + len(article.definitions) >= _MAX_PARTS:
            self.file.drop("entry of more than 5,000 parts", article.line, text)
        else:
            found = {"orth": article.headwords, "def": article.definitions}.get(element.name, article.translations)
            found.append(_MarkedText(element.language, text))


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    return in_blocks(without_habits(file, _entries(file)))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    parser = _TeiParser(file)
    languages: _Languages | None = None
    for article in parser.items():
        if languages is None:
            file.metadata.update({key: text for key, text in parser.metadata.items() if text})
            languages = _Languages(file, parser.metadata.get("name", ""), article)
        yield from _pairs(file, article, languages)
    if languages is None and file.dropped:
        raise LexiconError(
            f"{file.path} has no entries, because they are in other files; join them: xmllint --xinclude "
            f"{file.path.name}"
        )


class _Languages:
    """The languages of a file, from its first entry and its title, and the requested languages."""

    def __init__(self, file: LexiconFile, title: str, article: _Article) -> None:
        self._file = file
        family = find_family(title, _stem(file.path))
        self.clean = family.clean_text
        source, target = family.languages or (None, None)
        marked = article.language or next((headword.language for headword in article.headwords), None)
        if marked and target and _same(marked, target):  # the title names the languages in reverse order
            source, target = target, source
        self._source = marked or source or file.source
        self._target = target
        self._default: str | None = None
        if not _same(self._source, file.source):
            if target:
                choose_target(file, (self._source, target))
            raise LexiconError(
                f"{file.path} is a dictionary from {self._source!r}, but source is {file.source!r}; read it with "
                f"source={self._source!r}"
            )

    def is_source(self, language: str | None) -> bool:
        """Whether a text with this ``xml:lang`` may be in the source language."""
        return language is None or _same(language, self._source)

    def of(self, language: str | None) -> str | None:
        """The language of a translation with this ``xml:lang``; None if it is not requested."""
        if language is not None and not self.is_source(language):
            code = self._file.asked_code(language)
            return code if self._file.wants(code) else None
        if self._default is None:
            named = self._target and (self._source, self._target)
            self._default = choose_target(self._file, named or None)
        return self._default


def _same(one: str, other: str) -> bool:
    return primary_language(one) == primary_language(other)


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]


def _pairs(file: LexiconFile, article: _Article, languages: _Languages) -> Iterator[Entry]:
    def drop(reason: str, content: object) -> None:
        file.drop(reason, article.line, content)

    headwords = [text for marked, text in article.headwords if languages.is_source(marked or article.language)]
    if len(headwords) < len(article.headwords):
        drop("headword in another language", [text for _, text in article.headwords])
    elif not headwords:
        drop("no headword", "")
    translations = article.translations or article.definitions
    if not translations:
        drop("no translation", headwords)
    for marked, text in translations:
        language = languages.of(marked)
        if language is None:
            continue
        for headword in headwords:
            for pair in languages.clean(headword, text, drop):
                yield Entry(article.line, pair[0], language, pair[1])


FORMAT = Format("tei", "TEI XML dictionaries, such as those of FreeDict", _detect, _read, "XML")
