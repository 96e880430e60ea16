"""Families of dictionaries, which determine how text is cleaned and which languages it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from typing import NamedTuple, TypeVar

from ..text.languages import to_bcp47
from . import cleaning, freedict, mueller, wikdict
from .cleaning import EntryCleaner, TextCleaner
from .markup import text_lines

_Entry = TypeVar("_Entry")

_SAMPLE = 1000
"""Number of entries by which a family is recognised."""

# Names of languages in the names of FreeDict dictionaries.
_NAMES = """
Afrikaans:af Albanian:sq Arabic:ar Asturian:ast Bengali:bn Breton:br Bulgarian:bg Catalan:ca Chinese:zh Croatian:hr
Czech:cs Danish:da Dutch:nl English:en Esperanto:eo Estonian:et Finnish:fi French:fr Galician:gl German:de Greek:el
Hindi:hi Hungarian:hu Icelandic:is Indonesian:id Irish:ga Italian:it Japanese:ja Khasi:kha Korean:ko Kurdish:ku
Latin:la Latvian:lv Lithuanian:lt Macedonian:mk Malagasy:mg Norwegian:no Occitan:oc Persian:fa Polish:pl Portuguese:pt
Romanian:ro Russian:ru Sanskrit:sa Scots:sco Serbian:sr Slovak:sk Slovenian:sl Spanish:es Swahili:sw Swedish:sv
Turkish:tr Ukrainian:uk Vietnamese:vi Welsh:cy Wolof:wo
"""
_CODES = dict(name.split(":") for name in _NAMES.split())
_FAMILIES = ("freedict", "wikdict", "mueller")
_NAMED = re.compile(r"\b([A-Z][a-z]+) ?[-‐–] ?([A-Z][a-z]+)\b")
_CODED = re.compile(r"(?<![a-z])([a-z]{3})-([a-z]{3})(?![a-z-])")


class Family(NamedTuple):
    """Cleaning rules and languages of a dictionary."""

    clean: EntryCleaner
    languages: tuple[str, str] | None
    """Source and target language, if the dictionary names them."""
    clean_text: TextCleaner = freedict.clean_text
    """Cleaner for formats that mark the parts of an entry."""
    lines: Callable[[str], list[str]] = text_lines
    """Returns the lines of an HTML entry."""
    is_ordered: bool = False
    """Whether an entry lists the usual translation first."""


def find_family(name: str, file_name: str) -> Family:
    """Return the family of a dictionary by its title and its file name."""
    if "mueller" in (name + file_name).lower():
        return Family(mueller.clean, ("en", "ru"), is_ordered=True)
    languages = _named_languages(name)
    if "freedict" not in (name + file_name).lower():
        return Family(cleaning.clean, languages)
    languages = languages or _coded_languages(file_name)
    ding = "ding" in name.lower() or (not name and languages in {("en", "de"), ("de", "en")})
    if "wikdict" in name.lower():
        return _wikdict(languages)
    if ding:
        return Family(freedict.clean_ding, languages)
    rules = freedict.RULES.get(languages, freedict.USUAL) if languages else freedict.USUAL
    return Family(partial(freedict.clean, rules=rules), languages, partial(freedict.clean_text, rules=rules))


def _wikdict(languages: tuple[str, str] | None) -> Family:
    return Family(wikdict.clean, languages, wikdict.clean_text, wikdict.markup_lines)


def find_unnamed_family(
    family: Family, name: str, entries: Iterator[_Entry], text_of: Callable[[_Entry], str]
) -> tuple[Family, Iterator[_Entry]]:
    """Return the family and all entries; if the name is not that of a family, the first entries decide."""
    if any(known in name.lower() for known in _FAMILIES):
        return family, entries
    sample = list(islice(entries, _SAMPLE))
    if any(wikdict.detect(text_of(entry)) for entry in sample):
        family = _wikdict(family.languages)
    return family, chain(sample, entries)


def _named_languages(name: str) -> tuple[str, str] | None:
    found = _NAMED.search(name)
    if not found or found[1] not in _CODES or found[2] not in _CODES:
        return None
    return _CODES[found[1]], _CODES[found[2]]


def _coded_languages(file_name: str) -> tuple[str, str] | None:
    """The languages in a file name such as `freedict-eng-deu` or `eng-deu`."""
    found = _CODED.search(file_name)
    codes = [to_bcp47(code) for code in found.groups()] if found else []
    return (codes[0], codes[1]) if codes and codes[0] and codes[1] else None
