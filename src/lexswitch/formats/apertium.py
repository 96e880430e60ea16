"""Bilingual dictionaries of Apertium, ``.dix`` (https://wiki.apertium.org/wiki/Bilingual_dictionary), XML.

A ``section`` has an entry ``<e><p><l>take<b/>off<s n="vblex"/></l><r>...</r></p></e>`` for each pair, or
``<e><i>Paris</i></e>`` if both sides are the same. ``<b/>`` and ``<j/>`` are spaces, ``<s/>`` is a tag and is removed,
``<g>`` marks a part of the word. An entry with ``r="LR"`` is for the direction from left to right only, one with
``r="RL"`` for the other direction; these are skipped in the wrong direction. Paradigms (``pardef`` and ``par``) are
ignored, because they inflect words or add tags.

The languages are those of the file name, such as ``apertium-en-gl.en-gl.dix`` or ``en-gl.dix``, else the caller's. If
the source language is that of the right side, the pairs are inverted.

Dropped: "regular expression" (an entry with ``re``); "ignored entry" (``i="yes"``); "paradigm only" (an entry without a
text of its own); "monolingual entry" (``i`` with ``lm``, in dictionaries of one language); "no word or phrase", which
includes punctuation; "text of more than 10,000 characters".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..lexicon.pairs import PairBlock
from ..text.languages import to_bcp47
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .cleaning import NO_PHRASE, is_phrase, plain
from .entries import choose_direction
from .xml_stream import LONG_TEXT, MAX_TEXT_LENGTH, XmlParser

_ROOT = re.compile(rb"<dictionary(?:\s[^<>]*)?>\s*(?:<!--.*?-->\s*)*<(?:alphabet|sdefs|pardefs|section)\b", re.DOTALL)
_CODE = r"([a-z]{2,3}(?:_[A-Za-z]+)*)"
_FILE_NAME = re.compile(rf"(?:^|[.])(?:apertium-)?{_CODE}-{_CODE}\.(?:dix|bidix)(?:\.|$)")
_SIDES = {"l": (0,), "r": (1,), "i": (0, 1), "ig": (0, 1)}
_SPACES = {"b", "j"}


class _DixEntry(NamedTuple):
    """An entry of the dictionary."""

    line: int
    attributes: dict[str, str]
    sides: tuple[list[str], list[str]]
    """Parts of the texts, left and right."""
    names: set[str]
    """Names of its elements."""


def _detect(sample: Sample) -> bool:
    return sample.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and bool(_ROOT.search(sample.head))


class _DixParser(XmlParser[_DixEntry]):
    """Collects the entries of a file, without those of paradigms."""

    def __init__(self, file: LexiconFile) -> None:
        super().__init__(file)
        self._entry: _DixEntry | None = None
        self._in_paradigm = False
        self._positions: tuple[int, ...] = ()
        """The sides to which the current text belongs."""
        self._size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "pardef":
            self._in_paradigm = True
        elif name == "e" and not self._in_paradigm:
            self._entry, self._positions, self._size = _DixEntry(self.line, attributes, ([], []), set()), (), 0
        elif self._entry is not None:
            self._entry.names.add(name)
            if name in _SPACES:
                self.characters(" ")
            else:
                self._positions = _SIDES.get(name, self._positions)

    def characters(self, data: str) -> None:
        if self._entry is None or not self._positions:
            return
        self._size += len(data)
        if self._size <= MAX_TEXT_LENGTH:
            for position in self._positions:
                self._entry.sides[position].append(data)

    def end(self, name: str) -> None:
        if name == "pardef":
            self._in_paradigm = False
        elif name in _SIDES:
            self._positions = ()
        elif name == "e" and self._entry is not None:
            if self._size > MAX_TEXT_LENGTH:
                self.file.drop(LONG_TEXT, self._entry.line)
            else:
                self.found.append(self._entry)
            self._entry = None


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    return in_blocks(_entries(file))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    is_inverse, target = choose_direction(file, _languages(file))
    other_direction = "LR" if is_inverse else "RL"
    for entry in _DixParser(file).items():
        if entry.attributes.get("r") == other_direction:
            continue
        left, right = (plain("".join(side)) for side in entry.sides)
        if problem := _problem(entry, left, right):
            file.drop(problem, entry.line, (left, right))
        else:
            term, translation = (right, left) if is_inverse else (left, right)
            yield Entry(entry.line, term, target, translation)


def _languages(file: LexiconFile) -> tuple[str, str]:
    """The languages of the left and of the right side."""
    return languages_of_name(file.path) or (file.source, file.target)


def languages_of_name(path: Path) -> tuple[str, str] | None:
    """Return the languages in a file name such as ``apertium-en-gl.en-gl.dix``; None if it names none."""
    found = _FILE_NAME.search(path.name)
    left, right = map(to_bcp47, found.groups()) if found else (None, None)
    return (left, right) if left and right else None


def _problem(entry: _DixEntry, left: str, right: str) -> str | None:
    """Return the reason to drop an entry, else None."""
    if "re" in entry.names:
        return "regular expression"
    if entry.attributes.get("i") == "yes":
        return "ignored entry"
    if "lm" in entry.attributes and "p" not in entry.names:
        return "monolingual entry"
    if not left and not right and "par" in entry.names:
        return "paradigm only"
    return None if is_phrase(left) and is_phrase(right) else NO_PHRASE


FORMAT = Format("apertium", "bilingual dictionaries of Apertium (.dix)", _detect, _read, "XML")
