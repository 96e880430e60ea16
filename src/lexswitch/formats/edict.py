"""EDICT and EDICT2, the text files of the Japanese-English dictionary JMdict (http://www.edrdg.org/jmdict/edict.html).

A line is ``kanji [kana] /(labels) gloss/gloss/``, or ``kana /gloss/`` for a word that has no kanji. EDICT2 separates
several spellings by semicolons, has labels after them ("(iK)") and ends with the number of the entry, ``EntL1234567X``.
The Japanese words are the spellings in kanji, else the one in kana. Spellings that are labelled as irregular, rare,
outdated or for search only are skipped if the entry has another one. If English is the source language, the pairs are
inverted.

The published files are in EUC-JP and must be converted to UTF-8. Glosses are cleaned as in the format cedict, which
lists the reasons of what is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..lexicon.pairs import PairBlock
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .entries import choose_direction, entry_pairs
from .glosses import cleaner
from .habits import without_habits

_LINE = re.compile(r"([^\s/\[\]]+) (?:\[[^\]/]*\] ?)?/(.+)/")
_TITLE = re.compile(r"\s*[?？]{2,}|.{,20} /EDICT")
_NUMBER = re.compile(r"EntL\d+X?")
_LABELS = re.compile(r"\(([^()]*)\)")
_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef\ufffd]")  # the last one: bytes that are not UTF-8
_MIN_SHARE = 0.8
_LANGUAGES = ("ja", "en")

UNUSUAL = frozenset({"iK", "ik", "io", "oK", "ok", "rK", "rk", "sK", "sk"})
"""Labels of spellings that are irregular, outdated, rare or for search only."""


def usual_spellings(spellings: Iterable[tuple[str, Iterable[str]]]) -> list[str]:
    """Return the spellings that have no label of unusual ones; the first spelling if all have one."""
    found = list(spellings)
    return [text for text, labels in found if UNUSUAL.isdisjoint(labels)] or [text for text, _ in found[:1]]


def _detect(sample: Sample) -> bool:
    lines = [line for line in sample.lines if line.strip() and not _TITLE.match(line)]
    found = [match for line in lines if (match := _LINE.fullmatch(line.rstrip()))]
    japanese = sum(_JAPANESE.search(match[1]) is not None for match in found)
    return len(found) >= _MIN_SHARE * len(lines) > 0 and 2 * japanese >= len(found)


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    return in_blocks(without_habits(file, _entries(file)))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    is_inverse, target = choose_direction(file, _LANGUAGES)
    for number, line in file.lines():
        if number == 1 and _TITLE.match(line):
            continue
        found = _LINE.fullmatch(line.rstrip())
        if not found:
            file.drop("damaged line", number, line)
            continue
        glosses = [gloss for gloss in found[2].split("/") if not _NUMBER.fullmatch(gloss)]
        headwords = usual_spellings(map(_labelled, filter(None, found[1].split(";"))))
        for japanese, gloss in entry_pairs(file, number, found[1], glosses, cleaner(headwords)):
            term, translation = (gloss, japanese) if is_inverse else (japanese, gloss)
            yield Entry(number, term, target, translation)


def _labelled(spelling: str) -> tuple[str, list[str]]:
    """Split a spelling such as "言う(iK)(P)" into the word and its labels."""
    return _LABELS.sub("", spelling), [label for labels in _LABELS.findall(spelling) for label in labels.split(",")]


FORMAT = Format("edict", "EDICT and EDICT2: kanji [kana] /(n) gloss/gloss/", _detect, _read)
