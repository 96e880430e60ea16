"""Functions that the readers of dictionaries share: the pairs of an entry, and the check of languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..errors import LexiconError
from ..lexicon.target_languages import swap_remedy
from ..text.languages import primary_language
from .base import Entry, LexiconFile
from .cleaning import EntryCleaner, Pair


def entry_pairs(
    file: LexiconFile, number: int, headword: str, lines: Sequence[str], clean: EntryCleaner
) -> Iterator[Pair]:
    """Yield the pairs of an entry; drop it with "no translation" if it has none."""
    empty = True
    for pair in clean(headword, lines, lambda reason, content: file.drop(reason, number, content)):
        empty = False
        yield pair
    if empty:
        file.drop("no translation", number, headword)


def weigh_by_position(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield entries in which the k-th translation of a term weighs 1/k.

    It is for dictionaries that list the usual translation first.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        counts[entry.term, entry.language] += 1
        yield entry._replace(weight=1 / counts[entry.term, entry.language])


def choose_target(file: LexiconFile, languages: tuple[str, str] | None) -> str:
    """Return the caller's code for the target language of a dictionary.

    Parameters
    ----------
    languages : tuple of str or None
        Source and target language that the dictionary names; None if it names none.

    Raises
    ------
    LexiconError
        If the caller requested other languages.
    """
    if languages is None:
        return file.target
    source, target = languages
    ours = primary_language(file.source)
    if file.targets is None:
        wanted = [file.asked_code(target)]
    else:
        wanted = [code for code in file.targets if primary_language(code) == primary_language(target)]
    if ours != primary_language(source) or not wanted:
        remedy = f"read it with source={source!r}, target={target!r}"
        if ours == primary_language(target):
            remedy = f"use {swap_remedy(target, source, str(file.path))}"
        raise LexiconError(
            f"{file.path} is a dictionary from {source!r} to {target!r}, but source is {file.source!r} and target "
            f"{file.targets}; {remedy}"
        )
    return wanted[0]


def choose_direction(file: LexiconFile, languages: tuple[str, str]) -> tuple[bool, str]:
    """Return whether the pairs must be inverted, and the caller's code for the target language.

    They are inverted if the caller's source language is the second of the two languages that the dictionary names.

    Raises
    ------
    LexiconError
        If the caller requested other languages.
    """
    first, second = languages
    is_inverse = primary_language(file.source) == primary_language(second) != primary_language(first)
    return is_inverse, choose_target(file, (second, first) if is_inverse else languages)
