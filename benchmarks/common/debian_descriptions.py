"""Real text in English, German and Italian: the descriptions of Debian packages, translated by volunteers.

They come from the `Translation-<language>` indices of the first Debian release in the system's package sources.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from benchmarks.common import fetch

LANGUAGES = ("en", "de", "it")

_LIST = re.compile(r"\s{2,}|\s*[-*+o•]\s|\s*\d+[.)]\s")  # a line that is indented more than the text, or begins an item
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@functools.cache
def descriptions(language: str) -> dict[str, dict[str, list[str]]]:
    """Return the descriptions of all packages in one language.

    Parameters
    ----------
    language
        One of `LANGUAGES`.

    Returns
    -------
    dict[str, dict[str, list[str]]]
        Package -> MD5 sum of the English description -> paragraphs. The first paragraph is the short description. Lines
        are joined and white space is folded. An item of a list is a separate paragraph.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; descriptions exist in {', '.join(LANGUAGES)}")
    lines = (fetch.debian_translation(language) / f"Translation-{language}").read_text(encoding="utf-8").split("\n")
    found: dict[str, dict[str, list[str]]] = {}
    for package, digest, text in _entries(lines):
        found.setdefault(package, {})[digest] = list(_paragraphs(text))
    return found


def pairs(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield package, English paragraph and translated paragraph.

    Parameters
    ----------
    language
        One of `LANGUAGES` except English.

    Yields
    ------
    tuple[str, str, str]
        Paragraphs that differ from the English one, of translations that have as many paragraphs as the English
        description.
    """
    english = descriptions("en")
    for package, versions in descriptions(language).items():
        for digest, translated in versions.items():
            original = english.get(package, {}).get(digest, [])
            if len(original) == len(translated):
                yield from (
                    (package, one, other)
                    for one, other in zip(original, translated, strict=True)
                    if one != other and not _CONTROL.search(other)
                )


# --- the format of the indices: https://wiki.debian.org/RepositoryFormat, "Translation-language" ---------------------


def _entries(lines: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield package, MD5 sum and the lines of the description."""
    package = digest = ""
    text: list[str] = []
    for line in [*lines, ""]:
        if line.startswith(" "):
            text.append(line[1:])
            continue
        name, _, value = line.partition(": ")
        if not line and text:
            yield package, digest, text
            text = []
        elif name == "Package":
            package = value
        elif name == "Description-md5":
            digest = value
        elif name.startswith("Description-"):
            text = [value]


def _paragraphs(text: list[str]) -> Iterator[str]:
    """Yield the short description and the paragraphs; " ." is an empty line."""
    yield " ".join(text[0].split())
    paragraph: list[str] = []
    for line in [*text[1:], "."]:
        if paragraph and (line == "." or _LIST.match(line)):
            yield " ".join(" ".join(paragraph).split())
            paragraph = []
        if line != ".":
            paragraph.append(line)
