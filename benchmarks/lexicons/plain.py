"""Plain, independent parses of public dictionaries, without any cleaning.

They share no code with lexswitch. lxml parses TEI; dictd's format is read line by line, as its manual page describes.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

Pair = tuple[str, str]
"""A headword and the whole text of one translation, or of one line of translations."""

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TRANSLATION_TYPES = {"trans", "translation", "translationEquivalent"}
_NOT_OF_THE_ENTRY = ("re", "cit", "sense", "xr", "note", "eg")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\{[^{}]*\}")
_PRONUNCIATION = re.compile(r"\s(?:/.*|<[^<>]*>\s*)$")
_SUBSENSE = re.compile(r"\s*\d+\.$")
_ABOUT = re.compile("00-?database")
_ABBREVIATED = re.compile(r"(?<!\S)\w{1,4}\.(?=\s|$)|^to\b")
"""Placeholders and grammar ("sth.", "etw.", "adj."), and the particle of English infinitives."""
_INVERTED = re.compile(r"^(.+?)\s*,\s*(.+?)\s*~$")
"""A phrase with one of its words in front: "neigen, sich ~"."""
_MOST_WORDS = 7


# -- formats ------------------------------------------------------------------------------------------------------


def tei_pairs(path: Path) -> Iterator[Pair]:
    """Yield each headword with each translation of its entry, according to TEI P5, chapter 9."""
    from lxml import etree

    for _, entry in etree.iterparse(str(path), tag="{*}entry", load_dtd=False, resolve_entities=False, huge_tree=True):
        heads = [_text(orth) for orth in entry.iterfind(".//{*}orth") if not _is_inside(orth, entry)]
        quotes = [_text(quote) for quote in entry.iterfind(".//{*}quote") if _is_translation(quote, entry)]
        yield from ((head, quote) for quote in quotes for head in heads)
        entry.clear()
        while entry.getprevious() is not None:  # entries stay in memory otherwise
            del entry.getparent()[0]


def _text(element: object) -> str:
    return " ".join("".join(element.itertext()).split())  # type: ignore[attr-defined]


def _is_inside(orth: object, entry: object) -> bool:
    """Return whether a headword belongs to an example, a sense or a related entry instead of the entry."""
    outer = orth.getparent()  # type: ignore[attr-defined]
    while outer is not entry:
        if outer.tag.rpartition("}")[2] in _NOT_OF_THE_ENTRY:
            return True
        outer = outer.getparent()
    return False


def _is_translation(quote: object, entry: object) -> bool:
    cit = quote.getparent()  # type: ignore[attr-defined]
    if not {cit.get("type"), quote.get("type")} & _TRANSLATION_TYPES:  # type: ignore[attr-defined]
        return False
    outer = cit.getparent()
    while outer is not entry:
        name = outer.tag.rpartition("}")[2]
        if name in ("re", "note", "eg") or (name == "cit" and outer.get("type") not in _TRANSLATION_TYPES):
            return False
        outer = outer.getparent()
    return True


def tei_definitions(path: Path) -> set[str]:
    """Return the keys of all definitions."""
    from lxml import etree

    definitions = set()
    for _, element in etree.iterparse(str(path), tag="{*}def", load_dtd=False, resolve_entities=False, huge_tree=True):
        definitions.add(key(_text(element)))
        element.clear()
    return definitions


def wikdict_pairs(index: Path, definitions: Collection[str] = ()) -> Iterator[Pair]:
    """Yield each headword with each of its translations in a dictionary of WikDict in dictd's format.

    Each sense is a line of translations, numbered if there are several, and perhaps a line of definition in the source
    language. A definition may begin with the number of the next sense. `definitions` has the keys of known definitions.
    """
    for entry in _dictd_entries(index):
        head, *lines = entry.rstrip("\n").split("\n")
        head = _PRONUNCIATION.sub("", head)
        number = 1
        is_translation = True
        for line in lines:
            text = line.removeprefix(f"{number + 1}. ")
            if text != line and key(text) not in definitions and key(line) not in definitions:
                number += 1
                is_translation = True
            if is_translation:
                listed = _SUBSENSE.sub("", line.removeprefix(f"{number}. "))
                yield from ((head, translation) for translation in _bare(listed).split(", "))
            is_translation = False


def _dictd_entries(index: Path) -> Iterator[str]:
    data = gzip.decompress(index.with_suffix(".dict.dz").read_bytes())
    for word, start, size in _places(index):
        if not _ABOUT.match(word):
            yield data[start : start + size].decode("utf-8", "replace")


def descriptions(index: Path) -> Iterator[str]:
    """Yield the descriptions that a dictionary in dictd's format has of itself."""
    data = gzip.decompress(index.with_suffix(".dict.dz").read_bytes())
    for word, start, size in _places(index):
        if _ABOUT.match(word):
            yield data[start : start + size].decode("utf-8", "replace")


def _places(index: Path) -> Iterator[tuple[str, int, int]]:
    for line in index.read_text(encoding="utf-8").splitlines():
        word, start, size = line.split("\t")[:3]
        yield word, _number(start), _number(size)


def _number(text: str) -> int:
    value = 0
    for digit in text:
        value = value * 64 + _DIGITS.index(digit)
    return value


# -- comparing ----------------------------------------------------------------------------------------------------


def key(text: str) -> str:
    """Return the letters and digits of a text, without case, accents, blanks and punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text.casefold())))


def usable(pairs: Iterable[Pair]) -> set[Pair]:
    """Return the pairs that could be lexicon entries: without empty ones and explanations of more than seven words."""
    return {
        (head, text)
        for head, text in pairs
        if len(_bare(text).split()) <= _MOST_WORDS and key(_bare(text)) and key(_bare(head))
    }


def missing(plain: set[Pair], read: Iterable[Pair]) -> list[Pair]:
    """Return the plain pairs that were not read: no part of the translation was read with a part of the headword."""
    translations: dict[str, set[str]] = {}
    heads: dict[str, set[str]] = {}
    for term, translation in read:
        translations.setdefault(key(term), set()).add(key(translation))
        heads.setdefault(key(translation), set()).add(key(term))
    return sorted(
        (head, text) for head, text in plain if not _known(translations, head, text) and not _known(heads, text, head)
    )


def _known(others: dict[str, set[str]], this: str, other: str) -> bool:
    """Return whether a part of `this` was read with a part of `other`."""
    whole = key(other)
    return any(found in whole for part in _parts(this) for found in others.get(part, ()) if found)


def _parts(text: str) -> set[str]:
    bare = _bare(text)
    words = _ABBREVIATED.sub(" ", bare)
    inverted = _INVERTED.sub(r"\2 \1", bare)
    return {key(part) for part in (text, bare, words, inverted, *re.split(r"[,;|/،؛]", bare)) if key(part)}


def _bare(text: str) -> str:
    return _BRACKETED.sub(" ", text)
