"""Translation tables of Wiktionary, extracted by wiktextract (Ylonen, LREC 2022): the JSONL files of kaikki.org.

A line is an entry: ``word`` in the language ``lang_code``, with ``translations`` of the entry and of each of its
``senses``. A translation has ``lang_code`` (``code`` in older files) and ``word``, or a ``note`` instead of a word. The
fields are defined in
https://github.com/tatuylonen/wiktextract/blob/master/src/wiktextract/extractor/en/type_utils.py for the English
edition of Wiktionary; other editions share them. Skipped: entries in languages other than the source language,
redirects, notes, translations into languages without a code.

A narrower code counts as the code in common use ("cmn" as "zh"), unless the caller requests it.
Dropped: "not JSON" (a line), "no word" (an entry), "line too long", "markup" (a translation with brackets, or with the
asterisk of reconstructed words).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..lexicon.pairs import PairBlock
from ..text.languages import to_bcp47
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .habits import without_habits
from .jsonl import check_found, parse_lines

_MEMBERS = ("word", "lang_code", "senses", "translations", "head_templates", "etymology_templates", "forms", "sounds")
_MARKUP = re.compile(r"[][{}<>*|]")


def _detect(sample: Sample) -> bool:
    """Whether member names are those of wiktextract; the first line is often too long for the sample to parse."""
    head = sample.head.lstrip(b"\xef\xbb\xbf \r\n")
    members = sum(f'"{name}":'.encode() in head for name in _MEMBERS)
    return head.startswith(b"{") and b'"pos":' in head and members > 1


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    file.metadata.update(name="Wiktionary", licence="CC-BY-SA-4.0", url="https://kaikki.org")
    return in_blocks(without_habits(file, _entries(file)))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    codes: dict[str, str | None] = {}
    sources: set[str] = set()
    for number, entry in parse_lines(file, _with_translations(file)):
        source = _language(file, entry, codes)
        sources.add(source or "none")
        if source == file.source:
            yield from _from_entry(file, number, entry, codes)
    check_found(file, sources)


def _with_translations(file: LexiconFile) -> Iterator[tuple[int, str]]:
    """Yield lines that may have translations, and damaged lines; most lines need no parsing."""
    for number, line in file.lines():
        if '"translations"' in line or not (line.startswith("{") and line.endswith("}")):
            yield number, line


def _from_entry(file: LexiconFile, number: int, entry: Any, codes: dict[str, str | None]) -> Iterator[Entry]:
    term = entry.get("word")
    if not isinstance(term, str):
        file.drop("no word", number, entry)
        return
    for holder in (*_objects(entry, "senses"), entry):
        for translation in _objects(holder, "translations"):
            word, language = translation.get("word"), _language(file, translation, codes)
            if not isinstance(word, str) or language is None or not file.wants(language):
                continue
            if _MARKUP.search(word):
                file.drop("markup", number, (term, word))
            else:
                yield Entry(number, term, language, word)


def _objects(entry: dict[str, Any], name: str) -> list[dict[str, Any]]:
    items = entry.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _language(file: LexiconFile, item: Any, codes: dict[str, str | None]) -> str | None:
    """The language of an entry or translation; None if it has no valid code."""
    code = (item.get("lang_code") or item.get("code")) if isinstance(item, dict) else None
    if not isinstance(code, str):
        return None
    if code not in codes:
        bcp47 = to_bcp47(code)
        codes[code] = bcp47 and file.asked_code(bcp47)
    return codes[code]


FORMAT = Format(
    "wiktextract", "translations of Wiktionary in JSON Lines of kaikki.org (wiktextract)", _detect, _read, "JSON"
)
