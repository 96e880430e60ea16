"""CC-CEDICT (https://cc-cedict.org/wiki/format:syntax), and dictionaries in its format: HanDeDict, CFDICT.

A line is ``traditional simplified [pinyin] /gloss/gloss/``; lines that begin with ``#`` are comments. The Chinese word
is the simplified one, or the traditional one if the caller requests ``zh-Hant``, ``zh-TW``, ``zh-HK`` or ``zh-MO``.
The other language is that of the dictionary named in the comments, else the caller's, else English. If that is the
source language, the pairs are inverted.

Text in brackets is removed from glosses.
Dropped: "damaged line"; "classifier" (``CL:``); "reference" ("variant of", "see also", "also written"); "surname";
"abbreviation" ("abbr. for"); "explanation" (more than seven words, "lit."); "no word or phrase", "no translation",
"unusable headword" as in the format dictd.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..lexicon.pairs import PairBlock
from ..text.languages import is_traditional_chinese, primary_language
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .entries import choose_direction, entry_pairs
from .glosses import cleaner
from .habits import without_habits

_LINE = re.compile(r"(\S+) (\S+) \[[^\]/]*\]{1,2}(?: \{[^}/]*\})? /(.+)/")
_CHINESE = re.compile("[\u3400-\u9fff\ufffd]")  # the last one: bytes that are not UTF-8
_COMMENT = "#"
_PROPERTY = re.compile("^#! (license|date|publisher)=(.+)", re.MULTILINE)
_METADATA = {"license": "licence", "date": "version", "publisher": "publisher"}
_MIN_SHARE = 0.8
# Languages of dictionaries that their comments name.
_DICTIONARIES = {"cedict": "en", "handedict": "de", "cfdict": "fr"}
_NAMED = re.compile(r"cfdict|handedict|cedict", re.IGNORECASE)


def _detect(sample: Sample) -> bool:
    lines = [line for line in sample.lines if line.strip() and not line.startswith(_COMMENT)]
    found = [match for line in lines if (match := _LINE.fullmatch(line.rstrip()))]
    chinese = sum(_CHINESE.search(match[1]) is not None for match in found)
    return len(found) >= _MIN_SHARE * len(lines) > 0 and 2 * chinese >= len(found)


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    return in_blocks(without_habits(file, _entries(file)))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    is_inverse, target = choose_direction(file, ("zh", _other_language(file)))
    is_traditional = is_traditional_chinese(target if is_inverse else file.source)
    for number, line in file.lines():
        if line.startswith(_COMMENT):
            continue
        found = _LINE.fullmatch(line.rstrip())
        if not found:
            file.drop("damaged line", number, line)
            continue
        headword, glosses = found[1] if is_traditional else found[2], found[3].split("/")
        for chinese, gloss in entry_pairs(file, number, headword, glosses, cleaner([headword])):
            term, translation = (gloss, chinese) if is_inverse else (chinese, gloss)
            yield Entry(number, term, target, translation)


def _other_language(file: LexiconFile) -> str:
    """Find the language beside Chinese: that of the dictionary, else the caller's, else English."""
    comments = "\n".join(line for line in Sample(file.path).lines if line.startswith(_COMMENT))
    file.metadata.update({_METADATA[key]: value.strip()[:300] for key, value in _PROPERTY.findall(comments)})
    if name := _NAMED.search(comments):
        file.metadata["name"] = {"cedict": "CC-CEDICT"}.get(name[0].lower(), name[0])
        return _DICTIONARIES[name[0].lower()]
    requested = (file.source, *(file.targets or ()))
    return next((language for language in requested if primary_language(language) != "zh"), "en")


FORMAT = Format("cedict", "CC-CEDICT: traditional simplified [pinyin] /gloss/gloss/", _detect, _read)
