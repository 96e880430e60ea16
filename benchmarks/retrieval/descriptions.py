"""The descriptions of Debian packages as a collection: the short description is a query for the long one.

The text is of another domain than the help, in English, German and Italian. Queries name the purpose of a program.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import debian_descriptions, fetch, files
from benchmarks.retrieval import copies
from benchmarks.retrieval.collection import Split

LANGUAGES = debian_descriptions.LANGUAGES
TEST, DEVELOPMENT, TRAINING = 1200, 300, 6000
"""Numbers of packages. Those for test and development are described in all languages."""

_WORDS = 15  # a shorter description is not a document


def split() -> Split:
    """Return the three parts."""
    sources = [Path(__file__), Path(debian_descriptions.__file__), Path(copies.__file__)]
    path = files.cached_text(fetch.cache_folder() / "texts", "descriptions-collection", ".jsonl", sources, _lines)
    return Split.from_lines(files.read_lines(path))


def _lines() -> Iterator[str]:
    texts = {language: dict(_described(language)) for language in LANGUAGES}
    english = texts["en"]
    counts = Counter(short.casefold() for short, _ in english.values())
    order = sorted(english, key=lambda number: hashlib.sha256(number.encode()).digest())
    order = [
        number
        for number in order
        if counts[english[number][0].casefold()] == 1 and len(english[number][1].split()) >= _WORDS
    ]
    everywhere = [number for number in order if all(_is_translated(texts, number, one) for one in LANGUAGES[1:])]
    test, development = everywhere[:TEST], everywhere[TEST : TEST + DEVELOPMENT]
    chosen = {*test, *development}
    train = [number for number in order if number not in chosen][: 2 * TRAINING]
    kept = copies.without_copies({number: english[number][1] for number in [*test, *development, *train]})
    dropped = {"descriptions like another": len(test) + len(development) + len(train) - len(kept)}
    for name, part in (("test", test), ("development", development), ("train", train)):
        yield json.dumps(_part(name, [n for n in part if n in kept][:TRAINING], texts), ensure_ascii=False)
    yield json.dumps(dropped)


def _described(language: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield id (of the English text, so that all languages share it), short and long description."""
    for package, versions in debian_descriptions.descriptions(language).items():
        for digest, (short, *paragraphs) in versions.items():
            if paragraphs:
                yield f"{package}-{digest[:8]}", (short, " ".join(paragraphs))


def _is_translated(texts: dict[str, dict[str, tuple[str, str]]], number: str, language: str) -> bool:
    found, english = texts[language].get(number), texts["en"][number]
    return found is not None and found[0] != english[0] and found[1] != english[1]


def _part(name: str, numbers: list[str], texts: dict[str, dict[str, tuple[str, str]]]) -> dict[str, object]:
    there = {
        language: [n for n in numbers if language == "en" or _is_translated(texts, n, language)]
        for language in LANGUAGES
    }
    return {
        "part": name,
        "name": f"descriptions of Debian packages, {name}",
        "documents": {language: {n: texts[language][n][1] for n in of} for language, of in there.items()},
        "queries": {language: {n: texts[language][n][0] for n in of} for language, of in there.items()},
        "relevant": {n: {n: 1} for n in numbers},
        "groups": {n: n for n in numbers},
        "kinds": dict.fromkeys(numbers, "short description"),
    }
