"""The verses of the Quran as a collection, for Arabic: a verse is a query for the verses before and after it.

It can show whether gains reach Arabic, a language of another script and family. It cannot show how well real questions
are answered, because neighbouring verses are not answers to each other. The Arabic text is the original, much older
than the dictionaries; its spelling is folded to the modern one.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import fetch, files
from benchmarks.retrieval import copies
from benchmarks.retrieval.collection import Split

SEEN = ("en", "ar", "ru", "fr", "es")
UNSEEN = ("id", "zh")

SIZES = {"test": 1200, "development": 300, "train": float("inf")}
"""Minimum numbers of verses. Surahs are taken as a whole, in the order of a hash of their number."""

_NOTES = re.compile(r"\d+\)|[\[\]()﴾﴿]")  # marks of footnotes, and brackets around additions of translators
_LETTERS = str.maketrans("\u0671\u0623\u0625\u0622\u0649", "\u0627\u0627\u0627\u0627\u064a")  # kinds of alef, final ya

Verses = dict[str, dict[str, str]]
"""Language -> "surah:verse" -> text."""


def split(unseen: bool = False) -> Split:
    """Return the three parts.

    Parameters
    ----------
    unseen
        Include `UNSEEN`.
    """
    languages = SEEN + (UNSEEN if unseen else ())
    sources = [Path(__file__), Path(copies.__file__), fetch.npm("quran-json", "3.1.2")]
    name = f"verses-collection-{'-'.join(languages)}"
    path = files.cached_text(fetch.cache_folder() / "texts", name, ".jsonl", sources, lambda: _lines(languages))
    return Split.from_lines(files.read_lines(path))


def _lines(languages: tuple[str, ...]) -> Iterator[str]:
    verses = {language: _verses(language) for language in languages}
    surahs: dict[str, list[str]] = {}
    for number in verses["en"]:
        surahs.setdefault(number.partition(":")[0], []).append(number)
    order = sorted(surahs, key=lambda surah: hashlib.sha256(surah.encode()).digest())
    parts: dict[str, list[str]] = {"test": [], "development": [], "train": []}
    for surah in order:
        part = next(name for name, size in SIZES.items() if len(parts[name]) < size)
        parts[part] += surahs[surah]
    numbers = [number for part in parts.values() for number in part]
    kept = copies.without_copies({number: verses["en"][number] for number in numbers})
    for part, of in parts.items():
        yield json.dumps(_part(part, [number for number in of if number in kept], verses), ensure_ascii=False)
    yield json.dumps({"verses like another": len(numbers) - len(kept)})


def _verses(language: str) -> dict[str, str]:
    folder = fetch.npm("quran-json", "3.1.2") / "package/dist"
    name = "quran.json" if language == "ar" else f"quran_{language}.json"
    chapters = json.loads((folder / name).read_text(encoding="utf-8"))
    key = "text" if language == "ar" else "translation"
    clean = _modern if language == "ar" else _plain
    return {f"{c['id']}:{verse['id']}": clean(verse[key]) for c in chapters for verse in c["verses"]}


def _plain(text: str) -> str:
    return " ".join(_NOTES.sub("", text).split())


def _modern(text: str) -> str:
    """Return text without vowel signs and marks of recitation, in the letters of dictionaries."""
    bare = "".join(letter for letter in text.translate(_LETTERS) if not unicodedata.category(letter).startswith("M"))
    return " ".join(bare.replace("ـ", "").split())


def _part(part: str, numbers: list[str], verses: Verses) -> dict[str, object]:
    there = set(numbers)
    neighbours = {number: [n for n in _beside(number) if n in there] for number in numbers}
    asked = [number for number in numbers if neighbours[number]]
    return {
        "part": part,
        "name": f"verses, {part}",
        "documents": {language: {n: of[n] for n in numbers} for language, of in verses.items()},
        "queries": {language: {n: of[n] for n in asked} for language, of in verses.items()},
        "relevant": {number: dict.fromkeys(neighbours[number], 1) for number in asked},
        "groups": {number: number.partition(":")[0] for number in asked},
        "kinds": dict.fromkeys(asked, "verse"),
    }


def _beside(number: str) -> list[str]:
    surah, verse = number.split(":")
    return [f"{surah}:{int(verse) - 1}", f"{surah}:{int(verse) + 1}"]
